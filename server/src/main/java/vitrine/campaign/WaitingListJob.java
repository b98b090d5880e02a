package vitrine.campaign;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/** Units that came free without an order of the campaign: a piece that staff took back, an allotment that grew. */
@Component
class WaitingListJob implements Job {

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Units units;
    private final WaitingList waitingList;
    private final BusinessClock clock;

    WaitingListJob(
            JdbcClient db,
            TransactionTemplate transactions,
            Units units,
            WaitingList waitingList,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.units = units;
        this.waitingList = waitingList;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "waiting-list";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        record Line(BrandId audience, CollectibleId collectible) {}
        List<Line> lines = db.sql("""
                select o.brand_id, o.collectible_brand_id, o.collectible_id from offers o
                where o.pieces_taken < coalesce(o.pieces_max, o.pieces_taken + 1)
                    and exists (select from entitlements e
                        where e.brand_id = o.brand_id and e.offer_id = o.offer_id and e.state = 'waiting')
                group by o.brand_id, o.collectible_brand_id, o.collectible_id
                """)
                .query((row, n) -> new Line(
                        new BrandId(row.getObject(1, UUID.class)),
                        new CollectibleId(new BrandId(row.getObject(2, UUID.class)), row.getObject(3, UUID.class))))
                .list();
        int served = 0;
        for (Line line : lines) {
            Integer n = transactions.execute(status -> {
                if (!units.anyFree(line.audience(), line.collectible())) return 0;
                units.lock(line.audience(), List.of(line.collectible()));
                return waitingList.serve(line.audience(), List.of(line.collectible()), List.of(), clock.now());
            });
            served += n == null ? 0 : n;
        }
        return served > 0;
    }
}
