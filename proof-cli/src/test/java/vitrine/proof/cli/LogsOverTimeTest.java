package vitrine.proof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.NoteSigner;
import vitrine.proof.SignerKey;
import vitrine.proof.TileDirectory;
import vitrine.proof.TreeAppender;

/** What a stranger hears of logs that changed their key, ended and went on. */
class LogsOverTimeTest {
    private static final String OLD = "lumen.example/log";
    private static final String NEXT = "lumen.example/logs/2027";
    private static final SignerKey KEY = key(OLD, 1);
    private static final SignerKey FRESH = key(OLD, 2);
    private static final SignerKey NEXT_KEY = key(NEXT, 3);

    @TempDir
    Path folder;

    private final List<byte[]> entries = new ArrayList<>();

    private static SignerKey key(String log, int n) {
        return new SignerKey(log, Hash32.sha256(new byte[] {(byte) n}).bytes());
    }

    private void rules(int n) {
        entries.add(
                new LogRecord.RulesPublished(OLD, "campaign-" + n, 1, Hash32.sha256(new byte[] {(byte) n})).bytes());
    }

    private Checkpoint write(Path where, String origin, NoteSigner... by) throws IOException {
        var appended = TreeAppender.empty().append(entries);
        new TileDirectory(where).write(appended);
        var checkpoint = new Checkpoint(origin, appended.size(), appended.root());
        Files.writeString(where.resolve("checkpoint"), checkpoint.signedBy(by).format());
        return checkpoint;
    }

    private record Run(int exit, String out) {}

    private static Run run(String... args) {
        var out = new ByteArrayOutputStream();
        var print = new PrintStream(out, true, StandardCharsets.UTF_8);
        int exit = Main.run(args, print, print, Locale.ENGLISH);
        return new Run(exit, out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whoPinnedTheOldKeyIsToldWhyItNoLongerSignsAndFollowsWithACheckpointOfTheOverlap() throws IOException {
        rules(1);
        entries.add(new LogRecord.KeyRotated(
                        OLD,
                        Hash32.of(KEY.verifier().publicKey()),
                        Hash32.of(FRESH.verifier().publicKey()))
                .bytes());
        write(folder, OLD, KEY, FRESH);
        var log = folder.toString();
        var old = KEY.verifier().vkey();
        assertThat(run("verify", "--log", log, "--key", old).exit).isZero();
        assertThat(run("verify", "--log", log, "--key", FRESH.verifier().vkey()).exit)
                .isZero();
        var kept = Files.copy(folder.resolve("checkpoint"), folder.resolve("overlap.note"));

        rules(2);
        write(folder, OLD, FRESH);
        var refused = run("verify", "--log", log, "--key", old);
        assertThat(refused.exit).isEqualTo(1);
        assertThat(refused.out).contains("your key was replaced by the record at entry 1");
        var followed = run("verify", "--log", log, "--key", old, "--seen", kept.toString());
        assertThat(followed.exit).as(followed.out).isZero();
        assertThat(followed.out)
                .contains("your key handed over to " + FRESH.verifier().vkey());
        assertThat(run("verify", "--log", log, "--key", key(OLD, 9).verifier().vkey(), "--seen", kept.toString()).exit)
                .isEqualTo(1);
    }

    @Test
    void aClosedLogSaysWhereItGoesOnAndItsSuccessorIsReadWithIt() throws IOException {
        var old = folder.resolve("old");
        var next = folder.resolve("next");
        rules(1);
        entries.add(new LogRecord.LogClosed(OLD, NEXT).bytes());
        var last = write(old, OLD, KEY);
        assertThat(run(
                                "verify",
                                "--log",
                                old.toString(),
                                "--key",
                                KEY.verifier().vkey())
                        .out)
                .contains("VALID", "closed; it goes on in " + NEXT);

        entries.clear();
        entries.add(new LogRecord.LogOpened(NEXT, OLD, last.size(), last.root(), last.size() + 7).bytes());
        write(next, NEXT, NEXT_KEY);
        var both = run(
                "verify", "--log", next.toString(), "--key", NEXT_KEY.verifier().vkey(), "--earlier", old.toString());
        assertThat(both.exit).as(both.out).isZero();
        assertThat(both.out)
                .contains("goes on from " + OLD + ", read up to 2", "7 signed entries of " + OLD + " were lost");
    }

    @Test
    void aMonitorSaysEachEntryOnceFollowsTheKeyAndEndsWithTheLog() throws IOException {
        var state = folder.resolve("state").toString();
        String[] monitor = {
            "monitor", "--log", folder.toString(), "--key", KEY.verifier().vkey(), "--state", state, "--once"
        };
        rules(1);
        write(folder, OLD, KEY);
        assertThat(run(monitor).out).contains("entry 0: rules.published campaign-1 1", "grew from 0 to 1");
        assertThat(run(monitor).out).as("nothing new").isEmpty();
        entries.add(new LogRecord.KeyRotated(
                        OLD,
                        Hash32.of(KEY.verifier().publicKey()),
                        Hash32.of(FRESH.verifier().publicKey()))
                .bytes());
        write(folder, OLD, KEY, FRESH);
        assertThat(run(monitor).out)
                .contains("entry 1: key.rotated " + FRESH.verifier().vkey());
        rules(2);
        write(folder, OLD, FRESH);
        assertThat(run(monitor).exit).as("it followed the key").isZero();
        entries.add(new LogRecord.LogClosed(OLD, NEXT).bytes());
        write(folder, OLD, FRESH);
        var last = run(
                "monitor", "--log", folder.toString(), "--key", KEY.verifier().vkey(), "--state", state);
        assertThat(last.exit).isZero();
        assertThat(last.out).contains("entry 3: log.closed → " + NEXT);
    }

    @Test
    void aMonitorEndsWithAnAlarmWhenTheLogForgetsAndFindsItAgainTheNextTime() throws IOException {
        String[] monitor = {
            "monitor",
            "--log",
            folder.toString(),
            "--key",
            KEY.verifier().vkey(),
            "--state",
            folder.resolve("state").toString()
        };
        rules(1);
        rules(2);
        write(folder, OLD, KEY);
        var once = new ArrayList<>(List.of(monitor));
        once.add("--once");
        assertThat(run(once.toArray(String[]::new)).exit).isZero();
        entries.removeLast();
        rules(3);
        write(folder, OLD, KEY);
        var forked = run(monitor);
        assertThat(forked.exit).isEqualTo(1);
        assertThat(forked.out).contains("✗", "[diff.fork]");
        entries.removeLast();
        write(folder, OLD, KEY);
        assertThat(run(monitor).out).contains("[diff.size]");
        assertThat(run("monitor", "--log", folder.toString(), "--state", "x").exit)
                .isEqualTo(64);
    }
}
