package vitrine.drop;

import static java.time.temporal.ChronoUnit.MICROS;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vitrine.drop.ClaimSql.Locked;
import vitrine.drop.ClaimSql.Outcome;
import vitrine.drop.ClaimSql.Wish;
import vitrine.drop.ClaimSql.Written;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Ids;

/**
 * Writes the claims of one stage, whatever came in the last milliseconds in one transaction, and only then lets the answers go.
 * While one batch is being committed the next one gathers, so batches grow with the crowd. When a commit's end is unknown the same
 * batch is written again: under the lock it finds what it has written, and nothing is answered from memory.
 */
final class ClaimWriter {

    private static final Logger log = LoggerFactory.getLogger(ClaimWriter.class);

    static final int BATCH_MAX = 300;
    static final int QUEUE_MAX = 4_000;
    /** How long after the end of the window what was let in before it is still written; less than {@link Claims} waits. */
    static final Duration LATE = Duration.ofSeconds(4);

    private static final int TRIES = 2;
    /** So many in a quarter of a second are a crowd. */
    private static final int RUSH = 100;

    private static final long RUSH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long RUSHED_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * What waits to be written, for whoever waits for its answer: a try that is made again while it waits is the same one. Those who
     * wait change under their collector's entry of {@link #inLine} alone.
     */
    private static final class Waiting {
        private final Wish wish;
        private final CompletableFuture<Answer> first = new CompletableFuture<>();
        private List<CompletableFuture<Answer>> more = List.of();

        Waiting(Wish wish) {
            this.wish = wish;
        }

        boolean same(Wish other) {
            return Arrays.equals(wish.key(), other.key())
                    && Arrays.equals(wish.person(), other.person())
                    && Arrays.equals(wish.code(), other.code())
                    && Objects.equals(wish.unit(), other.unit());
        }

        CompletableFuture<Answer> another() {
            var answer = new CompletableFuture<Answer>();
            if (more.isEmpty()) more = new ArrayList<>(1);
            more.add(answer);
            return answer;
        }

        int listeners() {
            return 1 + more.size();
        }

        /** Whether all of them have gone. */
        boolean leftAlone() {
            return first.isDone() && more.stream().allMatch(CompletableFuture::isDone);
        }

        void answer(Answer answer) {
            first.complete(answer);
            for (CompletableFuture<Answer> each : more) each.complete(answer.again());
        }

        void fail(Error why) {
            first.completeExceptionally(why);
            for (CompletableFuture<Answer> each : more) each.completeExceptionally(why);
        }
    }

    /** @param written null: nothing was written, and why stands in the drop's state, or we do not know */
    record Answer(@Nullable Written written, @Nullable Locked found) {

        /** For whoever made the same try again. */
        Answer again() {
            return written != null && written.outcome() == Outcome.TAKEN
                    ? new Answer(new Written(Outcome.AGAIN, written.claim()), found)
                    : this;
        }
    }

    private final DropId drop;
    private final Stage stage;
    private final ClaimConnections connections;
    private final HotTurns turns;
    private final List<UUID> rows;
    private final Ids ids;
    private final BusinessClock clock;
    private final ClockCheck clocks;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUE_MAX);

    /** What each collector has waiting, until it goes into a batch. */
    private final ConcurrentHashMap<UUID, List<Waiting>> inLine = new ConcurrentHashMap<>();

    /** Who came before, and whose collector, person or code was in a batch already. */
    private final Deque<Waiting> next = new ArrayDeque<>();

    private volatile int setAside;
    private volatile long rushedAt = System.nanoTime() - RUSHED_NANOS;
    private long countedFrom = System.nanoTime();
    private int counted;
    private volatile boolean running = true;
    private final @Nullable Thread thread;
    private final Mode mode;

    enum Mode {
        RUNNING,
        /** Somebody calls {@link #writeNext} instead of a thread of its own. */
        BY_HAND,
        /** Everything is written and answered, and nothing is committed; see {@link WarmUp}. */
        WARMING_UP
    }

    ClaimWriter(
            DropId drop,
            Stage stage,
            ClaimConnections connections,
            HotTurns turns,
            Ids ids,
            BusinessClock clock,
            ClockCheck clocks,
            Mode mode) {
        this.drop = drop;
        this.stage = stage;
        this.connections = connections;
        this.turns = turns;
        this.rows = List.of(drop.value(), stage.collectible().value());
        this.ids = ids;
        this.clock = clock;
        this.clocks = clocks;
        // Of the system, as jobs are: else it waits behind the very requests that wait for it.
        this.mode = mode;
        this.thread = mode == Mode.BY_HAND
                ? null
                : Thread.ofPlatform().daemon().name("claim-writer").start(this::work);
    }

    /**
     * Null: the queue is full, this collector has more waiting than she may have pieces, or this writer has stopped. Whoever waits no
     * longer cancels: what nobody waits for is not made.
     */
    @Nullable
    CompletableFuture<Answer> offer(
            UUID collector,
            byte[] key,
            byte @Nullable [] person,
            int limit,
            byte @Nullable [] code,
            @Nullable Integer unit) {
        if (!running) return null;
        var mine = new Waiting(new Wish(ids.next(), collector, key, person, limit, code, unit));
        var answer = new AtomicReference<@Nullable CompletableFuture<Answer>>();
        inLine.compute(collector, (who, hers) -> {
            for (Waiting there : hers == null ? List.<Waiting>of() : hers) {
                if (!there.same(mine.wish)) continue;
                answer.setPlain(there.another());
                return hers;
            }
            // One more than she may have, so that she hears of her limit.
            if (hers != null && hers.size() > limit) return hers;
            if (queue.size() + setAside >= QUEUE_MAX || !queue.offer(mine)) return hers;
            answer.setPlain(mine.first);
            List<Waiting> line = hers == null ? new ArrayList<>(1) : hers;
            line.add(mine);
            return line;
        });
        return answer.getPlain();
    }

    /** Whether a crowd came in the last two seconds. */
    boolean rushed() {
        return System.nanoTime() - rushedAt < RUSHED_NANOS;
    }

    void stop() throws InterruptedException {
        running = false;
        if (thread != null) thread.join(TimeUnit.SECONDS.toMillis(10));
    }

    /** How many wait to be written. */
    int waiting() {
        return queue.size() + setAside;
    }

    /** How many wait for an answer: more than {@link #waiting} where somebody makes a try again. */
    int listeners() {
        int listeners = 0;
        for (List<Waiting> hers : inLine.values()) for (Waiting each : hers) listeners += each.listeners();
        return listeners;
    }

    /** Writes one batch of what waits. */
    void writeNext() throws InterruptedException {
        List<Waiting> batch = gather();
        if (!batch.isEmpty()) write(batch);
    }

    /** Whether it still takes claims. */
    boolean isThere() {
        return running;
    }

    /** A stage gives nothing any more so long after its end: who waits for its claims would wake ten times a second for ever. */
    private boolean settled() {
        return !clocks.off() && clock.now().isAfter(stage.closesAt().plus(Claims.SETTLED));
    }

    private void work() {
        while (running || waiting() > 0) {
            if (running && waiting() == 0 && settled()) running = false;
            try {
                writeNext();
            } catch (Error e) {
                // Those who waited were told; a writer that is gone would keep everybody else waiting for ever.
                log.error("drop.writer-failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Each collector and each person once, and each code where a number is chosen with it: those who are in already stand at the head of
     * the next batch, and who comes behind them does not wait for it.
     */
    private List<Waiting> gather() throws InterruptedException {
        List<Waiting> batch = new ArrayList<>(BATCH_MAX);
        Deque<Waiting> again = new ArrayDeque<>();
        Set<Object> in = HashSet.newHashSet(BATCH_MAX);
        while (batch.size() < BATCH_MAX && !next.isEmpty()) put(next.poll(), batch, in, again);
        if (batch.isEmpty() && again.isEmpty()) {
            Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
            if (first == null) {
                setAside = 0;
                return batch;
            }
            put(first, batch, in, again);
        }
        List<Waiting> came = new ArrayList<>(BATCH_MAX);
        while (batch.size() < BATCH_MAX && queue.drainTo(came, BATCH_MAX - batch.size()) > 0) {
            for (Waiting each : came) put(each, batch, in, again);
            came.clear();
        }
        while (!again.isEmpty()) next.addFirst(again.pollLast());
        setAside = next.size();
        return batch;
    }

    private void put(Waiting waiting, List<Waiting> batch, Set<Object> in, Deque<Waiting> again) {
        Wish wish = waiting.wish;
        byte[] person = wish.person();
        byte[] code = stage.chosen() ? wish.code() : null;
        Object human = person == null ? null : ByteBuffer.wrap(person);
        Object used = code == null ? null : ByteBuffer.wrap(code);
        if (in.contains(wish.collector()) || human != null && in.contains(human) || used != null && in.contains(used)) {
            again.add(waiting);
        } else if (!takenOut(waiting)) {
            in.add(wish.collector());
            if (human != null) in.add(human);
            if (used != null) in.add(used);
            batch.add(waiting);
        }
    }

    /** From here on nobody joins it. Returns whether nobody waits for it any more. */
    private boolean takenOut(Waiting waiting) {
        inLine.computeIfPresent(waiting.wish.collector(), (who, hers) -> {
            hers.remove(waiting);
            return hers.isEmpty() ? null : hers;
        });
        return waiting.leftAlone();
    }

    private void write(List<Waiting> batch) {
        try {
            tryToWrite(batch);
        } catch (Error e) {
            for (Waiting waiting : batch) waiting.fail(e);
            throw e;
        }
    }

    /** Whoever was let in just before the end is served; a node that was frozen and thaws long after it serves nobody any more. */
    private boolean stillOpen(Instant now) {
        return now.isBefore(stage.closesAt().plus(LATE));
    }

    private void tryToWrite(List<Waiting> batch) {
        List<Wish> wishes = batch.stream().map(waiting -> waiting.wish).toList();
        for (int n = 1; n <= TRIES && !clocks.off(); n++) {
            try (HotTurns.Turn turn = turns.take(rows);
                    Connection connection = connections.open()) {
                Locked found;
                Map<UUID, Written> written;
                try {
                    found = ClaimSql.lock(connection, drop, stage);
                    if (clocks.off()) { // since it let them in
                        connection.rollback();
                        break;
                    }
                    Instant now = clock.now().truncatedTo(MICROS);
                    written = found.state() == Drop.State.PUBLISHED && stillOpen(now)
                            ? ClaimSql.claim(connection, drop, stage, found, wishes, now)
                            : Map.of();
                    if (mode == Mode.WARMING_UP) connection.rollback();
                    else connection.commit();
                } catch (SQLException | RuntimeException e) {
                    rollBack(connection);
                    throw e;
                }
                count(batch.size());
                for (Waiting waiting : batch) {
                    waiting.answer(new Answer(written.get(waiting.wish.claim()), found));
                }
                return;
            } catch (SQLException | RuntimeException e) {
                log.info("drop.write-failed claims={} try={} ({})", batch.size(), n, e.getMessage());
            }
        }
        for (Waiting waiting : batch) waiting.answer(new Answer(null, null));
    }

    private void count(int written) {
        long now = System.nanoTime();
        if (now - countedFrom > RUSH_NANOS) {
            countedFrom = now;
            counted = 0;
        }
        counted += written;
        if (counted >= RUSH) rushedAt = now;
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // It is gone, and its transaction with it; the pool sees so as well.
            log.debug("drop.rollback-failed", e);
        }
    }
}
