package vitrine.shop;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import vitrine.platform.Keys;

/**
 * Bodies as they are kept: compressed by us at a cheap level, then encrypted. The first byte says how, so that a body stays readable
 * whatever we choose later. docs/decisions says what was measured.
 */
@Component
final class DeliveryBodies {

    private static final Logger log = LoggerFactory.getLogger(DeliveryBodies.class);
    private static final String KEY = "delivery-body";
    private static final byte RAW = 0;
    private static final byte DEFLATED = 1;
    private static final byte ZSTANDARD = 2;
    private static final int LEVEL = 1;

    private final Keys keys;
    private final byte codec;

    /** A compressor holds half a megabyte of tables. A thread in native code keeps its processor, so more are never in use. */
    private final BlockingQueue<Compressor> compressors =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    private static final class Compressor {
        private static final int ORDINARY = 64 * 1024;

        private final ZstdCompressCtx zstandard = new ZstdCompressCtx().setLevel(LEVEL);
        private final byte[] room = new byte[1 + (int) Zstd.compressBound(ORDINARY)];

        byte[] compress(byte[] body) {
            byte[] out = body.length <= ORDINARY ? room : new byte[1 + (int) Zstd.compressBound(body.length)];
            out[0] = ZSTANDARD;
            int length = zstandard.compressByteArray(out, 1, out.length - 1, body, 0, body.length);
            return Arrays.copyOf(out, length + 1);
        }
    }

    @Autowired
    DeliveryBodies(Keys keys) {
        this(keys, zstandardWorks() ? ZSTANDARD : DEFLATED);
    }

    private DeliveryBodies(Keys keys, byte codec) {
        this.keys = keys;
        this.codec = codec;
    }

    /** As on a machine for which there is no native Zstandard, or which lets none be loaded. */
    static DeliveryBodies deflating(Keys keys) {
        return new DeliveryBodies(keys, DEFLATED);
    }

    private static boolean zstandardWorks() {
        try {
            return Zstd.compressBound(1) > 0;
        } catch (LinkageError e) {
            log.warn(
                    "shop.bodies-deflated: Zstandard cannot be loaded here ({}); deflating costs more time",
                    e.toString());
            return false;
        }
    }

    byte[] seal(byte[] body) {
        return keys.seal(KEY, compress(body));
    }

    byte[] open(byte[] sealed) {
        byte[] kept = keys.unseal(KEY, sealed);
        return switch (kept[0]) {
            case RAW -> Arrays.copyOfRange(kept, 1, kept.length);
            case DEFLATED -> inflated(kept);
            case ZSTANDARD -> Zstd.decompressFrame(kept, 1);
            default -> throw new IllegalStateException("a kept body of unknown kind " + kept[0]);
        };
    }

    private byte[] compress(byte[] body) {
        byte[] kept = codec == ZSTANDARD ? zstandard(body) : deflated(body);
        if (kept.length <= body.length) return kept;
        byte[] raw = new byte[body.length + 1]; // what does not get smaller stays as it is
        raw[0] = RAW;
        System.arraycopy(body, 0, raw, 1, body.length);
        return raw;
    }

    private byte[] zstandard(byte[] body) {
        Compressor compressor = compressors.poll();
        if (compressor == null) compressor = new Compressor();
        byte[] kept = compressor.compress(body);
        if (!compressors.offer(compressor)) compressor.zstandard.close();
        return kept;
    }

    private static byte[] deflated(byte[] body) {
        var out = new ByteArrayOutputStream(body.length / 4 + 64);
        out.write(DEFLATED);
        try (Deflater deflater = new Deflater(Deflater.BEST_SPEED, true)) {
            deflater.setInput(body);
            deflater.finish();
            byte[] buffer = new byte[8192];
            while (!deflater.finished()) out.write(buffer, 0, deflater.deflate(buffer));
        }
        return out.toByteArray();
    }

    private static byte[] inflated(byte[] kept) {
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
