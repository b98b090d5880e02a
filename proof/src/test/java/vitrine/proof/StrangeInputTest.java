package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes from outside gets an answer and never an exception; a failing seed is printed and can be set again. */
class StrangeInputTest {
    private final long seed = Long.getLong("strange.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void everyReaderAnswersWhateverItIsGiven() {
        var story = Story.ofMoonrise();
        var good = new ArrayList<byte[]>(story.entries);
        for (var record : RecordTest.oneOfEachType()) good.add(record.bytes());
        good.add(Encoding.utf8(story.checkpoint().signedBy(Moonrise.KEY).format()));
        good.add(Encoding.utf8(story.checkpoint().text()));
        good.add(Encoding.utf8(Moonrise.KEY.verifier().vkey()));
        good.add(Encoding.utf8(Moonrise.KEY.secretText()));
        good.add(Encoding.utf8("tile/0/x001/234.p/7"));
        good.add(new AddCheckpoint(
                        0, List.of(Merkle.EMPTY_ROOT), story.checkpoint().signedBy(Moonrise.KEY))
                .body());
        good.add(Encoding.utf8("log " + Moonrise.KEY.verifier().vkey() + "\ngroup a 1 b\nquorum none\n"));
        good.add(TreeAppender.empty().append(story.entries).edge().bytes());
        for (int i = 0; i < 10_000; i++) {
            var bytes = mutated(good.get(random.nextInt(good.size())));
            var text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
            var answers = new ArrayList<Object>();
            answers.add(LogRecord.read(bytes));
            answers.add(Json.parse(bytes));
            answers.add(Json.parse(text));
            answers.add(SignedNote.parse(bytes));
            answers.add(SignedNote.parse(text));
            answers.add(Checkpoint.parse(text));
            answers.add(VerifierKey.parse(text));
            answers.add(SignerKey.parse(text));
            answers.add(Certificate.parse(bytes));
            answers.add(TreeEdge.parse(bytes));
            answers.add(TilePath.parse(text) == null);
            answers.add(EntryBundle.entriesOrNull(bytes, 1 + random.nextInt(256)) == null);
            answers.add(AddCheckpoint.parse(bytes));
            answers.add(WitnessAnswer.read(random.nextBoolean() ? 200 : 409, WitnessAnswer.SIZE_TYPE, bytes));
            answers.add(Policy.parse(bytes));
            answers.add(WitnessKey.parse(text));
            answers.add(WitnessSigner.parse(text));
            assertThat(answers).as("seed %d", seed).doesNotContainNull();
            // The short way to read a piece's record and the long one never differ.
            assertThat(answers.getFirst()).as("seed %d", seed).isEqualTo(LogRecord.readJson(bytes));
            if (answers.getFirst() instanceof LogRecord.Reading.Known known
                    && known.notChecked().isEmpty()) {
                assertThat(known.record().bytes()).as("seed %d", seed).isEqualTo(bytes);
            }
        }
    }

    @Test
    void aMangledCertificateIsValidOnlyWhereNothingButWhiteSpaceChanged() {
        var file = Story.ofMoonrise().certificate(3, Moonrise.RULES_DOCUMENT).format();
        var pinned = List.of(Moonrise.KEY.verifier());
        for (int i = 0; i < 500; i++) {
            var mangled = mutated(file);
            if (!(CertificateCheck.verify(mangled, pinned, null) instanceof CertificateVerdict.Valid)) continue;
            assertThat(Json.parse(mangled).orThrow().bytes())
                    .as("seed %d", seed)
                    .isEqualTo(file);
        }
    }

    /** Up to three changes: a byte turned, put in, taken out, a stretch repeated or cut. */
    private byte[] mutated(byte[] good) {
        var bytes = good;
        for (int changes = random.nextInt(1, 4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + random.nextInt(1, 20));
            var out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            switch (random.nextInt(6)) {
                case 0 -> out.write(bytes[at] ^ (1 << random.nextInt(8)));
                case 1 -> out.write(new byte[] {(byte) random.nextInt(256), bytes[at]}, 0, 2);
                case 2 -> {}
                case 3 -> {
                    out.write(bytes, at, to - at);
                    out.write(bytes, at, to - at);
                    at = to - 1;
                }
                case 4 -> at = to - 1;
                default -> {
                    var token = Encoding.utf8(
                            List.of("{", "]", "\"", "\\ud800", "null", "-1", "1e9", "\n\n", " ", "+", "999999999999")
                                    .get(random.nextInt(11)));
                    out.write(token, 0, token.length);
                    out.write(bytes[at]);
                }
            }
            out.write(bytes, at + 1, bytes.length - at - 1);
            bytes = out.toByteArray();
        }
        return bytes;
    }
}
