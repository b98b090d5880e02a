package vitrine.drop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import vitrine.identity.CollectorId;

/**
 * Whether a claim was made already, for whoever is to be refused. A crowd in front of a stage that is full or paused asks in one
 * statement at a time for all who came while the last one was on its way: each answer is of a look that began after she had asked,
 * and the pages keep their connections.
 */
final class ClaimLookUps {

    private static final int AT_ONCE = 500;

    /** The limit keeps each look-up one step in the index, whatever the database knows of the table. */
    static final String FIND = """
            select w.n, k.claim_id, k.stage_id, k.nth, k.serial, k.claimed_at, k.hold_until, k.unit
            from unnest(:brands::uuid[], :drops::uuid[], :collectors::uuid[], :keys::bytea[]) with ordinality
                as w (brand_id, drop_id, collector_id, claim_key, n)
            cross join lateral (
                select * from claims c
                where c.brand_id = w.brand_id and c.drop_id = w.drop_id and c.collector_id = w.collector_id
                    and c.claim_key = w.claim_key limit 1) k
            """;

    private final Supplier<JdbcClient> db;
    private final ConcurrentLinkedQueue<Asked> asked = new ConcurrentLinkedQueue<>();
    private final ReentrantLock turn = new ReentrantLock();

    /** @param db the connections; throws when the database is known to be away */
    ClaimLookUps(Supplier<JdbcClient> db) {
        this.db = db;
    }

    private record Asked(DropId drop, UUID collector, byte[] key, CompletableFuture<Optional<Claim>> answer) {}

    /** The claim that this collector made under this key, if it counts. */
    Optional<Claim> find(DropId drop, CollectorId collector, byte[] key) {
        var mine = new Asked(drop, collector.value(), key, new CompletableFuture<>());
        asked.add(mine);
        while (!mine.answer.isDone()) {
            turn.lock();
            try {
                if (!mine.answer.isDone()) lookUp();
            } finally {
                turn.unlock();
            }
        }
        try {
            return mine.answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException why) throw why;
            throw e;
        }
    }

    /** For those who ask: whoever has the turn does it for all who wait for it. */
    private void lookUp() {
        List<Asked> those = new ArrayList<>();
        for (Asked next = asked.poll(); next != null; next = asked.poll()) {
            those.add(next);
            if (those.size() == AT_ONCE) break;
        }
        try {
            Map<Integer, Claim> found = found(those);
            for (int n = 0; n < those.size(); n++) those.get(n).answer.complete(Optional.ofNullable(found.get(n + 1)));
        } catch (RuntimeException | Error e) {
            for (Asked one : those) one.answer.completeExceptionally(e);
        }
    }

    private Map<Integer, Claim> found(List<Asked> those) {
        Map<Integer, Claim> found = new HashMap<>();
        db.get()
                .sql(FIND)
                .param(
                        "brands",
                        uuids(those.stream()
                                .map(one -> one.drop.brand().value())
                                .toArray()))
                .param(
                        "drops",
                        uuids(those.stream().map(one -> one.drop.value()).toArray()))
                .param("collectors", uuids(those.stream().map(Asked::collector).toArray()))
                .param("keys", new SqlArrayValue("bytea", (Object[])
                        those.stream().map(Asked::key).toArray(byte[][]::new)))
                .query(row -> {
                    found.put(row.getInt("n"), Claims.claim(row, 0));
                });
        return found;
    }

    private static SqlArrayValue uuids(Object[] ids) {
        return new SqlArrayValue("uuid", ids);
    }
}
