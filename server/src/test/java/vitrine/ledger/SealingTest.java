package vitrine.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.HandMovedClock;
import vitrine.platform.BrandId;
import vitrine.platform.DataFolder;
import vitrine.platform.Ids;
import vitrine.platform.Jobs;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogRecord;
import vitrine.proof.LogReplay;
import vitrine.proof.SignedNote;
import vitrine.proof.TreeProofs;
import vitrine.rulebook.Rules;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Whatever goes wrong while records are sealed and signed: the log only grows, and each record is in it once. */
class SealingTest {

    private final HandMovedClock clock = new HandMovedClock();
    private final List<SignedNote> seen = new ArrayList<>();
    private TestDatabase database;
    private TestServer server;
    private Ledger ledger;
    private LogId log;
    private int records;

    @BeforeEach
    void aLogThatHasBegun() {
        database = TestDatabase.fresh();
        server = node();
        ledger = server.bean(Ledger.class);
        log = ledger.main();
        records(300);
        drain();
        look();
        assertThat(seen).hasSize(1);
    }

    @AfterEach
    void everyCheckpointThatWasEverShownIsOneOfThisLogAndEachRecordIsInItOnce() {
        drain();
        look();
        Checkpoint newest = checkpoint(seen.getLast());
        assertThat(newest.size()).isEqualTo(records);
        var tiles = new LogTiles(database.jdbc(), log);
        for (SignedNote note : seen) {
            Checkpoint then = checkpoint(note);
            assertThat(new TreeProofs(tiles, newest.size()).rootAt(then.size())).isEqualTo(then.root());
        }
        LogReplay.Report replay = LogReplay.run(tiles, newest, LogReplay.Options.DEFAULT);
        assertThat(replay.violations()).isEmpty();
        assertThat(replay.entries()).isEqualTo(records);
        assertThat(count("log_records")).isEqualTo(records);
        assertThat(count("log_pending")).isZero();
        server.close();
        database.close();
    }

    @Test
    void twoNodesThatSealAtOnceSealEachRecordOnce() throws InterruptedException {
        records(9_000);
        try (TestServer other = node()) {
            other.bean(HighWater.class).raise(log, size());
            List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = new ArrayList<>();
            for (TestServer each : List.of(server, other)) {
                for (var job : List.of(LogSealer.class, CheckpointSigner.class)) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        try {
                            for (int i = 0; i < 40; i++) each.bean(job).run();
                        } catch (Throwable e) {
                            failed.add(e);
                        }
                    }));
                }
            }
            for (Thread thread : threads) thread.join();
            assertThat(failed).isEmpty();
            assertThat(count("log_pending")).isZero();
        }
    }

    @Test
    void aDiskThatIsFullInTheMidstOfASealKeepsNothingOfItAndLosesNothing() {
        records(700);
        for (String table : List.of("log_records", "log_bundles", "log_tiles", "log_heads", "logs")) {
            full(table, true);
            assertThatThrownBy(() -> server.bean(LogSealer.class).run())
                    .as(table)
                    .isInstanceOf(DataAccessException.class)
                    .rootCause()
                    .hasMessageContaining("No space left on device");
            assertThat(count("log_pending")).as(table).isEqualTo(700);
            assertThat(count("log_records")).as(table).isEqualTo(300);
            assertThat(size()).as(table).isEqualTo(300);
            full(table, false);
        }
    }

    @Test
    void aDiskThatIsFullWhenASignatureIsStoredShowsTheSameHeadAfterwards() {
        records(5);
        server.bean(LogSealer.class).run();
        full("logs", true);
        assertThatThrownBy(() -> server.bean(CheckpointSigner.class).run()).isInstanceOf(DataAccessException.class);
        look();
        assertThat(checkpoint(seen.getLast()).size()).isEqualTo(300);
        full("logs", false);
    }

    @Test
    void whereTheHighWaterFileCannotBeWrittenNothingIsSigned() throws IOException {
        records(5);
        server.bean(LogSealer.class).run();
        // What a full disk leaves: the folder takes no new file.
        Path folder = server.bean(DataFolder.class).resolve("log");
        Path aside = folder.resolveSibling("aside");
        Files.move(folder, aside);
        Files.writeString(folder, "");
        assertThatThrownBy(() -> server.bean(CheckpointSigner.class).run()).isInstanceOf(RuntimeException.class);
        assertThat(signedSize()).isEqualTo(300);
        Files.delete(folder);
        Files.move(aside, folder);
        server.bean(CheckpointSigner.class).run();
        assertThat(signedSize()).isEqualTo(305);
    }

    @Test
    void aClockThatStepsBackStopsNothing() {
        records(5);
        clock.push(Duration.ofDays(-2));
        drain();
        look();
        assertThat(checkpoint(seen.getLast()).size()).isEqualTo(305);
        clock.push(Duration.ofDays(2));
        records(5);
        drain();
    }

    @Test
    void aRecordThatIsPendingTwiceStopsItsSealAndIsNotInTheLogTwice() {
        JdbcClient db = database.jdbc();
        db.sql("""
                insert into log_pending (log_id, record_id, rank, entry, leaf)
                select log_id, record_id, 1, 'x'::bytea, 'x'::bytea from log_records limit 1
                """).update();
        assertThatThrownBy(() -> server.bean(LogSealer.class).run()).hasMessageContaining("log_records_sealed_once");
        assertThat(size()).isEqualTo(300);
        db.sql("delete from log_pending").update();
    }

    @Test
    void versionsOfRulesThatArePublishedInOneBreathAreInTheLogInTheirOrder() {
        var brand = new BrandId(UUID.randomUUID());
        UUID campaign = UUID.randomUUID();
        for (int version = 1; version <= 9; version++) {
            Json document = Json.object("version", Json.of(version));
            server.bean(TransactionTemplate.class).executeWithoutResult(status -> server.bean(Rules.class)
                    .publish(brand, campaign, document, Set.of()));
            records++;
        }
        drain();
        // The replay at the end refuses a version that does not follow the one before.
    }

    @Test
    void aListOfArrivalsStandsBehindTheRulesThatItNames() {
        for (int n = 0; n < 12; n++) {
            var rules = new LogRecord.RulesPublished(
                    ledger.originOf(log), "line-" + n, 1, Hash32.sha256(new byte[] {(byte) n}));
            var arrivals = new LogRecord.QueueArrivals(
                    ledger.originOf(log),
                    rules.leafHash(),
                    new UUID(4, n).toString(),
                    0,
                    Hash32.sha256(new byte[0]),
                    Hash32.sha256(new byte[] {1}),
                    1);
            Ids ids = server.bean(Ids.class);
            server.bean(TransactionTemplate.class)
                    .executeWithoutResult(status -> ledger.append(
                            log,
                            List.of(NewRecord.of(ids.next(), null, arrivals), NewRecord.of(ids.next(), null, rules))));
            records += 2;
        }
        drain();
        // The replay at the end refuses a list under rules that nobody has read.
    }

    private TestServer node() {
        return TestServer.start(
                TestServer.settings(database),
                Map.of("vitrine.jobs", "manual"),
                beans -> beans.registerBean(Clock.class, () -> clock));
    }

    private void records(int more) {
        List<NewRecord> made = new ArrayList<>();
        for (int i = 0; i < more; i++) {
            int n = ++records;
            made.add(NewRecord.of(
                    server.bean(Ids.class).next(),
                    null,
                    new LogRecord.RulesPublished(ledger.originOf(log), "campaign-" + n, 1, Hash32.sha256(new byte[] {
                        (byte) n, (byte) (n >>> 8)
                    }))));
        }
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> ledger.append(log, made));
    }

    private void drain() {
        server.bean(Jobs.class).drain();
    }

    private void look() {
        seen.add(SignedNote.parse(requireNonNull(ledger.head(log).note())).orThrow());
    }

    private static Checkpoint checkpoint(SignedNote note) {
        return Checkpoint.parse(note.text()).orThrow();
    }

    /** PostgreSQL's own words and code when it cannot extend a file. */
    private void full(String table, boolean isFull) {
        if (isFull) {
            database.jdbc().sql("""
                    create or replace function disk_is_full() returns trigger language plpgsql as $$ begin
                        raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$
                    """).update();
            database.jdbc()
                    .sql("create trigger full_disk after insert or update on " + table
                            + " for each row execute function disk_is_full()")
                    .update();
        } else {
            database.jdbc().sql("drop trigger full_disk on " + table).update();
        }
    }

    private long count(String table) {
        return database.jdbc()
                .sql("select count(*) from " + table + " where log_id = :log")
                .param("log", log.value())
                .query(Long.class)
                .single();
    }

    private long size() {
        return number("size");
    }

    private long signedSize() {
        return number("signed_size");
    }

    private long number(String column) {
        return database.jdbc()
                .sql("select " + column + " from logs where log_id = :log")
                .param("log", log.value())
                .query(Long.class)
                .single();
    }
}
