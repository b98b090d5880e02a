package vitrine.proof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A 32-byte hash as an immutable value: four big-endian words, so that equality, hashing and maps need no array.
 * Its text form is 64 lower-case hexadecimal digits.
 */
public record Hash32(long word0, long word1, long word2, long word3) implements Comparable<Hash32> {
    public static final int LENGTH = 32;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Reads 32 bytes of {@code bytes} from {@code offset} on. */
    public static Hash32 at(byte[] bytes, int offset) {
        return new Hash32(
                (long) WORDS.get(bytes, offset),
                (long) WORDS.get(bytes, offset + 8),
                (long) WORDS.get(bytes, offset + 16),
                (long) WORDS.get(bytes, offset + 24));
    }

    /** @throws IllegalArgumentException unless there are exactly 32 bytes */
    public static Hash32 of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a hash has 32 bytes, got " + bytes.length);
        }
        return at(bytes, 0);
    }

    /** The hash of exactly 32 bytes, or null when there are more or fewer. */
    public static @Nullable Hash32 orNull(byte @Nullable [] bytes) {
        return bytes == null || bytes.length != LENGTH ? null : at(bytes, 0);
    }

    /** @throws IllegalArgumentException unless {@code hex} is 64 lower-case hexadecimal digits */
    public static Hash32 ofHex(String hex) {
        var hash = hexOrNull(hex);
        if (hash == null) {
            throw new IllegalArgumentException("a hash is 64 lower-case hexadecimal digits, got: " + hex);
        }
        return hash;
    }

    /** The hash written as 64 lower-case hexadecimal digits, or null for any other text. */
    public static @Nullable Hash32 hexOrNull(String hex) {
        return orNull(Encoding.hexOrNull(hex));
    }

    /** SHA-256 of the parts, one after the other. */
    public static Hash32 sha256(byte[]... parts) {
        var sha = Merkle.sha256();
        for (var part : parts) sha.update(part);
        return at(sha.digest(), 0);
    }

    /** The 32 bytes, the caller's own. */
    public byte[] bytes() {
        var bytes = new byte[LENGTH];
        writeTo(bytes, 0);
        return bytes;
    }

    /** Writes the 32 bytes into {@code target} from {@code offset} on. */
    public void writeTo(byte[] target, int offset) {
        WORDS.set(target, offset, word0);
        WORDS.set(target, offset + 8, word1);
        WORDS.set(target, offset + 16, word2);
        WORDS.set(target, offset + 24, word3);
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return Encoding.hex(bytes());
    }

    /** Standard base64 with padding, as checkpoints write a root. */
    public String base64() {
        return Encoding.base64(bytes());
    }

    /** In the order of the bytes, read as unsigned. */
    @Override
    public int compareTo(Hash32 other) {
        int order = Long.compareUnsigned(word0, other.word0);
        if (order == 0) order = Long.compareUnsigned(word1, other.word1);
        if (order == 0) order = Long.compareUnsigned(word2, other.word2);
        return order != 0 ? order : Long.compareUnsigned(word3, other.word3);
    }

    @Override
    public String toString() {
        return hex();
    }
}
