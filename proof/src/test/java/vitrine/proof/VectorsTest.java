package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The vectors beside docs/record-format.md are what this library does, and what it understands. After a deliberate
 * change to what is not yet in use: {@code mvn -pl proof test -Dtest=VectorsTest -Dvectors.write=true}.
 */
class VectorsTest {
    private static final Path FILE = Path.of("..", "docs", "record-format", "vectors.json");

    private final Story story = Story.ofMoonrise();

    @Test
    void theCommittedVectorsAreWhatThisLibraryWrites() throws IOException {
        var now = pretty(vectors());
        if (Boolean.getBoolean("vectors.write")) Files.writeString(FILE, now);
        assertThat(Files.readString(FILE)).isEqualTo(now);
    }

    @Test
    void theCommittedVectorsAreReadAsTheySay() throws IOException {
        var vectors = (Json.Obj) Json.parse(Files.readAllBytes(FILE)).orThrow();
        for (var vector : list(vectors, "ownerKeys")) {
            var seed = OwnerKeys.seed(
                    bytes(vector, "secret"),
                    Hash32.ofHex(text(vector, "collectible")),
                    ((Json.Num) Objects.requireNonNull(vector.get("serial"))).whole(),
                    ((Json.Num) Objects.requireNonNull(vector.get("moves"))).whole());
            assertThat(seed).isEqualTo(bytes(vector, "seed"));
            assertThat(OwnerKeys.publicKey(seed)).isEqualTo(bytes(vector, "publicKey"));
            assertThat(OwnerKeys.ownerHash(bytes(vector, "publicKey")).hex()).isEqualTo(text(vector, "owner"));
        }
        var possession = (Json.Obj) Objects.requireNonNull(vectors.get("possession"));
        var owner = OwnerKeys.ownerHash(OwnerKeys.publicKey(bytes(possession, "seed")));
        assertThat(OwnerKeys.possesses(owner, bytes(possession, "challenge"), bytes(possession, "answer")))
                .isTrue();
        for (var vector : list(vectors, "records")) {
            var entry = Encoding.utf8(text(vector, "entry"));
            assertThat(LogRecord.read(entry)).isInstanceOfSatisfying(LogRecord.Reading.Known.class, known -> {
                assertThat(known.notChecked()).isEmpty();
                assertThat(known.record().type().text()).isEqualTo(text(vector, "type"));
                assertThat(known.record().bytes()).isEqualTo(entry);
            });
            assertThat(Merkle.leafHash(entry).hex()).isEqualTo(text(vector, "leafHash"));
        }
        for (var vector : list(vectors, "notUnderstood")) {
            assertThat(codeOf(text(vector, "entry"))).isEqualTo(text(vector, "code"));
        }
        var certificates = list(vectors, "certificates");
        for (var vector : certificates) {
            var pinned = text(vector, "pinned");
            var keys = pinned.isEmpty()
                    ? List.<VerifierKey>of()
                    : List.of(VerifierKey.parse(pinned).orThrow());
            var verdict = CertificateCheck.verify(Encoding.utf8(text(vector, "file")), keys, null);
            assertThat(verdict.getClass().getSimpleName()).isEqualTo(text(vector, "verdict"));
        }
    }

    private Json.Obj vectors() {
        var ownerKeys = new ArrayList<Json>();
        for (var holding : List.of(new long[] {3, 0}, new long[] {3, 2}, new long[] {1_000_000_000L, 7})) {
            var seed = OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, holding[0], holding[1]);
            var publicKey = OwnerKeys.publicKey(seed);
            ownerKeys.add(Json.object(
                    "secret", hex(Moonrise.ADA),
                    "collectible", hex(Moonrise.COLLECTIBLE.bytes()),
                    "serial", Json.of(holding[0]),
                    "moves", Json.of(holding[1]),
                    "seed", hex(seed),
                    "publicKey", hex(publicKey),
                    "owner", hex(OwnerKeys.ownerHash(publicKey).bytes())));
        }
        var seed = OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 0);
        var challenge = Encoding.utf8("the guest list of 21 November");
        var records = new ArrayList<Json>();
        for (var record : RecordTest.oneOfEachType()) {
            records.add(Json.object(
                    "type", Json.of(record.type().text()),
                    "entry", Json.of(record.json().text()),
                    "leafHash", hex(record.leafHash().bytes())));
        }
        var notUnderstood = new ArrayList<Json>();
        for (var entry : List.of(
                "{\"log\":\"lumen.example/log\",\"type\":\"piece.granted\",\"v\":2}",
                "{\"log\":\"lumen.example/log\",\"type\":\"piece.painted\",\"v\":1}",
                "{\"log\":\"lumen.example/log\",\"type\":\"draw.committed\",\"v\":1}",
                "{\"v\":1,\"log\":\"lumen.example/log\",\"type\":\"draw.committed\"}",
                "{\"log\":\"lumen.example/log\",\"type\":\"log.closed\",\"v\":1}",
                "{\"log\":\"lumen.example/log\",\"log\":\"lumen.example/log\",\"type\":\"draw.closed\",\"v\":1}",
                "[]",
                Moonrise.grantedTo(Moonrise.ADA, 3).json().text().replace("\"serial\":3", "\"serial\":0"))) {
            notUnderstood.add(Json.object("entry", Json.of(entry), "code", Json.of(codeOf(entry))));
        }
        var certificate = story.certificate(3, Moonrise.RULES_DOCUMENT);
        var vkey = Moonrise.KEY.verifier().vkey();
        var file = certificate.format();
        var forged = new String(file, java.nio.charset.StandardCharsets.UTF_8)
                .replace("\\\"serial\\\":3", "\\\"serial\\\":4");
        var old = certificate.withHolder(OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 0));
        var mine = certificate.withHolder(OwnerKeys.seed(Moonrise.ADA, Moonrise.COLLECTIBLE, 3, 2));
        return Json.object(
                "about", Json.of("Test vectors for docs/record-format.md, version 1. Keys and secrets are made up."),
                "ownerKeys", Json.of(ownerKeys),
                "possession",
                        Json.object(
                                "seed", hex(seed),
                                "challenge", hex(challenge),
                                "answer", hex(OwnerKeys.provePossession(seed, challenge))),
                "records", Json.of(records),
                "notUnderstood", Json.of(notUnderstood),
                "log",
                        Json.object(
                                "privateKey", Json.of(Moonrise.KEY.secretText()),
                                "verifierKey", Json.of(vkey),
                                "entries",
                                        Json.of(story.entries.stream()
                                                .map(entry -> Json.of(
                                                        new String(entry, java.nio.charset.StandardCharsets.UTF_8)))
                                                .toList()),
                                "root", hex(story.checkpoint().root().bytes()),
                                "checkpoint",
                                        Json.of(story.checkpoint()
                                                .signedBy(Moonrise.KEY)
                                                .format())),
                "certificates",
                        Json.of(List.of(
                                certificate(file, vkey),
                                certificate(mine.format(), vkey),
                                certificate(file, ""),
                                certificate(story.certificate(3, null).format(), vkey),
                                certificate(Encoding.utf8(forged), vkey),
                                certificate(old.format(), vkey))));
    }

    private static Json certificate(byte[] file, String pinned) {
        var keys = pinned.isEmpty() ? List.<VerifierKey>of() : List.of(Moonrise.KEY.verifier());
        var verdict = CertificateCheck.verify(file, keys, null);
        return Json.object(
                "file", Json.of(new String(file, java.nio.charset.StandardCharsets.UTF_8)),
                "pinned", Json.of(pinned),
                "verdict", Json.of(verdict.getClass().getSimpleName()));
    }

    private static String codeOf(String entry) {
        return switch (LogRecord.read(Encoding.utf8(entry))) {
            case LogRecord.Reading.NotChecked unknown -> unknown.code();
            case LogRecord.Reading.Malformed wrong -> wrong.code();
            case LogRecord.Reading.Known known -> "known";
        };
    }

    /** One line a vector, so that a change shows as that vector's. */
    private static String pretty(Json.Obj vectors) {
        var out = new StringBuilder("{");
        var comma = "\n";
        for (var member : vectors.members().entrySet()) {
            out.append(comma)
                    .append("  ")
                    .append(Json.of(member.getKey()).text())
                    .append(": ");
            if (member.getValue() instanceof Json.Arr array) {
                out.append("[\n    ");
                out.append(String.join(
                        ",\n    ", array.values().stream().map(Json::text).toList()));
                out.append("\n  ]");
            } else {
                out.append(member.getValue().text());
            }
            comma = ",\n";
        }
        return out.append("\n}\n").toString();
    }

    private static Json hex(byte[] bytes) {
        return Json.of(Encoding.hex(bytes));
    }

    private static List<Json.Obj> list(Json.Obj vectors, String name) {
        return ((Json.Arr) Objects.requireNonNull(vectors.get(name)))
                .values().stream().map(Json.Obj.class::cast).toList();
    }

    private static String text(Json.Obj vector, String name) {
        return ((Json.Str) Objects.requireNonNull(vector.get(name))).value();
    }

    private static byte[] bytes(Json.Obj vector, String name) {
        return java.util.HexFormat.of().parseHex(text(vector, name));
    }
}
