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

    /** No level of the tree: where a bundle lies among what was read. */
    private static final int BUNDLE = -1;

    private record Place(int level, long tile) {}

    /**
     * The same, with this leaf's bundle and all tiles on its way to the root of a tree of this size read in one statement: a proof
     * needs a tile a level there and one at the tree's right edge, and no other. The lateral form cannot be planned wrongly, whatever is known of the table.
     */
    TileSource around(long size, long leaf) {
        Set<Place> places = new LinkedHashSet<>();
        for (int level = 0; size >>> 8 * level > 0; level++) {
            int above = 8 * (level + 1);
            places.add(new Place(level, leaf >>> above));
            places.add(new Place(level, size >>> above));
        }
        Place bundle = new Place(BUNDLE, leaf >>> 8);
        Map<Place, byte[]> read = new HashMap<>();
        db.sql("""
                select t.level, t.tile, t.hashes from unnest(:levels::int[], :tiles::bigint[]) as wanted (level, tile)
                cross join lateral (
                    select * from log_tiles where log_id = :log and level = wanted.level and tile = wanted.tile offset 0) t
                union all
                select :none, bundle, entries from log_bundles where log_id = :log and bundle = :bundle
                """)
                .param("none", BUNDLE)
                .param("bundle", bundle.tile())
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
        return new TileSource() {
            @Override
            public byte @Nullable [] tile(int level, long index, int width) {
                byte[] hashes = read.get(new Place(level, index));
                return hashes != null && hashes.length >= width * Hash32.LENGTH
                        ? hashes
                        : LogTiles.this.tile(level, index, width);
            }

            @Override
            public byte @Nullable [] entries(long index, int width) {
                byte[] entries = index == bundle.tile() ? read.get(bundle) : null;
                return entries != null ? entries : LogTiles.this.entries(index, width);
            }
        };
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
