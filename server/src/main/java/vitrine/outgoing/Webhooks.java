package vitrine.outgoing;

import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
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
import vitrine.platform.Ids;
import vitrine.platform.Keys;

/** Who wants to hear what happens to a brand's things, and what each of them heard so far. */
@Component
public class Webhooks {

    /** What can be heard. */
    public static final Set<String> TYPES =
            Set.of("piece.granted", "piece.revoked", "piece.moved", "campaign.published");

    private static final String SEAL = "webhooks";

    public record Webhook(
            BrandId brand,
            UUID id,
            String url,
            List<String> types,
            String publicKey,
            Instant madeAt,
            @Nullable Instant slowUntil,
            @Nullable Instant disabledAt,
            @Nullable String disabledWhy) {}

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
                brand, ids.next(), url, List.copyOf(types), signatures.publicKey(), clock.instant(), null, null, null);
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

    public List<Attempt> attempts(BrandId brand, UUID webhook, @Nullable Instant before, int most) {
        return db.sql("""
                select a.*, m.type from webhook_attempts a
                join webhook_messages m on m.brand_id = a.brand_id and m.webhook_id = a.webhook_id and m.message_id = a.message_id
                where a.brand_id = :brand and a.webhook_id = :id and a.at < :before
                order by a.at desc limit :most
                """)
                .param("brand", brand.value())
                .param("id", webhook)
                .param("before", Timestamp.from(before == null ? clock.instant().plusSeconds(1) : before))
                .param("most", most)
                .query((row, n) -> new Attempt(
                        row.getObject("message_id", UUID.class),
                        row.getString("type"),
                        row.getInt("nth"),
                        row.getTimestamp("at").toInstant(),
                        row.getObject("status", Integer.class),
                        row.getString("failure"),
                        row.getInt("took_ms")))
                .list();
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
                instant(row.getTimestamp("slow_until")),
                instant(row.getTimestamp("disabled_at")),
                row.getString("disabled_why"));
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }
}
