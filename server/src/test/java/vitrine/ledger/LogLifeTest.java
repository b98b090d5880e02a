package vitrine.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.HandMovedClock;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Jobs;
import vitrine.platform.Keys;
import vitrine.platform.Setting;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.LogReplay;
import vitrine.proof.SignedNote;
import vitrine.proof.SignerKey;
import vitrine.proof.VerifierKey;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestPostgres;
import vitrine.testing.TestServer;

/** A log lives longer than its key, than a year, and than a database that was lost: what a reader pinned stays good, or says why not. */
class LogLifeTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final HandMovedClock clock = new HandMovedClock();
    private final Path data = TestPostgres.newFolder("long-lived");
    private TestDatabase database;
    private TestServer server;
    private Ledger ledger;
    private Logs logs;
    private LogId first;
    private VerifierKey old;
    private int records;

    @BeforeEach
    void aLogWithARecord() {
        database = TestDatabase.fresh();
        start();
        first = ledger.main();
        old = server.bean(LogKeys.class).verifier(first);
        record();
        drain();
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    // --- the key
    // ---------------------------------------------------------------------------------------------------------

    @Test
    void whileTheKeyChangesWhoPinnedTheOldOneAndWhoPinnedTheNewOneBothVerify() {
        VerifierKey fresh = begin(30);
        assertThat(server.bean(LogKeys.class).verifier(first))
                .as("until it has signed")
                .isEqualTo(old);
        drain();
        assertThat(server.bean(LogKeys.class).verifier(first)).isEqualTo(fresh);
        assertSigned(shown(first), old, fresh);
        clock.push(Duration.ofDays(29));
        record();
        drain();
        assertSigned(shown(first), old, fresh);
        assertThat(logs.rotate(ledger.main(), 30)).isInstanceOf(Logs.Rotated.Changing.class);
    }

    @Test
    void afterTheOverlapOnlyTheNewKeySignsAndTheRecordTellsWhy() {
        VerifierKey fresh = begin(30);
        drain();
        clock.push(Duration.ofDays(31));
        record();
        drain();
        assertSigned(shown(first), fresh);
        assertThat(shown(first).verify(List.of(old))).isInstanceOf(SignedNote.Check.NoKnownKey.class);
        var report = replay(first);
        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations())
                .containsExactly(new LogReplay.Rotation(1, Hash32.of(old.publicKey()), Hash32.of(fresh.publicKey())));
        assertThat(logs.rotate(ledger.main(), 30)).as("and it may change again").isInstanceOf(Logs.Rotated.Begun.class);
    }

    @Test
    void aChangeGoesOnAfterACrashBetweenAnyTwoOfItsSteps() throws IOException {
        // The key was written, and then nothing more: the next try takes it.
        byte[] left = server.bean(Keys.class).makeLater("log");
        restart();
        VerifierKey fresh = begin(30);
        assertThat(fresh).isEqualTo(new SignerKey(fresh.name(), left).verifier());
        restart(); // the record is pending
        server.bean(LogSealer.class).run();
        restart(); // it is sealed, and not yet signed
        server.bean(CheckpointSigner.class).run();
        restart();
        drain();
        assertSigned(shown(first), old, fresh);
        assertThat(Files.list(data.resolve("keys"))
                        .filter(file -> file.getFileName().toString().startsWith("log-")))
                .hasSize(1);
    }

    @Test
    void aNodeWithoutTheNewKeySignsNothingUntilItHasIt() throws IOException {
        VerifierKey fresh = begin(30);
        Path file = Files.list(data.resolve("keys"))
                .filter(one -> one.getFileName().toString().startsWith("log-"))
                .findFirst()
                .orElseThrow();
        Path elsewhere = data.resolve("elsewhere");
        Files.move(file, elsewhere);
        server.bean(LogSealer.class).run();
        assertThatThrownBy(() -> server.bean(CheckpointSigner.class).run()).isInstanceOf(LogKeyMissing.class);
        assertThat(server.bean(LogKeys.class).source(fresh)).isEqualTo("missing");
        Files.move(elsewhere, file);
        drain();
        assertSigned(shown(first), old, fresh);
    }

    @Test
    void aLostKeyEndsItsLogAndTheNextOneGoesOnWithAKeyOfItsOwn() throws IOException {
        begin(0);
        drain();
        clock.push(Duration.ofDays(1));
        try (var files = Files.list(data.resolve("keys"))) {
            for (Path file : files.toList()) Files.delete(file);
        }
        record();
        assertThatThrownBy(this::drain).isInstanceOf(LogKeyMissing.class);
        assertThat(logs.succeed(ledger.main(), "2027", false)).isInstanceOf(Logs.Succeeded.Opened.class);
        for (int round = 0; round < 3; round++) {
            server.bean(LogSealer.class).run();
            assertThatThrownBy(() -> server.bean(CheckpointSigner.class).run()).isInstanceOf(LogKeyMissing.class);
            server.bean(CheckpointPublisher.class).run();
        }
        LogId next = ledger.main();
        var opened = (LogRecord.LogOpened)
                ((LogRecord.Reading.Known) LogRecord.read(ledger.entry(new Ledger.Place(next, 0)))).record();
        var old = new LogReplay.Volume(
                new LogTiles(database.jdbc(), first),
                new Checkpoint(ledger.originOf(first), opened.size(), opened.root()));
        assertThat(LogReplay.run(List.of(old, volume(next)), LogReplay.Options.DEFAULT)
                        .violations())
                .isEmpty();
        assertThat(get("/log/tile/entries/000.p/4"))
                .as("what the next one vouches for is served")
                .contains("log.closed");
    }

    // --- the next log
    // ----------------------------------------------------------------------------------------------------

    @Test
    void aClosedLogNamesItsSuccessorInItsLastRecordAndTakesNothingMore() {
        var opened = (Logs.Succeeded.Opened) logs.succeed(ledger.main(), "2027", false);
        drain();
        LogId next = ledger.main();
        assertThat(next).isNotEqualTo(first);
        assertThat(ledger.originOf(next)).isEqualTo(opened.origin()).endsWith("/logs/2027");
        assertThat(replay(first).closed()).isTrue();
        assertThat(replay(first).successor()).isEqualTo(opened.origin());
        var both = LogReplay.run(List.of(volume(first), volume(next)), LogReplay.Options.DEFAULT);
        assertThat(both.violations()).isEmpty();
        assertThat(requireNonNull(both.opened()).predecessor()).isEqualTo(ledger.originOf(first));
        assertThatThrownBy(() -> database.jdbc()
                        .sql("update logs set size = size + 1 where log_id = :log")
                        .param("log", first.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("logs_nothing_after_the_end");
        assertThat(server.bean(LogKeys.class).verifier(next).publicKey())
                .as("each log has a key of its own")
                .isNotEqualTo(old.publicKey());
    }

    @Test
    void eachLogIsServedWhereItsNameSaysAndTheClosedOneStays() {
        logs.succeed(ledger.main(), "2027", false);
        drain();
        record();
        drain();
        assertThat(get("/log/checkpoint")).startsWith(ledger.originOf(first) + "\n2\n");
        assertThat(get("/logs/2027/checkpoint")).startsWith(ledger.originOf(ledger.main()) + "\n2\n");
        assertThat(get("/logs/2027/key")).startsWith(ledger.originOf(ledger.main()) + "+");
        assertThat(get("/log/proof?index=0")).contains("\"index\":0");
        assertThat(get("/logs/2027/proof?index=0")).contains("log.opened");
        assertThat(get("/logs/2027/tile/entries/000.p/2")).contains("log.opened", "campaign-2");
        assertThat(status("/logs/2028/checkpoint")).isEqualTo(404);
        assertThat(get("/records")).contains("/records?log=log");
        assertThat(get("/records/2?log=log")).contains("log.closed");
    }

    @Test
    void whatWasWrittenForALogThatClosedInThatMomentIsSealedInTheNext() {
        logs.succeed(ledger.main(), "2027", false);
        drain();
        records++;
        var late = new LogRecord.RulesPublished(ledger.originOf(first), "late", 1, Hash32.sha256(new byte[] {9}));
        append(first, late);
        drain();
        var both = LogReplay.run(List.of(volume(first), volume(ledger.main())), LogReplay.Options.DEFAULT);
        assertThat(both.violations()).isEmpty();
        assertThat(both.checkpoint().size()).isEqualTo(2);
    }

    @Test
    void aSuccessionGoesOnAfterACrashBetweenAnyTwoOfItsSteps() {
        logs.succeed(ledger.main(), "2027", false);
        restart();
        assertThat(logs.succeed(ledger.main(), "2028", false))
                .as("one at a time")
                .isInstanceOf(Logs.Succeeded.Running.class);
        server.bean(LogSealer.class).run();
        restart();
        drain();
        record();
        restart();
        drain();
        assertThat(LogReplay.run(List.of(volume(first), volume(ledger.main())), LogReplay.Options.DEFAULT)
                        .violations())
                .isEmpty();
        assertThat(logs.succeed(ledger.main(), "2027", false)).isInstanceOf(Logs.Succeeded.NameTaken.class);
        assertThat(logs.succeed(ledger.main(), "Not A Name", false)).isInstanceOf(Logs.Succeeded.NoName.class);
    }

    // --- the restore drill
    // -----------------------------------------------------------------------------------------------

    @Test
    void anOldBackupNeverForksTheLogAndItsOperatorGoesOnInANewOneThatSaysWhatWasLost() {
        keep();
        record();
        record();
        drain();
        var seen = shown(first);
        restoreKept();
        record();
        assertThatThrownBy(() -> server.bean(LogSealer.class).run()).isInstanceOf(LogBehind.class);
        assertThat(logs.all().getFirst().state()).isEqualTo(Logs.State.BEHIND);
        assertThat(logs.all().getFirst().seen()).isEqualTo(3);
        assertThat(logs.succeed(ledger.main(), "after", false)).isEqualTo(new Logs.Succeeded.Loss(1, 3));

        assertThat(logs.succeed(ledger.main(), "after", true)).isInstanceOf(Logs.Succeeded.Opened.class);
        drain();
        LogId next = ledger.main();
        var old = logs.all().getLast();
        assertThat(old.state()).isEqualTo(Logs.State.ORPHANED);
        assertThat(size(shown(first)))
                .as("its last checkpoint here stays served")
                .isEqualTo(1);
        assertThat(logs.all().getFirst().lost()).isEqualTo(2);

        // What was done after the restore was written for the old log, and stands in the new one.
        var replayed = LogReplay.run(List.of(volume(first), volume(next)), LogReplay.Options.DEFAULT);
        assertThat(replayed.violations()).isEmpty();
        assertThat(replayed.earlier()).containsExactly(new LogReplay.Earlier(ledger.originOf(first), 1, 2, false));
        assertThat(replayed.checkpoint().size()).isEqualTo(2);
        assertThat(size(seen))
                .as("the world's checkpoint is no fork of it: it was never signed again")
                .isEqualTo(3);
        record();
        drain();
        assertThat(size(shown(next))).isEqualTo(3);
    }

    @Test
    void aNameThatWasUsedBeforeTheRestoreIsNotUsedAgain() {
        keep();
        logs.succeed(ledger.main(), "2027", false);
        drain();
        restoreKept();
        database.jdbc()
                .sql("delete from logs where log_id <> :log")
                .param("log", first.value())
                .update();
        assertThat(logs.succeed(ledger.main(), "2027", true)).isInstanceOf(Logs.Succeeded.NameTaken.class);
        assertThat(logs.succeed(ledger.main(), "2027-again", true)).isInstanceOf(Logs.Succeeded.Opened.class);
        drain();
        assertThat(logs.all().getFirst().lost()).isEqualTo(1);
    }

    // --- several lines
    // ---------------------------------------------------------------------------------------------------

    @Test
    void aLogThatMayNotGoOnKeepsNoOtherFromGoingOn() {
        var heron = new BrandId(UUID.randomUUID());
        LogId own = begin(heron, "heron");
        record(own);
        drain();
        // As if this database were an old backup of the house's log alone.
        server.bean(HighWater.class).raise(first, 50);
        record();
        record(own);
        assertThatThrownBy(this::drain).isInstanceOf(LogBehind.class);
        assertThatThrownBy(() -> server.bean(LogSealer.class).run()).isInstanceOf(LogBehind.class);
        server.bean(CheckpointSigner.class).run();
        assertThat(size(shown(own))).isEqualTo(2);
        assertThat(size(shown(first))).isEqualTo(1);

        assertThat(logs.succeed(first, "after", true)).isInstanceOf(Logs.Succeeded.Opened.class);
        drain();
        assertThat(ledger.originOf(ledger.main())).endsWith("/logs/after");
        assertThat(ledger.of(heron)).as("Heron's goes on as it was").isEqualTo(own);
        assertThat(ledger.line(own)).hasSize(1);
        assertThat(ledger.line(first)).hasSize(2);
    }

    @Test
    void aLossOfABrandsLogIsAcceptedForItAlone() {
        var heron = new BrandId(UUID.randomUUID());
        LogId own = begin(heron, "heron");
        record(own);
        drain();
        server.bean(HighWater.class).raise(own, 9);
        assertThat(logs.succeed(own, "heron-2", false)).isEqualTo(new Logs.Succeeded.Loss(1, 9));
        assertThat(logs.succeed(own, "heron-2", true)).isInstanceOf(Logs.Succeeded.Opened.class);
        drain();
        assertThat(ledger.originOf(ledger.of(heron))).endsWith("/logs/heron-2");
        assertThat(ledger.main()).isEqualTo(first);
        var both = LogReplay.run(List.of(volume(own), volume(ledger.of(heron))), LogReplay.Options.DEFAULT);
        assertThat(both.violations()).isEmpty();
        assertThat(both.earlier()).containsExactly(new LogReplay.Earlier(ledger.originOf(own), 1, 8, false));
        assertThat(replay(first).opened()).isNull();
    }

    @Test
    void anotherNodeThatSawALogBeginGoesOnWithItWhenTheFirstOneIsGone() throws IOException {
        var heron = new BrandId(UUID.randomUUID());
        LogId own = begin(heron, "heron");
        Path elsewhere = TestPostgres.newFolder("other-node");
        Files.createDirectories(elsewhere.resolve("keys"));
        try (var keys = Files.list(data.resolve("keys"))) {
            for (Path key : keys.toList())
                Files.copy(key, elsewhere.resolve("keys").resolve(key.getFileName()));
        }
        try (TestServer other = start(elsewhere)) {
            other.bean(HighWater.class).raise(first, 1);
            other.bean(LogSealer.class).run();
            record(own);
            drain();
            record(own);
            other.bean(Jobs.class).drain();
            assertThat(size(shown(own))).isEqualTo(2);
        }
    }

    private LogId begin(BrandId brand, String name) {
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> assertThat(logs.begin(brand, name))
                .isInstanceOf(Logs.Begun.Opened.class));
        return ledger.of(brand);
    }

    /** What a backup of this moment has of the log. */
    private void keep() {
        for (String table :
                List.of("logs", "log_keys", "log_heads", "log_records", "log_tiles", "log_bundles", "log_pending")) {
            database.jdbc()
                    .sql("create table kept_" + table + " as select * from " + table)
                    .update();
        }
    }

    private void restoreKept() {
        for (String table :
                List.of("logs", "log_keys", "log_heads", "log_records", "log_tiles", "log_bundles", "log_pending")) {
            database.jdbc().sql("delete from " + table).update();
            database.jdbc()
                    .sql("insert into " + table + " select * from kept_" + table)
                    .update();
        }
        restart();
    }

    private void start() {
        server = start(data);
        ledger = server.bean(Ledger.class);
        logs = server.bean(Logs.class);
    }

    private TestServer start(Path folder) {
        return TestServer.start(
                TestServer.settings(database)
                        .with(Setting.DATA, folder.toString())
                        .with(Setting.BASE_URL, "http://lumen.example"),
                Map.of("vitrine.jobs", "manual"),
                beans -> beans.registerBean(Clock.class, () -> clock));
    }

    private void restart() {
        server.close();
        start();
    }

    private VerifierKey begin(int days) {
        return ((Logs.Rotated.Begun) logs.rotate(ledger.main(), days)).key();
    }

    private void record() {
        record(ledger.main());
    }

    private void record(LogId log) {
        append(
                log,
                new LogRecord.RulesPublished(
                        ledger.originOf(log), "campaign-" + ++records, 1, Hash32.sha256(new byte[] {(byte) records})));
    }

    private void append(LogId log, LogRecord record) {
        server.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> ledger.append(
                        log, List.of(NewRecord.of(server.bean(Ids.class).next(), null, record))));
    }

    private void drain() {
        server.bean(Jobs.class).drain();
    }

    private SignedNote shown(LogId log) {
        return SignedNote.parse(requireNonNull(ledger.head(log).note())).orThrow();
    }

    private static long size(SignedNote note) {
        return Checkpoint.parse(note.text()).orThrow().size();
    }

    private static void assertSigned(SignedNote note, VerifierKey... by) {
        assertThat(note.signatures()).hasSize(by.length);
        for (VerifierKey key : by) {
            assertThat(note.verify(List.of(key))).isInstanceOf(SignedNote.Check.Verified.class);
        }
    }

    private LogReplay.Report replay(LogId log) {
        return LogReplay.run(List.of(volume(log)), LogReplay.Options.DEFAULT);
    }

    private LogReplay.Volume volume(LogId log) {
        return new LogReplay.Volume(
                new LogTiles(database.jdbc(), log),
                Checkpoint.parse(shown(log).text()).orThrow());
    }

    private String get(String path) {
        return response(path).body();
    }

    private int status(String path) {
        return response(path).statusCode();
    }

    private HttpResponse<String> response(String path) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create(server.address() + path)).build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
