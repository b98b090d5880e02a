package vitrine.proof;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A log in memory that keeps, as a database would, one row a tile: the widest it ever had. */
final class MemoryLog implements TileSource {
    final Map<String, byte[]> rows = new HashMap<>();
    int reads;

    void store(Appended appended) {
        for (var tile : appended.tiles()) rows.put(key(tile.level(), tile.index()), tile.hashes());
        for (var bundle : appended.bundles()) rows.put(key(-1, bundle.index()), bundle.bytes());
    }

    @Override
    public byte @Nullable [] tile(int level, long index, int width) {
        reads++;
        return rows.get(key(level, index));
    }

    @Override
    public byte @Nullable [] entries(long index, int width) {
        reads++;
        return rows.get(key(-1, index));
    }

    static String key(int level, long index) {
        return level + "/" + index;
    }
}
