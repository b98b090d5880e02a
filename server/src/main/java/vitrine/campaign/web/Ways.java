package vitrine.campaign.web;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.campaign.Campaign;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.rules.Offer;
import vitrine.catalog.Catalog;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** The ways of getting a collectible that are published: running, or announced. */
@Component
public class Ways {
    private final Campaigns campaigns;
    private final Catalog catalog;
    private final JdbcClient db;

    Ways(Campaigns campaigns, Catalog catalog, JdbcClient db) {
        this.campaigns = campaigns;
        this.catalog = catalog;
        this.db = db;
    }

    /** @param left units that this offer may still give, as far as it alone decides; null: as many as there are */
    public record Way(
            Campaign campaign,
            Offer offer,
            Bilingual gives,
            @Nullable Integer left) {
        public boolean begun(Instant now) {
            return !now.isBefore(offer.window().from());
        }
    }

    private record Taken(UUID offer, int pieces) {}

    public List<Way> to(Exhibit exhibit, Instant now) {
        List<CampaignId> ids = db.sql("""
                select distinct o.brand_id, o.campaign_id, ca.until_at from offers o
                join campaigns ca on ca.brand_id = o.brand_id and ca.campaign_id = o.campaign_id
                where o.collectible_brand_id = :brand and o.collectible_id = :id
                  and ca.version > 0 and ca.state in ('published', 'paused') and ca.until_at > :now
                order by ca.until_at limit 10
                """)
                .param("brand", exhibit.brandId())
                .param("id", exhibit.id())
                .param("now", Timestamp.from(now))
                .query((row, n) -> new CampaignId(
                        new BrandId(row.getObject("brand_id", UUID.class)), row.getObject("campaign_id", UUID.class)))
                .list();
        var ways = new ArrayList<Way>();
        for (var id : ids) {
            campaigns.find(id).ifPresent(campaign -> of(campaign).stream()
                    .filter(way -> way.offer().collectible().value().equals(exhibit.id()))
                    .forEach(ways::add));
        }
        return ways;
    }

    /** All offers of one campaign, as its newest published version says. */
    public List<Way> of(Campaign campaign) {
        var plan = campaigns.published(campaign.id());
        if (plan.isEmpty()) return List.of();
        List<Taken> taken = db.sql(
                        "select offer_id as offer, pieces_taken as pieces from offers where brand_id = :brand and campaign_id = :id")
                .param("brand", campaign.id().brand().value())
                .param("id", campaign.id().value())
                .query(Taken.class)
                .list();
        return plan.get().offers().stream()
                .map(offer -> new Way(
                        campaign,
                        offer,
                        catalog.collectible(offer.collectible()).name(),
                        left(offer, taken)))
                .toList();
    }

    private static @Nullable Integer left(Offer offer, List<Taken> taken) {
        Integer most = offer.piecesMax();
        if (most == null) return null;
        Optional<Taken> own =
                taken.stream().filter(t -> t.offer().equals(offer.id().value())).findFirst();
        return Math.max(0, most - own.map(Taken::pieces).orElse(0));
    }
}
