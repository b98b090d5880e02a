package vitrine.platform.web;

import java.util.Locale;

/**
 * The seal of a record: four cells of folded strokes, in the manner of nine-fold seal script. Which strokes join is read
 * from the first 32 bits of the record's hash: same record, same seal.
 */
public final class Stamp {
    private static final int[][] CELLS = {{11, 11}, {53, 11}, {11, 53}, {53, 53}};
    private static final int WIDTH = 36;
    private static final int STROKES = 5;
    private static final int STEP = WIDTH / (STROKES - 1);

    private final StringBuilder path = new StringBuilder();
    private int state;

    private Stamp(int seed) {
        this.state = seed;
    }

    /** SVG path data for a square of 100. */
    public static String path(byte[] hash) {
        if (hash.length < 4) throw new IllegalArgumentException("a hash of " + hash.length + " bytes draws no seal");
        var seed = (hash[0] & 0xff) << 24 | (hash[1] & 0xff) << 16 | (hash[2] & 0xff) << 8 | hash[3] & 0xff;
        var stamp = new Stamp(seed);
        for (var cell : CELLS) stamp.draw(cell[0], cell[1]);
        return stamp.path.toString();
    }

    private void draw(int x, int y) {
        for (int k = 0; k < STROKES; k++) {
            var at = y + k * STEP;
            // The first and the last stroke frame the cell and are whole.
            var broken = next() < .3 && k > 0 && k < STROKES - 1;
            line(x, at, 'h', broken ? WIDTH * .36 : WIDTH);
            if (broken) line(x + WIDTH * .64, at, 'h', WIDTH * .36);
            if (k < STROKES - 1) {
                var turn = next();
                if (turn < .28 || turn >= .78) line(x, at, 'v', STEP);
                if (turn >= .56 && turn < .78) line(x + WIDTH * .5, at, 'v', STEP);
                if (turn >= .28 && turn < .56 || turn >= .78) line(x + WIDTH, at, 'v', STEP);
            }
        }
    }

    private void line(double x, int y, char direction, double length) {
        path.append('M')
                .append(figure(x))
                .append(' ')
                .append(y)
                .append(direction)
                .append(figure(length));
    }

    private static String figure(double value) {
        return value == Math.rint(value) ? String.valueOf((int) value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private double next() {
        state = state * 1664525 + 1013904223;
        return Integer.toUnsignedLong(state) / 4294967296.0;
    }
}
