package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.payment.Closing;
import vitrine.payment.Payments;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Job;

/**
 * Holds whose time is over: {@code held -> closing -> released | confirmed}. First the gateways end the payments,
 * and only then is the unit free; where one of them was paid after all, the money finds its unit ({@link SalesTaken}). As long as a
 * gateway does not say, the unit stays where it is.
 */
@Component
class SaleEnds implements Job {

    private static final Logger log = LoggerFactory.getLogger(SaleEnds.class);
    private static final int BATCH = 200;
    /** For all gateways together fewer than the pool has connections. */
    private static final int AT_ONCE_EACH = 2;

    private final JdbcClient db;
    private final Holds holds;
    private final Payments payments;
    private final LiveDrops lives;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;
    private final ClockCheck clocks;
    /** The gateways that gave no answer: thousands that wait for one are put off in no time. */
    private final Map<String, Instant> silentUntil = new ConcurrentHashMap<>();

    SaleEnds(
            JdbcClient db,
            Holds holds,
            Payments payments,
            LiveDrops lives,
            TransactionTemplate transactions,
            BusinessClock clock,
            ClockCheck clocks) {
        this.db = db;
        this.holds = holds;
        this.payments = payments;
        this.lives = lives;
        this.transactions = transactions;
        this.clock = clock;
        this.clocks = clocks;
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
        // Ahead of its time it would end what somebody is just paying for.
        if (clocks.offNow()) return false;
        Instant now = clock.now();
        int begun = begin(now);
        List<Due> due = due(now);
        Map<Holds.Stages, List<Due>> untried = new LinkedHashMap<>();
        Map<String, Queue<Due>> atGateways = new LinkedHashMap<>();
        for (var brand :
                due.stream().map(one -> one.of.drop().brand()).distinct().toList()) {
            List<Due> its = due.stream()
                    .filter(one -> one.of.drop().brand().equals(brand))
                    .toList();
            Map<UUID, String> gateways =
                    payments.gateways(brand, its.stream().map(Due::claim).toList());
            for (Due one : its) {
                String gateway = gateways.get(one.claim);
                if (gateway == null)
                    untried.computeIfAbsent(one.of, s -> new ArrayList<>()).add(one);
                else
                    atGateways
                            .computeIfAbsent(gateway, s -> new ConcurrentLinkedQueue<>())
                            .add(one);
            }
        }
        untried.forEach((of, claims) -> releaseOrLater(of, claims, now));
        silentUntil.values().removeIf(until -> !until.isAfter(now));
        Set<String> away = ConcurrentHashMap.newKeySet();
        away.addAll(silentUntil.keySet());
        // A line for each gateway: whoever waits for one that hangs keeps nobody else's unit.
        try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            atGateways.forEach((gateway, line) -> {
                for (int n = 0; n < AT_ONCE_EACH; n++) {
                    askers.execute(() -> {
                        for (Due one = line.poll(); one != null; one = line.poll()) endOrLater(one, gateway, now, away);
                    });
                }
            });
        }
        for (String gateway : away) silentUntil.putIfAbsent(gateway, clock.now().plus(Payments.comeAgain()));
        return begun == BATCH || due.size() == BATCH;
    }

    private void endOrLater(Due one, String gateway, Instant now, Set<String> away) {
        boolean asked = !away.contains(gateway);
        try {
            switch (payments.close(one.of.drop().brand(), one.claim, away)) {
                case Closing.Closed closed -> release(one.of, List.of(one), now);
                case Closing.Paid paid -> later(one, now.plus(Payments.comeAgain())); // until its money was taken up
                case Closing.Unknown not -> {
                    // Whom a gateway left without an answer comes after those who were not asked for its sake: one
                    // payment that it stumbles over is not always the first.
                    Duration wait = Payments.comeAgain();
                    later(one, now.plus(asked && away.contains(gateway) ? wait.multipliedBy(2) : wait));
                }
            }
        } catch (RuntimeException e) {
            log.warn("drop.hold-not-ended claim={}", one.claim, e);
            later(one, now.plus(Payments.comeAgain().multipliedBy(2)));
        }
    }

    private void releaseOrLater(Holds.Stages of, List<Due> claims, Instant now) {
        try {
            release(of, claims, now);
        } catch (RuntimeException e) {
            log.warn("drop.holds-not-released drop={} holds={}", of.drop(), claims.size(), e);
            claims.forEach(one -> later(one, now.plus(Payments.comeAgain())));
        }
    }

    private void release(Holds.Stages of, List<Due> claims, Instant now) {
        transactions.executeWithoutResult(
                status -> holds.release(of, claims.stream().map(Due::claim).toArray(UUID[]::new), now));
        lives.changed();
    }

    /** By their places, which are locked: a join would be planned by how many holds there may be, and read all claims. */
    static final String BEGIN = """
            update claims k set close_at = :now
            where k.ctid = any(array(
                select h.place from drop_stages s
                cross join lateral (
                    select c.ctid as place from claims c
                    where c.brand_id = s.brand_id and c.stage_id = s.stage_id and c.hold_until <= :now and c.close_at is null
                    order by c.hold_until limit :most for update skip locked) h
                where s.hold_seconds is not null limit :most))
            """;

    /** From now on nobody begins to pay for it. */
    private int begin(Instant now) {
        return db.sql(BEGIN)
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

    private void later(Due one, Instant when) {
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
