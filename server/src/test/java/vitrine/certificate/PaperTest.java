package vitrine.certificate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.certificate.Gallery.words;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.proof.Certificate;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.SignedNote;

/** The certificate on paper: what a collector prints and frames, and what stands on it. */
class PaperTest {

    private static final int DPI = 200;
    private static final String RARE = "龘靐齉爩";
    private static final String LONG = "月升之夜流明十周年限定琉璃灯盏之" + RARE + "长卷典藏版第二辑".repeat(12) + "完";

    private static Gallery gallery;
    private static CollectibleId moonrise;
    private static CollectorId ada;
    private static PieceNumber first;
    private static PieceNumber second;

    @BeforeAll
    static void adaAndBoHaveMoonrise() {
        VeraGreenfieldFoundryProvider.initialise();
        gallery = new Gallery();
        ada = gallery.collector("ada");
        moonrise = gallery.moonrise();
        first = gallery.give(moonrise, ada);
        second = gallery.give(moonrise, gallery.collector("bo"));
        gallery.seal();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zh", "en"})
    void anArchiveTakesItInBothLanguages(String language) throws Exception {
        assertThat(flaws(pdf("moonrise-1", language))).isEmpty();
    }

    @Test
    void aLongNameWithRareCharactersStandsOnItWhole() throws Exception {
        gallery.give(
                gallery.publish(
                        "long",
                        words(LONG, "A very long name indeed, ".repeat(19)),
                        words("可展示。".repeat(120), "May be shown. ".repeat(35))),
                ada);
        gallery.seal();
        for (var language : List.of("zh", "en")) {
            byte[] pdf = pdf("long-1", language);
            assertThat(flaws(pdf)).isEmpty();
            assertThat(onOnePage(pdf)).isTrue();
        }
        assertThat(text(pdf("long-1", "zh")).replaceAll("\\s", "")).contains(LONG);
    }

    @Test
    void aCharacterThatTheTypefaceLacksIsSeenToBeMissing() throws Exception {
        gallery.give(
                gallery.publish("fair", words("市集👩‍👩‍👧‍👦วัด开", "Fair 🎏 วัด"), words("可展示🙂", "May be shown 🙂")),
                ada);
        gallery.seal();
        for (var language : List.of("zh", "en"))
            assertThat(flaws(pdf("fair-1", language))).isEmpty();
        // One sign for one emoji, though it is seven code points.
        assertThat(text(pdf("fair-1", "zh"))).contains("市集〓〓〓开");
        assertThat(text(pdf("fair-1", "en"))).contains("Fair 〓 〓〓");
    }

    @Test
    void whatItSaysIsWhatThePageAndTheFileSay() throws Exception {
        var file = file("moonrise-1");
        var checkpoint = Checkpoint.parse(
                        SignedNote.parse(file.checkpoint()).orThrow().text())
                .orThrow();
        var newest = file.records().getLast();
        String page = new String(gallery.get("/c/moonrise-1?lang=en").body(), StandardCharsets.UTF_8);
        String paper = text(pdf("moonrise-1", "en"));
        String together = paper.replaceAll("\\s", "");
        assertThat(paper)
                .contains("Moonrise", "月升", "№ 01", "/10", "Lumen", "not used in trade", "10 pieces, never more")
                .contains("Entry " + (newest.proof().index() + 1) + " of " + checkpoint.origin())
                .contains("checkpoint of " + checkpoint.size() + " entries");
        assertThat(together)
                .contains(newest.leafHash().hex())
                .contains(checkpoint.root().hex())
                .contains(requireNonNull(file.keyHint()).vkey());
        assertThat(page)
                .contains(newest.leafHash().hex())
                .contains("Entry " + (newest.proof().index() + 1))
                .contains("/c/moonrise-1/certificate.pdf", "/c/moonrise-1/certificate.json");
        assertThat(text(pdf("moonrise-1", "zh"))).contains("收藏证书", "月升", "№ 01", "流明", "不得商用");
    }

    @Test
    void itSaysNoTimeFinerThanTheDay() throws Exception {
        assertThat(Pattern.compile("\\d{1,2}:\\d{2}")
                        .matcher(text(pdf("moonrise-1", "en")))
                        .find())
                .isFalse();
        try (var document = Loader.loadPDF(pdf("moonrise-1", "en"))) {
            assertThat(document.getDocumentInformation().getCreationDate()).isNull();
        }
    }

    @Test
    void theCodeOnThePrintedPageLeadsToThePiece() throws Exception {
        var page = rendered(pdf("moonrise-2", "zh"));
        int[] pixels = page.getRGB(0, 0, page.getWidth(), page.getHeight(), null, 0, page.getWidth());
        var read = new MultiFormatReader()
                .decode(new BinaryBitmap(
                        new HybridBinarizer(new RGBLuminanceSource(page.getWidth(), page.getHeight(), pixels))));
        assertThat(read.getText()).endsWith("/c/moonrise-2").startsWith("http");
    }

    @Test
    void everyPieceHasASealOfItsOwnAndKeepsItInBothLanguages() throws Exception {
        var one = rendered(pdf("moonrise-1", "zh"));
        var same = rendered(pdf("moonrise-1", "en"));
        var other = rendered(pdf("moonrise-2", "zh"));
        assertThat(differing(seal(one), seal(same))).isLessThan(.001);
        assertThat(differing(seal(one), seal(other))).isGreaterThan(.05);
        var leaf = file("moonrise-1").records().getLast().leafHash();
        assertThat(Rosette.of(leaf).edge())
                .isEqualTo(Rosette.of(Hash32.ofHex(leaf.hex())).edge());
    }

    @Test
    void theStrokesOfTheSealAreTheHashItself() {
        var leaf = Hash32.sha256(new byte[] {7});
        var read = new StringBuilder();
        for (double[] stroke : Rosette.of(leaf).strokes()) {
            double length = Math.hypot(stroke[2] - stroke[0], stroke[3] - stroke[1]);
            read.append(Character.forDigit((int) Math.round((length - 1.3) / 6.2 * 15), 16));
        }
        assertThat(read).hasToString(leaf.hex());
    }

    @Test
    void itPrintsOnLetterPaperAtItsTrueSize() throws Exception {
        var page = rendered(pdf("moonrise-1", "zh"));
        // Letter is shorter than A4, and a printer leaves a quarter of an inch at each edge of it.
        double lost = ((PDRectangle.A4.getHeight() - PDRectangle.LETTER.getHeight()) / 2 + 18) / 72 * DPI;
        double side = 18.0 / 72 * DPI;
        for (int y = 0; y < page.getHeight(); y++) {
            for (int x = 0; x < page.getWidth(); x++) {
                boolean edge = y < lost || y > page.getHeight() - lost || x < side || x > page.getWidth() - side;
                if (edge && (page.getRGB(x, y) & 0xffffff) != 0xffffff) {
                    throw new AssertionError("ink at " + x + ", " + y);
                }
            }
        }
    }

    @Test
    void theSameCertificateIsTheSameBytesAndIsNotSentTwice() {
        var once = gallery.get("/c/moonrise-1/certificate.pdf?lang=zh");
        assertThat(gallery.get("/c/moonrise-1/certificate.pdf?lang=zh").body()).isEqualTo(once.body());
        var tag = once.headers().firstValue("ETag").orElseThrow();
        var again = gallery.get("/c/moonrise-1/certificate.pdf?lang=zh", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(gallery.get("/c/moonrise-1/certificate.pdf?lang=en", "If-None-Match", tag)
                        .statusCode())
                .isEqualTo(200);
        assertThat(once.body().length).isLessThan(200_000);
    }

    @Test
    void whatIsStillBeingRecordedIsNotPrintedYetAndThePageSaysSo() {
        gallery.give(moonrise, ada);
        var early = gallery.get("/c/moonrise-3/certificate.pdf?lang=en");
        assertThat(early.statusCode()).isEqualTo(202);
        assertThat(early.headers().firstValue("Retry-After")).contains("1");
        assertThat(new String(early.body(), StandardCharsets.UTF_8)).contains("Being recorded");
        assertThat(gallery.get("/c/moonrise-3/certificate.json").statusCode()).isEqualTo(202);
        gallery.seal();
        assertThat(gallery.get("/c/moonrise-3/certificate.pdf").statusCode()).isEqualTo(200);
        assertThat(gallery.get("/c/moonrise-9/certificate.pdf").statusCode()).isEqualTo(404);
    }

    @Test
    void whoeverComesAtOnceWaitsHerTurnAndGetsHerPaper() throws Exception {
        var printed = new ArrayList<Future<byte[]>>();
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < 12; n++) {
                String piece = "moonrise-" + (1 + n % 2);
                String language = n % 4 < 2 ? "zh" : "en";
                printed.add(readers.submit(() -> pdf(piece, language)));
            }
        }
        for (int n = 0; n < 12; n++)
            assertThat(printed.get(n).get()).isEqualTo(printed.get(n % 4).get());
    }

    @Test
    void oneAddressThatAsksWithoutEndIsToldToSlowDown() throws Exception {
        try (var wild = HttpClient.newBuilder()
                .localAddress(InetAddress.ofLiteral("127.0.0.2"))
                .build()) {
            var request = HttpRequest.newBuilder(URI.create(
                            "http://127.0.0.1:" + gallery.server.address().getPort() + "/c/nothing-1/certificate.pdf"))
                    .header("Accept", "application/json")
                    .build();
            HttpResponse<String> answer = wild.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(404);
            for (int n = 0; n < 400 && answer.statusCode() == 404; n++) {
                answer = wild.send(request, HttpResponse.BodyHandlers.ofString());
            }
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.body()).contains("certificate.too-fast");
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        }
        assertThat(gallery.get("/c/moonrise-1/certificate.pdf").statusCode()).isEqualTo(200);
    }

    // ----

    private static byte[] pdf(String piece, String language) {
        HttpResponse<byte[]> answer = gallery.get("/c/" + piece + "/certificate.pdf?lang=" + language);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/pdf");
        return answer.body();
    }

    private static Certificate file(String piece) {
        return Certificate.parse(
                        gallery.get("/c/" + piece + "/certificate.json").body())
                .orThrow()
                .certificate();
    }

    /** What veraPDF finds against PDF/A-2u: nothing, or the rules that are broken. */
    private static List<String> flaws(byte[] pdf) throws Exception {
        try (var parser =
                        Foundries.defaultInstance().createParser(new ByteArrayInputStream(pdf), PDFAFlavour.PDFA_2_U);
                var validator = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFA_2_U, false)) {
            var result = validator.validate(parser);
            assertThat(result.getTotalAssertions()).isGreaterThan(100);
            return result.isCompliant()
                    ? List.of()
                    : result.getTestAssertions().stream()
                            .map(flaw -> flaw.getRuleId() + " " + flaw.getMessage())
                            .distinct()
                            .toList();
        }
    }

    private static String text(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return new PDFTextStripper().getText(document).replace('\u00a0', ' ');
        }
    }

    private static boolean onOnePage(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return document.getNumberOfPages() == 1;
        }
    }

    private static BufferedImage rendered(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return new PDFRenderer(document).renderImageWithDPI(0, DPI);
        }
    }

    /** The lower right corner of the page. */
    private static BufferedImage seal(BufferedImage page) {
        int side = page.getWidth() * 23 / 100;
        return page.getSubimage(
                page.getWidth() * 655 / 1000, page.getHeight() * 745 / 1000, side, page.getHeight() * 17 / 100);
    }

    private static double differing(BufferedImage one, BufferedImage other) {
        long different = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                int a = one.getRGB(x, y) >> 8 & 0xff;
                int b = other.getRGB(x, y) >> 8 & 0xff;
                if (Math.abs(a - b) > 60) different++;
            }
        }
        return (double) different / one.getWidth() / one.getHeight();
    }
}
