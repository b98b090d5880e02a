package vitrine.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Exhibitions;
import vitrine.campaign.Hotspots;
import vitrine.campaign.ShelfPlaces;
import vitrine.campaign.ShelfPlaces.Place;
import vitrine.campaign.ShelfPlaces.Shelf;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.shop.Feeds;
import vitrine.shop.Goods;
import vitrine.shop.Shops;

/** Hangs the festival's gallery as the house's staff would: shelves, the museum, a wall of fifteen brands, an exhibition with a host. */
@Component
class DemoGallery {

    private record Gallery(
            List<String> museum,
            List<String> brands,
            List<String> creators,
            List<Spot> hotspots,
            List<Show> exhibitions) {}

    private record Spot(String design, String at, String facing, Bilingual said) {}

    private record Show(
            String key,
            Bilingual name,
            Bilingual motif,
            Bilingual about,
            String wall,
            @Nullable String host,
            @Nullable String campaign,
            int from,
            int until,
            List<Hung> works) {}

    private record Hung(String design, Bilingual said) {}

    private final Catalog catalog;
    private final Campaigns campaigns;
    private final ShelfPlaces shelves;
    private final Exhibitions exhibitions;
    private final Hotspots hotspots;
    private final Shops shops;
    private final Goods goods;
    private final Feeds feeds;

    DemoGallery(
            Catalog catalog,
            Campaigns campaigns,
            ShelfPlaces shelves,
            Exhibitions exhibitions,
            Hotspots hotspots,
            Shops shops,
            Goods goods,
            Feeds feeds) {
        this.catalog = catalog;
        this.campaigns = campaigns;
        this.shelves = shelves;
        this.exhibitions = exhibitions;
        this.hotspots = hotspots;
        this.shops = shops;
        this.goods = goods;
        this.feeds = feeds;
    }

    void hang(BrandId house, Map<String, BrandId> brands, String sandboxUrl, Instant today) {
        Gallery gallery = JsonMapper.builder()
                .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build()
                .readValue(DemoCatalog.read("gallery.json"), Gallery.class);
        Map<String, Creator> creators =
                catalog.creators(house).stream().collect(Collectors.toMap(Creator::slug, c -> c));
        shelves.arrange(
                house,
                Shelf.BRANDS,
                gallery.brands().stream()
                        .map(brands::get)
                        .map(b -> new Place(b.value(), b.value(), false))
                        .toList());
        shelves.arrange(
                house,
                Shelf.CREATORS,
                gallery.creators().stream()
                        .map(creators::get)
                        .map(c -> new Place(c.brand().value(), c.id(), false))
                        .toList());
        shelves.arrange(
                house,
                Shelf.MUSEUM,
                gallery.museum().stream()
                        .map(this::design)
                        .map(id -> new Place(id.brand().value(), id.value(), false))
                        .toList());
        for (BrandId brand : brands.values()) {
            for (var shop : shops.of(brand)) {
                goods.showsAt(brand, shop.id(), sandboxUrl + "/shops/" + shop.slug() + "?product={product}");
            }
        }
        gallery.hotspots().stream()
                .collect(Collectors.groupingBy(Spot::design))
                .forEach((design, spots) -> hotspots.set(
                        design(design),
                        spots.stream()
                                .map(s -> new Hotspots.Hotspot(s.at(), s.facing(), s.said(), null))
                                .toList()));
        for (Show show : gallery.exhibitions()) hang(house, creators, show, today.truncatedTo(ChronoUnit.DAYS));
    }

    /** Each shop's own product feed, a table where the shop is none of the known kinds. */
    void readFeeds(Map<String, BrandId> brands, String sandboxUrl) {
        for (BrandId brand : brands.values()) {
            for (var shop : shops.of(brand)) {
                String file = shop.source().equals("standard") ? "products.tsv" : "products.xml";
                String flaw = feeds.readFrom(brand, shop.id(), sandboxUrl + "/shops/" + shop.slug() + "/" + file);
                if (flaw != null) throw new IllegalStateException(shop.slug() + ": " + flaw);
            }
        }
    }

    private void hang(BrandId house, Map<String, Creator> creators, Show show, Instant day) {
        Creator host = show.host() == null ? null : creators.get(show.host());
        UUID campaign = show.campaign() == null
                ? null
                : campaigns.bySlug(show.campaign()).orElseThrow().id().value();
        var plan = new Exhibitions.Plan(
                show.name(),
                show.motif(),
                show.about(),
                show.wall(),
                host == null ? null : host.brand().value(),
                host == null ? null : host.id(),
                campaign,
                day.plus(Duration.ofDays(show.from())),
                day.plus(Duration.ofDays(show.until())));
        UUID id =
                switch (exhibitions.draft(house, show.key(), plan)) {
                    case Exhibitions.Drafting.Drafted(UUID drafted) -> drafted;
                    case Exhibitions.Drafting.SlugTaken(String slug) ->
                        exhibitions.find(slug).orElseThrow().id();
                    case Exhibitions.Drafting other -> throw new IllegalStateException(show.key() + ": " + other);
                };
        List<Exhibitions.Work> works = new ArrayList<>();
        for (Hung hung : show.works()) works.add(new Exhibitions.Work(design(hung.design()), hung.said()));
        exhibitions.hang(house, id, works);
        exhibitions.open(house, id);
        // Visitors of a festival pass pictures on: the same number in each loading of the demo.
        for (Exhibitions.Work work : works) {
            int shares = 7 + Math.floorMod(work.said().en().hashCode(), 41);
            for (int n = 0; n < shares; n++)
                exhibitions.shared(house, id, work.collectible().value());
        }
    }

    private CollectibleId design(String slug) {
        return catalog.collectible(slug).orElseThrow().id();
    }
}
