package vitrine.proof.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Checkpoint;
import vitrine.proof.LogDiff;
import vitrine.proof.LogRecord;
import vitrine.proof.LogReplay;
import vitrine.proof.Parsed;
import vitrine.proof.Policy;
import vitrine.proof.SignedNote;
import vitrine.proof.TileDirectory;
import vitrine.proof.TileSource;
import vitrine.proof.VerifierKey;

/**
 * Follows a log: asks for its checkpoint again and again, checks that it only grew, reads what was added, and says each entry in a
 * line. It remembers the last checkpoint, and the keys that the log's own records led it to, in a file. It ends when something does
 * not hold, and when the log is closed.
 */
final class MonitorCommand {
    private static final String MARK = "vitrine-monitor/v1";
    private static final int CHECKPOINT_BYTES_MAX = 1 << 20;

    private final PrintStream out;
    private final Words words;
    private final Arguments arguments;

    MonitorCommand(PrintStream out, Words words, Arguments arguments) {
        this.out = out;
        this.words = words;
        this.arguments = arguments;
    }

    /** What is remembered: the last checkpoint that held, null before the first, and keys beside the pinned ones. */
    private record State(@Nullable String note, Set<VerifierKey> keys) {}

    /** @param isOver the log is closed */
    private record Round(int exit, boolean isOver) {}

    int run() throws IOException, Arguments.Wrong {
        var policy = arguments.policy();
        while (true) {
            var round = round(policy);
            if (arguments.isGiven("--once") || round.isOver() || round.exit() == Main.INVALID) return round.exit();
            try {
                Thread.sleep(arguments.every());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return round.exit();
            }
        }
    }

    private Round round(Policy policy) throws IOException, Arguments.Wrong {
        var where = arguments.required("--log");
        try {
            if (!Arguments.isWeb(where)) {
                var folder = Path.of(where);
                try (var in = Files.newInputStream(folder.resolve("checkpoint"))) {
                    return round(policy, new TileDirectory(folder), in.readNBytes(CHECKPOINT_BYTES_MAX + 1));
                }
            }
            try (var tiles = new HttpTiles(where)) {
                return round(policy, tiles, tiles.checkpoint());
            }
        } catch (UncheckedIOException away) {
            out.println(words.say("unavailable", String.valueOf(away.getCause())));
            return new Round(Main.UNAVAILABLE, false);
        }
    }

    private Round round(Policy pinned, TileSource source, byte[] bytes) throws IOException, Arguments.Wrong {
        var file = Path.of(arguments.required("--state"));
        var state = read(file);
        var policy = pinned.andLogs(state.keys());
        var parsed = SignedNote.parse(bytes);
        var read = parsed.then(note -> Checkpoint.parse(note.text()));
        if (read instanceof Parsed.Bad<Checkpoint> bad) return wrong(bad.code(), bad.detail());
        var newer = read.orThrow();
        var older = state.note() == null ? null : checkpoint(state.note());
        if (older == null) older = new Checkpoint(newer.origin(), 0, vitrine.proof.Merkle.EMPTY_ROOT);
        if (source instanceof HttpTiles remote) remote.upTo(newer.size());
        var report = LogDiff.run(source, older, newer, Integer.MAX_VALUE);
        // A key that a record names is believed when the pinned one signed that record too: in this checkpoint, or in
        // one before.
        var unsigned = policy.judge(parsed.orThrow(), newer.origin());
        for (LogReplay.Violation violation : report.violations()) {
            wrong(violation.code(), violation.what() + ": " + violation.got() + " / " + violation.want());
        }
        if (!report.holds()) return new Round(Main.INVALID, false);
        if (!(unsigned instanceof Policy.Verdict.Trusted)) return wrong("checkpoint.signature", unsigned.toString());

        var keys = new LinkedHashSet<>(state.keys());
        boolean closed = false;
        for (var added : report.first()) {
            out.println(words.say("monitor.entry", added.index(), describe(added.reading())));
            if (!(added.reading() instanceof LogRecord.Reading.Known known)) continue;
            if (known.record() instanceof LogRecord.KeyRotated rotated) {
                keys.add(new VerifierKey(newer.origin(), rotated.key().bytes()));
            }
            closed |= known.record() instanceof LogRecord.LogClosed;
        }
        if (newer.size() > older.size()) {
            out.println(words.say("monitor.grown", newer.origin(), older.size(), newer.size()));
        }
        keep(file, new State(parsed.orThrow().format(), keys));
        return new Round(Main.VALID, closed);
    }

    private static String describe(LogRecord.Reading reading) {
        return switch (reading) {
            case LogRecord.Reading.Known known ->
                switch (known.record()) {
                    case LogRecord.OfPiece piece ->
                        piece.type().text() + " " + piece.collectible() + " #" + piece.serial()
                                + (piece.owner() == null ? "" : " → " + piece.owner());
                    case LogRecord.CollectiblePublished published -> "collectible.published " + published.id();
                    case LogRecord.RulesPublished rules ->
                        "rules.published " + rules.campaign() + " " + rules.version();
                    case LogRecord.LogClosed closed -> "log.closed → " + closed.successor();
                    case LogRecord.LogOpened opened ->
                        "log.opened ← " + opened.predecessor() + " " + opened.size() + " (-" + opened.lost() + ")";
                    case LogRecord.KeyRotated rotated ->
                        "key.rotated "
                                + new VerifierKey(rotated.log(), rotated.key().bytes()).vkey();
                    case LogRecord.CollectibleAmended amended -> "collectible.amended " + amended.collectible();
                    case LogRecord.QueueArrivals arrivals ->
                        "queue.arrivals " + arrivals.stage() + " " + arrivals.count() + " → " + arrivals.chain() + " "
                                + arrivals.round();
                    case LogRecord.SupplyLowered lowered ->
                        "supply.lowered " + lowered.collectible() + " " + lowered.supply();
                };
            case LogRecord.Reading.NotChecked unknown -> "? " + unknown.type();
            case LogRecord.Reading.Malformed malformed -> "✗ " + malformed.code();
        };
    }

    private Round wrong(String code, String detail) {
        out.println("✗ " + words.say("failed", words.check(code)) + " [" + code + "] " + detail);
        return new Round(Main.INVALID, false);
    }

    private static Checkpoint checkpoint(String note) {
        return Checkpoint.parse(SignedNote.parse(note).orThrow().text()).orThrow();
    }

    private static State read(Path file) throws IOException {
        if (!Files.exists(file)) return new State(null, Set.of());
        var text = Files.readString(file);
        int head = text.indexOf("\n\n");
        if (!text.startsWith(MARK + "\n") || head < 0) throw new IOException(file + " is not a monitor's state");
        var keys = new LinkedHashSet<VerifierKey>();
        text.substring(0, head)
                .lines()
                .skip(1)
                .forEach(line -> keys.add(VerifierKey.parse(line).orThrow()));
        return new State(text.substring(head + 2), keys);
    }

    /** Only what held is remembered: after a fork the next round finds it again. */
    private static void keep(Path file, State state) throws IOException {
        var lines = new ArrayList<String>();
        lines.add(MARK);
        state.keys().forEach(key -> lines.add(key.vkey()));
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, String.join("\n", lines) + "\n\n" + state.note(), StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
