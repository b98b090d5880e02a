package vitrine.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Files that appear whole or not at all, in folders that only their owner reads. */
final class Folders {
    private Folders() {}

    static void makePrivate(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        Files.createDirectories(folder);
        if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    static void replace(Path file, byte[] bytes) throws IOException {
        var whole = file.resolveSibling(file.getFileName() + ".new");
        Files.write(whole, bytes);
        replace(file, whole);
    }

    /** The new file takes the old one's place once its bytes are on the disk. */
    static void replace(Path file, Path whole) throws IOException {
        try (var channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
