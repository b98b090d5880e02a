package vitrine.proof;

/**
 * A tile of hashes (C2SP tlog-tiles): the {@code width} hashes of tree level {@code 8 * level} that start at
 * {@code index * 256}, 32 bytes each. The array belongs to whoever receives the tile and is not copied.
 */
public record Tile(int level, long index, int width, byte[] hashes) {
    public Tile {
        if (hashes.length != width * Hash32.LENGTH) {
            throw new IllegalArgumentException(
                    "a tile of width " + width + " has " + width * Hash32.LENGTH + " bytes, got " + hashes.length);
        }
    }

    public TilePath path() {
        return new TilePath.Hashes(level, index, width);
    }
}
