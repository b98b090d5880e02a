package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.VerifierKey;

/**
 * What a newcomer does after {@code ./vitrine up}, on a phone, in both languages: buy, read the mail, wait, open the gift, stand
 * before the piece, and hand its certificate to a stranger.
 */
@Tag("browser")
@ExtendWith(OneFestival.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JourneyTest {

    private static Festival festival;
    private static Walk walk;
    private static @Nullable Page neighbour;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
        walk = new Walk(festival);
    }

    @Test
    void theDemosBooksBalance() {
        List<Violation> found = new ArrayList<>();
        Festival.waitFor(() -> "the books to balance: " + found, () -> {
            found.clear();
            found.addAll(new Books(festival.bean(DataSource.class)).audit());
            return found.isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"zh-CN", "en-GB"})
    void fromTheBuyButtonToACertificateThatAStrangerChecks(String locale) {
        boolean zh = locale.startsWith("zh");
        String address = "buyer-" + locale.toLowerCase(java.util.Locale.ROOT) + "@example.com";
        String name = zh ? "月升" : "Moonrise";
        List<String> elsewhere = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        try (BrowserContext phone = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale(locale))) {
            Page page = phone.newPage();
            page.setDefaultTimeout(60_000);
            page.onRequest(request -> {
                String url = request.url();
                if (url.startsWith("http")
                        && !url.startsWith(festival.url())
                        && !url.startsWith(festival.sandboxUrl())) {
                    elsewhere.add(url);
                }
            });
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) complaints.add(message.text() + " at " + message.location());
            });

            String order = walk.buy(page, address, "");
            String gift = walk.giftIn(page, address, name);
            page.navigate(gift);
            assertThat(page.locator("h1").innerText()).isEqualTo(name);
            assertThat(page.locator("form[action^='/g/'] button").count())
                    .as("not before its day")
                    .isZero();

            walk.deliver(page, order);
            walk.moveClock(page, 14);
            walk.openGift(page, gift);
            assertThat(page.locator(".serial").first().innerText()).contains("/300");
            assertThat(page.locator("h1").innerText()).isEqualTo(name);

            String piece = walk.signInToKeep(page, address);
            assertThat(page.locator("h1").innerText()).isEqualTo(name);
            page.navigate(festival.url() + "/me");
            assertThat(page.locator("main").innerText()).contains(name);

            strangerChecks(page, piece);
        }
        assertThat(elsewhere).as("requests to anybody else").isEmpty();
        assertThat(complaints).as("complaints of the browser").isEmpty();
    }

    /** In China an order carries a phone and no e-mail: the parcel's number and its last four digits are the way in. */
    @Test
    @Order(1) // the others move the clock, and Moonrise's campaign ends
    void withoutAnAccountTheOrderNumberAndFourDigitsLeadToTheGift() {
        assertThat(neighbour().locator(".why").first().innerText()).contains("月升");
    }

    /** Her account knows her mail and not her phone; the order's number says that both are hers, and she need not sign in again. */
    @Test
    @Order(2)
    void whoIsSignedInHasWhatHerPhoneBoughtAsSoonAsShePicksItUp() {
        try (BrowserContext context = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setStorageState(walk.session("picks-up@example.com"))
                        .setViewportSize(390, 844)
                        .setLocale("zh-CN"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            walk.buy(page, "", "+86 100 0000 0555");
            page.locator("a.btn--main[href*='/pickup']").click();
            arrived(page.locator("#number").inputValue());
            page.locator("#digits").fill("0555");
            page.locator("form[action='/pickup'] button").click();
            page.waitForURL("**/me/orders");
            Festival.waitFor("its verdict", () -> {
                page.navigate(festival.url() + "/me/orders");
                return page.locator(".why").count() > 0
                        && page.locator(".why").first().innerText().contains("月升");
            });
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void onceItsTimeHasComeThePickedUpGiftIsAPiece() {
        Page page = neighbour();
        page.navigate(festival.url() + "/pickup/gifts");
        if (page.locator("form[action^='/p/moonrise-']").count() == 0) walk.moveClock(page, 14);
        Festival.waitFor("the piece to be there", () -> {
            page.navigate(festival.url() + "/pickup/gifts");
            return page.locator("form[action^='/p/moonrise-']").count() > 0;
        });
        assertThat(page.locator(".why li:has(form[action^='/p/moonrise-']) p")
                        .first()
                        .innerText())
                .as("what is still wrapped is not told")
                .doesNotContain("月升")
                .doesNotContain("№");
        page.locator("form[action^='/p/moonrise-'] button").first().click();
        page.waitForURL("**/p/moonrise-*/reveal");
        assertThat(page.locator("h1").textContent()).isEqualTo("月升");
    }

    /** Who bought with a phone number only, found her order by its number, and had it delivered; once for all tests. */
    private static Page neighbour() {
        if (neighbour != null) return neighbour;
        Page page = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale("zh-CN"))
                .newPage();
        page.setDefaultTimeout(60_000);
        String order = walk.buy(page, "", "+86 100 0000 0777");
        page.locator("a.btn--main[href*='/pickup']").click();
        String number = page.locator("#number").inputValue();
        assertThat(number).as("the order is named already").isNotBlank();

        page.locator("#digits").fill("0778");
        page.locator("form[action='/pickup'] button").click();
        assertThat(page.locator("[role=alert]").innerText()).as("one digit off").isNotBlank();

        arrived(number);
        page.locator("#digits").fill("0777");
        page.locator("form[action='/pickup'] button").click();
        Festival.waitFor("its verdict", () -> {
            page.navigate(festival.url() + "/pickup/gifts");
            return page.locator(".why").count() > 0
                    && page.locator(".why").first().innerText().contains("月升");
        });
        walk.deliver(page, order);
        page.navigate(festival.url() + "/pickup/gifts");
        neighbour = page;
        return page;
    }

    private static void arrived(String number) {
        Festival.waitFor("the order to have come in", () -> festival.bean(JdbcClient.class)
                .sql("""
                        select exists (select from orders o join shops s on s.brand_id = o.brand_id and s.shop_id = o.shop_id
                            where s.slug = 'lumen' and o.number in (:number, '#' || :number))
                        """)
                .param("number", number)
                .query(Boolean.class)
                .single());
    }

    /** Everything that a stranger needs: the file, and a key that did not come with it. */
    private static void strangerChecks(Page page, String piece) {
        VerifierKey pinned = VerifierKey.parse(
                        page.request().get(festival.url() + "/log/key").text().strip())
                .orThrow();
        List<byte[]> file = new ArrayList<>();
        Festival.waitFor("the certificate of " + piece, () -> {
            APIResponse answer =
                    page.request().get(festival.url() + "/c/" + piece + "/certificate.json", RequestOptions.create());
            if (answer.status() != 200) return false;
            file.add(answer.body());
            return true;
        });
        assertThat(CertificateCheck.verify(file.getFirst(), List.of(pinned), null))
                .isInstanceOf(CertificateVerdict.Valid.class);
        page.navigate(festival.url() + "/c/" + piece);
        assertThat(page.locator("main").innerText()).contains("№");

        // The same in the log that everybody may read: the piece's life, one record, and who cosigned the checkpoint
        // above it.
        page.navigate(festival.url() + "/records");
        page.locator("#q").fill(piece);
        page.locator(".find button").click();
        assertThat(page.locator(".records > li").count()).isPositive();
        page.locator(".records > li a").first().click();
        page.waitForURL(Pattern.compile(".*/records/[0-9]+$"));
        assertThat(page.locator("dl.facts").first().innerText()).contains("piece.granted");
        Festival.waitFor("a witness's cosignature", () -> {
            page.reload();
            return page.locator(".witness").count() > 0;
        });
    }
}
