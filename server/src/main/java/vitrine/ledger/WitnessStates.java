package vitrine.ledger;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What the witnesses of a log said last: the size that each cosigned, its lines, and why it does not cosign now. */
@Component
public class WitnessStates {

    private final JdbcClient db;
    private final TransactionTemplate transactions;

    WitnessStates(JdbcClient db, TransactionTemplate transactions) {
        this.db = db;
        this.transactions = transactions;
    }

    /**
     * @param cosignedSize 0: never
     * @param failureCode null: it cosigns
     */
    public record State(
            String vkey,
            long cosignedSize,
            @Nullable Instant cosignedAt,
            @Nullable Instant failingSince,
            @Nullable String failureCode,
            @Nullable String failure) {}

    public List<State> of(LogId log) {
        return db.sql("select * from log_witnesses where log_id = :log order by vkey")
                .param("log", log.value())
                .query((row, n) -> new State(
                        row.getString("vkey"),
                        row.getLong("cosigned_size"),
                        instant(row.getTimestamp("cosigned_at")),
                        instant(row.getTimestamp("failing_since")),
                        row.getString("failure_code"),
                        row.getString("failure")))
                .list();
    }

    /** The lines under a head that is not yet followed by a published one, by witness. */
    Map<String, String> lines(UUID log, long size) {
        Map<String, String> lines = new HashMap<>();
        db.sql("select vkey, line from log_cosignatures where log_id = :log and size = :size")
                .param("log", log)
                .param("size", size)
                .query(row -> {
                    lines.put(row.getString(1), row.getString(2));
                });
        return lines;
    }

    long cosigned(UUID log, String vkey) {
        return db.sql("select cosigned_size from log_witnesses where log_id = :log and vkey = :vkey")
                .param("log", log)
                .param("vkey", vkey)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    void cosigned(UUID log, String vkey, long size, String line, Instant at) {
        transactions.executeWithoutResult(status -> {
            db.sql("""
                    insert into log_cosignatures (log_id, size, vkey, line) values (:log, :size, :vkey, :line)
                    on conflict do nothing
                    """)
                    .param("log", log)
                    .param("size", size)
                    .param("vkey", vkey)
                    .param("line", line)
                    .update();
            db.sql("""
                    insert into log_witnesses (log_id, vkey, cosigned_size, cosigned_at) values (:log, :vkey, :size, :at)
                    on conflict (log_id, vkey) do update set cosigned_size = excluded.cosigned_size,
                        cosigned_at = excluded.cosigned_at, failing_since = null, failure_code = null, failure = null
                    where log_witnesses.cosigned_size <= excluded.cosigned_size
                    """)
                    .param("log", log)
                    .param("vkey", vkey)
                    .param("size", size)
                    .param("at", Timestamp.from(at))
                    .update();
        });
    }

    /** True when this is news: it did not fail before, or otherwise. */
    boolean failed(UUID log, String vkey, String code, String detail, Instant at) {
        int news = db.sql("""
                insert into log_witnesses (log_id, vkey, cosigned_size, failing_since, failure_code, failure)
                values (:log, :vkey, 0, :at, :code, :detail)
                on conflict (log_id, vkey) do update set failing_since = coalesce(log_witnesses.failing_since, excluded.failing_since),
                    failure_code = excluded.failure_code, failure = excluded.failure
                where log_witnesses.failure_code is distinct from excluded.failure_code
                """)
                .param("log", log)
                .param("vkey", vkey)
                .param("at", Timestamp.from(at))
                .param("code", code)
                .param("detail", detail)
                .update();
        return news > 0;
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
