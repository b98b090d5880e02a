package vitrine.proof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.proof.Certificate;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LocalText;
import vitrine.proof.LogRecord;
import vitrine.proof.Manifest;
import vitrine.proof.OwnerKeys;
import vitrine.proof.SignerKey;
import vitrine.proof.TileDirectory;
import vitrine.proof.TreeAppender;
import vitrine.proof.TreeProofs;
import vitrine.proof.VerifierKey;

/** What a stranger reads on the command line, and what a script gets as exit code. */
class MainTest {
    private static final String LOG = "lumen.example/log";
    private static final SignerKey KEY =
            new SignerKey(LOG, Hash32.sha256(new byte[] {7}).bytes());
    private static final String VKEY = KEY.verifier().vkey();
    private static final byte[] IMAGE = "a picture of the moon".getBytes(StandardCharsets.UTF_8);
    private static final LogRecord.CollectiblePublished MOONRISE = new LogRecord.CollectiblePublished(
            LOG,
            "moonrise",
            new Manifest(
                    LocalText.of("zh", "月升", "en", "Moonrise"),
                    null,
                    new Manifest.Issuer("brand", LocalText.of("zh", "流明", "en", "Lumen")),
                    null,
                    List.of(),
                    List.of(new Manifest.Media("image", Hash32.sha256(IMAGE), "image/png", IMAGE.length)),
                    null,
                    Manifest.Supply.of(300),
                    0,
                    List.of()));

    @TempDir
    Path folder;

    private final List<byte[]> entries = new ArrayList<>();

    @BeforeEach
    void aLogOf300Pieces() throws IOException {
        entries.add(MOONRISE.bytes());
        for (int serial = 1; serial <= 300; serial++)
            entries.add(granted(serial).bytes());
        write();
    }

    @Test
    void aCertificateIsValidWithTheKeyUnprovenWithoutItAndInvalidWhenForged() throws IOException {
        var file = certificate(17, "");
        assertThat(run("verify", file, "--key", VKEY).exit).isZero();
        assertThat(run("verify", file).exit).isEqualTo(2);
        assertThat(run("verify", file, "--key", impostor().vkey()).exit).isEqualTo(1);
        var english = run("verify", file, "--key", VKEY, "--lang", "en").out;
        assertThat(english).contains("Moonrise #17/300 · Lumen", "VALID", "as of checkpoint 301 of lumen.example/log");
        var chinese = run("verify", "--key", VKEY, "--lang", "zh", file).out;
        assertThat(chinese).contains("月升 #17/300 · 流明", "有效", "截至 lumen.example/log 的检查点 301");

        var forged = Files.readString(Path.of(file)).replace("\\\"serial\\\":17", "\\\"serial\\\":18");
        Files.writeString(Path.of(file), forged);
        var refused = run("verify", file, "--key", VKEY);
        assertThat(refused.exit).isEqualTo(1);
        assertThat(refused.out).contains("INVALID", "✗", "inclusion, records.0", "proof.root");
    }

    @Test
    void theAnswerForScriptsIsOneLineOfJson() throws IOException {
        var valid = json(run("verify", certificate(17, ""), "--key", VKEY, "--json"));
        assertThat(valid.get("outcome")).isEqualTo(Json.of("valid"));
        assertThat(valid.get("exit")).isEqualTo(Json.of(0));
        assertThat(((Json.Obj) Objects.requireNonNull(valid.get("ownership"))).get("serial"))
                .isEqualTo(Json.of(17));
        var log = json(run("verify", "--log", folder.toString(), "--key", VKEY, "--json"));
        assertThat(log.get("outcome")).isEqualTo(Json.of("valid"));
        assertThat(log.get("live")).isEqualTo(Json.of(300));
        var missing = json(run("verify", "nowhere.json", "--json"));
        assertThat(missing.get("outcome")).isEqualTo(Json.of("no-input"));
    }

    @Test
    void aFileThatIsNotThereIsNamedInTheReadersLanguage() {
        assertThat(run("verify", "nowhere.json").err).contains("There is no file nowhere.json");
        assertThat(run("verify", "nowhere.json", "--lang", "zh").err).contains("没有这个文件：nowhere.json");
    }

    @Test
    void aPartThatCannotBeCheckedHasItsOwnExitCode() throws IOException {
        var file = certificate(17, "");
        var media = Files.createDirectory(folder.resolve("media"));
        var partly = run("verify", file, "--key", VKEY, "--media", media.toString());
        assertThat(partly.exit).isEqualTo(3);
        assertThat(partly.out)
                .contains("PARTLY CHECKED", "? not checked: the file is the one that was published [media, media.0]");
        Files.write(media.resolve("moon.png"), IMAGE);
        assertThat(run("verify", file, "--key", VKEY, "--media", media.toString()).exit)
                .isZero();
    }

    @Test
    void aLogInAFolderIsReplayed() throws IOException {
        var replayed = run("verify", "--log", folder.toString(), "--key", VKEY);
        assertThat(replayed.exit).isZero();
        assertThat(replayed.out).contains("301 of 301 entries read", "pieces with an owner 300");
        assertThat(run("verify", "--log", folder.toString()).exit).isEqualTo(2);
        assertThat(run("verify", "--log", folder.toString(), "--key", impostor().vkey()).exit)
                .isEqualTo(1);

        entries.add(granted(301).bytes());
        write();
        var over = run("verify", "--log", folder.toString(), "--key", VKEY);
        assertThat(over.exit).isEqualTo(1);
        assertThat(over.out).contains("replay.serial, entry 301", "got 301, want at most 300", "replay.supply");
    }

    @Test
    void aLogThatForgotWhatItSignedBeforeIsFound() throws IOException {
        var seen = Files.copy(folder.resolve("checkpoint"), folder.resolve("seen"));
        entries.add(
                "{\"log\":\"lumen.example/log\",\"type\":\"draw.committed\",\"v\":1}".getBytes(StandardCharsets.UTF_8));
        write();
        var grown = run("verify", "--log", folder.toString(), "--key", VKEY, "--seen", seen.toString());
        assertThat(grown.exit).isEqualTo(3);
        assertThat(grown.out).contains("not understood: record.type-reserved draw.committed (1)");
        entries.removeLast();
        entries.removeLast();
        entries.add(LogRecord.granted(LOG, MOONRISE.leafHash(), 300, null, null, Hash32.sha256())
                .bytes());
        write();
        var forked = run("verify", "--log", folder.toString(), "--key", VKEY, "--seen", seen.toString());
        assertThat(forked.exit).isEqualTo(1);
        assertThat(forked.out).contains("replay.head");
    }

    @Test
    void aLogBehindAWebServerIsReplayedCompressedOrNot() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/log/", exchange -> {
            var file = folder.resolve(exchange.getRequestURI().getPath().substring("/log/".length()));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (file.toString().contains("entries")) {
                exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                exchange.sendResponseHeaders(200, 0);
                try (var zipped = new GZIPOutputStream(exchange.getResponseBody())) {
                    zipped.write(Files.readAllBytes(file));
                }
            } else {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(Files.readAllBytes(file));
            }
            exchange.close();
        });
        server.start();
        var prefix = "http://127.0.0.1:" + server.getAddress().getPort() + "/log";
        try {
            assertThat(run("verify", "--log", prefix, "--key", VKEY).exit).isZero();
            Files.delete(folder.resolve("tile/entries/001.p/45"));
            var cut = run("verify", "--log", prefix, "--key", VKEY);
            assertThat(cut.exit).isEqualTo(1);
            assertThat(cut.out).contains("replay.missing", "tile/entries/001.p/45");
        } finally {
            server.stop(0);
        }
        var gone = run("verify", "--log", prefix, "--key", VKEY);
        assertThat(gone.exit).isEqualTo(69);
        assertThat(gone.err).contains("does not answer");
    }

    @Test
    void betweenTwoCheckpointsTheLogIsShownToHaveOnlyGrown() throws IOException {
        var older = Files.copy(folder.resolve("checkpoint"), folder.resolve("older"))
                .toString();
        entries.add(LogRecord.moved(
                        LOG, MOONRISE.leafHash(), 17, granted(17).leafHash(), null, Hash32.sha256(new byte[] {1}))
                .bytes());
        write();
        var newer = folder.resolve("checkpoint").toString();
        var log = folder.toString();
        var diff = run("diff", older, newer, "--log", log, "--key", VKEY);
        assertThat(diff.exit).isZero();
        assertThat(diff.out).contains("from 301 to 302 entries", "piece.moved: 1", "+ entry 301 piece.moved", "#17");
        assertThat(run("diff", older, newer, "--log", log).exit).isEqualTo(2);
        assertThat(run("diff", newer, older, "--log", log, "--key", VKEY).out).contains("diff.size");
        assertThat(run("diff", newer, newer, "--key", VKEY).exit).isZero();
        var json = json(run("diff", older, newer, "--log", log, "--key", VKEY, "--json"));
        assertThat(json.get("from")).isEqualTo(Json.of(301));
        assertThat(((Json.Arr) Objects.requireNonNull(json.get("first"))).values())
                .hasSize(1);
        assertUsage("usage.diff-log", "diff", older, newer, "--key", VKEY);

        var fork = new Checkpoint(LOG, 302, Hash32.sha256()).signedBy(KEY).format();
        var forked = Files.writeString(folder.resolve("forked"), fork).toString();
        var refused = run("diff", older, forked, "--log", log, "--key", VKEY);
        assertThat(refused.exit).isEqualTo(1);
        assertThat(refused.out).contains("diff.fork");
        assertThat(run("diff", newer, forked, "--key", VKEY).out).contains("diff.fork");
        Files.delete(folder.resolve("tile/entries/001.p/46"));
        assertThat(run("diff", older, newer, "--log", log, "--key", VKEY).out).contains("diff.missing");
    }

    @Test
    void aHolderAnswersAChallengeAndNobodyElseCan() throws IOException {
        var file = certificate(17, "");
        var seed = OwnerKeys.seed(new byte[32], MOONRISE.leafHash(), 17, 0);
        var own = Certificate.parse(Files.readAllBytes(Path.of(file)))
                .orThrow()
                .certificate()
                .withHolder(seed);
        var mine = Files.write(folder.resolve("mine.json"), own.format()).toString();
        var challenge = "the guest list of 21 November";
        var answer = run("prove", mine, "--challenge", challenge).out.strip();
        var shown = run("verify", file, "--key", VKEY, "--holder", answer, "--challenge", challenge);
        assertThat(shown.exit).isZero();
        assertThat(shown.out).contains("✓ the owner answered this challenge");
        var other = run("verify", file, "--key", VKEY, "--holder", answer, "--challenge", "another list");
        assertThat(other.exit).isEqualTo(1);
        assertThat(other.out).contains("holder.possession");
        var sibling = certificate(18, "-18");
        assertThat(run("verify", sibling, "--key", VKEY, "--holder", answer, "--challenge", challenge).exit)
                .isEqualTo(1);
        assertThat(run("verify", file, "--key", VKEY, "--holder", "x", "--challenge", challenge).exit)
                .isEqualTo(1);
        assertThat(run("prove", file, "--challenge", challenge).exit).isEqualTo(1);
        assertThat(json(run("prove", mine, "--challenge", challenge, "--json")).get("answer"))
                .isEqualTo(Json.of(answer));
        assertUsage("usage.holder", "verify", file, "--holder", answer);
        assertUsage("usage.value", "prove", mine);
    }

    @Test
    void aPolicyAsksForWitnessesByOptionOrByFile() throws IOException {
        var file = certificate(17, "");
        var seed = Hash32.sha256(new byte[] {9}).bytes();
        var witness = new vitrine.proof.WitnessSigner("witness.example/east", seed)
                .key()
                .vkey();
        assertThat(run("verify", file, "--key", VKEY, "--witness", witness, "--quorum", "0").exit)
                .isZero();
        var alone = run("verify", file, "--key", VKEY, "--witness", witness);
        assertThat(alone.exit).isEqualTo(1);
        assertThat(alone.out).contains("checkpoint.witnesses", "got 0 of 1 witnesses");
        var text = "log " + VKEY + "\nwitness east " + witness + "\nquorum ";
        var none = Files.writeString(folder.resolve("none"), text + "none\n").toString();
        var east = Files.writeString(folder.resolve("east"), text + "east\n").toString();
        assertThat(run("verify", file, "--policy", none).exit).isZero();
        assertThat(run("verify", file, "--policy", east).exit).isEqualTo(1);
        assertThat(run("verify", "--log", folder.toString(), "--policy", none).exit)
                .isZero();
        var log = run("verify", "--log", folder.toString(), "--policy", east);
        assertThat(log.exit).isEqualTo(1);
        assertThat(log.out).contains("checkpoint.witnesses");
        assertUsage("usage.policy", "verify", file, "--policy", none, "--witness", witness);
        assertUsage("usage.quorum", "verify", file, "--witness", witness, "--quorum", "2");
        assertUsage("usage.policy-file", "verify", file, "--policy", file);
        assertUsage("usage.key", "verify", file, "--key", witness);
    }

    @Test
    void whatIsNotUnderstoodIsSaidAndIsNeverTakenForAnAnswer() {
        assertUsage("usage.command");
        assertUsage("usage.command", "check", "x");
        assertUsage("usage.unknown", "verify", "x", "--kex", VKEY);
        assertUsage("usage.unknown", "verify", "x", "-q");
        assertUsage("usage.value", "verify", "x", "--key");
        assertUsage("usage.key", "verify", "x", "--key", "lumen");
        assertUsage("usage.twice", "verify", "x", "y");
        assertUsage("usage.twice", "verify", "x", "--media", "a", "--media", "b");
        assertUsage("usage.lang", "verify", "x", "--lang", "fr");
        assertUsage("usage.what", "verify");
        assertUsage("usage.both", "verify", "x", "--log", "y");
        assertUsage("usage.url", "verify", "--log", "http://");
        assertUsage("usage.file-only", "verify", "--log", "y", "--media", "z");
        assertUsage("usage.log-only", "verify", "x", "--seen", "z");
        assertUsage("usage.unknown", "diff", "x", "y", "--media", "z");
        assertUsage("usage.diff", "diff", "x");
        assertUsage("usage.prove", "prove", "--challenge", "x");
        assertUsage("usage.witness", "witness", "--signer", "x", "--state", "y");
        assertUsage("usage.witness-name", "witness", "init", "a+b", "--signer", "x", "--state", "y");
        assertUsage("usage.value", "witness", "run", "--signer", "x", "--state", "y");
        assertUsage("usage.listen", "witness", "run", "--signer", "x", "--state", "y", "--key", VKEY, "--listen", "z");
        assertThat(run("--help").exit).isZero();
        assertThat(run("verify", "nowhere.json").exit).isEqualTo(66);
        assertThat(run("verify", "--log", "nowhere").exit).isEqualTo(66);
    }

    @Test
    void everySentenceIsThereInBothLanguages() {
        var control = ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);
        var english = ResourceBundle.getBundle("vitrine.proof.cli.words", Locale.ENGLISH, control);
        var chinese = ResourceBundle.getBundle("vitrine.proof.cli.words", Locale.CHINESE, control);
        for (var key : english.keySet()) {
            assertThat(chinese.getString(key))
                    .as(key)
                    .isNotEqualTo(english.getString(key))
                    .matches("(?s).*\\p{IsHan}.*");
        }
        assertThat(chinese.keySet()).isEqualTo(english.keySet());
    }

    private void write() throws IOException {
        var files = new TileDirectory(folder);
        var appended = TreeAppender.empty().append(entries);
        files.write(appended);
        var note = new Checkpoint(LOG, appended.size(), appended.root())
                .signedBy(KEY)
                .format();
        Files.writeString(folder.resolve("checkpoint"), note);
    }

    private String certificate(int serial, String suffix) throws IOException {
        var proofs = new TreeProofs(new TileDirectory(folder), entries.size());
        var certificate = new Certificate(
                LOG,
                null,
                new Certificate.Enclosed(entries.getFirst(), proofs.inclusion(0)),
                List.of(),
                List.of(new Certificate.Enclosed(entries.get(serial), proofs.inclusion(serial))),
                Files.readString(folder.resolve("checkpoint")),
                null);
        return Files.write(folder.resolve("certificate" + suffix + ".json"), certificate.format())
                .toString();
    }

    private static LogRecord granted(int serial) {
        var seed = OwnerKeys.seed(new byte[32], MOONRISE.leafHash(), serial, 0);
        return LogRecord.granted(
                LOG, MOONRISE.leafHash(), serial, null, null, OwnerKeys.ownerHash(OwnerKeys.publicKey(seed)));
    }

    private static VerifierKey impostor() {
        return new SignerKey(LOG, new byte[32]).verifier();
    }

    private record Run(int exit, String out, String err) {}

    private static Run run(String... args) {
        return run(Locale.ENGLISH, args);
    }

    private static Run run(Locale locale, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exit = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                locale);
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Json.Obj json(Run run) {
        assertThat(run.out.strip()).doesNotContain("\n");
        return (Json.Obj) Json.parse(run.out).orThrow();
    }

    private static void assertUsage(String key, String... args) {
        for (var locale : List.of(Locale.ENGLISH, Locale.SIMPLIFIED_CHINESE)) {
            var run = run(locale, args);
            assertThat(run.exit).as(run.out + run.err).isEqualTo(64);
            assertThat(run.out).isEmpty();
            var sentence = new Words(locale.getLanguage()).say(key);
            var start = sentence.contains("{0}") ? sentence.substring(0, sentence.indexOf("{0}")) : sentence;
            assertThat(run.err).startsWith(start);
        }
    }
}
