package vitrine.platform;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Lets a request wait for another thread's answer, and no longer than it may. A virtual thread that waits with a time of its own gives that
 * to the runtime's one thread for timers and takes it back when the answer is there, which wakes that thread twice for each request (JDK 25,
 * {@code java.util.concurrent.DelayScheduler}). Here everybody waits without a time, and one thread looks now and then at whoever waits longest.
 */
@Component
public class Deadlines implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private record Waiting(CompletableFuture<?> coming, long until) {
        boolean settled(long now) {
            if (!coming.isDone() && until - now > 0) return false;
            coming.cancel(false);
            return true;
        }
    }

    /**
     * Whoever may wait equally long, in the order in which they came: the first is the first to have waited long enough. Whoever was answered
     * stays in line until those before her were, or have waited long enough.
     */
    private final Map<Duration, Queue<Waiting>> waiting = new ConcurrentHashMap<>();

    /** Whether the thread sleeps until somebody wakes it. */
    private final AtomicBoolean asleep = new AtomicBoolean();

    private volatile @Nullable Thread thread;

    /**
     * @param patience a constant: each different one is looked at by itself
     * @throws TimeoutException it did not come in that time, or the server stops; {@code coming} is cancelled then, 50 ms later at most
     * @throws ExecutionException why there is no answer
     */
    public <T> T await(CompletableFuture<T> coming, Duration patience)
            throws TimeoutException, ExecutionException, InterruptedException {
        if (!coming.isDone()) {
            waiting.computeIfAbsent(patience, p -> new ConcurrentLinkedQueue<>())
                    .add(new Waiting(coming, System.nanoTime() + patience.toNanos()));
            Thread looks = thread;
            if (looks == null) coming.cancel(false);
            else if (asleep.get() && asleep.compareAndSet(true, false)) LockSupport.unpark(looks);
        }
        try {
            return coming.get();
        } catch (CancellationException e) {
            throw new TimeoutException();
        }
    }

    private void look() {
        while (thread == Thread.currentThread()) {
            try {
                rest();
                long now = System.nanoTime();
                for (Queue<Waiting> line : waiting.values())
                    for (Waiting first = line.peek(); first != null && first.settled(now); first = line.peek())
                        line.poll();
            } catch (RuntimeException | Error e) {
                // Without this thread nobody's time would ever be over.
                log.error("deadlines.failed", e);
            }
        }
        for (Queue<Waiting> line : waiting.values())
            for (Waiting each = line.poll(); each != null; each = line.poll()) each.coming.cancel(false);
    }

    private void rest() {
        if (!nobodyWaits()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            return;
        }
        asleep.set(true);
        // Who came before that woke nobody.
        if (nobodyWaits()) LockSupport.park(this);
        asleep.set(false);
    }

    private boolean nobodyWaits() {
        for (Queue<Waiting> line : waiting.values()) if (!line.isEmpty()) return false;
        return true;
    }

    /** How many are looked at: of whoever was answered since the last look, too. */
    int watched() {
        return waiting.values().stream().mapToInt(Queue::size).sum();
    }

    @Override
    public void start() {
        thread = Thread.ofPlatform().daemon().name("deadlines").unstarted(this::look);
        thread.start();
    }

    @Override
    public void stop() {
        Thread looks = thread;
        thread = null;
        if (looks == null) return;
        LockSupport.unpark(looks);
        try {
            // Else it would send away whoever comes after the next start.
            looks.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return -1; // before whatever waits, and until it has stopped
    }
}
