package vitrine.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a log added between two of its checkpoints, and that it only added: the older state is read from the tiles, the
 * entries between are appended to it, and the root must be the newer one's. Reads the tiles at the edge of the older
 * tree and the entries between, nothing else.
 */
public final class LogDiff {
    /** An entry that was added; {@code name} is its leaf hash. */
    public record Added(long index, Hash32 name, LogRecord.Reading reading) {}

    /**
     * What was found.
     *
     * @param records how many records of each type were added
     * @param notChecked how many entries or fields this reader does not understand, by what they are
     * @param first the first added entries, as many as were asked for
     * @param violations why the newer checkpoint does not continue the older one, or what is malformed
     */
    public record Report(
            Checkpoint older,
            Checkpoint newer,
            SortedMap<String, Long> records,
            SortedMap<String, Long> notChecked,
            List<Added> first,
            List<LogReplay.Violation> violations) {
        /** Whether the newer checkpoint continues the older one and every added entry is well formed. */
        public boolean holds() {
            return violations.isEmpty();
        }
    }

    private static final int VIOLATIONS_KEPT = 100;

    private final TileSource source;
    private final Checkpoint older;
    private final Checkpoint newer;
    private final int listed;
    private final SortedMap<String, Long> records = new TreeMap<>();
    private final SortedMap<String, Long> notChecked = new TreeMap<>();
    private final List<Added> first = new ArrayList<>();
    private final List<LogReplay.Violation> violations = new ArrayList<>();

    private LogDiff(TileSource source, Checkpoint older, Checkpoint newer, int listed) {
        this.source = source;
        this.older = older;
        this.newer = newer;
        this.listed = listed;
    }

    /**
     * Compares two checkpoints. Whether they are signed is not looked at here. Codes: {@code diff.origin},
     * {@code diff.size}, {@code diff.fork} (two roots of one size, or a newer tree that does not begin with the older),
     * {@code diff.missing}, {@code diff.bundle}, {@code record.*}.
     *
     * @param source the log's tiles and entries, at least up to the newer size
     * @param listed how many of the added entries the report lists
     */
    public static Report run(TileSource source, Checkpoint older, Checkpoint newer, int listed) {
        return new LogDiff(source, older, newer, listed).run();
    }

    private Report run() {
        if (!older.origin().equals(newer.origin())) {
            violation("diff.origin", 0, "origin", newer.origin(), older.origin());
        } else if (newer.size() < older.size() || newer.size() > TreeEdge.SIZE_MAX) {
            violation("diff.size", newer.size(), "size", newer.size(), "at least " + older.size());
        } else if (newer.size() == older.size()) {
            fork(older.root(), newer.root());
        } else {
            try {
                grow();
            } catch (MissingTile missing) {
                violation("diff.missing", older.size(), missing.path().text(), "nothing", "its bytes");
            }
        }
        return new Report(older, newer, records, notChecked, List.copyOf(first), List.copyOf(violations));
    }

    private void grow() {
        var edgeTiles = new Once(source);
        var edge = new TreeProofs(edgeTiles, older.size()).edge();
        if (!edge.root().equals(older.root())) {
            fork(older.root(), edge.root());
            return;
        }
        var tree = TreeAppender.resume(edge, edgeTiles);
        while (tree.size() < newer.size()) {
            long index = tree.size() / TilePath.FULL_WIDTH;
            int from = (int) (tree.size() % TilePath.FULL_WIDTH);
            int width = TilePath.widthIn(newer.size(), 0, index);
            var path = new TilePath.Entries(index, width);
            var bytes = source.entries(index, width);
            if (bytes == null) throw new MissingTile(path, "not there");
            var entries = EntryBundle.parse(bytes, width);
            if (entries instanceof Parsed.Bad<List<byte[]>> bad) {
                violation("diff.bundle", tree.size(), path.text(), bad.code(), "whole entries");
                return;
            }
            var added = entries.orThrow().subList(from, width);
            for (int i = 0; i < added.size(); i++) read(tree.size() + i, added.get(i));
            tree.append(added);
        }
        fork(newer.root(), tree.edge().root());
    }

    private void fork(Hash32 signed, Hash32 found) {
        if (!signed.equals(found)) violation("diff.fork", newer.size(), "root", found, signed);
    }

    private void read(long index, byte[] entry) {
        var reading = LogRecord.read(entry);
        if (first.size() < listed) first.add(new Added(index, Merkle.leafHash(entry), reading));
        switch (reading) {
            case LogRecord.Reading.Known known -> {
                records.merge(known.record().type().text(), 1L, Long::sum);
                for (var field : known.notChecked()) {
                    LogReplay.count(notChecked, known.record().type().text() + " " + field);
                }
            }
            case LogRecord.Reading.NotChecked unknown ->
                LogReplay.count(notChecked, unknown.code() + " " + unknown.type());
            case LogRecord.Reading.Malformed wrong ->
                violation(wrong.code(), index, "entry", wrong.detail(), "a record");
        }
    }

    /** Asks for each tile once, so that a source cannot give two answers. */
    private static final class Once implements TileSource {
        private final TileSource source;
        private final Map<TilePath, byte[]> tiles = new HashMap<>();

        Once(TileSource source) {
            this.source = source;
        }

        @Override
        public byte @Nullable [] tile(int level, long index, int width) {
            var path = new TilePath.Hashes(level, index, width);
            var bytes = tiles.get(path);
            if (bytes == null) bytes = source.tile(level, index, width);
            if (bytes != null) tiles.put(path, bytes);
            return bytes;
        }

        @Override
        public byte @Nullable [] entries(long index, int width) {
            return source.entries(index, width);
        }
    }

    private void violation(String code, long index, String what, Object got, Object want) {
        if (violations.size() < VIOLATIONS_KEPT) {
            violations.add(new LogReplay.Violation(code, index, what, got.toString(), want.toString()));
        }
    }
}
