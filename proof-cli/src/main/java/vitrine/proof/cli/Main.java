package vitrine.proof.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import vitrine.proof.CertificateCheck;
import vitrine.proof.CertificateVerdict;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogReplay;
import vitrine.proof.Manifest;
import vitrine.proof.Parsed;
import vitrine.proof.SignedNote;
import vitrine.proof.TileDirectory;
import vitrine.proof.TileSource;
import vitrine.proof.VerifierKey;

/**
 * The stranger's command line: checks a certificate, or replays a whole log, with nothing but a key that the stranger
 * already has. docs/verify.md says how.
 */
public final class Main {
    /** Everything holds and a pinned key signed it. */
    static final int VALID = 0;
    /** Something does not hold. */
    static final int INVALID = 1;
    /** It agrees with itself, but no key was given. */
    static final int NOT_PINNED = 2;
    /** A part could not be checked. */
    static final int PARTLY = 3;
    /** The command line is not understood (sysexits EX_USAGE). */
    static final int USAGE = 64;
    /** A file cannot be read (EX_NOINPUT). */
    static final int NO_INPUT = 66;
    /** The log's server does not answer (EX_UNAVAILABLE). */
    static final int UNAVAILABLE = 69;

    private final PrintStream out;
    private final PrintStream err;
    private final Words words;

    private Main(PrintStream out, PrintStream err, Words words) {
        this.out = out;
        this.err = err;
        this.words = words;
    }

    public static void main(String[] args) {
        // Names and ticks are UTF-8 whatever the terminal's locale claims.
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err, Locale.getDefault()));
    }

    static int run(String[] args, PrintStream out, PrintStream err, Locale locale) {
        var spoken = locale.getLanguage();
        try {
            var arguments = Arguments.parse(args);
            var language = arguments.language();
            return new Main(out, err, new Words(language == null ? spoken : language)).run(arguments);
        } catch (Arguments.Wrong wrong) {
            var words = new Words(spoken);
            err.println(words.say(wrong.key, wrong.about));
            err.println(words.say("usage"));
            return USAGE;
        }
    }

    private int run(Arguments arguments) {
        if (arguments.help()) {
            out.println(words.say("usage"));
            return VALID;
        }
        try {
            var log = arguments.log();
            if (log != null) return verifyLog(log, arguments);
            var file = arguments.file();
            return file == null ? USAGE : verifyCertificate(Path.of(file), arguments);
        } catch (NoInput missing) {
            return trouble(arguments, NO_INPUT, "no-input", missing.getMessage());
        } catch (UncheckedIOException outside) {
            return trouble(arguments, UNAVAILABLE, "unavailable", reason(outside));
        }
    }

    private static @Nullable String reason(UncheckedIOException outside) {
        var cause = outside.getCause();
        return cause == null ? outside.getMessage() : cause.getMessage();
    }

    private int verifyCertificate(Path file, Arguments arguments) {
        var bytes = read(file);
        var folder = arguments.media();
        var media = folder == null ? null : Path.of(folder);
        if (media != null && !Files.isDirectory(media)) throw new NoInput(new NotDirectoryException(folder));
        var verdict = CertificateCheck.verify(bytes, arguments.keys(), media);
        int exit = exit(verdict);
        if (arguments.json()) {
            var members = new TreeMap<String, Json>();
            members.put("outcome", Json.of(outcome(exit)));
            members.put("exit", Json.of(exit));
            members.put(
                    "checks", Json.of(verdict.checks().stream().map(Main::json).toList()));
            var ownership = ownership(verdict);
            members.put("ownership", ownership == null ? Json.NULL : json(ownership));
            out.println(new Json.Obj(members).text());
            return exit;
        }
        tell(verdict, exit);
        return exit;
    }

    private void tell(CertificateVerdict verdict, int exit) {
        var ownership = ownership(verdict);
        if (ownership != null) {
            var manifest = ownership.manifest();
            var supply = manifest.supply() instanceof Manifest.Supply.Limited limited ? "/" + limited.pieces() : "";
            out.println(manifest.name().in(words.language()) + " #" + ownership.serial() + supply + " · "
                    + manifest.issuer().name().in(words.language()));
        }
        out.println(words.say("outcome." + outcome(exit)));
        if (ownership != null) {
            var key = "state." + ownership.state().name().toLowerCase(Locale.ROOT);
            out.println("  " + words.say(key, ownership.owner(), ownership.size(), ownership.log()));
        }
        // What passed is told once a kind, what did not each time.
        var passed = new LinkedHashMap<String, Integer>();
        for (var check : verdict.checks()) {
            if (check.status() == CertificateVerdict.Status.PASSED) passed.merge(check.code(), 1, Integer::sum);
        }
        passed.forEach((code, count) -> out.println("  ✓ " + words.check(code) + (count > 1 ? " ×" + count : "")));
        for (var check : verdict.checks()) {
            switch (check.status()) {
                case PASSED -> {}
                case FAILED -> tell("✗", "failed", check);
                case NOT_CHECKED -> tell("?", "not-checked", check);
                case SKIPPED -> tell("–", "skipped", check);
            }
        }
    }

    private void tell(String mark, String how, CertificateVerdict.Check check) {
        out.println("  " + mark + " " + words.say(how, words.check(check.code())) + " [" + check.code() + ", "
                + check.where() + "] " + check.detail());
    }

    private int verifyLog(String where, Arguments arguments) {
        if (Arguments.isWeb(where)) {
            try (var tiles = new HttpTiles(where)) {
                return verifyLog(tiles, tiles.checkpoint(), arguments, tiles);
            }
        }
        var folder = Path.of(where);
        return verifyLog(new TileDirectory(folder), read(folder.resolve("checkpoint")), arguments, null);
    }

    private int verifyLog(TileSource source, byte[] noteBytes, Arguments arguments, @Nullable HttpTiles remote) {
        var trouble = new ArrayList<LogReplay.Violation>();
        var checkpoint = signed(noteBytes, arguments.keys(), "checkpoint", trouble);
        var heads = new TreeMap<Long, Hash32>();
        for (var file : arguments.seen()) {
            var seen = signed(read(Path.of(file)), arguments.keys(), file, trouble);
            if (seen != null) heads.put(seen.size(), seen.root());
        }
        LogReplay.Report report = null;
        if (checkpoint != null) {
            if (remote != null) remote.upTo(checkpoint.size());
            var defaults = LogReplay.Options.DEFAULT;
            report = LogReplay.run(
                    source,
                    checkpoint,
                    new LogReplay.Options(true, defaults.piecesPerPass(), defaults.violationsKept(), heads, List.of()));
            trouble.addAll(report.violations());
        }
        int exit = !trouble.isEmpty() || report == null
                ? INVALID
                : arguments.keys().isEmpty() ? NOT_PINNED : report.notChecked().isEmpty() ? VALID : PARTLY;
        if (arguments.json()) {
            out.println(json(exit, trouble, report).text());
        } else {
            tell(exit, trouble, report);
        }
        return exit;
    }

    /** The checkpoint of a note, after noting what is wrong with its signature; null when it cannot be read. */
    private static @Nullable Checkpoint signed(
            byte[] bytes, Collection<VerifierKey> keys, String what, List<LogReplay.Violation> trouble) {
        var parsed = SignedNote.parse(bytes);
        var read = parsed.then(note -> Checkpoint.parse(note.text()));
        if (read instanceof Parsed.Bad<Checkpoint> bad) {
            trouble.add(new LogReplay.Violation(bad.code(), 0, what, bad.detail(), "a signed checkpoint"));
            return null;
        }
        var note = parsed.orThrow();
        var checkpoint = read.orThrow();
        var ofLog = keys.stream()
                .filter(key -> key.name().equals(checkpoint.origin()))
                .toList();
        if (!keys.isEmpty()
                && !(note.verify(keys) instanceof SignedNote.Check.Verified verified
                        && verified.by().stream().anyMatch(ofLog::contains))) {
            trouble.add(new LogReplay.Violation(
                    "checkpoint.signature",
                    checkpoint.size(),
                    what,
                    note.signatures().stream().map(line -> line.name()).toList().toString(),
                    "a signature of a pinned key named " + checkpoint.origin()));
        }
        return checkpoint;
    }

    private void tell(int exit, List<LogReplay.Violation> trouble, LogReplay.@Nullable Report report) {
        if (report != null) {
            var checkpoint = report.checkpoint();
            out.println(words.say("log.read", checkpoint.origin(), report.entries(), checkpoint.size()));
        }
        out.println(words.say("log." + outcome(exit)));
        if (report != null) {
            out.println("  "
                    + words.say(
                            "log.counts", report.collectibles(), report.live(), report.returned(), report.retired()));
            report.records().forEach((type, count) -> out.println("  " + type + ": " + count));
            report.notChecked()
                    .forEach((what, count) -> out.println("  ? " + words.say("log.not-checked", what, count)));
            var successor = report.successor();
            if (successor != null) out.println("  " + words.say("log.successor", successor));
        }
        for (var violation : trouble) {
            out.println("  ✗ " + words.say("failed", words.check(violation.code())) + " [" + violation.code() + ", "
                    + words.say("log.entry", violation.index()) + ", " + violation.what() + "] "
                    + words.say("got-want", violation.got(), violation.want()));
        }
        if (report != null && report.violationCount() > report.violations().size()) {
            out.println("  ✗ "
                    + words.say(
                            "log.more",
                            report.violationCount() - report.violations().size()));
        }
    }

    private static Json.Obj json(int exit, List<LogReplay.Violation> trouble, LogReplay.@Nullable Report report) {
        var members = new TreeMap<String, Json>();
        members.put("outcome", Json.of(outcome(exit)));
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
            members.put("successor", successor == null ? Json.NULL : Json.of(successor));
        }
        return new Json.Obj(members);
    }

    private static Json counts(java.util.Map<String, Long> counts) {
        var members = new TreeMap<String, Json>();
        counts.forEach((name, count) -> members.put(name, Json.of(count)));
        return new Json.Obj(members);
    }

    private static Json json(CertificateVerdict.Check check) {
        return Json.object(
                "code", Json.of(check.code()),
                "status", Json.of(check.status().name().toLowerCase(Locale.ROOT).replace('_', '-')),
                "where", Json.of(check.where()),
                "detail", Json.of(check.detail()));
    }

    private static Json json(CertificateVerdict.Ownership ownership) {
        var owner = ownership.owner();
        return Json.object(
                "log", Json.of(ownership.log()),
                "size", Json.of(ownership.size()),
                "root", Json.of(ownership.root().hex()),
                "collectible", Json.of(ownership.collectible().hex()),
                "name", Json.of(ownership.manifest().name().in("en")),
                "serial", Json.of(ownership.serial()),
                "state", Json.of(ownership.state().name().toLowerCase(Locale.ROOT)),
                "owner", owner == null ? Json.NULL : Json.of(owner.hex()),
                "moves", Json.of(ownership.moves()));
    }

    private static int exit(CertificateVerdict verdict) {
        return switch (verdict) {
            case CertificateVerdict.Valid valid -> VALID;
            case CertificateVerdict.Invalid invalid -> INVALID;
            case CertificateVerdict.NotPinned notPinned -> NOT_PINNED;
            case CertificateVerdict.PartlyChecked partly -> PARTLY;
        };
    }

    private static CertificateVerdict.@Nullable Ownership ownership(CertificateVerdict verdict) {
        return switch (verdict) {
            case CertificateVerdict.Valid valid -> valid.ownership();
            case CertificateVerdict.Invalid invalid -> null;
            case CertificateVerdict.NotPinned notPinned -> notPinned.ownership();
            case CertificateVerdict.PartlyChecked partly -> partly.ownership();
        };
    }

    private static String outcome(int exit) {
        return switch (exit) {
            case VALID -> "valid";
            case INVALID -> "invalid";
            case NOT_PINNED -> "not-pinned";
            case PARTLY -> "partly-checked";
            case NO_INPUT -> "no-input";
            case UNAVAILABLE -> "unavailable";
            default -> throw new IllegalArgumentException("no outcome has exit " + exit);
        };
    }

    private int trouble(Arguments arguments, int exit, String key, @Nullable String about) {
        if (arguments.json()) {
            out.println(Json.object(
                            "outcome", Json.of(outcome(exit)),
                            "exit", Json.of(exit),
                            "detail", Json.of(String.valueOf(about)))
                    .text());
        } else {
            err.println(words.say(key, about));
        }
        return exit;
    }

    /** A file that was named cannot be read. */
    private static final class NoInput extends RuntimeException {
        NoInput(IOException cause) {
            super(cause.toString(), cause);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new NoInput(failed);
        }
    }
}
