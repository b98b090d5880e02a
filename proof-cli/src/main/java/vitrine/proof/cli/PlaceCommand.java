package vitrine.proof.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Arrivals;
import vitrine.proof.BeaconChain;
import vitrine.proof.CertificateVerdict.Check;
import vitrine.proof.CertificateVerdict.Status;
import vitrine.proof.Checkpoint;
import vitrine.proof.EntryBundle;
import vitrine.proof.Hash32;
import vitrine.proof.Json;
import vitrine.proof.LogRecord;
import vitrine.proof.Merkle;
import vitrine.proof.MissingTile;
import vitrine.proof.OwnPlace;
import vitrine.proof.Parsed;
import vitrine.proof.PlaceCheck;
import vitrine.proof.Policy;
import vitrine.proof.ProofCheck;
import vitrine.proof.SignedNote;
import vitrine.proof.TileDirectory;
import vitrine.proof.TilePath;
import vitrine.proof.TileSource;
import vitrine.proof.TreeProofs;

/** Computes a place by lot again, from somebody's own line, the list and the log's record of it. */
final class PlaceCommand {
    private static final int CHECKPOINT_BYTES_MAX = 1 << 20;
    private static final int LINE_BYTES_MAX = 1 << 16;

    private final PrintStream out;
    private final Words words;
    private final Arguments arguments;
    private final List<Check> checks = new ArrayList<>();

    PlaceCommand(PrintStream out, Words words, Arguments arguments) {
        this.out = out;
        this.words = words;
        this.arguments = arguments;
    }

    int verify() throws IOException, Arguments.Wrong {
        var policy = arguments.policy();
        var own = line();
        var list = list();
        if (own != null && list != null) {
            checks.addAll(PlaceCheck.verify(own, list, entry(own, policy), arguments.one("--signature"), rules()));
        }
        int exit = exit(policy);
        if (arguments.isJson()) {
            out.println(Json.object(
                            "outcome", Json.of(Main.outcome(exit)),
                            "exit", Json.of(exit),
                            "checks", Checks.json(checks),
                            "place", own == null ? Json.NULL : Json.of(own.place()))
                    .text());
            return exit;
        }
        if (own != null && list != null) out.println(words.say("place.read", own.place(), list.size()));
        out.println(words.say("place." + Main.outcome(exit)));
        Checks.tell(out, words, checks);
        return exit;
    }

    private @Nullable OwnPlace line() throws IOException {
        try (var in = Files.newInputStream(Path.of(arguments.files().getFirst()))) {
            return switch (OwnPlace.parse(in.readNBytes(LINE_BYTES_MAX + 1))) {
                case Parsed.Ok<OwnPlace> ok -> ok.value();
                case Parsed.Bad<OwnPlace> bad -> {
                    add(bad.code(), Status.FAILED, "line", bad.detail());
                    yield null;
                }
            };
        }
    }

    private @Nullable List<Hash32> list() throws IOException, Arguments.Wrong {
        var text = new String(Files.readAllBytes(Path.of(arguments.required("--list"))), StandardCharsets.US_ASCII);
        try {
            return Arrivals.readFile(text);
        } catch (IllegalArgumentException wrong) {
            add("place.list-file", Status.FAILED, "list", wrong.getMessage());
            return null;
        }
    }

    private byte @Nullable [] rules() throws IOException {
        var file = arguments.one("--rules");
        return file == null ? null : Files.readAllBytes(Path.of(file));
    }

    /** What the log has where the line says; null: it was not asked for, or is not there. */
    private byte @Nullable [] entry(OwnPlace own, Policy policy) throws IOException {
        var log = arguments.one("--log");
        if (log == null) return null;
        if (!Arguments.isWeb(log)) {
            try (var in = Files.newInputStream(Path.of(log).resolve("checkpoint"))) {
                return entry(
                        own, policy, new TileDirectory(Path.of(log)), in.readNBytes(CHECKPOINT_BYTES_MAX + 1), null);
            }
        }
        try (var tiles = new HttpTiles(log)) {
            return entry(own, policy, tiles, tiles.checkpoint(), tiles);
        }
    }

    private byte @Nullable [] entry(
            OwnPlace own, Policy policy, TileSource source, byte[] noteBytes, @Nullable HttpTiles remote) {
        var note = SignedNote.parse(noteBytes);
        var read = note.then(one -> Checkpoint.parse(one.text()));
        if (read instanceof Parsed.Bad<Checkpoint> bad) {
            add(bad.code(), Status.FAILED, "checkpoint", bad.detail());
            return null;
        }
        var checkpoint = read.orThrow();
        var first = policy.pinsAKey() ? judge(policy, note.orThrow(), checkpoint, "checkpoint") : null;
        if (own.entry() >= checkpoint.size()) {
            add("inclusion", Status.FAILED, "log", "entry " + own.entry() + " of " + checkpoint.size());
            return null;
        }
        if (remote != null) remote.upTo(checkpoint.size());
        long bundle = own.entry() / TilePath.FULL_WIDTH;
        int width = TilePath.widthIn(checkpoint.size(), 0, bundle);
        var bytes = source.entries(bundle, width);
        var entries = bytes == null ? null : EntryBundle.entriesOrNull(bytes, width);
        if (entries == null) {
            add("inclusion", Status.FAILED, "log", "its bundle of entries is not there, or cannot be read");
            return null;
        }
        var entry = entries.get((int) (own.entry() % TilePath.FULL_WIDTH));
        try {
            var proof = new TreeProofs(source, checkpoint.size()).inclusion(own.entry());
            var proven = proof.verify(Merkle.leafHash(entry), checkpoint.root());
            if (proven instanceof ProofCheck.Refuted no)
                add("inclusion", Status.FAILED, "log", words.say("got-want", no.got(), no.want()));
            else add("inclusion", Status.PASSED, "log", "");
        } catch (MissingTile missing) {
            add("inclusion", Status.FAILED, "log", String.valueOf(missing.getMessage()));
        }
        before(own, policy, source, checkpoint, entry, first);
        return entry;
    }

    /**
     * Whether a witness that is asked for saw the record in the log before anybody could know the round. Of the log itself only its own
     * word could be had, and whoever runs it could say what he likes.
     */
    private void before(
            OwnPlace own,
            Policy policy,
            TileSource source,
            Checkpoint newest,
            byte[] entry,
            @Nullable Instant cosigned) {
        if (!(LogRecord.read(entry) instanceof LogRecord.Reading.Known known)
                || !(known.record() instanceof LogRecord.QueueArrivals arrivals))
            return; // said by whoever computes the place
        if (!arrivals.chain().equals(BeaconChain.QUICKNET.hash())) {
            add(
                    "place.before",
                    Status.NOT_CHECKED,
                    "record.chain",
                    words.say("place.before.chain", arrivals.chain().hex()));
            return;
        }
        Instant first = cosigned;
        Instant without = null;
        for (var file : arguments.all("--seen")) {
            Seen seen = seen(own, policy, source, newest, entry, file);
            if (seen == null) continue;
            if (!seen.has) {
                if (without == null || seen.at.isAfter(without)) without = seen.at;
            } else if (first == null || seen.at.isBefore(first)) first = seen.at;
        }
        Instant round = BeaconChain.QUICKNET.timeOf(arrivals.round());
        if (first != null && first.isBefore(round))
            add("place.before", Status.PASSED, "log", words.say("place.before.seen", first, round));
        else if (without != null && !without.isBefore(round))
            // The log was still without the list when anybody could know what the round gives it.
            add("place.before", Status.FAILED, "log", words.say("place.before.without", without, round));
        else
            add(
                    "place.before",
                    Status.NOT_CHECKED,
                    "log",
                    first == null
                            ? words.say("place.before.nobody", round)
                            : words.say("place.before.later", first, round));
    }

    /** @param at when the first witness cosigned it @param has whether the record is in it */
    private record Seen(Instant at, boolean has) {}

    /** A checkpoint that was kept; null: no witness that is asked for cosigned it, or it is not of this log. */
    private @Nullable Seen seen(
            OwnPlace own, Policy policy, TileSource source, Checkpoint newest, byte[] entry, String file) {
        byte[] bytes;
        try (var in = Files.newInputStream(Path.of(file))) {
            bytes = in.readNBytes(CHECKPOINT_BYTES_MAX + 1);
        } catch (IOException gone) {
            add("checkpoint.signature", Status.FAILED, file, String.valueOf(gone.getMessage()));
            return null;
        }
        var note = SignedNote.parse(bytes);
        var read = note.then(one -> Checkpoint.parse(one.text()));
        if (read instanceof Parsed.Bad<Checkpoint> bad) {
            add(bad.code(), Status.FAILED, file, bad.detail());
            return null;
        }
        var checkpoint = read.orThrow();
        var at = policy.pinsAKey() ? judge(policy, note.orThrow(), checkpoint, file) : null;
        if (at == null) return null;
        boolean has = own.entry() < checkpoint.size();
        try {
            var proven = has
                    ? new TreeProofs(source, checkpoint.size())
                            .inclusion(own.entry())
                            .verify(Merkle.leafHash(entry), checkpoint.root())
                    : new TreeProofs(source, newest.size())
                            .consistency(checkpoint.size())
                            .verify(checkpoint.root(), newest.root());
            if (proven instanceof ProofCheck.Refuted no) {
                add("inclusion", Status.FAILED, file, words.say("got-want", no.got(), no.want()));
                return null;
            }
            return new Seen(at, has);
        } catch (MissingTile missing) {
            add("inclusion", Status.FAILED, file, String.valueOf(missing.getMessage()));
            return null;
        }
    }

    /** When a witness first cosigned it; null: none that is asked for did. */
    private @Nullable Instant judge(Policy policy, SignedNote note, Checkpoint checkpoint, String where) {
        return switch (policy.judge(note, checkpoint.origin())) {
            case Policy.Verdict.Trusted trusted -> {
                add("checkpoint.signature", Status.PASSED, where, "");
                yield trusted.cosigned().values().stream()
                        .min(Instant::compareTo)
                        .orElse(null);
            }
            case Policy.Verdict.NotSigned no -> failed("checkpoint.signature", where, no.detail());
            case Policy.Verdict.WrongWitness wrong -> failed("checkpoint.witnesses", where, wrong.detail());
            case Policy.Verdict.TooFewWitnesses few ->
                failed("checkpoint.witnesses", where, words.say("got-want", few.got(), few.want()));
        };
    }

    private @Nullable Instant failed(String code, String where, String detail) {
        add(code, Status.FAILED, where, detail);
        return null;
    }

    private int exit(Policy policy) {
        if (checks.stream().anyMatch(check -> check.status() == Status.FAILED)) return Main.INVALID;
        if (!policy.pinsAKey()) return Main.NOT_PINNED;
        return checks.stream().anyMatch(check -> check.status() == Status.NOT_CHECKED) ? Main.PARTLY : Main.VALID;
    }

    private void add(String code, Status status, String where, @Nullable String detail) {
        checks.add(new Check(code, status, where, String.valueOf(detail)));
    }
}
