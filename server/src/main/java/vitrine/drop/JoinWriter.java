package vitrine.drop;

import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BusinessClock;
import vitrine.proof.Hash32;

/**
 * Writes arrivals, whatever came in the last milliseconds in one transaction for each stage, under the list's lock: so a list is
 * closed between two batches, and whoever comes behind it gets the next place and nobody else's.
 */
@Component
class JoinWriter implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(JoinWriter.class);
    private static final int BATCH_MAX = 500;
    private static final int QUEUE_MAX = 8_000;

    private final JdbcClient db;
    private final Queues queues;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;
    private final BlockingQueue<Coming> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private volatile boolean running;
    private @Nullable Thread thread;

    JoinWriter(JdbcClient db, Queues queues, TransactionTemplate transactions, BusinessClock clock) {
        this.db = db;
        this.queues = queues;
        this.transactions = transactions;
        this.clock = clock;
    }

    enum Outcome {
        /** She is in, now or since before. */
        IN,
        /** The same human is in with another account. */
        PERSON_IN,
        /** The list is being closed at this moment: once it is, she gets a place behind it. */
        CLOSING,
        FAILED
    }

    /** @param network keyed hash of where she came from; null: not known */
    record Arrival(
            DropId drop,
            Stage stage,
            UUID collector,
            byte @Nullable [] person,
            Hash32 salt,
            Hash32 arrival,
            byte @Nullable [] network) {}

    private record Coming(Arrival arrival, CompletableFuture<Outcome> outcome) {}

    /** Null: too many come at once. */
    @Nullable
    CompletableFuture<Outcome> add(Arrival arrival) {
        var coming = new Coming(arrival, new CompletableFuture<>());
        return running && queue.offer(coming) ? coming.outcome : null;
    }

    private void work() {
        while (running || !queue.isEmpty()) {
            try {
                Coming first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) continue;
                List<Coming> came = new ArrayList<>(BATCH_MAX);
                came.add(first);
                queue.drainTo(came, BATCH_MAX - 1);
                Map<StageKey, List<Coming>> byStage = new LinkedHashMap<>();
                for (Coming coming : came)
                    byStage.computeIfAbsent(
                                    StageKey.of(coming.arrival.drop, coming.arrival.stage), key -> new ArrayList<>())
                            .add(coming);
                byStage.values().forEach(this::write);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void write(List<Coming> came) {
        List<Arrival> arrivals = new ArrayList<>(came.size());
        Set<UUID> accounts = new HashSet<>();
        Map<ByteBuffer, UUID> firstOf = new HashMap<>();
        for (Coming coming : came) {
            byte[] person = coming.arrival.person;
            boolean first = accounts.add(coming.arrival.collector);
            // Of one human's accounts the first; the others hear what became of it.
            if (person != null) first &= firstOf.putIfAbsent(ByteBuffer.wrap(person), coming.arrival.collector) == null;
            if (first) arrivals.add(coming.arrival);
        }
        try {
            Map<UUID, Outcome> outcomes = java.util.Objects.requireNonNull(
                    transactions.execute(status -> write(came.getFirst().arrival, accounts, arrivals)));
            for (Coming coming : came) coming.outcome.complete(outcome(coming.arrival, outcomes, firstOf));
        } catch (RuntimeException e) {
            log.info("drop.join-failed arrivals={} ({})", arrivals.size(), e.getMessage());
            for (Coming coming : came) coming.outcome.complete(Outcome.FAILED);
        } catch (Error e) {
            // A writer that is gone would keep everybody who comes after them waiting until the next start.
            log.error("drop.join-failed", e);
            for (Coming coming : came) coming.outcome.complete(Outcome.FAILED);
        }
    }

    /** Nobody is in with another account where that account was turned away, too. */
    private static Outcome outcome(Arrival of, Map<UUID, Outcome> outcomes, Map<ByteBuffer, UUID> firstOf) {
        Outcome own = outcomes.get(of.collector);
        if (own != null) return own;
        UUID first = of.person == null ? null : firstOf.get(ByteBuffer.wrap(of.person));
        return first != null && outcomes.get(first) == Outcome.CLOSING ? Outcome.CLOSING : Outcome.PERSON_IN;
    }

    /** @param accounts of all who came, also those that another account of the same human came before */
    private Map<UUID, Outcome> write(Arrival any, Set<UUID> accounts, List<Arrival> arrivals) {
        Queues.Queue list = queues.lock(any.drop, any.stage.id()).orElseThrow();
        Map<UUID, Outcome> outcomes = new LinkedHashMap<>();
        // Once it is ours: whoever waited for the list came as late as that.
        Instant now = clock.now();
        boolean late = !now.isBefore(any.stage.listCloses());
        // A node whose clock is ahead may have closed a window already: its list is in the log, and nobody is added to
        // it.
        boolean shut = any.stage.mode() == Stage.Mode.WINDOW ? late || list.closed() : late && !list.closed();
        if (shut) {
            for (Arrival arrival : arrivals) outcomes.put(arrival.collector, Outcome.CLOSING);
        } else {
            insert(any, arrivals, list, now);
        }
        // In a new statement, after the lock: whoever was in before, on another device or node, is in.
        db.sql("""
                select collector_id from queue_arrivals
                where brand_id = :brand and drop_id = :drop and stage_id = :stage and collector_id = any(:came)
                """)
                .param("brand", any.drop.brand().value())
                .param("drop", any.drop.value())
                .param("stage", any.stage.id())
                .param("came", new SqlArrayValue("uuid", accounts.toArray()))
                .query(UUID.class)
                .list()
                .forEach(who -> outcomes.put(who, Outcome.IN));
        return outcomes;
    }

    /** {@code queue_arrivals_once} and {@code queue_arrivals_place} say the same: one line for each, one place for each. */
    private void insert(Arrival any, List<Arrival> arrivals, Queues.Queue list, Instant now) {
        db.sql("""
                with came as (
                    select * from unnest(:people::uuid[], :persons::bytea[], :salts::bytea[], :arrivals::bytea[], :networks::bytea[])
                        with ordinality as c (collector_id, person_key, salt, arrival, network, n)),
                fresh as (
                    select c.*, (row_number() over (order by n))::int as r from came c
                    where not exists (
                        select from queue_arrivals a where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage
                            and a.collector_id = c.collector_id)
                    and not exists (
                        select from queue_arrivals a where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage
                            and a.person_key = c.person_key)),
                inserted as (
                    insert into queue_arrivals (brand_id, drop_id, stage_id, collector_id, person_key, salt, arrival, network,
                        arrived_at, place)
                    select :brand, :drop, :stage, collector_id, person_key, salt, arrival, network, :now,
                        case when :closed then :arrived + r end
                    from fresh returning 1)
                update queues set arrivals = arrivals + (select count(*) from inserted)
                where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param(
                        "people",
                        new SqlArrayValue(
                                "uuid",
                                arrivals.stream().map(Arrival::collector).toArray()))
                .param("persons", bytes(arrivals.stream().map(Arrival::person).toArray(byte[][]::new)))
                .param("salts", bytes(arrivals.stream().map(a -> a.salt.bytes()).toArray(byte[][]::new)))
                .param(
                        "arrivals",
                        bytes(arrivals.stream().map(a -> a.arrival.bytes()).toArray(byte[][]::new)))
                .param("networks", bytes(arrivals.stream().map(Arrival::network).toArray(byte[][]::new)))
                .param("now", Timestamp.from(now))
                .param("closed", list.closed())
                .param("arrived", list.arrivals())
                .param("brand", any.drop.brand().value())
                .param("drop", any.drop.value())
                .param("stage", any.stage.id())
                .update();
    }

    private static SqlArrayValue bytes(byte[][] each) {
        return new SqlArrayValue("bytea", (Object[]) each);
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("join-writer").start(this::work);
    }

    @Override
    public void stop() {
        running = false;
        Thread writing = thread;
        try {
            if (writing != null) writing.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0; // as the claims: after the pool was opened, before the web server takes requests
    }
}
