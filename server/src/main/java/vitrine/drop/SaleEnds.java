package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.payment.Closing;
import vitrine.payment.Payments;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * Holds that wait for money and whose time is over: {@code held -> closing -> released | confirmed}. First the gateways end the payments,
 * and only then is the unit free; where one of them was paid after all, the money finds its unit ({@link SalesTaken}). As long as a
 * gateway does not say, the unit stays where it is.
 */
@Component
class SaleEnds implements Job {

    private static final int BATCH = 200;

    private final JdbcClient db;
    private final Holds holds;
    private final Payments payments;
    private final LiveDrops lives;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;

    SaleEnds(
            JdbcClient db,
            Holds holds,
            Payments payments,
            LiveDrops lives,
            TransactionTemplate transactions,
            BusinessClock clock) {
        this.db = db;
        this.holds = holds;
        this.payments = payments;
        this.lives = lives;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "drop.sale-ends";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        Instant now = clock.now();
        int begun = begin(now);
        List<Due> due = due(now);
        Map<Holds.Stages, List<UUID>> over = new LinkedHashMap<>();
        List<Due> unknown = new ArrayList<>();
        for (var brand :
                due.stream().map(one -> one.of.drop().brand()).distinct().toList()) {
            List<Due> its = due.stream()
                    .filter(one -> one.of.drop().brand().equals(brand))
                    .toList();
            Set<UUID> tried = payments.tried(brand, its.stream().map(Due::claim).toList());
            for (Due one : its) {
                Closing closing = tried.contains(one.claim) ? payments.close(brand, one.claim) : new Closing.Closed();
                switch (closing) {
                    case Closing.Closed closed ->
                        over.computeIfAbsent(one.of, s -> new ArrayList<>()).add(one.claim);
                    case Closing.Paid paid -> unknown.add(one); // until its money was taken up
                    case Closing.Unknown not -> unknown.add(one);
                }
            }
        }
        later(unknown, now.plus(Payments.comeAgain()));
        over.forEach((of, claims) ->
                transactions.executeWithoutResult(status -> holds.release(of, claims.toArray(UUID[]::new), now)));
        if (!over.isEmpty()) lives.changed();
        return begun == BATCH || due.size() == BATCH;
    }

    /** From now on nobody begins to pay for it. */
    private int begin(Instant now) {
        return db.sql("""
                update claims k set close_at = :now
                from (
                    select h.brand_id, h.drop_id, h.collector_id, h.nth from drop_stages s
                    cross join lateral (
                        select * from claims c
                        where c.brand_id = s.brand_id and c.stage_id = s.stage_id and c.hold_until <= :now and c.close_at is null
                        order by c.hold_until limit :most for update skip locked) h
                    where s.price is not null limit :most) ended
                where k.brand_id = ended.brand_id and k.drop_id = ended.drop_id and k.collector_id = ended.collector_id
                    and k.nth = ended.nth
                """)
                .param("now", Timestamp.from(now))
                .param("most", BATCH)
                .update();
    }

    private record Due(Holds.Stages of, UUID claim) {}

    private List<Due> due(Instant now) {
        return db.sql("""
                select brand_id, drop_id, stage_id, collectible_id, claim_id from claims
                where close_at <= :now order by close_at limit :most
                """)
                .param("now", Timestamp.from(now))
                .param("most", BATCH)
                .query((row, n) -> {
                    var brand = new BrandId(row.getObject(1, UUID.class));
                    return new Due(
                            new Holds.Stages(
                                    new DropId(brand, row.getObject(2, UUID.class)),
                                    row.getObject(3, UUID.class),
                                    new CollectibleId(brand, row.getObject(4, UUID.class))),
                            row.getObject(5, UUID.class));
                })
                .list();
    }

    private void later(List<Due> unknown, Instant when) {
        for (Due one : unknown) {
            db.sql("""
                    update claims set close_at = :when
                    where brand_id = :brand and claim_id = :claim and hold_until is not null and close_at is not null
                    """)
                    .param("when", Timestamp.from(when))
                    .param("brand", one.of.drop().brand().value())
                    .param("claim", one.claim)
                    .update();
        }
    }
}
