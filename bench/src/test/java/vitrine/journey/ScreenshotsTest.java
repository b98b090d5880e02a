package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotType;
import com.microsoft.playwright.options.SelectOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
            Map<String, String> open = open(festival, order, gift);
            open.put("05-mail-as-mail", festival.url() + letter);
            look(festival, null, open);

            bought(festival, walk);
            walk.deliver(page, order);
            walk.moveClock(page, 14);
            Festival.waitFor("the gift to be ready", () -> {
                page.navigate(gift);
                return page.locator("form[action^='/g/'] button").count() > 0;
            });
            look(festival, null, Map.of("06-gift-ready", gift));
            forReadme(festival, "zone", festival.url() + "/");
            forReadme(festival, "gift", gift);
            walk.openGift(page, gift);
            look(festival, buyer.storageState(), Map.of("07-gift-opened", page.url()));
            String piece = walk.signInToKeep(page, BUYER);
            page.waitForLoadState(LoadState.NETWORKIDLE);
            look(festival, buyer.storageState(), own(festival, piece));

            try (BrowserContext desk = context(festival, LOOKS.getFirst(), null)) {
                Page staff = desk.newPage();
                staff.setDefaultTimeout(60_000);
                staff.navigate(festival.url() + "/sign-in");
                walk.enterCode(staff, "mei@example.com");
                staff.waitForURL(url -> !url.contains("/sign-in"));
                look(festival, desk.storageState(), desk(festival, staff));
            }
            look(festival, walk.session("qiu@example.com"), operatorsDesk(festival));
            verified(festival, piece);
            look(festival, null, mails(festival, page));
            look(festival, null, MailKinds.pages(folder));
            contactSheet();
            forReadme(festival, "certificate", festival.url() + "/c/" + piece);
            readmePicture(festival);
        }
        assertThat(wrong).as("pages that did not come").isEmpty();
        assertThat(taken.values()).isNotEmpty().allMatch(pictures -> pictures.size() == LOOKS.size());
    }

    /** A piece of the drop with a price: before, while and after it is paid, and what it brings besides. */
    private void bought(Festival festival, Walk walk) {
        String session = walk.session("wei@example.com");
        try (BrowserContext buyer = context(festival, LOOKS.getFirst(), session)) {
            Page page = buyer.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/d/paper-and-ink");
            page.locator("form[data-claim] button").click();
            page.waitForURL(url -> url.contains("/pay/"));
            String pay = page.url();
            look(festival, session, Map.of("14-pay-how", pay));
            page.locator("button[value=wechat-native]").click();
            page.locator(".pay__code svg").waitFor();
            look(festival, session, Map.of("14-pay-under-way", pay));
            Festival.waitFor("the card to be begun", () -> {
                page.navigate(pay);
                page.locator("button[value=stripe-card]").click();
                return page.locator("a.drop__act").count() == 1;
            });
            page.locator("a.drop__act").click();
            page.locator("form[action$='/pay'] button").click();
            page.locator("a.btn--main").click();
            page.locator("[data-state=sold]").waitFor();
            Map<String, String> after = new LinkedHashMap<>();
            after.put("14-pay-sold", pay);
            after.put("14-pay-withdraw", pay + "/withdraw");
            after.put("14-pay-orders", festival.url() + "/me/orders");
            String piece =
                    "/p/paper-tiger-" + page.locator("main").innerText().replaceAll("(?s)^.*№ ([0-9]+).*$", "$1");
            Festival.waitFor(
                    "the piece to be granted",
                    () -> java.util.Objects.requireNonNull(page.navigate(festival.url() + piece))
                                    .status()
                            == 200);
            after.put("14-pay-piece", festival.url() + piece);
            after.put("14-pay-redeem", festival.url() + piece.replace("/p/", "/me/redeem/"));
            look(festival, session, after);
        }
    }

    /** One mail of each kind that the walk brought about: its subject without names and numbers says which. */
    private static Map<String, String> mails(Festival festival, Page page) {
        page.navigate(festival.url() + "/demo/mail");
        Map<String, String> byKind = new LinkedHashMap<>();
        for (Locator letter :
                page.locator("article.letter:has(a[href^='/demo/mail/'])").all()) {
            String kind = letter.locator("h2").innerText().replaceAll("「[^」]*」|“[^”]*”|[#№]?\\s*[0-9]+", "…");
            byKind.putIfAbsent(
                    kind,
                    festival.url() + letter.locator("a[href^='/demo/mail/']").getAttribute("href"));
        }
        Map<String, String> pages = new LinkedHashMap<>();
        byKind.values().forEach(address -> pages.put("30-mail-%02d".formatted(pages.size() + 1), address));
        return pages;
    }

    private static Map<String, String> open(Festival festival, String order, String gift) {
        Map<String, String> pages = new LinkedHashMap<>(publicPages(festival));
        pages.put("04-shop", festival.sandboxUrl() + "/shops/lumen");
        pages.put("04-shop-order", order);
        pages.put("05-mail", festival.url() + "/demo/mail");
        pages.put("05-gift-announced", gift);
        return pages;
    }

    /** What anybody may open, whatever has happened. */
    static Map<String, String> publicPages(Festival festival) {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("01-zone", festival.url() + "/");
        pages.put("02-brands", festival.url() + "/brands");
        pages.put("02-brand", festival.url() + "/b/lumen");
        pages.put("02-brand-series", festival.url() + "/b/lumen/series/lumen-1");
        pages.put("02-campaigns", festival.url() + "/campaigns");
        pages.put("02-campaign", festival.url() + "/campaigns/forty-doors");
        pages.put("02-calendar", festival.url() + "/calendar");
        pages.put("02-creators", festival.url() + "/creators");
        pages.put("02-creator", festival.url() + "/creators/vesper");
        pages.put("02-search", festival.url() + "/search?q=%E7%81%AF");
        pages.put("02-exhibition-of-fifteen", festival.url() + "/x/where-the-lamp-reaches");
        pages.put("02-exhibition-with-a-host", festival.url() + "/x/hour-after-sunset");
        pages.put("02-picture-passed-on", festival.url() + "/x/where-the-lamp-reaches/paper-crane");
        pages.put("02-apply", festival.url() + "/apply");
        pages.put("02-badge", festival.url() + "/badge/en/lumen/LUM-PEND");
        pages.put("02-badge-in-chinese", festival.url() + "/badge/zh/lumen/LUM-PEND");
        pages.put("03-drop-announced", festival.url() + "/d/thirty-eaves");
        pages.put("03-drop-open", festival.url() + "/d/with-the-wind");
        pages.put("03-drop-choose", festival.url() + "/d/your-day");
        pages.put("03-drop-with-code", festival.url() + "/d/by-lamplight?code=7F3K-92QX-0BZM-HT4A");
        pages.put("03-drop-queue", festival.url() + "/d/the-last-tram");
        pages.put("03-drop-window", festival.url() + "/d/passing-through");
        pages.put("03-collectible", festival.url() + "/o/moonrise");
        pages.put("05-pickup", festival.url() + "/pickup");
        pages.put("05-sign-in", festival.url() + "/sign-in");
        pages.put("05-sign-in-recovery", festival.url() + "/sign-in/recovery");
        pages.put("12-records", festival.url() + "/records");
        pages.put("12-record", festival.url() + "/records/100");
        pages.put("13-offline", festival.url() + "/offline");
        pages.put("12-checkpoints", festival.url() + "/records/checkpoints");
        return pages;
    }

    static Map<String, String> own(Festival festival, String piece) {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("08-piece", festival.url() + "/p/" + piece);
        pages.put("09-certificate", festival.url() + "/c/" + piece);
        pages.put("10-showroom", festival.url() + "/me");
        pages.put("10-orders-and-gifts", festival.url() + "/me/orders");
        pages.put("10-showroom-arrange", festival.url() + "/me/room");
        pages.put("10-account", festival.url() + "/me/account");
        pages.put("10-account-leave", festival.url() + "/me/account/leave");
        pages.put("10-account-left", festival.url() + "/left?how=erased");
        pages.put("10-following", festival.url() + "/me/following");
        pages.put("10-data", festival.url() + "/me/data");
        pages.put("10-poster", festival.url() + "/me/pieces/" + piece + "/poster");
        pages.put("10-give", festival.url() + "/me/give/" + piece);
        pages.put("11-verify", festival.url() + "/verify");
        return pages;
    }

    static Map<String, String> desk(Festival festival, Page staff) {
        Map<String, String> pages = new LinkedHashMap<>();
        String desk = festival.url() + "/desk/lumen";
        pages.put("20-desk", desk);
        pages.put("21-desk-new-campaign", desk + "/new-campaign");
        pages.put("21-desk-campaign-report", desk + "/campaigns/moonrise-nights/report");
        for (String room : List.of(
                "deliveries",
                "orders",
                "money",
                "money/statement",
                "redemptions",
                "shops",
                "campaigns",
                "catalogue",
                "gallery",
                "exhibitions",
                "drops",
                "airdrops",
                "entitlements",
                "pieces",
                "people",
                "members",
                "messages",
                "bulk",
                "team",
                "keys",
                "webhooks",
                "profile",
                "audit")) {
            pages.put("21-desk-" + room.replace('/', '-'), desk + "/" + room);
        }
        for (String act : List.of("amend", "supply")) {
            pages.put("22-desk-catalogue-" + act, desk + "/catalogue/moonrise/" + act);
        }
        for (String room : List.of("shops", "campaigns", "catalogue", "drops", "entitlements", "people")) {
            staff.navigate(desk + "/" + room);
            var first =
                    staff.locator("main a[href^='/desk/lumen/" + room + "/']").first();
            if (first.count() > 0) pages.put("22-desk-" + room + "-one", festival.url() + first.getAttribute("href"));
        }
        pages.putAll(guests(desk, staff));
        // Written and chosen, and neither sent nor begun.
        staff.navigate(desk + "/messages");
        staff.locator("main form button").click();
        staff.waitForURL(url -> url.contains("/messages/"));
        pages.put("22-desk-messages-one", staff.url());
        staff.navigate(desk + "/entitlements");
        staff.locator("input[name='row']").first().check();
        staff.locator("button[value='withdraw']").click();
        staff.waitForURL(url -> url.contains("/bulk/"));
        pages.put("22-desk-bulk-one", staff.url());
        return pages;
    }

    /** The list of a plan that nobody has published, and a file that was read for it. */
    static Map<String, String> guests(String desk, Page staff) {
        staff.navigate(desk + "/drops");
        staff.locator("#nameZh").fill("名单上的人");
        staff.locator("#nameEn").fill("Those on the list");
        staff.locator("#slug").fill("those-on-the-list");
        staff.locator("#s0-collectible").selectOption(new SelectOption().setIndex(1));
        staff.locator("#s0-entry").selectOption("list");
        staff.locator("button[value='save']").click();
        staff.waitForLoadState();
        staff.navigate(desk + "/drops/those-on-the-list"); // it may be there already
        staff.locator("main a[href*='/guests/']").click();
        staff.waitForURL(url -> url.contains("/guests/"));
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("22-desk-drops-list", staff.url());
        staff.locator("#file")
                .setInputFiles(new FilePayload(
                        "guests.csv",
                        "text/csv",
                        "name,\nada@example.com,\nbo@example.com,\nbo@example.com,\n@nobody,\n"
                                .getBytes(StandardCharsets.UTF_8)));
        String list = staff.url();
        staff.locator("form[enctype] button").click();
        staff.waitForURL(url -> url.startsWith(list + "/"));
        pages.put("22-desk-drops-list-file", staff.url());
        return pages;
    }

    /** What the one who runs the place has besides. */
    static Map<String, String> operatorsDesk(Festival festival) {
        Map<String, String> pages = new LinkedHashMap<>();
        String desk = festival.url() + "/desk/isle";
        pages.put("23-desk-of-operator", desk);
        for (String room : List.of("log", "applications", "aside", "audit", "team")) {
            pages.put("23-desk-of-operator-" + room, desk + "/" + room);
        }
        pages.put("23-desk-of-operator-line", festival.url() + "/desk/line9/drops/the-last-tram/line");
        pages.put("23-desk-of-operator-rehearsal", festival.url() + "/desk/line9/drops/the-last-tram/rehearsal");
        return pages;
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
    private void look(Festival festival, @Nullable String session, Map<String, String> pages) {
        for (Look look : LOOKS) {
            try (BrowserContext context = context(festival, look, session)) {
                Page page = context.newPage();
                page.setDefaultTimeout(60_000);
                pages.forEach((name, where) -> {
                    String address = where.replace("LANG", look.language.substring(0, 2));
                    Response answer = page.navigate(address);
                    if (answer == null || answer.status() >= 400) {
                        wrong.add(name + " " + address + " " + (answer == null ? "" : answer.status()));
                    }
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
