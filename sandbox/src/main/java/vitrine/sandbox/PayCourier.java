package vitrine.sandbox;

import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tells merchants of payments, each host by its own ladder of repetitions, and lets go wrong what the switches say. */
final class PayCourier implements Closeable {
    record Outgoing(String url, Map<String, String> headers, byte[] body) {}

    /** One event; signed anew at each try, as the hosts do. */
    interface Telling {
        Outgoing at(Instant now, Sort sort);
    }

    enum Sort {
        GENUINE,
        FORGED,
        PROBE,
        SHORT_OF_ONE
    }

    private final PayPost post;
    private final Clock clock;
    private final double retryScale;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("pay-retries").factory());
    private final AtomicInteger underWay = new AtomicInteger();
    private final Random chance = new Random(7);
    /** Trades whose payers were found paying, until somebody asked. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    private PaySwitches switches = PaySwitches.OFF;

    PayCourier(PayPost post, Clock clock, double retryScale) {
        this.post = post;
        this.clock = clock;
        this.retryScale = retryScale;
    }

    synchronized PaySwitches switches() {
        return switches;
    }

    synchronized void set(JsonNode change) {
        switches = switches.with(change);
    }

    /** Whether the next one of these is to go wrong; it is counted off. */
    synchronized boolean take(String counter) {
        int left = Json.MAPPER.valueToTree(switches).path(counter).asInt(0);
        if (left <= 0) {
            return false;
        }
        switches = switches.with(Json.object().put(counter, left - 1));
        return true;
    }

    /** Whether somebody else signs this answer. */
    boolean answersWrongly() {
        return switches().badAnswerNext() > 0 && take("badAnswerNext");
    }

    /** What a host gives back of what it kept. */
    long feeBack(Trade trade, Trade.Back back) {
        return switches().feesBack() ? trade.fee(back) : 0;
    }

    /** Whether a closing finds its payer busy. */
    boolean findsBusy(Trade trade) {
        return switches().payerBusyNext() > 0
                && trade.state() == Trade.State.OPEN
                && take("payerBusyNext")
                && busy.add(trade.key());
    }

    /** Whether she was found so since somebody asked last. */
    boolean wasBusy(Trade trade) {
        return busy.remove(trade.key()) && trade.state() == Trade.State.OPEN;
    }

    private synchronized boolean happens(int percent) {
        return percent > 0 && chance.nextInt(100) < percent;
    }

    void tell(Telling telling, List<Duration> retries, Predicate<PayPost.Reply> taken) {
        var now = switches();
        underWay.incrementAndGet();
        run(now.delayMillis(), () -> {
            if (now.dropNext() > 0 && take("dropNext") || happens(now.dropPercent())) {
                return;
            }
            if (now.signTestNext() > 0 && take("signTestNext")) {
                attempt(telling.at(clock.instant(), Sort.PROBE));
            }
            if (now.badSignatureNext() > 0 && take("badSignatureNext")) {
                attempt(telling.at(clock.instant(), Sort.FORGED));
            }
            if (now.wrongAmountNext() > 0 && take("wrongAmountNext")) {
                attempt(telling.at(clock.instant(), Sort.SHORT_OF_ONE));
                return;
            }
            attempts(telling, retries, taken, 0);
            if (happens(now.doublePercent())) {
                attempt(telling.at(clock.instant(), Sort.GENUINE));
            }
        });
    }

    private void attempts(Telling telling, List<Duration> retries, Predicate<PayPost.Reply> taken, int done) {
        var answer = attempt(telling.at(clock.instant(), Sort.GENUINE));
        if (answer != null && taken.test(answer) || done == retries.size()) {
            return;
        }
        underWay.incrementAndGet();
        run((long) (retries.get(done).toMillis() * retryScale), () -> attempts(telling, retries, taken, done + 1));
    }

    private void run(long afterMillis, Runnable step) {
        Runnable counted = () -> {
            try {
                step.run();
            } finally {
                underWay.decrementAndGet();
            }
        };
        if (afterMillis <= 0) {
            Thread.ofVirtual().name("pay-callback").start(counted);
        } else {
            later.schedule(
                    () -> Thread.ofVirtual().name("pay-callback").start(counted), afterMillis, TimeUnit.MILLISECONDS);
        }
    }

    private PayPost.@Nullable Reply attempt(Outgoing outgoing) {
        return post.send(outgoing.url(), outgoing.headers(), outgoing.body());
    }

    boolean isQuiet() {
        return underWay.get() == 0;
    }

    static List<Duration> seconds(int... seconds) {
        return Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toList();
    }

    @Override
    public void close() {
        later.shutdownNow();
    }
}
