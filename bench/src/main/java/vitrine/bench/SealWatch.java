package vitrine.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reads the signed checkpoint as a stranger would, some forty times a second, and notes when each size was first seen. */
final class SealWatch implements AutoCloseable {

    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** A checkpoint of this size was there at this time. */
    record Seen(long size, long atNanos) {}

    private final KeptConnection connection;
    private final List<Seen> seen = new ArrayList<>();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile long size;

    SealWatch(int port) throws IOException {
        connection = new KeptConnection(port);
        look();
        thread = Thread.ofPlatform().name("seal-watch").start(this::watch);
    }

    private void watch() {
        while (running) {
            try {
                look();
            } catch (IOException e) {
                if (running) throw new IllegalStateException("the checkpoint cannot be read", e);
            }
            LockSupport.parkNanos(EVERY_NANOS);
        }
    }

    private void look() throws IOException {
        int status = connection.get("/log/checkpoint");
        if (status == 404) return; // nothing was ever signed
        if (status != 200) throw new IOException("checkpoint: status " + status);
        long now = Long.parseLong(connection.body().split("\n", 3)[1]);
        if (now == size) return;
        synchronized (this) {
            size = now;
            seen.add(new Seen(now, System.nanoTime()));
            notifyAll();
        }
    }

    long size() {
        return size;
    }

    synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** Until a checkpoint of this size was seen; false: it did not come in time. */
    synchronized boolean await(long wanted, long seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (size < wanted && System.nanoTime() < end && thread.isAlive()) TimeUnit.MILLISECONDS.timedWait(this, 200);
        return size >= wanted;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        running = false;
        LockSupport.unpark(thread);
        thread.join();
        connection.close();
    }
}
