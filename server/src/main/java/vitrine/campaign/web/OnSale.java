package vitrine.campaign.web;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.Offer;
import vitrine.catalog.Catalog;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.shop.Goods;
import vitrine.shop.OrderLine;

/** A brand's goods, and what an order of each can bring now. */
@Component
public class OnSale {

    private final Goods goods;
    private final Ways ways;
    private final Catalog catalog;

    OnSale(Goods goods, Ways ways, Catalog catalog) {
        this.goods = goods;
        this.ways = ways;
        this.catalog = catalog;
    }

    /** One of the brand's goods, in its shop. @param url where the shop shows it; null: nobody told */
    public record Good(
            String title, Bilingual shop, @Nullable String url, List<Earned> earns) {}

    /** @param offer the first one that gives it, and {@code titles}: what the shops call the goods that it names */
    public record Earned(UUID id, Bilingual name, String slug, Offer offer, Map<String, String> titles) {

        /** One unit of the goods is enough; else it counts towards something. */
        public boolean atOnce() {
            return offer.measure() == Offer.Measure.QUANTITY
                    && switch (offer.earning()) {
                        case Earning.Every(long each) -> each == 1;
                        case Earning.Tiers(List<Earning.Tier> tiers) ->
                            tiers.getFirst().from() == 1;
                    };
        }

        public String href() {
            return "/o/" + slug;
        }
    }

    /** All of them, those that bring something first. */
    public List<Good> of(BrandId brand, Instant now) {
        var sold = goods.of(brand);
        if (sold.isEmpty()) return List.of();
        var open = ways.inShopsOf(brand, now);
        var shop = catalog.brand(brand).name();
        return sold.stream()
                .map(good -> new Good(good.title(), shop, good.url(), earned(open, good.asLine())))
                .sorted(Comparator.comparing(good -> good.earns().isEmpty()))
                .toList();
    }

    /** Those that bring one of these works, which are of one brand. */
    public List<Good> bringing(List<Exhibit> works, Instant now) {
        if (works.isEmpty()) return List.of();
        Set<UUID> wanted = works.stream().map(Exhibit::id).collect(Collectors.toSet());
        return of(new BrandId(works.getFirst().brandId()), now).stream()
                .filter(good -> good.earns().stream().anyMatch(e -> wanted.contains(e.id())))
                .toList();
    }

    /** What an order with this line can bring in this brand's shops. */
    public List<Earned> earned(BrandId brand, OrderLine line, Instant now) {
        return earned(ways.inShopsOf(brand, now), line);
    }

    private static List<Earned> earned(List<Ways.Way> open, OrderLine line) {
        Map<UUID, Earned> earned = new LinkedHashMap<>();
        for (var way : open) {
            UUID id = way.offer().collectible().value();
            if (way.offer().selector().fits(line)) {
                earned.putIfAbsent(id, new Earned(id, way.gives(), way.givesSlug(), way.offer(), way.titles()));
            }
        }
        return List.copyOf(earned.values());
    }
}
