package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.LogReplay;
import vitrine.proof.SignedNote;
import vitrine.proof.TreeProofs;

/** The real server and the real PostgreSQL are killed while thousands of records are being sealed, again and again. */
@Tag("simulate")
class KilledWhileSealingTest {

    private static final int ROUNDS = 6;
    private static final int RECORDS = 12_000;

    private final List<Checkpoint> shown = new ArrayList<>();

    @Test
    void nothingThatWasPromisedIsLostOrDoubledAndNoCheckpointIsTakenBack() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (Installation installation = Installation.found(Instant.now(), false)) {
            long promised = 0;
            long begun = 0;
            for (int round = 0; round < ROUNDS; round++) {
                Installation.Server server = installation.start(List.of());
                try (Connection db = installation.database().getConnection()) {
                    LogServerBench.Log log = LogServerBench.log(db, "");
                    if (round == 0) begun = count(db, "log_records") + count(db, "log_pending");
                    db.setAutoCommit(false);
                    LogServerBench.pending(db, log, promised, RECORDS, KilledWhileSealingTest::rules);
                    db.commit();
                    promised += RECORDS;
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
                    look(server);
                } catch (SQLException atTheEnd) {
                    throw new AssertionError("round " + round + ", seed " + seed, atTheEnd);
                }
                // Now the server alone, now its database with it.
                if (round % 2 == 0) killed(server.postmaster());
                killed(server.pid());
            }
            try (Installation.Server server = installation.start(List.of());
                    SealWatch watch = new SealWatch(server.port())) {
                assertThat(watch.await(begun + promised, 120))
                        .as("seed %d", seed)
                        .isTrue();
                look(server);
                try (Connection db = installation.database().getConnection()) {
                    LogServerBench.Log log = LogServerBench.log(db, "");
                    assertThat(count(db, "log_records")).as("seed %d", seed).isEqualTo(begun + promised);
                    var tiles = LogServerBench.stored(db, log.id());
                    for (Checkpoint then : shown) {
                        assertThat(new TreeProofs(tiles, log.size()).rootAt(then.size()))
                                .as("the checkpoint of %d, seed %d", then.size(), seed)
                                .isEqualTo(then.root());
                    }
                    LogReplay.Report replay = LogReplay.run(tiles, shown.getLast(), LogReplay.Options.DEFAULT);
                    assertThat(replay.violations()).as("seed %d", seed).isEmpty();
                    assertThat(replay.entries()).isEqualTo(begun + promised);
                }
            }
        }
    }

    private static byte[] rules(String origin, long number) {
        return new LogRecord.RulesPublished(origin, "campaign-" + number, 1, new Hash32(number, 1, 2, 3)).bytes();
    }

    private void look(Installation.Server server) throws IOException {
        try (KeptConnection connection = new KeptConnection(server.port())) {
            if (connection.get("/log/checkpoint") != 200) return;
            shown.add(Checkpoint.parse(
                            SignedNote.parse(connection.body()).orThrow().text())
                    .orThrow());
        }
    }

    /** As kill -9 does. */
    private static void killed(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    private static long count(Connection db, String table) throws SQLException {
        try (Statement statement = db.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }
}
