package vitrine.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.proof.ConsistencyProof;
import vitrine.proof.EntryBundle;
import vitrine.proof.Hash32;
import vitrine.proof.InclusionProof;
import vitrine.proof.Merkle;
import vitrine.proof.TreeEdge;
import vitrine.proof.TreeProofs;

/** The public log: what is written here is sealed within moments and can never be taken back. */
@Component
public class Ledger {

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Clock clock;
    private final LogOrigin origin;
    private volatile @Nullable LogId main;

    Ledger(JdbcClient db, JdbcTemplate rows, Clock clock, LogOrigin origin) {
        this.db = db;
        this.rows = rows;
        this.clock = clock;
        this.origin = origin;
    }

    /** The installation's log, made at the first call ever. */
    public LogId main() {
        LogId known = main;
        if (known != null) return known;
        // Its id is a function of its origin: two nodes that start at once make the same row.
        UUID id = UUID.nameUUIDFromBytes(("vitrine log " + origin.text()).getBytes(StandardCharsets.UTF_8));
        Optional<UUID> first = db.sql("select log_id from logs where closed_at is null order by opened_at limit 1")
                .query(UUID.class)
                .optional();
        if (first.isEmpty()) {
            db.sql("""
                    insert into logs (log_id, origin, size, root, edge, signed_size, signed_note, opened_at)
                    values (:id, :origin, 0, :root, :edge, 0, null, :now) on conflict do nothing
                    """)
                    .param("id", id)
                    .param("origin", origin.text())
                    .param("root", Merkle.EMPTY_ROOT.bytes())
                    .param("edge", TreeEdge.EMPTY.bytes())
                    .param("now", Timestamp.from(clock.instant()))
                    .update();
        }
        LogId log = new LogId(first.orElse(id));
        main = log;
        return log;
    }

    /** What records name as their log; it stays when the installation's address changes. */
    public String originOf(LogId log) {
        return db.sql("select origin from logs where log_id = :log")
                .param("log", log.value())
                .query(String.class)
                .single();
    }

    /** Only inside the transaction that makes the records true: from its commit on they will be sealed, exactly once. */
    public void append(LogId log, List<NewRecord> records) {
        if (records.isEmpty()) return;
        rows.update(
                """
                insert into log_pending (log_id, record_id, prev_record_id, rank, entry, leaf)
                select ?, * from unnest(?::uuid[], ?::uuid[], ?::int2[], ?::bytea[], ?::bytea[])
                """,
                log.value(),
                new SqlArrayValue("uuid", records.stream().map(NewRecord::id).toArray()),
                new SqlArrayValue(
                        "uuid", records.stream().map(NewRecord::previous).toArray()),
                new SqlArrayValue("int2", (Object[])
                        records.stream().map(r -> (short) (r.named() ? 0 : 1)).toArray(Short[]::new)),
                new SqlArrayValue("bytea", (Object[])
                        records.stream().map(NewRecord::entry).toArray(byte[][]::new)),
                new SqlArrayValue("bytea", (Object[])
                        records.stream().map(r -> r.leaf().bytes()).toArray(byte[][]::new)));
    }

    /** Each record as it stands now, with its proof against the newest published checkpoint when it is inside. */
    public Map<UUID, Recorded> find(LogId log, Collection<UUID> records) {
        return find(log, records, head(log));
    }

    /** The same with every proof against this checkpoint, which may have been followed by others. */
    public Map<UUID, Recorded> find(LogId log, Collection<UUID> records, Head head) {
        Map<UUID, Long> indexes = indexes(log, records);
        var tiles = new LogTiles(db, log);
        var proofs = new TreeProofs(tiles, head.size());
        Map<UUID, Recorded> found = new LinkedHashMap<>();
        for (UUID record : records) {
            Long index = indexes.get(record);
            if (index == null) {
                pending(log, record).ifPresent(entry -> found.put(record, new Recorded.Pending(entry)));
            } else {
                byte[] entry = entry(tiles, index);
                found.put(
                        record,
                        index < head.size() && head.note() != null
                                ? new Recorded.Sealed(entry, index, proofs.inclusion(index), head.note())
                                : new Recorded.Pending(entry));
            }
        }
        return found;
    }

    /** The newest checkpoint that everybody is shown; size 0 and no note before the first. */
    public Head head(LogId log) {
        return db.sql("select published_size as size, published_note as note from logs where log_id = :log")
                .param("log", log.value())
                .query(Head.class)
                .single();
    }

    public record Head(long size, @Nullable String note) {}

    /** Up to where a signature covers the log: tiles are served to here, so that witnesses and monitors can look ahead. */
    public long signedSize(LogId log) {
        return db.sql("select signed_size from logs where log_id = :log")
                .param("log", log.value())
                .query(Long.class)
                .single();
    }

    /** A checkpoint as it was shown, with its cosignatures. */
    public record Shown(long size, Hash32 root, Instant signedAt, String note) {}

    /** Checkpoints below a size, the newest first. Heads that were never signed are not among them. */
    public List<Shown> checkpoints(LogId log, long below, int most) {
        return db.sql("""
                select h.size, h.root, h.signed_at, h.note from log_heads h join logs l on l.log_id = h.log_id
                where h.log_id = :log and h.size < :below and h.size <= l.published_size and h.note is not null
                order by h.size desc limit :most
                """)
                .param("log", log.value())
                .param("below", below)
                .param("most", most)
                .query(Ledger::shown)
                .list();
    }

    /** The checkpoint of exactly this size, if one was shown. */
    public Optional<Shown> checkpoint(LogId log, long size) {
        return checkpoints(log, size + 1, 1).stream()
                .filter(shown -> shown.size() == size)
                .findFirst();
    }

    /** An entry below {@code size} with its path to the tree of that size; empty: there is none. */
    public Optional<Proven> entry(LogId log, long index, long size) {
        if (index < 0 || index >= size || size > head(log).size()) return Optional.empty();
        var tiles = new LogTiles(db, log);
        return Optional.of(new Proven(entry(tiles, index), new TreeProofs(tiles, size).inclusion(index)));
    }

    public record Proven(byte[] entry, InclusionProof proof) {}

    /** Published entries from {@code first} on, in the log's order: at most {@code most}, fewer at its end. */
    public List<byte[]> entries(LogId log, long first, int most) {
        long end = Math.min(head(log).size(), first + most);
        var tiles = new LogTiles(db, log);
        List<byte[]> entries = new ArrayList<>();
        for (long at = first; at < end; ) {
            long bundle = at >>> 8;
            int until = (int) Math.min(256, end - (bundle << 8));
            byte[] bytes = tiles.entries(bundle, until);
            List<byte[]> read = bytes == null ? null : EntryBundle.entriesOrNull(bytes, until);
            if (read == null) throw new IllegalStateException("the log lost the entries of bundle " + bundle);
            entries.addAll(read.subList((int) (at & 0xff), until));
            at = (bundle << 8) + until;
        }
        return entries;
    }

    /** Where records stand in the log; those that are not published yet are missing. */
    public Map<UUID, Long> published(LogId log, Collection<UUID> records) {
        long size = head(log).size();
        Map<UUID, Long> found = indexes(log, records);
        found.values().removeIf(index -> index >= size);
        return found;
    }

    /** That the tree of {@code size} continues the tree of {@code old}; empty: no such sizes in what is shown. */
    public Optional<ConsistencyProof> consistency(LogId log, long old, long size) {
        if (old < 0 || old > size || size > head(log).size()) return Optional.empty();
        return Optional.of(new TreeProofs(new LogTiles(db, log), size).consistency(old));
    }

    private static Shown shown(ResultSet row, int n) throws SQLException {
        return new Shown(
                row.getLong("size"),
                Hash32.of(row.getBytes("root")),
                row.getTimestamp("signed_at").toInstant(),
                row.getString("note"));
    }

    private Map<UUID, Long> indexes(LogId log, Collection<UUID> records) {
        Map<UUID, Long> indexes = new LinkedHashMap<>();
        db.sql("select record_id, leaf_index from log_records where log_id = :log and record_id = any(:records)")
                .param("log", log.value())
                .param("records", new SqlArrayValue("uuid", records.toArray()))
                .query(row -> {
                    indexes.put(row.getObject(1, UUID.class), row.getLong(2));
                });
        return indexes;
    }

    private Optional<byte[]> pending(LogId log, UUID record) {
        return db.sql("select entry from log_pending where log_id = :log and record_id = :record")
                .param("log", log.value())
                .param("record", record)
                .query(byte[].class)
                .optional();
    }

    private static byte[] entry(LogTiles tiles, long index) {
        int within = (int) (index & 0xff);
        byte[] bundle = tiles.entries(index >>> 8, within + 1);
        List<byte[]> entries = bundle == null ? null : EntryBundle.entriesOrNull(bundle, within + 1);
        if (entries == null) throw new IllegalStateException("the log lost the entry at " + index);
        return entries.get(within);
    }
}
