package vitrine.proof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Appended;
import vitrine.proof.Arrivals;
import vitrine.proof.BeaconChain;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.SignerKey;
import vitrine.proof.TileDirectory;
import vitrine.proof.TreeAppender;
import vitrine.proof.Witness;
import vitrine.proof.WitnessAnswer;
import vitrine.proof.WitnessSigner;

/** Whoever was given a place by lot computes it again, with nothing but files, the log's key and a round from wherever she likes. */
class PlaceCommandTest {
    private static final String LOG = "lumen.example/log";
    private static final SignerKey KEY =
            new SignerKey(LOG, Hash32.sha256(new byte[] {7}).bytes());
    private static final String VKEY = KEY.verifier().vkey();
    private static final WitnessSigner WITNESS =
            new WitnessSigner("witness.example/w", Hash32.sha256(new byte[] {9}).bytes());
    /** When round 1000 came. */
    private static final Instant ROUND = BeaconChain.QUICKNET.timeOf(1_000);

    private static final UUID STAGE = UUID.fromString("01975a3c-0000-7000-8000-000000000001");
    private static final String DROP = "01975a3c-0000-7000-8000-000000000002";
    private static final int PEOPLE = 120;

    /** Round 1000 of drand's quicknet. */
    private static final String SIGNATURE =
            "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";

    @TempDir
    Path folder;

    private final List<Hash32> list = IntStream.range(0, PEOPLE)
            .mapToObj(n -> Arrivals.arrival(STAGE, person(n), salt(n)))
            .toList();
    private LogRecord.QueueArrivals record = recorded(list);

    private static byte[] rules(String chain) {
        return """
                {"drop":"%s","stages":[{"id":"another","lot":null},{"id":"%s","lot":{"chain":"%s"}}]}""".formatted(DROP, STAGE, chain).getBytes(StandardCharsets.UTF_8);
    }

    private static UUID person(int n) {
        return new UUID(7, n);
    }

    private static Hash32 salt(int n) {
        return Hash32.sha256(("salt " + n).getBytes(StandardCharsets.UTF_8));
    }

    private static LogRecord.QueueArrivals recorded(List<Hash32> arrivals) {
        return new LogRecord.QueueArrivals(
                LOG,
                new LogRecord.RulesPublished(
                                LOG,
                                DROP,
                                1,
                                Hash32.sha256(rules(BeaconChain.QUICKNET.hash().hex())))
                        .leafHash(),
                STAGE.toString(),
                arrivals.size(),
                Arrivals.root(arrivals),
                BeaconChain.QUICKNET.hash(),
                1_000);
    }

    @BeforeEach
    void aListThatWasRecorded() throws IOException {
        write();
        Files.write(folder.resolve("arrivals.txt"), Arrivals.file(list));
    }

    private void write() throws IOException {
        var appended = appended();
        new TileDirectory(folder).write(appended);
        checkpoint("checkpoint", appended.size(), appended.root(), ROUND.minusSeconds(20));
    }

    private Appended appended() {
        return TreeAppender.empty()
                .append(List.of(
                        recorded(list.subList(0, 3)).bytes(),
                        record.bytes(),
                        recorded(list.subList(0, 5)).bytes()));
    }

    private void checkpoint(String file, long size, Hash32 root, Instant cosigned) throws IOException {
        var note = new Checkpoint(LOG, size, root).signedBy(KEY);
        var witness =
                new Witness(WITNESS, List.of(KEY.verifier()), new NothingYet(), Clock.fixed(cosigned, ZoneOffset.UTC));
        if (!(witness.add(new AddCheckpoint(0, List.of(), note)) instanceof WitnessAnswer.Cosigned answer))
            throw new AssertionError("not cosigned");
        Files.writeString(
                folder.resolve(file), answer.addTo(note, List.of(WITNESS.key())).format());
    }

    /** A witness that sees the log for the first time. */
    private static final class NothingYet implements Witness.Memory {
        @Override
        public Witness.@Nullable Head latest(String origin) {
            return null;
        }

        @Override
        public void keep(Witness.Head head) {}
    }

    private int placeOf(int n) {
        var seed = Arrivals.seed(record.leafHash(), java.util.HexFormat.of().parseHex(SIGNATURE));
        return 1 + Arrivals.inOrder(seed, list).indexOf(list.get(n));
    }

    private String line(int n, int place) throws IOException {
        var file = folder.resolve("line.json");
        Files.writeString(file, """
                {"stage": "%s", "collector": "%s", "salt": "%s", "arrival": "%s", "record": "%s", "entry": 1, "round": 1000,
                "signature": "%s", "place": %d}
                """.formatted(
                        STAGE,
                        person(n),
                        salt(n).hex(),
                        list.get(n).hex(),
                        record.leafHash().hex(),
                        SIGNATURE,
                        place));
        return file.toString();
    }

    @Test
    void aPlaceThatIsWhatListAndRoundGiveIsValid() throws IOException {
        for (int n : List.of(0, 17, PEOPLE - 1)) {
            var told = whole(line(n, placeOf(n)));
            assertThat(told.exit).as(told.out).isZero();
            assertThat(told.out)
                    .contains("Place " + placeOf(n) + " of 120", "VALID", "✓ the record of the list is in the log");
        }
        var chinese = whole(line(3, placeOf(3)), "--lang", "zh");
        assertThat(chinese.out).contains("共 120 位", "有效").doesNotContain("Place");
    }

    @Test
    void theRoundIsOfTheNetworkThatThePublishedRulesName() throws IOException {
        var line = line(3, placeOf(3));
        var file = folder.resolve("rules.json");
        Files.write(file, rules(BeaconChain.QUICKNET.hash().hex()));
        var told = whole(line, "--rules", file.toString());
        assertThat(told.exit).as(told.out).isZero();
        assertThat(told.out).contains("✓ the round is of the network that the published rules name");
        // A server that gives out other rules than were published convinces nobody.
        Files.write(file, rules("00".repeat(32)));
        assertThat(whole(line, "--rules", file.toString()).exit).isEqualTo(3);
        var others = Hash32.sha256(Files.readAllBytes(file));
        record = new LogRecord.QueueArrivals(
                LOG,
                new LogRecord.RulesPublished(LOG, DROP, 1, others).leafHash(),
                record.stage(),
                record.count(),
                record.root(),
                record.chain(),
                record.round());
        write();
        assertThat(invalid(whole(line(3, placeOf(3)), "--rules", file.toString())))
                .contains("place.chain");
    }

    @Test
    void whatIsNotGivenIsSaidAndNothingIsCalledValidWithoutIt() throws IOException {
        var line = line(3, placeOf(3));
        assertThat(run("place", line, "--list", list(), "--log", log(), "--signature", SIGNATURE).exit)
                .as("no key")
                .isEqualTo(2);
        var noRound = run("place", line, "--list", list(), "--log", log(), "--key", VKEY);
        assertThat(noRound.exit).isEqualTo(3);
        assertThat(noRound.out)
                .contains(
                        "not checked",
                        "--signature",
                        "round 1000 of " + BeaconChain.QUICKNET.hash().hex());
        assertThat(run("place", line, "--list", list(), "--key", VKEY, "--signature", SIGNATURE).exit)
                .as("no log")
                .isEqualTo(3);
    }

    @Test
    void onlyAWitnessProvesThatTheListWasThereBeforeTheRound() throws IOException {
        var line = line(3, placeOf(3));
        var alone = run("place", line, "--list", list(), "--log", log(), "--key", VKEY, "--signature", SIGNATURE);
        assertThat(alone.exit).as(alone.out).isEqualTo(3);
        assertThat(alone.out).contains("no witness that you named");
        Files.move(folder.resolve("checkpoint"), folder.resolve("kept"));
        checkpoint("checkpoint", appended().size(), appended().root(), ROUND.plusSeconds(3_600));
        var late = whole(line);
        assertThat(late.exit).as(late.out).isEqualTo(3);
        assertThat(late.out).contains("give a checkpoint that you kept");
        var kept = whole(line, "--seen", folder.resolve("kept").toString());
        assertThat(kept.exit).as(kept.out).isZero();
    }

    /** Whoever made the list could have known what the round gives it: a checkpoint from after the round is still without it. */
    @Test
    void aListThatCameIntoTheLogAfterItsRoundIsInvalid() throws IOException {
        var line = line(3, placeOf(3));
        checkpoint("checkpoint", appended().size(), appended().root(), ROUND.plusSeconds(60));
        var before =
                TreeAppender.empty().append(List.of(recorded(list.subList(0, 3)).bytes()));
        var seen = folder.resolve("seen").toString();
        checkpoint("seen", before.size(), before.root(), ROUND.minusSeconds(1));
        assertThat(whole(line, "--seen", seen).exit)
                .as("from before the round it proves nothing")
                .isEqualTo(3);
        checkpoint("seen", before.size(), before.root(), ROUND.plusSeconds(2));
        assertThat(invalid(whole(line, "--seen", seen))).contains("place.before", "without it");
        var other =
                TreeAppender.empty().append(List.of(recorded(list.subList(0, 9)).bytes()));
        checkpoint("seen", other.size(), other.root(), ROUND.minusSeconds(1));
        assertThat(invalid(whole(line, "--seen", seen))).as("another log").contains("inclusion");
    }

    @Test
    void anotherPlaceListRoundKeyOrSomebodyElsesLineIsInvalid() throws IOException {
        var right = line(3, placeOf(3));
        var otherRound = SIGNATURE.replace("b44", "b45");
        assertThat(invalid(run(
                        "place", right, "--list", list(), "--log", log(), "--key", VKEY, "--signature", otherRound)))
                .contains("place.signature");
        assertThat(invalid(whole(line(3, placeOf(3) + 1)))).contains("place.place");
        Files.write(folder.resolve("arrivals.txt"), Arrivals.file(list.subList(0, PEOPLE - 1)));
        assertThat(invalid(whole(line(3, Math.min(placeOf(3), PEOPLE - 1))))).contains("place.list", "place.count");
        Files.write(folder.resolve("arrivals.txt"), Arrivals.file(list));
        Files.writeString(
                folder.resolve("line.json"),
                Files.readString(Path.of(line(3, placeOf(3)))).replace(salt(3).hex(), salt(4).hex()));
        assertThat(invalid(whole(folder.resolve("line.json").toString()))).contains("place.arrival");
        var impostor = new SignerKey(LOG, Hash32.sha256(new byte[] {8}).bytes())
                .verifier()
                .vkey();
        assertThat(invalid(run(
                        "place",
                        line(3, placeOf(3)),
                        "--list",
                        list(),
                        "--log",
                        log(),
                        "--key",
                        impostor,
                        "--signature",
                        SIGNATURE)))
                .contains("checkpoint.signature");
    }

    /** The list was swapped for another after the round was known: the log still has the first. */
    @Test
    void aRecordThatIsNotInTheLogIsInvalid() throws IOException {
        record = recorded(list.subList(0, 60));
        assertThat(invalid(whole(line(3, placeOf(3))))).contains("place.record");
    }

    @Test
    void aLateComerIsToldThatHerPlaceIsNoLots() throws IOException {
        assertThat(invalid(whole(line(3, PEOPLE + 4))))
                .as("whoever is on the list is not behind it")
                .contains("place.place");
        var stranger = Arrivals.arrival(STAGE, person(999), salt(999));
        Files.writeString(
                folder.resolve("line.json"),
                Files.readString(folder.resolve("line.json"))
                        .replace(list.get(3).hex(), stranger.hex())
                        .replace(person(3).toString(), person(999).toString())
                        .replace(salt(3).hex(), salt(999).hex()));
        var late = whole(folder.resolve("line.json").toString());
        assertThat(late.exit).as(late.out).isEqualTo(3);
        assertThat(late.out).contains("in order of arrival");
    }

    @Test
    void filesThatAreNoLineAndNoListAreSaidToBeSo() throws IOException {
        Files.writeString(folder.resolve("early.json"), "{\"stage\": \"" + STAGE + "\"}");
        assertThat(invalid(whole(folder.resolve("early.json").toString()))).contains("place.field-missing");
        Files.writeString(folder.resolve("noise.json"), "not JSON");
        assertThat(invalid(whole(folder.resolve("noise.json").toString()))).contains("place.not-json");
        Files.writeString(
                folder.resolve("arrivals.txt"),
                list.getFirst().hex() + "\n" + list.getFirst().hex() + "\n");
        assertThat(invalid(whole(line(0, 1)))).contains("place.list-file", "twice");
        assertThat(run("place", "gone.json", "--list", list()).exit).isEqualTo(66);
        assertThat(run("place", line(0, 1)).exit).as("no list").isEqualTo(64);
        assertThat(run("place", line(0, 1), "--list", list(), "--signature", "00").exit)
                .isEqualTo(64);
        var json = run("place", line(0, 1), "--list", list(), "--json");
        assertThat(json.out.strip()).startsWith("{").contains("\"outcome\":\"invalid\"", "place.list-file");
    }

    private Run whole(String line, String... more) {
        return run(Stream.concat(
                        Stream.of(
                                "place",
                                line,
                                "--list",
                                list(),
                                "--log",
                                log(),
                                "--key",
                                VKEY,
                                "--witness",
                                WITNESS.key().vkey(),
                                "--signature",
                                SIGNATURE),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private static String invalid(Run run) {
        assertThat(run.exit).as(run.out + run.err).isEqualTo(1);
        return run.out;
    }

    private String list() {
        return folder.resolve("arrivals.txt").toString();
    }

    private String log() {
        return folder.toString();
    }

    private record Run(int exit, String out, String err) {}

    private static Run run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exit = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Locale.ENGLISH);
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
