package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.SelectOption;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drops;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/** What a brand's marketer does who never read the documentation: in Chinese on a phone, in English at a desk. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class DeskJourneyTest {

    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");

    private static Festival festival;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
    }

    @Test
    void staffWalkAListByTheKeyboardAloneAndSwitchItsKeysOff() {
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            signIn(page, "mei@example.com");
            page.navigate(festival.url() + "/desk/lumen/people");
            var links = page.locator("#list tbody tr a");
            assertThat(links.count()).isGreaterThan(2);

            page.keyboard().press("j");
            page.keyboard().press("j");
            page.keyboard().press("j");
            page.keyboard().press("k");
            String second = links.nth(1).getAttribute("href");
            assertThat(page.locator(":focus").getAttribute("href")).isEqualTo(second);
            page.keyboard().press("/");
            assertThat(page.locator(":focus").getAttribute("id")).isEqualTo("sought");
            page.keyboard().type("jk?/");
            assertThat(page.locator("#sought").inputValue())
                    .as("in a field they are letters")
                    .isEqualTo("jk?/");

            links.nth(1).focus();
            page.keyboard().press("?");
            page.locator("#keyboard[open] #keyboard-on").uncheck();
            page.keyboard().press("Escape");
            page.reload();
            page.keyboard().press("j");
            assertThat(page.locator("#list :focus").count())
                    .as("who switched them off has them off on the next page too")
                    .isZero();

            links.nth(1).focus();
            page.keyboard().press("Enter");
            page.waitForURL(url -> url.endsWith(second));
            assertThat(page.locator("main").innerText())
                    .as("an address or a telephone, masked")
                    .containsPattern("…@|… \\d\\d")
                    .doesNotContainPattern("[\\w.+-]{3,}@[a-z]|\\b1[3-9]\\d{9}\\b");

            // What a filter asks for does not come; then it does; then the session is over.
            page.navigate(festival.url() + "/desk/lumen/people");
            Pattern asked = Pattern.compile(".*/people\\?.*");
            page.route(asked, Route::abort);
            page.locator("#sort").selectOption("eldest");
            page.locator(
                            ".noted[role=status]:text-matches('Not reached just now; what you see is from \\\\d\\\\d:\\\\d\\\\d')")
                    .waitFor();
            page.unroute(asked);
            page.locator("#sort").selectOption("");
            page.locator(".noted").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            context.clearCookies();
            page.locator("#who").selectOption("wrapped");
            page.waitForURL(url -> url.contains("/sign-in?to=%2Fdesk%2Flumen%2Fpeople%3Fwho%3Dwrapped"));
            new Walk(festival).enterCode(page, "mei@example.com");
            page.waitForURL(url -> url.contains("/desk/lumen/people?who=wrapped"));

            // What is typed is not led away from.
            page.navigate(festival.url() + "/desk/lumen/new-campaign");
            context.clearCookies();
            page.locator("#questions input[type=text]").first().fill("Moon night");
            page.locator(".noted:has-text('Copy what you typed') a[href='/sign-in']")
                    .waitFor();
        }
    }

    @Test
    void aShelfIsOrderedByHandOnAPhoneTooWhereverTheHandLetsGo() {
        try (BrowserContext context = phone(null, "en-GB")) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            signIn(page, "mei@example.com");
            page.navigate(festival.url() + "/desk/lumen/gallery");
            List<String> before = shelf(page);
            assertThat(before).hasSizeGreaterThan(2);

            // The second is drawn over the first, and let go above the list.
            Locator grip = page.locator("#works [data-grip]").nth(1);
            grip.scrollIntoViewIfNeeded();
            var from = grip.boundingBox();
            var over = page.locator("#works [data-piece]").first().boundingBox();
            var outside = page.locator("#works h2").boundingBox();
            page.mouse().move(from.x + from.width / 2, from.y + from.height / 2);
            page.mouse().down();
            page.mouse().move(over.x + over.width / 2, over.y + over.height / 2);
            page.mouse().move(outside.x + 20, outside.y + outside.height / 2);
            page.mouse().up();
            page.waitForURL("**said=arranged**");
            List<String> dragged = shelf(page);
            assertThat(dragged.subList(0, 2)).containsExactly(before.get(1), before.get(0));

            // From the end to the front in one press; and back as it was.
            page.locator("#works button[value^='first:']").last().click();
            page.waitForCondition(() -> shelf(page).getFirst().equals(before.getLast()));
            page.locator("#works button[value='first:" + before.getFirst() + "']")
                    .click();
            page.waitForCondition(() -> shelf(page).getFirst().equals(before.getFirst()));
        }
    }

    private static List<String> shelf(Page page) {
        return page.locator("#works [data-piece]").all().stream()
                .map(piece -> piece.getAttribute("data-piece"))
                .toList();
    }

    @Test
    void staffTapTheModelAndTheCollectorSeesThePointWithItsWords() {
        try (BrowserContext context =
                        festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"));
                BrowserContext phone = phone(null, "en-GB")) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            signIn(page, "mei@example.com");
            page.navigate(festival.url() + "/desk/lumen/gallery#points");
            page.locator("#points a[href$='/points/moonrise']").click();
            page.locator(".stage.is-turning model-viewer").waitFor();
            int before = page.locator("model-viewer .spot").count();

            // A tap where the model is; then, by keyboard, the middle of what is seen.
            tap(page, 0.52, 0.42);
            page.locator("[data-points-said]")
                    .getByText("Point " + (before + 1) + " is set")
                    .waitFor();
            page.keyboard().type("从前面看，月亮在正中。");
            page.locator("#s" + before + "-en").fill("Seen from the front, the moon is in the middle.");
            page.locator("[data-points-middle]").focus();
            page.keyboard().press("Enter");
            page.locator("model-viewer .spot").nth(before + 1).waitFor();
            page.locator("#s" + (before + 1) + "-zh").fill("正中");
            page.locator("#s" + (before + 1) + "-en").fill("The very middle");

            // The first of them is moved by the tap after.
            page.locator("[data-point-place]").nth(before).click();
            String place = page.locator("#s" + before + "-at").inputValue();
            tap(page, 0.4, 0.72);
            page.locator("[data-points-said]")
                    .getByText("Point " + (before + 1) + " is set")
                    .waitFor();
            assertThat(page.locator("#s" + before + "-at").inputValue()).isNotEqualTo(place);
            page.locator(".acts button[value='save']").click();
            page.getByText("Saved.").waitFor();
            page.locator("button[value='drop:" + (before + 1) + "']").click();
            page.waitForCondition(() ->
                    !page.locator("#s" + (before + 1) + "-zh").inputValue().equals("正中"));

            Page seen = phone.newPage();
            seen.setDefaultTimeout(60_000);
            seen.navigate(festival.url() + "/o/moonrise");
            assertThat(seen.locator(".spots li").last().innerText()).contains("Seen from the front");
            seen.locator(".stage [data-model]").click();
            seen.locator(".stage.is-turning model-viewer").waitFor();
            assertThat(seen.locator("model-viewer .spot").count()).isEqualTo(before + 1);
            seen.locator("model-viewer .spot").last().evaluate("spot => spot.click()");
            assertThat(seen.locator(".spots li.is-said").innerText()).contains("Seen from the front");
        }
    }

    /** @param x and {@code y}: of the model's width and height */
    private static void tap(Page page, double x, double y) {
        var model = page.locator("model-viewer");
        var box = model.boundingBox();
        model.click(new Locator.ClickOptions().setPosition(box.width * x, box.height * y));
    }

    @Test
    void staffChooseRowsByTheKeyboardAndWatchWhatBecomesOfEach() {
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            signIn(page, "mei@example.com");
            page.navigate(festival.url() + "/desk/lumen/deliveries");
            for (String key : List.of("j", "x", "j", "x")) page.keyboard().press(key);
            assertThat(page.locator("[data-chosen-count]").innerText()).isEqualTo("2 chosen");
            page.locator("button[value='read-again']").click();
            page.waitForURL(url -> url.contains("/bulk/"));
            assertThat(page.locator("#list .chip").allInnerTexts()).containsExactly("can be done", "can be done");
            page.locator("#act form button").click();
            page.getByText("2 of 2 tried: 2 done").waitFor();
            assertThat(page.locator("#list .chip").allInnerTexts()).containsExactly("done", "done");
        }
    }

    @Test
    void staffMakeADropMendItPublishItWatchItGoAndPauseItWithAReason() {
        String path = "/desk/lumen/drops";
        String first = new Walk(festival).session("ferry-one@example.com");
        String second = new Walk(festival).session("ferry-two@example.com");
        pieces("ferry-light", new Bilingual("渡口灯", "Ferry light"), 5);
        List<String> complaints = new ArrayList<>();
        try (BrowserContext context =
                        festival.browser().newContext(new Browser.NewContextOptions().setLocale("en-GB"));
                BrowserContext english = phone(first, "en-GB");
                BrowserContext chinese = phone(second, "zh-CN")) {
            Page desk = context.newPage();
            desk.setDefaultTimeout(60_000);
            desk.onConsoleMessage(message -> {
                // A refusal of the form is an answer with an error's number.
                if (message.type().equals("error") && !message.text().contains("422")) complaints.add(message.text());
            });
            signIn(desk, "mei@example.com");
            desk.navigate(festival.url() + path);
            desk.locator("#nameZh").fill("渡口之夜");
            desk.locator("#slug").fill("ferry-night");
            desk.locator("button[value='save']").click();
            desk.waitForURL(url -> url.contains(path + "/ferry-night"));
            assertThat(desk.locator("main .offers li").allInnerTexts())
                    .anyMatch(text -> text.contains("A name in both languages"))
                    .anyMatch(text -> text.contains("At least one stage"));

            LocalDateTime now = LocalDateTime.ofInstant(
                            festival.bean(BusinessClock.class).now(), CHINA)
                    .truncatedTo(ChronoUnit.MINUTES);
            desk.locator("#nameEn").fill("Ferry night");
            desk.locator("#s0-collectible").selectOption(new SelectOption().setLabel("Ferry light"));
            desk.locator("#s0-opens").fill(now.plusMinutes(5).toString());
            desk.locator("#s0-closes").fill(now.plusMinutes(4).toString());
            assertThat(desk.locator("#s0-causeZh").isVisible()).as("folded").isFalse();
            assertThat(desk.locator("#s0-nameZh").isVisible()).as("folded").isFalse();
            desk.locator("details:has(#s0-nameZh) summary").click();
            desk.locator("#s0-nameZh").fill("头班船");
            desk.locator("#s0-nameEn").fill("First boat");
            desk.locator("button[value='save']").click();
            desk.locator(".note--good").waitFor();
            assertThat(desk.locator("main .offers li").allInnerTexts())
                    .singleElement()
                    .asString()
                    .contains("An opening before the end");
            assertThat(desk.locator("#s0-nameEn").isVisible())
                    .as("what was typed is not folded away")
                    .isTrue();
            desk.locator("main .offers li a").click();
            assertThat(desk.url()).as("leads to the field").endsWith("#s0-opens");

            desk.locator("#s0-closes").fill(now.plusDays(2).toString());
            desk.locator("input[name='sure']").check();
            desk.locator("button[value='publish']").click();
            desk.locator(".note--good").waitFor();
            assertThat(desk.locator(".note--good").innerText()).contains("Published");
            Locator taken = desk.locator("[hx-get$='/watch'] [data-l]").first();
            assertThat(taken.innerText()).isEqualTo("0");
            assertThat(desk.locator("[data-plot='pace']").count()).isZero();

            festival.bean(BusinessClock.class).advance(Duration.ofMinutes(6));
            claim(english.newPage());
            taken.filter(new Locator.FilterOptions().setHasText("1")).waitFor();
            claim(chinese.newPage());
            taken.filter(new Locator.FilterOptions().setHasText("2")).waitFor();
            desk.locator("[data-plot='pace'] .chart__draw canvas").waitFor();
            assertThat(desk.locator("[data-plot='pace'] td[data-v='1']").count())
                    .as("two claims, each in its second")
                    .isEqualTo(2);
            // The next poll, without waiting for it: who reads the table goes on reading.
            desk.evaluate("() => { const pace = document.querySelector('[hx-get$=\"/pace\"]');"
                    + " pace.querySelector('details').open = true;"
                    + " pace.querySelector('figure').dataset.old = '';"
                    + " return htmx.ajax('GET', pace.getAttribute('hx-get'), pace) }");
            Locator anew = desk.locator("[data-plot='pace']:not([data-old])");
            anew.locator("canvas").waitFor();
            assertThat(anew.locator("details[open]").count()).isEqualTo(1);

            desk.locator("button[value='pause']").click();
            desk.locator("#refusal", new Page.LocatorOptions().setHasText("Say why it pauses"))
                    .waitFor();
            desk.locator("#whyZh").fill("雾太大，船先靠岸。");
            desk.locator("#whyEn").fill("Too much fog; the boat waits.");
            desk.locator("button[value='pause']").click();
            desk.locator("button[value='resume']").waitFor();
        }
        for (String locale : List.of("en-GB", "zh-CN")) {
            try (BrowserContext guest = phone(null, locale)) {
                Page page = guest.newPage();
                Festival.waitFor("the page to say that it pauses", () -> {
                    page.navigate(festival.url() + "/d/ferry-night");
                    return page.locator(".note--wait").count() > 0;
                });
                assertThat(page.locator(".note--wait").innerText())
                        .contains(locale.equals("en-GB") ? "Too much fog" : "雾太大");
                assertThat(page.locator("form[data-claim]").count()).isZero();
            }
        }
        assertThat(complaints).as("complaints of the browser").isEmpty();
    }

    private static void claim(Page page) {
        page.setDefaultTimeout(60_000);
        page.navigate(festival.url() + "/d/ferry-night");
        page.locator("form[data-claim] button").click();
        page.waitForURL(Pattern.compile(".*#mine"));
    }

    private static BrowserContext phone(@Nullable String session, String locale) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale(locale)
                        .setStorageState(session));
    }

    /** What a drop can give. */
    private static void pieces(String slug, Bilingual name, int supply) {
        Catalog catalog = festival.bean(Catalog.class);
        BrandId lumen = new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
        CollectibleId made = catalog.draft(new CollectibleDraft(
                lumen, slug, null, null, "brand", name, name, name, name, 2026, "plain", name, supply, 0, List.of(),
                List.of()));
        festival.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> festival.bean(Drops.class).publish(made));
    }

    @ParameterizedTest
    @CsvSource({
        "zh-CN, 390, 844, 河灯, River lantern, eave-bell.webp",
        "en-GB, 1280, 900, 纸鸢, Paper kite, honey-bear.webp"
    })
    void aMarketerMakesACollectiblePublishesItBuildsACampaignAndAnOrderEarnsIt(
            String locale, int width, int height, String nameZh, String nameEn, String picture) {
        boolean zh = locale.startsWith("zh");
        String name = zh ? nameZh : nameEn;
        List<String> complaints = new ArrayList<>();
        try (BrowserContext context = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setLocale(locale))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.onConsoleMessage(message -> {
                // A page that is left while it still asks for a sentence says that, too.
                if (message.type().equals("error")
                        && !message.text().startsWith("htmx:sendAbort")
                        && !message.text().startsWith("htmx:afterRequest"))
                    complaints.add(message.text() + " at " + message.location());
            });
            signIn(page, "mei@example.com");

            page.navigate(festival.url() + "/desk/lumen");
            page.locator("nav.rail a[href$='/catalogue']").click();
            page.locator("#nameZh").fill(nameZh);
            page.locator("#nameEn").fill(nameEn);
            page.locator("#new button").click();
            page.locator("#files").waitFor();
            makeCollectible(page, picture);
            assertThat(page.locator("h1").innerText()).isEqualTo(name);
            assertThat(page.locator(".note--good").innerText()).contains(zh ? "已发布" : "Published");

            page.locator("a.btn--main[href*='/new-campaign?collectible=']").click();
            makeCampaign(
                    page, nameZh, nameEn, festival.bean(BusinessClock.class).now());
            assertThat(page.locator(".note--good").innerText()).contains(zh ? "已发布" : "Published");

            String buyer = "desk-" + width + "@example.com";
            new Walk(festival).buy(page, buyer, "");
            Festival.waitFor("the right to " + name, () -> {
                page.navigate(festival.url() + "/desk/lumen/entitlements");
                return page.locator("#list").innerText().contains(name);
            });
            page.locator("#list a[href*='/entitlements/']").first().click();
            assertThat(page.locator("main").innerText()).contains(name);
            Festival.waitFor("the mail that announces " + name, () -> {
                page.navigate(festival.url() + "/demo/mail");
                return letters(page, buyer)
                                .filter(new Locator.FilterOptions().setHasText(name))
                                .count()
                        > 0;
            });
        }
        assertThat(complaints).as("complaints of the browser").isEmpty();
    }

    private static void signIn(Page page, String address) {
        page.navigate(festival.url() + "/sign-in");
        new Walk(festival).enterCode(page, address);
        page.waitForURL(url -> !url.contains("/sign-in"));
    }

    private static Locator letters(Page page, String address) {
        return page.locator("main").locator("li, article").filter(new Locator.FilterOptions().setHasText(address));
    }

    /** A picture with its progress, five pieces, one of them withheld; then the page that says it is for good. */
    static void makeCollectible(Page page, String picture) {
        page.locator("#files").setInputFiles(Path.of("../demo/art", picture).toAbsolutePath());
        page.locator("form[data-upload] button").click();
        page.locator("#media .files li img").waitFor();
        assertThat(page.locator("#preview img").count())
                .as("the preview shows it")
                .isEqualTo(1);
        page.locator("[id='alt.zh']").fill("一件东西立在展台上");
        page.locator("[id='alt.en']").fill("A thing on a plinth");
        page.locator("#supply").fill("5");
        page.locator("#withheld").fill("1");
        page.locator("#wall").selectOption("indigo");
        assertThat(page.locator("#preview .stage").getAttribute("data-wall")).isEqualTo("indigo");

        // Another picture is put first and taken away again, while all of this is typed and not saved.
        String first = page.locator("#preview img").getAttribute("src");
        page.locator("#files")
                .setInputFiles(Path.of("../demo/art/after-rain.webp").toAbsolutePath());
        page.locator("form[data-upload] button").click();
        page.locator("#media button[value='first']").click();
        page.locator("#preview img:not([src='" + first + "'])").waitFor();
        page.locator("#media button[value='drop']").first().click();
        page.locator("#preview img[src='" + first + "']").waitFor();
        assertThat(page.locator("#media .files > li").count()).isEqualTo(1);
        assertThat(page.locator("#supply").inputValue())
                .as("what is typed stays")
                .isEqualTo("5");
        assertThat(page.locator("#preview .stage").getAttribute("data-wall")).isEqualTo("indigo");

        page.locator("#draft button[value='publish']").click();
        page.waitForURL(Pattern.compile(".*/publish"));
        page.locator("form[action$='/publish'] button").click();
        page.locator("a.btn--main[href*='/new-campaign?collectible=']").waitFor();
    }

    /** Any goods for 10 bring one; the sentence says it while it is typed. */
    static void makeCampaign(Page page, String nameZh, String nameEn, Instant at) {
        page.locator("#nameZh").fill(nameZh + "之夜");
        page.locator("#nameEn").fill(nameEn + " nights");
        page.locator("#from1").fill("20");
        page.locator(
                        "#look",
                        new Page.LocatorOptions().setHasText(nameZh + "之夜").setHasText("20"))
                .or(page.locator("#look", new Page.LocatorOptions().setHasText(nameEn + " nights")))
                .waitFor();
        page.locator("#questions .acts .btn--main").click();
        page.locator("#draft").waitFor();
        LocalDateTime now = LocalDateTime.ofInstant(at, CHINA).truncatedTo(ChronoUnit.MINUTES);
        page.locator("#from").fill(now.minusDays(1).toString());
        page.locator("#until").fill(now.plusDays(30).toString());
        page.locator("[id='offers[0].waiting.days']").fill("0");
        page.locator("[id='offers[0].tiers[0].from']").fill("10");
        page.locator("#say-0", new Page.LocatorOptions().setHasText(Pattern.compile("10")))
                .waitFor();
        assertThat(page.locator("#say-0").innerText()).containsAnyOf("「" + nameZh + "」", "“" + nameEn + "”");
        page.locator("#gate li.ok").waitFor();
        page.locator("#draft button[value='freeze']").click();
        page.waitForURL(Pattern.compile(".*/publish"));
        page.locator("form[action$='/publish'] button").click();
        page.locator(".note--good").waitFor();
    }
}
