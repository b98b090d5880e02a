package vitrine.platform.api;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Job;
import vitrine.platform.Keys;

/**
 * The answers that were given under an {@code Idempotency-Key}, for a day. A request claims its key first, in a row of its own;
 * then the deed and its answer are one transaction. So a claim without an answer is a deed that never was: whoever died on the
 * way has left nothing behind, and the same request may go again.
 */
@Component
public class GivenAnswers implements Job {

    private static final Duration KEPT = Duration.ofDays(1);
    /**
     * A node that died never answers: after this another may take its claim over. One that was only slow finds its claim gone
     * and takes its deed back.
     */
    private static final Duration UNDER_WAY_MAX = Duration.ofMinutes(2);

    sealed interface Begun {
        /** @param begunAt what tells this claim from that of who takes it over */
        record Go(Instant begunAt) implements Begun {}

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

    /** What a request came to: null when its claim was taken over meanwhile, and nothing of it stands. */
    record Answer(int status, @Nullable String contentType, byte[] body) {}

    /** The deed, with everything that it changes, in the transaction that is open. */
    interface Deed {
        Answer run() throws ServletException, IOException;
    }

    private static final String SEAL = "answers";

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Keys keys;
    private final Clock clock;

    GivenAnswers(JdbcClient db, TransactionTemplate transactions, Keys keys, Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.keys = keys;
        this.clock = clock;
    }

    Begun begin(String caller, String key, byte[] requestHash) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS); // as the database keeps it
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
        if (first == 1) return new Begun.Go(now);
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
                : new Begun.Answered(status, row.get().type(), body == null ? new byte[0] : keys.unseal(SEAL, body));
    }

    /**
     * Does it and keeps its answer. What was refused has changed nothing, and is kept as well; what failed on our side, or was not
     * the caller's to do, may be tried again with the same key.
     *
     * @return null: another node took the claim over, and what was done here is undone
     */
    @Nullable
    Answer once(String caller, String key, Begun.Go claim, Deed deed) throws ServletException, IOException {
        boolean kept = false;
        try {
            var done = new Done();
            transactions.executeWithoutResult(status -> done.run(status, deed, caller, key, claim));
            done.rethrow();
            Answer answer = done.answer;
            if (answer == null) throw new IllegalStateException("a deed without an answer");
            // Refused, and undone: nothing lies between the deed and its answer that could be lost.
            kept = done.kept || (mayBeKept(answer) && !done.takenOver && keep(caller, key, claim, answer));
            return done.takenOver ? null : answer;
        } finally {
            if (!kept) forget(caller, key, claim);
        }
    }

    /** What happened inside of the transaction, for after it. */
    private final class Done {
        @Nullable
        Answer answer;

        @Nullable
        Exception thrown;

        boolean kept;
        boolean takenOver;

        void run(TransactionStatus status, Deed deed, String caller, String key, Begun.Go claim) {
            try {
                answer = deed.run();
            } catch (ServletException | IOException | RuntimeException e) {
                thrown = e;
                status.setRollbackOnly();
                return;
            }
            // A refusal inside may have ended the transaction already.
            if (answer.status() >= 400 || status.isRollbackOnly()) {
                status.setRollbackOnly();
                return;
            }
            kept = keep(caller, key, claim, answer);
            takenOver = !kept;
            if (takenOver) status.setRollbackOnly();
        }

        void rethrow() throws ServletException, IOException {
            switch (thrown) {
                case null -> {}
                case ServletException e -> throw e;
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                case Exception e -> throw new IllegalStateException(e);
            }
        }
    }

    private static boolean mayBeKept(Answer answer) {
        return answer.status() < 500 && answer.status() != 401 && answer.status() != 403;
    }

    /** False: the claim is another's by now. */
    private boolean keep(String caller, String key, Begun.Go claim, Answer answer) {
        return db.sql("""
                update idempotency_keys set status = :status, content_type = :type, body = :body
                where caller = :caller and key = :key and begun_at = :begun and status is null
                """)
                        .param("status", answer.status())
                        .param("type", answer.contentType())
                        // An answer may hold what is shown once, a new key for one.
                        .param("body", keys.seal(SEAL, answer.body()))
                        .param("caller", caller)
                        .param("key", key)
                        .param("begun", Timestamp.from(claim.begunAt()))
                        .update()
                == 1;
    }

    private void forget(String caller, String key, Begun.Go claim) {
        db.sql("""
                delete from idempotency_keys
                where caller = :caller and key = :key and begun_at = :begun and status is null
                """)
                .param("caller", caller)
                .param("key", key)
                .param("begun", Timestamp.from(claim.begunAt()))
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
