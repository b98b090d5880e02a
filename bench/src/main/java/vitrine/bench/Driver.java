package vitrine.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** What an open loop really offered. @param sent first sendings within its time; @param lateMillis the latest of them */
    record Offered(long sent, long lateMillis) {}

    /** An order that is due, for the first time or again. */
    private record Due(long number, long nanos, boolean again) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(nanos, ((Due) other).nanos);
        }
    }

    /**
     * So many a second for so long; returns when every one of them was taken. A connection belongs to no order: what is refused is due
     * again after a second, and whoever is free then sends it. So what is offered stays what it is while there are free connections.
     */
    Offered openLoop(int connections, int perSecond, int seconds) throws InterruptedException {
        long first = next.get();
        int orders = perSecond * seconds;
        var queue = new DelayQueue<Due>();
        var open = new CountDownLatch(connections);
        var left = new AtomicInteger(orders);
        var sent = new AtomicLong();
        var late = new AtomicLong();
        var end = new AtomicLong();
        var over = new AtomicBoolean();
        var timetable = Thread.ofVirtual().start(() -> {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
            end.set(begin + TimeUnit.SECONDS.toNanos(seconds));
            for (int i = 0; i < orders; i++) {
                long at = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
                due.set((int) (first + i - OrderBodies.FIRST), at);
                queue.put(new Due(first + i, at, false));
            }
        });
        each(connections, sender -> {
            open.countDown();
            boolean whole = false;
            try {
                for (Due order = queue.take(); order.number > 0; order = queue.take()) {
                    long now = System.nanoTime();
                    if (!order.again) {
                        late.accumulateAndGet(now - order.nanos, Math::max);
                        if (now < end.get()) sent.incrementAndGet();
                    }
                    if (!sender.offer(order.number)) {
                        queue.put(new Due(order.number, System.nanoTime() + AGAIN_AFTER_NANOS, true));
                    } else if (left.decrementAndGet() == 0) {
                        break;
                    }
                }
                whole = left.get() > 0;
            } finally {
                // The last order was taken, or a connection broke: everybody may go home.
                if (!whole && over.compareAndSet(false, true)) {
                    for (int i = 0; i < connections; i++) queue.put(new Due(0, 0, true));
                }
            }
        });
        timetable.join();
        next.set(first + orders);
        return new Offered(sent.get(), TimeUnit.NANOSECONDS.toMillis(late.get()));
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
            while (!offer(number)) LockSupport.parkNanos(AGAIN_AFTER_NANOS);
        }

        /** Once; whether it was taken. */
        boolean offer(long number) throws IOException {
            writer.write(number);
            int status = connection.say(writer.request(), writer.length());
            if (status != 200 && status != 503) throw new IOException("answered " + status + ": " + connection.body());
            (status == 200 ? taken : refused).incrementAndGet();
            return status == 200;
        }
    }
}
