package vitrine.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.rules.Plan;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.platform.BrandId;
import vitrine.platform.Job;
import vitrine.shop.OrderChanges;
import vitrine.shop.OrderId;

/**
 * After a version was published its campaign looks back: at orders of its window that came before there was a campaign to judge
 * them, and at those that an older version judged. Only after the publication was committed, for until then orders are still passed
 * over; that it happens stands in the campaign's row.
 */
@Component
class LookBack implements Job {

    private static final int PAGE = 5_000;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Campaigns campaigns;
    private final Catalog catalog;
    private final OrderChanges changes;

    LookBack(
            JdbcClient db,
            TransactionTemplate transactions,
            Campaigns campaigns,
            Catalog catalog,
            OrderChanges changes) {
        this.db = db;
        this.transactions = transactions;
        this.campaigns = campaigns;
        this.catalog = catalog;
        this.changes = changes;
    }

    @Override
    public String name() {
        return "campaign-look-back";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        record Behind(CampaignId id, int version) {}
        List<Behind> behind = db.sql("""
                select brand_id, campaign_id, version from campaigns where looked_back < version
                """)
                .query((row, n) -> new Behind(
                        new CampaignId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getInt(3)))
                .list();
        for (Behind each : behind) {
            lookBack(each.id());
            db.sql("""
                    update campaigns set looked_back = greatest(looked_back, :version)
                    where brand_id = :brand and campaign_id = :id
                    """)
                    .param("version", each.version())
                    .param("brand", each.id().brand().value())
                    .param("id", each.id().value())
                    .update();
        }
        return !behind.isEmpty();
    }

    /** A second time adds the same orders again, and they are judged as before. */
    private void lookBack(CampaignId id) {
        Plan plan = campaigns.published(id).orElseThrow();
        BrandId audience = id.brand();
        List<Brand> shops = catalog.brand(audience).kind() == Brand.Kind.HOUSE
                ? catalog.brands()
                : List.of(catalog.brand(audience));
        for (Brand shop : shops) {
            if (plan.offers().stream().noneMatch(o -> o.selector().looksAt(shop.id()))) continue;
            Optional<OrderId> last = Optional.empty();
            do {
                OrderId after = last.orElse(null);
                Optional<OrderId> next = transactions.execute(status -> changes.again(
                        audience, shop.id(), plan.window().from(), plan.window().until(), after, PAGE));
                last = next == null ? Optional.empty() : next;
            } while (last.isPresent());
        }
        db.sql("""
                insert into orders_to_judge (brand_id, order_brand_id, order_id)
                select distinct v.brand_id, v.order_brand_id, v.order_id from offers o
                join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id
                where o.brand_id = :brand and o.campaign_id = :id
                on conflict do nothing
                """).param("brand", audience.value()).param("id", id.value()).update();
    }
}
