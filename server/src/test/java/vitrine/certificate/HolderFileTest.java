package vitrine.certificate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.catalog.CollectibleId;
import vitrine.identity.Browser;
import vitrine.identity.Collectors;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogKeys;
import vitrine.proof.Certificate;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.OwnerKeys;
import vitrine.proof.VerifierKey;

/** The file with which whoever holds a piece proves it to anybody, without us. */
class HolderFileTest {

    private static final byte[] CHALLENGE = "Lumen guest list, 28 November".getBytes(StandardCharsets.UTF_8);

    private static Gallery gallery;
    private static CollectibleId moonrise;

    @BeforeAll
    static void lumenHasMoonrise() {
        gallery = new Gallery();
        moonrise = gallery.moonrise();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void sheReadsWhatTheFileIsAndThenProvesWithItThatThePieceIsHers() {
        var piece = given("ada");
        var browser = gallery.signedIn("ada");
        var words = browser.get(path(piece) + "?lang=en");
        assertThat(words.statusCode()).isEqualTo(200);
        assertThat(words.body())
                .contains("Whoever has this file can prove possession in your place", "Download my file")
                .doesNotContain("\"seed\"");
        assertThat(browser.get("/p/" + piece).body()).contains(path(piece));

        var answer = download(browser, piece);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
        assertThat(answer.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"" + piece + ".holder.certificate.json\"");
        byte[] file = answer.body().getBytes(StandardCharsets.UTF_8);
        assertThat(CertificateCheck.verify(file, List.of(logKey()), null)).isInstanceOf(CertificateVerdict.Valid.class);
        byte[] proof = OwnerKeys.provePossession(seed(file), CHALLENGE);
        assertThat(OwnerKeys.possesses(requireNonNull(owner(piece)), CHALLENGE, proof))
                .isTrue();
        // The public file is the same without the secret.
        assertThat(publicFile(piece).holder()).isNull();
    }

    @Test
    void whoDoesNotHoldItGetsNoFile() {
        var piece = given("cleo");
        var bo = gallery.signedIn("bo");
        for (var answer : List.of(
                bo.get(path(piece), "Accept", "application/json"), download(bo, piece, "Accept", "application/json"))) {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("\"certificate.not-holder\"").doesNotContain("seed");
        }
        assertThat(bo.get("/p/" + piece).body()).doesNotContain(path(piece));
        assertThat(bo.get("/me/pieces/moonrise-999/certificate").statusCode()).isEqualTo(404);
        var guest = new Browser(gallery.server.address()).get(path(piece));
        assertThat(guest.statusCode()).isEqualTo(302);
        assertThat(guest.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).startsWith("/sign-in?to="));
    }

    @Test
    void aFormOfAnotherSiteTakesNothingOutOfHerBrowser() {
        var piece = given("dora");
        var browser = gallery.signedIn("dora");
        assertThat(browser.post(path(piece), Map.of(), "Sec-Fetch-Site", "same-origin")
                        .statusCode())
                .as("without the page's token")
                .isEqualTo(403);
        assertThat(browser.post(path(piece), Map.of("_csrf", token(browser, piece)), "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void afterAReturnTheFileProvesNothingMoreAndTheNextHolderHasAnother() {
        var piece = given("eva");
        var eva = gallery.signedIn("eva");
        byte[] before = download(eva, piece).body().getBytes(StandardCharsets.UTF_8);
        gallery.takeBack(number(piece));
        gallery.seal();
        assertThat(owner(piece)).as("nobody holds it").isNull();
        var refused = download(eva, piece, "Accept", "application/json");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("certificate.not-holder");

        assertThat(given("fay")).isEqualTo(piece);
        var fay = gallery.signedIn("fay");
        byte[] after = download(fay, piece).body().getBytes(StandardCharsets.UTF_8);
        var owner = requireNonNull(owner(piece));
        assertThat(OwnerKeys.possesses(owner, CHALLENGE, OwnerKeys.provePossession(seed(before), CHALLENGE)))
                .isFalse();
        assertThat(OwnerKeys.possesses(owner, CHALLENGE, OwnerKeys.provePossession(seed(after), CHALLENGE)))
                .isTrue();
        assertThat(gallery.signedIn("eva").get(path(piece)).statusCode()).isEqualTo(403);
    }

    @Test
    void whatSheWasGivenBeforeSheSignedInIsHersToProve() {
        var early = gallery.collector("gwen-at-work");
        var piece = "moonrise-" + gallery.give(moonrise, early).serial();
        gallery.seal();
        var gwen = gallery.collector("gwen");
        var browser = gallery.signedIn("gwen");
        assertThat(browser.get(path(piece)).statusCode()).isEqualTo(403);
        gallery.server.bean(Collectors.class).join(early, gwen);
        byte[] file = download(browser, piece).body().getBytes(StandardCharsets.UTF_8);
        assertThat(OwnerKeys.possesses(
                        requireNonNull(owner(piece)), CHALLENGE, OwnerKeys.provePossession(seed(file), CHALLENGE)))
                .isTrue();
    }

    @Test
    void untilItIsRecordedThereIsNoFileAndThePageSaysHowLong() {
        var hana = gallery.collector("hana");
        var browser = gallery.signedIn("hana");
        var number = gallery.give(moonrise, hana);
        var early = download(browser, "moonrise-" + number.serial());
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(early.headers().firstValue("Retry-After")).contains("1");
        assertThat(early.body()).contains("Being recorded").doesNotContain("\"seed\"");
        gallery.seal();
        assertThat(download(browser, "moonrise-" + number.serial()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void twentyFilesAnHourAreEnough() {
        var piece = given("ida");
        var browser = gallery.signedIn("ida");
        for (int n = 0; n < 20; n++) {
            assertThat(download(browser, piece).statusCode()).isEqualTo(200);
        }
        var refused = download(browser, piece);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("20 files within the hour").doesNotContain("\"seed\"");
    }

    // ----

    private static String given(String name) {
        var number = gallery.give(moonrise, gallery.collector(name));
        gallery.seal();
        return "moonrise-" + number.serial();
    }

    private static vitrine.catalog.PieceNumber number(String piece) {
        return gallery.server.bean(vitrine.catalog.Catalog.class).piece(piece).orElseThrow();
    }

    private static String path(String piece) {
        return "/me/pieces/" + piece + "/certificate";
    }

    private static HttpResponse<String> download(Browser browser, String piece, String... headers) {
        return browser.post(path(piece), Map.of("_csrf", token(browser, piece), "lang", "en"), headers);
    }

    private static String token(Browser browser, String piece) {
        // Every page with a form carries it; her account is there whatever she holds.
        var found = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"")
                .matcher(browser.get("/me/account?lang=en").body());
        assertThat(found.find()).as("a form's token, for %s", piece).isTrue();
        return found.group(1);
    }

    private static Certificate publicFile(String piece) {
        return Certificate.parse(
                        gallery.get("/c/" + piece + "/certificate.json").body())
                .orThrow()
                .certificate();
    }

    /** As the newest public certificate says; null: nobody. */
    private static @org.jspecify.annotations.Nullable Hash32 owner(String piece) {
        var known = (LogRecord.Reading.Known)
                LogRecord.read(publicFile(piece).records().getLast().entry());
        return ((LogRecord.OfPiece) known.record()).owner();
    }

    private static byte[] seed(byte[] file) {
        return requireNonNull(Certificate.parse(file).orThrow().certificate().holder())
                .seed();
    }

    private static VerifierKey logKey() {
        var ledger = gallery.server.bean(Ledger.class);
        return gallery.server.bean(LogKeys.class).verifier(ledger.main());
    }
}
