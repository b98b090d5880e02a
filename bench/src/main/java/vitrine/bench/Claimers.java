package vitrine.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** People who claim over kept connections, and what each of them was told. */
final class Claimers {

    private static final int REPEATS_EVERY = 5;
    private static final int TRIES = 200;

    private final List<Integer> ports;
    private final byte[][] requests;
    private final AtomicInteger next = new AtomicInteger();

    /** The number that each person was told; 0: none yet. -1: sold out. -2: told another number than before. */
    private final AtomicIntegerArray told;

    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong won = new AtomicLong();
    private final AtomicLong winnersToldSoldOut = new AtomicLong();
    private final AtomicLong others = new AtomicLong();

    private final AtomicLong busy = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong lastWinAt = new AtomicLong();

    Claimers(List<Integer> ports, List<String> passes) {
        this(ports, passes, "/api/drops/claims");
    }

    /** @param path where they ask */
    Claimers(List<Integer> ports, List<String> passes, String path) {
        this.ports = ports;
        this.requests = new byte[passes.size()][];
        this.told = new AtomicIntegerArray(passes.size());
        for (int i = 0; i < requests.length; i++) {
            String body = "{\"pass\":\"" + passes.get(i) + "\",\"n\":1}";
            requests[i] = ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    long answers() {
        return answers.get();
    }

    long won() {
        return won.get();
    }

    /** Who was told that a piece is set aside for a while. */
    long held() {
        return held.get();
    }

    /** When the last one won, by {@link System#nanoTime}. */
    long lastWinAt() {
        return lastWinAt.get();
    }

    long winnersToldSoldOut() {
        return winnersToldSoldOut.get();
    }

    /** How often "later" was the answer. */
    long busy() {
        return busy.get();
    }

    /** Answers that nobody should get here. */
    long others() {
        return others.get();
    }

    int told(int person) {
        return told.get(person);
    }

    int people() {
        return requests.length;
    }

    /**
     * As fast as they are answered, until everybody has asked or the time is over. Each fifth asks a second time: where there are two nodes both
     * at once, before either has answered.
     */
    void closedLoop(int connections, long nanos) throws InterruptedException {
        each(connections, System::nanoTime, (line, begin) -> {
            while (System.nanoTime() - begin < nanos) {
                int person = next.getAndIncrement();
                if (person >= requests.length) return;
                if (person % REPEATS_EVERY != 0) ask(line.to(person), person);
                else if (line.nodes.length > 1) askBoth(line.to(person), line.to(person + 1), person);
                else {
                    ask(line.to(person), person);
                    ask(line.to(person), person);
                }
            }
        });
    }

    /**
     * So many a second, whatever became of the others; lateness counts from when one was due. Each fifth asks a second time, and is as late
     * as that takes.
     *
     * @param leadIn seconds at the beginning whose lateness does not count: connections are new to the server then
     */
    Histogram openLoop(int connections, int perSecond, int seconds, int leadIn) throws InterruptedException {
        return openLoop(connections, perSecond, seconds, leadIn, REPEATS_EVERY, () -> System.nanoTime() + 100_000_000L);
    }

    /** Everybody once. @param start asked when all connections are open: when the first is due, by {@link System#nanoTime} */
    Histogram openLoop(int connections, int perSecond, int seconds, int leadIn, LongSupplier start)
            throws InterruptedException {
        return openLoop(connections, perSecond, seconds, leadIn, 0, start);
    }

    private Histogram openLoop(
            int connections, int perSecond, int seconds, int leadIn, int repeatsEvery, LongSupplier start)
            throws InterruptedException {
        var histogram = new ConcurrentHistogram(60_000_000L, 3);
        int first = next.get();
        int count = Math.min(perSecond * seconds, requests.length - first);
        each(connections, () -> new Timetable(start.getAsLong(), perSecond, count), (line, timetable) -> {
            for (int i = timetable.next(); i >= 0; i = timetable.next()) {
                ask(line.to(first + i), first + i);
                if (repeatsEvery > 0 && (first + i) % repeatsEvery == 0) ask(line.to(first + i + 1), first + i);
                if (i >= leadIn * perSecond) histogram.recordValue((System.nanoTime() - timetable.due(i)) / 1_000);
            }
        });
        next.addAndGet(count);
        return histogram;
    }

    private interface Sender<B> {
        void send(Line line, B begun) throws IOException;
    }

    /** One connection to each node. */
    private record Line(KeptConnection[] nodes) {
        KeptConnection to(int person) {
            return nodes[person % nodes.length];
        }
    }

    /** All connections are open before the first one speaks. */
    private <B> void each(int connections, Supplier<B> start, Sender<B> sender) throws InterruptedException {
        var open = new CountDownLatch(connections);
        var begin = new CompletableFuture<B>();
        var failure = new java.util.concurrent.atomic.AtomicReference<Throwable>();
        Thread[] threads = new Thread[connections];
        for (int n = 0; n < connections; n++) {
            threads[n] = Thread.ofVirtual().start(() -> {
                List<KeptConnection> nodes = new ArrayList<>();
                try {
                    try {
                        for (int port : ports) nodes.add(new KeptConnection(port));
                    } finally {
                        open.countDown();
                    }
                    try {
                        sender.send(new Line(nodes.toArray(KeptConnection[]::new)), begin.join());
                    } finally {
                        for (KeptConnection node : nodes) node.close();
                    }
                } catch (IOException | RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            });
        }
        open.await();
        begin.complete(start.get());
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw new IllegalStateException("a claimer was cut off", failure.get());
    }

    /** The same claim under way at two nodes. */
    private void askBoth(KeptConnection one, KeptConnection other, int person) throws IOException {
        one.send(requests[person], requests[person].length);
        other.send(requests[person], requests[person].length);
        // Both are heard before one is asked again, which takes a while where it is busy.
        boolean byOne = answered(one, one.answer(), person);
        boolean byOther = answered(other, other.answer(), person);
        if (!byOne) ask(one, person);
        if (!byOther) ask(other, person);
    }

    private void ask(KeptConnection connection, int person) throws IOException {
        for (int n = 1; n <= TRIES; n++) {
            if (answered(connection, connection.say(requests[person], requests[person].length), person)) return;
            LockSupport.parkNanos(20_000_000L * n);
        }
        others.incrementAndGet();
    }

    /** False: it was too busy. */
    private boolean answered(KeptConnection connection, int status, int person) {
        answers.incrementAndGet();
        if (status == 503) {
            busy.incrementAndGet();
            return false;
        }
        hear(person, status, connection.body());
        return true;
    }

    private void hear(int person, int status, String body) {
        if (status == 200 && body.contains("drop.held")) {
            held.incrementAndGet();
        } else if (status == 200) {
            int at = body.indexOf("\"serial\":") + 9;
            int end = at;
            while (end < body.length() && Character.isDigit(body.charAt(end))) end++;
            int serial = Integer.parseInt(body, at, end, 10);
            int before = told.getAndSet(person, serial);
            if (before == 0) {
                won.incrementAndGet();
                lastWinAt.accumulateAndGet(System.nanoTime(), Math::max);
            } else if (before != serial) told.set(person, -2);
        } else if (body.contains("drop.sold-out")) {
            int before = told.get(person);
            if (before > 0) winnersToldSoldOut.incrementAndGet();
            else told.set(person, -1);
        } else {
            others.incrementAndGet();
        }
    }
}
