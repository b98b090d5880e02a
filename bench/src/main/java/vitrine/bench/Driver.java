package vitrine.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Delivers orders over kept connections. Closed loop: each connection sends its next order when the last one was taken. Open loop:
 * orders are due at their times, whatever became of the others, and lateness is counted from when an order was due.
 */
final class Driver {

    private static final int ORDERS_MAX = 4_000_000;
    private static final long AGAIN_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    private final int port;
    private final OrderBodies bodies;
    private final SealWatch seals;
    private final AtomicLong next;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicLongArray due;

    /** @param first the number of the next order */
    Driver(int port, OrderBodies bodies, SealWatch seals, long first) {
        this.port = port;
        this.bodies = bodies;
        this.seals = seals;
        this.next = new AtomicLong(first);
        this.due = new AtomicLongArray(ORDERS_MAX);
    }

    /** The number that no order has had yet. */
    long next() {
        return next.get();
    }

    /** How many were taken: answered with 200. */
    long taken() {
        return taken.get();
    }

    /** How often the answer was 503. */
    long refused() {
        return refused.get();
    }

    long dueNanos(long number) {
        return due.get((int) (number - OrderBodies.FIRST));
    }

    /**
     * As fast as they are taken, until the time is over.
     *
     * @param base the log's size when no order of ours was in it
     * @param backlogMax waits while more than so many were taken and are not in a signed checkpoint
     */
    void closedLoop(int connections, long nanos, long base, long backlogMax) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        each(connections, sender -> {
            while (System.nanoTime() < end) {
                long backlog = taken.get() - (seals.size() - base);
                if (backlog >= backlogMax) {
                    seals.await(base + taken.get() - backlogMax + 1, 1);
                    continue;
                }
                sender.deliver(next.getAndIncrement());
            }
        });
    }

    /** So many a second for so long; returns when every one of them was taken. */
    void openLoop(int connections, int perSecond, int seconds) throws InterruptedException {
        long first = next.get();
        long last = first + (long) perSecond * seconds;
        long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
        for (long number = first; number < last; number++) {
            due.set(
                    (int) (number - OrderBodies.FIRST),
                    begin + (number - first) * TimeUnit.SECONDS.toNanos(1) / perSecond);
        }
        each(connections, sender -> {
            for (long number = next.getAndIncrement(); number < last; number = next.getAndIncrement()) {
                long wait = dueNanos(number) - System.nanoTime();
                if (wait > 0) LockSupport.parkNanos(wait);
                sender.deliver(number);
            }
        });
        next.set(last);
    }

    private interface Work {
        void run(Sender sender) throws IOException, InterruptedException;
    }

    private void each(int connections, Work work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            threads.add(Thread.ofVirtual().name("sender-" + i).start(() -> {
                try (var connection = new KeptConnection(port)) {
                    work.run(new Sender(connection));
                } catch (IOException e) {
                    failed.incrementAndGet();
                    e.printStackTrace();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread thread : threads) thread.join();
        if (failed.get() > 0) throw new IllegalStateException(failed.get() + " senders gave up");
    }

    private final class Sender {
        private final KeptConnection connection;
        private final OrderBodies.Writer writer = bodies.new Writer("localhost:" + port);

        Sender(KeptConnection connection) {
            this.connection = connection;
        }

        /** Until it was taken: what is refused with 503 is sent again, as shops do. */
        void deliver(long number) throws IOException {
            writer.write(number);
            while (true) {
                int status = connection.say(writer.request(), writer.length());
                if (status == 200) break;
                if (status != 503) throw new IOException("answered " + status + ": " + connection.body());
                refused.incrementAndGet();
                LockSupport.parkNanos(AGAIN_AFTER_NANOS);
            }
            taken.incrementAndGet();
        }
    }
}
