package vitrine.drop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Of one node, one transaction at a time comes to a row that every claim locks; the others wait here and not at the database. For what
 * waits there has its turn whether its node still lives or not: of a node that froze, each statement that stood in the row's line was
 * given the row in turn, and put out only a second and a half later, one after the other. So there is one at most.
 */
@Component
class HotTurns {

    /**
     * Longer than the database lets anybody be idle with such a row. Whose turn takes longer has not heard yet that it is over, or works
     * long; then one goes on and waits at the database, as whoever has no turns at all. So nobody waits for another's turn for ever.
     */
    private static final Duration WAIT_AT_MOST = Duration.ofSeconds(2);

    private final ConcurrentHashMap<UUID, ReentrantLock> turns = new ConcurrentHashMap<>();

    /** Until the transaction is over. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** @param rows a drop and a collectible's stock, in the order in which they are locked */
    Turn take(List<UUID> rows) {
        List<ReentrantLock> taken = new ArrayList<>(rows.size());
        for (UUID row : rows) {
            ReentrantLock turn = wait(row);
            if (turn != null) taken.add(turn);
        }
        return () -> taken.forEach(ReentrantLock::unlock);
    }

    /** For the transaction that runs, until it is over. */
    void takeForTransaction(Collection<UUID> rows) {
        Taken taken = (Taken) TransactionSynchronizationManager.getResource(this);
        if (taken == null) {
            taken = new Taken();
            TransactionSynchronizationManager.bindResource(this, taken);
            TransactionSynchronizationManager.registerSynchronization(taken);
        }
        for (UUID row : rows) {
            if (!taken.rows.add(row)) continue;
            ReentrantLock turn = wait(row);
            if (turn != null) taken.turns.add(turn);
        }
    }

    /** Null: it went on without. */
    private @Nullable ReentrantLock wait(UUID row) {
        ReentrantLock turn = turns.computeIfAbsent(row, id -> new ReentrantLock(true));
        try {
            return turn.tryLock(WAIT_AT_MOST.toMillis(), TimeUnit.MILLISECONDS) ? turn : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private final class Taken implements TransactionSynchronization {
        private final Set<UUID> rows = new HashSet<>();
        private final List<ReentrantLock> turns = new ArrayList<>();

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResource(HotTurns.this);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(HotTurns.this, this);
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResource(HotTurns.this);
            turns.forEach(ReentrantLock::unlock);
        }
    }
}
