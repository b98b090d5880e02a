package vitrine.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The one folder in which a node keeps what must outlive it: keys, the embedded database, the log's high-water file.
 * Whoever holds the object holds an operating system's lock on it, so one folder never serves two nodes.
 */
public final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes the folder where it is missing (readable by its owner alone) and takes its lock, or refuses in one line. */
    public static DataFolder lock(Path path) {
        var folder = path.toAbsolutePath().normalize();
        try {
            makePrivate(folder);
            return lockMade(folder);
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "The data folder %s cannot be used by %s: %s"
                            .formatted(folder, System.getProperty("user.name"), reason(e)),
                    e);
        }
    }

    /** Java's exceptions about files mostly say the path alone. */
    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "no right to write at " + denied.getFile();
            case FileAlreadyExistsException file -> file.getFile() + " is a file, not a folder";
            case FileSystemException other
            when other.getReason() != null -> other.getReason() + " (" + other.getFile() + ")";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static DataFolder lockMade(Path folder) throws IOException {
        // A POSIX lock belongs to the process and goes with it, also under kill -9; PostgreSQL, our child, does not
        // inherit it. Closing any other handle on this file would release it: this process opens it once, here.
        var file = folder.resolve("vitrine.lock");
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new StartRefused(
                    StartRefused.TAKEN, "Vitrine already runs on %s, in this very process.".formatted(folder), e);
        }
        if (lock == null) {
            var holder = read(channel);
            channel.close();
            throw new StartRefused(
                    StartRefused.TAKEN,
                    "Vitrine already runs on %s: %s. Open that one, or stop it, or choose another folder with --data."
                            .formatted(folder, holder.isBlank() ? "its starting has just begun" : holder));
        }
        var locked = new DataFolder(folder, channel, lock);
        locked.announce("no address yet");
        return locked;
    }

    /** Writes into the lock file who holds it, for the line that a second start prints. */
    public void announce(String address) {
        try {
            var line = "process %d, %s".formatted(ProcessHandle.current().pid(), address);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** A folder below this one that only its owner may enter. */
    public Path privateFolder(String name) {
        try {
            return makePrivate(path.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a file so that after a crash at any moment either the old or the new bytes are there, whole. */
    public static void writeDurably(Path file, byte[] bytes) throws IOException {
        var parent = file.toAbsolutePath().getParent();
        var temporary = Files.createTempFile(parent, file.getFileName() + ".", ".new"); // 0600
        try (var out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) out.write(buffer);
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var folder = FileChannel.open(parent, StandardOpenOption.READ)) {
            folder.force(true); // the name itself is on disk only now
        }
    }

    @Override
    public void close() {
        try {
            channel.truncate(0);
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path makePrivate(Path folder) throws IOException {
        var ownerOnly = PosixFilePermissions.fromString("rwx------");
        if (!Files.isDirectory(folder)) {
            return Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(ownerOnly));
        }
        // One that was made for us; a folder with anything in it keeps the rights that somebody gave it.
        try (var files = Files.list(folder)) {
            if (files.findAny().isEmpty()) Files.setPosixFilePermissions(folder, ownerOnly);
        }
        return folder;
    }

    private static String read(FileChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(1_000);
        channel.read(buffer, 0);
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }
}
