package vitrine.shop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What the sources' signature schemes have in common. */
final class Signatures {

    private Signatures() {}

    static byte[] hmac(byte[] secret, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            for (byte[] part : parts) mac.update(part);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Is one of the shop's valid secrets the one that signed? Every secret is tried, whichever fits. */
    static boolean signedByOne(Iterable<String> secrets, byte[] claimed, byte[] body) {
        boolean signed = false;
        for (String secret : secrets) {
            if (secret.isEmpty()) continue;
            signed |= MessageDigest.isEqual(hmac(utf8(secret), body), claimed);
        }
        return signed;
    }

    static byte @Nullable [] base64(String text) {
        try {
            return Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String digest(String label, byte[] body) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(utf8(label));
            sha.update((byte) 0);
            return HexFormat.of().formatHex(sha.digest(body), 0, 20);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A delivery id comes from outside: short and printable, or replaced by a digest of itself. */
    static String deliveryId(@Nullable String said, String label, byte[] body) {
        if (said == null || said.isBlank()) return "digest:" + digest(label, body);
        boolean plain = said.length() <= 120 && said.chars().allMatch(c -> c > 32 && c < 127);
        // Prefixes of our own stay our own.
        if (plain && !said.startsWith("digest:") && !said.startsWith("reconcile:")) return said;
        return "digest:" + digest(said, new byte[0]);
    }
}
