package vitrine.sandbox;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** A drawing for each product, made from its number: eleven plain things in a few glazes, all above one floor. */
final class Art {
    private static final String[][] GLAZES = {
        {"#8fa58c", "#dfe7dc", "#5d7360"},
        {"#7d8ea6", "#d3d9e0", "#4e5d72"},
        {"#c0925a", "#efe2c6", "#8a6233"},
        {"#b98678", "#eedfd8", "#865548"},
        {"#6f6a63", "#cfc6b8", "#3c3833"},
        {"#a5301f", "#e2a493", "#6d1d12"}
    };
    private static final String[] SHAPES = {
        // vase, cup, lamp, book, bowl, bear, bottle, frame; the floor is at 392 of 480
        "M206 96h68c0 44 12 56 34 84 30 40 34 96 8 146-14 28-32 48-46 66h-60c-14-18-32-38-46-66-26-50-22-106 8-146 22-28 34-40 34-84z",
        "M132 190h196c0 92-22 166-62 202h-72c-40-36-62-110-62-202zm196 24c46-10 70 16 60 58-8 36-38 58-78 60 6-12 10-20 12-30 26-2 40-12 44-32 4-22-10-34-40-28z",
        "M240 84c62 0 108 50 112 128H128c4-78 50-128 112-128zm-8 128h16v146h60v34H172v-34h60z",
        "M128 150c40-22 76-22 112 0 36-22 72-22 112 0v242c-40-18-76-18-112 0-36-18-72-18-112 0z",
        "M96 216h288c0 78-48 134-92 152v24H188v-24c-44-18-92-74-92-152z",
        "M176 148c-22-6-34-28-24-46 12-20 40-18 50 2 24-10 52-10 76 0 10-20 38-22 50-2 10 18-2 40-24 46 22 40 14 78-12 98 34 20 54 62 44 108-4 22-18 38-36 38H180c-18 0-32-16-36-38-10-46 10-88 44-108-26-20-34-58-12-98z",
        "M212 84h56v70c0 26 52 40 52 92v118c0 16-12 28-28 28H188c-16 0-28-12-28-28V246c0-52 52-66 52-92z",
        "M120 120h240v272H120zm34 34v204h172V154z",
        // a pendant, and two bulbs
        "M238 24h4v92h18v26h-40v-26h18zM240 146c62 0 110 48 110 108s-48 108-110 108-110-48-110-108 48-108 110-108z",
        "M160 190c-40 0-68 28-68 66 0 32 22 48 32 72h72c10-24 32-40 32-72 0-38-28-66-68-66zM130 336h60v44l-12 12h-36l-12-12z"
                + "M320 190c-40 0-68 28-68 66 0 32 22 48 32 72h72c10-24 32-40 32-72 0-38-28-66-68-66zM290 336h60v44l-12 12h-36l-12-12z",
        // a shop's bag, for all else
        "M132 172h216l24 220H108zM176 172v-16c0-38 26-64 64-64s64 26 64 64v16h-20v-16c0-26-18-44-44-44s-44 18-44 44v16z"
    };

    private static final int BAG = 10;
    private static final Pattern WORD = Pattern.compile("[a-z]+");

    private Art() {}

    /** By the words of its name, and what a category says of all in it; whatever is none of these stands as a bag. */
    static int shape(Product product) {
        Set<String> name = words(product.name().en());
        Set<String> kind = words(product.category());
        if (name.contains("pendant")) {
            return 8;
        }
        if (name.contains("bulb") || name.contains("bulbs")) {
            return 9;
        }
        if (name.contains("lamp") || kind.equals(Set.of("lamps"))) {
            return 2;
        }
        if (name.contains("cup") || name.contains("mug")) {
            return 1;
        }
        if (name.contains("bowl") || name.contains("bowls")) {
            return 4;
        }
        if (name.contains("vase")) {
            return 0;
        }
        if (name.contains("book") || name.contains("notebook") || kind.contains("books")) {
            return 3;
        }
        if (name.contains("bear") || name.contains("panda")) {
            return 5;
        }
        if (name.contains("vinegar")) {
            return 6;
        }
        if (name.contains("print") || name.contains("poster")) {
            return 7;
        }
        return BAG;
    }

    private static Set<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    static String svg(Product product) {
        var glaze = GLAZES[Math.floorMod(product.sku().hashCode(), GLAZES.length)];
        return """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480">
                <defs><linearGradient id="g" x1="0" x2="1"><stop offset="0" stop-color="%s"/><stop offset=".32" \
                stop-color="%s"/><stop offset=".66" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient>
                <radialGradient id="s"><stop offset="0" stop-color="#201810" stop-opacity=".34"/><stop offset="1" \
                stop-color="#201810" stop-opacity="0"/></radialGradient></defs>
                <ellipse cx="250" cy="392" rx="150" ry="22" fill="url(#s)"/>
                <path d="%s" fill="url(#g)" fill-rule="evenodd"/>
                </svg>
                """.formatted(glaze[0], glaze[1], glaze[0], glaze[2], SHAPES[shape(product)]);
    }

    /** The same as pixels, for whoever takes no drawings: 480 by 480 on a ground that is not there. */
    static byte[] png(Product product) {
        var picture = new BufferedImage(480, 480, BufferedImage.TYPE_INT_ARGB);
        var glaze = GLAZES[Math.floorMod(product.sku().hashCode(), GLAZES.length)];
        Graphics2D g = picture.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setPaint(new Color(0x20, 0x18, 0x10, 40));
        g.fill(new Ellipse2D.Float(110, 374, 280, 36));
        Path2D shape = path(SHAPES[shape(product)]);
        var box = shape.getBounds2D();
        g.setPaint(new LinearGradientPaint(
                (float) box.getMinX(), 0, (float) box.getMaxX(), 0, new float[] {0, .32f, .66f, 1}, new Color[] {
                    Color.decode(glaze[0]), Color.decode(glaze[1]), Color.decode(glaze[0]), Color.decode(glaze[2])
                }));
        g.fill(shape);
        g.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", bytes);
        } catch (IOException bug) {
            throw new UncheckedIOException(bug);
        }
        return bytes.toByteArray();
    }

    /** As much of SVG's path language as the shapes above speak: M m L l H h V v C c S s Z z. */
    static Path2D path(String d) {
        var path = new Path2D.Double(Path2D.WIND_EVEN_ODD);
        var tokens = Pattern.compile("[A-Za-z]|-?(?:\\d+[.]?\\d*|[.]\\d+)").matcher(d);
        var words = new ArrayDeque<String>();
        while (tokens.find()) {
            words.add(tokens.group());
        }
        char verb = 'M';
        double x = 0;
        double y = 0;
        double beginX = 0;
        double beginY = 0;
        double bendX = 0;
        double bendY = 0;
        while (!words.isEmpty()) {
            if (Character.isLetter(words.element().charAt(0))) {
                verb = words.remove().charAt(0);
            }
            boolean relative = Character.isLowerCase(verb);
            double fromX = relative ? x : 0;
            double fromY = relative ? y : 0;
            switch (Character.toUpperCase(verb)) {
                case 'M' -> {
                    x = beginX = fromX + next(words);
                    y = beginY = fromY + next(words);
                    path.moveTo(x, y);
                    verb = relative ? 'l' : 'L'; // numbers that go on are lines
                }
                case 'L' -> path.lineTo(x = fromX + next(words), y = fromY + next(words));
                case 'H' -> path.lineTo(x = fromX + next(words), y);
                case 'V' -> path.lineTo(x, y = fromY + next(words));
                case 'C', 'S' -> {
                    // A smooth one begins as the curve before it ended.
                    boolean smooth = Character.toUpperCase(verb) == 'S';
                    double x1 = smooth ? 2 * x - bendX : fromX + next(words);
                    double y1 = smooth ? 2 * y - bendY : fromY + next(words);
                    bendX = fromX + next(words);
                    bendY = fromY + next(words);
                    path.curveTo(x1, y1, bendX, bendY, x = fromX + next(words), y = fromY + next(words));
                }
                case 'Z' -> {
                    path.closePath();
                    x = beginX;
                    y = beginY;
                }
                default -> throw new IllegalStateException("no shape has " + verb);
            }
        }
        return path;
    }

    private static double next(ArrayDeque<String> words) {
        return Double.parseDouble(words.remove());
    }
}
