package vitrine.drop;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Grant;
import vitrine.ownership.Pieces;
import vitrine.ownership.Promises;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.proof.Hash32;

/**
 * Makes pieces of claims that have their number. The number was given with the claim and never changes; this makes the owner row and
 * the record, some hundreds in a transaction, in the order of the numbers. A collectible whose claims cannot be made pieces of is put off,
 * and no other waits for it.
 */
@Component
class ClaimGrants implements Job {

    private static final Logger log = LoggerFactory.getLogger(ClaimGrants.class);

    private static final int BATCH = 500;

    /** While a crowd claims: the stock's lock is held while they are made, and each claim waits for it. */
    static final int BATCH_IN_A_CROWD = 150;

    /** So long one that failed lets the others go first. */
    private static final Duration PUT_OFF = Duration.ofMinutes(1);

    /** Nobody doubts it, or somebody has looked. */
    private static final String LET_GO = """
            and not exists (
                select from claim_reviews r
                where r.brand_id = k.brand_id and r.drop_id = k.drop_id and r.collector_id = k.collector_id
                    and r.decision is distinct from 'released')
            """;

    static final String WAITING = """
            select brand_id, collectible_id from claims k
            where serial is not null and granted_at is null and collectible_id <> all(:putOff)
                """ + LET_GO + """
             limit 1
            """;

    static final String NUMBERED = """
            select c.collector_id, c.serial, d.rules_leaf, s.gift_policy, s.promise_id
            from (
                select * from claims k
                where brand_id = :brand and collectible_id = :id and serial is not null and granted_at is null
                """ + LET_GO + """
                order by serial limit :most) c
            join drops d on d.brand_id = c.brand_id and d.drop_id = c.drop_id
            join drop_stages s on s.brand_id = c.brand_id and s.drop_id = c.drop_id and s.stage_id = c.stage_id
            order by c.serial
            """;

    private final JdbcClient db;
    private final Claims claims;
    private final Drops drops;
    private final Pieces pieces;
    private final Promises promises;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;
    private final Counter failed;
    private final Map<CollectibleId, Instant> putOff = new ConcurrentHashMap<>();
    private final long patienceNanos;
    private long restedAt = System.nanoTime();

    ClaimGrants(
            JdbcClient db,
            Claims claims,
            Drops drops,
            Pieces pieces,
            Promises promises,
            TransactionTemplate transactions,
            BusinessClock clock,
            MeterRegistry meters,
            @Value("${vitrine.drop.grants-wait-seconds:30}") int patienceSeconds) {
        this.patienceNanos = Duration.ofSeconds(patienceSeconds).toNanos();
        this.db = db;
        this.claims = claims;
        this.drops = drops;
        this.pieces = pieces;
        this.promises = promises;
        this.transactions = transactions;
        this.clock = clock;
        this.failed = meters.counter("vitrine.drop.grants.failed");
    }

    @Override
    public String name() {
        return "drop.grants";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        putOff.values().removeIf(until -> !until.isAfter(clock.now()));
        Optional<CollectibleId> fit = waiting(putOff.keySet());
        // Where no other waits, whoever failed comes again at once, and its failure is the job's.
        boolean alone = fit.isEmpty() && !putOff.isEmpty();
        Optional<CollectibleId> waiting = alone ? waiting(Set.of()) : fit;
        // The number is given; the record can wait until the crowd has its answers, and not for ever.
        long now = System.nanoTime();
        boolean rushed = waiting.isPresent() && claims.rushed(waiting.get());
        if (!rushed) restedAt = now;
        else if (now - restedAt < patienceNanos) return false;
        if (waiting.isEmpty()) return false;
        CollectibleId next = waiting.get();
        Integer granted;
        try {
            granted = transactions.execute(status -> grant(next, rushed ? BATCH_IN_A_CROWD : BATCH));
            putOff.remove(next);
        } catch (RuntimeException e) {
            failed.increment();
            putOff.put(next, clock.now().plus(PUT_OFF));
            if (alone) throw e;
            log.warn("drop.grants-failed brand={} collectible={}", next.brand(), next.value(), e);
            return true;
        }
        // While the crowd is there, not one after the other: it has the machine first.
        return granted != null && granted > 0 && !rushed;
    }

    private Optional<CollectibleId> waiting(Set<CollectibleId> without) {
        return db.sql(WAITING)
                .param(
                        "putOff",
                        new SqlArrayValue(
                                "uuid",
                                without.stream().map(CollectibleId::value).toArray()))
                .query((row, n) ->
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)))
                .optional();
    }

    private record Numbered(
            CollectorId collector,
            int serial,
            @Nullable Hash32 rules,
            GiftPolicy policy,
            @Nullable UUID promise) {}

    private int grant(CollectibleId collectible, int most) {
        drops.lock(List.of(collectible));
        // A new statement, so that it sees what was committed while it waited for the lock.
        List<Numbered> numbered = db.sql(NUMBERED)
                .param("brand", collectible.brand().value())
                .param("id", collectible.value())
                .param("most", most)
                .query((row, n) -> {
                    byte[] hash = row.getBytes("rules_leaf");
                    return new Numbered(
                            new CollectorId(row.getObject("collector_id", UUID.class)),
                            row.getInt("serial"),
                            hash == null ? null : Hash32.of(hash),
                            GiftPolicy.of(row.getString("gift_policy")),
                            row.getObject("promise_id", UUID.class));
                })
                .list();
        if (numbered.isEmpty()) return 0;
        pieces.grant(numbered.stream()
                .map(n -> new Grant(new PieceNumber(collectible, n.serial), n.collector, n.rules, n.policy))
                .toList());
        promises.give(numbered.stream()
                .filter(n -> n.promise != null)
                .map(n -> new Promises.Bringing(
                        new PieceNumber(collectible, n.serial), java.util.Objects.requireNonNull(n.promise)))
                .toList());
        db.sql("""
                update claims set granted_at = :now
                where brand_id = :brand and collectible_id = :id and granted_at is null and serial = any(:serials)
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", collectible.brand().value())
                .param("id", collectible.value())
                .param(
                        "serials",
                        new SqlArrayValue(
                                "int4", numbered.stream().map(Numbered::serial).toArray()))
                .update();
        db.sql("""
                update stock set held = held - :n, granted = granted + :n where brand_id = :brand and collectible_id = :id
                """)
                .param("n", numbered.size())
                .param("brand", collectible.brand().value())
                .param("id", collectible.value())
                .update();
        return numbered.size();
    }
}
