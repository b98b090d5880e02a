package vitrine.ledger;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Job;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.NoteSigner;

/**
 * Signs the newest stored head of each log. First the node's own high-water file is raised and safe on disk, then the signature is
 * made, then it is stored unless a newer one was: a head that could still vanish is never signed, and no two of one size differ.
 * What others are shown is decided by {@link CheckpointPublisher}.
 */
@Component
class CheckpointSigner implements Job {

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final HighWater highWater;
    private final LogKeys keys;
    private final WitnessPolicies policies;
    private final Clock clock;

    CheckpointSigner(
            JdbcClient db,
            TransactionTemplate transactions,
            HighWater highWater,
            LogKeys keys,
            WitnessPolicies policies,
            Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.highWater = highWater;
        this.keys = keys;
        this.policies = policies;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "log-sign";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(100);
    }

    /** Signs at most one head a log; heads in between stay unsigned. */
    @Override
    public boolean run() {
        List<Unsigned> unsigned = db.sql("""
                select log_id, origin, size, root, signed_size from logs
                where signed_size < size and orphaned_at is null
                """).query(Unsigned.class).list();
        RuntimeException failed = null;
        for (Unsigned head : unsigned) {
            try {
                sign(head);
            } catch (LogBehind | LogKeyMissing e) {
                failed = e; // the other logs are signed all the same
            }
        }
        if (failed != null) throw failed;
        return !unsigned.isEmpty();
    }

    private void sign(Unsigned head) {
        LogId log = new LogId(head.logId());
        OptionalLong seen = highWater.of(log);
        if (seen.isEmpty() && head.signedSize() > 0) throw new LogBehind(log, head.size(), -1);
        if (seen.isPresent() && seen.getAsLong() > head.size()) throw new LogBehind(log, head.size(), seen.getAsLong());
        List<LogKeys.LogKey> signing = keys.signing(log, head.size(), clock.instant());
        var signers =
                signing.stream().map(key -> keys.signer(log, key.verifier())).toArray(NoteSigner[]::new);
        highWater.raise(log, head.size());
        // From here a crash is safe: this size was stored before, and a later node finds the same root under it.
        String note = new Checkpoint(head.origin(), head.size(), Hash32.of(head.root()))
                .signedBy(signers)
                .format();
        boolean alone = policies.policy().witnesses().isEmpty();
        Timestamp now = Timestamp.from(clock.instant());
        transactions.executeWithoutResult(status -> {
            int stored = db.sql("""
                    update logs set signed_size = :size, signed_note = :note, signed_at = :now
                    where log_id = :log and signed_size < :size
                    """)
                    .param("size", head.size())
                    .param("note", note)
                    .param("now", now)
                    .param("log", log.value())
                    .update();
            if (stored == 0) return; // another node signed this head or a newer one
            if (signing.size() > 1) {
                db.sql("""
                        update log_keys set both_from = :now where log_id = :log and nth = :nth and both_from is null
                        """)
                        .param("now", now)
                        .param("log", log.value())
                        .param("nth", signing.getLast().nth())
                        .update();
            }
            // Without witnesses nothing is waited for; with them CheckpointPublisher shows it.
            if (alone) {
                db.sql("""
                        update logs set published_size = signed_size, published_note = signed_note, published_at = :now
                        where log_id = :log
                        """).param("now", now).param("log", log.value()).update();
            }
            db.sql("update log_heads set note = :note, signed_at = :now where log_id = :log and size = :size")
                    .param("note", note)
                    .param("now", now)
                    .param("log", log.value())
                    .param("size", head.size())
                    .update();
        });
    }

    record Unsigned(UUID logId, String origin, long size, byte[] root, long signedSize) {}
}
