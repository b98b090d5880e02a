package vitrine.certificate.paper;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.GeneralPath;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.jspecify.annotations.Nullable;
import vitrine.platform.web.QrCode;

/**
 * A picture to send to friends: the piece in its lit room, or several of a showroom side by side, with a name, a number, and the code
 * that leads to its page.
 */
final class Poster {

    enum Size {
        /** For a story: the whole of a phone. */
        TALL(1080, 1920),
        /** For a feed. */
        SHEET(1242, 1656),
        SQUARE(1080, 1080);

        final int width;
        final int height;

        Size(int width, int height) {
            this.width = width;
            this.height = height;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param over small, over the name; {@code number}: {@code № 17/300}, or how many pieces there are */
    record Words(String over, String name, String number, String scan) {}

    /** One object in its own light. @param object null: the plinth stands empty */
    record Niche(String wall, @Nullable BufferedImage object, boolean cutout) {}

    private static final int SEAM = 6;

    private static final Color PAPER = new Color(0xf7f4ee);
    private static final Color INK = new Color(0x1f1b17);
    private static final Color QUIET = new Color(0x574f46);

    private final Graphics2D g;
    private final TrueTypeFont font;
    private final PaperFont type;

    private Poster(Graphics2D g, PaperFont type) {
        this.g = g;
        this.type = type;
        this.font = type.font();
    }

    static byte[] draw(Size size, List<Niche> niches, Words words, QrCode code, PaperFont type) {
        int foot = (int) (size.width * (size == Size.SQUARE ? .30 : .32));
        int room = size.height - foot;
        BufferedImage poster = new BufferedImage(size.width, size.height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = poster.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setColor(PAPER);
            g.fillRect(0, 0, size.width, size.height);
            hang(g, niches, size.width, room);
            new Poster(g, type).foot(words, code, size.width, room, foot);
        } finally {
            g.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(poster, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Side by side where the wall is wide, one over the other where it is tall; a seam of paper between. */
    private static void hang(Graphics2D g, List<Niche> niches, int width, int height) {
        int across = across(niches.size(), width >= height);
        int down = Math.max(1, niches.size() / across);
        int wide = (width - (across - 1) * SEAM) / across;
        int high = (height - (down - 1) * SEAM) / down;
        for (int n = 0; n < across * down; n++) {
            var niche = niches.get(n);
            int x = n % across * (wide + SEAM);
            int y = n / across * (high + SEAM);
            // The last of a row and of a column take what the division left.
            int w = n % across == across - 1 ? width - x : wide;
            int h = n / across == down - 1 ? height - y : high;
            g.drawImage(LitRoom.picture(niche.wall(), niche.object(), niche.cutout(), w, h), x, y, null);
        }
    }

    private static int across(int niches, boolean wide) {
        return switch (niches) {
            case 1 -> 1;
            case 2 -> wide ? 2 : 1;
            case 4 -> 2;
            default -> wide ? 3 : 2;
        };
    }

    /** So many of what there is can be hung without a gap: one, two, four or six. */
    static int fitting(int pieces) {
        return pieces >= 6 ? 6 : pieces >= 4 ? 4 : Math.min(pieces, 2);
    }

    private void foot(Words words, QrCode code, int width, int top, int foot) {
        double margin = width * .055;
        double side = foot - 2 * margin;
        double left = width - margin - side;
        g.setColor(INK);
        double module = side / code.size();
        for (var run : code.runs()) {
            // Each run a hair longer than its modules: no seam between two of them after scaling.
            g.fill(new java.awt.geom.Rectangle2D.Double(
                    left + run.x() * module, top + margin + run.y() * module, run.length() * module + .3, module + .3));
        }
        double wide = left - 2 * margin;
        double at = top + margin + width * .034;
        at = line(words.over(), margin, at, width * .034, wide, QUIET) + width * .064;
        at = line(words.name(), margin, at, width * .056, wide, INK) + width * .054;
        line(words.number(), margin, at, width * .04, wide, INK);
        line(words.scan(), margin, top + foot - margin, width * .03, wide, QUIET);
    }

    /** One line, smaller where it would not fit; outlines of the typeface, so that no font of the machine is asked. */
    private double line(String given, double x, double baseline, double size, double wide, Color colour) {
        String text = type.settable(given);
        try {
            double units = font.getUnitsPerEm();
            double length = 0;
            var cmap = font.getUnicodeCmapLookup();
            for (int point : text.codePoints().toArray()) length += font.getAdvanceWidth(cmap.getGlyphId(point));
            double scale = Math.min(size / units, wide / Math.max(1, length));
            g.setColor(colour);
            double at = x;
            for (int point : text.codePoints().toArray()) {
                int glyph = cmap.getGlyphId(point);
                var outline = font.getGlyph().getGlyph(glyph);
                if (outline != null) {
                    GeneralPath path = outline.getPath();
                    var place = AffineTransform.getTranslateInstance(at, baseline);
                    place.scale(scale, -scale);
                    g.fill(place.createTransformedShape(path));
                }
                at += font.getAdvanceWidth(glyph) * scale;
            }
            return baseline;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
