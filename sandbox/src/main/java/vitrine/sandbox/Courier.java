package vitrine.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages to the server: in order within a shop, each shop on its own lane, so a slow shop holds up nobody
 * else. The switches act here, and here a shop repeats what was not taken. Bodies are made from the order as it was
 * when the message was due, so a repeated message is the old one. What waits when the sandbox stops is lost, as with a
 * real shop that went down; reconciling finds it.
 */
final class Courier implements Closeable {
    private static final int LOGGED = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** One attempt, for the log. {@code outcome} is an HTTP status, or a word. */
    record Delivery(
            Instant at,
            String shop,
            String topic,
            long number,
            String deliveryId,
            int attempt,
            String outcome,
            long millis) {}

    private record Outgoing(Event event, int attempt, Instant notBefore) {}

    private final HttpClient http;
    private final Clock clock;
    private final double retryScale;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("retries").factory());
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Deque<Delivery> log = new ArrayDeque<>();
    private volatile boolean open = true;

    Courier(List<ShopConfig> shops, HttpClient http, Clock clock, double retryScale) {
        this.http = http;
        this.clock = clock;
        this.retryScale = retryScale;
        shops.forEach(shop -> lanes.put(shop.shop(), new Lane(shop)));
    }

    void send(ShopConfig shop, SandboxOrder.Step step) {
        var lane = lane(shop.shop());
        Messages.events(shop, step).forEach(event -> lane.enqueue(event, 1, Duration.ZERO));
    }

    /** Sends at once beside the lane, many at a time: a burst. */
    void fire(ShopConfig shop, SandboxOrder.Step step, Semaphore width) throws InterruptedException {
        var lane = lane(shop.shop());
        for (var event : Messages.events(shop, step)) {
            width.acquire();
            lane.begun();
            Thread.ofVirtual().name("burst-" + shop.shop()).start(() -> {
                try {
                    lane.attempt(event, 1);
                } finally {
                    width.release();
                    lane.done();
                }
            });
        }
    }

    Switches switches(String shop) {
        return lane(shop).switches();
    }

    void set(String shop, Switches switches) {
        lane(shop).set(switches);
    }

    Map<String, Map<String, Long>> counts() {
        var counts = new LinkedHashMap<String, Map<String, Long>>();
        lanes.forEach((shop, lane) -> counts.put(shop, lane.counts()));
        return counts;
    }

    List<Delivery> log() {
        synchronized (log) {
            return new ArrayList<>(log);
        }
    }

    /** Waits until nothing is under way and no retry is due; false when the time is up. */
    boolean quiet(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        for (var lane : lanes.values()) {
            if (!lane.quiet(end)) {
                return false;
            }
        }
        return true;
    }

    private Lane lane(String shop) {
        var lane = lanes.get(shop);
        if (lane == null) {
            throw Refused.notFound("shop.unknown", "there is no shop " + shop);
        }
        return lane;
    }

    private void note(Delivery delivery) {
        synchronized (log) {
            log.addFirst(delivery);
            if (log.size() > LOGGED) {
                log.removeLast();
            }
        }
    }

    @Override
    public void close() {
        open = false;
        later.shutdownNow();
        lanes.values().forEach(lane -> lane.worker.interrupt());
    }

    private final class Lane {
        private final ShopConfig shop;
        private final BlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>();
        private final Map<String, Long> counts = new LinkedHashMap<>();
        private final Random chance;
        private final Thread worker;
        private Switches switches = Switches.OFF;
        private long underWay;

        Lane(ShopConfig shop) {
            this.shop = shop;
            this.chance = new Random(shop.shop().hashCode());
            for (var name : List.of(
                    "sent",
                    "accepted",
                    "refused",
                    "failed",
                    "repeated",
                    "gave_up",
                    "dropped",
                    "doubled",
                    "reordered",
                    "bad_signature")) {
                counts.put(name, 0L);
            }
            this.worker = Thread.ofVirtual().name("lane-" + shop.shop()).start(this::run);
        }

        void enqueue(Event event, int attempt, Duration wait) {
            begun();
            queue.add(new Outgoing(
                    event,
                    attempt,
                    clock.instant().plus(wait).plusMillis(switches().delayMillis())));
        }

        private void run() {
            Outgoing held = null;
            while (open) {
                try {
                    var next = held == null ? queue.take() : queue.poll(500, TimeUnit.MILLISECONDS);
                    if (next == null) {
                        next = held;
                        held = null;
                    } else {
                        await(next.notBefore);
                        if (held == null && take(switches().reorderPercent())) {
                            count("reordered");
                            held = next;
                            continue;
                        }
                    }
                    if (next != null) {
                        deliver(next);
                    }
                    if (held != null) {
                        deliver(held);
                        held = null;
                    }
                } catch (InterruptedException stopped) {
                    return;
                }
            }
        }

        private void await(Instant notBefore) throws InterruptedException {
            var wait = Duration.between(clock.instant(), notBefore);
            if (wait.isPositive()) {
                Thread.sleep(wait);
            }
        }

        private void deliver(Outgoing outgoing) {
            try {
                attempt(outgoing.event, outgoing.attempt);
                if (take(switches().doublePercent())) {
                    count("doubled");
                    attempt(outgoing.event, outgoing.attempt);
                }
            } finally {
                done();
            }
        }

        void attempt(Event event, int attempt) {
            var message = Messages.of(shop, event, clock.instant());
            if (drops()) {
                count("dropped");
                note(message, event, attempt, "dropped", 0);
                return;
            }
            if (spoils()) {
                count("bad_signature");
                message = message.withBadSignature();
            }
            count("sent");
            long begun = System.nanoTime();
            int status = post(message);
            long millis = (System.nanoTime() - begun) / 1_000_000;
            note(message, event, attempt, status == 0 ? "no answer" : String.valueOf(status), millis);
            if (status >= 200 && status <= 299) {
                count("accepted");
                return;
            }
            count(status == 0 ? "failed" : "refused");
            if (status != 0) {
                count("refused_" + status);
            }
            repeat(event, attempt, status);
        }

        private void repeat(Event event, int attempt, int status) {
            var dialect = Messages.dialect(shop);
            if (!dialect.repeatsAfter(status) || attempt > dialect.retries().size() || !open) {
                count("gave_up");
                return;
            }
            count("repeated");
            begun();
            var wait =
                    Duration.ofMillis((long) (dialect.retries().get(attempt - 1).toMillis() * retryScale));
            later.schedule(
                    () -> {
                        enqueue(event, attempt + 1, Duration.ZERO);
                        done();
                    },
                    wait.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        /** The status, or 0 where there was none. */
        private int post(Message message) {
            var request = HttpRequest.newBuilder(URI.create(message.url()))
                    .timeout(PATIENCE)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(message.body()));
            message.headers().forEach(request::header);
            try {
                return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException silent) {
                return 0;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }

        private void note(Message message, Event event, int attempt, String outcome, long millis) {
            Courier.this.note(new Delivery(
                    clock.instant(),
                    shop.shop(),
                    message.topic().toLowerCase(Locale.ROOT),
                    event.order().number(),
                    message.deliveryId(),
                    attempt,
                    outcome,
                    millis));
        }

        synchronized Switches switches() {
            return switches;
        }

        synchronized void set(Switches other) {
            switches = other;
        }

        private synchronized boolean take(int percent) {
            return percent > 0 && chance.nextInt(100) < percent;
        }

        private synchronized boolean drops() {
            if (switches.dropNext() > 0) {
                switches = switches.afterDrop();
                return true;
            }
            return take(switches.dropPercent());
        }

        private synchronized boolean spoils() {
            if (switches.badSignatureNext() > 0) {
                switches = switches.afterBadSignature();
                return true;
            }
            return take(switches.badSignaturePercent());
        }

        private synchronized void count(String name) {
            counts.merge(name, 1L, Long::sum);
        }

        synchronized Map<String, Long> counts() {
            return new LinkedHashMap<>(counts);
        }

        synchronized void begun() {
            underWay++;
        }

        synchronized void done() {
            underWay--;
            notifyAll();
        }

        synchronized boolean quiet(long end) throws InterruptedException {
            while (underWay > 0) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
            return true;
        }
    }

    /** Where a burst stands still because the receiver is slower than the rate. */
    static @Nullable Duration pause(long begun, int sent, double rate) {
        var due = (long) (sent / rate * 1e9) - (System.nanoTime() - begun);
        return due > 0 ? Duration.ofNanos(due) : null;
    }
}
