package vitrine.proof;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Appends entries to a tiled log. It keeps the right edge and the tiles and the bundle that are not full, hashes each
 * entry once and each node once, and allocates per tile, not per hash.
 *
 * <p>One thread at a time. An appender is ahead of storage as soon as {@link #append} returns: when the caller's
 * transaction does not commit, throw the appender away and {@link #resume} from what is stored.
 */
public final class TreeAppender {
    private static final int LEVELS = 63;
    private static final int TILE_LEVELS = 8;
    private static final byte[] NONE = {};
    private static final int TILE_BYTES = TilePath.FULL_WIDTH * Hash32.LENGTH;

    private final MessageDigest sha = Merkle.sha256();
    private final byte[] node = new byte[1 + 2 * Hash32.LENGTH];
    private final byte[] hash = new byte[Hash32.LENGTH];
    /** The root of the perfect subtree of height n, where bit n of the size is set. */
    private final byte[] edge = new byte[LEVELS * Hash32.LENGTH];

    /** The tiles that are not full; {@link #NONE} where the next hash begins a tile. */
    private final byte[][] open = new byte[TILE_LEVELS][];

    private final boolean[] touched = new boolean[TILE_LEVELS];
    private byte[] bundle = new byte[4096];
    private int bundleBytes;
    private long size;

    private TreeAppender() {
        Arrays.fill(open, NONE);
    }

    /** For a log without entries. */
    public static TreeAppender empty() {
        return new TreeAppender();
    }

    /**
     * Goes on after {@code edge}. Reads from {@code source} exactly what is not full in a tree of that size and nothing
     * else: for each level {@code l} with {@code w = floor(size / 256^l) mod 256 > 0} the tile {@code (l,
     * floor(size / 256^(l+1)), w)}, and, when {@code size mod 256 > 0}, the entry bundle {@code (floor(size / 256),
     * size mod 256)}. A tile that does not agree with the edge is refused, so damage in storage is not built upon.
     *
     * @throws MissingTile when one of them is not there
     * @throws IllegalStateException when a tile and the edge disagree
     */
    public static TreeAppender resume(TreeEdge edge, TileSource source) {
        var appender = new TreeAppender();
        appender.size = edge.size();
        int n = 0;
        for (int level = LEVELS - 1; level >= 0; level--) {
            if ((edge.size() >>> level & 1) != 0) edge.hash(n++).writeTo(appender.edge, level * Hash32.LENGTH);
        }
        var tiles = new TreeProofs(source, edge.size());
        for (int level = 0; level < TILE_LEVELS; level++) {
            int width = (int) (edge.size() >>> (8 * level)) & 0xff;
            if (width == 0) continue;
            long index = edge.size() >>> (8 * level) >>> 8;
            var bytes = tiles.tile(level, index, width);
            appender.open[level] = Arrays.copyOf(bytes, TILE_BYTES);
            appender.requireAgreement(tiles, level, index, width);
        }
        int width = (int) edge.size() & 0xff;
        if (width > 0) appender.resumeBundle(source, edge.size() >>> 8, width);
        return appender;
    }

    /** How many entries the tree has now. */
    public long size() {
        return size;
    }

    /**
     * Appends the entries in order, each of at most 65,535 bytes.
     *
     * @return the new size, root and edge, and every tile and bundle to be stored
     * @throws IllegalArgumentException when an entry is too long; nothing was appended then
     */
    public Appended append(List<byte[]> entries) {
        for (var entry : entries) EntryBundle.requireLength(entry);
        long firstIndex = size;
        var tiles = new ArrayList<Tile>();
        var bundles = new ArrayList<EntryBundle>();
        try {
            for (var entry : entries) append(entry, tiles, bundles);
        } catch (DigestException impossible) {
            throw new AssertionError("the buffers have room for a digest", impossible);
        }
        for (int level = 0; level < TILE_LEVELS; level++) {
            var hashes = open[level];
            if (!touched[level]) continue;
            int width = (int) (size >>> (8 * level)) & 0xff;
            tiles.add(new Tile(level, size >>> (8 * level) >>> 8, width, Arrays.copyOf(hashes, width * Hash32.LENGTH)));
            touched[level] = false;
        }
        int width = (int) size & 0xff;
        if (width > 0 && size > firstIndex) {
            bundles.add(new EntryBundle(size >>> 8, width, Arrays.copyOf(bundle, bundleBytes)));
        }
        var now = edge();
        return new Appended(firstIndex, size, now.root(), now, List.copyOf(tiles), List.copyOf(bundles));
    }

    /** The right edge as it is now. */
    public TreeEdge edge() {
        var hashes = new byte[Long.bitCount(size) * Hash32.LENGTH];
        int at = 0;
        for (int level = LEVELS - 1; level >= 0; level--) {
            if ((size >>> level & 1) == 0) continue;
            System.arraycopy(edge, level * Hash32.LENGTH, hashes, at, Hash32.LENGTH);
            at += Hash32.LENGTH;
        }
        return new TreeEdge(size, hashes);
    }

    private void append(byte[] entry, List<Tile> tiles, List<EntryBundle> bundles) throws DigestException {
        sha.update((byte) 0);
        sha.update(entry);
        sha.digest(hash, 0, Hash32.LENGTH);
        toTile(0, tiles);
        int level = 0;
        for (; (size >>> level & 1) != 0; level++) {
            node[0] = 1;
            System.arraycopy(edge, level * Hash32.LENGTH, node, 1, Hash32.LENGTH);
            System.arraycopy(hash, 0, node, 1 + Hash32.LENGTH, Hash32.LENGTH);
            sha.update(node);
            sha.digest(hash, 0, Hash32.LENGTH);
            if ((level + 1) % 8 == 0) toTile((level + 1) / 8, tiles);
        }
        System.arraycopy(hash, 0, edge, level * Hash32.LENGTH, Hash32.LENGTH);
        toBundle(entry, bundles);
        size++;
    }

    private void toTile(int level, List<Tile> tiles) {
        long n = size >>> (8 * level);
        int slot = (int) n & 0xff;
        var hashes = open[level];
        if (hashes == NONE) open[level] = hashes = new byte[TILE_BYTES];
        System.arraycopy(hash, 0, hashes, slot * Hash32.LENGTH, Hash32.LENGTH);
        touched[level] = true;
        if (slot == 255) {
            tiles.add(new Tile(level, n >>> 8, TilePath.FULL_WIDTH, hashes));
            open[level] = NONE;
            touched[level] = false;
        }
    }

    private void toBundle(byte[] entry, List<EntryBundle> bundles) {
        int end = bundleBytes + 2 + entry.length;
        if (end > bundle.length) bundle = Arrays.copyOf(bundle, Math.max(end, 2 * bundle.length));
        bundle[bundleBytes] = (byte) (entry.length >>> 8);
        bundle[bundleBytes + 1] = (byte) entry.length;
        System.arraycopy(entry, 0, bundle, bundleBytes + 2, entry.length);
        bundleBytes = end;
        if (((int) size & 0xff) == 255) {
            bundles.add(new EntryBundle(size >>> 8, TilePath.FULL_WIDTH, Arrays.copyOf(bundle, bundleBytes)));
            bundleBytes = 0;
        }
    }

    private void requireAgreement(TreeProofs tiles, int level, long index, int width) {
        for (int height = 7, at = 0; height >= 0; height--) {
            if ((width >>> height & 1) == 0) continue;
            long first = (index << 8) + at;
            var got = tiles.node(8 * level + height, first >>> height);
            var want = Hash32.at(edge, (8 * level + height) * Hash32.LENGTH);
            if (!got.equals(want)) {
                throw new IllegalStateException("tile " + new TilePath.Hashes(level, index, width).text()
                        + " disagrees with the edge: got " + got + ", want " + want);
            }
            at += 1 << height;
        }
    }

    private void resumeBundle(TileSource source, long index, int width) {
        var path = new TilePath.Entries(index, width);
        var bytes = source.entries(index, width);
        if (bytes == null) throw new MissingTile(path, "not there");
        var entries = EntryBundle.entriesOrNull(bytes, width);
        if (entries == null) throw new MissingTile(path, "holds fewer entries than its tree has");
        for (var entry : entries) bundleBytes += 2 + entry.length;
        bundle = Arrays.copyOf(bytes, Math.max(4096, bundleBytes));
    }
}
