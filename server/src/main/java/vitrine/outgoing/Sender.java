package vitrine.outgoing;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Job;
import vitrine.platform.Targets;

/**
 * Brings queued messages to their receivers. A message is leased, not locked: no transaction waits for somebody else's
 * server. It may arrive twice, after a crash in between, and in another order; its id and the brand's event feed tell.
 */
@Component
class Sender implements Job {

    private static final int AT_ONCE = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration REST = Duration.ofMinutes(1);
    private static final Duration REST_MAX = Duration.ofHours(1);

    /** After the n-th try in vain; after the last one it is given up. Together some three days. */
    private static final List<Duration> AFTER_TRY = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    private record Due(
            UUID brand,
            UUID webhook,
            UUID message,
            String body,
            int tries,
            String url,
            byte[] keys,
            byte @Nullable [] oldKeys) {}

    private sealed interface Outcome {
        record Answered(int status, @Nullable String retryAfter) implements Outcome {}

        record Silent(String why) implements Outcome {}
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Webhooks webhooks;
    private final Targets targets;
    private final Clock clock;
    private final SecureRandom random;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            // Whoever may answer with an address could lead us where the first address may not.
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    Sender(
            JdbcClient db,
            TransactionTemplate transactions,
            Webhooks webhooks,
            Targets targets,
            Clock clock,
            SecureRandom random) {
        this.db = db;
        this.transactions = transactions;
        this.webhooks = webhooks;
        this.targets = targets;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public String name() {
        return "outgoing-send";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        List<Due> due = lease();
        if (due.isEmpty()) return false;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> all = due.stream()
                    .<Callable<Void>>map(message -> () -> {
                        send(message);
                        return null;
                    })
                    .toList();
            for (var one : threads.invokeAll(all)) one.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(
                    "a try was not written down; it comes again when its lease ends", e.getCause());
        }
        return due.size() == AT_ONCE;
    }

    private List<Due> lease() {
        Instant now = clock.instant();
        return db.sql("""
                with due as (
                    select m.brand_id, m.webhook_id, m.message_id from webhook_messages m
                    join webhooks w on w.brand_id = m.brand_id and w.webhook_id = m.webhook_id
                    where m.next_try_at <= :now and w.disabled_at is null and w.removed_at is null
                        and (w.slow_until is null or w.slow_until <= :now)
                    order by m.next_try_at limit :most for update of m skip locked)
                update webhook_messages m set next_try_at = :lease, tries = m.tries + 1
                from due, webhooks w
                where m.brand_id = due.brand_id and m.webhook_id = due.webhook_id and m.message_id = due.message_id
                    and w.brand_id = due.brand_id and w.webhook_id = due.webhook_id
                returning m.brand_id, m.webhook_id, m.message_id, m.body, m.tries, w.url, w.keys_sealed,
                    case when w.old_keys_until > :now then w.old_keys_sealed end as old_keys
                """)
                .param("now", Timestamp.from(now))
                .param("lease", Timestamp.from(now.plus(LEASE)))
                .param("most", AT_ONCE)
                .query((row, n) -> new Due(
                        row.getObject("brand_id", UUID.class),
                        row.getObject("webhook_id", UUID.class),
                        row.getObject("message_id", UUID.class),
                        row.getString("body"),
                        row.getInt("tries"),
                        row.getString("url"),
                        row.getBytes("keys_sealed"),
                        row.getBytes("old_keys")))
                .list();
    }

    private void send(Due due) throws InterruptedException {
        Instant at = clock.instant();
        long begun = System.nanoTime();
        Outcome outcome = post(due, at);
        int took = (int) Duration.ofNanos(System.nanoTime() - begun).toMillis();
        transactions.executeWithoutResult(status -> {
            note(due, at, outcome, took);
            switch (outcome) {
                case Outcome.Answered(int code, String _) when code >= 200 && code < 300 -> delivered(due);
                case Outcome.Answered(int code, String _)
                when code == 410 -> {
                    again(due, null);
                    disable(due, "webhook.answered-gone");
                }
                case Outcome.Answered(int code, String retryAfter)
                when code == 429 || code == 503 -> {
                    Duration rest = rest(retryAfter);
                    slow(due, rest);
                    again(due, longer(rest, pauseAfter(due.tries())));
                }
                case Outcome.Answered a -> again(due, pauseAfter(due.tries()));
                case Outcome.Silent s -> again(due, pauseAfter(due.tries()));
            }
        });
    }

    private Outcome post(Due due, Instant at) throws InterruptedException {
        // The name may lead elsewhere by now.
        Optional<String> refused = targets.refuses(due.url());
        if (refused.isPresent()) return new Outcome.Silent(refused.get());
        String id = "msg_" + due.message();
        HttpRequest request = HttpRequest.newBuilder(URI.create(due.url()))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .header("User-Agent", "Vitrine")
                .header("webhook-id", id)
                .header("webhook-timestamp", String.valueOf(at.getEpochSecond()))
                .header("webhook-signature", signatures(due, id, at))
                .POST(HttpRequest.BodyPublishers.ofString(due.body()))
                .build();
        try {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            // What it says besides is not read: it could go on for ever.
            answer.body().close();
            return new Outcome.Answered(
                    answer.statusCode(),
                    answer.headers().firstValue("Retry-After").orElse(null));
        } catch (IOException e) {
            return new Outcome.Silent(e.getClass().getSimpleName());
        }
    }

    /** Standard Webhooks lets a message carry several: a receiver takes it when one of them is right. */
    private String signatures(Due due, String id, Instant at) {
        String now = webhooks.signatures(due.keys()).header(id, at, due.body());
        byte[] old = due.oldKeys();
        return old == null ? now : now + " " + webhooks.signatures(old).header(id, at, due.body());
    }

    private void note(Due due, Instant at, Outcome outcome, int took) {
        db.sql("""
                insert into webhook_attempts (brand_id, webhook_id, message_id, nth, at, status, failure, took_ms)
                select :brand, :webhook, :message, coalesce(max(nth), 0) + 1, :at, :status, :failure, :took
                from webhook_attempts where brand_id = :brand and webhook_id = :webhook and message_id = :message
                """)
                .param("brand", due.brand())
                .param("webhook", due.webhook())
                .param("message", due.message())
                .param("at", Timestamp.from(at))
                .param("status", outcome instanceof Outcome.Answered a ? a.status() : null)
                .param("failure", outcome instanceof Outcome.Silent s ? s.why() : null)
                .param("took", took)
                .update();
    }

    private void delivered(Due due) {
        db.sql("""
                update webhook_messages set delivered_at = :now, next_try_at = null
                where brand_id = :brand and webhook_id = :webhook and message_id = :message
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("brand", due.brand())
                .param("webhook", due.webhook())
                .param("message", due.message())
                .update();
    }

    /** @param pause null: that was the last try */
    private void again(Due due, @Nullable Duration pause) {
        Timestamp now = Timestamp.from(clock.instant());
        db.sql("""
                update webhook_messages set next_try_at = :next, given_up_at = :over
                where brand_id = :brand and webhook_id = :webhook and message_id = :message
                """)
                .param(
                        "next",
                        pause == null ? null : Timestamp.from(clock.instant().plus(pause)))
                .param("over", pause == null ? now : null)
                .param("brand", due.brand())
                .param("webhook", due.webhook())
                .param("message", due.message())
                .update();
    }

    private void disable(Due due, String why) {
        db.sql("""
                update webhooks set disabled_at = :now, disabled_why = :why
                where brand_id = :brand and webhook_id = :webhook and disabled_at is null
                """)
                .param("now", Timestamp.from(clock.instant()))
                .param("why", why)
                .param("brand", due.brand())
                .param("webhook", due.webhook())
                .update();
    }

    private void slow(Due due, Duration rest) {
        db.sql("update webhooks set slow_until = :until where brand_id = :brand and webhook_id = :webhook")
                .param("until", Timestamp.from(clock.instant().plus(rest)))
                .param("brand", due.brand())
                .param("webhook", due.webhook())
                .update();
    }

    private @Nullable Duration pauseAfter(int tries) {
        if (tries > AFTER_TRY.size()) return null;
        long millis = AFTER_TRY.get(tries - 1).toMillis();
        // A fifth more or less, so that what failed together does not come back together.
        return Duration.ofMillis(millis * 4 / 5 + (long) (random.nextDouble() * millis * 2 / 5));
    }

    private static @Nullable Duration longer(Duration rest, @Nullable Duration pause) {
        return pause == null ? null : pause.compareTo(rest) > 0 ? pause : rest;
    }

    private static Duration rest(@Nullable String retryAfter) {
        if (retryAfter == null || !retryAfter.matches("\\d{1,6}")) return REST;
        Duration asked = Duration.ofSeconds(Long.parseLong(retryAfter));
        return asked.compareTo(REST_MAX) > 0 ? REST_MAX : asked;
    }
}
