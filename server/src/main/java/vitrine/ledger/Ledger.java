package vitrine.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.proof.ConsistencyProof;
import vitrine.proof.EntryBundle;
import vitrine.proof.Hash32;
import vitrine.proof.InclusionProof;
import vitrine.proof.Merkle;
import vitrine.proof.TreeEdge;
import vitrine.proof.TreeProofs;

/**
 * The public log: what is written here is sealed within moments and can never be taken back. There is the house's, and brands may have
 * one of their own beside it; each is a line of logs of which the next goes on from the one before.
 */
@Component
public class Ledger {

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Clock clock;
    private final Map<LogId, String> origins = new ConcurrentHashMap<>();
    private final Map<String, LogId> paths = new ConcurrentHashMap<>();
    private final LogOrigin origin;
    private final LogKeys keys;

    Ledger(JdbcClient db, JdbcTemplate rows, Clock clock, LogOrigin origin, LogKeys keys) {
        this.db = db;
        this.rows = rows;
        this.clock = clock;
        this.origin = origin;
        this.keys = keys;
    }

    /**
     * The log that takes a brand's records: its own, or the house's. When it was closed in this moment, what was written for it is
     * sealed in its successor. A brand keeps its line from its first publication on ({@code BrandLogs} of the catalogue).
     */
    public LogId of(BrandId brand) {
        return db.sql("""
                        select log_id from logs where closed_at is null and (brand_id = :brand or brand_id is null)
                        order by brand_id nulls last, opened_at, predecessor_id nulls first limit 1
                        """)
                .param("brand", brand.value())
                .query(UUID.class)
                .optional()
                .map(LogId::new)
                .orElseGet(this::main);
    }

    /** Of these brands those that have a log of their own, with the log of theirs that is open. */
    public Map<BrandId, LogId> own(Collection<BrandId> brands) {
        Map<BrandId, LogId> own = new LinkedHashMap<>();
        db.sql("""
                        select distinct on (brand_id) brand_id, log_id from logs
                        where closed_at is null and brand_id = any(:brands)
                        order by brand_id, opened_at, predecessor_id nulls first
                        """)
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid", brands.stream().map(BrandId::value).toArray()))
                .query(row -> {
                    own.put(new BrandId(row.getObject(1, UUID.class)), new LogId(row.getObject(2, UUID.class)));
                });
        return own;
    }

    /** The house's log, which takes the records of every brand without one of its own; made at the first call ever. */
    public LogId main() {
        Optional<UUID> open = db.sql("""
                        select log_id from logs where closed_at is null and brand_id is null
                        order by opened_at, predecessor_id nulls first limit 1
                        """).query(UUID.class).optional();
        if (open.isPresent()) return new LogId(open.get());
        // Its id is a function of its origin: two nodes that start at once make the same row.
        UUID id = UUID.nameUUIDFromBytes(("vitrine log " + origin.text()).getBytes(StandardCharsets.UTF_8));
        open(id, origin.text(), null, null, null, keys.first(origin.text()));
        return new LogId(id);
    }

    /** @param brand whose records it takes; null: the house's */
    void open(
            UUID id,
            String name,
            @Nullable UUID brand,
            @Nullable UUID predecessor,
            @Nullable Long seen,
            byte[] publicKey) {
        db.sql("""
                with made as (
                    insert into logs (log_id, origin, brand_id, size, root, edge, signed_size, opened_at, predecessor_id,
                        predecessor_seen)
                    values (:id, :origin, :brand, 0, :root, :edge, 0, :now, :predecessor, :seen) on conflict do nothing
                    returning log_id)
                insert into log_keys (log_id, nth, public_key, added_at) select log_id, 1, :key, :now from made
                """)
                .param("id", id)
                .param("origin", name)
                .param("brand", brand, java.sql.Types.OTHER)
                .param("root", Merkle.EMPTY_ROOT.bytes())
                .param("edge", TreeEdge.EMPTY.bytes())
                .param("now", Timestamp.from(clock.instant()))
                .param("predecessor", predecessor, java.sql.Types.OTHER)
                .param("seen", seen, java.sql.Types.BIGINT)
                .param("key", publicKey)
                .update();
    }

    /** The log that is served below this path of its origin's host: {@code log}, or {@code logs/2027}. */
    public Optional<LogId> at(String path) {
        LogId known = paths.get(path);
        if (known != null) return Optional.of(known); // a name is never used twice
        Optional<LogId> found = db.sql(
                        "select log_id from logs where substring(origin from position('/' in origin) + 1) = :path limit 1")
                .param("path", path)
                .query(UUID.class)
                .optional()
                .map(LogId::new);
        found.ifPresent(log -> paths.put(path, log));
        return found;
    }

    public Optional<LogId> named(String name) {
        return db.sql("select log_id from logs where origin = :origin")
                .param("origin", name)
                .query(UUID.class)
                .optional()
                .map(LogId::new);
    }

    /**
     * A log with those before and after it in mind.
     *
     * @param brand whose records it takes, alone; null: the house's
     * @param closedSize null: it is open
     */
    public record Volume(
            LogId log,
            String origin,
            @Nullable BrandId brand,
            @Nullable Long closedSize,
            @Nullable LogId predecessor,
            Head head) {
        public String path() {
            return origin.substring(origin.indexOf('/') + 1);
        }

        /** Whether its newest shown checkpoint has this entry. */
        public boolean shows(long index) {
            return head.note() != null && index < head.size();
        }
    }

    /** All logs: the house's first, then each brand's; of a line the newest first. */
    public List<Volume> volumes() {
        return db.sql("""
                select log_id, origin, brand_id, closed_size, predecessor_id, published_size, published_note from logs
                order by brand_id nulls first, opened_at desc, predecessor_id is null, log_id
                """)
                .query((row, n) -> new Volume(
                        new LogId(row.getObject("log_id", UUID.class)),
                        row.getString("origin"),
                        brand(row.getObject("brand_id", UUID.class)),
                        row.getObject("closed_size", Long.class),
                        log(row.getObject("predecessor_id", UUID.class)),
                        new Head(row.getLong("published_size"), row.getString("published_note"))))
                .list();
    }

    /** The logs from the newest of this one's line back: each goes on from the one after it in this list. */
    public List<Volume> line(LogId log) {
        List<Volume> all = volumes();
        BrandId brand = all.stream()
                .filter(volume -> volume.log().equals(log))
                .findFirst()
                .orElseThrow()
                .brand();
        Map<LogId, Volume> of = new LinkedHashMap<>();
        all.stream().filter(volume -> Objects.equals(volume.brand(), brand)).forEach(v -> of.put(v.log(), v));
        Set<LogId> continued = new HashSet<>();
        of.values().forEach(volume -> {
            if (volume.predecessor() != null) continued.add(volume.predecessor());
        });
        List<Volume> line = new ArrayList<>();
        Volume at = of.values().stream()
                .filter(volume -> !continued.contains(volume.log()))
                .findFirst()
                .orElseThrow();
        while (at != null) {
            line.add(at);
            at = at.predecessor() == null ? null : of.get(at.predecessor());
        }
        return line;
    }

    private static @Nullable BrandId brand(@Nullable UUID id) {
        return id == null ? null : new BrandId(id);
    }

    private static @Nullable LogId log(@Nullable UUID id) {
        return id == null ? null : new LogId(id);
    }

    /** Where a record was sealed. */
    public record Place(LogId log, long index) {}

    /** Those of the records that are sealed, in whichever log, shown or not yet. */
    public Map<UUID, Place> places(Collection<UUID> records) {
        Map<UUID, Place> places = new LinkedHashMap<>();
        db.sql("""
                select record_id, log_id, leaf_index from log_records
                where log_id = any (array(select log_id from logs)) and record_id = any(:records)
                """)
                .param("records", new SqlArrayValue("uuid", records.toArray()))
                .query(row -> {
                    places.put(
                            row.getObject(1, UUID.class),
                            new Place(new LogId(row.getObject(2, UUID.class)), row.getLong(3)));
                });
        return places;
    }

    /** When the first checkpoint with this record was signed; empty: none was yet, so nobody outside can have seen it. */
    public Optional<Instant> signedAt(UUID record) {
        return db.sql("""
                select h.signed_at from log_records r join log_heads h on h.log_id = r.log_id and h.size > r.leaf_index
                where r.log_id = any (array(select log_id from logs)) and r.record_id = :record and h.signed_at is not null
                order by h.size limit 1
                """)
                .param("record", record)
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .optional();
    }

    public byte[] entry(Place place) {
        return new LogTiles(db, place.log()).entry(place.index());
    }

    /** A sealed entry with its path to the tree of this size, which must be one that is stored. */
    public Proven proven(Place place, long size) {
        var around = new LogTiles(db, place.log()).around(size, place.index());
        return new Proven(around.entry(), new TreeProofs(around.tiles(), size).inclusion(place.index()));
    }

    /** What records name as their log; it stays when the installation's address changes. */
    public String originOf(LogId log) {
        return origins.computeIfAbsent(log, asked -> db.sql("select origin from logs where log_id = :log")
                .param("log", asked.value())
                .query(String.class)
                .single());
    }

    /** Below which path of its origin's host the log is served: what {@link #at} finds it by. */
    public String pathOf(LogId log) {
        String origin = originOf(log);
        return origin.substring(origin.indexOf('/') + 1);
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

    /** The newest checkpoint that everybody is shown; size 0 and no note before the first. */
    public Head head(LogId log) {
        return db.sql("select published_size as size, published_note as note from logs where log_id = :log")
                .param("log", log.value())
                .query(Head.class)
                .single();
    }

    public record Head(long size, @Nullable String note) {}

    /** Up to where a signature covers the log, its own or its successor's: tiles are served to here, so that witnesses and monitors can look ahead. */
    public long signedSize(LogId log) {
        return db.sql("""
                select greatest(l.signed_size, case when n.signed_size > 0 then l.closed_size else 0 end)
                from logs l left join logs n on n.log_id = l.successor_id where l.log_id = :log
                """).param("log", log.value()).query(Long.class).single();
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
        return entry(log, index, size, head(log));
    }

    /** The same where the newest head is known already. */
    Optional<Proven> entry(LogId log, long index, long size, Head newest) {
        if (index < 0 || index >= size || size > newest.size()) return Optional.empty();
        return Optional.of(proven(new Place(log, index), size));
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
}
