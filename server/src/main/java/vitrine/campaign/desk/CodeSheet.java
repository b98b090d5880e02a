package vitrine.campaign.desk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.springframework.stereotype.Component;
import vitrine.drop.Drop;
import vitrine.platform.Settings;
import vitrine.platform.web.QrCode;

/** Codes on paper, to be cut into cards: 24 to a page of A4, each with its QR code and its sixteen signs. */
@Component
class CodeSheet {

    private static final String SERIF = "/vitrine/certificate/font/400Regular/NotoSerifSC_400Regular.ttf";
    private static final int ACROSS = 3;
    private static final int DOWN = 8;
    private static final float MARGIN = 24;
    private static final float QR = 68;
    private static final int GETA = 0x3013;

    private final Settings settings;

    CodeSheet(Settings settings) {
        this.settings = settings;
    }

    record Card(String code, String address) {}

    String address(Drop drop, String code) {
        return settings.baseUrl() + "/d/" + drop.slug() + "?code=" + code;
    }

    void print(String name, List<Card> cards, OutputStream out) throws IOException {
        try (PDDocument document = new PDDocument()) {
            PDFont sans = new PDType1Font(Standard14Fonts.FontName.COURIER);
            PDFont serif = serif(document, sans);
            String title = settable(serif, name);
            for (int from = 0; from < cards.size(); from += ACROSS * DOWN) {
                PDPage page = new PDPage(PDRectangle.A4);
                document.addPage(page);
                try (PDPageContentStream ink = new PDPageContentStream(document, page)) {
                    int to = Math.min(cards.size(), from + ACROSS * DOWN);
                    for (int n = from; n < to; n++) card(ink, n - from, cards.get(n), title, serif, sans);
                }
            }
            document.getDocumentInformation().setTitle(name);
            document.save(out);
        }
    }

    private void card(PDPageContentStream ink, int place, Card card, String title, PDFont serif, PDFont sans)
            throws IOException {
        float width = (PDRectangle.A4.getWidth() - 2 * MARGIN) / ACROSS;
        float height = (PDRectangle.A4.getHeight() - 2 * MARGIN) / DOWN;
        float left = MARGIN + place % ACROSS * width;
        float top = PDRectangle.A4.getHeight() - MARGIN - place / ACROSS * height;
        ink.setStrokingColor(.8f);
        ink.setLineWidth(.4f);
        ink.setLineDashPattern(new float[] {2, 3}, 0);
        ink.addRect(left, top - height, width, height);
        ink.stroke();
        ink.setNonStrokingColor(.1f);
        qr(ink, card.address(), left + 8, top - height + (height - QR) / 2);
        float text = left + QR + 16;
        float room = width - QR - 22;
        float size = Math.min(10, 10 * room / Math.max(1, width(serif, title, 10)));
        say(ink, serif, size, text, top - height / 2 + 22, title);
        // Two by two, as one types them.
        say(ink, sans, 12, text, top - height / 2, card.code().substring(0, 9));
        say(ink, sans, 12, text, top - height / 2 - 15, card.code().substring(10));
        String host = card.address().replaceFirst("^https?://", "").replaceFirst("[?].*", "");
        say(ink, sans, Math.min(6, 6 * room / Math.max(1, width(sans, host, 6))), text, top - height / 2 - 30, host);
    }

    private static void qr(PDPageContentStream ink, String address, float left, float bottom) throws IOException {
        QrCode code = QrCode.of(address);
        float module = QR / code.size();
        for (QrCode.Run run : code.runs())
            ink.addRect(left + run.x() * module, bottom + QR - (run.y() + 1) * module, run.length() * module, module);
        ink.fill();
    }

    private static void say(PDPageContentStream ink, PDFont font, float size, float x, float y, String text)
            throws IOException {
        ink.beginText();
        ink.setFont(font, size);
        ink.newLineAtOffset(x, y);
        ink.showText(text);
        ink.endText();
    }

    private static float width(PDFont font, String text, float size) throws IOException {
        return font.getStringWidth(text) / 1000 * size;
    }

    /** A build without the paper's typeface still prints the codes. */
    private static PDFont serif(PDDocument document, PDFont instead) throws IOException {
        try (InputStream file = CodeSheet.class.getResourceAsStream(SERIF)) {
            return file == null ? instead : PDType0Font.load(document, file, true);
        }
    }

    /** What the typeface lacks is left as printers leave it. */
    private static String settable(PDFont font, String text) {
        StringBuilder set = new StringBuilder();
        text.codePoints().forEach(sign -> set.append(has(font, sign) ? Character.toString(sign) : instead(font)));
        return set.toString();
    }

    private static String instead(PDFont font) {
        return has(font, GETA) ? Character.toString(GETA) : "?";
    }

    private static boolean has(PDFont font, int sign) {
        try {
            font.encode(Character.toString(sign));
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
