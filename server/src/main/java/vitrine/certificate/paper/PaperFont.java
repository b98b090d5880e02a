package vitrine.certificate.paper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.BreakIterator;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;

/**
 * Noto Serif SC, the one typeface of the paper: Latin and 30,000 Chinese characters. It is read once, when the first certificate
 * is printed, and then kept (docs/decisions/certificate-font.md).
 */
final class PaperFont {

    private static final String REGULAR = "/vitrine/certificate/font/400Regular/NotoSerifSC_400Regular.ttf";

    /** What printers set where a type is missing. */
    private static final int GETA = 0x3013;

    private final TrueTypeFont font;
    private final CmapLookup glyphs;

    private PaperFont(TrueTypeFont font, CmapLookup glyphs) {
        this.font = font;
        this.glyphs = glyphs;
    }

    static PaperFont read() {
        try (InputStream file = PaperFont.class.getResourceAsStream(REGULAR)) {
            if (file == null) {
                throw new IllegalStateException(
                        "The certificate's font is not in this build: run npm ci in web/, then build.");
            }
            TrueTypeFont font = new TTFParser().parse(new RandomAccessReadBuffer(file.readAllBytes()));
            // Ligatures would be glyphs without a character of their own, and the text must be readable out of the
            // file.
            font.setEnableGsub(false);
            return new PaperFont(font, font.getUnicodeCmapLookup());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TrueTypeFont font() {
        return font;
    }

    /** The text as it can be set: what a reader sees as one sign and this typeface lacks becomes one 〓. */
    String settable(String text) {
        if (text.codePoints().allMatch(this::has)) return text;
        StringBuilder set = new StringBuilder();
        // An emoji of a family is one sign of seven code points, and a letter with its marks is one, too.
        BreakIterator signs = BreakIterator.getCharacterInstance(Locale.ROOT);
        signs.setText(text);
        for (int from = signs.first(), to = signs.next(); to != BreakIterator.DONE; from = to, to = signs.next()) {
            String sign = Normalizer.normalize(text.substring(from, to), Normalizer.Form.NFC);
            // What has no ink of its own (joiners, variation selectors) is left out where the rest can be set.
            int[] inked = sign.codePoints().filter(PaperFont::hasInk).toArray();
            if (inked.length == 0) continue;
            if (Arrays.stream(inked).allMatch(this::has)) set.append(new String(inked, 0, inked.length));
            else set.appendCodePoint(sign.codePoints().allMatch(Character::isSpaceChar) ? ' ' : GETA);
        }
        return set.toString();
    }

    private static boolean hasInk(int codePoint) {
        return Character.getType(codePoint) != Character.FORMAT && !(codePoint >= 0xfe00 && codePoint <= 0xfe0f);
    }

    private boolean has(int codePoint) {
        return glyphs.getGlyphId(codePoint) != 0;
    }
}
