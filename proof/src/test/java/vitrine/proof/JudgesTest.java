package vitrine.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Other people's programs judge a log that this library made: Go's checksum database (Debian's golang-go and
 * golang-golang-x-mod-dev) and npm's @sigstore/verify. They share no line with it.
 */
@Tag("judges")
class JudgesTest {
    private static final Path SOURCES = Path.of("src/test/judges").toAbsolutePath();
    private static final Path WORK = Path.of("target/judges").toAbsolutePath();
    private static final Path GO_PACKAGES = Path.of("/usr/share/gocode");

    /** Sizes around every kind of tile that there is. */
    private static final int[] SIZES = {0, 1, 2, 255, 256, 257, 511, 1_000, 65_535, 65_536, 65_537, 70_000};

    private static final WitnessSigner WITNESS =
            new WitnessSigner("witness.example/east", Arrays.copyOf(new byte[] {5}, 32));

    @TempDir
    static Path log;

    private static final List<byte[]> ENTRIES = new ArrayList<>();

    @BeforeAll
    static void aLogIsMadeSealBySeal() throws IOException {
        Files.createDirectories(WORK);
        ENTRIES.add(Moonrise.PUBLISHED.bytes());
        ENTRIES.add(Moonrise.RULES.bytes());
        var random = new Random(9);
        while (ENTRIES.size() < SIZES[SIZES.length - 1]) {
            var owner = new Hash32(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
            int serial = ENTRIES.size();
            ENTRIES.add(LogRecord.granted(Moonrise.LOG, Moonrise.COLLECTIBLE, serial, null, null, owner)
                    .bytes());
        }
        var tree = TreeAppender.empty();
        for (int size : SIZES) {
            new TileDirectory(log).write(tree.append(ENTRIES.subList((int) tree.size(), size)));
            var note = new Checkpoint(Moonrise.LOG, size, tree.edge().root()).signedBy(Moonrise.KEY);
            var witnessed = note.with(WITNESS.cosign(note.text(), Instant.parse("2026-11-21T10:00:00Z")));
            Files.writeString(log.resolve("checkpoint." + size), witnessed.format());
        }
        Files.writeString(log.resolve("proofs.json"), proofs(random).text());
    }

    @Test
    void goAgreesWithEveryRecordAndProofAndNoticesOneFlippedByte() throws IOException, InterruptedException {
        var judge = goJudge();
        for (int size : SIZES) {
            assertThat(judged(judge, size, "-"))
                    .as("size %d", size)
                    .startsWith("ok: " + size + " records")
                    .endsWith("1 cosignatures");
        }
        assertThat(judged(judge, 70_000, log.resolve("proofs.json").toString()))
                .startsWith("ok: 70000 records, 60+60 proofs given, 100 made, 1 cosignatures");

        flipped("tile/entries/123", 40, () -> assertThat(judged(judge, 70_000, "-"))
                .startsWith("refused: record 31488 is not the one in the tiles"));
        flipped("tile/0/200", 77, () -> assertThat(judged(judge, 70_000, "-")).startsWith("refused: "));
        flipped("tile/1/001.p/17", 500, () -> assertThat(judged(judge, 70_000, "-"))
                .startsWith("refused: "));
        var origin = Moonrise.LOG.length();
        flipped("checkpoint.70000", origin + 12, () -> assertThat(judged(judge, 70_000, "-"))
                .startsWith("refused: invalid signature"));
        var cosignature = (int) Files.size(log.resolve("checkpoint.70000")) - 8;
        flipped("checkpoint.70000", cosignature, () -> assertThat(judged(judge, 70_000, "-"))
                .startsWith("refused: "));
        assertThat(judged(judge, 70_000, "-")).startsWith("ok: ");
    }

    @Test
    void sigstoresMerkleCheckAgreesOnInclusion() throws IOException, InterruptedException {
        assumeThat(isThere("npm")).as("npm is there").isTrue();
        for (var name : List.of("package.json", "package-lock.json", ".npmrc", "judge.mjs")) {
            Files.copy(SOURCES.resolve(name), WORK.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.isDirectory(WORK.resolve("node_modules/@sigstore/verify"))) {
            var installed = run(WORK, Map.of(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            assertThat(WORK.resolve("node_modules/@sigstore/verify"))
                    .as(installed)
                    .isDirectory();
        }
        var proofs = log.resolve("proofs.json").toString();
        assertThat(run(WORK, Map.of(), "node", "judge.mjs", proofs)).isEqualTo("ok: 60 proofs");
    }

    private static String judged(Path judge, int size, String proofs) throws IOException, InterruptedException {
        return run(
                WORK,
                Map.of(),
                judge.toString(),
                log.toString(),
                log.resolve("checkpoint." + size).toString(),
                Moonrise.KEY.verifier().vkey(),
                proofs,
                WITNESS.key().vkey());
    }

    private static Path goJudge() throws IOException, InterruptedException {
        var packages = GO_PACKAGES.resolve("src/golang.org/x/mod/sumdb/tlog");
        assumeThat(isThere("go") && Files.isDirectory(packages))
                .as("Debian's Go is there")
                .isTrue();
        var judge = WORK.resolve("judge");
        var environment = Map.of(
                "GO111MODULE",
                "off",
                "GOPATH",
                GO_PACKAGES.toString(),
                "GOCACHE",
                WORK.resolve("go-cache").toString(),
                "GOFLAGS",
                "");
        var built = run(
                SOURCES,
                environment,
                "go",
                "build",
                "-o",
                judge.toString(),
                SOURCES.resolve("judge.go").toString());
        assertThat(built).isEmpty();
        return judge;
    }

    private interface Look {
        void look() throws IOException, InterruptedException;
    }

    private static void flipped(String path, int at, Look look) throws IOException, InterruptedException {
        var file = log.resolve(path);
        var bytes = Files.readAllBytes(file);
        var changed = bytes.clone();
        changed[at] ^= 1;
        Files.write(file, changed);
        look.look();
        Files.write(file, bytes);
    }

    private static boolean isThere(String program) throws IOException, InterruptedException {
        return run(WORK, Map.of(), "sh", "-c", "command -v " + program + " || echo none")
                .startsWith("/");
    }

    /** What a program said, and nothing of how it ended: what it says is what counts. */
    private static String run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return said;
    }

    private static Json proofs(Random random) {
        var inclusion = new ArrayList<Json>();
        var consistency = new ArrayList<Json>();
        for (int i = 0; i < 60; i++) {
            int size = SIZES[1 + random.nextInt(SIZES.length - 1)];
            var proofs = new TreeProofs(new TileDirectory(log), size);
            int index = random.nextInt(size);
            var proof = proofs.inclusion(index);
            inclusion.add(Json.object(
                    "index", Json.of(index),
                    "size", Json.of(size),
                    "entry", Json.of(Encoding.hex(ENTRIES.get(index))),
                    "leaf", Json.of(Merkle.leafHash(ENTRIES.get(index)).hex()),
                    "root", Json.of(proofs.root().hex()),
                    "path", Json.of(hex(proof.path()))));
            int oldSize = 1 + random.nextInt(size);
            consistency.add(Json.object(
                    "oldSize", Json.of(oldSize),
                    "size", Json.of(size),
                    "oldRoot", Json.of(proofs.rootAt(oldSize).hex()),
                    "root", Json.of(proofs.root().hex()),
                    "path", Json.of(hex(proofs.consistency(oldSize).path()))));
        }
        return Json.object("inclusion", Json.of(inclusion), "consistency", Json.of(consistency));
    }

    private static String hex(List<Hash32> path) {
        var text = new StringBuilder();
        for (var hash : path) text.append(hash.hex());
        return text.toString();
    }
}
