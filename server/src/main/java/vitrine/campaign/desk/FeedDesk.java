package vitrine.campaign.desk;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.web.OnSale;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.shop.Feeds;
import vitrine.shop.Shop;
import vitrine.shop.Shops;

/** A shop's product feed: where it is read, a file in its place, what came of the last reading, and which rows were not taken. */
@Controller
@Requires(Permission.SEE)
public class FeedDesk {

    private static final int GOODS = 12;

    private final Desks desks;
    private final Shops shops;
    private final Feeds feeds;
    private final OnSale onSale;

    FeedDesk(Desks desks, Shops shops, Feeds feeds, OnSale onSale) {
        this.desks = desks;
        this.shops = shops;
        this.feeds = feeds;
        this.onSale = onSale;
    }

    /** A row that was not taken, in words. */
    public record Row(int line, String item, String why) {}

    /**
     * @param state null: the shop has no feed
     * @param url as it was typed, or as it is
     * @param failed why the last reading took nothing, in words; null: it did
     * @param goods the first of what was read, as visitors see it
     */
    public record Feed(
            Shop shop,
            Feeds.@Nullable State state,
            String url,
            @Nullable String failed,
            List<OnSale.Good> goods,
            List<Row> rows,
            @Nullable String refusal) {

        public boolean isReading() {
            return state != null && state.reading();
        }
    }

    @GetMapping("/desk/{brand}/shops/{source}/{slug}/feed")
    ModelAndView feed(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String refused,
            Texts t) {
        Shop shop = find(brand, source, slug);
        String refusal = Uploads.TOO_LARGE.equals(refused)
                ? t.get("media.request-too-large", CatalogueDesk.megabytes(Uploads.BYTES_MAX))
                : null;
        return Desks.page("feed", desks.of(brand, said), shown(shop, null, refusal, t));
    }

    private Feed shown(Shop shop, @Nullable String typed, @Nullable String refusal, Texts t) {
        Feeds.State state = feeds.of(shop.brand(), shop.id()).orElse(null);
        String url = state == null || state.url() == null ? "" : state.url();
        return new Feed(
                shop,
                state,
                typed != null ? typed : url,
                state == null || state.failed() == null ? null : words(state.failed(), state.line(), t),
                state == null || state.reading() ? List.of() : onSale.listed(shop.brand(), shop.id(), t.now(), GOODS),
                state == null
                        ? List.of()
                        : state.refusals().stream()
                                .map(row -> new Row(row.line(), row.item(), t.get(row.code(), t.quoted(row.got()))))
                                .toList(),
                refusal);
    }

    private static String words(String code, int line, Texts t) {
        String said = code.startsWith("feed.status-")
                ? t.get("feed.status", code.substring("feed.status-".length()))
                : t.get(code);
        return line == 0 ? said : t.get("feed.at-line", said, line);
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}/feed")
    @Requires(Permission.SHOPS)
    ModelAndView readFrom(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String url,
            Texts t) {
        Shop shop = find(brand, source, slug);
        String typed = url.strip();
        String flaw = desks.inOneTransaction(() -> {
            String found = feeds.readFrom(brand, shop.id(), typed);
            if (found != null) return found;
            desks.note(brand, "shop.feed-changed", source + "/" + slug, Json.object("feed", Json.of(!typed.isEmpty())));
            return "";
        });
        if (flaw.isEmpty()) return to(brand, shop, typed.isEmpty() ? "feed-gone" : "feed-reading");
        return Desks.page(
                "feed",
                desks.of(brand, null),
                shown(shop, typed, words(flaw, 0, t), t),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}/feed/read")
    @Requires(Permission.SHOPS)
    ModelAndView readNow(@PathVariable BrandId brand, @PathVariable String source, @PathVariable String slug) {
        Shop shop = find(brand, source, slug);
        desks.audited(brand, "shop.feed-read", source + "/" + slug, Json.object(), () -> {
            feeds.readNow(brand, shop.id());
            return true;
        });
        return to(brand, shop, "feed-reading");
    }

    @PostMapping("/desk/{brand}/shops/{source}/{slug}/feed/file")
    @Requires(Permission.SHOPS)
    ModelAndView take(
            @PathVariable BrandId brand,
            @PathVariable String source,
            @PathVariable String slug,
            @RequestParam(name = "file", required = false) @Nullable MultipartFile file,
            Texts t)
            throws IOException {
        Shop shop = find(brand, source, slug);
        if (file == null || file.isEmpty()) {
            return Desks.page(
                    "feed",
                    desks.of(brand, null),
                    shown(shop, null, t.get("feed.empty"), t),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        try (InputStream in = file.getInputStream()) {
            feeds.take(brand, shop.id(), in);
        }
        desks.audited(brand, "shop.feed-sent", source + "/" + slug, Json.object(), () -> true);
        return to(brand, shop, null);
    }

    private ModelAndView to(BrandId brand, Shop shop, @Nullable String said) {
        String page = desks.of(brand, null).path("shops/" + shop.source() + "/" + shop.slug() + "/feed");
        return Desks.to(said == null ? page : page + "?said=" + said);
    }

    private Shop find(BrandId brand, String source, String slug) {
        return shops.find(source, slug).filter(s -> s.brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
