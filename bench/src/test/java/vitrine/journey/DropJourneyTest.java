package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;
import vitrine.drop.Crowds;
import vitrine.drop.DropCodes;
import vitrine.drop.DropPlans;
import vitrine.drop.Stage;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;

/** A drop on a phone: before it opens, the moment in which it does, the piece, and what one hears who comes too late. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class DropJourneyTest {

    private static Festival festival;
    private static Walk walk;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
        walk = new Walk(festival);
    }

    @Test
    void theButtonComesByItselfAndWhoPressesItStandsBeforeHerPiece() {
        String session = walk.session("dropper-one@example.com");
        drop("opens-soon", 2, Duration.ofSeconds(12));
        try (BrowserContext phone = phone(session, true)) {
            Page page = phone.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/d/opens-soon");
            assertThat(page.locator("[data-countdown]").isVisible()).isTrue();
            Locator take = page.locator("form[data-claim] button");
            assertThat(take.isVisible()).as("before it opens").isFalse();
            take.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
            take.click();
            page.waitForURL(Pattern.compile(".*#mine"));
            assertThat(page.locator("#mine .serial").innerText()).contains("1");
            assertThat(page.locator("form[data-claim]").count()).as("one each").isZero();
            Festival.waitFor("the piece to be granted", () -> {
                page.navigate(festival.url() + "/d/opens-soon");
                String piece = page.locator("#mine a").getAttribute("href");
                return Objects.requireNonNull(page.navigate(festival.url() + piece))
                                .status()
                        == 200;
            });
        }
    }

    @Test
    void withoutAScriptAFormTakesTheLastOneAndTheNextOneHearsSo() {
        String first = walk.session("dropper-two@example.com");
        String second = walk.session("dropper-three@example.com");
        drop("the-last", 1, Duration.ZERO);
        Festival.waitFor("it to open", () -> {
            try (BrowserContext phone = phone(first, false)) {
                Page page = phone.newPage();
                page.navigate(festival.url() + "/d/the-last");
                if (page.locator("form[data-claim] button:visible").count() == 0) return false;
                page.locator("form[data-claim] button").click();
                page.waitForLoadState();
                return page.locator("#mine .serial").count() == 1;
            }
        });
        for (String session : List.of(second, first)) {
            try (BrowserContext phone = phone(session, false)) {
                Page page = phone.newPage();
                Festival.waitFor("the page to say that all are taken", () -> {
                    page.navigate(festival.url() + "/d/the-last");
                    return page.locator(".chip").first().innerText().equals("All taken");
                });
                assertThat(page.locator("#mine").count())
                        .as("who won still sees what she has")
                        .isEqualTo(session.equals(first) ? 1 : 0);
                assertThat(page.locator("form[data-claim]").count()).isZero();
                if (session.equals(second)) {
                    page.locator("#next form button").click();
                    assertThat(page.locator("#next").innerText())
                            .as("of the next one she hears")
                            .contains("its next drop is announced to you by mail");
                }
            }
        }
    }

    @Test
    void whoChoosesANumberGetsItAndTheOthersSeeThatItIsGoneWithAScriptAndWithout() {
        String one = walk.session("chooser-one@example.com");
        String two = walk.session("chooser-two@example.com");
        String three = walk.session("chooser-three@example.com");
        Crowds.chosen(festival.node(), house(), "pick-yours", 8);
        String address = festival.url() + "/d/pick-yours";
        try (BrowserContext phone = phone(one, true);
                BrowserContext other = phone(two, true);
                BrowserContext plain = phone(three, false)) {
            Page without = plain.newPage();
            Festival.waitFor("it to open", () -> {
                without.navigate(address);
                return without.locator("form[data-claim] button:visible").count() == 1;
            });
            assertThat(without.locator("[name=unit]:enabled").count()).isEqualTo(8);
            Page watches = other.newPage();
            watches.navigate(address);
            watches.locator("[data-unit='5']").click();

            Page page = phone.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(address);
            page.locator("[data-unit='5']").click();
            page.locator("form[data-claim] button").click();
            page.waitForURL(Pattern.compile(".*#mine"));
            assertThat(page.locator("#mine .serial").innerText()).contains("5");

            watches.locator("[data-unit='5'][data-gone]").waitFor();
            assertThat(watches.locator("[name=unit]:disabled").count()).isEqualTo(1);
            assertThat(watches.locator("[name=unit][value='5']").isDisabled()).isTrue();
            assertThat(watches.locator("[name=unit]:checked").count())
                    .as("what she had chosen went to another")
                    .isZero();

            without.locator("[data-unit='5']").click();
            without.locator("form[data-claim] button").click();
            assertThat(without.url()).contains("said=drop.unit-taken");
            assertThat(without.locator("main").innerText()).contains("That one went to somebody else");
            assertThat(without.locator("[name=unit][value='5']").isDisabled()).isTrue();
            without.locator("[data-unit='6']").click();
            without.locator("form[data-claim] button").click();
            assertThat(without.locator("#mine .serial").innerText()).contains("6");
        }
    }

    @Test
    void aCardFromTheStoreIsUsedByPressingAndNotByLooking() {
        DropCodes codes = festival.bean(DropCodes.class);
        var drop =
                festival.bean(DropPlans.class).at("by-lamplight").orElseThrow().id();
        String card = codes.codes(codes.of(drop).getFirst()).findFirst().orElseThrow();
        String page = festival.url() + "/d/by-lamplight?code=" + card;
        try (BrowserContext guest = festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"))) {
            Page shown = guest.newPage();
            shown.navigate(page);
            assertThat(shown.locator("a.drop__act").getAttribute("href"))
                    .as("sign-in leads back to the card")
                    .contains(card);
        }
        try (BrowserContext phone = phone(walk.session("card-one@example.com"), true)) {
            Page shown = phone.newPage();
            shown.setDefaultTimeout(60_000);
            shown.navigate(page);
            assertThat(shown.locator("#code").inputValue()).isEqualTo(card);
            assertThat(codes.of(drop).getFirst().used()).as("by looking").isZero();
            shown.locator("form[data-claim] button").click();
            shown.waitForURL(Pattern.compile(".*#mine"));
            assertThat(shown.locator("#mine .serial").count()).isEqualTo(1);
            assertThat(codes.of(drop).getFirst().used()).isEqualTo(1);
        }
        String second = walk.session("card-two@example.com");
        try (BrowserContext phone = phone(second, true)) {
            Page shown = phone.newPage();
            shown.setDefaultTimeout(60_000);
            shown.navigate(page);
            shown.locator("form[data-claim] button").click();
            shown.waitForURL(Pattern.compile(".*said=drop.code-used.*"));
            assertThat(shown.locator("main").innerText()).contains("That code has been used");
        }
        try (BrowserContext phone = phone(second, false)) {
            Page shown = phone.newPage();
            shown.navigate(festival.url() + "/d/by-lamplight");
            shown.locator("#code").fill(card.toLowerCase(java.util.Locale.ROOT).replace("-", " "));
            shown.locator("form[data-claim] button").click();
            assertThat(shown.locator("main").innerText()).contains("That code has been used");
            shown.locator("#code")
                    .fill(codes.codes(codes.of(drop).getFirst())
                            .skip(1)
                            .findFirst()
                            .orElseThrow());
            shown.locator("form[data-claim] button").click();
            assertThat(shown.locator("#mine .serial").count()).isEqualTo(1);
        }
    }

    @Test
    void whoeverIsThereBeforeTheOpeningIsCalledByLotTakesOneAndPaysForIt() {
        String one = walk.session("waiting-one@example.com");
        String two = walk.session("waiting-two@example.com");
        String three = walk.session("waiting-three@example.com");
        queue("by-lot", 3, Duration.ofSeconds(30));
        try (BrowserContext plain = phone(two, false);
                BrowserContext plainToo = phone(three, false);
                BrowserContext phone = phone(one, true)) {
            Page without = plain.newPage();
            Page withoutToo = plainToo.newPage();
            for (Page page : List.of(without, withoutToo)) {
                page.navigate(festival.url() + "/d/by-lot");
                page.locator("form[action$='/join'] button").click();
                assertThat(page.locator("main").innerText()).contains("You are in");
            }
            Page page = phone.newPage();
            page.setDefaultTimeout(120_000);
            List<String> complaints = new ArrayList<>();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) complaints.add(message.text());
            });
            page.navigate(festival.url() + "/d/by-lot");
            assertThat(page.locator("[data-countdown]").isVisible()).isTrue();
            Request joined =
                    page.waitForRequest(Pattern.compile(".*/join$"), () -> page.locator("form[action$='/join'] button")
                            .click());
            assertThat(workedFor(joined.postData()))
                    .as("a second of work came along")
                    .isTrue();
            page.locator("[data-when=gathering]").waitFor();
            assertThat(complaints).as("nothing that our content policy refused").isEmpty();
            assertThat(page.locator("form[data-claim] button").isVisible())
                    .as("no button before her turn")
                    .isFalse();
            page.locator("[data-when=drawing]").waitFor();
            assertThat(page.locator("form[data-claim] button").isVisible()).isFalse();
            changesItsNetworkInTheMidstOfAQuestion(phone, page);
            Locator take = page.locator("form[data-claim] button");
            take.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
            assertThat(page.locator("[data-when=called]").innerText()).contains("It is your turn");
            take.click();
            page.waitForURL(Pattern.compile(".*/pay/[0-9a-f-]+$"));
            paysAndStandsBeforeHerPiece(page, "stripe-card");

            // Without a script the page reads itself again; here by hand.
            Map<Page, String> others = Map.of(without, "wechat-h5", withoutToo, "alipay-wap");
            others.forEach((other, way) -> {
                Festival.waitFor("the other's turn", () -> {
                    other.navigate(festival.url() + "/d/by-lot");
                    return other.locator("form[data-claim] button:visible").count() == 1;
                });
                other.locator("form[data-claim] button").click();
                other.waitForURL(Pattern.compile(".*/pay/[0-9a-f-]+$"));
                paysAndStandsBeforeHerPiece(other, way);
            });
        }
    }

    /** What was asked on the old one is never answered. */
    private static void changesItsNetworkInTheMidstOfAQuestion(BrowserContext phone, Page page) {
        Pattern question = Pattern.compile(".*/queue\\.json$");
        List<Route> unanswered = new ArrayList<>();
        page.route(question, unanswered::add);
        page.waitForCondition(() -> !unanswered.isEmpty());
        page.unroute(question);
        phone.setOffline(true);
        phone.setOffline(false);
    }

    private static void paysAndStandsBeforeHerPiece(Page page, String way) {
        page.locator("button[value=" + way + "]").click();
        page.locator("a.drop__act").click();
        page.locator("form[action$='/pay'] button").click();
        page.locator("a.btn--main").click();
        Festival.waitFor("her number", () -> {
            page.reload();
            return page.locator("[data-state=sold]").count() == 1;
        });
        String serial = page.locator("main").innerText().replaceAll("(?s)^.*№ 0*([0-9]+).*$", "$1");
        Festival.waitFor(
                "the piece to be granted",
                () -> Objects.requireNonNull(page.navigate(festival.url() + "/p/by-lot-" + serial))
                                .status()
                        == 200);
    }

    /** Whether the number that the widget found is the right one, computed anew. */
    private static boolean workedFor(String form) {
        String field = form.replaceAll("(?s)^(?:.*&)?altcha=([^&]*).*$", "$1");
        var work = JsonMapper.shared()
                .readTree(Base64.getDecoder().decode(URLDecoder.decode(field, StandardCharsets.UTF_8)));
        try {
            byte[] found = MessageDigest.getInstance("SHA-256")
                    .digest((work.path("salt").asString() + work.path("number").longValue())
                            .getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(found).equals(work.path("challenge").asString());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void queue(String slug, int supply, Duration in) {
        Duration ahead = Duration.between(
                Instant.now(), festival.bean(BusinessClock.class).now());
        Money price = new Money(5_900, Currency.getInstance("CNY"));
        Crowds.sale(
                festival.node(), house(), slug, supply, ahead.plus(in), price, 0, stage -> stage.by(Stage.Mode.QUEUE));
    }

    private static void drop(String slug, int supply, Duration in) {
        // In an hour of the business, which the demo may have moved.
        Duration ahead = Duration.between(
                Instant.now(), festival.bean(BusinessClock.class).now());
        Crowds.crowd(festival.node(), house(), slug, supply, 1, ahead.plus(in), null, 0);
    }

    private static BrandId house() {
        return new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(java.util.UUID.class)
                .single());
    }

    private static BrowserContext phone(String session, boolean script) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setUserAgent(Walk.PHONE)
                        .setLocale("en-GB")
                        .setJavaScriptEnabled(script)
                        .setStorageState(session));
    }
}
