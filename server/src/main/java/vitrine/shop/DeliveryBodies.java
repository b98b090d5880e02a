package vitrine.shop;

import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.springframework.stereotype.Component;
import vitrine.platform.Keys;

/** Bodies as they are kept: compressed by us at the cheapest level, then encrypted. docs/decisions says what was measured. */
@Component
final class DeliveryBodies {

    private static final String KEY = "delivery-body";
    private static final byte RAW = 0;
    private static final byte DEFLATED = 1;

    private final Keys keys;

    DeliveryBodies(Keys keys) {
        this.keys = keys;
    }

    byte[] seal(byte[] body) {
        return keys.seal(KEY, compress(body));
    }

    byte[] open(byte[] sealed) {
        return expand(keys.unseal(KEY, sealed));
    }

    private static byte[] compress(byte[] body) {
        byte[] out = new byte[body.length + 1];
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED, true)) {
            deflater.setInput(body);
            deflater.finish();
            int length = deflater.deflate(out, 1, body.length);
            if (deflater.finished()) {
                out[0] = DEFLATED;
                return java.util.Arrays.copyOf(out, length + 1);
            }
        }
        out[0] = RAW; // what does not get smaller stays as it is
        System.arraycopy(body, 0, out, 1, body.length);
        return out;
    }

    private static byte[] expand(byte[] kept) {
        if (kept[0] == RAW) return java.util.Arrays.copyOfRange(kept, 1, kept.length);
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(kept, 1, kept.length - 1);
            var out = new ByteArrayOutputStream(kept.length * 6);
            byte[] buffer = new byte[8192];
            while (!inflater.finished()) {
                int n = inflater.inflate(buffer);
                if (n == 0) throw new IllegalStateException("a kept body ends early");
                out.write(buffer, 0, n);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalStateException("a kept body is damaged", e);
        }
    }
}
