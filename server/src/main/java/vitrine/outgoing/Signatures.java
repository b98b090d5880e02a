package vitrine.outgoing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * Standard Webhooks 1.0: over {@code id.timestamp.body}, with the shared secret as {@code v1} (HMAC-SHA-256) and with a key of
 * ours as {@code v1a} (Ed25519), for receivers who want to be able to show a message to others.
 */
final class Signatures {

    static final int KEYS = 64;

    private final byte[] secret;
    private final Ed25519PrivateKeyParameters key;

    /** @param keys 32 bytes of secret, then 32 of the Ed25519 seed */
    Signatures(byte[] keys) {
        secret = Arrays.copyOf(keys, 32);
        key = new Ed25519PrivateKeyParameters(keys, 32);
    }

    /** What the receiver checks {@code v1} with; whoever has it can sign as well. */
    String secret() {
        return "whsec_" + Base64.getEncoder().encodeToString(secret);
    }

    /** What the receiver checks {@code v1a} with; it may be known to all. */
    String publicKey() {
        return "whpk_"
                + Base64.getEncoder().encodeToString(key.generatePublicKey().getEncoded());
    }

    String header(String id, Instant at, String body) {
        byte[] signed = (id + "." + at.getEpochSecond() + "." + body).getBytes(StandardCharsets.UTF_8);
        return "v1," + Base64.getEncoder().encodeToString(hmac(signed)) + " v1a,"
                + Base64.getEncoder().encodeToString(ed25519(signed));
    }

    private byte[] hmac(byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] ed25519(byte[] message) {
        var signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(message, 0, message.length);
        return signer.generateSignature();
    }
}
