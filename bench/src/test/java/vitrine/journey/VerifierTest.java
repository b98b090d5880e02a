package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vitrine.proof.Certificate;
import vitrine.proof.LogRecord;
import vitrine.proof.Parsed;

/** What a stranger does with a certificate and a browser: on the site's page, and with the file that needs no network. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class VerifierTest {

    private static final String ACCESSIBLE =
            "; axe.run().then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].html))";

    private static Festival festival;
    private static String key;
    private static String address = "";
    private static byte[] certificate = {};

    @TempDir
    private Path downloads;

    /** What this visitor's browser asked of anybody, and what it complained of. */
    private final List<String> asked = new ArrayList<>();

    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void aPieceIsOwnedAndRecorded(Festival open) {
        festival = open;
        address = festival.ownedPiece();
        try (var context = festival.browser().newContext()) {
            var request = context.request();
            key = request.get(festival.url() + "/log/key").text().strip();
            Festival.waitFor("the certificate of " + address, () -> {
                var answer = request.get(festival.url() + "/c/" + address + "/certificate.json");
                if (answer.status() != 200) return false;
                certificate = answer.body();
                return true;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zh-CN", "en-GB"})
    void theDownloadedVerifierAnswersWithTheNetworkOff(String locale) {
        boolean zh = locale.startsWith("zh");
        Path file = downloaded(locale);
        try (BrowserContext phone = phone(locale)) {
            phone.setOffline(true);
            Page page = watched(phone);
            page.navigate(file.toUri().toString());
            assertThat(accessible(page)).as("before anything was given").isEmpty();

            drop(page, certificate);
            assertThat(outcome(page, "not-pinned")).contains(zh ? "未证实" : "Not proven");
            assertThat(page.locator(".vf__card .eyebrow").innerText()).isEqualTo(zh ? "文件这样写" : "What the file says");

            page.fill("#vf-key", key);
            assertThat(outcome(page, "valid")).contains(zh ? "有效" : "Valid");
            assertThat(page.locator(".vf__card").innerText())
                    .contains(
                            published().manifest().name().in(zh ? "zh" : "en"),
                            "№",
                            zh ? "这一件的经历" : "Life of the piece");
            assertThat(page.locator(".vf__card .stamp").count()).isOne();
            assertThat(accessible(page)).as("a valid one").isEmpty();
            assertThat(width(page)).isLessThanOrEqualTo(390);

            give(page, withOneByteOfTheGrantChanged());
            assertThat(outcome(page, "invalid"))
                    .contains(zh ? "无效" : "Not valid", zh ? "这一件的第 1 条记录" : "record 1 of the piece", "records.0");
            assertThat(page.locator(".vf__card").count())
                    .as("nothing to rely on")
                    .isZero();
            assertThat(accessible(page)).as("an invalid one").isEmpty();
            assertThat(width(page)).isLessThanOrEqualTo(390);

            page.fill("#vf-key", key.substring(0, key.length() - 4));
            page.locator("#vf-key[aria-invalid=true]").waitFor();
            assertThat(page.locator("[data-outcome]").count())
                    .as("no answer under a key that is none")
                    .isZero();

            page.locator(".top button").click();
            assertThat(page.locator("h1").innerText()).isEqualTo(zh ? "Check a certificate" : "核对一份收藏证书");
            assertThat(page.inputValue("#vf-key")).as("what was given stays").startsWith(key.substring(0, 20));
        }
        assertThat(asked).as("requests").containsExactly(file.toUri().toString());
        assertThat(complaints).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zh-CN", "en-GB"})
    void onTheSitesOwnPageTheVisitorReadsThatItsKeyIsNotIndependent(String locale) {
        boolean zh = locale.startsWith("zh");
        try (BrowserContext phone = phone(locale)) {
            Page page = watched(phone);
            page.navigate(festival.url() + "/verify");
            assertThat(page.inputValue("#vf-key")).as("nothing is filled in").isEmpty();
            give(page, certificate);
            outcome(page, "not-pinned");
            page.fill("#vf-key", page.locator("#key").innerText());
            outcome(page, "valid");
            assertThat(page.locator("#vf-key-said").innerText()).contains(zh ? "同一台服务器" : "the same server");
            assertThat(page.locator(".vf__rest").innerText()).contains(zh ? "断网使用" : "without a network");
            assertThat(accessible(page)).isEmpty();
            assertThat(width(page)).isLessThanOrEqualTo(390);
        }
        assertThat(asked).allMatch(url -> url.startsWith(festival.url()));
        assertThat(complaints).isEmpty();
    }

    @Test
    void theSealIsTheOneOfTheCertificatesPageWhichLeadsToTheVerifier() {
        try (BrowserContext phone = phone("en-GB")) {
            Page page = watched(phone);
            page.navigate(festival.url() + "/c/" + address);
            assertThat(page.locator("main").innerText()).contains("№");
            var seal = page.locator(".cert .rosette__cut").getAttribute("d");
            page.locator(".own-check a[href='/verify']").click();
            give(page, certificate);
            page.fill("#vf-key", key);
            outcome(page, "valid");
            assertThat(page.locator(".vf__card .stamp path").last().getAttribute("d"))
                    .isEqualTo(seal);
        }
        assertThat(complaints).isEmpty();
    }

    @Test
    void filesOfTheDesignAreComparedWithThePublishedHashes() {
        var media = published().manifest().media();
        assertThat(media).isNotEmpty();
        List<FilePayload> files = new ArrayList<>();
        try (BrowserContext desktop = festival.browser().newContext()) {
            for (var one : media) {
                var answer = desktop.request().get(festival.url() + "/media/" + one.sha256());
                files.add(new FilePayload(one.role(), one.type(), answer.body()));
            }
            Page page = watched(desktop);
            page.navigate(festival.url() + "/verify");
            give(page, certificate);
            page.fill("#vf-key", key);
            outcome(page, "valid");
            page.locator(".vf__more summary").click();
            page.setInputFiles("#vf-media", files.toArray(new FilePayload[0]));
            page.locator(".vf__checks .is-skipped").waitFor(gone());
            outcome(page, "valid");

            // Named as if it were the published one, and it is not.
            page.setInputFiles(
                    "#vf-media",
                    new FilePayload(media.getFirst().sha256() + ".webp", "image/webp", new byte[] {1, 2, 3}));
            assertThat(outcome(page, "invalid")).contains("media.0");
        }
        assertThat(complaints).isEmpty();
    }

    private Path downloaded(String locale) {
        try (BrowserContext phone = phone(locale)) {
            Page page = phone.newPage();
            page.navigate(festival.url() + "/verify");
            Download download = page.waitForDownload(
                    () -> page.locator("a[href='/verify/vitrine-verify.html']").click());
            Path file = downloads.resolve(download.suggestedFilename());
            download.saveAs(file);
            assertThat(Files.readString(file)).contains("default-src 'none'");
            return file;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static BrowserContext phone(String locale) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale(locale));
    }

    private Page watched(BrowserContext context) {
        Page page = context.newPage();
        page.setDefaultTimeout(30_000);
        page.onRequest(request -> asked.add(request.url()));
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) complaints.add(message.text() + " at " + message.location());
        });
        page.onPageError(complaints::add);
        return page;
    }

    private static void give(Page page, byte[] file) {
        page.setInputFiles("#vf-file", new FilePayload("moonrise.certificate.json", "application/json", file));
    }

    /** As if dragged from a folder. */
    private static void drop(Page page, byte[] file) {
        page.evaluate("""
                text => {
                    const carried = new DataTransfer();
                    carried.items.add(new File([text], 'moonrise.certificate.json'));
                    document.querySelector('.vf__drop')
                        .dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
                }""", new String(file, StandardCharsets.UTF_8));
    }

    private static String outcome(Page page, String wanted) {
        var verdict = page.locator("[data-outcome=" + wanted + "]");
        verdict.waitFor();
        return verdict.innerText();
    }

    private static Locator.WaitForOptions gone() {
        return new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED);
    }

    private static int width(Page page) {
        return ((Number) page.evaluate("document.documentElement.scrollWidth")).intValue();
    }

    private static List<?> accessible(Page page) {
        try {
            var axe = Files.readString(Path.of("..", "web", "node_modules", "axe-core", "axe.min.js"));
            return (List<?>) page.evaluate(axe + ACCESSIBLE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Certificate read() {
        return ((Parsed.Ok<Certificate.Read>) Certificate.parse(certificate))
                .value()
                .certificate();
    }

    private static LogRecord.CollectiblePublished published() {
        var entry = read().collectible().entry();
        return (LogRecord.CollectiblePublished) ((LogRecord.Reading.Known) LogRecord.read(entry)).record();
    }

    /** In the owner's hash of the first record: one digit becomes another. */
    private static byte[] withOneByteOfTheGrantChanged() {
        var owner = ((LogRecord.OfPiece) ((LogRecord.Reading.Known)
                                LogRecord.read(read().records().getFirst().entry()))
                        .record())
                .owner();
        var text = new String(certificate, StandardCharsets.UTF_8);
        int at = text.indexOf(String.valueOf(owner));
        assertThat(at).isPositive();
        var changed = certificate.clone();
        int index = text.substring(0, at).getBytes(StandardCharsets.UTF_8).length;
        changed[index] = (byte) (changed[index] == 'a' ? 'b' : 'a');
        return changed;
    }
}
