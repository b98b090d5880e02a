package vitrine.proof;

import java.util.Arrays;

/**
 * The right edge of a Merkle tree: the roots of the perfect subtrees that its size breaks into, the largest first (a
 * "compact range" from 0). It is all that is needed to go on appending and to know the root: 8 + 32 · bitCount(size)
 * bytes, at most 2,024.
 */
public final class TreeEdge {
    /** The largest tree: a size is a non-negative signed 64-bit number, and so is a bit more than any log needs. */
    public static final long SIZE_MAX = 1L << 62;

    /** Of the tree without entries. */
    public static final TreeEdge EMPTY = new TreeEdge(0, new byte[0]);

    private final long size;
    private final byte[] hashes;

    TreeEdge(long size, byte[] hashes) {
        this.size = size;
        this.hashes = hashes;
    }

    /** The edge that {@link #bytes()} wrote: size as a big-endian uint64, then the hashes. */
    public static Parsed<TreeEdge> parse(byte[] bytes) {
        if (bytes.length < 8) return Parsed.bad("edge.too-short", "an edge has 8 bytes or more, got " + bytes.length);
        long size = 0;
        for (int i = 0; i < 8; i++) size = size << 8 | bytes[i] & 0xff;
        if (size < 0 || size > SIZE_MAX)
            return Parsed.bad("edge.size", "size out of range: " + Long.toUnsignedString(size));
        int want = 8 + Hash32.LENGTH * Long.bitCount(size);
        if (bytes.length != want) {
            return Parsed.bad("edge.length", "size " + size + " wants " + want + " bytes, got " + bytes.length);
        }
        return Parsed.ok(new TreeEdge(size, Arrays.copyOfRange(bytes, 8, bytes.length)));
    }

    /** How many entries the tree has. */
    public long size() {
        return size;
    }

    /** The subtree roots, the largest subtree first; there are bitCount(size) of them. */
    public Hash32 hash(int n) {
        return Hash32.at(hashes, n * Hash32.LENGTH);
    }

    /** The root of the tree; {@link Merkle#EMPTY_ROOT} for the empty one. */
    public Hash32 root() {
        int n = Long.bitCount(size);
        if (n == 0) return Merkle.EMPTY_ROOT;
        var root = hash(n - 1);
        for (int i = n - 2; i >= 0; i--) root = Merkle.nodeHash(hash(i), root);
        return root;
    }

    /** To be stored and read back by {@link #parse}. */
    public byte[] bytes() {
        var bytes = new byte[8 + hashes.length];
        for (int i = 0; i < 8; i++) bytes[i] = (byte) (size >>> (56 - 8 * i));
        System.arraycopy(hashes, 0, bytes, 8, hashes.length);
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TreeEdge edge && edge.size == size && Arrays.equals(edge.hashes, hashes);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(size) * 31 + Arrays.hashCode(hashes);
    }

    @Override
    public String toString() {
        return "TreeEdge[size=" + size + ", root=" + root() + "]";
    }
}
