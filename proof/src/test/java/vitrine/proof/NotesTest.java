package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signed notes and checkpoints, our own and other people's. */
class NotesTest {
    private static final String GO_PRIVATE =
            "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private static final SignerKey LOG = new SignerKey("lumen.example/log", Arrays.copyOf(new byte[] {1}, 32));
    private static final SignerKey WITNESS = new SignerKey("witness.example", Arrays.copyOf(new byte[] {2}, 32));
    private static final Checkpoint CHECKPOINT = new Checkpoint("lumen.example/log", 7, Merkle.EMPTY_ROOT);

    @Test
    void goesNoteIsReadVerifiedAndSignedAgainToTheByte() {
        var text = Fixtures.text("notes/peterneumann.note");
        var key = VerifierKey.parse(Fixtures.text("notes/peterneumann.vkey").strip())
                .orThrow();
        var note = SignedNote.parse(text).orThrow();
        assertThat(note.verify(List.of(key))).isEqualTo(new SignedNote.Check.Verified(java.util.Set.of(key)));
        assertThat(note.format()).isEqualTo(text);

        var signer = SignerKey.parse(GO_PRIVATE).orThrow();
        assertThat(signer.verifier()).isEqualTo(key);
        assertThat(signer.secretText()).isEqualTo(GO_PRIVATE);
        assertThat(signer.toString()).doesNotContain("AYEKFALV");
        assertThat(SignedNote.sign(note.text(), signer).format()).isEqualTo(text);
    }

    @Test
    void notesOfOthersAreVerifiedAndTheirUnknownSignaturesIgnored() {
        var example = SignedNote.parse(Fixtures.bytes("notes/c2sp-example-message.note"))
                .orThrow();
        var exampleKey = VerifierKey.parse(
                        Fixtures.text("notes/c2sp-example-message.vkey").strip())
                .orThrow();
        assertThat(example.verify(List.of(exampleKey))).isInstanceOf(SignedNote.Check.Verified.class);

        var goKey = VerifierKey.parse(
                        Fixtures.text("notes/sum.golang.org-2023-01-10.vkey").strip())
                .orThrow();
        var witnessed = SignedNote.parse(Fixtures.bytes("notes/sum.golang.org-2023-01-10.note"))
                .orThrow();
        assertThat(witnessed.signatures()).hasSize(3);
        assertThat(witnessed.verify(List.of(goKey))).isEqualTo(new SignedNote.Check.Verified(java.util.Set.of(goKey)));
        assertThat(Checkpoint.parse(witnessed.text()).orThrow().size()).isEqualTo(15_081_221);
        // The origin is not the key's name there, which a reader must not assume and a policy of ours refuses.
        assertThat(Policy.of(List.of(goKey)).judge(witnessed, "go.sum database tree"))
                .isInstanceOf(Policy.Verdict.NotSigned.class);

        var sent = SignedNote.parse(Fixtures.bytes("notes/sum.golang.org-35225469.note"))
                .orThrow();
        assertThat(sent.verify(List.of(goKey))).isInstanceOf(SignedNote.Check.Verified.class);
        assertThat(sent.verify(List.of(exampleKey)))
                .isEqualTo(new SignedNote.Check.NoKnownKey(List.of("sum.golang.org")));
    }

    @Test
    void aLineUnderTheIdOfAnotherKeyIsNotThatKeysSignature() {
        var note = CHECKPOINT.signedBy(LOG);
        var line = note.signatures().getFirst();
        var stranger = new SignerKey("lumen.example/log", Arrays.copyOf(new byte[] {9}, 32));
        var foreign = new NoteSignature(line.name(), stranger.verifier().id(), line.signature());
        var both = note.with(foreign);
        assertThat(both.verify(List.of(LOG.verifier()))).isInstanceOf(SignedNote.Check.Verified.class);
        assertThat(both.verify(List.of(LOG.verifier(), stranger.verifier())))
                .isInstanceOf(SignedNote.Check.BadSignature.class);
    }

    @Test
    void tesserasLogIsReadProvenAndBuiltAgainAtEverySize() {
        var key =
                VerifierKey.parse(Fixtures.text("tessera-log/vkey.txt").strip()).orThrow();
        var files = new TileDirectory(Fixtures.path("tessera-log"));
        assertThat(VerifierKey.parse(key.vkey()).orThrow()).isEqualTo(key);
        for (int size = 0; size <= 7; size++) {
            var text = Fixtures.text("tessera-log/checkpoint." + size);
            var note = SignedNote.parse(text).orThrow();
            assertThat(note.verify(List.of(key))).isInstanceOf(SignedNote.Check.Verified.class);
            assertThat(note.format()).isEqualTo(text);
            var checkpoint = Checkpoint.parse(note.text()).orThrow();
            assertThat(checkpoint.size()).isEqualTo(size);
            assertThat(checkpoint.text()).isEqualTo(note.text());
            var tree = new TreeProofs(files, size);
            assertThat(tree.root()).isEqualTo(checkpoint.root());
            if (size == 0) continue;

            var entries = EntryBundle.entriesOrNull(java.util.Objects.requireNonNull(files.entries(0, size)), size);
            assertThat(entries).isNotNull();
            var built = TreeAppender.empty().append(java.util.Objects.requireNonNull(entries));
            assertThat(built.root()).isEqualTo(checkpoint.root());
            assertThat(built.tiles().getFirst().hashes()).isEqualTo(files.tile(0, 0, size));
            assertThat(built.bundles().getFirst().bytes()).isEqualTo(files.entries(0, size));
            for (int i = 0; i < size; i++) {
                assertThat(tree.inclusion(i)
                                .verify(Merkle.leafHash(entries.get(i)), checkpoint.root())
                                .holds())
                        .isTrue();
                var older = new TreeProofs(files, i).root();
                assertThat(tree.consistency(i).verify(older, checkpoint.root()).holds())
                        .isTrue();
            }
        }
    }

    @Test
    void severalSignaturesCountAndUnknownOnesAreIgnored() {
        var note = CHECKPOINT.signedBy(LOG, WITNESS);
        var read = SignedNote.parse(note.format()).orThrow();
        assertThat(read).isEqualTo(note);
        assertThat(read.verify(List.of(LOG.verifier(), WITNESS.verifier())))
                .isEqualTo(new SignedNote.Check.Verified(
                        new java.util.LinkedHashSet<>(List.of(LOG.verifier(), WITNESS.verifier()))));
        assertThat(read.verify(List.of(LOG.verifier())))
                .isEqualTo(new SignedNote.Check.Verified(java.util.Set.of(LOG.verifier())));
        var stranger = new SignerKey("lumen.example/log", new byte[32]).verifier();
        assertThat(read.verify(List.of(stranger)))
                .isEqualTo(new SignedNote.Check.NoKnownKey(List.of("lumen.example/log", "witness.example")));
        assertThat(read.verify(List.of())).isInstanceOf(SignedNote.Check.NoKnownKey.class);
    }

    @Test
    void aKnownKeysWrongSignatureRefusesTheWholeNote() {
        var other = new Checkpoint("lumen.example/log", 8, Merkle.EMPTY_ROOT);
        var note = CHECKPOINT.signedBy(WITNESS).with(LOG.sign(other.text()));
        assertThat(note.verify(List.of(LOG.verifier(), WITNESS.verifier())))
                .isEqualTo(new SignedNote.Check.BadSignature(
                        "lumen.example/log", LOG.verifier().idHex()));
        assertThat(note.verify(List.of(WITNESS.verifier()))).isInstanceOf(SignedNote.Check.Verified.class);
    }

    @Test
    void anyByteChangedInANoteIsNoticed() {
        var note = Encoding.utf8(CHECKPOINT.signedBy(LOG).format());
        for (int i = 0; i < note.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                var changed = note.clone();
                changed[i] ^= (byte) (1 << bit);
                var verified = SignedNote.parse(changed).orNull() instanceof SignedNote read
                        && read.verify(List.of(LOG.verifier())) instanceof SignedNote.Check.Verified;
                assertThat(verified).as("byte %d bit %d", i, bit).isFalse();
            }
        }
    }

    @Test
    void malformedNotesAreRefusedByName() {
        var good = CHECKPOINT.signedBy(LOG).format();
        assertRefused(SignedNote.parse(""), "note.no-signature");
        assertRefused(SignedNote.parse("text\n"), "note.no-signature");
        assertRefused(SignedNote.parse("text\n\n"), "note.no-signature");
        assertRefused(SignedNote.parse(good.substring(0, good.length() - 1)), "note.no-signature");
        assertRefused(SignedNote.parse(good.replace("\u2014", "-")), "note.signature-line");
        assertRefused(SignedNote.parse(good + "\u2014 a+b AAAAAAAA\n"), "note.signature-line");
        assertRefused(SignedNote.parse(good + "\u2014 a AAAA\n"), "note.signature-line");
        assertRefused(SignedNote.parse(good + "\u2014 a AAAAAAB=\n"), "note.signature-line");
        assertRefused(SignedNote.parse(good.replace("7\n", "7\r\n")), "note.characters");
        assertRefused(SignedNote.parse(new byte[] {'a', (byte) 0xff}), "note.characters");
        assertRefused(SignedNote.parse(good + LOG.sign("x\n").line().repeat(100)), "note.too-many-signatures");
        assertThat(SignedNote.parse("a\n\nb\n\n" + LOG.sign("a\n\nb\n").line())
                        .orThrow()
                        .text())
                .isEqualTo("a\n\nb\n");
        assertThatThrownBy(() -> SignedNote.sign("no newline", LOG)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void publishedCheckpointsAreParsedAsTheirAuthorsDo() {
        var cases = Fixtures.json("checkpoint-parse-cases.json");
        for (var valid : (Json.Arr) java.util.Objects.requireNonNull(cases.get("valid"))) {
            var text = string(valid, "text");
            // The hashes of that test are words; ours are 32 bytes, and anything else is refused.
            assertRefused(Checkpoint.parse(text), "checkpoint.root");
            var lines = new ArrayList<>(List.of(text.split("\n")));
            lines.set(2, Merkle.EMPTY_ROOT.base64());
            var checkpoint = Checkpoint.parse(String.join("\n", lines) + "\n").orThrow();
            assertThat(checkpoint.origin()).isEqualTo(string(valid, "origin"));
            assertThat(Json.of(checkpoint.size())).isEqualTo(((Json.Obj) valid).get("size"));
            var rest = string(valid, "rest");
            assertThat(checkpoint.extensions()).isEqualTo(rest.isEmpty() ? List.of() : List.of(rest.split("\n")));
        }
        for (var invalid : (Json.Arr) java.util.Objects.requireNonNull(cases.get("invalid"))) {
            assertThat(Checkpoint.parse(string(invalid, "text"))).isInstanceOf(Parsed.Bad.class);
        }
        var root = Merkle.EMPTY_ROOT.base64();
        assertRefused(Checkpoint.parse("Log\n007\n" + root + "\n"), "checkpoint.size");
        assertRefused(Checkpoint.parse("Log\n+7\n" + root + "\n"), "checkpoint.size");
        assertRefused(Checkpoint.parse("Log\n9223372036854775808\n" + root + "\n"), "checkpoint.size");
        assertRefused(Checkpoint.parse("Log\n7\n" + root + "\n\n"), "checkpoint.lines");
        assertThat(Checkpoint.parse("Log\n9223372036854775807\n" + root + "\n")).isInstanceOf(Parsed.Ok.class);
    }

    @Test
    void keysAreReadInTheirOneSpellingOnly() {
        var vkey = LOG.verifier().vkey();
        assertThat(VerifierKey.parse(vkey).orThrow()).isEqualTo(LOG.verifier());
        assertRefused(VerifierKey.parse(""), "vkey.syntax");
        assertRefused(VerifierKey.parse("a+b"), "vkey.syntax");
        assertRefused(VerifierKey.parse("+00000000+AQ=="), "vkey.name");
        assertRefused(VerifierKey.parse(vkey.replace("lumen", "lu men")), "vkey.name");
        assertRefused(VerifierKey.parse(vkey.replace("lumen", "lunar")), "vkey.id");
        assertRefused(VerifierKey.parse(vkey.substring(0, vkey.length() - 4)), "vkey.type");
        assertRefused(VerifierKey.parse(vkey + "!"), "vkey.base64");
        assertRefused(SignerKey.parse(vkey), "skey.syntax");
        assertRefused(SignerKey.parse(GO_PRIVATE.replace("c74f", "c74e")), "skey.id");
        assertRefused(SignerKey.parse(GO_PRIVATE.substring(0, GO_PRIVATE.length() - 4)), "skey.type");
    }

    private static void assertRefused(Parsed<?> parsed, String code) {
        assertThat(parsed).isInstanceOfSatisfying(Parsed.Bad.class, bad -> assertThat(bad.code())
                .isEqualTo(code));
    }

    private static String string(Json object, String name) {
        return ((Json.Str) java.util.Objects.requireNonNull(((Json.Obj) object).get(name))).value();
    }
}
