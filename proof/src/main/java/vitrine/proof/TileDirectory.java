package vitrine.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** A log kept as files, laid out as it would be served: {@code checkpoint} and {@code tile/…} below one folder. */
public record TileDirectory(Path root) implements TileSource {
    @Override
    public byte @Nullable [] tile(int level, long index, int width) {
        return read(new TilePath.Hashes(level, index, width), new TilePath.Hashes(level, index, TilePath.FULL_WIDTH));
    }

    @Override
    public byte @Nullable [] entries(long index, int width) {
        return read(new TilePath.Entries(index, width), new TilePath.Entries(index, TilePath.FULL_WIDTH));
    }

    /** Writes what an append changed, entries before tiles. @throws UncheckedIOException when a file cannot be written */
    public void write(Appended appended) {
        for (var bundle : appended.bundles()) write(bundle.path(), bundle.bytes());
        for (var tile : appended.tiles()) write(tile.path(), tile.hashes());
    }

    private byte @Nullable [] read(TilePath path, TilePath full) {
        var bytes = read(path);
        return bytes != null || path.equals(full) ? bytes : read(full);
    }

    private byte @Nullable [] read(TilePath path) {
        // A file that is larger than a bundle can be is none: its beginning is enough to say so.
        try (var in = Files.newInputStream(root.resolve(path.text()))) {
            return in.readNBytes(EntryBundle.BYTES_MAX + 1);
        } catch (NoSuchFileException absent) {
            return null;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A reader sees a file whole or not at all. */
    private void write(TilePath path, byte[] bytes) {
        var file = root.resolve(path.text());
        try {
            Files.createDirectories(file.resolve("..").normalize());
            var unfinished = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(unfinished, bytes);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
