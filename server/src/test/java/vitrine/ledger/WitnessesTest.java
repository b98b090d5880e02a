package vitrine.ledger;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.HandMovedClock;
import vitrine.platform.DataFolder;
import vitrine.platform.Ids;
import vitrine.platform.Jobs;
import vitrine.platform.Setting;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.Policy;
import vitrine.proof.SignedNote;
import vitrine.proof.VerifierKey;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestPostgres;
import vitrine.testing.TestServer;

/** Others look on while the log grows: what they cosigned, nobody can take back or tell differently to somebody else. */
class WitnessesTest {

    private final HandMovedClock clock = new HandMovedClock();
    private final Path data = TestPostgres.newFolder("witnessed");
    private TestDatabase database;
    private TestServer server;
    private Ledger ledger;
    private LogId log;
    private VerifierKey key;
    private StandInWitness harbour;
    private StandInWitness mill;
    private int records;

    @BeforeEach
    void twoWitnessesStandReady() {
        database = TestDatabase.fresh();
        server = start("10");
        ledger = server.bean(Ledger.class);
        log = ledger.main();
        key = server.bean(LogKeys.class).verifier(log);
        harbour = new StandInWitness("harbour.example", 1, key);
        mill = new StandInWitness("mill.example", 2, key);
    }

    @AfterEach
    void close() {
        harbour.close();
        mill.close();
        server.close();
        database.close();
    }

    @Test
    void aCheckpointIsShownWithAsManyCosignaturesAsThePolicyWants() throws IOException {
        policy(2);
        record();
        drain();
        assertThat(shown().signatures()).hasSize(3);
        assertThat(trusted(shown(), 2)).isInstanceOf(Policy.Verdict.Trusted.class);
        record();
        drain();
        assertThat(size(shown())).isEqualTo(2);
        assertThat(trusted(shown(), 2)).isInstanceOf(Policy.Verdict.Trusted.class);
        assertThat(harbour.cosignedSize(key.name())).isEqualTo(2);
    }

    @Test
    void oneOfTwoIsEnoughWhenThePolicySaysSoAndTheOtherCatchesUp() throws IOException {
        policy(1);
        mill.goesAway();
        record();
        drain();
        assertThat(trusted(shown(), 1)).isInstanceOf(Policy.Verdict.Trusted.class);
        assertThat(states()).anySatisfy(state -> {
            assertThat(state.vkey()).isEqualTo(mill.key().vkey());
            assertThat(state.failureCode()).isEqualTo("witness.away");
        });
        mill.comes();
        clock.push(Duration.ofMinutes(2));
        drain();
        assertThat(trusted(shown(), 2)).isInstanceOf(Policy.Verdict.Trusted.class);
        assertThat(states()).allSatisfy(state -> assertThat(state.failureCode()).isNull());
    }

    @Test
    void whileTheyAreAwayACheckpointWaitsAndIsThenShownWithoutThem() throws IOException {
        policy(2);
        record();
        drain();
        harbour.goesAway();
        mill.goesAway();
        record();
        drain();
        assertThat(size(shown())).as("not yet").isEqualTo(1);
        clock.push(Duration.ofSeconds(11));
        drain();
        assertThat(size(shown())).isEqualTo(2);
        assertThat(shown().signatures()).hasSize(1);
        record();
        drain();
        assertThat(size(shown())).as("from then on none waits").isEqualTo(3);

        harbour.comes();
        mill.comes();
        clock.push(Duration.ofMinutes(2));
        drain();
        assertThat(trusted(shown(), 2)).isInstanceOf(Policy.Verdict.Trusted.class);
        assertThat(size(shown())).isEqualTo(3);
    }

    @Test
    void whoHoldsForWitnessesShowsNothingThatTheyDidNotCosign() throws IOException {
        server.close();
        server = start("hold");
        ledger = server.bean(Ledger.class);
        policy(1);
        harbour.goesAway();
        mill.goesAway();
        record();
        drain();
        clock.push(Duration.ofDays(3));
        drain();
        assertThat(ledger.head(log).note()).isNull();
        mill.comes();
        clock.push(Duration.ofMinutes(2));
        drain();
        assertThat(trusted(shown(), 1)).isInstanceOf(Policy.Verdict.Trusted.class);
    }

    @Test
    void aNodeThatLostItsHighWaterFileBelievesWitnessesWhoCosignedExactlyWhatIsThere() throws IOException {
        policy(2);
        record();
        drain();
        Files.delete(highWater());
        record();
        assertThatThrownBy(() -> server.bean(LogSealer.class).run()).isInstanceOf(LogBehind.class);
        drain();
        assertThat(size(shown())).isEqualTo(2);
    }

    @Test
    void anOldBackupIsNotBelievedWhenAWitnessSawMore() throws IOException {
        policy(1);
        record();
        drain();
        database.jdbc().sql("create table kept_logs as select * from logs").update();
        database.jdbc()
                .sql("create table kept_heads as select * from log_heads")
                .update();
        record();
        drain();
        // The backup of an hour ago, on a new machine.
        database.jdbc().sql("delete from logs").update();
        database.jdbc().sql("insert into logs select * from kept_logs").update();
        Files.delete(highWater());
        server.bean(CheckpointPublisher.class).run();

        record();
        assertThatThrownBy(this::drain).isInstanceOf(LogBehind.class);
        assertThat(states()).anySatisfy(state -> assertThat(state.failureCode()).isEqualTo("witness.ahead"));
        assertThat(size(shown())).as("nothing new was signed").isEqualTo(1);
    }

    private TestServer start(String patience) {
        var settings = TestServer.settings(database)
                .with(Setting.DATA, data.toString())
                .with(Setting.WITNESS_PATIENCE, patience);
        return TestServer.start(
                settings, Map.of("vitrine.jobs", "manual"), beans -> beans.registerBean(Clock.class, () -> clock));
    }

    private void policy(int k) throws IOException {
        Files.writeString(
                server.bean(DataFolder.class).resolve("witnesses.policy"),
                harbour.policyLine() + mill.policyLine() + "group both " + k
                        + " harbour.example mill.example\nquorum both\n");
    }

    private void record() {
        var record = new LogRecord.RulesPublished(
                ledger.originOf(log), "campaign-" + ++records, 1, Hash32.sha256(new byte[] {(byte) records}));
        server.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> ledger.append(
                        log, List.of(NewRecord.of(server.bean(Ids.class).next(), null, record))));
    }

    private void drain() {
        server.bean(Jobs.class).drain();
    }

    private SignedNote shown() {
        return SignedNote.parse(requireNonNull(ledger.head(log).note())).orThrow();
    }

    private static long size(SignedNote note) {
        return Checkpoint.parse(note.text()).orThrow().size();
    }

    private Policy.Verdict trusted(SignedNote note, int k) {
        return Policy.of(List.of(key), List.of(harbour.key(), mill.key()), k).judge(note, key.name());
    }

    private List<WitnessStates.State> states() {
        return server.bean(WitnessStates.class).of(log);
    }

    private Path highWater() {
        return server.bean(DataFolder.class).resolve("log").resolve(log.value() + ".high-water");
    }
}
