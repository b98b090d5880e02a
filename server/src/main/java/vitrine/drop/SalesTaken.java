package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
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
    private final Drops drops;
    private final Payments payments;
    private final LiveDrops lives;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;

    SalesTaken(
            JdbcClient db,
            JdbcTemplate rows,
            Holds holds,
            Drops drops,
            Payments payments,
            LiveDrops lives,
            TransactionTemplate transactions,
            BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.holds = holds;
        this.drops = drops;
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

    private record Held(Holds.Stages of, UUID claim, UUID collector, int unit) {}

    /** Those of one stage: each transaction locks one drop, one stage and one stock, as a claim does. */
    private boolean take(BrandId brand) {
        List<Settled> settled = payments.settled(brand, BATCH);
        if (settled.isEmpty()) return false;
        Map<UUID, Holds.Stages> stages = stages(brand, settled);
        Holds.Stages first = settled.stream()
                .map(one -> stages.get(one.purpose()))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (first != null) holds.lock(first);
        // A new statement: what was held before the lock need not be so now.
        Map<UUID, Held> held = first == null ? Map.of() : held(first, settled);
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

    /** Where each claim is held; without an entry: it is not. */
    private Map<UUID, Holds.Stages> stages(BrandId brand, List<Settled> settled) {
        Map<UUID, Holds.Stages> stages = new HashMap<>();
        db.sql("""
                select claim_id, drop_id, stage_id, collectible_id from claims
                where brand_id = :brand and hold_until is not null and claim_id = any(:claims)
                """)
                .param("brand", brand.value())
                .param("claims", settled.stream().map(Settled::purpose).toArray(UUID[]::new))
                .query(row -> {
                    stages.put(
                            row.getObject(1, UUID.class),
                            new Holds.Stages(
                                    new DropId(brand, row.getObject(2, UUID.class)),
                                    row.getObject(3, UUID.class),
                                    new CollectibleId(brand, row.getObject(4, UUID.class))));
                });
        return stages;
    }

    private Map<UUID, Held> held(Holds.Stages of, List<Settled> settled) {
        Map<UUID, Held> held = new HashMap<>();
        db.sql("""
                select claim_id, collector_id, coalesce(unit, 0) from claims
                where brand_id = :brand and hold_until is not null and claim_id = any(:claims) and stage_id = :stage for update
                """)
                .param("brand", of.drop().brand().value())
                .param("claims", settled.stream().map(Settled::purpose).toArray(UUID[]::new))
                .param("stage", of.stage())
                .query(row -> {
                    UUID claim = row.getObject(1, UUID.class);
                    held.put(claim, new Held(of, claim, row.getObject(2, UUID.class), row.getInt(3)));
                });
        return held;
    }

    private Set<UUID> among(BrandId brand, List<Settled> settled, String table) {
        return new HashSet<>(
                db.sql("select claim_id from " + table + " where brand_id = :brand and claim_id = any(:claims)")
                        .param("brand", brand.value())
                        .param("claims", settled.stream().map(Settled::purpose).toArray(UUID[]::new))
                        .query(UUID.class)
                        .list());
    }

    private void confirm(Holds.Stages of, List<Settled> takes, Map<UUID, Held> held) {
        Instant now = clock.now();
        List<Held> sold = takes.stream().map(one -> held.get(one.purpose())).toList();
        int alike = (int) sold.stream().filter(one -> one.unit == 0).count();
        var numbers = alike == 0
                ? List.<Integer>of().iterator()
                : drops.takeHeldSerials(of.collectible(), alike).iterator();
        int[] serials = new int[sold.size()];
        for (int n = 0; n < serials.length; n++) {
            Held one = sold.get(n);
            if (one.unit > 0) drops.takeHeldSerial(of.collectible(), one.unit, one.claim);
            serials[n] = one.unit > 0 ? one.unit : numbers.next();
        }
        UUID brand = of.drop().brand().value();
        rows.batchUpdate("""
                update claims set serial = ?, hold_until = null, close_at = null
                where brand_id = ? and claim_id = ? and hold_until is not null
                """, each(serials.length, (statement, n) -> {
            statement.setInt(1, serials[n]);
            statement.setObject(2, brand);
            statement.setObject(3, sold.get(n).claim);
        }));
        rows.batchUpdate("""
                insert into sales (brand_id, claim_id, drop_id, stage_id, collector_id, payment_id, collectible_id, serial, amount,
                    currency, sold_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, each(serials.length, (statement, n) -> {
            Settled paid = takes.get(n);
            statement.setObject(1, brand);
            statement.setObject(2, sold.get(n).claim);
            statement.setObject(3, of.drop().value());
            statement.setObject(4, of.stage());
            statement.setObject(5, sold.get(n).collector);
            statement.setObject(6, paid.payment().value());
            statement.setObject(7, of.collectible().value());
            statement.setInt(8, serials[n]);
            statement.setLong(9, paid.amount().minor());
            statement.setString(10, paid.amount().currency().getCurrencyCode());
            statement.setTimestamp(11, Timestamp.from(now));
        }));
    }

    private interface Row {
        void set(java.sql.PreparedStatement statement, int n) throws java.sql.SQLException;
    }

    private static BatchPreparedStatementSetter each(int size, Row row) {
        return new BatchPreparedStatementSetter() {
            @Override
            public void setValues(java.sql.PreparedStatement statement, int n) throws java.sql.SQLException {
                row.set(statement, n);
            }

            @Override
            public int getBatchSize() {
                return size;
            }
        };
    }
}
