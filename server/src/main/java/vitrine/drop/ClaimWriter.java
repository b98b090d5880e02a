package vitrine.drop;

import static java.time.temporal.ChronoUnit.MICROS;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import vitrine.drop.ClaimSql.Locked;
import vitrine.drop.ClaimSql.Wish;
import vitrine.drop.ClaimSql.Written;
import vitrine.platform.BusinessClock;
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

    /** What waits for its answer. */
    record Waiting(Wish wish, CompletableFuture<Answer> answer) {}

    /** @param written null: nothing was written, and why stands in the drop's state, or we do not know */
    record Answer(@Nullable Written written, @Nullable Locked found) {}

    private final DropId drop;
    private final Stage stage;
    private final ClaimConnections connections;
    private final HotTurns turns;
    private final LiveDrops lives;
    private final List<UUID> rows;
    private final Ids ids;
    private final BusinessClock clock;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Deque<Waiting> next = new ArrayDeque<>();
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
            LiveDrops lives,
            Ids ids,
            BusinessClock clock,
            Mode mode) {
        this.drop = drop;
        this.stage = stage;
        this.connections = connections;
        this.turns = turns;
        this.lives = lives;
        this.rows = List.of(drop.value(), stage.collectible().value());
        this.ids = ids;
        this.clock = clock;
        // Of the system, as jobs are: else it waits behind the very requests that wait for it.
        this.mode = mode;
        this.thread = mode == Mode.BY_HAND
                ? null
                : Thread.ofPlatform().daemon().name("claim-writer").start(this::work);
    }

    /** Null: the queue is full, or this writer has stopped. */
    @Nullable
    CompletableFuture<Answer> offer(
            UUID collector,
            byte[] key,
            byte @Nullable [] person,
            int limit,
            byte @Nullable [] code,
            @Nullable Integer unit) {
        var waiting =
                new Waiting(new Wish(ids.next(), collector, key, person, limit, code, unit), new CompletableFuture<>());
        return running && queue.offer(waiting) ? waiting.answer : null;
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
        return queue.size() + next.size();
    }

    /** Writes one batch of what waits. */
    void writeNext() throws InterruptedException {
        List<Waiting> batch = gather();
        if (!batch.isEmpty()) write(batch);
    }

    private void work() {
        while (running || waiting() > 0) {
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

    /** Each collector, each person and each code once; who is in already stands at the head of the next batch. */
    private List<Waiting> gather() throws InterruptedException {
        List<Waiting> came = new ArrayList<>(BATCH_MAX);
        while (came.size() < BATCH_MAX && !next.isEmpty()) came.add(next.poll());
        if (came.isEmpty()) {
            Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
            if (first == null) return List.of();
            came.add(first);
        }
        queue.drainTo(came, BATCH_MAX - came.size());
        List<Waiting> batch = new ArrayList<>(came.size());
        Set<Object> in = HashSet.newHashSet(came.size());
        for (Waiting waiting : came) {
            byte[] person = waiting.wish.person();
            boolean again = !in.add(waiting.wish.collector());
            if (person != null) again |= !in.add(java.nio.ByteBuffer.wrap(person));
            byte[] code = waiting.wish.code();
            if (code != null) again |= !in.add(java.nio.ByteBuffer.wrap(code));
            if (again) next.add(waiting);
            else batch.add(waiting);
        }
        return batch;
    }

    private void write(List<Waiting> batch) {
        try {
            tryToWrite(batch);
        } catch (Error e) {
            for (Waiting waiting : batch) waiting.answer.completeExceptionally(e);
            throw e;
        }
    }

    /** Whoever was let in just before the end is served; a node that was frozen and thaws long after it serves nobody any more. */
    private boolean stillOpen(Instant now) {
        return now.isBefore(stage.closesAt().plus(LATE));
    }

    private void tryToWrite(List<Waiting> batch) {
        List<Wish> wishes = batch.stream().map(Waiting::wish).toList();
        for (int n = 1; n <= TRIES; n++) {
            try (HotTurns.Turn turn = turns.take(rows);
                    Connection connection = connections.open()) {
                Locked found;
                Map<UUID, Written> written;
                try {
                    found = ClaimSql.lock(connection, drop, stage);
                    if (lives.clockOff()) { // since it let them in
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
                    waiting.answer.complete(new Answer(written.get(waiting.wish.claim()), found));
                }
                return;
            } catch (SQLException | RuntimeException e) {
                log.info("drop.write-failed claims={} try={} ({})", batch.size(), n, e.getMessage());
            }
        }
        for (Waiting waiting : batch) waiting.answer.complete(new Answer(null, null));
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
