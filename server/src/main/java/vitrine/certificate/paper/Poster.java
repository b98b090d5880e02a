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
import java.util.Locale;
import javax.imageio.ImageIO;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.jspecify.annotations.Nullable;
import vitrine.platform.web.QrCode;

/** A picture to send to friends: the piece in its lit room, its name and number, and the code that leads to its page. */
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

    /** @param number {@code № 17/300} */
    record Words(String brand, String name, String number, String scan) {}

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

    static byte[] draw(
            Size size,
            String wall,
            @Nullable BufferedImage object,
            boolean cutout,
            Words words,
            QrCode code,
            PaperFont type) {
        int foot = (int) (size.width * (size == Size.SQUARE ? .30 : .32));
        int room = size.height - foot;
        BufferedImage poster = new BufferedImage(size.width, size.height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = poster.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.drawImage(LitRoom.picture(wall, object, cutout, size.width, room), 0, 0, null);
            g.setColor(PAPER);
            g.fillRect(0, room, size.width, foot);
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
        double at = top + margin + width * .028;
        at = line(words.brand(), margin, at, width * .028, wide, QUIET) + width * .062;
        at = line(words.name(), margin, at, width * .056, wide, INK) + width * .048;
        line(words.number(), margin, at, width * .034, wide, INK);
        line(words.scan(), margin, top + foot - margin, width * .022, wide, QUIET);
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
