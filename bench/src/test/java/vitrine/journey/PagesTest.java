package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPatternParser;
import vitrine.ownership.GiftPolicy;

/**
 * Every page, for everybody: in both languages and both themes nothing that axe (WCAG 2.2 AA) finds, at four widths nothing that sticks
 * out, nothing asked of a third party, no complaint of the browser.
 */
@Tag("browser")
@ExtendWith(OneFestival.class)
class PagesTest {

    private static final List<Integer> WIDTHS = List.of(390, 768, 1280, 1920);
    private static final String AXE =
            found("['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']");

    /** A mail stands inside the page of a mail program, whose landmarks it leaves alone. */
    private static final String AXE_OF_MAILS = found("['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']");

    /** A theme changes colours and nothing else: what was found of the rest by day is so by night. */
    private static final String AXE_OF_COLOURS =
            found("{type: 'rule', values: ['color-contrast', 'link-in-text-block']}");

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

    /** What moves for longer than an eye takes for a jump. */
    private static final String MOVES = """
            document.getAnimations().filter(a => a.playState === 'running' && a.effect.getComputedTiming().activeDuration > 50)
              .map(a => a.animationName + ' ' + a.effect.target.outerHTML.slice(0, 120))""";

    /** After which a browser has painted anew. */
    private static final String TWO_FRAMES =
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

    /** How wide it is shown, how wide the file is that the browser chose, and how many kilobytes that has. */
    private static final String FIRST_PICTURE = """
            (async () => {
              const picture = document.querySelector('.stage img, main .niche img')
              await picture.decode()
              const file = await (await fetch(picture.currentSrc)).blob()
              return [picture.getBoundingClientRect().width, (await createImageBitmap(file)).width, file.size / 1000]
            })()""";

    private static Festival festival;
    private static Tour tour;
    private static Walk walk;
    private static String axe = "";

    @BeforeAll
    static void theFestivalIsOpen(Festival open) throws IOException {
        festival = open;
        walk = new Walk(open);
        tour = new Tour(open);
        axe = axe();
    }

    private static String found(String rules) {
        return """
                axe.run({runOnly: %s, resultTypes: ['violations']})
                  .then(found => found.violations.map(one => one.id + ' ×' + one.nodes.length + ' ' + one.nodes[0].html
                    + ' ' + [...one.nodes[0].any, ...one.nodes[0].all, ...one.nodes[0].none].map(check => check.message).join(' ')))""".formatted(rules);
    }

    /** What finds breaches of WCAG when a page evaluates it: a list of texts. */
    static String axe() throws IOException {
        return axeWith(AXE);
    }

    private static String axeWith(String rules) throws IOException {
        return Files.readString(Path.of("..", "web", "node_modules", "axe-core", "axe.min.js")) + ";" + rules;
    }

    @Test
    void whatAnybodyMayOpen() {
        Tour.Stops stops = tour.anybody();
        stops.remove("02-badge"); // parts of a shop's page
        stops.remove("02-badge-in-chinese");
        look(null, stops);
        look(walk.asked("tour-asked@example.com"), tour.asked());
    }

    @Test
    void whatACollectorHas() {
        look(walk.session("ada@example.com"), tour.own(walk.given("ada@example.com", new GiftPolicy.Free())));
        look(walk.session("tour-room@example.com"), tour.host());
    }

    @Test
    void whatABrowserShowsInWhichAGiftWasOpenedAndWhatItsLinkShowsElsewhere() {
        Tour.Opened opened = tour.opened();
        look(null, opened.elsewhere());
        look(opened.session(), tour.unclaimed());
    }

    @Test
    void whatOneGivesAndOneBuys() {
        look(walk.session("tour-giver@example.com"), tour.giver());
        tour.buying("tour-buyer@example.com", PagesTest::look);
    }

    @Test
    void whereABrandsTeamWorks() {
        String session = walk.session("mei@example.com");
        look(session, signedIn(session, tour::desk));
    }

    @Test
    void whereTheOperatorWorks() {
        String session = walk.session("qiu@example.com");
        look(session, signedIn(session, tour::operator));
    }

    /** No third party is asked by a mail and none has widths, so one look at each is enough, the languages by turns. */
    @Test
    void whatMailsSay() throws IOException {
        List<String> wrong = new ArrayList<>();
        Map<String, String> mails = MailKinds.pages(Files.createTempDirectory(
                Files.createDirectories(Path.of("target").toAbsolutePath()), "mails-"));
        assertThat(mails).hasSizeGreaterThan(20);
        String axeOfMails = axeWith(AXE_OF_MAILS);
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setViewportSize(390, 844))) {
            Page page = context.newPage();
            String language = "zh";
            for (Map.Entry<String, String> mail : mails.entrySet()) {
                String name = mail.getKey() + " " + language + ": ";
                page.navigate(mail.getValue().replace("LANG", language));
                for (Object found : (List<?>) page.evaluate(axeOfMails)) wrong.add(name + found);
                for (Object found : (List<?>) page.evaluate(STICKS_OUT)) wrong.add(name + found);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
                for (Object found : (List<?>) page.evaluate(AXE_OF_COLOURS)) wrong.add(name + "by night: " + found);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                language = language.equals("zh") ? "en" : "zh";
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatIsNotThereOrNotAllowedAndWhatASlipOfOursLooksLike() {
        tour.refusals(PagesTest::look);
    }

    @Test
    void wherePlacesBeginThatNobodyRuns() {
        tour.nobodyRunsIt(PagesTest::look);
    }

    @Test
    void onAPhoneTheFirstPictureIsAsFineAsItIsShownAndNoFiner() {
        try (BrowserContext context = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setDeviceScaleFactor(2)
                        .setIsMobile(true)
                        .setLocale("en-GB"))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            for (String path : List.of(
                    "/", "/o/moonrise", "/p/" + festival.ownedPiece(), "/@ada", "/d/thirty-eaves", "/b/lumen")) {
                page.navigate(festival.url() + path);
                List<?> widths = (List<?>) Objects.requireNonNull(page.evaluate(FIRST_PICTURE));
                double pixels = 2 * ((Number) widths.getFirst()).doubleValue();
                assertThat(((Number) widths.get(1)).doubleValue())
                        .as("%s: a picture that is shown %.0f pixels wide", path, pixels)
                        .isBetween(0.99 * pixels, 1.5 * pixels);
                assertThat(((Number) widths.get(2)).doubleValue())
                        .as("%s: its kilobytes", path)
                        .isLessThan(40);
            }
        }
    }

    @Test
    void whoAsksForACodeTooOftenIsToldHowLongToWait() {
        Browser.NewContextOptions options =
                new Browser.NewContextOptions().setLocale("en-GB").setViewportSize(390, 844);
        try (BrowserContext context = festival.browser().newContext(options)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            tour.tooOften().values().forEach(stop -> assertThat(stop.open(page)).isEmpty());
            assertThat(page.locator("[role=alert]").innerText()).containsPattern("[0-9]+ (minute|second|hour)");
        }
    }

    @Test
    void whoWantsNoMotionSeesNone() {
        String session = walk.session("tour-still@example.com");
        String reveal =
                festival.url() + "/p/" + walk.given("tour-still@example.com", new GiftPolicy.Free()) + "/reveal";
        for (ReducedMotion motion : List.of(ReducedMotion.NO_PREFERENCE, ReducedMotion.REDUCE)) {
            var options =
                    new Browser.NewContextOptions().setStorageState(session).setReducedMotion(motion);
            try (BrowserContext context = festival.browser().newContext(options)) {
                Page page = context.newPage();
                page.navigate(reveal);
                List<?> moving = (List<?>) page.evaluate(MOVES);
                if (motion == ReducedMotion.REDUCE) assertThat(moving).isEmpty();
                else assertThat(moving).as("the wrapping comes off").isNotEmpty();
            }
        }
    }

    @Test
    void everyPageThatThereIsIsLookedAt() {
        List<String> seen = new ArrayList<>();
        Tour.Looks noting = (session, stops) -> stops.values()
                .forEach(stop ->
                        seen.add(stop.address().replace(festival.url(), "").replaceFirst("[?#].*", "")));
        noting.at(null, tour.anybody());
        noting.at(null, tour.asked());
        noting.at(null, tour.own(festival.ownedPiece()));
        noting.at(null, tour.giver());
        noting.at(null, tour.host());
        noting.at(null, tour.unclaimed());
        tour.nobodyRunsIt(noting);
        noting.at(null, signedIn(walk.session("mei@example.com"), tour::desk));
        noting.at(null, signedIn(walk.session("qiu@example.com"), tour::operator));
        seen.addAll(Tour.bought());

        List<String> pages = festival.bean(RequestMappingHandlerMapping.class).getHandlerMethods().entrySet().stream()
                .filter(each -> each.getKey().getMethodsCondition().getMethods().contains(RequestMethod.GET))
                .filter(each -> each.getValue().getMethod().getReturnType() == ModelAndView.class)
                .flatMap(each -> each.getKey().getPatternValues().stream())
                .filter(pattern -> !pattern.startsWith("/demo") && !pattern.endsWith(".pdf"))
                .toList();
        assertThat(pages).hasSizeGreaterThan(80);
        assertThat(pages).containsAll(Tour.PARTS);
        assertThat(pages.stream()
                        .filter(pattern -> !Tour.PARTS.contains(pattern))
                        .filter(pattern -> seen.stream().noneMatch(address -> PathPatternParser.defaultInstance
                                .parse(pattern)
                                .matches(PathContainer.parsePath(address)))))
                .as("pages that nobody looks at: give each a stop on the tour")
                .isEmpty();
    }

    private static Tour.Stops signedIn(String session, Function<Page, Tour.Stops> tour) {
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setStorageState(session))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            return tour.apply(page);
        }
    }

    private static void look(@Nullable String session, Tour.Stops stops) {
        List<String> wrong = new ArrayList<>();
        for (String language : List.of("zh-CN", "en-GB")) {
            var options = new Browser.NewContextOptions()
                    .setViewportSize(WIDTHS.getFirst(), 844)
                    .setLocale(language)
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
                stops.forEach((name, stop) -> {
                    here.clear();
                    String came = stop.open(page);
                    if (!came.isEmpty()) here.add(came);
                    for (Object moving : (List<?>) page.evaluate(MOVES)) here.add("moves: " + moving);
                    page.evaluate(UNSTUCK);
                    for (Object found : (List<?>) page.evaluate(axe)) here.add("by day: " + found);
                    here.addAll(sticksOut(page));
                    // A theme is made of styles alone, so the page that is open changes as a phone's does at sunset.
                    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
                    page.evaluate(TWO_FRAMES);
                    for (Object found : (List<?>) page.evaluate(AXE_OF_COLOURS)) here.add("by night: " + found);
                    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                    for (String each : here) wrong.add(name + " " + language + ": " + each);
                });
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
