package vitrine.certificate;

import java.util.ArrayList;
import java.util.List;
import vitrine.platform.web.Stamp;
import vitrine.proof.Hash32;

/**
 * The large seal of a record: the {@link Stamp} inside woven rings, as an engraver's lathe draws them. All of it is read from
 * the record's hash: same record, same seal. The 64 strokes at the edge are the hash itself, clockwise from the top, one stroke
 * a hexadecimal digit, longer for a larger one; so whoever has a ruler can read the hash off the paper.
 *
 * @param rings woven lines, from the outside in
 * @param strokes at the edge, {@code x1 y1 x2 y2}
 * @param circles plain ones, by radius
 * @param stamp the path of the small seal, in a square of 100
 */
public record Rosette(List<Ring> rings, List<double[]> strokes, List<Double> circles, String stamp) {

    /** Half of the square that it is drawn in; the centre is the origin, y points down. */
    public static final double REACH = 108;

    /** The side of the square around the centre that the small seal fills. */
    public static final double STAMP_SIDE = 56;

    private static final double EDGE = 99;
    private static final double STROKE_MIN = 1.3;
    private static final double STROKE_MORE = 6.2;
    private static final int SEGMENTS_A_LOBE = 6;

    /**
     * One closed line, drawn again and again.
     *
     * @param curve start {@code x y}, then for each cubic segment {@code x1 y1 x2 y2 x y}
     * @param degrees the turn of each copy
     * @param mirrored each copy a second time, with y upside down
     */
    public record Ring(double[] curve, List<Double> degrees, boolean mirrored, double width) {}

    public static Rosette of(Hash32 record) {
        byte[] hash = record.bytes();
        // The first four bytes draw the stamp; the next ones turn the lathe.
        int[] dial = new int[12];
        for (int i = 0; i < dial.length; i++) dial[i] = hash[4 + i] & 0xff;
        return new Rosette(
                List.of(
                        ring(84.5, 12.5, 16 + dial[0] % 9, .10 + dial[1] / 255.0 * .34, dial[2], 4, true, .38),
                        ring(59.5, 14.5, 9 + dial[3] % 6, .06 + dial[4] / 255.0 * .44, dial[5], 5, true, .38),
                        ring(66, 9, 5 + dial[6] % 5, .15 + dial[7] / 255.0 * .5, dial[8], 3 + dial[9] % 2, true, .3)),
                strokes(record.hex()),
                List.of(EDGE, 72.1, 42.5),
                Stamp.path(hash));
    }

    /** {@code r = middle + swing * (cos nθ + second * cos(2nθ + ψ))}, brought to the full swing, in so many copies. */
    private static Ring ring(
            double middle,
            double swing,
            int lobes,
            double second,
            int phase,
            int copies,
            boolean mirrored,
            double width) {
        double psi = phase / 256.0 * 2 * StrictMath.PI;
        double most = 0;
        for (int i = 0; i < 360; i++) most = Math.max(most, Math.abs(wave(i * StrictMath.PI / 180, 1, second, psi)));
        double scale = swing / most;
        int segments = lobes * SEGMENTS_A_LOBE;
        double step = 2 * StrictMath.PI / segments;
        double[] curve = new double[2 + segments * 6];
        double[] at = point(0, middle, scale, lobes, second, psi);
        curve[0] = at[0];
        curve[1] = at[1];
        for (int i = 0; i < segments; i++) {
            double[] next = point((i + 1) * step, middle, scale, lobes, second, psi);
            // A cubic through both ends with the line's own direction at each.
            int p = 2 + i * 6;
            curve[p] = at[0] + at[2] * step / 3;
            curve[p + 1] = at[1] + at[3] * step / 3;
            curve[p + 2] = next[0] - next[2] * step / 3;
            curve[p + 3] = next[1] - next[3] * step / 3;
            curve[p + 4] = next[0];
            curve[p + 5] = next[1];
            at = next;
        }
        List<Double> degrees = new ArrayList<>();
        for (int copy = 0; copy < copies; copy++) degrees.add(360.0 / lobes / copies * copy);
        return new Ring(curve, degrees, mirrored, width);
    }

    private static double wave(double angle, int lobes, double second, double psi) {
        return StrictMath.cos(lobes * angle) + second * StrictMath.cos(2 * lobes * angle + psi);
    }

    /** Where the line is at this angle, and how fast it goes there. */
    private static double[] point(double angle, double middle, double scale, int lobes, double second, double psi) {
        double r = middle + scale * wave(angle, lobes, second, psi);
        double slope =
                -scale * lobes * (StrictMath.sin(lobes * angle) + 2 * second * StrictMath.sin(2 * lobes * angle + psi));
        double sin = StrictMath.sin(angle);
        double cos = StrictMath.cos(angle);
        return new double[] {r * sin, -r * cos, slope * sin + r * cos, -slope * cos + r * sin};
    }

    private static List<double[]> strokes(String hex) {
        List<double[]> strokes = new ArrayList<>();
        for (int i = 0; i < hex.length(); i++) {
            double angle = 2 * StrictMath.PI * i / hex.length();
            double sin = StrictMath.sin(angle);
            double cos = StrictMath.cos(angle);
            double from = EDGE + 1.2;
            double to = from + STROKE_MIN + STROKE_MORE * Character.digit(hex.charAt(i), 16) / 15;
            strokes.add(new double[] {from * sin, -from * cos, to * sin, -to * cos});
        }
        return strokes;
    }

    // ---- as the data of SVG paths

    public static String path(Ring ring) {
        double[] curve = ring.curve();
        StringBuilder path = new StringBuilder(curve.length * 6);
        path.append('M').append(figure(curve[0])).append(' ').append(figure(curve[1]));
        for (int i = 2; i < curve.length; i++) {
            path.append((i - 2) % 6 == 0 ? 'C' : ' ').append(figure(curve[i]));
        }
        return path.append('Z').toString();
    }

    public String edge() {
        StringBuilder path = new StringBuilder();
        for (double[] stroke : strokes) {
            path.append('M')
                    .append(figure(stroke[0]))
                    .append(' ')
                    .append(figure(stroke[1]))
                    .append('L')
                    .append(figure(stroke[2]))
                    .append(' ')
                    .append(figure(stroke[3]));
        }
        return path.toString();
    }

    /** Short, and the same on every machine. */
    public static String figure(double value) {
        long hundredths = Math.round(value * 100);
        String sign = hundredths < 0 ? "-" : "";
        long whole = Math.abs(hundredths) / 100;
        long rest = Math.abs(hundredths) % 100;
        if (rest == 0) return sign + whole;
        return sign + whole + (rest % 10 == 0 ? "." + rest / 10 : rest < 10 ? ".0" + rest : "." + rest);
    }
}
