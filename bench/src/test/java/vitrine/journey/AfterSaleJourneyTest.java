package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.drop.Crowds;
import vitrine.drop.DropDraft.CauseDraft;
import vitrine.drop.DropDraft.PromiseDraft;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;

/** After she has paid: she gives it back and has her money back, or takes what came with it and waits for the parcel. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class AfterSaleJourneyTest {

    private static Festival festival;
    private static Walk walk;
    private static String axe = "";

    @BeforeAll
    static void theFestivalIsOpen(Festival open) throws Exception {
        festival = open;
        walk = new Walk(festival);
        axe = Files.readString(Path.of("..", "web", "node_modules", "axe-core", "axe.min.js"))
                + "; axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
                + ".then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].html))";
    }

    @Test
    void whoChangesHerMindWithdrawsAndHasHerMoneyBack() {
        sale("second-look");
        try (BrowserContext context = context(walk.session("second-look@example.com"))) {
            Page page = bought(context, "second-look");
            page.navigate(festival.url() + "/me/orders");
            fine(page, "orders");
            page.locator("a[href$='/withdraw']").click();
            assertThat(page.locator("main").innerText()).contains("№ 1", "59.00", "No reason is needed");
            fine(page, "withdraw");
            page.locator("main form button.btn--main").click();
            page.locator("h1:has-text('It was undone')").waitFor();
            fine(page, "undone");
            Festival.waitFor("the money to be given back", () -> {
                page.reload();
                return page.locator("main").innerText().contains("59.00 was given back");
            });
            page.navigate(festival.url() + "/p/second-look-1");
            assertThat(page.locator("main").innerText()).doesNotContain("It is yours");
            Festival.waitFor("the mail", () -> {
                page.navigate(festival.url() + "/demo/mail");
                return page.locator("article.letter h2:has-text('comes back to you')")
                                .count()
                        > 0;
            });
        }
    }

    @Test
    void whoTicksThatSheGivesTheRightUpHearsItByMailAndCannotWithdraw() {
        sale("for-good");
        try (BrowserContext context = context(walk.session("for-good@example.com"))) {
            Page page = held(context, "for-good");
            page.locator("input[name=waives]").check();
            pays(page);
            Festival.waitFor("the mail that confirms it", () -> {
                page.navigate(festival.url() + "/demo/mail");
                return page.locator("article.letter:has-text('cannot be withdrawn')")
                                .count()
                        > 0;
            });
            Festival.waitFor("the waiver to count, a moment after the mail", () -> {
                page.navigate(festival.url() + "/me/orders");
                return page.locator("main").innerText().contains("You gave up your right to withdraw");
            });
            assertThat(page.locator("a[href$='/withdraw']").count()).isZero();
        }
    }

    @Test
    void aColleagueGivesAPartBackAndThenTheRestAndThePieceComesWithIt() {
        sale("by-courtesy");
        try (BrowserContext context = context(walk.session("by-courtesy@example.com"));
                BrowserContext desk = context(walk.session("mei@example.com"))) {
            Page page = bought(context, "by-courtesy");
            Page staff = desk.newPage();
            staff.setDefaultTimeout(60_000);
            staff.navigate(festival.url() + "/desk/lumen/money");
            staff.fill("#sought", "by-courtesy@example.com");
            staff.locator("form[role=search] button").click();
            staff.locator("#payment").waitFor();
            fine(staff, "payment");
            staff.fill("#amount", "9.00");
            staff.locator("input[name=reason][value=goodwill]").check();
            staff.locator("#back button").click();
            staff.locator("#confirm").waitFor();
            fine(staff, "payment-sure");
            assertThat(staff.locator("#confirm").innerText()).contains("9.00", "the piece stays hers");
            staff.locator("#confirm button").click();
            staff.locator(".note--good").waitFor();
            assertThat(staff.locator("#payment").innerText()).contains("50.00");
            page.reload();
            assertThat(page.locator("main").innerText())
                    .containsPattern("9\\.00 of what you paid (is on its way back to you|was given back)")
                    .contains("Your purchase stands.");
            staff.locator("input[name=reason][value=not-as-described]").check();
            staff.locator("#back button").click();
            assertThat(staff.locator("#confirm").innerText()).contains("the piece goes back to the stock");
            staff.locator("#confirm button").click();
            staff.locator(".note--good").waitFor();
            assertThat(staff.locator("#payment").innerText()).contains("the piece went back");
            fine(staff, "payment-given-back");
            page.reload();
            assertThat(page.locator("main").innerText()).contains("It was undone", "and the piece went back");
        }
    }

    @Test
    void whoRedeemsGivesAnAddressAndTheStaffSendTheParcel() throws IOException {
        sale("with-print");
        try (BrowserContext context = context(walk.session("with-print@example.com"));
                BrowserContext desk = context(walk.session("mei@example.com"))) {
            Page page = bought(context, "with-print");
            page.navigate(festival.url() + "/p/with-print-1");
            page.locator("form[action$='/open'] button").click();
            page.navigate(festival.url() + "/p/with-print-1");
            fine(page, "piece");
            page.locator("a[href='/me/redeem/with-print-1']").click();
            page.fill("#name", "Ada");
            page.fill("#street", "12 Harbour Street");
            page.fill("#city", "Leeds");
            page.fill("#country", "United Kingdom");
            page.locator("input[name=sure]").check();
            fine(page, "redeem");
            page.locator("main form button.btn--main").click();
            page.locator(".steps li.now").waitFor();
            fine(page, "redeemed");

            Page staff = desk.newPage();
            staff.setDefaultTimeout(60_000);
            staff.navigate(festival.url() + "/desk/lumen/redemptions");
            fine(staff, "desk");
            Download parcels = staff.waitForDownload(
                    () -> staff.locator("form[action$='/parcels.csv'] button").click());
            assertThat(Files.readString(parcels.path()))
                    .contains("with-print-1,Ada,12 Harbour Street,,Leeds,United Kingdom");
            staff.locator("table a[href*='receipt=']").first().click();
            staff.fill("#carrier", "Harbour Post");
            staff.fill("#tracking", "HP 77");
            fine(staff, "desk-one");
            staff.locator("button[value=ship]").click();
            staff.locator("button[value=finish]").click();
            staff.locator("#found .is-good").waitFor();

            page.reload();
            assertThat(page.locator("main").innerText()).contains("Harbour Post HP 77", "Delivered");
            page.navigate(festival.url() + "/c/with-print-1");
            assertThat(page.locator("main").innerText()).contains("The print itself", "redeemed");
            fine(page, "certificate");
            page.navigate(festival.url() + "/me/orders");
            assertThat(page.locator("main").innerText()).contains("cannot be withdrawn");
            Festival.waitFor("the sum to be told", () -> {
                page.navigate(festival.url() + "/d/with-print");
                return page.locator("main").innerText().contains("59.00 so far");
            });
            staff.navigate(festival.url() + "/desk/lumen/money");
            fine(staff, "money");
            staff.locator("#statements a[href*='of=']").first().click();
            assertThat(staff.locator("main").innerText()).contains("Keep the dunes", "59.00");
            fine(staff, "statement");
        }
    }

    /** Claims and pays, and comes back to a piece that was granted. */
    private static Page bought(BrowserContext context, String slug) {
        Page page = held(context, slug);
        assertThat(page.locator("input[name=waives]").isChecked()).isFalse();
        fine(page, "pay");
        pays(page);
        Festival.waitFor("the piece to be granted", () -> {
            page.reload();
            return page.locator("a[href$='/withdraw']").count() == 1;
        });
        fine(page, "sold");
        return page;
    }

    private static Page held(BrowserContext context, String slug) {
        Page page = context.newPage();
        page.setDefaultTimeout(60_000);
        Festival.waitFor("it to open", () -> {
            page.navigate(festival.url() + "/d/" + slug);
            return page.locator("form[data-claim] button:visible").count() == 1;
        });
        fine(page, "drop");
        page.locator("form[data-claim] button").click();
        page.waitForURL(Pattern.compile(".*/pay/.*"));
        return page;
    }

    /** By card, at the stand-in's page. */
    private static void pays(Page page) {
        page.locator("button[value=stripe-card]").click();
        page.locator("a.drop__act").click();
        page.locator("form[action$='/pay'] button").click();
        page.locator("a.btn--main").click();
        page.locator("h1:has-text('It is yours')").waitFor();
    }

    private static void fine(Page page, String name) {
        // The bar at a phone's foot lies over whatever is there until one scrolls.
        page.evaluate("scrollTo(0, document.body.scrollHeight)");
        assertThat((List<?>) page.evaluate(axe)).as(name).isEmpty();
    }

    private static void sale(String slug) {
        Duration ahead = Duration.between(
                Instant.now(), festival.bean(BusinessClock.class).now());
        var lumen = new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        Crowds.sale(
                festival.node(),
                lumen,
                slug,
                2,
                ahead,
                new Money(5_900, Currency.getInstance("CNY")),
                0,
                stage -> stage.with(
                        new CauseDraft(new Bilingual("护沙会", "Keep the dunes"), "https://dunes.example/"),
                        new PromiseDraft(
                                "goods",
                                new Bilingual("原作版画", "The print itself"),
                                new Bilingual("限欧洲与中国。", "To Europe and China."),
                                null)));
    }

    private static BrowserContext context(String session) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale("en-GB")
                        .setStorageState(session));
    }
}
