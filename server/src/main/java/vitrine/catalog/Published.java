package vitrine.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import vitrine.platform.BrandId;

/**
 * The published collectibles that this node keeps. What any node revises is read anew by the others within {@link #WITHIN}; the hash
 * by which records name a collectible never changes.
 */
@Component
class Published {

    static final Duration WITHIN = Duration.ofSeconds(2);
    /** How long a revision may take from its stamp to its commit, and still be seen by the others. */
    private static final Duration COMMITTED_WITHIN = Duration.ofMinutes(1);

    private final JdbcClient db;
    private final Map<CollectibleId, Collectible> kept = new ConcurrentHashMap<>();
    private final AtomicLong lookAt = new AtomicLong(System.nanoTime());
    private volatile Instant lookedUpTo = Instant.EPOCH;

    Published(JdbcClient db) {
        this.db = db;
    }

    @Nullable
    Collectible get(CollectibleId id) {
        long due = lookAt.get();
        // One thread looks; the others go on with what there is.
        if (System.nanoTime() - due >= 0 && lookAt.compareAndSet(due, System.nanoTime() + WITHIN.toNanos())) look();
        return kept.get(id);
    }

    private void look() {
        Instant now = db.sql("select clock_timestamp()").query(Instant.class).single();
        Instant since = lookedUpTo;
        if (!since.equals(Instant.EPOCH)) {
            db.sql("select brand_id, collectible_id from collectibles where revised_at > :since")
                    .param("since", java.sql.Timestamp.from(since.minus(COMMITTED_WITHIN)))
                    .query(row -> {
                        kept.remove(new CollectibleId(
                                new BrandId(row.getObject(1, java.util.UUID.class)),
                                row.getObject(2, java.util.UUID.class)));
                    });
        }
        lookedUpTo = now;
    }

    void keep(Collectible collectible) {
        if (collectible.leaf() != null) kept.put(collectible.id(), collectible);
    }

    void forgetAfterCommit(Predicate<CollectibleId> which) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                kept.keySet().removeIf(which);
            }
        });
    }
}
