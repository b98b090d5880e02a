package vitrine.certificate.paper;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.Paint;
import java.awt.RadialGradientPaint;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object on its plinth in the room that the pages show it in, as one opaque picture: paper knows no layers. */
final class LitRoom {

    /** As in the tokens of the pages: the wall, where the lamp falls, and towards the edges. */
    private record Wall(int wall, int lit, int edge, boolean night) {}

    private static final Wall PLAIN = new Wall(0xd9d4ca, 0xf7f3ea, 0xc3bcb0, false);
    private static final Map<String, Wall> WALLS = Map.of(
            "moss", new Wall(0xa9b09b, 0xdbdfce, 0x8b937d, false),
            "indigo", new Wall(0x9aa4b1, 0xd3d9e0, 0x7c8795, false),
            "ochre", new Wall(0xcdb58c, 0xefe2c6, 0xb0976b, false),
            "lotus", new Wall(0xccaea4, 0xeedfd8, 0xb08f84, false),
            "night", new Wall(0x26241f, 0x5d564b, 0x151310, true));

    private LitRoom() {}

    /** @param object null: the plinth stands empty */
    static BufferedImage picture(
            String wallName, @Nullable BufferedImage object, boolean cutout, int width, int height) {
        Wall wall = WALLS.getOrDefault(wallName, PLAIN);
        BufferedImage room = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = room.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
        Rectangle all = new Rectangle(width, height);
        Color wallColour = new Color(wall.wall());
        Color edge = new Color(wall.edge());
        fill(
                g,
                all,
                ellipse(
                        width * .5,
                        height * .44,
                        width * .78,
                        height * .98,
                        new float[] {.3f, .82f, 1f},
                        wallColour,
                        mixed(wallColour, edge, .6),
                        edge));
        fill(g, all, vertical(0, height, new float[] {.55f, 1f}, shade(0), shade(.10)));
        double lamp = Math.min(width * .46, height * 1.05);
        fill(
                g,
                all,
                ellipse(
                        width * .5,
                        height * .5,
                        lamp,
                        height * .56,
                        new float[] {0f, 1f},
                        new Color(wall.lit()),
                        clear(wall.lit())));
        if (cutout || object == null) onThePlinth(g, wall, object, width, height);
        else onTheWall(g, object, width, height);
        g.dispose();
        return room;
    }

    private static void onThePlinth(Graphics2D g, Wall wall, @Nullable BufferedImage object, int width, int height) {
        double side = Math.min(height * 1.0, width * .6);
        double plinthHeight = height * .17;
        double plinthWidth = side * .70;
        double left = (width - plinthWidth) / 2;
        double top = height - plinthHeight;
        Color side1 = new Color(wall.night() ? 0x37322c : 0xd8d1c6);
        Color front = new Color(wall.night() ? 0x4a443c : 0xefebe4);
        Color dark = new Color(wall.night() ? 0x211e1a : 0xb9b0a3);
        // Its shadow falls on the floor to the right, where the lamp does not reach.
        fill(
                g,
                new Rectangle(width, height),
                ellipse(
                        left + plinthWidth * .60,
                        height,
                        plinthWidth * .94,
                        plinthHeight * .62,
                        new float[] {0f, 1f},
                        shade(.30),
                        shade(0)));
        Rectangle2D body = new Rectangle2D.Double(left, top, plinthWidth, plinthHeight);
        fill(
                g,
                body,
                new LinearGradientPaint(
                        new Point2D.Double(left, 0),
                        new Point2D.Double(left + plinthWidth, 0),
                        new float[] {0f, .3f, .62f, 1f},
                        new Color[] {side1, front, side1, dark}));
        fill(g, body, vertical(top, height, new float[] {.2f, 1f}, shade(0), shade(.24)));
        double flat = plinthWidth * .2;
        Ellipse2D disc = new Ellipse2D.Double(left, top - flat / 2, plinthWidth, flat);
        fill(
                g,
                disc,
                ellipse(
                        left + plinthWidth * .42,
                        top - flat * .1,
                        plinthWidth * .58,
                        flat * .62,
                        new float[] {0f, .6f, 1f},
                        mixed(front, Color.WHITE, .32),
                        front,
                        side1));
        if (object == null) return;
        // The object's own floor lies at 81.6 % of its square.
        double y = top - side * .816;
        double floor = top;
        fill(
                g,
                disc,
                ellipse(
                        width * .505,
                        floor + flat * .04,
                        side * .21,
                        flat * .27,
                        new float[] {0f, 1f},
                        shade(.26),
                        shade(0)));
        g.drawImage(object, place((width - side) / 2, y, side, side, object), null);
    }

    private static void onTheWall(Graphics2D g, BufferedImage object, int width, int height) {
        double scale = Math.min(width * .84 / object.getWidth(), height * .80 / object.getHeight());
        double w = object.getWidth() * scale;
        double h = object.getHeight() * scale;
        double x = (width - w) / 2;
        double y = (height - h) / 2;
        for (int i = 10; i >= 1; i--) {
            double grow = height * .004 * i;
            g.setColor(shade(.022));
            g.fill(new Rectangle2D.Double(x - grow, y - grow / 2, w + 2 * grow, h + 2 * grow));
        }
        g.drawImage(object, place(x, y, w, h, object), null);
    }

    private static AffineTransform place(double x, double y, double w, double h, BufferedImage object) {
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(w / object.getWidth(), h / object.getHeight());
        return place;
    }

    private static void fill(Graphics2D g, java.awt.Shape shape, Paint paint) {
        g.setComposite(AlphaComposite.SrcOver);
        g.setPaint(paint);
        g.fill(shape);
    }

    private static Paint ellipse(double x, double y, double rx, double ry, float[] stops, Color... colours) {
        AffineTransform squeeze = AffineTransform.getTranslateInstance(x, y);
        squeeze.scale(rx, ry);
        return new RadialGradientPaint(
                new Point2D.Double(0, 0),
                1f,
                new Point2D.Double(0, 0),
                stops,
                colours,
                java.awt.MultipleGradientPaint.CycleMethod.NO_CYCLE,
                java.awt.MultipleGradientPaint.ColorSpaceType.SRGB,
                squeeze);
    }

    private static Paint vertical(double from, double to, float[] stops, Color... colours) {
        return new LinearGradientPaint(new Point2D.Double(0, from), new Point2D.Double(0, to), stops, colours);
    }

    private static Color shade(double alpha) {
        return new Color(32, 24, 16, (int) Math.round(alpha * 255));
    }

    private static Color clear(int rgb) {
        return new Color(rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff, 0);
    }

    private static Color mixed(Color a, Color b, double share) {
        return new Color(
                (int) Math.round(a.getRed() + (b.getRed() - a.getRed()) * share),
                (int) Math.round(a.getGreen() + (b.getGreen() - a.getGreen()) * share),
                (int) Math.round(a.getBlue() + (b.getBlue() - a.getBlue()) * share));
    }
}
