package vitrine.proof;

import java.util.Arrays;

/**
 * Pieces by number, a few longs each, without an object a piece: open addressing in many small segments, so that growing
 * copies one of 4,096 and not all. A piece of three longs takes about 33 bytes.
 */
final class PieceTable {
    private static final int SEGMENTS = 4_096;
    private static final int STATE_BITS = 2;
    private static final long[] NONE = {};

    private final Fingerprint secret;
    private final int longs;
    private final long[][] segments = new long[SEGMENTS][];
    private final int[] sizes = new int[SEGMENTS];

    // Where the piece that was asked for last is.
    private int segment;
    private int at;

    /** @param longs how many a piece has, the first of which is its number and state */
    PieceTable(Fingerprint secret, int longs) {
        this.secret = secret;
        this.longs = longs;
        Arrays.fill(segments, NONE);
    }

    /** Goes to a piece, with {@link PieceState#NONE} and zeroes where it is new. {@code number} is 1 to 2^61. */
    void seek(long number) {
        long spread = secret.spread(number);
        segment = (int) (spread >>> 52);
        at = slot(segments[segment], number, spread);
        if (at >= 0) return;
        int capacity = segments[segment].length / longs;
        // A fifth stays free, and so always one place at which a search ends.
        if ((sizes[segment] + 1) * 5L > capacity * 4L) {
            grow(capacity + Math.max(8, capacity / 4));
            at = slot(segments[segment], number, spread);
        }
        at = -at - 1;
        segments[segment][at] = number << STATE_BITS;
        sizes[segment]++;
    }

    void clear() {
        Arrays.fill(segments, NONE);
        Arrays.fill(sizes, 0);
    }

    int state() {
        return (int) segments[segment][at] & 3;
    }

    void state(int state) {
        segments[segment][at] = segments[segment][at] & ~3L | state;
    }

    long get(int field) {
        return segments[segment][at + field];
    }

    void put(int field, long value) {
        segments[segment][at + field] = value;
    }

    /** Where the piece is, or -(where it would be) - 1. */
    private int slot(long[] table, long number, long spread) {
        int capacity = table.length / longs;
        if (capacity == 0) return -1;
        int slot = (int) (((spread << 12 >>> 32) * capacity) >>> 32);
        while (true) {
            long there = table[slot * longs];
            if (there == 0) return -(slot * longs) - 1;
            if (there >>> STATE_BITS == number) return slot * longs;
            if (++slot == capacity) slot = 0;
        }
    }

    private void grow(int capacity) {
        var old = segments[segment];
        var table = new long[capacity * longs];
        for (int from = 0; from < old.length; from += longs) {
            if (old[from] == 0) continue;
            long number = old[from] >>> STATE_BITS;
            int to = -slot(table, number, secret.spread(number)) - 1;
            System.arraycopy(old, from, table, to, longs);
        }
        segments[segment] = table;
    }
}
