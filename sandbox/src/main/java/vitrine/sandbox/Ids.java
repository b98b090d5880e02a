package vitrine.sandbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.CRC32;

/** Ids made from names: the same event has the same delivery id in every run, so a retry can be told from a new one. */
final class Ids {
    private Ids() {}

    static byte[] sha256(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }

    static UUID uuid(String name) {
        var bytes = ByteBuffer.wrap(sha256(name));
        return new UUID(
                bytes.getLong() & ~0xf000L | 0x4000L, bytes.getLong() & 0x3fffffffffffffffL | 0x8000000000000000L);
    }

    static String hex(String name, int chars) {
        return HexFormat.of().formatHex(sha256(name)).substring(0, chars);
    }

    static String base64url(String name, int chars) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(sha256(name))
                .substring(0, chars);
    }

    /** A shop's own range in a numbering that all shops share: Shopify's ids are unique among all its shops. */
    static long slot(String shop) {
        var crc = new CRC32();
        crc.update(shop.getBytes(StandardCharsets.UTF_8));
        return (crc.getValue() % 90_000 + 10_000) * 1_000_000_000L;
    }

    /** Saleor's global id of something that the configuration may have named by its global id already. */
    static String global(String type, String configured, String wantedType) {
        try {
            var plain = new String(Base64.getDecoder().decode(configured), StandardCharsets.UTF_8);
            return plain.startsWith(type + ":")
                    ? global(wantedType, plain.substring(type.length() + 1))
                    : global(wantedType, configured);
        } catch (IllegalArgumentException plain) {
            return global(wantedType, configured);
        }
    }

    /** Saleor's global ids. */
    static String global(String type, Object id) {
        return Base64.getEncoder().encodeToString((type + ":" + id).getBytes(StandardCharsets.UTF_8));
    }
}
