package vitrine.drop;

import static java.util.Objects.requireNonNull;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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

    private static final int BATCH = 200;
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
        boolean more = false;
        for (BrandId brand : payments.brandsWithSettled())
            more |= Boolean.TRUE.equals(transactions.execute(status -> take(brand)));
        if (more) lives.changed();
        return more;
    }

    /** Those of one stage: each transaction locks one drop, one stage and one stock, as a claim does. */
    private boolean take(BrandId brand) {
        List<Settled> settled = payments.settled(brand, BATCH);
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
        List<Settled> takes = new ArrayList<>();
        List<PaymentId> done = new ArrayList<>();
        for (Settled one : settled) {
            if (held.containsKey(one.purpose()) && sold.add(one.purpose())) {
                takes.add(one);
            } else if (sold.contains(one.purpose())) {
                payments.refund(one.payment(), one.amount(), PAID_TWICE);
            } else if (ended.contains(one.purpose())) {
                payments.refund(one.payment(), one.amount(), NO_UNIT);
            } else {
                continue; // of another stage: the next transaction's; or for nothing that we know of
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
