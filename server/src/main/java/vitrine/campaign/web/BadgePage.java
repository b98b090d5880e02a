package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import vitrine.campaign.Words;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BusinessClock;
import vitrine.platform.web.Assets;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Language;
import vitrine.platform.web.PageViews;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.shop.Goods;
import vitrine.shop.OrderLine;

/**
 * What an order of one product earns, for the shop's own product page. It is the same for everybody: no cookie is read or set, no
 * script runs in it, and the page around it is not told to us.
 */
@Controller
public class BadgePage {

    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final int WORD_MAX = 120;

    private final Catalog catalog;
    private final Goods goods;
    private final OnSale onSale;
    private final Exhibits exhibits;
    private final PageViews pages;
    private final Heres heres;
    private final Assets assets;
    private final BusinessClock clock;

    BadgePage(
            Catalog catalog,
            Goods goods,
            OnSale onSale,
            Exhibits exhibits,
            PageViews pages,
            Heres heres,
            Assets assets,
            BusinessClock clock) {
        this.catalog = catalog;
        this.goods = goods;
        this.onSale = onSale;
        this.exhibits = exhibits;
        this.pages = pages;
        this.heres = heres;
        this.assets = assets;
        this.clock = clock;
    }

    /**
     * @param title what it earns, or counts towards; null: nothing now
     * @param say the offer in one sentence
     */
    public record Badge(
            @Nullable String title,
            String say,
            int more,
            @Nullable String url,
            @Nullable Picture picture) {}

    /**
     * @param inPath the SKU, as older frames have it; one with a slash in it never comes this way
     * @param asked the SKU or the shop's id of the product, whatever letters it has: {@code A/1}, {@code gid://shopify/ProductVariant/1}
     * @param category and {@code vendor}: as the shop's own page knows them; else as its orders told, where one was ordered before
     * @param as {@code json}: only the sentence, for the script that decides whether to show a frame at all
     */
    @GetMapping({"/badge/{language}/{brand}", "/badge/{language}/{brand}/{inPath}"})
    ResponseEntity<byte[]> badge(
            @PathVariable String language,
            @PathVariable String brand,
            @PathVariable(required = false) @Nullable String inPath,
            @RequestParam(name = "sku", required = false) @Nullable String asked,
            @RequestParam(defaultValue = "") String category,
            @RequestParam(defaultValue = "") String vendor,
            @RequestParam(defaultValue = "") String as,
            HttpServletResponse response) {
        Language spoken = Language.named(language);
        String sku = inPath == null ? asked : inPath;
        if (spoken == null
                || sku == null
                || sku.length() > WORD_MAX
                || category.length() > WORD_MAX
                || vendor.length() > WORD_MAX) {
            throw Refused.notFound();
        }
        Brand shops = catalog.brand(brand).orElseThrow(Refused::notFound);
        Texts t = heres.texts(spoken);
        Badge badge = badge(t, earned(shops, sku, category, vendor));
        String title = badge.title() == null ? "" : badge.title();
        boolean json = as.equals("json");
        byte[] body = json
                ? Json.object("title", Json.of(title)).bytes()
                : pages.text("badge", Map.of("t", t, "style", assets.url("badge.css"), "it", badge))
                        .getBytes(StandardCharsets.UTF_8);
        // Set, not added: a browser obeys every policy that it is given, and the pages' own forbids frames.
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Access-Control-Allow-Origin", "*");
        response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
        return ResponseEntity.ok()
                .contentType(json ? MediaType.APPLICATION_JSON : new MediaType("text", "html", StandardCharsets.UTF_8))
                .cacheControl(CacheControl.maxAge(KEPT).cachePublic())
                .eTag(CalendarText.etag(body))
                .body(body);
    }

    /** Under a name that a shop's template may hold for years. */
    @GetMapping("/badge.js")
    ResponseEntity<byte[]> script(HttpServletResponse response) {
        byte[] body = assets.content("badge.js");
        response.setHeader("Access-Control-Allow-Origin", "*");
        response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "javascript", StandardCharsets.UTF_8))
                .cacheControl(CacheControl.maxAge(Duration.ofHours(1)).cachePublic())
                .eTag(CalendarText.etag(body))
                .body(body);
    }

    private List<OnSale.Earned> earned(Brand shops, String sku, String category, String vendor) {
        Optional<Goods.Good> known = goods.find(shops.id(), sku);
        OrderLine told =
                known.map(Goods.Good::asLine).orElse(new OrderLine("", sku, sku, "", "", "", 1, 0, 0, 0, null));
        OrderLine line = new OrderLine(
                "",
                told.sku(),
                told.product(),
                told.title(),
                category.isEmpty() ? told.category() : category,
                vendor.isEmpty() ? told.vendor() : vendor,
                1,
                0,
                0,
                0,
                null);
        return onSale.earned(shops.id(), line, clock.now());
    }

    private Badge badge(Texts t, List<OnSale.Earned> earned) {
        if (earned.isEmpty()) return new Badge(null, "", 0, null, null);
        var first = earned.getFirst();
        var id = catalog.collectible(first.slug()).map(c -> c.id());
        return new Badge(
                t.get(first.atOnce() ? "badge.earns" : "badge.counts", t.of(first.name())),
                Words.offer(t, first.offer(), first.name(), first.titles()),
                earned.size() - 1,
                heres.baseUrl() + first.href(),
                exhibits.of(id.<List<CollectibleId>>map(List::of).orElse(List.of())).stream()
                        .findFirst()
                        .map(e -> e.picture(t))
                        .orElse(null));
    }
}
