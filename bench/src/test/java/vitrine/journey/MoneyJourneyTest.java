package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.payment.PaymentState;
import vitrine.payment.Payments;
import vitrine.payment.Started;
import vitrine.payment.Wanted;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/** Somebody pays on each gateway's page, as the sandbox plays it; then a colleague reads the money and compares a day with the bills. */
@Tag("browser")
@ExtendWith(OneFestival.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MoneyJourneyTest {

    private static Festival festival;
    private static BrandId lumen;
    private static String axe = "";

    @BeforeAll
    static void theFestivalIsOpen(Festival open) throws Exception {
        festival = open;
        lumen = new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        axe = Files.readString(Path.of("..", "web", "node_modules", "axe-core", "axe.min.js"))
                + "; axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
                + ".then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].html))";
    }

    private static Wanted wanted(UUID purpose, Way way) {
        return new Wanted(
                lumen,
                purpose,
                UUID.randomUUID(),
                new Money(19_900, Currency.getInstance(way == Way.STRIPE_CARD ? "EUR" : "CNY")),
                new Bilingual("月升", "Moonrise"),
                null,
                way,
                Instant.now().plusSeconds(600),
                festival.url() + "/drops",
                "203.0.113.7",
                null,
                Locale.ENGLISH);
    }

    private static String address(Started started) {
        return switch (started) {
            case Started.GoTo there -> there.url().toString();
            case Started.ShowCode code -> code.text();
            case Started.Card card -> Objects.requireNonNull(card.payPage()).toString();
            case Started.CallBridge bridge -> throw new AssertionError(bridge);
            case Started.Stale no -> throw new AssertionError(no);
            case Started.NotOffered no -> throw new AssertionError(no);
            case Started.GatewayAway no -> throw new AssertionError(no);
            case Started.TooOften no -> throw new AssertionError(no);
            case Started.AlreadyPaid no -> throw new AssertionError(no);
        };
    }

    private static PaymentState.Is is(UUID purpose) {
        return festival.bean(Payments.class).of(lumen, purpose).getLast().is();
    }

    @ParameterizedTest
    @Order(1)
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "WECHAT_H5", "ALIPAY_PAGE", "STRIPE_CARD"})
    void sheIsDeclinedTriesAgainPaysAndGoesBackToTheShop(Way way) {
        UUID claim = UUID.randomUUID();
        String page = address(festival.bean(Payments.class).start(wanted(claim, way)));
        try (BrowserContext context = festival.browser()
                .newContext(new Browser.NewContextOptions().setLocale("en-GB").setViewportSize(390, 844))) {
            Page phone = context.newPage();
            phone.setDefaultTimeout(60_000);
            // WeChat's page for browsers asks from where they come.
            phone.navigate(page, new Page.NavigateOptions().setReferer(festival.url() + "/"));
            assertThat(phone.locator("h1").innerText()).isEqualTo("Moonrise");
            assertThat((List<?>) phone.evaluate(axe)).isEmpty();
            phone.getByText("Be declined").click();
            phone.getByText("it can be tried again").waitFor();
            assertThat(is(claim)).isEqualTo(PaymentState.Is.OPEN);
            phone.locator("button.btn--main").click();
            phone.getByText("Tell the shop once more").waitFor();
            Festival.waitFor("the callback", () -> is(claim) == PaymentState.Is.PAID);
            if (way == Way.ALIPAY_PAGE || way == Way.WECHAT_H5) {
                phone.getByText("Back to the shop").click();
                phone.waitForURL(url -> url.startsWith(festival.url()));
            }
        }
    }

    @Test
    @Order(2)
    void whoThinksBetterOfItHasPaidNothingAndCannotPayLater() {
        UUID claim = UUID.randomUUID();
        String page = address(festival.bean(Payments.class).start(wanted(claim, Way.ALIPAY_PAGE)));
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setLocale("zh-CN"))) {
            Page browser = context.newPage();
            browser.setDefaultTimeout(60_000);
            browser.navigate(page);
            assertThat(browser.locator("main").innerText()).contains("等待付款");
            festival.bean(Payments.class).close(lumen, claim);
            assertThat(is(claim)).isEqualTo(PaymentState.Is.CLOSED);
            browser.reload();
            assertThat(browser.locator("main").innerText()).contains("不能再付款");
        }
    }

    @Test
    @Order(3)
    void aColleagueReadsTheMoneyAndComparesTheDayWithTheBills() {
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/sign-in");
            new Walk(festival).enterCode(page, "mei@example.com");
            page.waitForURL(url -> !url.contains("/sign-in"));
            page.navigate(festival.url() + "/desk/lumen");
            page.locator("nav.rail a[href='/desk/lumen/money']").click();
            page.waitForURL(url -> url.contains("/money"));
            assertThat(page.locator("#journal").innerText()).contains("€199.00", "¥199.00");
            page.locator("#bills button.btn--main").click();
            page.locator(".note--good").waitFor();
            assertThat(page.locator("#bill-wechat").innerText()).contains("Agrees");
            assertThat(page.locator("#bill-alipay").innerText()).contains("Agrees");
            // Stripe's day is the day in UTC.
            page.navigate(festival.url() + "/desk/lumen/money?day=" + LocalDate.now(ZoneOffset.UTC));
            page.locator("#bills button.btn--main").click();
            page.locator(".note--good").waitFor();
            assertThat(page.locator("#bill-stripe").innerText())
                    .contains("Agrees")
                    .doesNotContain("0 of 0");
            assertThat((List<?>) page.evaluate(axe)).isEmpty();
            // Where the business is, the day of these payments may have begun already.
            page.navigate(festival.url() + "/desk/lumen/money");
            page.locator("#journal a, #refunds a").first().click();
            page.locator("#payment").waitFor();
            assertThat((List<?>) page.evaluate(axe)).isEmpty();
            page.navigate(festival.url() + "/desk/lumen/money");
            var csv = page.request().get(festival.url() + "/desk/lumen/money.csv");
            assertThat(csv.text()).contains("clearing:wechat-native,payable:brand,199.00,CNY");
        }
    }
}
