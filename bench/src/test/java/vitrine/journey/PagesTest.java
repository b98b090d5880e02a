package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import vitrine.ownership.GiftPolicy;

/**
 * Every page, for everybody: in both languages and both themes nothing that axe (WCAG 2.2 AA) finds, at four widths nothing that sticks
 * out, nothing asked of a third party, no complaint of the browser.
 */
@Tag("browser")
@ExtendWith(OneFestival.class)
class PagesTest {

    private static final List<Integer> WIDTHS = List.of(390, 768, 1280, 1920);
    private static final String AXE = """
            ; axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
              .then(found => found.violations.map(one => one.id + ' ×' + one.nodes.length + ' ' + one.nodes[0].html
                + ' ' + [...one.nodes[0].any, ...one.nodes[0].all, ...one.nodes[0].none].map(check => check.message).join(' ')))""";

    /** What is wider than the page, the innermost first; what scrolls by itself may be. */
    private static final String STICKS_OUT = """
            (() => {
              const room = document.documentElement.clientWidth
              if (document.documentElement.scrollWidth <= room) return []
              return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > room + 1)
                .reverse().slice(0, 3).map(e => e.outerHTML.slice(0, 160))
            })()""";

    /** What sticks to the window would lie over what is behind it, and axe calls that too small to touch. */
    private static final String UNSTUCK = """
            for (const e of document.querySelectorAll('body *'))
              if (['fixed', 'sticky'].includes(getComputedStyle(e).position)) e.style.position = 'static'""";

    private static Festival festival;
    private static String axe = "";

    @BeforeAll
    static void theFestivalIsOpen(Festival open) throws IOException {
        festival = open;
        axe = Files.readString(Path.of("..", "web", "node_modules", "axe-core", "axe.min.js")) + AXE;
    }

    @Test
    void whatAnybodyMayOpen() {
        Map<String, String> pages = new LinkedHashMap<>(ScreenshotsTest.publicPages(festival));
        pages.remove("02-badge"); // parts of a shop's page
        pages.remove("02-badge-in-chinese");
        look(null, pages);
    }

    @Test
    void whatACollectorHas() {
        Walk walk = new Walk(festival);
        String session = walk.session("ada@example.com");
        look(session, ScreenshotsTest.own(festival, walk.given("ada@example.com", new GiftPolicy.Free())));
    }

    @Test
    void whereABrandsTeamWorks() {
        String session = new Walk(festival).session("mei@example.com");
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setStorageState(session))) {
            look(session, ScreenshotsTest.desk(festival, context.newPage()));
        }
    }

    @Test
    void whereTheOperatorWorks() {
        look(new Walk(festival).session("qiu@example.com"), ScreenshotsTest.operatorsDesk(festival));
    }

    @Test
    void whatIsNotThereOrNotAllowed() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("404", festival.url() + "/o/nothing-of-that-name");
        pages.put("404 of a room", festival.url() + "/@nobody-of-that-name");
        pages.put("sign in first", festival.url() + "/desk/lumen");
        look(null, pages);
        look(new Walk(festival).session("ada@example.com"), Map.of("403", festival.url() + "/desk/lumen"));
    }

    private static void look(@Nullable String session, Map<String, String> pages) {
        List<String> wrong = new ArrayList<>();
        for (String language : List.of("zh-CN", "en-GB")) {
            for (ColorScheme light : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                var options = new Browser.NewContextOptions()
                        .setViewportSize(WIDTHS.getFirst(), 844)
                        .setLocale(language)
                        .setColorScheme(light)
                        .setReducedMotion(ReducedMotion.REDUCE);
                if (session != null) options.setStorageState(session);
                try (BrowserContext context = festival.browser().newContext(options)) {
                    Page page = context.newPage();
                    page.setDefaultTimeout(60_000);
                    List<String> here = new ArrayList<>();
                    page.onRequest(request -> {
                        String url = request.url();
                        if (url.startsWith("http") && !url.startsWith(festival.url())) here.add("asks " + url);
                    });
                    page.onConsoleMessage(message -> {
                        boolean isStatus = message.text().startsWith("Failed to load resource");
                        if (message.type().equals("error") && !isStatus) here.add(message.text());
                    });
                    pages.forEach((name, address) -> {
                        here.clear();
                        Response answer = Objects.requireNonNull(page.navigate(address));
                        int status = name.startsWith("4") ? Integer.parseInt(name.substring(0, 3)) : 200;
                        if (answer.status() != status) here.add("status " + answer.status());
                        page.evaluate(UNSTUCK);
                        for (Object found : (List<?>) page.evaluate(axe)) here.add(found.toString());
                        if (light == ColorScheme.LIGHT) here.addAll(sticksOut(page));
                        for (String each : here) wrong.add(name + " " + language + " " + light + ": " + each);
                    });
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    static List<String> sticksOut(Page page) {
        List<String> found = new ArrayList<>();
        for (int width : WIDTHS) {
            page.setViewportSize(width, 844);
            for (Object each : (List<?>) page.evaluate(STICKS_OUT)) found.add("at " + width + " px: " + each);
        }
        page.setViewportSize(WIDTHS.getFirst(), 844);
        return found;
    }
}
