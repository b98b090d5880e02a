package vitrine.proof;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a tree of a given size from its tiles and makes roots and proofs (RFC 9162 sections 2.1.1, 2.1.3.1, 2.1.4.1).
 * Each tile is asked for once and kept, so one instance serves many proofs of the same tree; throw it away with the
 * request. Not for several threads at once.
 */
public final class TreeProofs {
    private final TileSource source;
    private final long size;
    private final Map<TilePath, byte[]> tiles = new HashMap<>();
    private final MessageDigest sha = Merkle.sha256();
    private final byte[] folded = new byte[TilePath.FULL_WIDTH / 2 * Hash32.LENGTH];

    /** @param size the number of entries of the tree that proofs are for; storage may hold more */
    public TreeProofs(TileSource source, long size) {
        if (size < 0 || size > TreeEdge.SIZE_MAX) throw new IllegalArgumentException("no tree has size " + size);
        this.source = source;
        this.size = size;
    }

    /** How many entries the tree has that proofs are for. */
    public long size() {
        return size;
    }

    /** The root of the tree. @throws MissingTile when storage lost a tile */
    public Hash32 root() {
        return rootAt(size);
    }

    /** The root of the first {@code smaller} entries. */
    public Hash32 rootAt(long smaller) {
        if (smaller < 0 || smaller > size) throw new IllegalArgumentException(smaller + " is not within 0.." + size);
        return smaller == 0 ? Merkle.EMPTY_ROOT : range(0, smaller);
    }

    /** The hash of the entry at {@code index}. */
    public Hash32 leaf(long index) {
        requireIndex(index);
        return node(0, index);
    }

    /**
     * The path from entry {@code index} to the root.
     *
     * @throws IllegalArgumentException unless 0 &lt;= index &lt; size
     * @throws MissingTile when storage lost a tile
     */
    public InclusionProof inclusion(long index) {
        requireIndex(index);
        var path = new ArrayList<Hash32>();
        long from = 0;
        long to = size;
        while (to - from > 1) {
            long middle = from + split(to - from);
            if (index < middle) {
                path.add(range(middle, to));
                to = middle;
            } else {
                path.add(range(from, middle));
                from = middle;
            }
        }
        return new InclusionProof(index, size, path.reversed());
    }

    /**
     * What shows that the tree begins with the tree of {@code oldSize} entries.
     *
     * @throws IllegalArgumentException unless 0 &lt;= oldSize &lt;= size
     * @throws MissingTile when storage lost a tile
     */
    public ConsistencyProof consistency(long oldSize) {
        if (oldSize < 0 || oldSize > size) throw new IllegalArgumentException(oldSize + " is not within 0.." + size);
        var path = new ArrayList<Hash32>();
        if (oldSize > 0) {
            long from = 0;
            long to = size;
            while (oldSize != to) {
                long middle = from + split(to - from);
                if (oldSize <= middle) {
                    path.add(range(middle, to));
                    to = middle;
                } else {
                    path.add(range(from, middle));
                    from = middle;
                }
            }
            if (from != 0) path.add(range(from, to));
        }
        return new ConsistencyProof(oldSize, size, path.reversed());
    }

    /** The right edge of the tree, from which appending goes on. @throws MissingTile when storage lost a tile */
    public TreeEdge edge() {
        var hashes = new byte[Long.bitCount(size) * Hash32.LENGTH];
        int at = 0;
        long from = 0;
        for (int height = 62; height >= 0; height--) {
            if ((size >>> height & 1) == 0) continue;
            node(height, from >>> height).writeTo(hashes, at);
            at += Hash32.LENGTH;
            from += 1L << height;
        }
        return new TreeEdge(size, hashes);
    }

    /** MTH(D[from:to]), where from is a multiple of the power of two at or above to - from, or the range is perfect. */
    private Hash32 range(long from, long to) {
        long width = to - from;
        if (Long.bitCount(width) == 1) return node(Long.numberOfTrailingZeros(width), from / width);
        long middle = from + split(width);
        return Merkle.nodeHash(range(from, middle), range(middle, to));
    }

    /** The largest power of two smaller than n, for n of 2 or more. */
    private static long split(long n) {
        return Long.highestOneBit(n - 1);
    }

    /** The root of the perfect subtree of {@code height} that starts at entry {@code index << height}. */
    Hash32 node(int height, long index) {
        int level = height / 8;
        int above = height % 8;
        long first = index << above;
        long tileIndex = first >>> 8;
        var hashes = tile(level, tileIndex, TilePath.widthIn(size, level, tileIndex));
        return within(hashes, (int) first & 0xff, above);
    }

    /** Folds the run of hashes level by level in a copy, so that nothing is allocated per node: a proof folds about a thousand. */
    private Hash32 within(byte[] hashes, int first, int height) {
        if (height == 0) return Hash32.at(hashes, first * Hash32.LENGTH);
        try {
            int width = 1 << height;
            System.arraycopy(hashes, first * Hash32.LENGTH, folded, 0, width * Hash32.LENGTH);
            for (; width > 1; width /= 2) {
                for (int pair = 0; pair < width; pair += 2) {
                    sha.update((byte) 1);
                    sha.update(folded, pair * Hash32.LENGTH, 2 * Hash32.LENGTH);
                    sha.digest(folded, pair / 2 * Hash32.LENGTH, Hash32.LENGTH);
                }
            }
        } catch (DigestException impossible) {
            throw new AssertionError("the buffer has room for a digest", impossible);
        }
        return Hash32.at(folded, 0);
    }

    byte[] tile(int level, long index, int width) {
        var path = new TilePath.Hashes(level, index, width);
        return tiles.computeIfAbsent(path, asked -> {
            var bytes = source.tile(level, index, width);
            if (bytes == null) throw new MissingTile(asked, "not there");
            if (bytes.length < width * Hash32.LENGTH) {
                throw new MissingTile(asked, "has " + bytes.length + " bytes, want " + width * Hash32.LENGTH);
            }
            return bytes;
        });
    }

    private void requireIndex(long index) {
        if (index < 0 || index >= size) throw new IllegalArgumentException(index + " is not within 0.." + (size - 1));
    }
}
