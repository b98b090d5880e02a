package vitrine.certificate.paper;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.transform.TransformerException;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentCatalog;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.common.PDMetadata;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.color.PDOutputIntent;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.pdmodel.graphics.image.JPEGFactory;
import org.apache.pdfbox.pdmodel.interactive.viewerpreferences.PDViewerPreferences;
import org.apache.pdfbox.util.Matrix;
import org.apache.xmpbox.XMPMetadata;
import org.apache.xmpbox.type.BadFieldValueException;
import org.apache.xmpbox.xml.XmpSerializer;
import org.jspecify.annotations.Nullable;
import vitrine.certificate.Rosette;
import vitrine.platform.web.QrCode;

/**
 * One A4 page, PDF/A-2u: everything it needs is in it, and its text can be read out of it. All ink lies in the part that A4 and US
 * Letter have in common, so it prints on both at its true size. No clock and no random number: the same sheet is the same bytes.
 */
final class SheetPdf {

    private static final PDRectangle PAGE = PDRectangle.A4;

    // Points from the top left corner. Letter is 25 points shorter at each end, and a printer leaves some 18 more.
    private static final float FRAME_X = 36;
    private static final float FRAME_Y = 48;
    private static final float LEFT = 64;
    private static final float RIGHT = PAGE.getWidth() - LEFT;
    private static final float WIDTH = RIGHT - LEFT;
    private static final float TOP = 74;
    private static final float BOTTOM = PAGE.getHeight() - 72;
    private static final float COLUMN_GAP = 26;
    private static final float SEAL = 136;
    private static final float CODE = 62;
    private static final float LABELS = 42;
    private static final float PICTURE_MIN = 130;
    private static final float PICTURE_MAX = 262;
    private static final float PIXELS_A_POINT = 2.6f;

    private static final int INK = 0x1f1b17;
    private static final int INK_2 = 0x574f46;
    private static final int LINE = 0xd3ccc0;
    private static final int CINNABAR = 0xa5301f;

    /** Long names and licences are set smaller until all of it fits; at the last step the lines of a fact are limited, too. */
    private static final float[] STEPS = {1f, .9f, .8f, .7f, .6f, .52f};

    private static final int LAST_LINES_MAX = 3;

    private final Sheet sheet;
    private final byte @Nullable [] picture;
    private final PaperFont type;
    private final PDDocument document;
    private final PDType0Font font;
    private final PDPageContentStream ink;

    private SheetPdf(
            Sheet sheet,
            byte @Nullable [] picture,
            PaperFont type,
            PDDocument document,
            PDType0Font font,
            PDPageContentStream ink) {
        this.sheet = sheet;
        this.picture = picture;
        this.type = type;
        this.document = document;
        this.font = font;
        this.ink = ink;
    }

    /** @param picture the file that the sheet names, or null */
    static byte[] print(Sheet sheet, byte @Nullable [] picture, PaperFont type) {
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage(PAGE);
            document.addPage(page);
            PDType0Font font = PDType0Font.load(document, type.font(), true);
            try (PDPageContentStream ink = new PDPageContentStream(document, page)) {
                new SheetPdf(sheet, picture, type, document, font, ink).draw();
            }
            describe(document, sheet);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 << 10);
            document.save(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- the page, from top to bottom

    private void draw() throws IOException {
        Body body = body();
        frame();
        float y = head();
        float bottom = BOTTOM - SEAL - 8;
        float room = bottom - y - body.height() - 18;
        float height = Math.clamp(room, PICTURE_MIN * .5f, PICTURE_MAX);
        // What is left over is air, a third of it above the picture.
        float air = Math.max(0, room - height);
        y += 12 + air * .2f;
        picture(LEFT, y, WIDTH, height);
        y += height + 4 + air * .3f;
        body.draw(y);
        foot(bottom);
    }

    private void frame() throws IOException {
        stroke(LINE, .6f);
        rectangle(FRAME_X, FRAME_Y, PAGE.getWidth() - 2 * FRAME_X, PAGE.getHeight() - 2 * FRAME_Y);
        ink.stroke();
        stroke(LINE, .3f);
        rectangle(FRAME_X + 4, FRAME_Y + 4, PAGE.getWidth() - 2 * FRAME_X - 8, PAGE.getHeight() - 2 * FRAME_Y - 8);
        ink.stroke();
    }

    private float head() throws IOException {
        float base = TOP + 17;
        text(sheet.kind(), LEFT, base - 1, 15, 1.1f, INK);
        text(sheet.kindAlso(), LEFT, base + 13, 7.6f, .3f, INK_2);
        float supply = width(sheet.supply(), 11, 0);
        text(sheet.number(), RIGHT - supply - 2 - width(sheet.number(), 25, 0), base + 11, 25, 0, INK);
        text(sheet.supply(), RIGHT - supply, base + 11, 11, 0, INK_2);
        float line = base + 24;
        line(LEFT, line, RIGHT, INK, .7f);
        return line;
    }

    /** Drawn once the picture above knows how high it may be. */
    private interface Part {
        void draw(float y) throws IOException;
    }

    private record Body(float height, Part part) {
        void draw(float y) throws IOException {
            part.draw(y);
        }
    }

    /** The largest setting that leaves the picture its least height. */
    private Body body() throws IOException {
        float room = BOTTOM - SEAL - 14 - (TOP + 41) - 18 - PICTURE_MIN;
        Body body = body(STEPS[0], Integer.MAX_VALUE);
        for (int i = 1; body.height() > room && i < STEPS.length; i++) body = body(STEPS[i], Integer.MAX_VALUE);
        return body.height() > room ? body(STEPS[STEPS.length - 1], LAST_LINES_MAX) : body;
    }

    private Body body(float step, int linesMax) throws IOException {
        List<Part> parts = new ArrayList<>();
        float y = 0;

        // A long name gives way sooner than what stands below it.
        float size = 31 * step * step;
        List<String> name = lines(sheet.name(), size, WIDTH, linesMax);
        float nameTop = y;
        boolean beside = name.size() == 1
                && !sheet.nameAlso().isEmpty()
                && width(name.getFirst(), size, 0) + 14 + width(sheet.nameAlso(), 12.5f * step, 0) <= WIDTH;
        y = paragraph(parts, name, y, size, 1.26f, INK);
        if (beside) {
            float x = LEFT + width(name.getFirst(), size, 0) + 12 * step;
            float base = nameTop + baseline(size, 1.26f);
            parts.add(top -> text(sheet.nameAlso(), x, top + base, 12.5f * step, .2f, INK_2));
        } else if (!sheet.nameAlso().isEmpty()) {
            y = paragraph(parts, lines(sheet.nameAlso(), 12.5f * step, WIDTH, linesMax), y, 12.5f * step, 1.4f, INK_2);
        }
        y += 2 * step;
        y = paragraph(parts, lines(sheet.maker(), 9.5f * step, WIDTH, linesMax), y, 9.5f * step, 1.5f, INK_2);
        y += 9 * step;
        y = paragraph(parts, lines(sheet.say(), 11.5f * step, WIDTH, linesMax), y, 11.5f * step, 1.75f, INK);
        y += 10 * step;
        y = facts(parts, y, step, linesMax);
        return new Body(y, top -> {
            for (Part part : parts) part.draw(top);
        });
    }

    /** Two to a row where both are short; a long one has the row to itself. */
    private float facts(List<Part> parts, float y, float step, int linesMax) throws IOException {
        float half = (WIDTH - COLUMN_GAP) / 2;
        float size = 9.5f * step;
        List<Sheet.Fact> facts = sheet.facts();
        for (int i = 0; i < facts.size(); i++) {
            boolean pair = i + 1 < facts.size()
                    && lines(facts.get(i).value(), size, half, linesMax).size() <= 2
                    && lines(facts.get(i + 1).value(), size, half, linesMax).size() <= 2;
            float column = pair ? half : WIDTH;
            float left = fact(parts, facts.get(i), LEFT, y, column, size, step, linesMax);
            float right =
                    pair ? fact(parts, facts.get(++i), LEFT + half + COLUMN_GAP, y, column, size, step, linesMax) : 0;
            y = Math.max(left, right) + 5 * step;
        }
        return y;
    }

    private float fact(
            List<Part> parts, Sheet.Fact fact, float x, float y, float width, float size, float step, int linesMax)
            throws IOException {
        float label = 7 * step;
        List<String> lines = lines(fact.value(), size, width, linesMax);
        parts.add(top -> {
            line(x, top + y, x + width, LINE, .5f);
            text(fact.label(), x, top + y + 4 + label, label, .3f, INK_2);
            float base = top + y + 5 + label + baseline(size, 1.4f);
            for (String each : lines) {
                text(each, x, base, size, 0, INK);
                base += size * 1.4f;
            }
        });
        return y + 5 + label + lines.size() * size * 1.4f;
    }

    private float paragraph(List<Part> parts, List<String> lines, float y, float size, float leading, int colour) {
        for (int i = 0; i < lines.size(); i++) {
            String each = lines.get(i);
            float base = y + i * size * leading + baseline(size, leading);
            parts.add(top -> text(each, LEFT, top + base, size, 0, colour));
        }
        return y + lines.size() * size * leading;
    }

    private static float baseline(float size, float leading) {
        return size * (leading / 2 + .36f);
    }

    /** The seal, the code and the record; all of it stands on the lower edge. */
    private void foot(float edge) throws IOException {
        float top = edge + 8;
        seal(RIGHT - SEAL / 2 + 1, BOTTOM - SEAL / 2 + 2, SEAL);
        line(LEFT, edge, RIGHT - SEAL - 12, LINE, .5f);
        float column = WIDTH - SEAL - 16;
        code(LEFT, top + 2, CODE);
        float x = LEFT + CODE + 12;
        float y = top + 1;
        for (String paragraph : sheet.check()) {
            for (String each : lines(paragraph, 7.3f, column - CODE - 12, 4)) {
                text(each, x, y + 7.3f, 7.3f, 0, INK_2);
                y += 7.3f * 1.5f;
            }
            y += 1.5f;
        }
        float record = Math.max(y, top + CODE + 2) + 7;
        for (Sheet.Fact fact : sheet.record()) {
            text(fact.label(), LEFT, record + 6, 5.6f, .2f, INK_2);
            for (String each : broken(fact.value(), 6.1f, column - LABELS)) {
                text(each, LEFT + LABELS, record + 6, 6.1f, 0, INK);
                record += 8.8f;
            }
        }
    }

    // ---- the seal

    private void seal(float x, float y, float side) throws IOException {
        Rosette seal = Rosette.of(sheet.leaf());
        ink.saveGraphicsState();
        ink.transform(new Matrix(1, 0, 0, 1, x, PAGE.getHeight() - y));
        float scale = (float) (side / 2 / Rosette.REACH);
        // The rosette counts downwards, as screens do.
        ink.transform(new Matrix(scale, 0, 0, -scale, 0, 0));
        stroke(CINNABAR, .4f);
        for (Rosette.Ring ring : seal.rings()) {
            PDFormXObject once = once(ring);
            for (double degrees : ring.degrees()) {
                turned(once, degrees, 1);
                if (ring.mirrored()) turned(once, degrees, -1);
            }
        }
        for (double radius : seal.circles()) {
            circle((float) radius);
            ink.setLineWidth(.55f);
            ink.stroke();
        }
        ink.setLineWidth(1.1f);
        for (double[] stroke : seal.strokes()) {
            ink.moveTo((float) stroke[0], (float) stroke[1]);
            ink.lineTo((float) stroke[2], (float) stroke[3]);
        }
        ink.stroke();
        stamp(seal.stamp());
        ink.restoreGraphicsState();
    }

    /** A ring's line is kept once and drawn turned: a tenth of the bytes. */
    private PDFormXObject once(Rosette.Ring ring) throws IOException {
        PDFormXObject form = new PDFormXObject(document);
        float reach = (float) Rosette.REACH;
        form.setBBox(new PDRectangle(-reach, -reach, 2 * reach, 2 * reach));
        form.setResources(new PDResources());
        double[] p = ring.curve();
        StringBuilder line = new StringBuilder(p.length * 7);
        line.append(Rosette.figure(ring.width())).append(" w\n");
        for (int i = 0; i < p.length; i++) {
            // Two numbers move there, six are a cubic from where the line is.
            line.append(Rosette.figure(p[i])).append(i == 1 ? " m\n" : i > 1 && (i - 2) % 6 == 5 ? " c\n" : " ");
        }
        try (OutputStream content = form.getContentStream().createOutputStream(COSName.FLATE_DECODE)) {
            content.write(line.append("s\n").toString().getBytes(StandardCharsets.US_ASCII));
        }
        return form;
    }

    private void turned(PDFormXObject form, double degrees, int upDown) throws IOException {
        double angle = degrees * StrictMath.PI / 180;
        float sin = (float) StrictMath.sin(angle);
        float cos = (float) StrictMath.cos(angle);
        ink.saveGraphicsState();
        ink.transform(new Matrix(cos, sin, -sin * upDown, cos * upDown, 0, 0));
        ink.drawForm(form);
        ink.restoreGraphicsState();
    }

    private void circle(float r) throws IOException {
        float k = r * .5522848f;
        ink.moveTo(r, 0);
        ink.curveTo(r, k, k, r, 0, r);
        ink.curveTo(-k, r, -r, k, -r, 0);
        ink.curveTo(-r, -k, -k, -r, 0, -r);
        ink.curveTo(k, -r, r, -k, r, 0);
        ink.closePath();
    }

    private void stamp(String path) throws IOException {
        float scale = (float) (Rosette.STAMP_SIDE / 100);
        ink.saveGraphicsState();
        // Slightly turned, as a hand sets it.
        ink.transform(new Matrix(.99939f, -.0349f, .0349f, .99939f, 0, 0));
        ink.transform(new Matrix(scale, 0, 0, scale, -50 * scale, -50 * scale));
        fill(CINNABAR);
        float[][] stone = {
            {4, 1.5f},
            {96, 1},
            {99, 4.5f},
            {98.5f, 50},
            {99, 96},
            {95, 99},
            {50, 98.5f},
            {3.5f, 99},
            {1, 95},
            {1.5f, 48},
            {1, 4}
        };
        ink.moveTo(stone[0][0], stone[0][1]);
        for (float[] corner : stone) ink.lineTo(corner[0], corner[1]);
        ink.fill();
        stroke(0xffffff, 4.3f);
        ink.setLineCapStyle(2);
        for (String stroke : path.substring(1).split("M")) {
            // As Stamp writes it: "x yhLENGTH" or "x yvLENGTH".
            int turn = Math.max(stroke.indexOf('h'), stroke.indexOf('v'));
            String[] from = stroke.substring(0, turn).split(" ");
            float x = Float.parseFloat(from[0]);
            float y = Float.parseFloat(from[1]);
            float length = Float.parseFloat(stroke.substring(turn + 1));
            ink.moveTo(x, y);
            if (stroke.charAt(turn) == 'h') ink.lineTo(x + length, y);
            else ink.lineTo(x, y + length);
        }
        ink.stroke();
        ink.restoreGraphicsState();
    }

    // ---- the code and the picture

    private void code(float x, float y, float side) throws IOException {
        QrCode code = QrCode.of(sheet.address());
        float module = side / code.size();
        fill(INK);
        for (var run : code.runs()) {
            // A hair higher than a module, so that no renderer leaves a white line between two rows.
            ink.addRect(
                    x + run.x() * module,
                    PAGE.getHeight() - y - (run.y() + 1) * module - .02f,
                    run.length() * module,
                    module + .04f);
        }
        ink.fill();
    }

    private void picture(float x, float y, float width, float height) throws IOException {
        int w = Math.round(width * PIXELS_A_POINT);
        int h = Math.round(height * PIXELS_A_POINT);
        BufferedImage room = LitRoom.picture(sheet.wall(), decoded(picture), sheet.cutout(), w, h);
        ink.drawImage(
                JPEGFactory.createFromImage(document, room, .88f), x, PAGE.getHeight() - y - height, width, height);
    }

    private static @Nullable BufferedImage decoded(byte @Nullable [] picture) throws IOException {
        return picture == null ? null : ImageIO.read(new ByteArrayInputStream(picture));
    }

    // ---- lines of text

    private void text(String text, float x, float baseline, float size, float spacing, int colour) throws IOException {
        String set = set(text);
        if (set.isEmpty()) return;
        ink.beginText();
        fill(colour);
        ink.setFont(font, size);
        ink.setCharacterSpacing(spacing);
        ink.newLineAtOffset(x, PAGE.getHeight() - baseline);
        ink.showText(set);
        ink.endText();
    }

    /** The quotation marks of this typeface are as wide as a Chinese character, which is right among those alone. */
    private String set(String text) {
        String narrow = sheet.language().getLanguage().equals("en")
                ? text.replace('’', '\'').replace('‘', '\'').replace('“', '"').replace('”', '"')
                : text.replaceAll("(?<=\\p{IsLatin})’(?=\\p{IsLatin})", "'");
        return type.settable(narrow);
    }

    private float width(String text, float size, float spacing) throws IOException {
        String set = set(text);
        return font.getStringWidth(set) / 1000 * size + spacing * set.codePointCount(0, set.length());
    }

    /** Broken where the language allows it, and inside a word that is longer than a line. */
    private List<String> lines(String text, float size, float width, int linesMax) throws IOException {
        String set = set(text).strip();
        List<String> lines = new ArrayList<>();
        if (set.isEmpty()) return lines;
        BreakIterator breaks = BreakIterator.getLineInstance(sheet.language());
        breaks.setText(set);
        StringBuilder line = new StringBuilder();
        int from = breaks.first();
        for (int to = breaks.next(); to != BreakIterator.DONE; to = breaks.next()) {
            // An address or a file's name stays in one piece.
            if (to < set.length() && unspaced(set.charAt(to - 1)) && unspaced(set.charAt(to))) continue;
            String word = set.substring(from, to);
            from = to;
            if (width(line + word.stripTrailing(), size, 0) <= width) {
                line.append(word);
                continue;
            }
            if (!line.isEmpty()) lines.add(line.toString().stripTrailing());
            line.setLength(0);
            List<String> parts = broken(word, size, width);
            lines.addAll(parts.subList(0, parts.size() - 1));
            line.append(parts.getLast());
        }
        if (!line.isEmpty()) lines.add(line.toString().stripTrailing());
        if (lines.size() <= linesMax) return lines;
        List<String> shown = new ArrayList<>(lines.subList(0, linesMax));
        String last = shown.removeLast();
        while (!last.isEmpty() && width(last + "…", size, 0) > width) {
            last = last.substring(0, last.offsetByCodePoints(last.length(), -1));
        }
        shown.add(last + "…");
        return shown;
    }

    private static boolean unspaced(char c) {
        return c > ' ' && c < 0x7f;
    }

    /** Filled to the edge, character by character, as a hash is. */
    private List<String> broken(String text, float size, float width) throws IOException {
        String set = set(text);
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        float filled = 0;
        for (int at = 0; at < set.length(); ) {
            String sign = Character.toString(set.codePointAt(at));
            float wide = width(sign, size, 0);
            if (filled + wide > width && !line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
                filled = 0;
            }
            line.append(sign);
            filled += wide;
            at += sign.length();
        }
        lines.add(line.toString());
        return lines;
    }

    private void line(float x, float y, float to, int colour, float width) throws IOException {
        stroke(colour, width);
        ink.moveTo(x, PAGE.getHeight() - y);
        ink.lineTo(to, PAGE.getHeight() - y);
        ink.stroke();
    }

    private void rectangle(float x, float y, float width, float height) throws IOException {
        ink.addRect(x, PAGE.getHeight() - y - height, width, height);
    }

    private void stroke(int rgb, float width) throws IOException {
        ink.setStrokingColor((rgb >> 16 & 0xff) / 255f, (rgb >> 8 & 0xff) / 255f, (rgb & 0xff) / 255f);
        ink.setLineWidth(width);
    }

    private void fill(int rgb) throws IOException {
        ink.setNonStrokingColor((rgb >> 16 & 0xff) / 255f, (rgb >> 8 & 0xff) / 255f, (rgb & 0xff) / 255f);
    }

    // ---- what the file says of itself

    private static void describe(PDDocument document, Sheet sheet) throws IOException {
        String title = sheet.name() + " " + sheet.number() + sheet.supply();
        document.getDocumentInformation().setTitle(title);
        PDDocumentCatalog catalog = document.getDocumentCatalog();
        catalog.setLanguage(sheet.language().toLanguageTag());
        PDViewerPreferences viewer = new PDViewerPreferences(new org.apache.pdfbox.cos.COSDictionary());
        viewer.setDisplayDocTitle(true);
        catalog.setViewerPreferences(viewer);

        XMPMetadata about = XMPMetadata.createXMPMetadata();
        try {
            var identification = about.createAndAddPDFAIdentificationSchema();
            identification.setPart(2);
            identification.setConformance("U");
            about.createAndAddDublinCoreSchema().setTitle(title);
            ByteArrayOutputStream xmp = new ByteArrayOutputStream();
            new XmpSerializer().serialize(about, xmp, true);
            PDMetadata metadata = new PDMetadata(document);
            metadata.importXMPMetadata(xmp.toByteArray());
            catalog.setMetadata(metadata);
        } catch (BadFieldValueException | TransformerException e) {
            throw new IllegalStateException(e);
        }

        byte[] srgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
        PDOutputIntent intent = new PDOutputIntent(document, new ByteArrayInputStream(srgb));
        intent.setInfo("sRGB IEC61966-2.1");
        intent.setOutputCondition("sRGB IEC61966-2.1");
        intent.setOutputConditionIdentifier("sRGB IEC61966-2.1");
        intent.setRegistryName("http://www.color.org");
        catalog.addOutputIntent(intent);
        // Otherwise the file's id would be made of the time of day.
        document.setDocumentId(ByteBuffer.wrap(sheet.fingerprint().bytes()).getLong());
    }
}
