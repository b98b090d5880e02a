package vitrine.shop;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;

/**
 * Writes what came in the last milliseconds as one batch a brand, and only then lets the answers go: an acknowledged delivery
 * is on disk. While one batch is being committed the next one gathers, so batches grow by themselves with the load. What does
 * not fit into the queue is refused before it is accepted; its sender comes again.
 */
@Component
class InboxWriter implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(InboxWriter.class);
    private static final int BATCH_MAX = 400;

    private final JdbcTemplate db;
    private final BusinessClock businessClock;
    private final Ids ids;
    private final LastDeliveries lastDeliveries;
    private final int writers;
    private final BlockingQueue<Waiting> queue;
    private final Semaphore places;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    InboxWriter(
            JdbcTemplate db,
            BusinessClock businessClock,
            Ids ids,
            LastDeliveries lastDeliveries,
            @Value("${vitrine.inbox.writers:2}") int writers,
            @Value("${vitrine.inbox.queue:1500}") int queueMax) {
        this.db = db;
        this.businessClock = businessClock;
        this.ids = ids;
        this.lastDeliveries = lastDeliveries;
        this.writers = writers;
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.places = new Semaphore(queueMax);
    }

    private record Waiting(Delivered delivery, CompletableFuture<Void> written) {}

    /** Null: the queue is full, or the server is stopping. Else it completes after the commit. */
    @Nullable
    CompletableFuture<Void> offer(Delivered delivery) {
        var waiting = new Waiting(delivery, new CompletableFuture<>());
        return running && queue.offer(waiting) ? waiting.written : null;
    }

    /** Whether it is worth reading what comes: else it would be refused. */
    boolean hasRoom() {
        return places.availablePermits() > 0;
    }

    /**
     * A place for a delivery that was read, until its answer; false: there is none left. So memory holds a known number of them at
     * work, however many connections bring something. Who got a place gives it back.
     */
    boolean enter() {
        return places.tryAcquire();
    }

    void leave() {
        places.release();
    }

    private void work() {
        List<Waiting> batch = new ArrayList<>(BATCH_MAX);
        while (running || !queue.isEmpty()) {
            try {
                Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) continue;
                batch.add(first);
                queue.drainTo(batch, BATCH_MAX - 1);
                writeBatch(batch);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                batch.clear();
            }
        }
    }

    /** A transaction writes one brand. */
    private void writeBatch(List<Waiting> batch) {
        Map<BrandId, List<Waiting>> brands = new LinkedHashMap<>();
        for (Waiting waiting : batch) {
            brands.computeIfAbsent(waiting.delivery.shop().brand(), b -> new ArrayList<>())
                    .add(waiting);
        }
        for (var brand : brands.entrySet()) {
            if (!written(brand.getKey(), brand.getValue()) && brand.getValue().size() > 1) {
                // One that the database does not take must not keep the others out.
                for (Waiting one : brand.getValue()) written(brand.getKey(), List.of(one));
            }
        }
    }

    private boolean written(BrandId brand, List<Waiting> waiting) {
        try {
            write(brand, waiting.stream().map(Waiting::delivery).toList());
            waiting.forEach(one -> one.written.complete(null));
            return true;
        } catch (RuntimeException e) {
            log.warn("inbox.write-failed deliveries={}", waiting.size(), e);
            // Nobody was told that it is kept: the sender hears 503 and comes again.
            if (waiting.size() == 1) waiting.getFirst().written.completeExceptionally(e);
            return false;
        }
    }

    /**
     * One batch of one brand, committed when this returns. Leans on deliveries_never_twice: a delivery that is there already is
     * left as it was.
     */
    void write(BrandId brand, List<Delivered> deliveries) {
        UUID batch = ids.next();
        Instant receivedAt = businessClock.now();
        // In one order always: two writers that meet in the same deliveries wait for each other, and never in a circle.
        List<Delivered> sorted = deliveries.stream()
                .sorted(Comparator.comparing((Delivered d) -> d.shop().id().value())
                        .thenComparing(Delivered::deliveryId))
                .toList();
        try {
            insert(brand, batch, receivedAt, sorted);
        } catch (TransientDataAccessException e) {
            insert(brand, batch, receivedAt, sorted);
        }
        for (Delivered delivery : deliveries) lastDeliveries.came(delivery.shop(), receivedAt);
    }

    /** A single statement, so a single transaction, and one way to the database and back. */
    private void insert(BrandId brand, UUID batch, Instant receivedAt, List<Delivered> deliveries) {
        db.execute((ConnectionCallback<Integer>) connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    with came as materialized (
                        select * from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[])
                            as came (shop_id, delivery_id, topic, state, reason, order_key, facts, body)),
                    kept as (
                        insert into deliveries (brand_id, shop_id, delivery_id, batch_id, received_at, topic, state, reason, order_key)
                        select ?, shop_id, delivery_id, ?, ?, topic, state, reason, order_key from came
                        on conflict on constraint deliveries_never_twice do nothing
                        returning shop_id, delivery_id),
                    waits as (
                        insert into deliveries_waiting (brand_id, batch_id, shop_id, delivery_id, received_at, facts)
                        select ?, ?, shop_id, delivery_id, ?, facts
                        from came join kept using (shop_id, delivery_id) where facts is not null
                        on conflict do nothing)
                    insert into delivery_bodies (brand_id, shop_id, delivery_id, body)
                    select ?, shop_id, delivery_id, body from came
                    on conflict on constraint delivery_bodies_pk do nothing
                    """)) {
                OffsetDateTime at = receivedAt.atOffset(ZoneOffset.UTC);
                statement.setArray(
                        1, texts(connection, deliveries, d -> d.shop().id().toString()));
                statement.setArray(2, texts(connection, deliveries, Delivered::deliveryId));
                statement.setArray(3, texts(connection, deliveries, Delivered::topic));
                statement.setArray(4, texts(connection, deliveries, Delivered::state));
                statement.setArray(5, texts(connection, deliveries, Delivered::reason));
                statement.setArray(6, texts(connection, deliveries, Delivered::orderKey));
                statement.setArray(7, texts(connection, deliveries, Delivered::facts));
                statement.setArray(
                        8,
                        connection.createArrayOf(
                                "bytea",
                                deliveries.stream().map(Delivered::body).toArray(byte[][]::new)));
                statement.setObject(9, brand.value());
                statement.setObject(10, batch);
                statement.setObject(11, at);
                statement.setObject(12, brand.value());
                statement.setObject(13, batch);
                statement.setObject(14, at);
                statement.setObject(15, brand.value());
                return statement.executeUpdate();
            }
        });
    }

    private static Array texts(
            Connection connection, List<Delivered> deliveries, Function<Delivered, @Nullable String> column)
            throws SQLException {
        return connection.createArrayOf("text", deliveries.stream().map(column).toArray(String[]::new));
    }

    @Override
    public void start() {
        running = true;
        for (int i = 0; i < writers; i++) {
            // Of the system, as jobs are: else a writer waits behind the very requests that wait for it.
            threads.add(Thread.ofPlatform().daemon().name("inbox-writer-" + i).start(this::work));
        }
    }

    @Override
    public void stop() {
        running = false;
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0; // after the pool was opened, before the web server takes requests; stops after it took the last one
    }
}
