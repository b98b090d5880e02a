package vitrine.ledger;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Job;
import vitrine.proof.Appended;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.TreeAppender;
import vitrine.proof.TreeEdge;

/**
 * Seals pending records into the log: entries, tiles, head and the emptied outbox in one transaction, under the lock of the log's
 * row. The head is signed afterwards ({@link CheckpointSigner}), when it can no longer vanish.
 */
@Component
class LogSealer implements Job {

    private static final int SEAL_MAX = 4_096;

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final TransactionTemplate transactions;
    private final SecureRandom random;
    private final Clock clock;
    private final HighWater highWater;
    private volatile boolean lastWasFull;

    LogSealer(
            JdbcClient db,
            JdbcTemplate rows,
            TransactionTemplate transactions,
            SecureRandom random,
            Clock clock,
            HighWater highWater) {
        this.db = db;
        this.rows = rows;
        this.transactions = transactions;
        this.random = random;
        this.clock = clock;
        this.highWater = highWater;
    }

    @Override
    public String name() {
        return "log-seal";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(250);
    }

    /** A seal costs much the same for one record as for a hundred: let some gather. */
    @Override
    public Duration breath() {
        return lastWasFull ? Duration.ZERO : pause();
    }

    @Override
    public boolean run() {
        boolean more = false;
        RuntimeException failed = null;
        lastWasFull = false;
        // The first by the key, and not whether any exists: what was sealed and not yet vacuumed is not walked through
        // each time.
        for (Due due : db.sql("""
                select log_id, signed_size from logs l
                where signed_size = 0 or (select record_id from log_pending p where p.log_id = l.log_id order by rank, record_id limit 1) is not null
                    or (predecessor_id is not null and size = 0)
                order by size -- a new log first: it may end one that can take nothing any more
                """).query(Due.class).list()) {
            LogId log = new LogId(due.logId());
            // Who sees a log before it was ever signed knows how far it was signed, and may go on with it after others
            // did.
            if (due.signedSize() == 0) highWater.raise(log, 0);
            try {
                int sealed = seal(log);
                lastWasFull |= sealed == SEAL_MAX;
                more |= sealed > 0;
            } catch (LogBehind e) {
                failed = e; // the other logs are sealed all the same
            }
        }
        if (failed != null) throw failed;
        return more;
    }

    private int seal(LogId log) {
        Tip before = tip(log, "");
        if (before.predecessorId() != null && before.size() == 0) {
            close(new LogId(before.predecessorId()), before);
            return goOn(log);
        }
        if (before.successorId() != null) return handOn(log, before.successorId());
        Integer sealed = transactions.execute(status -> {
            Tip tip = tip(log, " for update");
            if (tip.successorId() != null) return 0; // closed in this moment: the next run hands on
            requireNotBehind(log, tip);
            // A new statement, so a new snapshot: what the node before us sealed is no longer pending for us.
            List<Pending> batch = take(log);
            if (batch.isEmpty()) return 0;
            // The order inside a seal says nothing about who came when; only what others name comes before them.
            Collections.shuffle(batch, random);
            batch.sort(Comparator.comparingInt(Pending::rank));
            var appender = TreeAppender.resume(TreeEdge.parse(tip.edge()).orThrow(), new LogTiles(db, log));
            store(log, batch, appender.append(batch.stream().map(Pending::entry).toList()));
            return batch.size();
        });
        return sealed == null ? 0 : sealed;
    }

    private Tip tip(LogId log, String lock) {
        return db.sql("""
                select origin, size, root, edge, signed_size, predecessor_id, predecessor_seen, successor_id
                from logs where log_id = :log
                """ + lock).param("log", log.value()).query(Tip.class).single();
    }

    /**
     * The last record names the successor; nothing can follow: logs_nothing_after_the_end. One of which more was signed than is
     * here cannot take it without a fork: it ends where it is, and its successor says so.
     */
    private void close(LogId log, Tip successor) {
        transactions.executeWithoutResult(status -> {
            Tip tip = tip(log, " for update");
            if (tip.successorId() != null) return;
            boolean orphaned = successor.predecessorSeen() != null;
            if (!orphaned) {
                requireNotBehind(log, tip);
                sealOne(log, tip, "closed", new LogRecord.LogClosed(tip.origin(), successor.origin()));
            }
            db.sql("""
                    update logs set closed_at = :now, closed_size = size, orphaned_at = :orphaned,
                        successor_id = (select n.log_id from logs n where n.origin = :successor)
                    where log_id = :log
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("orphaned", orphaned ? Timestamp.from(clock.instant()) : null, java.sql.Types.TIMESTAMP)
                    .param("successor", successor.origin())
                    .param("log", log.value())
                    .update();
        });
    }

    /** The first record says from where it goes on. */
    private int goOn(LogId log) {
        transactions.executeWithoutResult(status -> {
            Tip tip = tip(log, " for update");
            if (tip.size() > 0 || tip.predecessorId() == null) return;
            Tip last = tip(new LogId(tip.predecessorId()), "");
            long seen = tip.predecessorSeen() == null ? last.size() : Math.max(last.size(), tip.predecessorSeen());
            sealOne(
                    log,
                    tip,
                    "opened",
                    new LogRecord.LogOpened(tip.origin(), last.origin(), last.size(), Hash32.of(last.root()), seen));
        });
        return 1;
    }

    private void sealOne(LogId log, Tip tip, String what, LogRecord record) {
        UUID id = UUID.nameUUIDFromBytes((what + " " + log).getBytes(StandardCharsets.UTF_8));
        var appender = TreeAppender.resume(TreeEdge.parse(tip.edge()).orThrow(), new LogTiles(db, log));
        store(log, List.of(new Pending(id, 0, record.bytes())), appender.append(List.of(record.bytes())));
    }

    /** What was written for a log that ended in the meantime is sealed in the one that goes on. */
    private int handOn(LogId log, UUID successor) {
        return db.sql("""
                with due as (delete from log_pending where log_id = :log returning *)
                insert into log_pending (log_id, record_id, prev_record_id, rank, entry, leaf)
                select :successor, record_id, prev_record_id, rank, entry, leaf from due
                """)
                .param("log", log.value())
                .param("successor", successor)
                .update();
    }

    /** A log that is shorter than what was once signed is a restored backup: sealing on would fork it. */
    private void requireNotBehind(LogId log, Tip tip) {
        OptionalLong seen = highWater.of(log);
        if (seen.isEmpty() && tip.signedSize() > 0) throw new LogBehind(log, tip.size(), -1);
        if (seen.isPresent() && seen.getAsLong() > tip.size()) throw new LogBehind(log, tip.size(), seen.getAsLong());
        highWater.raise(log, tip.signedSize());
    }

    private List<Pending> take(LogId log) {
        // By place and not by key: a planner that last saw this table empty would compare each row with each.
        return new ArrayList<>(db.sql("""
                with due as materialized (
                    select p.ctid as place from log_pending p
                    where p.log_id = :log
                    -- What was written for an ended log may be named by what is here: that is handed on first.
                    and not exists (
                        select from logs ended where successor_id is not null and (
                            select record_id from log_pending late where late.log_id = ended.log_id
                            order by rank, record_id limit 1) is not null)
                    -- Rules that follow on rules of this very seal come in the next one, and so does what may name them.
                    and (p.rank = 0 or not exists (
                        select from log_pending held join log_pending before
                            on before.log_id = held.log_id and before.rank = 0 and before.record_id = held.prev_record_id
                        where held.log_id = :log and held.rank = 0))
                    and (p.prev_record_id is null or not exists (
                        select from log_pending before where before.log_id = p.log_id
                        and before.rank = any ('{0,1}') and before.record_id = p.prev_record_id))
                    order by p.rank, p.record_id limit :most)
                delete from log_pending where ctid = any (array(select place from due))
                returning record_id, rank, entry
                """)
                .param("log", log.value())
                .param("most", SEAL_MAX)
                .query(Pending.class)
                .list());
    }

    /** Leans on log_records_sealed_once: a record that was sealed before makes the whole seal fail. */
    private void store(LogId log, List<Pending> batch, Appended appended) {
        rows.update(
                "insert into log_records (log_id, record_id, leaf_index) select ?, * from unnest(?::uuid[], ?::bigint[])",
                log.value(),
                new SqlArrayValue("uuid", batch.stream().map(Pending::recordId).toArray()),
                new SqlArrayValue(
                        "int8",
                        LongStream.range(appended.firstIndex(), appended.size())
                                .boxed()
                                .toArray()));
        rows.batchUpdate("""
                insert into log_bundles (log_id, bundle, width, entries, ends) values (?, ?, ?, ?, ?)
                on conflict (log_id, bundle) do update
                set width = excluded.width, entries = excluded.entries, ends = excluded.ends
                """, appended.bundles(), appended.bundles().size(), (row, bundle) -> {
            row.setObject(1, log.value());
            row.setLong(2, bundle.index());
            row.setInt(3, bundle.width());
            row.setBytes(4, bundle.bytes());
            row.setObject(5, bundle.ends());
        });
        rows.batchUpdate("""
                insert into log_tiles (log_id, level, tile, width, hashes) values (?, ?, ?, ?, ?)
                on conflict (log_id, level, tile) do update set width = excluded.width, hashes = excluded.hashes
                """, appended.tiles(), appended.tiles().size(), (row, tile) -> {
            row.setObject(1, log.value());
            row.setInt(2, tile.level());
            row.setLong(3, tile.index());
            row.setInt(4, tile.width());
            row.setBytes(5, tile.hashes());
        });
        byte[] root = appended.root().bytes();
        db.sql("insert into log_heads (log_id, size, root, sealed_at) values (:log, :size, :root, :now)")
                .param("log", log.value())
                .param("size", appended.size())
                .param("root", root)
                .param("now", Timestamp.from(clock.instant()))
                .update();
        db.sql("update logs set size = :size, root = :root, edge = :edge where log_id = :log")
                .param("size", appended.size())
                .param("root", root)
                .param("edge", appended.edge().bytes())
                .param("log", log.value())
                .update();
    }

    record Tip(
            String origin,
            long size,
            byte[] root,
            byte[] edge,
            long signedSize,
            @Nullable UUID predecessorId,
            @Nullable Long predecessorSeen,
            @Nullable UUID successorId) {}

    record Due(UUID logId, long signedSize) {}

    record Pending(UUID recordId, int rank, byte[] entry) {}
}
