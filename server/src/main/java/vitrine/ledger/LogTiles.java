package vitrine.ledger;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import vitrine.proof.Hash32;
import vitrine.proof.TileSource;

/** The tiles and entries of one log, as rows. A row holds the widest tile so far; a narrower one is its first part. */
final class LogTiles implements TileSource {

    private final JdbcClient db;
    private final LogId log;

    LogTiles(JdbcClient db, LogId log) {
        this.db = db;
        this.log = log;
    }

    /** No level of the tree: the leaf's entry among what was read. */
    private static final int ENTRY = -1;

    /** From the end of the one before, and its length of two bytes, to its own end; without the rest of its bundle. */
    private static final String ENTRY_OF_BUNDLE = """
            select substring(entries from coalesce(ends[:within], 0) + 3 for ends[:within + 1] - coalesce(ends[:within], 0) - 2)
            from log_bundles where log_id = :log and bundle = :bundle and width > :within
            """;

    private record Place(int level, long tile) {}

    /** A leaf's entry, and the tiles that its proof needs. */
    record Around(byte[] entry, TileSource tiles) {}

    /**
     * A leaf's entry and all tiles on its way to the root of a tree of this size, read in one statement: a proof needs a tile a
     * level there and one at the tree's right edge, and no other. The lateral form cannot be planned wrongly, whatever is known of
     * the table.
     *
     * @throws IllegalStateException when the entry is not there
     */
    Around around(long size, long leaf) {
        Map<Place, byte[]> read = new HashMap<>();
        Set<Place> places = places(size, leaf);
        db.sql("""
                select t.level, t.tile, t.hashes from unnest(:levels::int[], :tiles::bigint[]) as wanted (level, tile)
                cross join lateral (
                    select * from log_tiles where log_id = :log and level = wanted.level and tile = wanted.tile offset 0) t
                union all
                select :entry, 0, (%s)
                """.formatted(ENTRY_OF_BUNDLE))
                .param("entry", ENTRY)
                .param("bundle", leaf >>> 8)
                .param("within", (int) (leaf & 0xff))
                .param("log", log.value())
                .param(
                        "levels",
                        new SqlArrayValue(
                                "int4", places.stream().map(Place::level).toArray()))
                .param(
                        "tiles",
                        new SqlArrayValue(
                                "int8", places.stream().map(Place::tile).toArray()))
                .query(row -> {
                    read.put(new Place(row.getInt(1), row.getLong(2)), row.getBytes(3));
                });
        return new Around(present(read.get(new Place(ENTRY, 0)), leaf), new TileSource() {
            @Override
            public byte @Nullable [] tile(int level, long index, int width) {
                byte[] hashes = read.get(new Place(level, index));
                return hashes != null && hashes.length >= width * Hash32.LENGTH
                        ? hashes
                        : LogTiles.this.tile(level, index, width);
            }

            @Override
            public byte @Nullable [] entries(long index, int width) {
                return LogTiles.this.entries(index, width);
            }
        });
    }

    private static Set<Place> places(long size, long leaf) {
        Set<Place> places = new LinkedHashSet<>();
        for (int level = 0; size >>> 8 * level > 0; level++) {
            int above = 8 * (level + 1);
            places.add(new Place(level, leaf >>> above));
            places.add(new Place(level, size >>> above));
        }
        return places;
    }

    /** @throws IllegalStateException when it is not there */
    byte[] entry(long leaf) {
        return present(
                db.sql(ENTRY_OF_BUNDLE)
                        .param("log", log.value())
                        .param("bundle", leaf >>> 8)
                        .param("within", (int) (leaf & 0xff))
                        .query(byte[].class)
                        .optional()
                        .orElse(null),
                leaf);
    }

    private static byte[] present(byte @Nullable [] entry, long leaf) {
        if (entry == null) throw new IllegalStateException("the log lost the entry at " + leaf);
        return entry;
    }

    @Override
    public byte @Nullable [] tile(int level, long index, int width) {
        return db.sql("""
                select hashes from log_tiles where log_id = :log and level = :level and tile = :tile and width >= :width
                """)
                .param("log", log.value())
                .param("level", level)
                .param("tile", index)
                .param("width", width)
                .query(byte[].class)
                .optional()
                .orElse(null);
    }

    @Override
    public byte @Nullable [] entries(long index, int width) {
        return db.sql("select entries from log_bundles where log_id = :log and bundle = :bundle and width >= :width")
                .param("log", log.value())
                .param("bundle", index)
                .param("width", width)
                .query(byte[].class)
                .optional()
                .orElse(null);
    }
}
