package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.drop.Crowds;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;

/** A drop with a price: claim, pay at each of the three services, and stand before the piece. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class SaleJourneyTest {

    private static Festival festival;
    private static Walk walk;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
        walk = new Walk(festival);
    }

    @ParameterizedTest
    @CsvSource({"wechat-h5,phone", "alipay-wap,phone", "stripe-card,phone", "wechat-native,desk", "alipay-page,desk"})
    void whoPaysStandsBeforeHerPiece(String way, String device) {
        String slug = "sale-" + way;
        sale(slug, 2);
        try (BrowserContext context = context(walk.session(slug + "@example.com"), device.equals("phone"), true)) {
            Page page = held(context, slug);
            assertThat(page.locator("main").innerText()).contains("59.00");
            page.locator("button[value=" + way + "]").click();
            page.waitForURL(Pattern.compile(".*/pay/[0-9a-f-]+$"));
            assertThat(page.request().get(page.url()).headers())
                    .as("WeChat alone hears from which domain she comes")
                    .containsEntry("referrer-policy", way.equals("wechat-h5") ? "strict-origin" : "same-origin");
            if (way.equals("wechat-native")) {
                assertThat(page.locator(".pay__code svg").isVisible()).isTrue();
                try (BrowserContext hand = context(null, true, false)) {
                    Page scanned = hand.newPage();
                    scanned.navigate(codeOf(slug));
                    scanned.locator("form[action$='/pay'] button").click();
                }
            } else {
                page.locator("a.drop__act").click();
                page.locator("form[action$='/pay'] button").click();
                page.locator("a.btn--main").click(); // back to where she came from
                page.waitForURL(Pattern.compile(Pattern.quote(festival.url()) + ".*/pay/.*"));
            }
            page.locator("h1:has-text('It is yours')").waitFor();
            assertThat(page.locator("main").innerText()).contains("№ 1");
            Festival.waitFor(
                    "the piece to be granted",
                    () -> Objects.requireNonNull(page.navigate(festival.url() + "/p/" + slug + "-1"))
                                    .status()
                            == 200);
        }
    }

    @Test
    void whoDeclinesKeepsHerHoldAndPaysAnotherWayWithoutAScript() {
        sale("second-thoughts", 1);
        try (BrowserContext context = context(walk.session("second-thoughts@example.com"), true, false)) {
            Page page = held(context, "second-thoughts");
            page.locator("button[value=alipay-wap]").click();
            page.locator("a.drop__act").click();
            page.locator("form[action$='/decline'] button").click();
            page.navigate(payPage("second-thoughts"));
            page.locator("button[value=stripe-card]").click();
            page.locator("a.drop__act").click();
            page.locator("form[action$='/pay'] button").click();
            Festival.waitFor("the money to be known", () -> {
                page.navigate(payPage("second-thoughts"));
                return page.locator("h1").innerText().equals("It is yours");
            });
        }
    }

    @Test
    void whoLeavesItTooLongIsChargedNothingAndHearsSo() {
        sale("left-alone", 1);
        try (BrowserContext context = context(walk.session("left-alone@example.com"), true, false)) {
            Page page = held(context, "left-alone");
            page.locator("button[value=wechat-h5]").click();
            // The ten minutes are over: what the clock does, done to the hold.
            festival.bean(JdbcClient.class)
                    .sql(
                            "update claims set hold_until = claimed_at where drop_id = (select drop_id from drops where slug = 'left-alone')")
                    .update();
            Festival.waitFor("the gateway to have closed it", () -> {
                page.navigate(payPageOfEnded("left-alone"));
                return page.locator("h1").innerText().equals("The time is over");
            });
            assertThat(page.locator("main").innerText()).contains("nothing was charged");
            Festival.waitFor("the unit to be there for the next one", () -> {
                page.navigate(festival.url() + "/d/left-alone");
                return page.locator("form[data-claim] button").isVisible();
            });
        }
    }

    @Test
    void whoIsStillChoosingHowToPayHearsByHerselfThatHerHoldEndedAndKeepsHerTickUntilThen() {
        sale("still-choosing", 1);
        try (BrowserContext context = context(walk.session("still-choosing@example.com"), true, true)) {
            Page page = held(context, "still-choosing");
            page.locator("input[name=waives]").check();
            page.waitForResponse(
                    Pattern.compile(".*/state\\.json$"), () -> {}); // she is asked after, and nothing has changed
            assertThat(page.locator("input[name=waives]").isChecked()).isTrue();
            festival.bean(JdbcClient.class)
                    .sql(
                            "update claims set hold_until = claimed_at where drop_id = (select drop_id from drops where slug = 'still-choosing')")
                    .update();
            page.locator("h1:has-text('The time is over')").waitFor();
            assertThat(page.locator("main").innerText()).contains("nothing was charged");
        }
    }

    @Test
    void whoLeavesHerPageOpenReadsThatWeChatNoLongerOpensItsAddressAndTakesTheSameWayAgain() {
        sale("left-open", 1);
        try (BrowserContext context = context(walk.session("left-open@example.com"), true, true)) {
            Page page = held(context, "left-open");
            page.locator("button[value=wechat-h5]").click();
            page.locator("a.drop__act").waitFor();
            assertThat(page.locator("button[value=wechat-h5]").count())
                    .as("she is in it")
                    .isZero();
            // The five minutes of its address are over: what the clock does, done to the payment.
            festival.bean(JdbcClient.class)
                    .sql(
                            "update payments set started_at = started_at - interval '5 minutes' where purpose = cast(:claim as uuid)")
                    .param("claim", claimOf("left-open", "claims"))
                    .update();
            page.locator("text=What you began can no longer be opened").waitFor();
            page.locator("button[value=wechat-h5]").click();
            page.locator("a.drop__act").waitFor();
        }
    }

    @Test
    void insideWeChatItsOwnBridgeTakesThePayment() {
        sale("in-wechat", 1);
        try (BrowserContext context =
                context(walk.session("in-wechat@example.com"), Walk.PHONE + " MicroMessenger/8.0.50", true)) {
            // What WeChat's browser brings along: her own app pays what the page hands it.
            context.exposeBinding("pays", (source, said) -> {
                String order = String.valueOf(said[0]).replace("prepay_id=wx", "");
                return source.page()
                        .request()
                        .post(festival.sandboxUrl() + "/control/pay/trades/" + order + "/pay")
                        .status();
            });
            context.addInitScript("""
                    window.WeixinJSBridge = { invoke: (name, said, told) => window.pays(said.package)
                        .then(() => told({ err_msg: name === 'getBrandWCPayRequest' ? 'get_brand_wcpay_request:ok' : 'fail' })) };
                    """);
            Page page = held(context, "in-wechat");
            assertThat(page.locator("button[value^=alipay]").count())
                    .as("Alipay cannot be opened in there")
                    .isZero();
            page.locator("button[value=wechat-jsapi]").click(); // over WeChat, which says who she is there, and back
            page.locator("[data-bridge]").click();
            page.locator("h1:has-text('It is yours')").waitFor();
            assertThat(page.locator("main").innerText()).contains("№ 1");
            assertThat(page.request()
                            .get(payPage("in-wechat") + "/wechat?code=someone-elses&state=" + "0".repeat(32))
                            .status())
                    .as("an answer to nobody's question")
                    .isEqualTo(404);
        }
    }

    @Test
    void whoPaysTwiceHasOnePieceAndReadsThatTheOtherSumComesBack() {
        sale("paid-twice", 1);
        try (BrowserContext context = context(walk.session("paid-twice@example.com"), true, false)) {
            Page page = held(context, "paid-twice");
            page.locator("button[value=alipay-wap]").click();
            page.locator("a.drop__act").click();
            Page other = context.newPage();
            other.navigate(payPage("paid-twice"));
            other.locator("button[value=stripe-card]").click();
            other.locator("a.drop__act").click();
            other.locator("form[action$='/pay'] button").click();
            // Alipay was told to close it, and against its own word it takes the money after all.
            Festival.waitFor("Alipay to have closed it", () -> {
                page.reload();
                return page.locator("form[action$='/late'] button").count() == 1;
            });
            page.locator("form[action$='/late'] button").click();
            Festival.waitFor("the second sum to be on its way back", () -> {
                page.navigate(payPage("paid-twice"));
                return page.locator("main").innerText().contains("You paid twice");
            });
            assertThat(page.locator("h1").innerText()).isEqualTo("It is yours");
            assertThat(page.locator("main").innerText()).contains("№ 1", "59.00");
        }
    }

    @Test
    void moneyThatComesAfterTheEndGoesBackAndThePageSaysSo() {
        sale("too-late", 1);
        try (BrowserContext context = context(walk.session("too-late@example.com"), true, false)) {
            Page page = held(context, "too-late");
            page.locator("button[value=stripe-card]").click();
            page.locator("a.drop__act").click();
            festival.bean(JdbcClient.class)
                    .sql(
                            "update claims set hold_until = claimed_at where drop_id = (select drop_id from drops where slug = 'too-late')")
                    .update();
            Page own = context.newPage();
            Festival.waitFor("the gateway to have closed it", () -> {
                own.navigate(payPageOfEnded("too-late"));
                return own.locator("h1").innerText().equals("The time is over");
            });
            page.reload();
            page.locator("form[action$='/late'] button").click();
            Festival.waitFor("the money to be on its way back", () -> {
                own.navigate(payPageOfEnded("too-late"));
                return own.locator("main").innerText().contains("59.00");
            });
            assertThat(own.locator("h1").innerText()).isNotEqualTo("It is yours");
        }
    }

    private static Page held(BrowserContext context, String slug) {
        Page page = context.newPage();
        page.setDefaultTimeout(60_000);
        Festival.waitFor("it to open", () -> {
            page.navigate(festival.url() + "/d/" + slug);
            return page.locator("form[data-claim] button:visible").count() == 1;
        });
        page.locator("form[data-claim] button").click();
        page.waitForURL(Pattern.compile(".*/pay/.*"));
        return page;
    }

    private static String payPage(String slug) {
        return festival.url() + "/d/" + slug + "/pay/" + claimOf(slug, "claims");
    }

    private static String payPageOfEnded(String slug) {
        String there = claimOf(slug, "claims");
        return festival.url() + "/d/" + slug + "/pay/" + (there.isEmpty() ? claimOf(slug, "claims_ended") : there);
    }

    private static String claimOf(String slug, String table) {
        return festival.bean(JdbcClient.class)
                .sql("select claim_id::text from " + table
                        + " where drop_id = (select drop_id from drops where slug = :slug)")
                .param("slug", slug)
                .query(String.class)
                .optional()
                .orElse("");
    }

    /** What the code on the screen says, as a phone reads it. */
    private static String codeOf(String slug) {
        return festival.bean(JdbcClient.class)
                .sql("select shown from payments where purpose = :claim::uuid")
                .param("claim", claimOf(slug, "claims"))
                .query(String.class)
                .single();
    }

    private static void sale(String slug, int supply) {
        // In an hour of the business, which the demo may have moved.
        Duration ahead = Duration.between(
                Instant.now(), festival.bean(BusinessClock.class).now());
        var house = new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(java.util.UUID.class)
                .single());
        Crowds.sale(festival.node(), house, slug, supply, ahead, new Money(5_900, Currency.getInstance("CNY")), 0);
    }

    private static BrowserContext context(
            @org.jspecify.annotations.Nullable String session, boolean phone, boolean script) {
        return context(session, phone ? Walk.PHONE : null, script);
    }

    /** @param agent of a phone's browser; null: at a desk */
    private static BrowserContext context(
            @org.jspecify.annotations.Nullable String session,
            @org.jspecify.annotations.Nullable String agent,
            boolean script) {
        var options = new Browser.NewContextOptions()
                .setViewportSize(agent == null ? 1280 : 390, 844)
                .setLocale("en-GB")
                .setJavaScriptEnabled(script);
        if (agent != null) options.setUserAgent(agent);
        if (session != null) options.setStorageState(session);
        return festival.browser().newContext(options);
    }
}
