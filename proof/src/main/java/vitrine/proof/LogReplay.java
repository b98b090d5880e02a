package vitrine.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole log from its first entry and checks what a certificate cannot show: that every record is well formed
 * and follows the one before, that a serial never has two owners, that no more pieces live than the supply allows, that
 * the tiles are those of the entries, and that all of it is what the checkpoint signs.
 *
 * <p>Entries are streamed. What stays in memory is one byte a piece, about 80 bytes for each piece of the pass, and the
 * collectibles and rules; a log with more records than {@link Options#piecesPerPass()} is read several times, each pass
 * following its share of the serials.
 */
public final class LogReplay {
    /**
     * @param tiles whether the stored tiles are compared with the entries, too
     * @param piecesPerPass how many pieces are followed at once, at least 1,000
     * @param violationsKept how many violations the report lists; all are counted
     * @param heads roots that the log is known to have had, by size: each must be its root there
     * @param sealEnds the sizes after which the log was sealed, ascending, or empty: a record never shares a seal with
     *     its {@code prev}
     */
    public record Options(
            boolean tiles, int piecesPerPass, int violationsKept, SortedMap<Long, Hash32> heads, List<Long> sealEnds) {
        public static final Options DEFAULT = new Options(true, 4_000_000, 100, new TreeMap<>(), List.of());

        public Options {
            if (piecesPerPass < 1_000) throw new IllegalArgumentException("at least 1000 pieces a pass");
        }
    }

    /** Something that must not be. {@code index} is the entry's, or the size of the log where it concerns all of it. */
    public record Violation(String code, long index, String what, String got, String want) {}

    /**
     * What a replay found.
     *
     * @param entries how many entries were read; all of them unless a bundle is missing
     * @param records how many records of each type
     * @param notChecked how many entries or fields this reader does not understand, by what they are
     * @param live pieces that have an owner
     * @param returned pieces that went back to stock
     * @param retired pieces that are gone
     * @param successor where the log said that it goes on, when it closed and said so
     * @param violations the first of them, in order of index within each pass
     * @param violationCount all of them
     */
    public record Report(
            Checkpoint checkpoint,
            long entries,
            SortedMap<String, Long> records,
            SortedMap<String, Long> notChecked,
            long collectibles,
            long live,
            long returned,
            long retired,
            @Nullable String successor,
            int passes,
            List<Violation> violations,
            long violationCount) {
        public boolean holds() {
            return violationCount == 0;
        }
    }

    private final TileSource source;
    private final Checkpoint checkpoint;
    private final Options options;
    private final List<Violation> violations = new ArrayList<>();
    private long violationCount;

    private LogReplay(TileSource source, Checkpoint checkpoint, Options options) {
        this.source = source;
        this.checkpoint = checkpoint;
        this.options = options;
    }

    /** Replays the log that the checkpoint signs. Whether the checkpoint is signed is not looked at here. */
    public static Report run(TileSource source, Checkpoint checkpoint, Options options) {
        return new LogReplay(source, checkpoint, options).run();
    }

    private Report run() {
        long passes = Math.max(1, Math.ceilDiv(checkpoint.size(), (long) options.piecesPerPass()));
        var first = new Pass(0, passes);
        first.run();
        for (int n = 1; n < passes; n++) new Pass(n, passes).run();
        long live = 0;
        long returned = 0;
        long retired = 0;
        for (var collectible : first.collectibles.values()) {
            live += collectible.live;
            returned += collectible.returned;
            retired += collectible.retired;
        }
        return new Report(
                checkpoint,
                first.read,
                first.records,
                first.notChecked,
                first.collectibles.size(),
                live,
                returned,
                retired,
                first.successor,
                (int) passes,
                List.copyOf(violations),
                violationCount);
    }

    private void violation(String code, long index, String what, @Nullable Object got, @Nullable Object want) {
        violationCount++;
        if (violations.size() < options.violationsKept()) {
            violations.add(new Violation(code, index, what, String.valueOf(got), String.valueOf(want)));
        }
    }

    /** What is known of one collectible. */
    private static final class Followed {
        final long withheld;
        /** -1 for an open supply. */
        long supply;

        Hash32 last;
        long live;
        long returned;
        long retired;
        final Map<Long, byte[]> states = new HashMap<>();
        final Map<Long, long[]> details = new HashMap<>();

        Followed(Manifest manifest, Hash32 last) {
            this.withheld = manifest.withheld();
            this.supply = manifest.supply() instanceof Manifest.Supply.Limited limited ? limited.pieces() : -1;
            this.last = last;
        }
    }

    private static final int CHUNK = 256;
    /** Of a piece: its last record's hash, its owner's, and that record's index. */
    private static final int LONGS = 9;

    private static final PieceState[] STATES = PieceState.values();

    /** One reading of the log. The first sees everything; all follow the pieces of their share. */
    private final class Pass {
        final long share;
        final long shares;
        final Map<Hash32, Followed> collectibles = new HashMap<>();
        final Set<Hash32> rules = new HashSet<>();
        final Map<String, Long> versions = new HashMap<>();
        final SortedMap<String, Long> records = new TreeMap<>();
        final SortedMap<String, Long> notChecked = new TreeMap<>();
        final Map<Integer, Tile> open = new HashMap<>();
        final TreeAppender tree = TreeAppender.empty();

        @Nullable
        String successor;

        boolean closed;
        long read;

        Pass(long share, long shares) {
            this.share = share;
            this.shares = shares;
        }

        boolean isFirst() {
            return share == 0;
        }

        void run() {
            try {
                head(0, Merkle.EMPTY_ROOT);
                while (read < checkpoint.size()) {
                    long index = read / TilePath.FULL_WIDTH;
                    int width = TilePath.widthIn(checkpoint.size(), 0, index);
                    var entries = entries(index, width);
                    if (isFirst()) grow(entries);
                    for (var entry : entries) {
                        follow(read, entry);
                        read++;
                    }
                }
                if (isFirst()) finish();
            } catch (MissingTile missing) {
                if (isFirst()) violation("replay.missing", read, missing.path().text(), "nothing", "its bytes");
            }
        }

        List<byte[]> entries(long index, int width) {
            var path = new TilePath.Entries(index, width);
            var bytes = source.entries(index, width);
            var entries = bytes == null ? null : EntryBundle.entriesOrNull(bytes, width);
            if (entries == null) throw new MissingTile(path, "not there or too short");
            return entries;
        }

        /** Grows our own tree by a bundle, stopping where a root is known. */
        void grow(List<byte[]> entries) {
            int from = 0;
            while (from < entries.size()) {
                int to = entries.size();
                for (long size :
                        options.heads().subMap(read + from + 1, read + to).keySet()) {
                    to = (int) (size - read);
                    break;
                }
                var appended = tree.append(entries.subList(from, to));
                for (var tile : appended.tiles()) {
                    if (tile.width() < TilePath.FULL_WIDTH) {
                        open.put(tile.level(), tile);
                    } else {
                        open.remove(tile.level());
                        compare(tile);
                    }
                }
                head(appended.size(), appended.root());
                from = to;
            }
        }

        void head(long size, Hash32 root) {
            var known = options.heads().get(size);
            if (isFirst() && known != null && !known.equals(root)) violation("replay.head", size, "root", root, known);
        }

        void compare(Tile tile) {
            if (!options.tiles()) return;
            var stored = source.tile(tile.level(), tile.index(), tile.width());
            int bytes = tile.hashes().length;
            if (stored == null || stored.length < bytes) {
                violation("replay.missing", tile.index(), tile.path().text(), "nothing", "its bytes");
            } else if (!Arrays.equals(stored, 0, bytes, tile.hashes(), 0, bytes)) {
                violation("replay.tile", tile.index(), tile.path().text(), "other hashes", "those of its entries");
            }
        }

        void finish() {
            open.values().forEach(this::compare);
            var root = tree.edge().root();
            if (!root.equals(checkpoint.root())) {
                violation("replay.root", checkpoint.size(), "root", root, checkpoint.root());
            }
            for (long size : options.heads().tailMap(checkpoint.size() + 1).keySet()) {
                violation("replay.head", size, "size", checkpoint.size(), "at least " + size);
            }
        }

        void follow(long index, byte[] entry) {
            if (closed) broken("replay.after-close", index, "entry", "one more", "none");
            switch (LogRecord.read(entry)) {
                case LogRecord.Reading.Malformed wrong ->
                    broken(wrong.code(), index, "entry", wrong.detail(), "a record");
                case LogRecord.Reading.NotChecked unknown -> {
                    same("replay.log", index, "log", unknown.log(), checkpoint.origin());
                    count(notChecked, unknown.code() + " " + unknown.type());
                }
                case LogRecord.Reading.Known known -> {
                    var record = known.record();
                    same("replay.log", index, "log", record.log(), checkpoint.origin());
                    count(records, record.type().text());
                    for (var field : known.notChecked())
                        count(notChecked, record.type().text() + " " + field);
                    follow(index, record, Merkle.leafHash(entry));
                }
            }
        }

        void follow(long index, LogRecord record, Hash32 hash) {
            switch (record) {
                case LogRecord.CollectiblePublished published -> {
                    if (collectibles.containsKey(hash)) {
                        broken("replay.collectible-twice", index, "collectible", hash, "a new one");
                    } else {
                        collectibles.put(hash, new Followed(published.manifest(), hash));
                    }
                }
                case LogRecord.CollectibleAmended amended -> {
                    var followed = collectible(index, amended.collectible());
                    if (followed == null) return;
                    same("replay.prev", index, "prev", amended.prev(), followed.last);
                    followed.last = hash;
                    long supply = amended.manifest().supply() instanceof Manifest.Supply.Limited limited
                            ? limited.pieces()
                            : -1;
                    same("replay.amended-supply", index, "supply", supply, followed.supply);
                    same(
                            "replay.amended-supply",
                            index,
                            "withheld",
                            amended.manifest().withheld(),
                            followed.withheld);
                }
                case LogRecord.SupplyLowered lowered -> {
                    var followed = collectible(index, lowered.collectible());
                    if (followed == null) return;
                    same("replay.prev", index, "prev", lowered.prev(), followed.last);
                    followed.last = hash;
                    if (followed.supply >= 0 && lowered.supply() >= followed.supply) {
                        broken("replay.supply-raised", index, "supply", lowered.supply(), "below " + followed.supply);
                    }
                    followed.supply = lowered.supply();
                    withinSupply(index, followed);
                }
                case LogRecord.RulesPublished published -> {
                    rules.add(hash);
                    long want = versions.getOrDefault(published.campaign(), 0L) + 1;
                    same("replay.rules-version", index, published.campaign(), published.version(), want);
                    versions.put(published.campaign(), published.version());
                }
                case LogRecord.LogClosed end -> {
                    closed = true;
                    successor = end.successor();
                }
                case LogRecord.OfPiece piece -> follow(index, piece, hash);
            }
        }

        void follow(long index, LogRecord.OfPiece piece, Hash32 hash) {
            if (piece.rules() != null && !rules.contains(piece.rules())) {
                broken("replay.rules-unknown", index, "rules", piece.rules(), "rules published before");
            }
            var followed = collectible(index, piece.collectible());
            if (followed == null) return;
            long at = piece.serial() / CHUNK;
            var states = followed.states.computeIfAbsent(at, none -> new byte[CHUNK]);
            int slot = (int) (piece.serial() % CHUNK);
            var state = STATES[states[slot]];
            var next = state.after(piece.type());
            if (next == null) {
                broken("replay.transition", index, piece(piece), piece.type().text(), "what may follow " + state);
                next = switch (piece.type()) {
                    case PIECE_REVOKED -> PieceState.RETURNED;
                    case PIECE_RETIRED -> PieceState.RETIRED;
                    default -> PieceState.OWNED;
                };
            }
            tally(followed, state, -1);
            tally(followed, next, 1);
            states[slot] = (byte) next.ordinal();
            if (piece.type() == RecordType.PIECE_GRANTED) {
                if (followed.supply >= 0 && piece.serial() > followed.supply) {
                    broken("replay.serial", index, piece(piece), piece.serial(), "at most " + followed.supply);
                }
                withinSupply(index, followed);
            }
            if (piece.serial() % shares == share) links(index, followed, piece, hash, state);
        }

        /** Only for the pieces of this pass's share: what needs the last record's hash and owner. */
        void links(long index, Followed followed, LogRecord.OfPiece piece, Hash32 hash, PieceState before) {
            long number = piece.serial() / shares;
            var chunk = followed.details.computeIfAbsent(number / CHUNK, none -> new long[CHUNK * LONGS]);
            int at = (int) (number % CHUNK) * LONGS;
            var last = before == PieceState.NONE ? null : get(chunk, at);
            var owner = before == PieceState.OWNED ? get(chunk, at + 4) : null;
            if (!Objects.equals(piece.prev(), last)) {
                violation("replay.prev", index, piece(piece), piece.prev(), last);
            } else if (last != null
                    && sealOf(chunk[at + 8]) == sealOf(index)
                    && !options.sealEnds().isEmpty()) {
                violation("replay.same-seal", index, piece(piece), chunk[at + 8], "a record of an earlier seal");
            }
            if (before == PieceState.OWNED && !PieceState.ownerFits(piece.type(), owner, piece.owner())) {
                violation(
                        "replay.owner",
                        index,
                        piece(piece),
                        piece.owner(),
                        piece.type().text() + " from " + owner);
            }
            put(chunk, at, hash);
            var now = piece.owner();
            if (now != null) put(chunk, at + 4, now);
            chunk[at + 8] = index;
        }

        int sealOf(long index) {
            int found = Collections.binarySearch(options.sealEnds(), index + 1);
            return found < 0 ? -found - 1 : found;
        }

        @Nullable
        Followed collectible(long index, Hash32 hash) {
            var followed = collectibles.get(hash);
            if (followed == null)
                broken("replay.collectible-unknown", index, "collectible", hash, "one published before");
            return followed;
        }

        void withinSupply(long index, Followed followed) {
            long given = followed.live + followed.retired;
            if (followed.supply >= 0 && given > followed.supply) {
                broken("replay.supply", index, "live + retired", given, "at most " + followed.supply);
            }
        }

        void tally(Followed followed, PieceState state, int by) {
            switch (state) {
                case NONE -> {}
                case OWNED -> followed.live += by;
                case RETURNED -> followed.returned += by;
                case RETIRED -> followed.retired += by;
            }
        }

        void same(String code, long index, String what, Object got, Object want) {
            if (!got.equals(want)) broken(code, index, what, got, want);
        }

        /** What every pass would find again is said by the first. */
        void broken(String code, long index, String what, Object got, Object want) {
            if (isFirst()) violation(code, index, what, got, want);
        }
    }

    private static String piece(LogRecord.OfPiece piece) {
        return piece.collectible() + " #" + piece.serial();
    }

    private static void count(Map<String, Long> counts, String what) {
        // Somebody may fill a log with invented types: what cannot be listed is counted together.
        counts.merge(counts.size() < 1_000 || counts.containsKey(what) ? what : "other", 1L, Long::sum);
    }

    private static Hash32 get(long[] chunk, int at) {
        return new Hash32(chunk[at], chunk[at + 1], chunk[at + 2], chunk[at + 3]);
    }

    private static void put(long[] chunk, int at, Hash32 hash) {
        chunk[at] = hash.word0();
        chunk[at + 1] = hash.word1();
        chunk[at + 2] = hash.word2();
        chunk[at + 3] = hash.word3();
    }
}
