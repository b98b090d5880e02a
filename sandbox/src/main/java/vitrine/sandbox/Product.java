package vitrine.sandbox;

import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A thing on a shop's shelf. {@code price} is in minor units of the shop's currency. */
public record Product(
        String id,
        String sku,
        Text name,
        String category,
        String vendor,
        long price,
        @Nullable Text earns) {
    /** Shops with numeric ids keep the configured one if it is a number, and derive a stable one if it is not. */
    long number() {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException word) {
            var crc = new CRC32();
            crc.update(id.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return 7_000_000_000_000L + crc.getValue();
        }
    }
}
