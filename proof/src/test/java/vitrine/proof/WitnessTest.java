package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A witness cosigns what continues, and nothing else; a reader counts its word as the policy says. */
class WitnessTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:15:30.5Z");
    private static final WitnessSigner EAST = new WitnessSigner("witness.example/east", seed(1));
    private static final WitnessSigner WEST = new WitnessSigner("witness.example/west", seed(2));
    private static final WitnessSigner NORTH = new WitnessSigner("witness.example/north", seed(3));
    private static final VerifierKey LOG_KEY = Moonrise.KEY.verifier();

    private final Heads heads = new Heads();
    private final Witness witness = new Witness(EAST, List.of(LOG_KEY), heads, Clock.fixed(NOW, ZoneOffset.UTC));
    private final Story story = Story.ofMoonrise();

    @Test
    void aLogThatOnlyGrowsIsCosignedAtEachStepWithTheTime() {
        var first = request(0, 5);
        var answer = cosigned(witness.add(first.body()));
        var note = answer.addTo(first.note(), List.of(EAST.key()));
        assertThat(note.signatures()).hasSize(2);
        assertThat(EAST.key().find(note))
                .isEqualTo(new WitnessKey.Finding.Cosigned(Instant.parse("2026-11-21T10:15:30Z")));
        assertThat(WEST.key().find(note)).isEqualTo(new WitnessKey.Finding.Absent());
        assertThat(note.verify(List.of(LOG_KEY))).isInstanceOf(SignedNote.Check.Verified.class);
        assertThat(heads.latest(Moonrise.LOG)).isEqualTo(new Witness.Head(Moonrise.LOG, 5, root(5)));

        assertThat(witness.add(request(5, 8).body())).isInstanceOf(WitnessAnswer.Cosigned.class);
        assertThat(witness.add(request(8, 8).body())).isInstanceOf(WitnessAnswer.Cosigned.class);
        assertThat(heads.kept).isEqualTo(2);
    }

    @Test
    void whoDoesNotKnowTheSizeIsToldIt() {
        witness.add(request(0, 5));
        assertThat(witness.add(request(0, 8))).isEqualTo(new WitnessAnswer.Conflict(5));
        assertThat(witness.add(request(3, 8))).isEqualTo(new WitnessAnswer.Conflict(5));
        assertThat(witness.add(request(3, 4))).isEqualTo(new WitnessAnswer.Conflict(5));
    }

    @Test
    void aForkIsNeverCosigned() {
        witness.add(request(0, 5));
        var other = new Story();
        for (int i = 0; i < 9; i++) other.append(Moonrise.grantedTo(Moonrise.BO, i + 1));
        for (int size = 5; size <= 9; size++) {
            var note =
                    new Checkpoint(Moonrise.LOG, size, new TreeProofs(other.log, size).root()).signedBy(Moonrise.KEY);
            var proof = new TreeProofs(other.log, size).consistency(5).path();
            var answer = witness.add(new AddCheckpoint(5, proof, note));
            assertThat(answer.status()).as("size %d", size).isEqualTo(size == 5 ? 409 : 422);
        }
        var smaller = new Checkpoint(Moonrise.LOG, 4, root(4)).signedBy(Moonrise.KEY);
        assertRefused(400, "witness.old-size", new AddCheckpoint(5, List.of(), smaller));
        assertThat(heads.latest(Moonrise.LOG)).isEqualTo(new Witness.Head(Moonrise.LOG, 5, root(5)));
    }

    @Test
    void aProofThatDoesNotHoldIsRefusedByItsReason() {
        witness.add(request(0, 5));
        var good = request(5, 8);
        assertRefused(422, "proof.path-length", new AddCheckpoint(5, List.of(), good.note()));
        var wrong = new ArrayList<>(good.proof());
        wrong.set(0, Merkle.EMPTY_ROOT);
        assertRefused(422, "proof.old-root", new AddCheckpoint(5, wrong, good.note()));
        var empty = new Checkpoint(Moonrise.LOG, 0, root(5)).signedBy(Moonrise.KEY);
        var fresh = new Witness(EAST, List.of(LOG_KEY), new Heads(), Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(fresh.add(new AddCheckpoint(0, List.of(), empty)).status()).isEqualTo(422);
        assertThat(fresh.add(new AddCheckpoint(
                                0, List.of(root(5)), request(0, 5).note()))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void unknownLogsAndUnknownKeysAreToldApart() {
        var stranger = new SignerKey("other.example/log", seed(7));
        var elsewhere = new Checkpoint("other.example/log", 5, root(5)).signedBy(stranger);
        assertRefused(404, "witness.unknown-log", new AddCheckpoint(0, List.of(), elsewhere));
        var impostor = new SignerKey(Moonrise.LOG, seed(8));
        var forged = new Checkpoint(Moonrise.LOG, 5, root(5)).signedBy(impostor);
        assertRefused(403, "witness.signature", new AddCheckpoint(0, List.of(), forged));
        assertThat(heads.kept).isZero();
    }

    @Test
    void whatIsNotARequestIsRefusedByName() {
        var good = new String(request(0, 5).body(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(AddCheckpoint.parse(Encoding.utf8(good)).orThrow()).isEqualTo(request(0, 5));
        assertThat(new String(request(3, 8).body(), java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("old 3\n")
                .contains("=\n\n" + Moonrise.LOG + "\n8\n");
        assertMalformed("add-checkpoint.lines", "old 0\n");
        assertMalformed("add-checkpoint.old-size", good.replace("old 0", "old 00"));
        assertMalformed("add-checkpoint.old-size", good.replace("old 0", "old -1"));
        assertMalformed("add-checkpoint.old-size", good.replace("old 0", "old 9223372036854775808"));
        assertMalformed("add-checkpoint.old-size", good.replace("old 0", "new 0"));
        assertMalformed("add-checkpoint.proof", good.replace("old 0\n", "old 0\nAAAA\n"));
        assertMalformed(
                "add-checkpoint.proof", good.replace("old 0\n", "old 0\n" + (root(5).base64() + "\n").repeat(64)));
        assertMalformed("note.no-signature", good.substring(0, good.indexOf('\u2014')));
        assertMalformed("note.characters", good.replace("old 0\n\n", "old 0\n\n\t"));
        assertMalformed("checkpoint.size", good.replace("\n5\n", "\n05\n"));
        assertMalformed("add-checkpoint.too-large", good + "x".repeat(1 << 16));
        var notUtf8 = request(0, 5).body();
        notUtf8[0] = (byte) 0xff;
        assertThat(witness.add(notUtf8))
                .isInstanceOfSatisfying(WitnessAnswer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo("add-checkpoint.not-utf8"));
    }

    @Test
    void answersAreReadBackAsTheyWereSent() {
        var cosigned = witness.add(request(0, 5));
        for (var answer : List.of(cosigned, new WitnessAnswer.Conflict(5))) {
            assertThat(WitnessAnswer.read(answer.status(), answer.contentType(), answer.body())
                            .orThrow())
                    .isEqualTo(answer);
        }
        var refused =
                WitnessAnswer.read(422, null, Encoding.utf8("proof.root: no\n")).orThrow();
        assertThat(refused).isEqualTo(new WitnessAnswer.Refused(422, "witness.refused", "proof.root: no"));
        assertBad("witness.size", WitnessAnswer.read(409, WitnessAnswer.SIZE_TYPE, Encoding.utf8("5")));
        assertBad("witness.size", WitnessAnswer.read(409, WitnessAnswer.SIZE_TYPE, Encoding.utf8("x\n")));
        assertBad("note.no-signature", WitnessAnswer.read(200, "text/plain", new byte[0]));
        assertBad("note.signature-line", WitnessAnswer.read(200, "text/plain", Encoding.utf8("hello\n")));
        assertBad("witness.not-utf8", WitnessAnswer.read(200, null, new byte[] {(byte) 0xff}));
        assertBad("witness.too-large", WitnessAnswer.read(200, null, new byte[(1 << 16) + 1]));
    }

    @Test
    void linesOfOthersInAnAnswerAreIgnored() {
        var note = request(0, 5).note();
        var elsewhere = WEST.cosign("another.example/log\n5\n" + root(5).base64() + "\n", NOW);
        var answer = new WitnessAnswer.Cosigned(
                List.of(elsewhere, NORTH.cosign(note.text(), NOW), EAST.cosign(note.text(), NOW)));
        var more = answer.addTo(note, List.of(EAST.key(), WEST.key()));
        assertThat(more.signatures()).hasSize(2);
        assertThat(answer.addTo(more, List.of(EAST.key(), WEST.key()))).isEqualTo(more);
    }

    @Test
    void everyByteOfACosignatureCounts() {
        var note = request(0, 5).note();
        var good = EAST.cosign(note.text(), NOW);
        for (int i = 0; i < 72; i++) {
            var bytes = good.signature();
            bytes[i] ^= 1;
            var changed = note.with(new NoteSignature(good.name(), good.keyId(), bytes));
            assertThat(EAST.key().find(changed)).as("byte %d", i).isInstanceOf(WitnessKey.Finding.Wrong.class);
        }
        assertBad("cosignature.length", EAST.key().check(note.text(), new byte[71]));
        var early = good.signature();
        early[0] = (byte) 0x80;
        assertBad("cosignature.time", EAST.key().check(note.text(), early));
        assertThat(EAST.key().check(note.text() + "more\n", good.signature())).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void keysOfWitnessesAndOfLogsAreNotTakenForEachOther() {
        assertThat(WitnessKey.parse(EAST.key().vkey()).orThrow()).isEqualTo(EAST.key());
        assertThat(WitnessSigner.parse(EAST.secretText()).orThrow().key()).isEqualTo(EAST.key());
        assertThat(EAST.toString()).doesNotContain(EAST.secretText().substring(50));
        assertBad("vkey.type", WitnessKey.parse(LOG_KEY.vkey()));
        assertBad("vkey.type", VerifierKey.parse(EAST.key().vkey()));
        assertBad("skey.type", SignerKey.parse(EAST.secretText()));
        assertBad("skey.type", WitnessSigner.parse(Moonrise.KEY.secretText()));
        assertBad("vkey.id", WitnessKey.parse(EAST.key().vkey().replace("east", "west")));
        assertBad("vkey.too-large", WitnessKey.parse("x".repeat(5_000)));
    }

    @Test
    void aCertificateUnderAPolicyNeedsItsWitnesses() {
        var certificate = story.certificate(3, Moonrise.RULES_DOCUMENT);
        var note = story.checkpoint().signedBy(Moonrise.KEY);
        var two = note.with(EAST.cosign(note.text(), NOW)).with(WEST.cosign(note.text(), NOW.plusSeconds(5)));
        var witnesses = List.of(EAST.key(), WEST.key(), NORTH.key());
        var file = with(certificate, two).format();
        assertThat(CertificateCheck.verify(file, Policy.of(List.of(LOG_KEY), witnesses, 2), null))
                .isInstanceOfSatisfying(CertificateVerdict.Valid.class, valid -> assertThat(valid.cosignedBy())
                        .containsOnlyKeys(EAST.key(), WEST.key()));
        assertInvalid("checkpoint.witnesses", file, Policy.of(List.of(LOG_KEY), witnesses, 3));
        assertInvalid(
                "checkpoint.witnesses", certificate.format(), Policy.of(List.of(LOG_KEY), List.of(EAST.key()), 1));
        // The witnesses' word without the log's is nothing.
        assertThat(CertificateCheck.verify(file, Policy.of(List.of(), witnesses, 2), null))
                .isInstanceOf(CertificateVerdict.NotPinned.class);
        var wrong = EAST.cosign(note.text() + "x\n", NOW);
        var forged = with(certificate, two.with(wrong)).format();
        assertInvalid("checkpoint.witnesses", forged, Policy.of(List.of(LOG_KEY), witnesses, 1));
        // Who does not know the witness does not look at its line.
        assertThat(CertificateCheck.verify(forged, List.of(LOG_KEY), null))
                .isInstanceOf(CertificateVerdict.Valid.class);
    }

    @Test
    void aPolicyFileIsReadAsTheSpecificationWritesIt() {
        var text = "# the logs\nlog " + LOG_KEY.vkey() + "  https://lumen.example/log\n\n"
                + "witness X1 " + EAST.key().vkey() + "\n\twitness X2 "
                + WEST.key().vkey() + " https://west.example/\n"
                + "witness Y1 " + NORTH.key().vkey() + "\n"
                + "group X any X1 X2\ngroup all-of-them all X Y1\nquorum all-of-them\n";
        var policy = Policy.parse(Encoding.utf8(text)).orThrow();
        assertThat(policy.logKeys()).containsExactly(LOG_KEY);
        assertThat(policy.witnesses()).hasSize(3);
        assertThat(policy.witnesses().get(1).url()).isEqualTo("https://west.example/");
        var note = story.checkpoint().signedBy(Moonrise.KEY);
        assertThat(policy.judge(note.with(EAST.cosign(note.text(), NOW)), Moonrise.LOG))
                .isEqualTo(new Policy.Verdict.TooFewWitnesses("1 of 3 witnesses", "2 of 2 of all-of-them"));
        var enough = note.with(WEST.cosign(note.text(), NOW)).with(NORTH.cosign(note.text(), NOW));
        assertThat(policy.judge(enough, Moonrise.LOG)).isInstanceOf(Policy.Verdict.Trusted.class);

        var none = Policy.parse(Encoding.utf8("quorum none\n")).orThrow();
        assertThat(none.pinsAKey()).isFalse();
        assertThat(none.judge(enough, Moonrise.LOG)).isInstanceOf(Policy.Verdict.NotSigned.class);
    }

    @Test
    void aPolicyFileThatSaysSomethingElseIsRefusedByName() {
        var x1 = "witness X1 " + EAST.key().vkey() + "\n";
        var x2 = "witness X2 " + WEST.key().vkey() + "\n";
        assertPolicy("policy.quorum", "");
        assertPolicy("policy.quorum", "quorum none\nquorum none\n");
        assertPolicy("policy.lines", "quorum none");
        assertPolicy("policy.line", "quorums none\n");
        assertPolicy("policy.line", "log\nquorum none\n");
        assertPolicy("policy.key", "log x\nquorum none\n");
        assertPolicy("policy.key", "log " + EAST.key().vkey() + "\nquorum none\n");
        assertPolicy("policy.key", "witness a " + LOG_KEY.vkey() + "\nquorum none\n");
        assertPolicy("policy.duplicate", x1 + x1 + "quorum none\n");
        assertPolicy("policy.duplicate", x1 + x2.replace("X2", "X1") + "quorum none\n");
        assertPolicy("policy.duplicate", x1 + x2 + "group a any X1\ngroup b any X1 X2\nquorum b\n");
        assertPolicy("policy.unknown-name", "quorum X1\n" + x1);
        assertPolicy("policy.unknown-name", "group a any none\nquorum a\n");
        assertPolicy("policy.name", x1.replace("X1", "none") + "quorum none\n");
        assertPolicy("policy.threshold", x1 + "group a 2 X1\nquorum a\n");
        assertPolicy("policy.threshold", x1 + "group a 0 X1\nquorum a\n");
        assertPolicy("policy.threshold", x1 + "group a some X1\nquorum a\n");
        assertPolicy("policy.characters", "# \u0001\nquorum none\n");
        assertPolicy("policy.too-large", "#".repeat(1 << 18) + "\n");
        assertThatThrownBy(() -> Policy.of(List.of(), List.of(EAST.key(), EAST.key()), 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertPolicy(String code, String text) {
        assertBad(code, Policy.parse(Encoding.utf8(text)));
    }

    private static void assertBad(String code, Parsed<?> parsed) {
        assertThat(parsed).isInstanceOfSatisfying(Parsed.Bad.class, bad -> assertThat(bad.code())
                .isEqualTo(code));
    }

    private static void assertInvalid(String code, byte[] file, Policy policy) {
        assertThat(CertificateCheck.verify(file, policy, null))
                .isInstanceOfSatisfying(
                        CertificateVerdict.Invalid.class,
                        invalid -> assertThat(invalid.failed().code()).isEqualTo(code));
    }

    private void assertMalformed(String code, String body) {
        assertThat(witness.add(Encoding.utf8(body))).isInstanceOfSatisfying(WitnessAnswer.Refused.class, refused -> {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo(code);
        });
    }

    private void assertRefused(int status, String code, AddCheckpoint request) {
        assertThat(witness.add(request)).isInstanceOfSatisfying(WitnessAnswer.Refused.class, refused -> {
            assertThat(refused.status()).isEqualTo(status);
            assertThat(refused.code()).isEqualTo(code);
        });
    }

    private static WitnessAnswer.Cosigned cosigned(WitnessAnswer answer) {
        assertThat(answer).isInstanceOf(WitnessAnswer.Cosigned.class);
        return (WitnessAnswer.Cosigned) answer;
    }

    private AddCheckpoint request(long oldSize, long size) {
        var proofs = new TreeProofs(story.log, size);
        var note = new Checkpoint(Moonrise.LOG, size, proofs.root()).signedBy(Moonrise.KEY);
        return new AddCheckpoint(oldSize, proofs.consistency(oldSize).path(), note);
    }

    private Hash32 root(long size) {
        return new TreeProofs(story.log, size).root();
    }

    private static Certificate with(Certificate certificate, SignedNote note) {
        return new Certificate(
                certificate.log(),
                certificate.keyHint(),
                certificate.collectible(),
                certificate.rules(),
                certificate.records(),
                note.format(),
                null);
    }

    private static byte[] seed(int number) {
        return Arrays.copyOf(new byte[] {(byte) number}, 32);
    }

    private static final class Heads implements Witness.Memory {
        final Map<String, Witness.Head> heads = new HashMap<>();
        int kept;

        @Override
        public Witness.@Nullable Head latest(String origin) {
            return heads.get(origin);
        }

        @Override
        public void keep(Witness.Head head) {
            kept++;
            heads.put(head.origin(), head);
        }
    }
}
