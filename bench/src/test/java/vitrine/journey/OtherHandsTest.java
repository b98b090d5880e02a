package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Crowds;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.web.Language;
import vitrine.platform.web.Phrases;
import vitrine.platform.web.Texts;

/**
 * Whoever has no pointer, and whoever sees nothing: three journeys by the keyboard alone, two by what the accessibility tree says alone
 * (roles and names, as a screen reader reads them).
 */
@Tag("browser")
@ExtendWith(OneFestival.class)
class OtherHandsTest {

    /** What has the focus, by its accessible name as far as these pages make one. */
    private static final String FOCUSED = """
            (() => { const e = document.activeElement
              if (!e || e === document.body) return ''
              const labels = e.labels ? [...e.labels].map(l => l.innerText).join(' ') : ''
              return (e.getAttribute('aria-label') || labels || e.innerText || e.name || e.tagName).trim() })()""";

    /** A ring around what has the focus, or some other sign that can be seen. */
    private static final String RING = """
            (() => { const s = getComputedStyle(document.activeElement)
              return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none' })()""";

    private static Festival festival;
    private static Walk walk;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
        walk = new Walk(festival);
    }

    @Test
    void byKeyboardACollectorSignsInAndFetchesACertificate() {
        try (BrowserContext context = context("zh-CN", 390, 844)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            var t = texts(Language.ZH);
            String piece = walk.given("keys@example.com", new GiftPolicy.Never());
            page.navigate(festival.url() + "/o/moonrise");
            page.keyboard().press("Tab");
            assertThat(focused(page)).as("the first stop").contains(t.get("frame.skip"));
            tabTo(page, t.get("frame.sign-in"));
            page.keyboard().press("Enter");
            page.waitForURL("**/sign-in?**");
            signInByKeys(page, t, "keys@example.com");
            page.waitForURL(url -> !url.contains("/sign-in"));
            assertThat(page.url()).as("back where she was").endsWith("/o/moonrise");
            page.navigate(festival.url() + "/p/" + piece);
            assertThat(page.locator("main").innerText()).as("hers").contains(t.get("piece.yours"));
            tabTo(page, t.get("piece.certificate"));
            page.keyboard().press("Enter");
            page.waitForURL("**/c/**");
            assertThat(page.locator("h1").count()).isEqualTo(1);
            tabTo(page, t.get("cert.download"));
            assertThat(page.waitForDownload(() -> page.keyboard().press("Enter"))
                            .suggestedFilename())
                    .endsWith(".json");
        }
    }

    @Test
    void byTabAloneAVisitorWalksFromTheZoneToAWorkItsWaysAndHerPiece() {
        try (BrowserContext context = context("zh-CN", 390, 844)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            var t = texts(Language.ZH);
            String work = ofToday(page);
            String drop = "/d/by-tab";
            gives(work, "by-tab");

            page.navigate(festival.url() + "/");
            page.keyboard().press("Tab");
            assertThat(focused(page)).as("the first stop").contains(t.get("frame.skip"));
            page.keyboard().press("Enter");
            page.keyboard().press("Tab");
            assertThat(focused(page)).as("past what is on every page").contains(t.get("zone.how"));
            page.keyboard().press("Enter");
            page.waitForURL("**/o/" + work);

            tabTo(page, t.get("zone.how"));
            page.keyboard().press("Enter");
            page.waitForURL("**/o/" + work + "#ways");
            tabToWhatLeadsTo(page, "/campaigns/", "Tab");
            page.keyboard().press("Enter");
            page.waitForURL("**/campaigns/**");
            tabToWhatLeadsTo(page, "/o/" + work, "Tab");
            page.keyboard().press("Enter");
            page.waitForURL("**/o/" + work);
            // From the last stop backwards, as somebody who has gone too far.
            tabToWhatLeadsTo(page, drop, "Shift+Tab");
            page.keyboard().press("Enter");
            page.waitForURL("**" + drop);

            tabTo(page, t.get("drop.sign-in-to-take"));
            page.keyboard().press("Enter");
            page.waitForURL("**/sign-in?**");
            signInByKeys(page, t, "tabs@example.com");
            // The sign-in's own address ends with where it leads.
            page.waitForURL(festival.url() + drop);
            tabTo(page, t.get("drop.take"));
            page.keyboard().press("Space");
            page.waitForURL("**" + drop + "#mine");
            // The page is read anew with what she has.
            page.getByText(t.get("drop.to-piece")).first().waitFor();
            tabTo(page, t.get("drop.to-piece"));
            String piece = String.valueOf(page.evaluate("document.activeElement.getAttribute('href')"));
            Festival.waitFor(
                    "the piece to be granted",
                    () -> festival.bean(JdbcClient.class)
                                    .sql("""
                            select count(*) from pieces p join collectibles c using (brand_id, collectible_id)
                            where '/p/' || c.slug || '-' || p.serial = :piece
                            """)
                                    .param("piece", piece)
                                    .query(Long.class)
                                    .single()
                            > 0);
            page.keyboard().press("Enter");
            page.waitForURL("**" + piece);
            assertThat(page.locator("main").innerText()).as("hers").contains(t.get("piece.yours"));
        }
    }

    /** The work that the zone begins with. */
    private static String ofToday(Page page) {
        page.navigate(festival.url() + "/");
        return page.locator(".opening a.btn").getAttribute("href").replace("/o/", "");
    }

    /** A drop of this work that opens within the second, by the clock of the business, which the demo may have moved. */
    private static void gives(String work, String drop) {
        CollectibleId id = festival.bean(JdbcClient.class)
                .sql("select brand_id, collectible_id from collectibles where slug = :slug")
                .param("slug", work)
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .single();
        Duration ahead = Duration.between(
                Instant.now(), festival.bean(BusinessClock.class).now());
        Crowds.crowd(festival.node(), id, drop, 1, ahead, null, 0);
    }

    @Test
    void byKeyboardAMarketerMakesAKeyForHerShopAndTakesItBack() {
        try (BrowserContext context = context("en-GB", 1280, 800)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            var t = texts(Language.EN);
            page.navigate(festival.url() + "/sign-in?to=/desk/heron");
            signInByKeys(page, t, "iris@example.com");
            page.waitForURL("**/desk/heron**");
            tabTo(page, t.get("desk.nav.keys"));
            page.keyboard().press("Enter");
            page.waitForURL("**/keys");
            tabTo(page, t.get("desk.keys.name"));
            page.keyboard().type("Till in the hall");
            page.keyboard().press("Tab");
            page.keyboard().press("Space");
            tabTo(page, t.get("desk.keys.make"));
            page.keyboard().press("Enter");
            page.locator("code.once").waitFor();
            assertThat(page.locator("code.once").innerText()).startsWith("vk_");
            tabTo(page, t.get("desk.keys.revoke") + " Till in the hall");
            page.keyboard().press("Enter");
            tabTo(page, t.get("desk.keys.revoke-do") + " Till in the hall");
            page.keyboard().press("Enter");
            page.locator("tr", new Page.LocatorOptions().setHasText("Till in the hall"))
                    .locator(".chip")
                    .waitFor();
        }
    }

    @Test
    void byWhatAScreenReaderSaysAVisitorFindsHowToGetAPiece() {
        try (BrowserContext context = context("zh-CN", 390, 844)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            var t = texts(Language.ZH);
            page.navigate(festival.url() + "/");
            String object = heading(page, 1).innerText();
            named(page, AriaRole.LINK, t.get("zone.how")).click();
            page.waitForURL("**/o/**");
            assertThat(heading(page, 1).innerText()).isEqualTo(object);
            Locator picture =
                    page.getByRole(AriaRole.MAIN).getByRole(AriaRole.IMG).first();
            assertThat(picture.getAttribute("alt")).as("the object in words").isNotBlank();
            // The ways are a region by their heading's name; each says in a sentence what is to be done, and leads to
            // where it is done.
            Locator way = named(page, AriaRole.REGION, t.get("zone.how"))
                    .getByRole(AriaRole.LISTITEM)
                    .filter(new Locator.FilterOptions().setHas(page.locator("a[href^='/campaigns/']")))
                    .first();
            // Its name, where it has one, and the sentence.
            String sentence = way.innerText()
                    .lines()
                    .limit(2)
                    .max(Comparator.comparingInt(String::length))
                    .orElseThrow();
            assertThat(sentence).as("how to get it").containsPattern("\\p{IsHan}{2,}");
            way.getByRole(AriaRole.LINK).first().click();
            page.waitForURL(Pattern.compile(".*/campaigns/.+"));
            assertThat(page.getByRole(AriaRole.MAIN).innerText())
                    .as("the same where it is done")
                    .contains(sentence);
            page.goBack();
            page.waitForURL("**/o/**");
            named(page.getByRole(AriaRole.BANNER), AriaRole.LINK, t.get("frame.sign-in"))
                    .click();
            page.getByLabel(t.get("sign-in.address")).fill("ears@example.com");
            named(page, AriaRole.BUTTON, t.get("sign-in.send")).click();
            page.getByLabel(t.get("sign-in.code")).fill(walk.code(page, "ears@example.com"));
            named(page, AriaRole.BUTTON, t.get("sign-in.enter")).click();
            page.waitForURL("**/o/**");
            named(page.getByRole(AriaRole.BANNER), AriaRole.LINK, "Vitrine").click();
            page.getByRole(AriaRole.NAVIGATION, new Page.GetByRoleOptions().setName(t.get("frame.nav-below")))
                    .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(t.get("frame.mine")))
                    .click();
            page.waitForURL("**/me/orders");
            assertThat(heading(page, 1).innerText()).isNotBlank();
        }
    }

    @Test
    void byWhatAScreenReaderSaysAMarketerBeginsACollectible() {
        try (BrowserContext context = context("en-GB", 1280, 800)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            var t = texts(Language.EN);
            page.navigate(festival.url() + "/sign-in?to=/desk/heron");
            walk.enterCode(page, "iris@example.com");
            page.waitForURL("**/desk/heron**");
            named(page, AriaRole.LINK, t.get("desk.nav.catalogue")).first().click();
            page.waitForURL("**/catalogue");
            page.getByLabel(t.get("desk.field.name-zh")).first().fill("石灯");
            page.getByLabel(t.get("desk.field.name-en")).first().fill("Stone lamp");
            named(page, AriaRole.BUTTON, t.get("desk.campaigns.draft")).click();
            page.waitForURL(Pattern.compile(".*/catalogue/stone-lamp.*"));
            assertThat(heading(page, 1).innerText()).isEqualTo("Stone lamp");
        }
    }

    private static BrowserContext context(String locale, int width, int height) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setLocale(locale)
                        .setAcceptDownloads(true));
    }

    private static Texts texts(Language language) {
        return new Texts(festival.bean(Phrases.class), language, ZoneId.of("Asia/Shanghai"), Instant::now);
    }

    private static Locator heading(Page page, int level) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(level));
    }

    private static Locator named(Page page, AriaRole role, String name) {
        return page.getByRole(role, new Page.GetByRoleOptions().setName(name));
    }

    private static Locator named(Locator within, AriaRole role, String name) {
        return within.getByRole(role, new Locator.GetByRoleOptions().setName(name));
    }

    private static void signInByKeys(Page page, Texts t, String address) {
        tabTo(page, t.get("sign-in.address"));
        page.keyboard().type(address);
        page.keyboard().press("Enter");
        page.waitForURL("**/sign-in/sent**");
        tabTo(page, t.get("sign-in.code"));
        page.keyboard().type(walk.code(page, address));
        page.keyboard().press("Enter");
    }

    private static String focused(Page page) {
        return String.valueOf(page.evaluate(FOCUSED)).replaceAll("\\s+", " ");
    }

    /** Goes on with the Tab key until this has the focus, and sees that it shows. */
    private static void tabTo(Page page, String name) {
        for (int i = 0; i < 200; i++) {
            page.keyboard().press("Tab");
            if (focused(page).contains(name)) {
                assertThat(page.evaluate(RING))
                        .as("the focus on " + name + " can be seen")
                        .isEqualTo(true);
                return;
            }
        }
        throw new AssertionError("the Tab key never comes to " + name);
    }

    /** The same by where it leads, for pages on which many works have one name. @param key Tab, or back with Shift+Tab */
    private static void tabToWhatLeadsTo(Page page, String address, String key) {
        for (int i = 0; i < 200; i++) {
            page.keyboard().press(key);
            if (String.valueOf(page.evaluate("document.activeElement.getAttribute('href')"))
                    .startsWith(address)) {
                assertThat(page.evaluate(RING))
                        .as("the focus on what leads to " + address + " can be seen")
                        .isEqualTo(true);
                return;
            }
        }
        throw new AssertionError("the keys never come to " + address);
    }
}
