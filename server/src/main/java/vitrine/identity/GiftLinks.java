package vitrine.identity;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.Keys;

/**
 * The way of a buyer without an account to what she earned: whoever has the link may see and open the gift before saying who
 * she is, and signing in afterwards makes it hers. A link's token is a keyed hash of what it opens: the same gift has the
 * same link in every mail and on every card, and the database, which keeps the token's hash alone, opens nothing.
 */
@Component
public class GiftLinks {

    /** @param collector who holds it: unclaimed, as long as she has not signed in */
    public record Gift(BrandId brand, UUID entitlement, CollectorId collector) {}

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Keys keys;
    private final Clock clock;

    GiftLinks(JdbcClient db, JdbcTemplate rows, Keys keys, Clock clock) {
        this.db = db;
        this.rows = rows;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * The token of each gift's link, by entitlement. Doing it again changes nothing and answers the same; it may be called
     * inside the transaction that made the gifts.
     *
     * @param goodUntil null: as long as the gift is there
     */
    public Map<UUID, String> make(Collection<Gift> gifts, @Nullable Instant goodUntil) {
        Map<UUID, String> tokens = new HashMap<>();
        List<Gift> sorted = gifts.stream()
                .sorted((a, b) -> a.entitlement().compareTo(b.entitlement()))
                .toList();
        Timestamp now = Timestamp.from(clock.instant());
        rows.batchUpdate("""
                insert into gift_links (token_hash, brand_id, entitlement_id, collector_id, made_at, good_until)
                values (?, ?, ?, ?, ?, ?) on conflict (token_hash) do nothing
                """, sorted, 500, (row, gift) -> {
            String token = token(gift.brand(), gift.entitlement());
            tokens.put(gift.entitlement(), token);
            row.setBytes(1, SignIns.sha256(token));
            row.setObject(2, gift.brand().value());
            row.setObject(3, gift.entitlement());
            row.setObject(4, gift.collector().value());
            row.setTimestamp(5, now);
            row.setTimestamp(6, goodUntil == null ? null : Timestamp.from(goodUntil));
        });
        return tokens;
    }

    public String make(Gift gift) {
        return make(List.of(gift), null).getOrDefault(gift.entitlement(), "");
    }

    /** What this link opens; empty: nothing, or not any more. The collector is the one of when it was made; ask for her root. */
    public Optional<Gift> open(String token) {
        if (token.length() > 100) return Optional.empty();
        return db.sql("""
                select brand_id, entitlement_id, collector_id from gift_links
                where token_hash = :hash and withdrawn_at is null and (good_until is null or good_until > :now)
                """)
                .param("hash", SignIns.sha256(token))
                .param("now", Timestamp.from(clock.instant()))
                .query((row, n) -> new Gift(
                        new BrandId(row.getObject("brand_id", UUID.class)),
                        row.getObject("entitlement_id", UUID.class),
                        new CollectorId(row.getObject("collector_id", UUID.class))))
                .optional();
    }

    /** 144 bits that nobody without the installation's key can make. It opens what {@link #make} was asked for. */
    public String token(BrandId brand, UUID entitlement) {
        byte[] mac = keys.mac("gift-link", (brand + "\n" + entitlement).getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac, 18));
    }
}
