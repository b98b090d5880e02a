package vitrine.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.api.Permission;

/** Keys of programs: shown once when made, kept as SHA-256, good for one brand and what it was made for. */
@Component
public class ApiKeys {

    public static final String PREFIX = "vk_";

    /**
     * @param scopes what it may now: an agency's key no more than the agency itself
     * @param madeBy who answers for it; null: the installation itself
     * @param goodUntil the last moment of whoever made it, who is or was an agency here; null: until it is revoked
     * @param over an agency made it whose time is over, or that was let in anew since: it may do nothing any more
     * @param lastUsedOn the day, not the minute: a key used a thousand times a second writes once a day
     */
    public record ApiKey(
            BrandId brand,
            UUID id,
            String name,
            Set<Permission> scopes,
            @Nullable StaffId madeBy,
            Instant madeAt,
            @Nullable Instant goodUntil,
            boolean over,
            @Nullable LocalDate lastUsedOn,
            @Nullable Instant revokedAt) {}

    /** @param text the key itself; nobody sees it again */
    public record Made(ApiKey key, String text) {}

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Ids ids;
    private final Clock clock;
    private final SecureRandom random;
    private final Audit audit;

    ApiKeys(JdbcClient db, TransactionTemplate transactions, Ids ids, Clock clock, SecureRandom random, Audit audit) {
        this.db = db;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
        this.random = random;
        this.audit = audit;
    }

    public Made make(BrandId brand, String name, Set<Permission> scopes, Who by) {
        byte[] bits = new byte[24];
        random.nextBytes(bits);
        String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        UUID id = ids.next();
        ApiKey key = Objects.requireNonNull(transactions.execute(status -> {
            db.sql("""
                    insert into api_keys (brand_id, api_key_id, name, scopes, made_by, made_at)
                    values (:brand, :id, :name, :scopes, coalesce(:by::uuid, (
                        select made_by from api_keys where brand_id = :brand and api_key_id = :parent::uuid)), :now)
                    """)
                    .param("brand", brand.value())
                    .param("id", id)
                    .param("name", name)
                    .param(
                            "scopes",
                            scopes.stream().map(Permission::scope).sorted().toArray(String[]::new))
                    .param("by", by instanceof Who.Colleague c ? c.staff().value() : null)
                    // A key that a key made is its maker's maker's.
                    .param("parent", by instanceof Who.Machine m ? m.key() : null)
                    .param("now", Timestamp.from(clock.instant()))
                    .update();
            db.sql("insert into api_key_hashes (key_hash, brand_id, api_key_id) values (:hash, :brand, :id)")
                    .param("hash", hash(text))
                    .param("brand", brand.value())
                    .param("id", id)
                    .update();
            audit.write(by, brand, "api-key.made", id.toString(), "{}");
            return keys("k.brand_id = :brand and k.api_key_id = :id")
                    .param("brand", brand.value())
                    .param("id", id)
                    .query((row, n) -> key(row))
                    .single();
        }));
        return new Made(key, text);
    }

    /** Who calls with this key; empty: nobody, it was revoked, or an agency made it whose time is over. */
    public Optional<Who.Machine> whose(String text) {
        if (!text.startsWith(PREFIX) || text.length() > 100) return Optional.empty();
        Optional<ApiKey> found = keys("""
                        k.revoked_at is null
                            and (k.brand_id, k.api_key_id) in (select brand_id, api_key_id from api_key_hashes where key_hash = :hash)
                        """)
                .param("hash", hash(text))
                .query((row, n) -> key(row))
                .optional()
                .filter(k -> !k.over());
        found.ifPresent(this::used);
        return found.map(k -> new Who.Machine(k.id(), k.name(), k.brand(), k.scopes()));
    }

    public List<ApiKey> of(BrandId brand) {
        return keys("k.brand_id = :brand order by k.api_key_id")
                .param("brand", brand.value())
                .query((row, n) -> key(row))
                .list();
    }

    /**
     * What a key may is asked anew each time. Of whoever is or was an agency here it may what she may by the membership under which
     * she made it, as an operator of the house too; an earlier one's keys do not come back with her.
     */
    private JdbcClient.StatementSpec keys(String which) {
        return of("""
                select k.brand_id, k.api_key_id, k.name, k.made_by, k.made_at, k.last_used_on, k.revoked_at, a.agency, m.good_until,
                    a.agency and (m.membership_id is null or m.good_until <= :now) as over,
                    case when not a.agency or (m.membership_id is not null and m.rights is null) then k.scopes
                        else array(select unnest(k.scopes) intersect select unnest(m.rights)) end as scopes
                """, which);
    }

    /** Whether somebody made this key who was an agency here then. */
    boolean isAgencys(BrandId brand, UUID key) {
        return of(
                        "select a.agency and (m.membership_id is null or m.rights is not null)",
                        "k.brand_id = :brand and k.api_key_id = :key")
                .param("brand", brand.value())
                .param("key", key)
                .query(Boolean.class)
                .single();
    }

    /** Of those by which she may have made it the one that lets her do the most, and for longest. */
    private JdbcClient.StatementSpec of(String what, String which) {
        return db.sql(what + """

                from api_keys k
                cross join lateral (select exists (select from memberships w where w.brand_id = k.brand_id and w.staff_id = k.made_by
                    and w.role = 'agency') as agency) a
                left join lateral (
                    select w.membership_id, w.rights, w.good_until from memberships w
                    where a.agency and w.staff_id = k.made_by and (w.brand_id = k.brand_id or w.role = 'operator')
                        and w.ended_at is null and w.given_at <= k.made_at
                    order by coalesce(w.good_until <= :now, false), w.rights is not null, w.good_until desc nulls first limit 1) m on true
                where
                """ + which).param("now", Timestamp.from(clock.instant()));
    }

    /** Whether he made this key himself, or another of his keys did. */
    public boolean isOwn(BrandId brand, UUID key, Who who) {
        return db.sql("""
                select exists (select from api_keys where brand_id = :brand and api_key_id = :key and made_by = coalesce(:staff::uuid, (
                    select made_by from api_keys where brand_id = :brand and api_key_id = :machine::uuid)))
                """)
                .param("brand", brand.value())
                .param("key", key)
                .param("staff", who instanceof Who.Colleague c ? c.staff().value() : null)
                .param("machine", who instanceof Who.Machine m ? m.key() : null)
                .query(Boolean.class)
                .single();
    }

    /** True: it was good and is not any more, from the next request on. */
    public boolean revoke(BrandId brand, UUID id, Who by) {
        return Boolean.TRUE.equals(transactions.execute(status -> {
            int revoked = db.sql("""
                    update api_keys set revoked_at = :now
                    where brand_id = :brand and api_key_id = :id and revoked_at is null
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", brand.value())
                    .param("id", id)
                    .update();
            if (revoked == 1) audit.write(by, brand, "api-key.revoked", id.toString(), "{}");
            return revoked == 1;
        }));
    }

    private void used(ApiKey key) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (today.equals(key.lastUsedOn())) return;
        db.sql("update api_keys set last_used_on = :today where brand_id = :brand and api_key_id = :id")
                .param("today", Date.valueOf(today))
                .param("brand", key.brand().value())
                .param("id", key.id())
                .update();
    }

    private static ApiKey key(java.sql.ResultSet row) throws java.sql.SQLException {
        Set<Permission> scopes = EnumSet.noneOf(Permission.class);
        Arrays.stream((String[]) row.getArray("scopes").getArray())
                .map(Permission::ofScope)
                .flatMap(Optional::stream)
                .forEach(scopes::add);
        Date used = row.getDate("last_used_on");
        Timestamp revoked = row.getTimestamp("revoked_at");
        Timestamp until = row.getTimestamp("good_until");
        UUID by = row.getObject("made_by", UUID.class);
        return new ApiKey(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("api_key_id", UUID.class),
                row.getString("name"),
                scopes,
                by == null ? null : new StaffId(by),
                row.getTimestamp("made_at").toInstant(),
                until == null ? null : until.toInstant(),
                row.getBoolean("over"),
                used == null ? null : used.toLocalDate(),
                revoked == null ? null : revoked.toInstant());
    }

    /** 192 random bits need no salt and no slow hash. */
    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
