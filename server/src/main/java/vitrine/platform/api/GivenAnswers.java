package vitrine.platform.api;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/** The answers that were given under an {@code Idempotency-Key}, for a day. */
@Component
public class GivenAnswers implements Job {

    private static final Duration KEPT = Duration.ofDays(1);
    /** A node that died in between never answers: after this the same request may go again. No request takes as long. */
    private static final Duration UNDER_WAY_MAX = Duration.ofMinutes(2);

    sealed interface Begun {
        record Go() implements Begun {}

        record Answered(int status, @Nullable String contentType, byte[] body) implements Begun {}

        record OtherRequest() implements Begun {}

        record InFlight() implements Begun {}
    }

    private record Row(
            byte[] hash,
            Instant begunAt,
            @Nullable Integer status,
            @Nullable String type,
            byte @Nullable [] body) {}

    private final JdbcClient db;
    private final Clock clock;

    GivenAnswers(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    Begun begin(String caller, String key, byte[] requestHash) {
        Instant now = clock.instant();
        // idempotency_keys_pk: of two nodes that get the same request one goes.
        int first = db.sql("""
                insert into idempotency_keys (caller, key, request_hash, begun_at) values (:caller, :key, :hash, :now)
                on conflict (caller, key) do update set request_hash = excluded.request_hash, begun_at = excluded.begun_at,
                    status = null, content_type = null, body = null
                where idempotency_keys.begun_at < :old
                    or (idempotency_keys.status is null and idempotency_keys.begun_at < :dead)
                """)
                .param("caller", caller)
                .param("key", key)
                .param("hash", requestHash)
                .param("now", Timestamp.from(now))
                .param("old", Timestamp.from(now.minus(KEPT)))
                .param("dead", Timestamp.from(now.minus(UNDER_WAY_MAX)))
                .update();
        if (first == 1) return new Begun.Go();
        Optional<Row> row = db.sql("select * from idempotency_keys where caller = :caller and key = :key")
                .param("caller", caller)
                .param("key", key)
                .query((r, n) -> new Row(
                        r.getBytes("request_hash"),
                        r.getTimestamp("begun_at").toInstant(),
                        r.getObject("status", Integer.class),
                        r.getString("content_type"),
                        r.getBytes("body")))
                .optional();
        if (row.isEmpty()) return new Begun.InFlight(); // it failed this very moment: the caller may come again
        if (!Arrays.equals(row.get().hash(), requestHash)) return new Begun.OtherRequest();
        Integer status = row.get().status();
        byte[] body = row.get().body();
        return status == null
                ? new Begun.InFlight()
                : new Begun.Answered(status, row.get().type(), body == null ? new byte[0] : body);
    }

    void keep(String caller, String key, int status, @Nullable String contentType, byte[] body) {
        db.sql("""
                update idempotency_keys set status = :status, content_type = :type, body = :body
                where caller = :caller and key = :key
                """)
                .param("status", status)
                .param("type", contentType)
                .param("body", body)
                .param("caller", caller)
                .param("key", key)
                .update();
    }

    void forget(String caller, String key) {
        db.sql("delete from idempotency_keys where caller = :caller and key = :key and status is null")
                .param("caller", caller)
                .param("key", key)
                .update();
    }

    @Override
    public String name() {
        return "given-answers";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public boolean run() {
        db.sql("delete from idempotency_keys where begun_at < :old")
                .param("old", Timestamp.from(clock.instant().minus(KEPT)))
                .update();
        return false;
    }
}
