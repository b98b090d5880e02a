package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
            assertThat(page.locator("main").innerText()).contains("…@");
        }
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
                if (message.type().equals("error")) complaints.add(message.text() + " at " + message.location());
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
            makeCampaign(page, nameZh, nameEn);
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
    private static void makeCollectible(Page page, String picture) {
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
        page.locator("#draft button[value='publish']").click();
        page.waitForURL(Pattern.compile(".*/publish"));
        page.locator("form[action$='/publish'] button").click();
        page.locator("a.btn--main[href*='/new-campaign?collectible=']").waitFor();
    }

    /** Any goods for 10 bring one; the sentence says it while it is typed. */
    private static void makeCampaign(Page page, String nameZh, String nameEn) {
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
        LocalDateTime now = LocalDateTime.ofInstant(
                        festival.bean(BusinessClock.class).now(), CHINA)
                .truncatedTo(ChronoUnit.MINUTES);
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
