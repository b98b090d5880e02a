package vitrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long a page takes until it is on the disk, asked forty times a second beside what is measured and with what that writes: it tells
 * waits for the disk from waits in the server, and not whose writing makes them.
 */
final class DiskProbe implements AutoCloseable {

    private static final int PAGE = 8_192;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final FileChannel file;
    private final Histogram micros = new Histogram(60_000_000L, 3);
    private final Thread asking;
    private volatile boolean ended;

    /** @param folder on the database's disk */
    DiskProbe(Path folder) throws IOException {
        file = FileChannel.open(
                folder.resolve("probe"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        asking = Thread.ofPlatform().name("disk-probe").start(this::ask);
    }

    private void ask() {
        try {
            while (!ended) {
                file.write(ByteBuffer.allocate(PAGE), 0);
                long begin = System.nanoTime();
                file.force(false);
                micros.recordValue((System.nanoTime() - begin) / 1_000);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the asking. */
    Histogram micros() throws InterruptedException {
        ended = true;
        asking.join();
        return micros;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        micros();
        file.close();
    }
}
