package vitrine.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole log from its first entry and checks what a certificate cannot show: that every record is well formed
 * and follows the one before, that a serial never has two owners, that no more pieces live than the supply allows, that
 * the tiles are those of the entries, and that all of it is what the checkpoint signs.
 *
 * <p>Entries are streamed. What stays in memory is about 33 bytes for each piece that a pass follows, about 11 for each
 * other piece in the first pass, and the collectibles and rules. A log with more records than
 * {@link Options#piecesPerPass()} is read several times, each pass following its share of the pieces. Of a piece's last
 * record and its owner 64 bits under a secret key are kept; where they do not fit, the log is read once more and the
 * piece followed with whole hashes, so that what is reported is exact.
 */
public final class LogReplay {
    /**
     * @param tiles whether the stored tiles are compared with the entries, too
     * @param piecesPerPass how many pieces are followed at once, at least 1,000
     * @param violationsKept how many violations the report lists; all are counted
     * @param heads roots that the log is known to have had, by size: each must be its root there
     * @param sealEnds the sizes after which the log was sealed, ascending, or empty: a record never shares a seal with
     *     its {@code prev}
     * @param namesMax how many collectibles, and how many versions of rules, are kept; what names others is "not checked"
     */
    public record Options(
            boolean tiles,
            int piecesPerPass,
            int violationsKept,
            SortedMap<Long, Hash32> heads,
            List<Long> sealEnds,
            int namesMax) {
        /** What fits into the heap that this JVM may use: at 512 MB ten million pieces in one pass. */
        public static final Options DEFAULT =
                new Options(true, piecesIn(Runtime.getRuntime().maxMemory()), 100, new TreeMap<>(), List.of());

        public Options {
            if (piecesPerPass < 1_000) throw new IllegalArgumentException("at least 1000 pieces a pass");
            if (violationsKept < 0 || namesMax < 1) throw new IllegalArgumentException("no such limits");
        }

        public Options(
                boolean tiles,
                int piecesPerPass,
                int violationsKept,
                SortedMap<Long, Hash32> heads,
                List<Long> sealEnds) {
            this(
                    tiles,
                    piecesPerPass,
                    violationsKept,
                    heads,
                    sealEnds,
                    namesIn(Runtime.getRuntime().maxMemory()));
        }

        /** The same with these roots that the log is known to have had. */
        public Options withHeads(SortedMap<Long, Hash32> known) {
            return new Options(tiles, piecesPerPass, violationsKept, known, sealEnds, namesMax);
        }

        private static int piecesIn(long heap) {
            return (int) Math.clamp(heap / 10 * 7 / 34, 1_000_000L, 1L << 30);
        }

        private static int namesIn(long heap) {
            return (int) Math.clamp(heap / 2_048, 100_000L, 1L << 30);
        }
    }

    /** A log, or its first part, with the checkpoint that says how far it is read. */
    public record Volume(TileSource source, Checkpoint checkpoint) {}

    /** A log from which the next went on. {@code lost}: how many entries were signed after that, as the next one says. */
    public record Earlier(String origin, long size, long lost, boolean closed) {}

    /** That the newest log's key changed, at the entry {@code index}. */
    public record Rotation(long index, Hash32 replaces, Hash32 key) {}

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
     * @param closed whether the newest of the logs said that nothing follows
     * @param successor where it said that it goes on, when it said so
     * @param opened how it went on from a log before it, or null
     * @param earlier the logs before it that were read, the oldest first
     * @param rotations how its key changed
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
            boolean closed,
            @Nullable String successor,
            LogRecord.@Nullable LogOpened opened,
            List<Earlier> earlier,
            List<Rotation> rotations,
            int passes,
            List<Violation> violations,
            long violationCount) {
        /** Whether nothing was found that must not be. */
        public boolean holds() {
            return violationCount == 0;
        }
    }

    private final List<Volume> volumes;
    private final Options options;
    private final Fingerprint secret = Fingerprint.secret();
    private final List<Violation> violations = new ArrayList<>();
    private long violationCount;

    /** Pieces whose links did not fit, with where their violations stand in the list: looked at again, exactly. */
    private final Map<Long, Suspect> suspects = new HashMap<>();

    private LogReplay(List<Volume> volumes, Options options) {
        this.volumes = List.copyOf(volumes);
        this.options = options;
    }

    /** Replays the log that the checkpoint signs. Whether the checkpoint is signed is not looked at here. */
    public static Report run(TileSource source, Checkpoint checkpoint, Options options) {
        return run(List.of(new Volume(source, checkpoint)), options);
    }

    /**
     * Replays logs of which each goes on from the one before ({@link LogRecord.LogOpened}), the oldest first. Heads and
     * ends of seals are the newest's. A log that goes on from another one may be replayed without it: what names entries
     * of the one before is then "not checked".
     */
    public static Report run(List<Volume> volumes, Options options) {
        if (volumes.isEmpty()) throw new IllegalArgumentException("there is no log to replay");
        return new LogReplay(volumes, options).run();
    }

    private Report run() {
        long size =
                volumes.stream().mapToLong(volume -> volume.checkpoint().size()).sum();
        long passes = Math.max(1, Math.ceilDiv(size, (long) options.piecesPerPass()));
        var first = new Pass(0, passes, new HashMap<>());
        boolean complete = first.run();
        first.forgetPieces();
        for (int n = 1; complete && n < passes; n++) complete = new Pass(n, passes, first.collectibles).run();
        if (complete && !suspects.isEmpty()) new SecondLook(first.collectibles).run();
        long live = 0;
        long returned = 0;
        long retired = 0;
        for (var collectible : first.collectibles.values()) {
            live += collectible.live;
            returned += collectible.returned;
            retired += collectible.retired;
        }
        return new Report(
                volumes.getLast().checkpoint(),
                first.entries,
                first.recordsByType(),
                first.notChecked,
                first.collectibles.size(),
                live,
                returned,
                retired,
                first.closed,
                first.successor,
                first.opened,
                List.copyOf(first.earlier),
                List.copyOf(first.rotations),
                (int) Math.min(passes, Integer.MAX_VALUE),
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
        /** Its pieces are numbered from here: {@code base | serial}. */
        final long base;

        final long withheld;
        /** -1 for an open supply. */
        long supply;

        Hash32 last;
        long live;
        long returned;
        long retired;

        Followed(int number, Manifest manifest, Hash32 last) {
            this.base = (long) number << 30; // a serial has at most 30 bits
            this.withheld = manifest.withheld();
            this.supply = manifest.supply() instanceof Manifest.Supply.Limited limited ? limited.pieces() : -1;
            this.last = last;
        }
    }

    /** A piece that is looked at again: its last record and owner in full, and its places in the list by index. */
    private static final class Suspect {
        final Map<Long, List<Integer>> places = new HashMap<>();

        @Nullable
        Hash32 last;

        @Nullable
        Hash32 owner;
    }

    private static final PieceState[] STATES = PieceState.values();

    // The fields of a piece after its number and state.
    private static final int PREV = 1;
    private static final int OWNER = 2;
    private static final int INDEX = 3;

    /** Streams the entries, growing our own tree beside them, so that every reading is of what the checkpoint signs. */
    private abstract class Reading {
        TreeAppender tree = TreeAppender.empty();
        TileSource source = volumes.getFirst().source();
        Checkpoint checkpoint = volumes.getFirst().checkpoint();
        /** The logs from the oldest to the one that is being read. */
        final Set<String> origins = new HashSet<>();
        /** Entries of the log that is being read, and of all of them. */
        long read;

        long entries;
        private byte[] leaves = {};

        /** Whether the log was there to its end, with the checkpoint's root. */
        boolean run() {
            boolean whole = true;
            for (var volume : volumes) whole = whole && read(volume);
            return whole;
        }

        private boolean read(Volume volume) {
            tree = TreeAppender.empty();
            source = volume.source();
            checkpoint = volume.checkpoint();
            origins.add(checkpoint.origin());
            read = 0;
            begun();
            try {
                while (read < checkpoint.size()) {
                    long index = read / TilePath.FULL_WIDTH;
                    int width = TilePath.widthIn(checkpoint.size(), 0, index);
                    var bundle = entries(index, width);
                    grow(bundle);
                    for (int i = 0; i < bundle.size(); i++) {
                        follow(read, bundle.get(i), Hash32.at(leaves, i * Hash32.LENGTH));
                        read++;
                        entries++;
                    }
                }
            } catch (Incomplete incomplete) {
                missing(incomplete);
                return false;
            }
            return ended(tree.edge().root());
        }

        void begun() {}

        boolean isNewest() {
            return checkpoint == volumes.getLast().checkpoint();
        }

        abstract void follow(long index, byte[] entry, Hash32 hash);

        void missing(Incomplete incomplete) {}

        boolean ended(Hash32 root) {
            return root.equals(checkpoint.root());
        }

        void grown(Appended appended) {}

        /** Where the growing of the tree stops to be looked at, strictly between two sizes; 0 when nowhere. */
        long stopBetween(long from, long to) {
            return 0;
        }

        private List<byte[]> entries(long index, int width) throws Incomplete {
            var path = new TilePath.Entries(index, width);
            var bytes = source.entries(index, width);
            if (bytes == null) throw new Incomplete("replay.missing", path.text(), "nothing");
            return switch (EntryBundle.parse(bytes, width)) {
                case Parsed.Ok<List<byte[]>> entries -> entries.value();
                case Parsed.Bad<List<byte[]>> bad ->
                    throw new Incomplete("replay.bundle", path.text(), bad.code() + ": " + bad.detail());
            };
        }

        private void grow(List<byte[]> entries) {
            int from = 0;
            while (from < entries.size()) {
                long stop = stopBetween(read + from, read + entries.size());
                int to = stop == 0 ? entries.size() : (int) (stop - read);
                var appended = tree.append(entries.subList(from, to));
                // The tile of the lowest level holds the leaf hashes, so that no entry is hashed twice.
                for (var tile : appended.tiles()) if (tile.level() == 0) leaves = tile.hashes();
                grown(appended);
                from = to;
            }
        }
    }

    /** A bundle is not there, or is none. */
    private static final class Incomplete extends Exception {
        final String code;
        final String path;
        final String got;

        Incomplete(String code, String path, String got) {
            super(code, null, false, false);
            this.code = code;
            this.path = path;
            this.got = got;
        }
    }

    /** One reading of the log. The first sees everything; all follow the pieces of their share. */
    private final class Pass extends Reading {
        final long share;
        final long shares;
        final Map<Hash32, Followed> collectibles;
        final Set<Hash32> rules = new HashSet<>();
        final Map<String, Long> versions = new HashMap<>();
        /** Stages whose list is closed. */
        final Map<String, LogRecord.QueueArrivals> queues = new HashMap<>();

        final long[] records = new long[RecordType.values().length];
        final SortedMap<String, Long> notChecked = new TreeMap<>();
        final Map<Integer, Tile> open = new HashMap<>();
        final PieceTable pieces = newPieces();
        /** In the first pass, the states of the pieces of other shares: supply is counted over all. */
        final PieceTable others = new PieceTable(secret, 1);

        @Nullable
        String successor;

        LogRecord.@Nullable LogOpened opened;

        final List<Earlier> earlier = new ArrayList<>();
        final List<Rotation> rotations = new ArrayList<>();
        private @Nullable Checkpoint before;
        boolean closed;
        boolean full;

        Pass(long share, long shares, Map<Hash32, Followed> collectibles) {
            this.share = share;
            this.shares = shares;
            this.collectibles = collectibles;
        }

        private PieceTable newPieces() {
            return new PieceTable(secret, options.sealEnds().isEmpty() ? INDEX : INDEX + 1);
        }

        /** Makes room for the next pass. */
        void forgetPieces() {
            pieces.clear();
            others.clear();
        }

        boolean isFirst() {
            return share == 0;
        }

        @Override
        void begun() {
            opened = null;
            rotations.clear();
            head(0, Merkle.EMPTY_ROOT);
        }

        /** What this log's records name may lie in one that nobody gave us. */
        boolean isHalfKnown() {
            return opened != null && before == null;
        }

        @Override
        long stopBetween(long from, long to) {
            var between = isFirst() && isNewest() ? options.heads().subMap(from + 1, to) : NO_HEADS;
            return between.isEmpty() ? 0 : between.firstKey();
        }

        @Override
        void grown(Appended appended) {
            if (!isFirst()) return;
            for (var tile : appended.tiles()) {
                if (tile.width() < TilePath.FULL_WIDTH) {
                    open.put(tile.level(), tile);
                } else {
                    open.remove(tile.level());
                    compare(tile);
                }
            }
            head(appended.size(), appended.root());
        }

        void head(long size, Hash32 root) {
            var known = options.heads().get(size);
            if (isFirst() && isNewest() && known != null && !known.equals(root))
                violation("replay.head", size, "root", root, known);
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

        SortedMap<String, Long> recordsByType() {
            var counts = new TreeMap<String, Long>();
            for (var type : RecordType.values()) {
                if (records[type.ordinal()] > 0) counts.put(type.text(), records[type.ordinal()]);
            }
            return counts;
        }

        @Override
        void missing(Incomplete incomplete) {
            violation(incomplete.code, read, incomplete.path, incomplete.got, "its entries");
        }

        @Override
        boolean ended(Hash32 root) {
            if (!root.equals(checkpoint.root())) {
                violation("replay.root", checkpoint.size(), "root", root, checkpoint.root());
            }
            if (isFirst()) {
                open.values().forEach(this::compare);
                open.clear();
                var later = isNewest() ? options.heads().tailMap(checkpoint.size() + 1) : NO_HEADS;
                for (long size : later.keySet()) {
                    violation("replay.head", size, "size", checkpoint.size(), "at least " + size);
                }
            }
            if (!isNewest()) before = checkpoint;
            return super.ended(root);
        }

        @Override
        void follow(long index, byte[] entry, Hash32 hash) {
            if (closed && index > 0) broken("replay.after-close", index, "entry", "one more", "none");
            switch (LogRecord.read(entry)) {
                case LogRecord.Reading.Malformed wrong ->
                    broken(wrong.code(), index, "entry", wrong.detail(), "a record");
                case LogRecord.Reading.NotChecked unknown -> {
                    ofThisLog(index, unknown.log());
                    count(notChecked, unknown.code() + " " + unknown.type());
                }
                case LogRecord.Reading.Known known -> {
                    var record = known.record();
                    if (index == 0 && before != null) goesOn(record, before);
                    ofThisLog(index, record.log());
                    records[record.type().ordinal()]++;
                    for (var field : known.notChecked())
                        count(notChecked, record.type().text() + " " + field);
                    follow(index, record, hash);
                }
            }
        }

        void follow(long index, LogRecord record, Hash32 hash) {
            switch (record) {
                case LogRecord.OfPiece piece -> follow(index, piece, hash);
                case LogRecord.CollectiblePublished published -> {
                    if (!isFirst()) return;
                    if (collectibles.containsKey(hash)) {
                        broken("replay.collectible-twice", index, "collectible", hash, "a new one");
                    } else if (isRoomFor(collectibles.size(), record)) {
                        collectibles.put(hash, new Followed(collectibles.size(), published.manifest(), hash));
                    }
                }
                case LogRecord.CollectibleAmended amended -> {
                    if (!isFirst()) return;
                    var followed = collectible(index, record, amended.collectible());
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
                    if (!isFirst()) return;
                    var followed = collectible(index, record, lowered.collectible());
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
                    if (!isFirst() || !isRoomFor(rules.size(), record)) return;
                    rules.add(hash);
                    long want = versions.getOrDefault(published.campaign(), 0L) + 1;
                    if (want > 1 || !isHalfKnown()) {
                        same("replay.rules-version", index, published.campaign(), published.version(), want);
                    }
                    versions.put(published.campaign(), published.version());
                }
                case LogRecord.LogClosed end -> {
                    closed = true;
                    successor = end.successor();
                }
                case LogRecord.LogOpened begun -> {
                    if (index > 0) broken("replay.opened-late", index, "entry", index, "the first");
                    if (index == 0) {
                        opened = begun;
                        origins.add(begun.predecessor());
                    }
                }
                case LogRecord.KeyRotated rotated -> {
                    if (!rotations.isEmpty()) {
                        same(
                                "replay.key-rotated",
                                index,
                                "replaces",
                                rotated.replaces(),
                                rotations.getLast().key());
                    }
                    rotations.add(new Rotation(index, rotated.replaces(), rotated.key()));
                }
                case LogRecord.QueueArrivals arrivals -> follow(index, arrivals);
            }
        }

        /**
         * A list is closed under rules that were published before, and once: a second one could be chosen by what its round gave. The same
         * list under a later round is for a record that came too late for its own; whether it did is not in the log.
         */
        private void follow(long index, LogRecord.QueueArrivals arrivals) {
            if (!isFirst()) return;
            if (!rules.contains(arrivals.rules())) {
                if (full || isHalfKnown()) count(notChecked, unknown() + "queue.arrivals");
                else broken("replay.rules-unknown", index, "rules", arrivals.rules(), "rules published before");
            }
            if (!isRoomFor(queues.size(), arrivals)) return;
            var before = queues.putIfAbsent(arrivals.rules() + " " + arrivals.stage(), arrivals);
            if (before == null) return;
            if (isLater(before, arrivals)) {
                queues.put(arrivals.rules() + " " + arrivals.stage(), arrivals);
                count(notChecked, "replay.queue-postponed");
            } else {
                broken("replay.queue-twice", index, "stage", arrivals.stage(), "one list for a stage");
            }
        }

        private static boolean isLater(LogRecord.QueueArrivals before, LogRecord.QueueArrivals after) {
            return after.round() > before.round()
                    && after.chain().equals(before.chain())
                    && after.count() == before.count()
                    && after.root().equals(before.root());
        }

        /** The first entry of a log that follows another one: names it, exactly as far as it was read. */
        private void goesOn(LogRecord record, Checkpoint last) {
            if (!(record instanceof LogRecord.LogOpened begun)
                    || !begun.predecessor().equals(last.origin())
                    || begun.size() != last.size()
                    || !begun.root().equals(last.root())) {
                broken("replay.opened", 0, "predecessor", record.type().text(), last.origin() + " at " + last.size());
            } else {
                if (closed) same("replay.successor", 0, "log", record.log(), String.valueOf(successor));
                earlier.add(new Earlier(last.origin(), last.size(), begun.lost(), closed));
            }
            closed = false;
            successor = null;
        }

        /** A record is written for one log; what that log could not take any more stands in its successor. */
        private void ofThisLog(long index, String log) {
            if (origins.contains(log) || isHalfKnown()) return;
            broken("replay.log", index, "log", log, checkpoint.origin());
        }

        void follow(long index, LogRecord.OfPiece piece, Hash32 hash) {
            if (isFirst() && piece.rules() != null && !rules.contains(piece.rules())) {
                if (full || isHalfKnown()) {
                    count(notChecked, unknown() + piece.type().text());
                } else {
                    broken("replay.rules-unknown", index, "rules", piece.rules(), "rules published before");
                }
            }
            var followed = collectible(index, piece, piece.collectible());
            if (followed == null) return;
            long number = followed.base | piece.serial();
            boolean mine = shares == 1 || Long.remainderUnsigned(secret.spread(number), shares) == share;
            if (!mine && !isFirst()) return;
            var table = mine ? pieces : others;
            table.seek(number);
            var state = STATES[table.state()];
            var next = state.after(piece.type());
            if (next == null) {
                broken("replay.transition", index, piece(piece), piece.type().text(), "what may follow " + state);
                next = switch (piece.type()) {
                    case PIECE_REVOKED -> PieceState.RETURNED;
                    case PIECE_RETIRED -> PieceState.RETIRED;
                    default -> PieceState.OWNED;
                };
            }
            table.state(next.ordinal());
            if (isFirst()) {
                tally(followed, state, -1);
                tally(followed, next, 1);
                if (piece.type() == RecordType.PIECE_GRANTED) {
                    if (followed.supply >= 0 && piece.serial() > followed.supply) {
                        broken("replay.serial", index, piece(piece), piece.serial(), "at most " + followed.supply);
                    }
                    withinSupply(index, followed);
                }
            }
            if (mine) links(index, number, piece, hash, state);
        }

        /** Only for the pieces of this pass's share: what needs the last record's hash and owner. */
        void links(long index, long number, LogRecord.OfPiece piece, Hash32 hash, PieceState before) {
            var prev = piece.prev();
            var owner = piece.owner();
            long ownerNow = owner == null ? 0 : secret.of(owner);
            boolean follows =
                    before == PieceState.NONE ? prev == null : prev != null && secret.of(prev) == pieces.get(PREV);
            if (!follows) {
                suspect(number, "replay.prev", index, piece, prev);
            } else if (before != PieceState.NONE && !options.sealEnds().isEmpty()) {
                long last = pieces.get(INDEX);
                if (sealOf(last) == sealOf(index)) {
                    violation("replay.same-seal", index, piece(piece), last, "a record of an earlier seal");
                }
            }
            if (before == PieceState.OWNED) {
                boolean sameOwner = ownerNow == pieces.get(OWNER);
                boolean fits =
                        switch (piece.type()) {
                            case PIECE_MOVED -> !sameOwner;
                            case PIECE_REDEEMED, PIECE_MINTED -> sameOwner;
                            default -> true;
                        };
                if (!fits) suspect(number, "replay.owner", index, piece, owner);
            }
            pieces.put(PREV, secret.of(hash));
            if (owner != null) pieces.put(OWNER, ownerNow);
            if (!options.sealEnds().isEmpty()) pieces.put(INDEX, index);
        }

        void suspect(long number, String code, long index, LogRecord.OfPiece piece, @Nullable Hash32 got) {
            if (violations.size() < options.violationsKept()) {
                var suspect = suspects.computeIfAbsent(number, none -> new Suspect());
                suspect.places.computeIfAbsent(index, none -> new ArrayList<>()).add(violations.size());
            }
            violation(code, index, piece(piece), got, piece.type().text() + " after the piece's last record");
        }

        int sealOf(long index) {
            int found = Collections.binarySearch(options.sealEnds(), index + 1);
            return found < 0 ? -found - 1 : found;
        }

        @Nullable
        Followed collectible(long index, LogRecord record, Hash32 hash) {
            var followed = collectibles.get(hash);
            if (followed != null) return followed;
            if ((full || isHalfKnown()) && isFirst()) {
                count(notChecked, unknown() + record.type().text());
            } else {
                broken("replay.collectible-unknown", index, "collectible", hash, "one published before");
            }
            return null;
        }

        private String unknown() {
            return isHalfKnown() ? "replay.earlier " : "replay.too-many ";
        }

        /** Somebody may fill a log with names: what there is no room for is not followed, and that is said. */
        boolean isRoomFor(int names, LogRecord record) {
            if (names < options.namesMax()) return true;
            full = true;
            count(notChecked, "replay.too-many " + record.type().text());
            return false;
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

    /** Follows the suspects once more with whole hashes, and writes what was wanted into the list. */
    private final class SecondLook extends Reading {
        final Map<Hash32, Followed> collectibles;

        SecondLook(Map<Hash32, Followed> collectibles) {
            this.collectibles = collectibles;
        }

        @Override
        void follow(long index, byte[] entry, Hash32 hash) {
            if (!(LogRecord.read(entry) instanceof LogRecord.Reading.Known known)
                    || !(known.record() instanceof LogRecord.OfPiece piece)) return;
            var followed = collectibles.get(piece.collectible());
            var suspect = followed == null ? null : suspects.get(followed.base | piece.serial());
            if (suspect == null) return;
            for (int place : suspect.places.getOrDefault(index, List.of())) {
                var found = violations.get(place);
                var want = found.code().equals("replay.prev")
                        ? String.valueOf(suspect.last)
                        : piece.type().text() + " from " + suspect.owner;
                violations.set(place, new Violation(found.code(), index, found.what(), found.got(), want));
            }
            suspect.last = hash;
            if (piece.owner() != null) suspect.owner = piece.owner();
        }
    }

    private static final SortedMap<Long, Hash32> NO_HEADS = Collections.unmodifiableSortedMap(new TreeMap<>());

    private static String piece(LogRecord.OfPiece piece) {
        return piece.collectible() + " #" + piece.serial();
    }

    static void count(Map<String, Long> counts, String what) {
        // Somebody may fill a log with invented types: what cannot be listed is counted together.
        counts.merge(counts.size() < 1_000 || counts.containsKey(what) ? what : "other", 1L, Long::sum);
    }
}
