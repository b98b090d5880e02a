package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every page of the journey, and of the desk behind it, as a visitor sees it: on a phone and on a desktop, in both languages, by
 * day and by night. {@code ./vitrine screenshots} puts them into a folder with a contact sheet, and makes the README's picture.
 */
@Tag("screenshots")
class ScreenshotsTest {

    private static final String BUYER = "visitor@example.com";
    private static final String MOONRISE = "月升";

    /** One way of looking. */
    private record Look(String device, int width, int height, String language, ColorScheme light) {
        String name() {
            return device + "-" + language.substring(0, 2) + "-" + light.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final List<Look> LOOKS = looks();

    private static List<Look> looks() {
        List<Look> looks = new ArrayList<>();
        for (String language : List.of("zh-CN", "en-GB")) {
            for (ColorScheme light : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                looks.add(new Look("phone", 390, 844, language, light));
                looks.add(new Look("desktop", 1280, 800, language, light));
            }
        }
        return looks;
    }

    private final Path folder = Path.of(
                    Optional.ofNullable(System.getenv("VITRINE_SCREENSHOTS")).orElse("target/screenshots"))
            .toAbsolutePath();
    private final Map<String, List<String>> taken = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();

    @Test
    void everyPageOfTheJourneyIsPictured() throws IOException {
        Files.createDirectories(folder);
        try (Festival festival = Festival.open();
                BrowserContext buyer = context(festival, LOOKS.getFirst(), null)) {
            Walk walk = new Walk(festival);
            Page page = buyer.newPage();
            page.setDefaultTimeout(60_000);
            String order = walk.buy(page, BUYER, "");
            String gift = walk.giftIn(page, BUYER, MOONRISE);
            page.navigate(festival.url() + "/demo/mail");
            String letter = page.locator("a[href^='/demo/mail/']").first().getAttribute("href");
            Tour tour = new Tour(festival);
            Tour.Looks looks = (session, stops) -> look(festival, session, stops);
            looks.at(
                    null,
                    tour.anybody()
                            .at("04-shop", festival.sandboxUrl() + "/shops/lumen")
                            .at("04-shop-order", order)
                            .at("05-mail", festival.url() + "/demo/mail")
                            .at("05-mail-as-mail", festival.url() + letter)
                            .at("05-gift-announced", gift));
            looks.at(walk.asked("tour-asked@example.com"), tour.asked());
            looks.at(null, tour.refusals());
            looks.at(walk.session("tour-room@example.com"), tour.host());
            Tour.Opened opened = tour.opened();
            looks.at(opened.session(), tour.unclaimed());
            looks.at(null, opened.elsewhere());
            looks.at(walk.session("tour-giver@example.com"), tour.giver());
            tour.buying("wei@example.com", looks);
            walk.deliver(page, order);
            walk.moveClock(page, 14);
            Festival.waitFor("the gift to be ready", () -> {
                page.navigate(gift);
                return page.locator("form[action^='/g/'] button").count() > 0;
            });
            looks.at(null, new Tour.Stops().at("06-gift-ready", gift));
            forReadme(festival, "zone", festival.url() + "/");
            forReadme(festival, "gift", gift);
            walk.openGift(page, gift);
            looks.at(buyer.storageState(), new Tour.Stops().at("07-gift-opened", page.url()));
            String piece = walk.signInToKeep(page, BUYER);
            page.waitForLoadState(LoadState.NETWORKIDLE);
            looks.at(buyer.storageState(), tour.own(piece));

            for (String who : List.of("mei@example.com", "qiu@example.com")) {
                String session = walk.session(who);
                try (BrowserContext desk = context(festival, LOOKS.getFirst(), session)) {
                    Page staff = desk.newPage();
                    staff.setDefaultTimeout(60_000);
                    looks.at(session, who.startsWith("mei") ? tour.desk(staff) : tour.operator(staff));
                }
            }
            verified(festival, piece);
            looks.at(null, mails(festival, page));
            Tour.Stops words = new Tour.Stops();
            MailKinds.pages(folder).forEach(words::at);
            looks.at(null, words);
            contactSheet();
            forReadme(festival, "certificate", festival.url() + "/c/" + piece);
            readmePicture(festival);
        }
        assertThat(wrong).as("pages that did not come").isEmpty();
        assertThat(taken.values()).isNotEmpty().allMatch(pictures -> pictures.size() == LOOKS.size());
    }

    /** One mail of each kind that the walk brought about: its subject without names and numbers says which. */
    private static Tour.Stops mails(Festival festival, Page page) {
        page.navigate(festival.url() + "/demo/mail");
        Map<String, String> byKind = new LinkedHashMap<>();
        for (Locator letter :
                page.locator("article.letter:has(a[href^='/demo/mail/'])").all()) {
            String kind = letter.locator("h2").innerText().replaceAll("「[^」]*」|“[^”]*”|[#№]?\\s*[0-9]+", "…");
            byKind.putIfAbsent(
                    kind,
                    festival.url() + letter.locator("a[href^='/demo/mail/']").getAttribute("href"));
        }
        Tour.Stops stops = new Tour.Stops();
        byKind.values().forEach(address -> stops.at("30-mail-%02d".formatted(stops.size() + 1), address));
        return stops;
    }

    /** What the verifier says of a certificate, by the key that the person has from elsewhere. */
    private void verified(Festival festival, String piece) {
        for (Look look : LOOKS) {
            try (BrowserContext context = context(festival, look, null)) {
                Page page = context.newPage();
                page.setDefaultTimeout(60_000);
                byte[] certificate = page.request()
                        .get(festival.url() + "/c/" + piece + "/certificate.json")
                        .body();
                String key = page.request().get(festival.url() + "/log/key").text();
                page.navigate(festival.url() + "/verify");
                page.setInputFiles("#vf-file", new FilePayload("certificate.json", "application/json", certificate));
                page.fill("#vf-key", key.strip());
                page.locator("[data-outcome=valid]").waitFor();
                take(page, "11-verify-valid", look);
            }
        }
    }

    private void take(Page page, String name, Look look) {
        String file = name + "-" + look.name() + ".jpg";
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(folder.resolve(file))
                .setType(ScreenshotType.JPEG)
                .setQuality(80)
                .setFullPage(true));
        taken.computeIfAbsent(name, n -> new ArrayList<>()).add(file);
    }

    /** @param session cookies of somebody who is signed in; null: nobody is */
    private void look(Festival festival, @Nullable String session, Tour.Stops stops) {
        for (Look look : LOOKS) {
            try (BrowserContext context = context(festival, look, session)) {
                Page page = context.newPage();
                page.setDefaultTimeout(60_000);
                stops.forEach((name, stop) -> {
                    String came = stop.in(look.language.substring(0, 2)).open(page);
                    if (!came.isEmpty()) wrong.add(name + " " + stop.address() + " " + came);
                    page.evaluate("""
                            () => Promise.all([...document.images].map(i => {
                                i.loading = 'eager';
                                return i.decode().catch(() => null);
                            }))
                            """);
                    page.waitForLoadState(LoadState.NETWORKIDLE);
                    take(page, name, look);
                });
            }
        }
    }

    private static BrowserContext context(Festival festival, Look look, @Nullable String session) {
        var options = new Browser.NewContextOptions()
                .setViewportSize(look.width, look.height)
                .setLocale(look.language)
                .setColorScheme(look.light)
                .setReducedMotion(ReducedMotion.REDUCE);
        if (session != null) options.setStorageState(session);
        return festival.browser().newContext(options);
    }

    private void contactSheet() throws IOException {
        StringBuilder rows = new StringBuilder();
        taken.forEach((name, files) -> {
            rows.append("<h2>").append(name.substring(3).replace('-', ' ')).append("</h2>\n<div>\n");
            for (String file : files) {
                String look = file.substring(name.length() + 1, file.length() - 4);
                rows.append(
                        "<figure><a href=\"%s\"><img class=\"%s\" src=\"%s\" loading=\"lazy\" alt=\"\"></a><figcaption>%s</figcaption></figure>\n"
                                .formatted(file, look.startsWith("desktop") ? "desktop" : "phone", file, look));
            }
            rows.append("</div>\n");
        });
        Files.writeString(folder.resolve("index.html"), """
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Vitrine, page by page</title>
                <style>
                body{font:14px/1.4 system-ui,sans-serif;margin:24px;background:#f4f3f0;color:#222}
                div{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}
                figure{margin:0} img{height:300px;width:140px;object-fit:cover;object-position:top;border:1px solid #ccc} img.desktop{width:440px}
                figcaption{color:#666;font-size:12px}
                </style>
                <h1>Vitrine, page by page</h1>
                %s
                </html>
                """.formatted(rows));
    }

    private void forReadme(Festival festival, String name, String address) {
        try (BrowserContext context =
                context(festival, new Look("phone", 390, 844, "en-GB", ColorScheme.LIGHT), null)) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(address);
            page.waitForLoadState(LoadState.NETWORKIDLE);
            page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve("readme-" + name + ".png")));
        }
    }

    /** Three pages side by side, as a phone shows them. */
    private void readmePicture(Festival festival) throws IOException {
        StringBuilder images = new StringBuilder();
        for (String name : List.of("zone", "gift", "certificate")) {
            images.append("<img src=\"readme-%s.png\">".formatted(name));
        }
        Path sheet = folder.resolve("readme.html");
        Files.writeString(sheet, """
                <!doctype html><meta charset="utf-8"><style>
                body{margin:0;padding:24px;display:flex;gap:24px;background:#e9e6e0}
                img{width:390px;height:844px;border-radius:24px;box-shadow:0 6px 24px #0003}
                </style>%s
                """.formatted(images));
        try (BrowserContext context =
                festival.browser().newContext(new Browser.NewContextOptions().setViewportSize(1266, 892))) {
            Page page = context.newPage();
            page.navigate(sheet.toUri().toString());
            page.waitForLoadState(LoadState.NETWORKIDLE);
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("../docs/pictures/zone.png")));
        }
    }
}
