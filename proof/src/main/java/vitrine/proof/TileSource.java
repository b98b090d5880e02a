package vitrine.proof;

import org.jspecify.annotations.Nullable;

/**
 * Where the tiles and entries of a log are kept: rows, files, a web server. What is asked for exists in every log whose
 * tree is at least as large as the one that is being read.
 *
 * <p>An answer may be wider than asked (a partial tile may have been replaced by a wider or the full one, C2SP
 * tlog-tiles "Partial Tiles"); its first part is used. Null means "not here" and becomes {@link MissingTile}. When
 * storage cannot be reached an implementation throws an unchecked exception of its own.
 */
public interface TileSource {
    /** The bytes of a tile: at least {@code width} hashes of 32 bytes; null when there is no such tile. */
    byte @Nullable [] tile(int level, long index, int width);

    /** The bytes of an entry bundle: at least {@code width} length-prefixed entries; null when there is none. */
    byte @Nullable [] entries(long index, int width);
}
