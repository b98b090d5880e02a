package vitrine.campaign.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.campaign.GoodsTitles;
import vitrine.campaign.Words;
import vitrine.campaign.rules.Offer;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.web.Texts;

/** The ways of getting a collectible that are published: running, or announced. */
@Component
public class Ways {
    private static final int MOST = 10;

    private final Campaigns campaigns;
    private final Catalog catalog;
    private final GoodsTitles titles;
    private final JdbcClient db;

    Ways(Campaigns campaigns, Catalog catalog, GoodsTitles titles, JdbcClient db) {
        this.campaigns = campaigns;
        this.catalog = catalog;
        this.titles = titles;
        this.db = db;
    }

    /**
     * @param titles what the shops call the goods that the offer names
     * @param left units that this offer may still give, as far as it alone decides; null: as many as there are
     */
    public record Way(
            Campaign campaign,
            Offer offer,
            Bilingual gives,
            String givesSlug,
            Map<String, String> titles,
            @Nullable Integer left) {

        /** The offer in one sentence. */
        public String sentence(Texts t) {
            return Words.offer(t, offer, gives, titles);
        }

        public boolean begun(Instant now) {
            return !now.isBefore(offer.window().from());
        }
    }

    private record Taken(UUID offer, int pieces) {}

    public List<Way> to(Exhibit exhibit, Instant now) {
        var id = new CollectibleId(new BrandId(exhibit.brandId()), exhibit.id());
        return ways(campaigns.giving(id, now, MOST)).stream()
                .filter(way -> way.offer().collectible().equals(id))
                .toList();
    }

    /** What an order in this brand's shops can earn now: nothing of which all is given, by the offer or of the work. */
    public List<Way> inShopsOf(BrandId brand, Instant now) {
        List<Way> open = ways(campaigns.running(brand, now)).stream()
                .filter(way -> way.offer().selector().looksAt(brand))
                .filter(way -> way.left() == null || way.left() > 0)
                .toList();
        Set<CollectibleId> gone = gone(open);
        return open.stream()
                .filter(way -> !gone.contains(way.offer().collectible()))
                .toList();
    }

    /** Of which no unit is left: an order for one of them waits in line. */
    private Set<CollectibleId> gone(List<Way> ways) {
        if (ways.isEmpty()) return Set.of();
        return new HashSet<>(db.sql("""
                select s.brand_id, s.collectible_id
                from unnest(:brands, :ids) as c (brand_id, collectible_id)
                join stock s on s.brand_id = c.brand_id and s.collectible_id = c.collectible_id
                where s.available = 0
                """)
                .param(
                        "brands",
                        ids(ways, way -> way.offer().collectible().brand().value()))
                .param("ids", ids(ways, way -> way.offer().collectible().value()))
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .list());
    }

    /** Whose shops' orders can bring one of these works now, as the campaigns of this owner name them. */
    Set<BrandId> shopsThatBring(BrandId owner, Set<UUID> works, Instant now) {
        Set<BrandId> shops = new LinkedHashSet<>();
        for (var one : campaigns.running(owner, now)) {
            for (var offer : one.plan().offers()) {
                if (works.contains(offer.collectible().value()))
                    shops.addAll(offer.selector().brands());
            }
        }
        return shops;
    }

    /** All offers of one campaign, as its newest published version says. */
    public List<Way> of(Campaign campaign) {
        if (campaign.version() == 0) return List.of();
        return ways(List.of(new Campaigns.Running(campaign, campaigns.plan(campaign))));
    }

    private List<Way> ways(List<Campaigns.Running> running) {
        if (running.isEmpty()) return List.of();
        List<Taken> taken = db.sql("""
                select o.offer_id as offer, o.pieces_taken as pieces
                from unnest(:brands, :ids) as c (brand_id, campaign_id)
                join offers o on o.brand_id = c.brand_id and o.campaign_id = c.campaign_id
                """)
                .param("brands", ids(running, r -> r.campaign().id().brand().value()))
                .param("ids", ids(running, r -> r.campaign().id().value()))
                .query(Taken.class)
                .list();
        var ways = new ArrayList<Way>();
        for (var one : running) {
            for (var offer : one.plan().offers()) {
                var gives = catalog.collectible(offer.collectible());
                ways.add(new Way(
                        one.campaign(), offer, gives.name(), gives.slug(), titles.of(offer), left(offer, taken)));
            }
        }
        return ways;
    }

    private static <T> SqlArrayValue ids(List<T> of, Function<T, UUID> id) {
        return new SqlArrayValue("uuid", of.stream().map(id).toArray());
    }

    private static @Nullable Integer left(Offer offer, List<Taken> taken) {
        Integer most = offer.piecesMax();
        if (most == null) return null;
        Optional<Taken> own =
                taken.stream().filter(t -> t.offer().equals(offer.id().value())).findFirst();
        return Math.max(0, most - own.map(Taken::pieces).orElse(0));
    }
}
