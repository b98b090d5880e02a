package vitrine.proof.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Checkpoint;
import vitrine.proof.EntryBundle;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogDiff;
import vitrine.proof.LogRecord;
import vitrine.proof.LogReplay;
import vitrine.proof.Parsed;
import vitrine.proof.Policy;
import vitrine.proof.SignedNote;
import vitrine.proof.TileDirectory;
import vitrine.proof.TilePath;
import vitrine.proof.TileSource;
import vitrine.proof.VerifierKey;

/** Replays a whole log, or says what it added between two checkpoints; from a folder or from the web. */
final class LogCommand {
    private static final int CHECKPOINT_BYTES_MAX = 1 << 20;
    private static final int LISTED = 1_000;
    private static final int TOLD = 20;
    private static final int EARLIER_MAX = 100;

    private final PrintStream out;
    private final Words words;
    private final Arguments arguments;
    private final List<LogReplay.Violation> trouble = new ArrayList<>();
    private final List<HttpTiles> opened = new ArrayList<>();

    /** The key that was reached from a pinned one by a record, when it was needed. */
    private @Nullable VerifierKey followed;

    /** The entry by which a pinned key was replaced, when nothing kept vouches for it; -1: none was. */
    private long changed = -1;

    LogCommand(PrintStream out, Words words, Arguments arguments) {
        this.out = out;
        this.words = words;
        this.arguments = arguments;
    }

    int verify() throws IOException, Arguments.Wrong {
        var where = arguments.required("--log");
        if (Arguments.isWeb(where)) {
            try (var tiles = new HttpTiles(where)) {
                return verify(tiles, tiles.checkpoint(), tiles);
            } finally {
                opened.forEach(HttpTiles::close);
            }
        }
        var folder = Path.of(where);
        try {
            return verify(new TileDirectory(folder), read(folder.resolve("checkpoint")), null);
        } finally {
            opened.forEach(HttpTiles::close);
        }
    }

    private int verify(TileSource source, byte[] noteBytes, @Nullable HttpTiles remote)
            throws IOException, Arguments.Wrong {
        var policy = arguments.policy();
        var checkpoint = signed(noteBytes, policy, "checkpoint");
        var heads = new TreeMap<Long, Hash32>();
        long vouched = 0;
        for (var file : arguments.all("--seen")) {
            // What was kept from an earlier visit may be older than its witnesses: the log's own word is enough.
            var seen = signed(read(Path.of(file)), Policy.of(policy.logKeys()), file);
            if (seen != null) {
                heads.put(seen.size(), seen.root());
                vouched = Math.max(vouched, seen.size());
            }
        }
        LogReplay.Report report = null;
        if (checkpoint != null) {
            if (remote != null) remote.upTo(checkpoint.size());
            report = LogReplay.run(volumes(source, checkpoint), LogReplay.Options.DEFAULT.withHeads(heads));
            followKey(report, policy, noteBytes, vouched);
            trouble.addAll(report.violations());
        }
        int exit = exit(
                policy, report != null, report == null || report.notChecked().isEmpty());
        if (arguments.isJson()) {
            out.println(json(exit, report).text());
        } else {
            tell(exit, report);
        }
        return exit;
    }

    /** The log with those from which it goes on, the oldest first, as far as they are there to be read. */
    private List<LogReplay.Volume> volumes(TileSource source, Checkpoint newest) {
        var volumes = new ArrayList<LogReplay.Volume>();
        volumes.add(new LogReplay.Volume(source, newest));
        while (volumes.size() < EARLIER_MAX && goesOn(volumes.getFirst()) instanceof LogRecord.LogOpened begun) {
            var before = new Checkpoint(begun.predecessor(), begun.size(), begun.root());
            var tiles = earlier(before);
            if (tiles == null) break;
            volumes.addFirst(new LogReplay.Volume(tiles, before));
        }
        return volumes;
    }

    private static LogRecord.@Nullable LogOpened goesOn(LogReplay.Volume volume) {
        int width = TilePath.widthIn(volume.checkpoint().size(), 0, 0);
        var bytes = width == 0 ? null : volume.source().entries(0, width);
        var entries = bytes == null ? null : EntryBundle.entriesOrNull(bytes, width);
        return entries != null
                        && LogRecord.read(entries.getFirst()) instanceof LogRecord.Reading.Known known
                        && known.record() instanceof LogRecord.LogOpened begun
                ? begun
                : null;
    }

    /** Where --earlier says, else where its name says; null: it is not there. */
    private @Nullable TileSource earlier(Checkpoint before) {
        for (var given : arguments.all("--earlier")) {
            if (Arguments.isWeb(given)) {
                if (given.endsWith("://" + before.origin()) || given.contains("/" + path(before.origin()))) {
                    return remote(given, before);
                }
            } else if (isOf(Path.of(given), before)) {
                return new TileDirectory(Path.of(given));
            }
        }
        var where = arguments.one("--log");
        if (where == null || !Arguments.isWeb(where)) return null;
        var tiles = remote(where.substring(0, where.indexOf("://") + 3) + before.origin(), before);
        try {
            int width = TilePath.widthIn(before.size(), 0, 0);
            return width == 0 || tiles.entries(0, width) != null ? tiles : null;
        } catch (java.io.UncheckedIOException away) {
            return null;
        }
    }

    private HttpTiles remote(String prefix, Checkpoint before) {
        var tiles = new HttpTiles(prefix);
        opened.add(tiles);
        tiles.upTo(before.size());
        return tiles;
    }

    private static String path(String origin) {
        return origin.substring(origin.indexOf('/') + 1);
    }

    /** A folder says whose log it is by its checkpoint. */
    private static boolean isOf(Path folder, Checkpoint before) {
        try {
            return SignedNote.parse(read(folder.resolve("checkpoint")))
                                    .then(note -> Checkpoint.parse(note.text()))
                                    .orNull()
                            instanceof Checkpoint one
                    && one.origin().equals(before.origin());
        } catch (IOException missing) {
            return false;
        }
    }

    /**
     * A checkpoint that only a newer key signed is as good as the old key's word for that key: a record in what the old key
     * signed, which a checkpoint kept from that time shows.
     */
    private void followKey(LogReplay.Report report, Policy policy, byte[] noteBytes, long vouched) {
        var note = SignedNote.parse(noteBytes).orThrow();
        var origin = report.checkpoint().origin();
        var trusted = new ArrayList<>(policy.logKeys());
        for (var rotation : report.rotations()) {
            var replaced = new VerifierKey(origin, rotation.replaces().bytes());
            if (!trusted.contains(replaced)) continue;
            var fresh = new VerifierKey(origin, rotation.key().bytes());
            if (rotation.index() < vouched) {
                trusted.add(fresh);
            } else if (!trusted.contains(fresh)) {
                changed = rotation.index();
            }
        }
        if (trusted.size() == policy.logKeys().size()) return;
        if (policy.andLogs(trusted).judge(note, origin) instanceof Policy.Verdict.Trusted) {
            followed = trusted.getLast();
            trouble.removeIf(violation -> violation.code().equals("checkpoint.signature"));
        }
    }

    int diff() throws IOException, Arguments.Wrong {
        var policy = arguments.policy();
        var files = arguments.files();
        var older = signed(read(Path.of(files.get(0))), Policy.of(policy.logKeys()), files.get(0));
        var newer = signed(read(Path.of(files.get(1))), policy, files.get(1));
        LogDiff.Report report = null;
        if (older != null && newer != null) {
            var where = arguments.one("--log");
            if (where == null) {
                if (older.size() != newer.size()) throw new Arguments.Wrong("usage.diff-log", "");
                report = LogDiff.run(new TileDirectory(Path.of("")), older, newer, 0);
            } else if (Arguments.isWeb(where)) {
                try (var tiles = new HttpTiles(where)) {
                    tiles.upTo(newer.size());
                    report = LogDiff.run(tiles, older, newer, LISTED);
                }
            } else {
                report = LogDiff.run(new TileDirectory(Path.of(where)), older, newer, LISTED);
            }
            trouble.addAll(report.violations());
        }
        int exit = exit(
                policy, report != null, report == null || report.notChecked().isEmpty());
        if (arguments.isJson()) {
            out.println(json(exit, report).text());
        } else {
            tell(exit, report);
        }
        return exit;
    }

    private int exit(Policy policy, boolean read, boolean understood) {
        if (!read || !trouble.isEmpty()) return Main.INVALID;
        if (!policy.pinsAKey()) return Main.NOT_PINNED;
        return understood ? Main.VALID : Main.PARTLY;
    }

    private static byte[] read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(CHECKPOINT_BYTES_MAX + 1);
        }
    }

    /** The checkpoint of a note, after noting what is wrong with its signatures; null when it cannot be read. */
    private @Nullable Checkpoint signed(byte[] bytes, Policy policy, String what) {
        var parsed = SignedNote.parse(bytes);
        var read = parsed.then(note -> Checkpoint.parse(note.text()));
        if (read instanceof Parsed.Bad<Checkpoint> bad) {
            trouble.add(new LogReplay.Violation(bad.code(), 0, what, bad.detail(), "a signed checkpoint"));
            return null;
        }
        var checkpoint = read.orThrow();
        if (!policy.pinsAKey()) return checkpoint;
        switch (policy.judge(parsed.orThrow(), checkpoint.origin())) {
            case Policy.Verdict.Trusted trusted -> {}
            case Policy.Verdict.NotSigned no ->
                wrong(
                        "checkpoint.signature",
                        checkpoint,
                        what,
                        no.detail(),
                        "a signature of a pinned key named " + checkpoint.origin());
            case Policy.Verdict.WrongWitness wrong ->
                wrong("checkpoint.witnesses", checkpoint, what, wrong.detail(), "good cosignatures");
            case Policy.Verdict.TooFewWitnesses few ->
                wrong("checkpoint.witnesses", checkpoint, what, few.got(), few.want());
        }
        return checkpoint;
    }

    private void wrong(String code, Checkpoint checkpoint, String what, String got, String want) {
        trouble.add(new LogReplay.Violation(code, checkpoint.size(), what, got, want));
    }

    private void tell(int exit, LogReplay.@Nullable Report report) {
        if (report != null) {
            var checkpoint = report.checkpoint();
            out.println(words.say("log.read", checkpoint.origin(), report.entries(), checkpoint.size()));
        }
        out.println(words.say("log." + Main.outcome(exit)));
        if (report != null) {
            out.println("  "
                    + words.say(
                            "log.counts", report.collectibles(), report.live(), report.returned(), report.retired()));
            tell(report.records(), report.notChecked());
            for (var before : report.earlier()) {
                out.println("  " + words.say("log.earlier", before.origin(), before.size()));
                if (before.lost() > 0) out.println("  ! " + words.say("log.lost", before.lost(), before.origin()));
            }
            var successor = report.successor();
            if (successor != null) out.println("  " + words.say("log.successor", successor));
            else if (report.closed()) out.println("  " + words.say("log.closed"));
            if (followed != null) out.println("  " + words.say("log.key-followed", followed.vkey()));
            else if (changed >= 0) out.println("  ! " + words.say("log.key-changed", changed));
        }
        tellTrouble(
                report == null
                        ? 0
                        : report.violationCount() - report.violations().size());
    }

    private void tell(int exit, LogDiff.@Nullable Report report) {
        if (report != null) {
            var older = report.older();
            var newer = report.newer();
            out.println(words.say("diff.read", newer.origin(), older.size(), newer.size()));
        }
        out.println(words.say((exit == Main.PARTLY ? "log." : "diff.") + Main.outcome(exit)));
        if (report != null) {
            tell(report.records(), report.notChecked());
            report.first().stream().limit(TOLD).forEach(added -> out.println("  + " + describe(added)));
            long all = report.newer().size() - report.older().size();
            if (report.first().size() > TOLD) out.println("  + " + words.say("log.more", all - TOLD));
        }
        tellTrouble(0);
    }

    private void tell(Map<String, Long> records, Map<String, Long> notChecked) {
        records.forEach((type, count) -> out.println("  " + type + ": " + count));
        notChecked.forEach((what, count) -> out.println("  ? " + words.say("log.not-checked", what, count)));
    }

    private void tellTrouble(long more) {
        for (var violation : trouble) {
            out.println("  ✗ " + words.say("failed", words.check(violation.code())) + " [" + violation.code() + ", "
                    + words.say("log.entry", violation.index()) + ", " + violation.what() + "] "
                    + words.say("got-want", violation.got(), violation.want()));
        }
        if (more > 0) out.println("  ✗ " + words.say("log.more", more));
    }

    private String describe(LogDiff.Added added) {
        var what =
                switch (added.reading()) {
                    case LogRecord.Reading.Known known ->
                        known.record() instanceof LogRecord.OfPiece piece
                                ? piece.type().text() + " " + piece.collectible() + " #" + piece.serial()
                                : known.record().type().text();
                    case LogRecord.Reading.NotChecked unknown -> unknown.type();
                    case LogRecord.Reading.Malformed wrong -> wrong.code();
                };
        return words.say("log.entry", added.index()) + " " + what;
    }

    private Json.Obj json(int exit, LogDiff.@Nullable Report report) {
        var members = outcome(exit);
        if (report != null) {
            members.put("log", Json.of(report.newer().origin()));
            members.put("from", Json.of(report.older().size()));
            members.put("to", Json.of(report.newer().size()));
            members.put("records", counts(report.records()));
            members.put("notChecked", counts(report.notChecked()));
            members.put(
                    "first",
                    Json.of(report.first().stream()
                            .map(added -> Json.object(
                                    "index", Json.of(added.index()),
                                    "name", Json.of(added.name().hex()),
                                    "record", record(added.reading())))
                            .toList()));
        }
        return new Json.Obj(members);
    }

    private static Json record(LogRecord.Reading reading) {
        return switch (reading) {
            case LogRecord.Reading.Known known -> known.record().json();
            case LogRecord.Reading.NotChecked unknown -> unknown.json();
            case LogRecord.Reading.Malformed wrong -> Json.NULL;
        };
    }

    private Json.Obj json(int exit, LogReplay.@Nullable Report report) {
        var members = outcome(exit);
        if (report != null) {
            members.put("log", Json.of(report.checkpoint().origin()));
            members.put("size", Json.of(report.checkpoint().size()));
            members.put("root", Json.of(report.checkpoint().root().hex()));
            members.put("entries", Json.of(report.entries()));
            members.put("collectibles", Json.of(report.collectibles()));
            members.put("live", Json.of(report.live()));
            members.put("returned", Json.of(report.returned()));
            members.put("retired", Json.of(report.retired()));
            members.put("records", counts(report.records()));
            members.put("notChecked", counts(report.notChecked()));
            members.put("violationCount", Json.of(Math.max(report.violationCount(), trouble.size())));
            var successor = report.successor();
            members.put("closed", Json.of(report.closed()));
            members.put(
                    "earlier",
                    Json.of(report.earlier().stream()
                            .map(before -> Json.object(
                                    "log", Json.of(before.origin()),
                                    "size", Json.of(before.size()),
                                    "lost", Json.of(before.lost())))
                            .toList()));
            members.put("successor", successor == null ? Json.NULL : Json.of(successor));
        }
        return new Json.Obj(members);
    }

    private TreeMap<String, Json> outcome(int exit) {
        var members = new TreeMap<String, Json>();
        members.put("outcome", Json.of(Main.outcome(exit)));
        members.put("exit", Json.of(exit));
        members.put(
                "violations",
                Json.of(trouble.stream()
                        .map(violation -> Json.object(
                                "code", Json.of(violation.code()),
                                "index", Json.of(violation.index()),
                                "what", Json.of(violation.what()),
                                "got", Json.of(violation.got()),
                                "want", Json.of(violation.want())))
                        .toList()));
        return members;
    }

    private static Json counts(Map<String, Long> counts) {
        var members = new TreeMap<String, Json>();
        counts.forEach((name, count) -> members.put(name, Json.of(count)));
        return new Json.Obj(members);
    }
}
