package vitrine.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a witness remembers, in one file: its own key, then a line for each log with size, root and origin. It is written
 * anew beside itself, flushed to the disk and moved into place before a cosignature leaves, so that neither kill -9 nor a
 * power cut makes the witness forget what it cosigned. Losing or copying back an older file would, so a witness never
 * starts without its file, and no two programs use one.
 */
public final class WitnessFile implements Witness.Memory, AutoCloseable {
    private static final String MARK = "vitrine-witness/v1 ";

    private final Path file;
    private final String head;
    private final FileChannel lock;
    private final Map<String, Witness.Head> heads = new TreeMap<>();

    private WitnessFile(Path file, WitnessKey key, FileChannel lock) {
        this.file = file;
        this.head = MARK + key.vkey();
        this.lock = lock;
    }

    /** Makes the file of a new witness, which has cosigned nothing. @throws FileAlreadyExistsException never over another */
    public static void create(Path file, WitnessKey key) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(channel, MARK + key.vkey() + "\n");
        }
        flushFolder(file);
    }

    /** Opens a witness's file for this program alone. @throws IOException when it is not there, not its own, or in use */
    public static WitnessFile open(Path file, WitnessKey key) throws IOException {
        var lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        var lock = FileChannel.open(
                file.resolveSibling(file.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            lock.close();
            throw new IOException(file + " is in use by another witness");
        }
        var opened = new WitnessFile(file, key, lock);
        try {
            if (lines.isEmpty() || !lines.getFirst().equals(opened.head)) {
                throw new IOException(file + " is not the state of the witness " + key.vkey());
            }
            for (var line : lines.subList(1, lines.size())) opened.read(line);
            return opened;
        } catch (IOException wrong) {
            lock.close();
            throw wrong;
        }
    }

    private void read(String line) throws IOException {
        // An origin may hold spaces, so it stands last.
        var parts = line.split(" ", 3);
        var root = parts.length == 3 ? Hash32.hexOrNull(parts[1]) : null;
        if (root == null || !parts[0].matches("0|[1-9][0-9]{0,18}") || parts[2].isEmpty()) {
            throw new IOException(file + " is damaged: " + line);
        }
        var read = new Witness.Head(parts[2], Long.parseLong(parts[0]), root);
        if (heads.put(read.origin(), read) != null) throw new IOException(file + " is damaged: " + line);
    }

    @Override
    public synchronized Witness.@Nullable Head latest(String origin) {
        return heads.get(origin);
    }

    @Override
    public synchronized void keep(Witness.Head next) {
        var all = new TreeMap<>(heads);
        all.put(next.origin(), next);
        var text = new StringBuilder(head).append('\n');
        for (var each : all.values()) {
            text.append(each.size()).append(' ').append(each.root().hex()).append(' ');
            text.append(each.origin()).append('\n');
        }
        var unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            try (var channel = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                write(channel, text.toString());
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            flushFolder(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        heads.put(next.origin(), next);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static void write(FileChannel channel, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) channel.write(bytes);
        channel.force(true);
    }

    /** The name is durable only when its folder is. */
    private static void flushFolder(Path file) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder == null) return;
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
