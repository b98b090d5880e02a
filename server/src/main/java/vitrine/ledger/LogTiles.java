package vitrine.ledger;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.proof.TileSource;

/** The tiles and entries of one log, as rows. A row holds the widest tile so far; a narrower one is its first part. */
final class LogTiles implements TileSource {

    private final JdbcClient db;
    private final LogId log;

    LogTiles(JdbcClient db, LogId log) {
        this.db = db;
        this.log = log;
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
