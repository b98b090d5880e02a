package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that a machine makes up, guided by the branches that they reach: every reader answers with a value, what it
 * accepts it writes back to the byte, and no made-up certificate is valid. Each runs its seeds and the inputs that once
 * broke it in seconds; {@code JAZZER_FUZZ=1} makes one of them look for new ones for a minute.
 */
@Tag("fuzz")
class ReadersFuzzTest {
    private static final Story STORY = Story.ofMoonrise();
    private static final SignedNote NOTE = STORY.checkpoint().signedBy(Moonrise.KEY);
    private static final Certificate CERTIFICATE = STORY.certificate(3, Moonrise.RULES_DOCUMENT);
    private static final byte[] CERTIFICATE_FILE = CERTIFICATE.format();
    private static final Policy POLICY = Policy.of(List.of(Moonrise.KEY.verifier()));
    private static final WitnessSigner WITNESS =
            new WitnessSigner("witness.example/east", Arrays.copyOf(new byte[] {3}, 32));

    /** All at once, for a look of some seconds. */
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "10s")
    void everyReader(byte[] data) {
        note(data);
        checkpoint(data);
        keys(data);
        policy(data);
        witness(data);
        json(data);
        record(data);
        tiles(data);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void note(byte[] data) {
        var note = SignedNote.parse(data).orNull();
        if (note == null) return;
        assertThat(utf8(note.format())).isEqualTo(data);
        note.verify(List.of(Moonrise.KEY.verifier()));
        WITNESS.key().find(note);
        POLICY.judge(note, Moonrise.LOG);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void checkpoint(byte[] data) {
        var text = new String(data, StandardCharsets.UTF_8);
        var checkpoint = Checkpoint.parse(text).orNull();
        if (checkpoint != null) assertThat(checkpoint.text()).isEqualTo(text);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void keys(byte[] data) {
        var text = new String(data, StandardCharsets.UTF_8);
        var key = VerifierKey.parse(text).orNull();
        if (key != null) assertThat(key.vkey()).isEqualTo(text);
        var witness = WitnessKey.parse(text).orNull();
        if (witness != null) assertThat(witness.vkey()).isEqualTo(text);
        var signer = SignerKey.parse(text).orNull();
        if (signer != null) assertThat(signer.secretText()).isEqualTo(text);
        var cosigner = WitnessSigner.parse(text).orNull();
        if (cosigner != null) assertThat(cosigner.secretText()).isEqualTo(text);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void policy(byte[] data) {
        var policy = Policy.parse(data).orNull();
        if (policy != null) policy.judge(NOTE, Moonrise.LOG);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void witness(byte[] data) {
        var request = AddCheckpoint.parse(data).orNull();
        if (request != null) assertThat(request.body()).isEqualTo(data);
        var answer = new Witness(WITNESS, List.of(Moonrise.KEY.verifier()), new Forgetful(), AT).add(data);
        assertThat(WitnessAnswer.read(answer.status(), answer.contentType(), answer.body()))
                .isInstanceOf(Parsed.Ok.class);
        for (int status : new int[] {200, 409, 422}) {
            var read = WitnessAnswer.read(status, WitnessAnswer.SIZE_TYPE, data).orNull();
            if (read != null && status != 422) assertThat(read.body()).isEqualTo(data);
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void json(byte[] data) {
        var json = Json.parse(data).orNull();
        if (json == null) return;
        var canonical = json.bytes();
        assertThat(Json.parse(canonical, new Json.Limits(Integer.MAX_VALUE, 32)).orThrow())
                .isEqualTo(json);
        assertThat(Json.parse(canonical, new Json.Limits(Integer.MAX_VALUE, 32))
                        .orThrow()
                        .bytes())
                .isEqualTo(canonical);
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void record(byte[] data) {
        var reading = LogRecord.read(data);
        if (data.length <= LogRecord.BYTES_MAX) assertThat(reading).isEqualTo(LogRecord.readJson(data));
        if (reading instanceof LogRecord.Reading.Known known
                && known.notChecked().isEmpty()) {
            assertThat(known.record().bytes()).isEqualTo(data);
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void certificate(byte[] data) {
        var verdict = CertificateCheck.verify(data, POLICY, null);
        if (!(verdict instanceof CertificateVerdict.Valid)) return;
        // White space means nothing, and the hint and the document may be left out: nothing else may differ.
        var read = Certificate.parse(data).orThrow().certificate();
        assertThat(read.log()).isEqualTo(CERTIFICATE.log());
        assertThat(read.checkpoint()).isEqualTo(CERTIFICATE.checkpoint());
        for (var record : read.records()) {
            assertThat(CERTIFICATE.records())
                    .anyMatch(ours -> Arrays.equals(ours.entry(), record.entry())
                            && ours.proof().equals(record.proof()));
        }
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "1m")
    void tiles(byte[] data) {
        var edge = TreeEdge.parse(data).orNull();
        if (edge != null) {
            assertThat(edge.bytes()).isEqualTo(data);
            edge.root();
        }
        var text = new String(data, StandardCharsets.UTF_8);
        var path = TilePath.parse(text);
        if (path != null) assertThat(path.text()).isEqualTo(text);
        int width = data.length == 0 ? 1 : 1 + (data[0] & 0xff);
        var entries = EntryBundle.parse(data, width).orNull();
        if (entries != null) assertThat(entries).hasSize(width);
        LogReplay.run(new OneAnswer(data), new Checkpoint(Moonrise.LOG, width, Merkle.EMPTY_ROOT), REPLAY);
        LogDiff.run(new OneAnswer(data), new Checkpoint(Moonrise.LOG, width / 2, Merkle.EMPTY_ROOT), HEAD, 10);
    }

    private static final Clock AT = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private static final Checkpoint HEAD = new Checkpoint(Moonrise.LOG, 300, Merkle.EMPTY_ROOT);
    private static final LogReplay.Options REPLAY =
            new LogReplay.Options(true, 1_000, 10, new TreeMap<>(), List.of(2L, 5L), 10);

    static Stream<byte[]> seeds() {
        var witnessed = NOTE.with(WITNESS.cosign(NOTE.text(), Instant.EPOCH));
        var edge = TreeAppender.empty().append(STORY.entries).edge();
        var policy = "log " + Moonrise.KEY.verifier().vkey() + "\nwitness a "
                + WITNESS.key().vkey() + "\ngroup b 1 a\nquorum b\n";
        var good = Stream.of(
                utf8(NOTE.format()),
                utf8(witnessed.format()),
                utf8(NOTE.text()),
                utf8(Moonrise.KEY.verifier().vkey()),
                utf8(Moonrise.KEY.secretText()),
                utf8(WITNESS.key().vkey()),
                utf8(WITNESS.secretText()),
                utf8(policy),
                new AddCheckpoint(0, List.of(), NOTE).body(),
                utf8("tile/0/x001/234.p/7"),
                edge.bytes(),
                EntryBundle.of(0, STORY.entries).bytes(),
                CERTIFICATE_FILE,
                utf8("[1e-7,0.1,-5e-324,{\"\u20ac\":\"\\ud83d\\ude00\\n\"},null,true]"));
        return Stream.concat(good, STORY.entries.stream());
    }

    private static byte[] utf8(String text) {
        return Encoding.utf8(text);
    }

    /** Answers everything with the same bytes, as nobody honest would. */
    private record OneAnswer(byte[] data) implements TileSource {
        @Override
        public byte @Nullable [] tile(int level, long index, int width) {
            return data;
        }

        @Override
        public byte @Nullable [] entries(long index, int width) {
            return data;
        }
    }

    private static final class Forgetful implements Witness.Memory {
        @Override
        public Witness.@Nullable Head latest(String origin) {
            return null;
        }

        @Override
        public void keep(Witness.Head head) {}
    }
}
