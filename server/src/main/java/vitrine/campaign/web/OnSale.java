package vitrine.campaign.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import vitrine.platform.Money;
import vitrine.platform.web.Picture;
import vitrine.shop.Availability;
import vitrine.shop.Goods;
import vitrine.shop.GoodsPictures;
import vitrine.shop.OrderLine;
import vitrine.shop.ShopId;

/** A brand's goods, and what an order of each can bring now. */
@Component
public class OnSale {

    /** A creator's works may be of more brands than a page has room for. */
    private static final int BRANDS = 6;

    private final Goods goods;
    private final GoodsPictures pictures;
    private final Ways ways;
    private final Catalog catalog;

    OnSale(Goods goods, GoodsPictures pictures, Ways ways, Catalog catalog) {
        this.goods = goods;
        this.pictures = pictures;
        this.ways = ways;
        this.catalog = catalog;
    }

    /**
     * One of the brand's goods, in its shop: variants of one product that bring the same are one.
     *
     * @param url where the shop shows it; null: nobody told
     * @param price the lowest of its variants; null: no feed told it
     * @param from whether a variant costs more
     * @param before what it costs when it is not reduced
     * @param availability null: no feed told it
     */
    public record Good(
            String title,
            Bilingual shop,
            @Nullable String url,
            List<Earned> earns,
            @Nullable Money price,
            boolean from,
            @Nullable Money before,
            @Nullable Availability availability,
            @Nullable Picture picture) {

        /** Something to say of it besides that it can be had. */
        public @Nullable String stock() {
            return availability == null || availability == Availability.IN_STOCK
                    ? null
                    : "gallery.stock." + availability.code();
        }
    }

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

    /** What is shown together as one. */
    private record Same(ShopId shop, String product, List<UUID> earns) {}

    private record Seen(Goods.Good good, List<Earned> earns) {}

    /** So many of them, those that bring something first. */
    public List<Good> of(BrandId brand, Instant now, int most) {
        return shown(all(brand, now), most);
    }

    /** So many of what this shop's own feed told of, as the pages of the brand show it. */
    public List<Good> listed(BrandId brand, ShopId shop, Instant now, int most) {
        return shown(
                all(brand, now).stream()
                        .filter(seen -> seen.good.shop().equals(shop) && seen.good.listed() != null)
                        .toList(),
                most);
    }

    /** So many of those that bring one of these works, in whichever brand's shop. */
    public List<Good> bringing(List<Exhibit> works, Instant now, int most) {
        if (works.isEmpty()) return List.of();
        Set<UUID> wanted = works.stream().map(Exhibit::id).collect(Collectors.toSet());
        return shown(
                sellers(works, wanted, now).stream()
                        .limit(BRANDS)
                        .flatMap(brand -> all(brand, now).stream())
                        .filter(seen -> seen.earns.stream().anyMatch(e -> wanted.contains(e.id())))
                        .toList(),
                most);
    }

    /** Whose works they are, and whose shops count where the house gives them. */
    private Collection<BrandId> sellers(List<Exhibit> works, Set<UUID> wanted, Instant now) {
        Set<BrandId> owners = new LinkedHashSet<>();
        for (Exhibit work : works) owners.add(new BrandId(work.brandId()));
        Set<BrandId> sellers = new LinkedHashSet<>(owners);
        for (BrandId owner : owners) sellers.addAll(ways.shopsThatBring(owner, wanted, now));
        return sellers;
    }

    private List<Seen> all(BrandId brand, Instant now) {
        var open = ways.inShopsOf(brand, now);
        Set<String> named = new HashSet<>();
        for (var way : open) named.addAll(way.offer().selector().goods());
        return goods.of(brand, named).stream()
                .map(good -> new Seen(good, earned(open, good.asLine())))
                .toList();
    }

    private List<Good> shown(List<Seen> all, int most) {
        Map<Same, List<Seen>> together = new LinkedHashMap<>();
        for (Seen seen : all) {
            var listed = seen.good.listed();
            var same = new Same(
                    seen.good.shop(),
                    listed != null ? listed.group() : seen.good.product() + "\n" + seen.good.sku(),
                    seen.earns.stream().map(Earned::id).toList());
            together.computeIfAbsent(same, key -> new ArrayList<>()).add(seen);
        }
        var shown = together.values().stream()
                .sorted(Comparator.comparing(variants -> rank(variants.getFirst().earns)))
                .limit(most)
                .toList();
        pictures.wanted(shown.stream().map(variants -> variants.getFirst().good).toList());
        return shown.stream().map(this::one).toList();
    }

    /** What brings something with one order stands before what counts towards it, and that before the rest. */
    private static int rank(List<Earned> earns) {
        if (earns.isEmpty()) return 2;
        return earns.stream().anyMatch(Earned::atOnce) ? 0 : 1;
    }

    private Good one(List<Seen> variants) {
        Goods.Good first = variants.getFirst().good;
        List<Goods.Listed> listed = variants.stream()
                .map(seen -> seen.good.listed())
                .filter(Objects::nonNull)
                .toList();
        Bilingual shop = catalog.brand(first.brand()).name();
        if (listed.isEmpty())
            return new Good(first.title(), shop, first.url(), variants.getFirst().earns, null, false, null, null, null);
        Goods.Listed cheapest = listed.stream()
                .min(Comparator.comparing(one -> one.price().minor()))
                .orElseThrow();
        // What can be had of it decides, in the order of the four words' use to a buyer.
        Availability best = List.of(
                        Availability.IN_STOCK, Availability.PREORDER, Availability.BACKORDER, Availability.OUT_OF_STOCK)
                .stream()
                .filter(word -> listed.stream().anyMatch(one -> one.availability() == word))
                .findFirst()
                .orElseThrow();
        var picture = listed.getFirst().picture();
        return new Good(
                first.title(),
                shop,
                first.url(),
                variants.getFirst().earns,
                cheapest.price(),
                listed.stream()
                        .anyMatch(one -> one.price().minor() > cheapest.price().minor()),
                listed.size() == 1 ? cheapest.before() : null,
                best,
                picture == null ? null : new Picture(picture.hex(), "", false));
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
