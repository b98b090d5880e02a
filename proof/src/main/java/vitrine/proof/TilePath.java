package vitrine.proof;

import org.jspecify.annotations.Nullable;

/**
 * Where a tiled log keeps a tile or a bundle of entries, below its prefix: {@code tile/<L>/<N>[.p/<W>]} and
 * {@code tile/entries/<N>[.p/<W>]} (C2SP tlog-tiles, "Merkle Tree" and "Log entries"). {@code N} is written in groups
 * of three digits, all but the last marked with an x: 1234067 is {@code x001/x234/067}.
 */
public sealed interface TilePath {
    /** How many hashes a full tile, and entries a full bundle, has. */
    int FULL_WIDTH = 256;

    /** A tile of hashes: {@code level} 0..63, {@code index} from 0, {@code width} 1..256 (256 is a full tile). */
    record Hashes(int level, long index, int width) implements TilePath {
        public Hashes {
            if (level < 0 || level > 63) throw new IllegalArgumentException("level is 0 to 63, got " + level);
            requireIndexAndWidth(index, width);
        }

        @Override
        public String text() {
            return "tile/" + level + "/" + indexText(index) + widthText(width);
        }
    }

    /** A bundle of entries: {@code index} from 0, {@code width} 1..256 (256 is a full bundle). */
    record Entries(long index, int width) implements TilePath {
        public Entries {
            requireIndexAndWidth(index, width);
        }

        @Override
        public String text() {
            return "tile/entries/" + indexText(index) + widthText(width);
        }
    }

    /** From 0. */
    long index();

    /** 1 to 256; 256 is full. */
    int width();

    /** The path without a leading slash. */
    String text();

    /** Reads a path in its one spelling; null for any other text. */
    static @Nullable TilePath parse(String path) {
        if (!path.startsWith("tile/") || path.length() > 80) return null;
        int slash = path.indexOf('/', 5);
        if (slash < 0) return null;
        var head = path.substring(5, slash);
        var rest = path.substring(slash + 1);
        int width = FULL_WIDTH;
        int partial = rest.indexOf(".p/");
        if (partial >= 0) {
            long written = Encoding.decimalOrMinusOne(rest.substring(partial + 3));
            if (written < 1 || written >= FULL_WIDTH) return null;
            width = (int) written;
            rest = rest.substring(0, partial);
        }
        long index = parseIndex(rest);
        if (index < 0) return null;
        if (head.equals("entries")) return new Entries(index, width);
        long level = Encoding.decimalOrMinusOne(head);
        return level < 0 || level > 63 ? null : new Hashes((int) level, index, width);
    }

    /**
     * The width of tile {@code index} of {@code level} in a tree of {@code size} entries: 0 (there is none) to 256.
     * Level 0 also answers for bundles of entries.
     */
    static int widthIn(long size, int level, long index) {
        long hashes = level >= 8 ? 0 : size >>> (8 * level);
        if (index < 0 || index > hashes / FULL_WIDTH) return 0;
        return (int) Math.min(FULL_WIDTH, hashes - index * FULL_WIDTH);
    }

    private static String indexText(long index) {
        var text = new StringBuilder(String.format("%03d", index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) text.insert(0, String.format("x%03d/", rest % 1000));
        return text.toString();
    }

    private static String widthText(int width) {
        return width == FULL_WIDTH ? "" : ".p/" + width;
    }

    private static long parseIndex(String text) {
        long index = 0;
        var groups = text.split("/", -1);
        for (int i = 0; i < groups.length; i++) {
            var group = groups[i];
            if (i < groups.length - 1) {
                if (!group.startsWith("x")) return -1;
                group = group.substring(1);
            }
            if (group.length() != 3 || !group.chars().allMatch(c -> c >= '0' && c <= '9')) return -1;
            if (i == 0 && groups.length > 1 && group.equals("000")) return -1;
            if (index > (Long.MAX_VALUE - 999) / 1000) return -1;
            index = index * 1000 + Integer.parseInt(group);
        }
        return index;
    }

    private static void requireIndexAndWidth(long index, int width) {
        if (index < 0) throw new IllegalArgumentException("index is 0 or more, got " + index);
        if (width < 1 || width > FULL_WIDTH) throw new IllegalArgumentException("width is 1 to 256, got " + width);
    }
}
