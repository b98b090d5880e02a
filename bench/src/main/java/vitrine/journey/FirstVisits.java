package vitrine.journey;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a first visit to each of eight pages of the demo costs on a throttled phone: 4x slower processor, 1.6 Mbit/s, 150 ms, nothing
 * cached. Bytes are those on the wire, compressed, with headers.
 */
public final class FirstVisits {
    private static final int VISITS = 5;
    private static final double BYTES_PER_SECOND = 1.6e6 / 8;
    private static final Set<String> WITHOUT_A_TAP = Set.of("Document", "Stylesheet", "Script");
    private static final String WATCH = """
            window.seen = {lcp: 0, hero: '', cls: 0, what: ''}
            new PerformanceObserver(list => { for (const e of list.getEntries()) {
              seen.lcp = e.startTime; seen.hero = e.url || ''; seen.what = e.element ? e.element.outerHTML.slice(0, 80) : '' } })
              .observe({type: 'largest-contentful-paint', buffered: true})
            new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value })
              .observe({type: 'layout-shift', buffered: true})""";

    private FirstVisits() {}

    /** @param heroKb of the picture that is the largest content; 0 where that is text */
    private record Visit(double kb, double heroKb, double lcpMs, double cls, String what) {}

    /** Says a line for each page, and the worst of them. */
    public static void measure(Consumer<String> out) throws IOException {
        try (Festival festival = Festival.open()) {
            double kb = 0;
            double heroKb = 0;
            double lcp = 0;
            double cls = 0;
            // The first visit that is measured is the browser's; the server has just opened, and compiles.
            for (String path : pages(festival).values()) visit(festival, festival.url() + path);
            for (var page : pages(festival).entrySet()) {
                Visit[] visits = new Visit[VISITS];
                for (int i = 0; i < VISITS; i++) visits[i] = visit(festival, festival.url() + page.getValue());
                Arrays.sort(visits, Comparator.comparingDouble(Visit::lcpMs));
                Visit median = visits[VISITS / 2];
                double moved =
                        Arrays.stream(visits).mapToDouble(Visit::cls).max().orElse(0);
                out.accept("%s: lcp_ms %.0f, first_visit_kb %.1f, hero_kb %.1f, cls %.3f, largest %s"
                        .formatted(page.getKey(), median.lcpMs, median.kb, median.heroKb, moved, median.what));
                kb = Math.max(kb, median.kb);
                heroKb = Math.max(heroKb, median.heroKb);
                lcp = Math.max(lcp, median.lcpMs);
                cls = Math.max(cls, moved);
            }
            out.accept(String.format(Locale.ROOT, "first_visit_kb: %.1f", kb));
            out.accept(String.format(Locale.ROOT, "hero_kb: %.1f", heroKb));
            out.accept(String.format(Locale.ROOT, "lcp_ms: %.0f", lcp));
            out.accept(String.format(Locale.ROOT, "cls: %.3f", cls));
        }
    }

    private static Map<String, String> pages(Festival festival) {
        String piece = festival.ownedPiece();
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("zone", "/");
        pages.put("brand", "/b/lumen");
        pages.put("collectible", "/o/moonrise");
        pages.put("campaigns", "/campaigns");
        pages.put("piece", "/p/" + piece);
        pages.put("certificate", "/c/" + piece);
        pages.put("showroom", "/@ada");
        pages.put("drop", "/d/thirty-eaves");
        return pages;
    }

    private static Visit visit(Festival festival, String address) {
        try (BrowserContext context = festival.browser()
                        .newContext(new Browser.NewContextOptions()
                                .setViewportSize(390, 844)
                                .setDeviceScaleFactor(2)
                                .setIsMobile(true)
                                .setHasTouch(true)
                                .setLocale("zh-CN"));
                Page page = context.newPage()) {
            page.setDefaultTimeout(60_000);
            CDPSession wire = context.newCDPSession(page);
            Map<String, String> types = new HashMap<>();
            Map<String, String> addresses = new HashMap<>();
            Map<String, Double> bytes = new HashMap<>();
            wire.on("Network.responseReceived", event -> {
                String id = event.get("requestId").getAsString();
                types.put(id, event.get("type").getAsString());
                addresses.put(event.getAsJsonObject("response").get("url").getAsString(), id);
            });
            wire.on(
                    "Network.loadingFinished",
                    event -> bytes.put(
                            event.get("requestId").getAsString(),
                            event.get("encodedDataLength").getAsDouble()));
            wire.send("Network.enable");
            var slow = new JsonObject();
            slow.addProperty("offline", false);
            slow.addProperty("latency", 150);
            slow.addProperty("downloadThroughput", BYTES_PER_SECOND);
            slow.addProperty("uploadThroughput", BYTES_PER_SECOND);
            wire.send("Network.emulateNetworkConditions", slow);
            var rate = new JsonObject();
            rate.addProperty("rate", 4);
            wire.send("Emulation.setCPUThrottlingRate", rate);
            page.addInitScript(WATCH);
            page.navigate(address);
            page.waitForLoadState(LoadState.NETWORKIDLE);
            Map<?, ?> seen = (Map<?, ?>) Objects.requireNonNull(page.evaluate("seen"));
            double kb = 0;
            for (var each : bytes.entrySet()) {
                if (WITHOUT_A_TAP.contains(types.getOrDefault(each.getKey(), ""))) kb += each.getValue() / 1000;
            }
            String hero = addresses.get(String.valueOf(seen.get("hero")));
            return new Visit(
                    kb,
                    hero == null ? 0 : bytes.getOrDefault(hero, 0.0) / 1000,
                    number(seen.get("lcp")),
                    number(seen.get("cls")),
                    String.valueOf(seen.get("what")));
        }
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }
}
