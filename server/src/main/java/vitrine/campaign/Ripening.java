package vitrine.campaign;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.Matching.JoinedMeanwhile;
import vitrine.campaign.Matching.Matched;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/** When the waiting time is over the order is judged once more, as it is then; what is still earned is ripe. */
@Component
class Ripening implements Job {

    private static final int BATCH = 500;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Orders orders;
    private final Matching matching;
    private final Joins joins;
    private final BusinessClock clock;

    Ripening(
            JdbcClient db,
            TransactionTemplate transactions,
            Orders orders,
            Matching matching,
            Joins joins,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.orders = orders;
        this.matching = matching;
        this.joins = joins;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "entitlements-ripen";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        Instant now = clock.now();
        int ripened = 0;
        for (BrandId brand : brandsWithDue(now)) ripened += ripen(brand, now);
        return ripened > 0;
    }

    private List<BrandId> brandsWithDue(Instant now) {
        return db.sql("""
                select b.brand_id from (select distinct brand_id from offers) b
                where exists (select from entitlements e
                    where e.brand_id = b.brand_id and e.state = 'pending' and e.due_at <= :now)
                """).param("now", Timestamp.from(now)).query(UUID.class).list().stream()
                .map(BrandId::new)
                .toList();
    }

    private int ripen(BrandId brand, Instant now) {
        List<OrderRef> due = db
                .sql("""
                select order_brand_id, order_id from entitlements
                where brand_id = :brand and state = 'pending' and due_at <= :now order by due_at limit :most
                """)
                .param("brand", brand.value())
                .param("now", Timestamp.from(now))
                .param("most", BATCH)
                .query((row, n) -> new OrderRef(
                        new BrandId(row.getObject(1, UUID.class)), new OrderId(row.getObject(2, UUID.class))))
                .list()
                .stream()
                .distinct()
                .toList();
        try {
            Matched matched = transactions.execute(status -> matching.judge(brand, orders.load(due)));
            // Also what lapsed or whose day moved is progress: the next batch is another one.
            return matched == null ? 0 : matched.ripened() + matched.takenBack() + matched.verdicts();
        } catch (JoinedMeanwhile e) {
            joins.follow(brand, e.from, e.into);
            return 1;
        }
    }
}
