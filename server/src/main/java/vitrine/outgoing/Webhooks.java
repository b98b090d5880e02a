package vitrine.outgoing;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.Audit;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.Event;
import vitrine.platform.Ids;
import vitrine.platform.Keys;
import vitrine.platform.Targets;

/** Who wants to hear what happens to a brand's things, and what each of them heard so far. */
@Component
public class Webhooks {

    /** What can be heard. */
    public static final Set<String> TYPES = Set.of(
            "piece.granted",
            "piece.revoked",
            "piece.moved",
            "piece.redeemed",
            "piece.retired",
            "campaign.published",
            "drop.published",
            "drop.sold-out",
            "drop.ended");

    /** What a staff member sends to see whether somebody listens. */
    public static final String TEST = "webhook.test";

    /** How long messages carry the signatures of the old keys as well after they were changed. */
    public static final Duration OVERLAP = Duration.ofHours(24);

    private static final String SEAL = "webhooks";

    /**
     * @param oldKeysUntil messages are signed with the keys before these, too; null: they are not
     * @param slowUntil the receiver asked for a rest; null: it did not, or it is over
     */
    public record Webhook(
            BrandId brand,
            UUID id,
            String url,
            List<String> types,
            String publicKey,
            Instant madeAt,
            @Nullable Instant oldKeysUntil,
            @Nullable Instant slowUntil,
            @Nullable Instant disabledAt,
            @Nullable String disabledWhy) {}

    /**
     * Something that a webhook has to hear, or heard.
     *
     * @param nextTryAt null: nothing more is tried
     * @param status of the last try, null: no answer or no try yet
     * @param failure why there was no answer
     */
    public record Message(
            UUID id,
            String type,
            Instant madeAt,
            int attempts,
            @Nullable Instant nextTryAt,
            @Nullable Instant deliveredAt,
            @Nullable Instant givenUpAt,
            @Nullable Integer status,
            @Nullable String failure) {

        public String state() {
            return nextTryAt != null
                    ? attempts == 0 ? "queued" : "retrying"
                    : deliveredAt != null ? "delivered" : "given-up";
        }
    }

    /** The place of a try in the list of them: two may have been made in one instant. */
    public record TryKey(Instant at, UUID message, int nth) {}

    /** @param status null: no answer; then {@code failure} says why */
    public record Attempt(
            UUID message,
            String type,
            int nth,
            Instant at,
            @Nullable Integer status,
            @Nullable String failure,
            int tookMs) {}

    public sealed interface Making {
        /** @param secret shown this once */
        record Made(Webhook webhook, String secret) implements Making {}

        /** @param why {@code not-https}, {@code not-public}, {@code unknown-host}, {@code not-an-address} */
        record NotThere(String why) implements Making {}

        record UnknownType(String type) implements Making {}
    }

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Keys keys;
    private final Ids ids;
    private final SecureRandom random;
    private final Clock clock;
    private final Targets targets;
    private final Audit audit;

    Webhooks(
            JdbcClient db,
            TransactionTemplate transactions,
            Keys keys,
            Ids ids,
            SecureRandom random,
            Clock clock,
            Targets targets,
            Audit audit) {
        this.db = db;
        this.transactions = transactions;
        this.keys = keys;
        this.ids = ids;
        this.random = random;
        this.clock = clock;
        this.targets = targets;
        this.audit = audit;
    }

    public Making make(BrandId brand, String url, List<String> types, Who by) {
        for (String type : types) if (!TYPES.contains(type)) return new Making.UnknownType(type);
        if (types.isEmpty()) return new Making.UnknownType("");
        Optional<String> refused = targets.refuses(url);
        if (refused.isPresent()) return new Making.NotThere(refused.get());
        byte[] pair = new byte[Signatures.KEYS];
        random.nextBytes(pair);
        Signatures signatures = new Signatures(pair);
        Webhook made = new Webhook(
                brand,
                ids.next(),
                url,
                List.copyOf(types),
                signatures.publicKey(),
                clock.instant(),
                null,
                null,
                null,
                null);
        transactions.executeWithoutResult(status -> {
            db.sql("""
                    insert into webhooks (brand_id, webhook_id, url, types, keys_sealed, made_at)
                    values (:brand, :id, :url, :types, :keys, :now)
                    """)
                    .param("brand", brand.value())
                    .param("id", made.id())
                    .param("url", url)
                    .param("types", types.stream().distinct().sorted().toArray(String[]::new))
                    .param("keys", keys.seal(SEAL, pair))
                    .param("now", Timestamp.from(made.madeAt()))
                    .update();
            audit.write(by, brand, "webhook.made", made.id().toString(), "{}");
        });
        return new Making.Made(made, signatures.secret());
    }

    public List<Webhook> of(BrandId brand) {
        return db.sql("select * from webhooks where brand_id = :brand and removed_at is null order by webhook_id")
                .param("brand", brand.value())
                .query(this::webhook)
                .list();
    }

    /** Nothing more goes there; what it heard stays on record. */
    public boolean remove(BrandId brand, UUID webhook, Who by) {
        return changed(brand, webhook, "webhook.removed", by, """
                update webhooks set removed_at = :now where brand_id = :brand and webhook_id = :id and removed_at is null
                """);
    }

    /** After it was switched off (it answered 410), or to end the rest that it asked for. */
    public boolean enable(BrandId brand, UUID webhook, Who by) {
        return changed(brand, webhook, "webhook.enabled", by, """
                update webhooks set disabled_at = null, disabled_why = null, slow_until = null
                where brand_id = :brand and webhook_id = :id and removed_at is null and made_at <= :now
                """);
    }

    public Optional<Webhook> find(BrandId brand, UUID webhook) {
        return of(brand).stream().filter(w -> w.id().equals(webhook)).findFirst();
    }

    /** @return false: there is no such webhook, or a type that cannot be heard */
    public boolean listenTo(BrandId brand, UUID webhook, List<String> types, Who by) {
        if (types.isEmpty() || !TYPES.containsAll(types)) return false;
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int changed = db.sql("""
                    update webhooks set types = :types where brand_id = :brand and webhook_id = :id and removed_at is null
                    """)
                    .param("types", types.stream().distinct().sorted().toArray(String[]::new))
                    .param("brand", brand.value())
                    .param("id", webhook)
                    .update();
            if (changed == 1) audit.write(by, brand, "webhook.changed", webhook.toString(), "{}");
            return changed == 1;
        }));
    }

    /** New keys; for a day messages are signed with the old ones too, so that nothing is lost while the receiver changes. */
    public Optional<String> rotate(BrandId brand, UUID webhook, Who by) {
        byte[] pair = new byte[Signatures.KEYS];
        random.nextBytes(pair);
        boolean changed = Boolean.TRUE.equals(transactions.execute(status -> {
            int rows = db.sql("""
                    update webhooks set old_keys_sealed = keys_sealed, old_keys_until = :until, keys_sealed = :keys
                    where brand_id = :brand and webhook_id = :id and removed_at is null
                    """)
                    .param("until", Timestamp.from(clock.instant().plus(OVERLAP)))
                    .param("keys", keys.seal(SEAL, pair))
                    .param("brand", brand.value())
                    .param("id", webhook)
                    .update();
            if (rows == 1) audit.write(by, brand, "webhook.secret-changed", webhook.toString(), "{}");
            return rows == 1;
        }));
        return changed ? Optional.of(new Signatures(pair).secret()) : Optional.empty();
    }

    /** Queues a message that says nothing but that somebody wanted to see one arrive. */
    public Optional<UUID> test(BrandId brand, UUID webhook, Who by) {
        UUID message = ids.next();
        Instant now = clock.instant();
        String body = Queue.body(new Event(brand, message, TEST, webhook.toString(), "{}", now));
        boolean queued = Boolean.TRUE.equals(transactions.execute(status -> {
            int rows = db.sql("""
                    insert into webhook_messages (brand_id, webhook_id, message_id, type, body, made_at, next_try_at)
                    select brand_id, webhook_id, :message, :type, :body, :now, :now from webhooks
                    where brand_id = :brand and webhook_id = :id and removed_at is null and disabled_at is null
                    """)
                    .param("message", message)
                    .param("type", TEST)
                    .param("body", body)
                    .param("now", Timestamp.from(now))
                    .param("brand", brand.value())
                    .param("id", webhook)
                    .update();
            if (rows == 1) audit.write(by, brand, "webhook.tested", webhook.toString(), "{}");
            return rows == 1;
        }));
        return queued ? Optional.of(message) : Optional.empty();
    }

    /** The newest first. @param undelivered only what did not arrive yet, or never will */
    public List<Message> messages(BrandId brand, UUID webhook, boolean undelivered, @Nullable UUID before, int most) {
        return db.sql(MESSAGES + """
                where m.brand_id = :brand and m.webhook_id = :id and (:before::uuid is null or m.message_id < :before::uuid)
                    and (not :undelivered or m.delivered_at is null)
                order by m.message_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("id", webhook)
                .param("before", before)
                .param("undelivered", undelivered)
                .param("most", most)
                .query(Webhooks::message)
                .list();
    }

    public Optional<Message> message(BrandId brand, UUID webhook, UUID message) {
        return db.sql(MESSAGES + "where m.brand_id = :brand and m.webhook_id = :id and m.message_id = :message")
                .param("brand", brand.value())
                .param("id", webhook)
                .param("message", message)
                .query(Webhooks::message)
                .optional();
    }

    /** What is sent, byte for byte. */
    public String body(BrandId brand, UUID webhook, UUID message) {
        return db.sql("""
                select body from webhook_messages where brand_id = :brand and webhook_id = :id and message_id = :message
                """)
                .param("brand", brand.value())
                .param("id", webhook)
                .param("message", message)
                .query(String.class)
                .single();
    }

    private static final String MESSAGES = """
            select m.message_id, m.type, m.made_at, m.next_try_at, m.delivered_at, m.given_up_at,
                coalesce(a.nth, 0) as attempts, a.status, a.failure
            from webhook_messages m
            left join lateral (
                select nth, status, failure from webhook_attempts a where a.brand_id = m.brand_id
                    and a.webhook_id = m.webhook_id and a.message_id = m.message_id order by nth desc limit 1) a on true
            """;

    private static Message message(ResultSet row, int n) throws SQLException {
        return new Message(
                row.getObject("message_id", UUID.class),
                row.getString("type"),
                row.getTimestamp("made_at").toInstant(),
                row.getInt("attempts"),
                instant(row.getTimestamp("next_try_at")),
                instant(row.getTimestamp("delivered_at")),
                instant(row.getTimestamp("given_up_at")),
                row.getObject("status", Integer.class),
                row.getString("failure"));
    }

    /** Every try of every message, the newest first. @param after the last one of the page before */
    public List<Attempt> attempts(BrandId brand, UUID webhook, @Nullable TryKey after, int most) {
        return db.sql("""
                select a.*, m.type from webhook_attempts a
                join webhook_messages m on m.brand_id = a.brand_id and m.webhook_id = a.webhook_id and m.message_id = a.message_id
                where a.brand_id = :brand and a.webhook_id = :id
                    and (:at::timestamptz is null or (a.at, a.message_id, a.nth) < (:at::timestamptz, :message::uuid, :nth))
                order by a.at desc, a.message_id desc, a.nth desc limit :most
                """)
                .param("brand", brand.value())
                .param("id", webhook)
                .param("at", after == null ? null : Timestamp.from(after.at()))
                .param("message", after == null ? null : after.message())
                .param("nth", after == null ? 0 : after.nth())
                .param("most", most)
                .query(Webhooks::attempt)
                .list();
    }

    /** The tries of one message, the newest first. */
    public List<Attempt> attempts(BrandId brand, UUID webhook, UUID message) {
        return db.sql("""
                select a.*, m.type from webhook_attempts a
                join webhook_messages m on m.brand_id = a.brand_id and m.webhook_id = a.webhook_id and m.message_id = a.message_id
                where a.brand_id = :brand and a.webhook_id = :id and a.message_id = :message order by a.nth desc
                """)
                .param("brand", brand.value())
                .param("id", webhook)
                .param("message", message)
                .query(Webhooks::attempt)
                .list();
    }

    private static Attempt attempt(ResultSet row, int n) throws SQLException {
        return new Attempt(
                row.getObject("message_id", UUID.class),
                row.getString("type"),
                row.getInt("nth"),
                row.getTimestamp("at").toInstant(),
                row.getObject("status", Integer.class),
                row.getString("failure"),
                row.getInt("took_ms"));
    }

    /** Sends a message once more, under its own id, whatever became of it. */
    public boolean replay(BrandId brand, UUID webhook, UUID message, Who by) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int again = db.sql("""
                    update webhook_messages set next_try_at = :now, tries = 0, given_up_at = null
                    where brand_id = :brand and webhook_id = :id and message_id = :message
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", brand.value())
                    .param("id", webhook)
                    .param("message", message)
                    .update();
            if (again == 1) audit.write(by, brand, "webhook.replayed", message.toString(), "{}");
            return again == 1;
        }));
    }

    Signatures signatures(byte[] sealed) {
        return new Signatures(keys.unseal(SEAL, sealed));
    }

    private boolean changed(BrandId brand, UUID webhook, String act, Who by, String sql) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int changed = db.sql(sql)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", brand.value())
                    .param("id", webhook)
                    .update();
            if (changed == 1) audit.write(by, brand, act, webhook.toString(), "{}");
            return changed == 1;
        }));
    }

    private Webhook webhook(ResultSet row, int n) throws SQLException {
        return new Webhook(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("webhook_id", UUID.class),
                row.getString("url"),
                Arrays.asList((String[]) row.getArray("types").getArray()),
                signatures(row.getBytes("keys_sealed")).publicKey(),
                row.getTimestamp("made_at").toInstant(),
                ahead(row.getTimestamp("old_keys_until")),
                ahead(row.getTimestamp("slow_until")),
                instant(row.getTimestamp("disabled_at")),
                row.getString("disabled_why"));
    }

    /** What is over needs no saying. */
    private @Nullable Instant ahead(@Nullable Timestamp end) {
        return end == null || end.toInstant().isBefore(clock.instant()) ? null : end.toInstant();
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
