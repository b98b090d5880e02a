package vitrine.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.proof.Appended;
import vitrine.proof.Checkpoint;
import vitrine.proof.EntryBundle;
import vitrine.proof.Hash32;
import vitrine.proof.InclusionProof;
import vitrine.proof.LogRecord;
import vitrine.proof.Merkle;
import vitrine.proof.SignedNote;
import vitrine.proof.Tile;
import vitrine.proof.TileSource;
import vitrine.proof.TreeAppender;
import vitrine.proof.TreeEdge;

/**
 * The log in the server: an installation whose log is filled to its size past the server (by the library, as COPY), then given
 * pending records to seal, and asked for proofs of entries that it has not read before. What it sealed and proved is checked.
 */
final class LogServerBench {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int BATCH = 65_536;
    private static final int PENDING_PER_COPY = 50_000;
    /** The server lets an address ask some thousands at once; beyond that its throttle would be measured. */
    private static final int PROOFS_AN_ADDRESS = 2_000;

    /** Until then the compiler is busy beside the server, and two cores are too few for both. */
    private static final int PROOFS_WARMING = 30 * PROOFS_AN_ADDRESS;

    private static final int PROOFS = 2 * PROOFS_AN_ADDRESS;
    private static final Pattern BEFORE = Pattern.compile(" ([0-9]+)M->[0-9]+M");

    private final LogBench.Plan plan;
    private final Consumer<String> out;
    private final Random random = new Random(20261128);

    LogServerBench(LogBench.Plan plan, Consumer<String> out) {
        this.plan = plan;
        this.out = out;
    }

    /** @return whether every record was sealed once and every proof leads to the signed root */
    boolean run() {
        try (Installation installation = Installation.found(Instant.now(), plan.keep())) {
            Path collections = installation.folder().resolve("heap.log");
            boolean holds;
            try (Installation.Server server = installation.start(
                            List.of("-Xmx256m", "-Xlog:gc:file=" + collections + ":none:filecount=0"));
                    Connection db = installation.database().getConnection()) {
                out.accept("fsync: " + setting(db, "fsync"));
                fill(db);
                holds = seal(server, db);
                holds &= prove(server, db);
            }
            out.accept("sealing_heap_mb: " + peak(collections));
            return holds;
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String setting(Connection db, String name) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery("show " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    record Log(UUID id, String origin, long size, TreeEdge edge) {}

    static Log log(Connection db, String how) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery("select log_id, origin, size, edge from logs " + how)) {
            row.next();
            return new Log(
                    row.getObject(1, UUID.class),
                    row.getString(2),
                    row.getLong(3),
                    TreeEdge.parse(row.getBytes(4)).orThrow());
        }
    }

    // ---- filling

    /** In one transaction under the lock of the log's row, so the server's own sealer waits and goes on after it. */
    private void fill(Connection db) throws SQLException, IOException {
        db.setAutoCommit(false);
        Log log = log(db, "for update");
        TreeAppender tree = TreeAppender.resume(log.edge, stored(db, log.id));
        // What is not full when a batch ends is wider in the next one: only its last state is written.
        Map<List<Long>, Tile> openTiles = new HashMap<>();
        EntryBundle openBundle = null;
        Appended appended = null;
        while (tree.size() < plan.serverRecords()) {
            List<byte[]> entries = new ArrayList<>();
            long until = Math.min(plan.serverRecords(), tree.size() + BATCH);
            for (long serial = tree.size(); serial < until; serial++) entries.add(record(log.origin, serial));
            appended = tree.append(entries);
            openBundle = null;
            // The bundle and the tiles that were begun before are rows already.
            EntryBundle begun = null;
            try (var copy = BinaryCopy.into(db, "log_bundles (log_id, bundle, width, entries, ends)")) {
                for (EntryBundle bundle : appended.bundles()) {
                    if (bundle.width() < 256) openBundle = bundle;
                    else if (bundle.index() == log.size >>> 8) begun = bundle;
                    else
                        copy.row(5)
                                .uuid(log.id)
                                .number8(bundle.index())
                                .number4(bundle.width())
                                .bytes(bundle.bytes())
                                .numbers4(bundle.ends());
                }
            }
            if (begun != null) put(db, log.id, begun);
            try (var copy = BinaryCopy.into(db, "log_tiles (log_id, level, tile, width, hashes)")) {
                for (Tile tile : appended.tiles()) {
                    List<Long> place = List.of((long) tile.level(), tile.index());
                    openTiles.remove(place);
                    boolean isRow = tile.index() == log.size >>> 8 * (tile.level() + 1);
                    if (tile.width() < 256 || isRow) openTiles.put(place, tile);
                    else
                        copy.row(5)
                                .uuid(log.id)
                                .number4(tile.level())
                                .number8(tile.index())
                                .number4(tile.width())
                                .bytes(tile.hashes());
                }
            }
            try (var copy = BinaryCopy.into(db, "log_records (log_id, record_id, leaf_index)")) {
                for (long index = appended.firstIndex(); index < appended.size(); index++) {
                    copy.row(3).uuid(log.id).uuid(id(index)).number8(index);
                }
            }
        }
        if (openBundle != null) put(db, log.id, openBundle);
        for (Tile tile : openTiles.values()) put(db, log.id, tile);
        if (appended != null) head(db, log.id, appended);
        db.commit();
        db.setAutoCommit(true);
        try (Statement statement = db.createStatement()) {
            statement.execute("vacuum analyze log_tiles, log_bundles, log_records");
            statement.execute("checkpoint");
        }
    }

    private static byte[] record(String origin, long serial) {
        return LogRecord.granted(
                        origin,
                        new Hash32(serial / 1_000, 1, 2, 3),
                        (int) (serial % 1_000) + 1,
                        null,
                        null,
                        new Hash32(serial, 4, 5, 6))
                .bytes();
    }

    /** As the platform's own ids: the later, the larger. */
    private static UUID id(long index) {
        return new UUID(index << 16 | 0x7000L, 0x8000_0000_0000_0000L | index);
    }

    static TileSource stored(Connection db, UUID log) {
        return new TileSource() {
            @Override
            public byte[] tile(int level, long index, int width) {
                return bytes("select hashes from log_tiles where log_id = ? and tile = ? and level = " + level, index);
            }

            @Override
            public byte[] entries(long index, int width) {
                return bytes("select entries from log_bundles where log_id = ? and bundle = ?", index);
            }

            private byte[] bytes(String sql, long index) {
                try (PreparedStatement statement = db.prepareStatement(sql)) {
                    statement.setObject(1, log);
                    statement.setLong(2, index);
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                        return row.getBytes(1);
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(sql, e);
                }
            }
        };
    }

    private static void put(Connection db, UUID log, EntryBundle bundle) throws SQLException {
        try (PreparedStatement statement = db.prepareStatement("""
                insert into log_bundles (log_id, bundle, width, entries, ends) values (?, ?, ?, ?, ?)
                on conflict (log_id, bundle) do update
                set width = excluded.width, entries = excluded.entries, ends = excluded.ends
                """)) {
            statement.setObject(1, log);
            statement.setLong(2, bundle.index());
            statement.setInt(3, bundle.width());
            statement.setBytes(4, bundle.bytes());
            statement.setObject(5, bundle.ends());
            statement.executeUpdate();
        }
    }

    private static void put(Connection db, UUID log, Tile tile) throws SQLException {
        try (PreparedStatement statement = db.prepareStatement("""
                insert into log_tiles (log_id, level, tile, width, hashes) values (?, ?, ?, ?, ?)
                on conflict (log_id, level, tile) do update set width = excluded.width, hashes = excluded.hashes
                """)) {
            statement.setObject(1, log);
            statement.setInt(2, tile.level());
            statement.setLong(3, tile.index());
            statement.setInt(4, tile.width());
            statement.setBytes(5, tile.hashes());
            statement.executeUpdate();
        }
    }

    private static void head(Connection db, UUID log, Appended appended) throws SQLException {
        try (PreparedStatement head = db.prepareStatement(
                        "insert into log_heads (log_id, size, root, sealed_at) values (?, ?, ?, now())");
                PreparedStatement tip =
                        db.prepareStatement("update logs set size = ?, root = ?, edge = ? where log_id = ?")) {
            head.setObject(1, log);
            head.setLong(2, appended.size());
            head.setBytes(3, appended.root().bytes());
            head.executeUpdate();
            tip.setLong(1, appended.size());
            tip.setBytes(2, appended.root().bytes());
            tip.setBytes(3, appended.edge().bytes());
            tip.setObject(4, log);
            tip.executeUpdate();
        }
    }

    // ---- sealing

    private boolean seal(Installation.Server server, Connection db)
            throws SQLException, IOException, InterruptedException {
        try (SealWatch watch = new SealWatch(server.port())) {
            if (!watch.await(plan.serverRecords(), 60)) return false;
            // A first round for the compiler, then the one that counts.
            pending(db, plan.pending() / 4);
            long warm = plan.serverRecords() + plan.pending() / 4;
            if (!watch.await(warm, 120)) return false;
            Usage before = server.usage();
            db.setAutoCommit(false);
            pending(db, plan.pending());
            long started = System.nanoTime();
            db.commit();
            db.setAutoCommit(true);
            if (!watch.await(warm + plan.pending(), 300)) return false;
            double seconds = (System.nanoTime() - started) / 1e9;
            out.accept("log_records: " + watch.size());
            out.accept(LogBench.figure("sealed_per_second", plan.pending() / seconds, 0));
            out.accept(LogBench.figure(
                    "seal_cpu_us", (double) server.usage().since(before).platformMicros() / plan.pending(), 2));
        }
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery("""
                        select (select count(*) from log_records), (select size from logs), (select count(*) from log_pending)
                        """)) {
            row.next();
            boolean once = row.getLong(1) == row.getLong(2) && row.getLong(3) == 0;
            out.accept("sealed_once: " + (once ? "yes" : "no"));
            return once;
        }
    }

    private static void pending(Connection db, int records) throws SQLException, IOException {
        Log log = log(db, "");
        pending(db, log, log.size, records, LogServerBench::record);
    }

    interface Making {
        byte[] record(String origin, long number);
    }

    /** Puts records into the log's outbox, as a transaction that made them true would. @param first their first number */
    static void pending(Connection db, Log log, long first, int records, Making making)
            throws SQLException, IOException {
        long later = 1L << 40;
        for (int from = 0; from < records; from += PENDING_PER_COPY) {
            try (var copy = BinaryCopy.into(db, "log_pending (log_id, record_id, prev_record_id, rank, entry, leaf)")) {
                for (int i = from; i < Math.min(records, from + PENDING_PER_COPY); i++) {
                    byte[] entry = making.record(log.origin, first + i);
                    copy.row(6)
                            .uuid(log.id)
                            .uuid(id(later + first + i))
                            .none()
                            .number2(1)
                            .bytes(entry)
                            .bytes(Merkle.leafHash(entry).bytes());
                }
            }
        }
    }

    // ---- proving

    private boolean prove(Installation.Server server, Connection db) throws SQLException, IOException {
        Checkpoint checkpoint;
        long[] nanos = new long[PROOFS];
        boolean all = true;
        try (Statement statement = db.createStatement()) {
            statement.execute("vacuum analyze log_pending, log_tiles, log_bundles, log_records");
            statement.execute("checkpoint");
        }
        // What is measured is the server, with its code compiled: the answers are checked afterwards.
        List<String> answers = new ArrayList<>();
        int asked = 0;
        try (KeptConnection connection = new KeptConnection(server.port())) {
            connection.get("/log/checkpoint");
            checkpoint = Checkpoint.parse(SignedNote.parse(connection.body().getBytes(StandardCharsets.UTF_8))
                            .orThrow()
                            .text())
                    .orThrow();
        }
        for (int address = 2; asked < PROOFS_WARMING + PROOFS; address++) {
            if (asked == PROOFS_WARMING) System.gc();
            try (KeptConnection connection = new KeptConnection(
                    server.port(), InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) address}))) {
                for (int i = 0; i < PROOFS_AN_ADDRESS; i++, asked++) {
                    long index = random.nextLong(checkpoint.size());
                    long started = System.nanoTime();
                    int status = connection.get("/log/proof?index=" + index);
                    long took = System.nanoTime() - started;
                    if (asked >= PROOFS_WARMING) nanos[asked - PROOFS_WARMING] = took;
                    all &= status == 200;
                    answers.add(connection.body());
                }
            }
        }
        for (String answer : answers) all &= leads(answer, checkpoint);
        Arrays.sort(nanos);
        out.accept(LogBench.figure("proof_p50_us", nanos[PROOFS / 2] / 1e3, 0));
        out.accept(LogBench.figure("proof_p99_us", nanos[PROOFS * 99 / 100] / 1e3, 0));
        out.accept("proofs_hold: " + (all ? "yes" : "no"));
        return all;
    }

    private static boolean leads(String answer, Checkpoint checkpoint) {
        JsonNode proof = JSON.readTree(answer);
        List<Hash32> path = new ArrayList<>();
        for (JsonNode hash : proof.path("path")) path.add(Hash32.ofHex(hash.stringValue()));
        byte[] entry = proof.path("entry").stringValue().getBytes(StandardCharsets.UTF_8);
        return new InclusionProof(proof.path("index").longValue(), checkpoint.size(), path)
                .verify(Merkle.leafHash(entry), checkpoint.root())
                .holds();
    }

    /** The most heap before a collection: garbage counts as long as there is room for it. */
    private static long peak(Path collections) throws IOException {
        long most = 0;
        for (String line : Files.readAllLines(collections)) {
            Matcher before = BEFORE.matcher(line);
            if (before.find()) most = Math.max(most, Long.parseLong(before.group(1)));
        }
        return most;
    }
}
