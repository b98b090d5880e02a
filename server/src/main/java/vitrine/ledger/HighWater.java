package vitrine.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;
import vitrine.platform.DataFolder;

/**
 * The largest size of each log that this node has signed or seen signed, in a file outside the database and outside the backup.
 * A restored database is smaller than the file says, and a node without a file knows that it does not know: neither forks the log.
 */
@Component
public class HighWater {

    private final Path folder;

    HighWater(DataFolder data) {
        this.folder = data.resolve("log");
    }

    public synchronized OptionalLong of(LogId log) {
        Path file = file(log);
        try {
            if (!Files.exists(file)) return OptionalLong.empty();
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException("high-water file " + file, e);
        }
    }

    /** Returns when the file says at least {@code size} and would still say so after a power cut. It never goes down. */
    public synchronized void raise(LogId log, long size) {
        OptionalLong now = of(log);
        if (now.isPresent() && now.getAsLong() >= size) return;
        Path file = file(log);
        try {
            Files.createDirectories(folder);
            DataFolder.writeDurably(file, (size + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("high-water file " + file, e);
        }
    }

    private Path file(LogId log) {
        return folder.resolve(log.value() + ".high-water");
    }
}
