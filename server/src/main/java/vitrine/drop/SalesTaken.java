package vitrine.drop;

import static java.util.Objects.requireNonNull;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.payment.PaymentId;
import vitrine.payment.Payments;
import vitrine.payment.Settled;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * Money that came in becomes a piece: the hold that it was for gets its number, in the transaction that marks the money as taken up. What
 * finds no hold any more, or one that was paid before, goes back by itself.
 */
@Component
class SalesTaken implements Job {

    private static final Logger log = LoggerFactory.getLogger(SalesTaken.class);
    private static final int BATCH = 200;
    /** What cannot be taken up comes again so much later. */
    private static final Duration ASIDE = Duration.ofMinutes(1);
    /** So many one after the other are the database's fault and not theirs. */
    private static final int FAILED_AT_ONCE = 3;

    /** Reasons of refunds, as the journal and the buyer read them. */
    static final String NO_UNIT = "no-unit";

    static final String PAID_TWICE = "paid-twice";

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Holds holds;
    private final Payments payments;
    private final LiveDrops lives;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;
    /** Money that could not be taken up, until when it keeps nobody else's waiting. */
    private final Map<PaymentId, Instant> aside = new ConcurrentHashMap<>();

    SalesTaken(
            JdbcClient db,
            JdbcTemplate rows,
            Holds holds,
            Payments payments,
            LiveDrops lives,
            TransactionTemplate transactions,
            BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.holds = holds;
        this.payments = payments;
        this.lives = lives;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "drop.sales";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(250);
    }

    @Override
    public boolean run() {
        Instant now = clock.now();
        aside.values().removeIf(until -> !until.isAfter(now));
        boolean more = false;
        for (BrandId brand : payments.brandsWithSettled()) more |= takeSome(brand, now);
        if (more) lives.changed();
        return more;
    }

    /** One brand's trouble is no other brand's, and one payment's no other payment's. */
    private boolean takeSome(BrandId brand, Instant now) {
        List<PaymentId> waiting = payments.waiting(brand, BATCH, aside.keySet());
        try {
            return take(brand, waiting);
        } catch (RuntimeException e) {
            log.warn("drop.sales-not-taken brand={} payments={}", brand, waiting.size(), e);
        }
        boolean any = false;
        int failed = 0;
        for (PaymentId one : waiting) {
            try {
                any |= take(brand, List.of(one));
                failed = 0;
            } catch (RuntimeException e) {
                log.warn("drop.sale-not-taken payment={}", one, e);
                aside.put(one, now.plus(ASIDE));
                if (++failed == FAILED_AT_ONCE) break;
            }
        }
        return any;
    }

    private boolean take(BrandId brand, List<PaymentId> waiting) {
        return Boolean.TRUE.equals(transactions.execute(status -> takeOfOneStage(brand, waiting)));
    }

    /** Each transaction locks one drop, one stage and one stock, as a claim does. */
    private boolean takeOfOneStage(BrandId brand, List<PaymentId> waiting) {
        List<Settled> settled = payments.settled(brand, waiting);
        if (settled.isEmpty()) return false;
        List<UUID> purposes = settled.stream().map(Settled::purpose).toList();
        Map<UUID, Holds.Stages> stages = holds.of(brand, purposes);
        Holds.Stages first = settled.stream()
                .map(one -> stages.get(one.purpose()))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (first != null) holds.lock(first);
        // A new statement: what was held before the lock need not be so now.
        Map<UUID, Holds.Held> held = first == null ? Map.of() : holds.held(first, purposes);
        Set<UUID> sold = among(brand, settled, "sales");
        Set<UUID> ended = among(brand, settled, "claims_ended");
        Set<UUID> refused = refused(brand, settled);
        List<Settled> takes = new ArrayList<>();
        List<PaymentId> done = new ArrayList<>();
        for (Settled one : settled) {
            if (refused.contains(one.purpose())) {
                payments.refund(one.payment(), one.amount(), SaleReturns.Why.REFUSED.code());
            } else if (held.containsKey(one.purpose()) && sold.add(one.purpose())) {
                takes.add(one);
            } else if (sold.contains(one.purpose())) {
                payments.refund(one.payment(), one.amount(), PAID_TWICE);
            } else if (ended.contains(one.purpose())) {
                payments.refund(one.payment(), one.amount(), NO_UNIT);
            } else {
                // Of another stage: the next transaction's. What is for nothing that we know of keeps nobody waiting.
                if (!stages.containsKey(one.purpose()))
                    aside.put(one.payment(), clock.now().plus(ASIDE));
                continue;
            }
            done.add(one.payment());
        }
        if (!takes.isEmpty() && first != null) confirm(first, takes, held);
        payments.takenUp(brand, done);
        return !done.isEmpty();
    }

    private Set<UUID> among(BrandId brand, List<Settled> settled, String table) {
        return new HashSet<>(
                db.sql("select claim_id from " + table + " where brand_id = :brand and claim_id = any(:claims)")
                        .param("brand", brand.value())
                        .param("claims", settled.stream().map(Settled::purpose).toArray(UUID[]::new))
                        .query(UUID.class)
                        .list());
    }

    /** Of claims that the staff refused while they were held: whatever still comes in for them goes back, and is said to be for that. */
    private Set<UUID> refused(BrandId brand, List<Settled> settled) {
        return new HashSet<>(db.sql("""
                select k.claim_id from claims k join claim_reviews r using (brand_id, drop_id, collector_id)
                where k.brand_id = :brand and k.claim_id = any(:claims) and k.hold_until is not null and r.decision = 'refused'
                union all
                select k.claim_id from claims_ended k join claim_reviews r using (brand_id, drop_id, collector_id)
                where k.brand_id = :brand and k.claim_id = any(:claims) and r.decision = 'refused' and k.ended_at >= r.decided_at
                """)
                .param("brand", brand.value())
                .param("claims", settled.stream().map(Settled::purpose).toArray(UUID[]::new))
                .query(UUID.class)
                .list());
    }

    private record Sold(Settled paid, UUID collector, int serial) {}

    private void confirm(Holds.Stages of, List<Settled> takes, Map<UUID, Holds.Held> held) {
        List<Holds.Held> sold = takes.stream()
                .map(one -> requireNonNull(held.get(one.purpose())))
                .toList();
        List<Integer> serials = holds.number(of, sold);
        List<Sold> pieces = new ArrayList<>();
        for (int n = 0; n < takes.size(); n++)
            pieces.add(new Sold(takes.get(n), sold.get(n).collector(), serials.get(n)));
        UUID brand = of.drop().brand().value();
        Timestamp now = Timestamp.from(clock.now());
        rows.batchUpdate("""
                insert into sales (brand_id, claim_id, drop_id, stage_id, collector_id, payment_id, collectible_id, serial, amount,
                    currency, sold_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, pieces, pieces.size(), (statement, one) -> {
            Settled paid = one.paid;
            statement.setObject(1, brand);
            statement.setObject(2, paid.purpose());
            statement.setObject(3, of.drop().value());
            statement.setObject(4, of.stage());
            statement.setObject(5, one.collector);
            statement.setObject(6, paid.payment().value());
            statement.setObject(7, of.collectible().value());
            statement.setInt(8, one.serial);
            statement.setLong(9, paid.amount().minor());
            statement.setString(10, paid.amount().currency().getCurrencyCode());
            statement.setTimestamp(11, now);
        });
    }
}
