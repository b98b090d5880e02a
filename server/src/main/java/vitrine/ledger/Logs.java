package vitrine.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.VerifierKey;

/**
 * The installation's logs: the house's line, and a line of each brand that has one of its own. In a line each goes on from the one
 * before, and only the newest takes records. What an operator does with them: change the key, go on in a new one, begin a brand's.
 * These acts only write down what is wanted; the jobs that seal and sign carry it out, and go on after a crash at any step.
 */
@Component
public class Logs {

    public static final int OVERLAP_DAYS_MAX = 366;
    private static final String NAME = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?";

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Ledger ledger;
    private final LogKeys keys;
    private final LogOrigin origin;
    private final HighWater highWater;
    private final Ids ids;
    private final Clock clock;

    Logs(
            JdbcClient db,
            TransactionTemplate transactions,
            Ledger ledger,
            LogKeys keys,
            LogOrigin origin,
            HighWater highWater,
            Ids ids,
            Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.ledger = ledger;
        this.keys = keys;
        this.origin = origin;
        this.highWater = highWater;
        this.ids = ids;
        this.clock = clock;
    }

    /** How a log stands on this node. */
    public enum State {
        OPEN,
        /** It goes on in another one. */
        CLOSED,
        /** It ended in a loss, without a last record, and goes on in another one. */
        ORPHANED,
        /** More of it was signed than is stored here: an older database. */
        BEHIND,
        /** It was signed, and this node does not know how far. */
        UNKNOWN
    }

    /**
     * @param brand whose records it takes, alone; null: the house's
     * @param seen the largest size that this node knows to have been signed; null: it has no high-water file
     */
    public record Log(
            LogId id,
            String origin,
            @Nullable BrandId brand,
            State state,
            long size,
            @Nullable Instant sealedAt,
            long signedSize,
            @Nullable Instant signedAt,
            long publishedSize,
            @Nullable Instant publishedAt,
            long pending,
            @Nullable Long seen,
            Instant openedAt,
            @Nullable Instant closedAt,
            @Nullable String predecessor,
            long lost,
            @Nullable String successor,
            List<LogKeys.LogKey> keys) {
        public String path() {
            return origin.substring(origin.indexOf('/') + 1);
        }
    }

    /** The house's first, then each brand's; of a line the newest first. */
    public List<Log> all() {
        return db.sql("""
                select l.*, (select max(sealed_at) from log_heads h where h.log_id = l.log_id) as sealed_at,
                    (select count(*) from log_pending p where p.log_id = l.log_id) as pending,
                    b.origin as predecessor, b.closed_size as predecessor_size, n.origin as successor
                from logs l left join logs b on b.log_id = l.predecessor_id left join logs n on n.log_id = l.successor_id
                order by l.brand_id nulls first, l.opened_at desc, l.predecessor_id is null, l.log_id
                """)
                .query((row, n) -> {
                    LogId id = new LogId(row.getObject("log_id", UUID.class));
                    OptionalLong seen = highWater.of(id);
                    Long lost = row.getObject("predecessor_seen", Long.class);
                    return new Log(
                            id,
                            row.getString("origin"),
                            Optional.ofNullable(row.getObject("brand_id", UUID.class))
                                    .map(BrandId::new)
                                    .orElse(null),
                            state(
                                    row.getTimestamp("closed_at") != null,
                                    row.getTimestamp("orphaned_at") != null,
                                    row.getLong("size"),
                                    row.getLong("signed_size"),
                                    seen),
                            row.getLong("size"),
                            instant(row.getTimestamp("sealed_at")),
                            row.getLong("signed_size"),
                            instant(row.getTimestamp("signed_at")),
                            row.getLong("published_size"),
                            instant(row.getTimestamp("published_at")),
                            row.getLong("pending"),
                            seen.isPresent() ? seen.getAsLong() : null,
                            row.getTimestamp("opened_at").toInstant(),
                            instant(row.getTimestamp("closed_at")),
                            row.getString("predecessor"),
                            lost == null ? 0 : Math.max(0, lost - row.getLong("predecessor_size")),
                            row.getString("successor"),
                            keys.of(id));
                })
                .list();
    }

    private static State state(boolean closed, boolean orphaned, long size, long signed, OptionalLong seen) {
        if (orphaned) return State.ORPHANED;
        if (closed) return State.CLOSED;
        if (seen.isPresent() && seen.getAsLong() > size) return State.BEHIND;
        return seen.isEmpty() && signed > 0 ? State.UNKNOWN : State.OPEN;
    }

    public sealed interface Rotated {
        record Begun(VerifierKey key) implements Rotated {}

        /** {@code log.key-changing}: the last change is not over. */
        record Changing() implements Rotated {}

        /** {@code log.overlap-days}: how long both sign is between got and want. */
        record WrongDays(int got, int max) implements Rotated {}
    }

    /**
     * From the first checkpoint that contains the record of this on, a new key signs too, and when {@code overlapDays} are over,
     * it alone. The key is on disk before the record is written; one that a crash left unused is taken by the next try.
     *
     * @param of any log of the line whose key changes
     */
    public Rotated rotate(LogId of, int overlapDays) {
        if (overlapDays < 0 || overlapDays > OVERLAP_DAYS_MAX) {
            return new Rotated.WrongDays(overlapDays, OVERLAP_DAYS_MAX);
        }
        return inTransaction(() -> {
            LogId log = locked(of);
            String name = ledger.originOf(log);
            LogKeys.LogKey newest = keys.of(log).getLast();
            Instant until = newest.bothUntil();
            if (newest.nth() > 1 && (until == null || clock.instant().isBefore(until))) return new Rotated.Changing();
            byte[] fresh = keys.unused(name);
            var record = NewRecord.of(
                    ids.next(),
                    null,
                    new LogRecord.KeyRotated(name, Hash32.of(newest.verifier().publicKey()), Hash32.of(fresh)));
            db.sql("""
                    insert into log_keys (log_id, nth, public_key, record_id, overlap_days, added_at)
                    values (:log, :nth, :key, :record, :days, :now)
                    """)
                    .param("log", log.value())
                    .param("nth", newest.nth() + 1)
                    .param("key", fresh)
                    .param("record", record.id())
                    .param("days", overlapDays)
                    .param("now", Timestamp.from(clock.instant()))
                    .update();
            ledger.append(log, List.of(record));
            return new Rotated.Begun(new VerifierKey(name, fresh));
        });
    }

    public sealed interface Succeeded {
        record Opened(String origin) implements Succeeded {}

        /** {@code log.name}: 1 to 32 small letters, digits and hyphens. */
        record NoName(String got) implements Succeeded {}

        /** {@code log.name-taken}: a name is never used twice, also not one that a restored backup does not know. */
        record NameTaken(String origin) implements Succeeded {}

        /** {@code log.succession-running}: this one has its successor already. */
        record Running(String origin) implements Succeeded {}

        /** {@code log.loss-not-accepted}: more was signed than is here; {@code seen} is -1 where nobody knows how much. */
        record Loss(long size, long seen) implements Succeeded {}
    }

    /**
     * Closes the open log and goes on in a new one. Where more was signed than is stored here, the rest is lost for good: the old
     * log ends as an orphan, and the new one's first record says from which size it goes on and how far the old one was seen.
     *
     * @param of any log of the line that goes on
     */
    public Succeeded succeed(LogId of, String name, boolean acceptLoss) {
        if (!name.matches(NAME)) return new Succeeded.NoName(name);
        String fresh = origin.of(name);
        return inTransaction(() -> {
            LogId log = locked(of);
            record Stored(
                    long size, long signedSize, @Nullable UUID brandId) {}
            Stored stored = db.sql("select size, signed_size, brand_id from logs where log_id = :log")
                    .param("log", log.value())
                    .query(Stored.class)
                    .single();
            OptionalLong seen = highWater.of(log);
            boolean lost = seen.isPresent() ? seen.getAsLong() > stored.size() : stored.signedSize() > 0;
            if (lost && !acceptLoss) return new Succeeded.Loss(stored.size(), seen.orElse(-1));
            Long known = lost ? Long.valueOf(Math.max(stored.size(), seen.orElse(0))) : null;
            var running = db.sql("select origin from logs where predecessor_id = :log")
                    .param("log", log.value())
                    .query(String.class)
                    .optional();
            if (running.isPresent()) {
                if (!running.get().equals(fresh) || known == null) return new Succeeded.Running(running.get());
                db.sql("update logs set predecessor_seen = :seen where log_id = :id and size = 0")
                        .param("seen", known)
                        .param("id", id(fresh))
                        .update();
                return new Succeeded.Opened(fresh);
            }
            if (isTaken(fresh)) return new Succeeded.NameTaken(fresh);
            ledger.open(id(fresh), fresh, stored.brandId(), log.value(), known, keys.unused(fresh));
            return new Succeeded.Opened(fresh);
        });
    }

    public sealed interface Begun {
        record Opened(String origin) implements Begun {}

        /** {@code log.name}: 1 to 32 small letters, digits and hyphens. */
        record NoName(String got) implements Begun {}

        /** {@code log.name-taken}: a name is never used twice, also not one that a restored backup does not know. */
        record NameTaken(String origin) implements Begun {}
    }

    /**
     * Begins a log that takes this brand's records alone, with a key of its own. Whether it may is known to the catalogue, in whose
     * transaction this happens: a brand with a record in the house's log stays there. Leans on {@code logs_one_line_a_brand}.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Begun begin(BrandId brand, String name) {
        if (!name.matches(NAME)) return new Begun.NoName(name);
        String fresh = origin.of(name);
        locked(ledger.main());
        if (isTaken(fresh)) return new Begun.NameTaken(fresh);
        ledger.open(id(fresh), fresh, brand.value(), null, null, keys.unused(fresh));
        return new Begun.Opened(fresh);
    }

    /**
     * The open log of this one's line, once no other act runs. They all pass through the house's line: a key that lies ready is not
     * taken for two logs.
     */
    private LogId locked(LogId of) {
        db.sql("select log_id from logs where predecessor_id is null and brand_id is null for update")
                .query(UUID.class)
                .list();
        UUID open = db.sql("""
                        select log_id from logs where closed_at is null
                            and brand_id is not distinct from (select brand_id from logs where log_id = :log)
                        order by opened_at, predecessor_id nulls first limit 1
                        """).param("log", of.value()).query(UUID.class).single();
        return new LogId(db.sql("select log_id from logs where log_id = :log for update")
                .param("log", open)
                .query(UUID.class)
                .single());
    }

    /** Its id is a function of its name: two nodes that open it at once make the same row. */
    private static UUID id(String name) {
        return UUID.nameUUIDFromBytes(("vitrine log " + name).getBytes(StandardCharsets.UTF_8));
    }

    private boolean isTaken(String name) {
        return ledger.named(name).isPresent()
                || highWater.of(new LogId(id(name))).isPresent();
    }

    private <T> T inTransaction(java.util.function.Supplier<T> deed) {
        return java.util.Objects.requireNonNull(transactions.execute(status -> deed.get()));
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
