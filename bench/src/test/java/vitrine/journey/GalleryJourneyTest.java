package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A collector opens a link on a phone and looks around; a shop shows the badge on its own page. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class GalleryJourneyTest {

    private static final String WECHAT =
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
                    + "Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.42 WeChat/arm64 Language/zh_CN";

    private static final String ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 "
            + "(KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";

    private static Festival festival;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
    }

    private static Browser.NewContextOptions phone(String locale) {
        return new Browser.NewContextOptions().setViewportSize(390, 844).setLocale(locale);
    }

    @Test
    void withoutScriptACollectorSearchesLooksFromNearFindsADayAndPassesAPictureOn() {
        try (BrowserContext context =
                festival.browser().newContext(phone("zh-CN").setJavaScriptEnabled(false))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/");
            page.locator("header a[href='/search']").click();
            page.locator("#q").fill("月升");
            page.locator("form.find button").click();
            page.locator(".hits a[href='/o/moonrise']").click();
            assertThat(page.locator("#ways").innerText())
                    .as("the goods as the shop calls them")
                    .contains("月升")
                    .doesNotContain("LUM-");
            assertThat(page.locator("details#room summary").innerText()).contains("摆到你的房间里");
            page.locator("details#room summary").click();
            assertThat(page.locator("details#room svg").isVisible()).isTrue();
            assertThat(page.locator(".stage__zoom").getAttribute("href")).startsWith("/media/");
            page.locator(".eyebrow a[href='/b/lumen']").click();
            assertThat(page.locator("main").innerText()).contains("商店里").contains("圆月吊灯");
            page.locator("nav.tabs a[href='/calendar']").click();
            page.locator(".month td.today a").click();
            assertThat(page.locator(".agenda a").count()).isPositive();

            page.navigate(festival.url() + "/x/where-the-lamp-reaches");
            assertThat(page.locator(".motifs > li").count()).isEqualTo(15);
            String before = page.locator(".motifs > li")
                    .first()
                    .locator("[data-shared]")
                    .getAttribute("data-shared");
            page.locator(".motifs > li").first().locator("form button").click();
            assertThat(page.locator("main svg").isVisible())
                    .as("the code of its address")
                    .isTrue();
            page.navigate(festival.url() + "/x/where-the-lamp-reaches");
            String after = page.locator(".motifs > li")
                    .first()
                    .locator("[data-shared]")
                    .getAttribute("data-shared");
            assertThat(Integer.parseInt(after)).isEqualTo(Integer.parseInt(before) + 1);
        }
    }

    @Test
    void aRoomIsNeverADeadEnd() {
        for (String app : List.of("Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36", "AliApp(TB/10.32.10)")) {
            String agent =
                    "Mozilla/5.0 (Linux; Android 14; Pixel 8" + (app.contains("Version") ? "; wv) " : ") ") + app;
            try (BrowserContext context =
                    festival.browser().newContext(phone("en-GB").setUserAgent(agent))) {
                Page page = context.newPage();
                page.setDefaultTimeout(60_000);
                page.navigate(festival.url() + "/o/moonrise#room");
                page.locator("details#room[open] [data-ar]").click();
                page.locator("[data-ar-said]:has-text('open in browser')").waitFor();
            }
        }
        for (String agent : List.of("", WECHAT, ANDROID)) {
            var options = phone("en-GB");
            if (!agent.isEmpty()) options.setUserAgent(agent);
            try (BrowserContext context = festival.browser().newContext(options)) {
                Page page = context.newPage();
                page.setDefaultTimeout(60_000);
                page.navigate(festival.url() + "/o/moonrise#room");
                page.locator("details#room[open] [data-ar]").click();
                if (agent.equals(ANDROID)) {
                    // It says that it can, and then it does not.
                    page.locator("[data-ar-said]:has-text('press once more')").waitFor();
                    page.locator("model-viewer").evaluate("viewer => viewer.activateAR = () => Promise.reject()");
                    page.locator("[data-ar]").click();
                }
                page.locator("[data-ar-said]")
                        .filter(new Locator.FilterOptions()
                                .setHasText(agent.equals(WECHAT) ? "open in browser" : "This browser cannot place it"))
                        .waitFor();
                assertThat(page.locator("details#room svg").isVisible()).isTrue();
                assertThat(page.locator("details#room a[download]").getAttribute("href"))
                        .startsWith("/media/");
                if (!agent.equals(ANDROID)) page.locator(".stage [data-model]").click();
                page.locator(".stage.is-turning model-viewer").waitFor();
                assertThat(page.locator("model-viewer #default-ar-button").isVisible())
                        .as("the viewer's own button, which an app's browser does not obey")
                        .isFalse();
                assertThat(page.locator("model-viewer").getAttribute("a11y"))
                        .contains("\"upper-back\":\"From above, behind\"");
            }
        }
    }

    @Test
    void thePointsOfAModelSayWhatTheListSaysAndAPictureIsSeenFromNear() {
        try (BrowserContext context = festival.browser().newContext(phone("en-GB"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/o/moonrise");
            page.locator(".stage__zoom").click();
            page.locator("dialog.zoom img").waitFor();
            assertThat(page.locator("dialog.zoom").getAttribute("aria-label")).isNotBlank();
            Locator pane = page.locator("dialog.zoom [role=button]");
            assertThat(pane.getAttribute("aria-label")).isEqualTo("Larger");
            page.keyboard().press("Enter");
            assertThat(pane.getAttribute("aria-pressed")).isEqualTo("true");
            page.keyboard().press("Escape");
            page.locator("dialog.zoom").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            page.locator(".stage [data-model]").click();
            page.locator(".stage.is-turning model-viewer").waitFor();
            Locator spot = page.locator("model-viewer .spot").first();
            spot.evaluate("spot => spot.click()");
            assertThat(page.locator(".spots li.is-said").innerText()).contains("it has no seam");
            Locator bubble = page.locator("model-viewer .spot-said");
            assertThat(bubble.innerText()).as("at the point itself").contains("it has no seam");
            assertThat(spot.getAttribute("aria-expanded")).isEqualTo("true");
            page.waitForFunction("() => { const within = [...document.querySelectorAll('.stage, .spot-said')]"
                    + ".map(one => one.getBoundingClientRect());"
                    + " return within[1].left >= within[0].left && within[1].right <= within[0].right }");
            spot.focus();
            page.keyboard().press("Escape");
            assertThat(bubble.count()).isZero();
            assertThat(spot.getAttribute("aria-expanded")).isEqualTo("false");

            Locator moves = page.locator(".stage__tools [data-move]");
            assertThat(moves.innerText()).isEqualTo("Let it move");
            moves.click();
            page.waitForFunction("() => document.querySelector('model-viewer').currentTime > .1");
            moves.click();
            assertThat(moves.innerText()).isEqualTo("Let it move");
            assertThat(page.evaluate("document.querySelector('model-viewer').paused"))
                    .isEqualTo(true);

            // This browser has no share sheet: the address is copied, or selected where it cannot be.
            context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
            page.locator(".stage__tools [data-share]").click();
            page.locator(".stage__tools .noted:text('The address is copied.')").waitFor();
            page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }");
            page.locator(".stage__tools [data-share]").click();
            page.locator(".stage__tools .noted:has-text('Selected; press long to copy.')")
                    .waitFor();
            assertThat(page.evaluate("getSelection().toString()").toString()).endsWith("/o/moonrise");
        }
    }

    @Test
    void theBadgeStandsOnAShopsPageOfStrictPolicyAndLeavesNothingBehind() throws IOException {
        String host = festival.url();
        var asked = new CopyOnWriteArrayList<String>();
        HttpServer shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", exchange -> {
            byte[] body = """
                    <!doctype html><html lang="en"><meta charset="utf-8"><title>Pendant</title><h1>Pendant</h1>
                    <div data-vitrine="lumen" data-sku="LUM-PEND" data-lang="en"></div>
                    <script src="%s/badge.js" async></script></html>
                    """.formatted(host).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.getResponseHeaders()
                    .add(
                            "Content-Security-Policy",
                            "default-src 'none'; script-src %1$s; connect-src %1$s; frame-src %1$s".formatted(host));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        shop.start();
        List<String> complaints = new ArrayList<>();
        try (BrowserContext context = festival.browser().newContext(phone("en-GB"))) {
            // She was here before, so there is something that could leak.
            Page before = context.newPage();
            before.navigate(host + "/?lang=en");
            int cookies = context.cookies().size();
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") && !message.location().contains("favicon"))
                    complaints.add(message.text());
            });
            page.onRequest(request -> {
                if (request.url().startsWith(host + "/badge")) {
                    asked.add(request.url());
                    assertThat(request.allHeaders()).as(request.url()).doesNotContainKey("cookie");
                    if (!request.url().endsWith("badge.js"))
                        assertThat(request.allHeaders()).as(request.url()).doesNotContainKey("referer");
                }
            });
            page.navigate("http://127.0.0.1:" + shop.getAddress().getPort() + "/products/pendant");
            page.frameLocator("iframe").locator("a.badge").waitFor();
            assertThat(page.frameLocator("iframe").locator("a.badge").innerText())
                    .contains("Moonrise");
            assertThat(asked).hasSizeGreaterThanOrEqualTo(3);
            assertThat(asked).anyMatch(url -> url.contains("/badge/en/lumen?sku=LUM-PEND"));
            assertThat(context.cookies()).hasSize(cookies);
            assertThat(complaints).isEmpty();
        } finally {
            shop.stop(0);
        }
    }

    @Test
    void everyPageOfTheGalleryIsAccessible() throws IOException {
        String axe = Files.readString(Path.of("..", "web", "node_modules", "axe-core", "axe.min.js"))
                + "; axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
                + ".then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].html))";
        // The tab bar stays at the foot while what is behind it scrolls: as tall as the page, nothing lies under it.
        try (BrowserContext context =
                festival.browser().newContext(phone("en-GB").setViewportSize(390, 12_000))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            for (String path : List.of(
                    "/",
                    "/search?q=lamp",
                    "/search?q=nothingofthekind",
                    "/b/lumen",
                    "/b/lumen/series/lumen-1",
                    "/creators",
                    "/creators/vesper",
                    "/o/moonrise",
                    "/calendar",
                    "/campaigns/forty-doors",
                    "/x/where-the-lamp-reaches",
                    "/x/hour-after-sunset",
                    "/x/where-the-lamp-reaches/paper-crane",
                    "/apply")) {
                page.navigate(festival.url() + path);
                assertThat((List<?>) page.evaluate(axe)).as(path).isEmpty();
            }
        }
    }
}
