package vitrine.shop;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Keys;

/** The brands' shops outside, and where each posts to. The inbox finds them in memory, at most two seconds old. */
@Component
public class Shops {

    private static final Logger log = LoggerFactory.getLogger(Shops.class);
    private static final Duration REREAD = Duration.ofSeconds(2);
    private static final Duration REREAD_WHEN_UNKNOWN = Duration.ofMillis(250);
    private static final String KEY = "shop-secret";

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Keys keys;
    private final Ids ids;
    private final Clock clock;
    private final Map<String, Source> sources = new HashMap<>();
    private final Set<ShopId> unreadable = ConcurrentHashMap.newKeySet();
    private volatile Snapshot snapshot = new Snapshot(Map.of(), Instant.MIN);

    Shops(JdbcClient db, TransactionTemplate transactions, Keys keys, Ids ids, Clock clock, List<Source> sources) {
        this.db = db;
        this.transactions = transactions;
        this.keys = keys;
        this.ids = ids;
        this.clock = clock;
        sources.forEach(source -> this.sources.put(source.name(), source));
    }

    /**
     * @param secret as the shop has it: any text for shopify and woocommerce; {@code whsec_…} or {@code whpk_…} (several with
     *     blanks between) for standard; empty for a saleor that signs with its own keys
     */
    public record NewShop(
            BrandId brand,
            String source,
            String slug,
            String name,
            Currency currency,
            int receiptDays,
            String secret,
            @Nullable String apiUrl,
            @Nullable String apiToken) {}

    public sealed interface Creation {
        record Created(Shop shop) implements Creation {}

        record SlugTaken(String slug) implements Creation {}

        /** @param flaw a stable word: {@code source}, {@code slug}, {@code name}, {@code secret-…}, {@code receipt-days} */
        record Flawed(String flaw) implements Creation {}
    }

    /** In its own transaction. */
    public Creation create(NewShop wanted) {
        String flaw = flaw(wanted);
        if (flaw != null) return new Creation.Flawed(flaw);
        Instant now = clock.instant();
        var shop = new Shop(
                wanted.brand,
                new ShopId(ids.next()),
                wanted.source,
                wanted.slug,
                wanted.name.strip(),
                wanted.currency,
                wanted.receiptDays,
                wanted.apiUrl,
                null,
                now);
        try {
            transactions.executeWithoutResult(status -> insert(shop, wanted, now));
        } catch (DuplicateKeyException e) { // shop_addresses_taken
            return new Creation.SlugTaken(wanted.slug);
        }
        snapshot = new Snapshot(Map.of(), Instant.MIN);
        return new Creation.Created(shop);
    }

    private void insert(Shop shop, NewShop wanted, Instant now) {
        db.sql("insert into shop_addresses (source, slug, brand_id, shop_id) values (:source, :slug, :brand, :shop)")
                .param("source", shop.source())
                .param("slug", shop.slug())
                .param("brand", shop.brand().value())
                .param("shop", shop.id().value())
                .update();
        db.sql("""
                insert into shops (brand_id, shop_id, source, slug, name, currency, receipt_days, secret_sealed, api_url,
                    api_token_sealed, created_at)
                values (:brand, :shop, :source, :slug, :name, :currency, :days, :secret, :api, :token, :now)
                """)
                .param("brand", shop.brand().value())
                .param("shop", shop.id().value())
                .param("source", shop.source())
                .param("slug", shop.slug())
                .param("name", shop.name())
                .param("currency", shop.currency().getCurrencyCode())
                .param("days", shop.receiptDays())
                .param("secret", sealed(List.of(new Secret(wanted.secret, null))))
                .param("api", shop.apiUrl())
                .param("token", wanted.apiToken == null ? null : keys.seal(KEY, Signatures.utf8(wanted.apiToken)))
                .param("now", Timestamp.from(now))
                .update();
        db.sql("insert into fold_turns (brand_id) values (:brand) on conflict do nothing")
                .param("brand", shop.brand().value())
                .update();
    }

    private @Nullable String flaw(NewShop wanted) {
        if (!sources.containsKey(wanted.source)) return "source";
        if (!wanted.slug.matches("[a-z0-9][a-z0-9-]{0,62}")) return "slug";
        if (wanted.name.isBlank()) return "name";
        if (wanted.receiptDays < 0 || wanted.receiptDays > 90) return "receipt-days";
        if (wanted.apiUrl != null && !wanted.apiUrl.matches("https?://[^\\s]+")) return "api-url";
        return secretFlaw(wanted.source, wanted.secret);
    }

    private static @Nullable String secretFlaw(String source, String secret) {
        if (source.equals("saleor")) return null; // it may sign with its own keys
        if (secret.isBlank()) return "secret-missing";
        if (!source.equals("standard")) return null;
        for (String one : secret.strip().split("\\s+")) {
            String flaw = StandardWebhooks.flaw(one);
            if (flaw != null) return flaw;
        }
        return null;
    }

    /** The new secret is good at once, the ones before it for as long as {@code overlap}; null: done, else the flaw. */
    public @Nullable String rotateSecret(BrandId brand, ShopId id, String secret, Duration overlap) {
        Shop shop = find(brand, id).orElseThrow();
        String flaw = secretFlaw(shop.source(), secret);
        if (flaw != null) return flaw;
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            byte[] sealed = db.sql(
                            "select secret_sealed from shops where brand_id = :brand and shop_id = :shop for update")
                    .param("brand", brand.value())
                    .param("shop", id.value())
                    .query(byte[].class)
                    .single();
            var secrets = new ArrayList<Secret>();
            secrets.add(new Secret(secret, null));
            for (Secret old : readableSecrets(sealed)) {
                Instant end = now.plus(overlap);
                if (old.until != null && old.until.isBefore(end)) end = old.until;
                if (end.isAfter(now) && !old.text.equals(secret)) secrets.add(new Secret(old.text, end));
            }
            db.sql("update shops set secret_sealed = :sealed where brand_id = :brand and shop_id = :shop")
                    .param("sealed", sealed(secrets))
                    .param("brand", brand.value())
                    .param("shop", id.value())
                    .update();
        });
        snapshot = new Snapshot(Map.of(), Instant.MIN);
        return null;
    }

    /** What is already counted keeps its days; a later message of an order counts it anew. */
    public void change(BrandId brand, ShopId id, String name, int receiptDays) {
        db.sql("""
                update shops set name = :name, receipt_days = :days where brand_id = :brand and shop_id = :shop
                """)
                .param("name", name)
                .param("days", receiptDays)
                .param("brand", brand.value())
                .param("shop", id.value())
                .update();
        snapshot = new Snapshot(Map.of(), Instant.MIN);
    }

    private record Api(@Nullable String url, boolean token) {}

    /**
     * Where its orders can be read, and with which token. A null token leaves the one that is there, which was given for that host and
     * goes to no other; a null address takes both away. Null: done, else the flaw.
     */
    public @Nullable String connectApi(BrandId brand, ShopId id, @Nullable String apiUrl, @Nullable String token) {
        if (apiUrl == null && token != null) return "token-alone";
        boolean connected = Boolean.TRUE.equals(transactions.execute(status -> {
            Api was = db.sql("""
                    select api_url as url, api_token_sealed is not null as token from shops
                    where brand_id = :brand and shop_id = :shop for update
                    """)
                    .param("brand", brand.value())
                    .param("shop", id.value())
                    .query(Api.class)
                    .single();
            if (apiUrl != null && token == null && was.token && !host(apiUrl).equals(host(was.url))) return false;
            db.sql("""
                    update shops set api_url = :api, reconcile_next = null,
                        api_token_sealed = case when :api::text is not null then coalesce(:token, api_token_sealed) end,
                        reconcile_failed = case when :api::text is not null then reconcile_failed end
                    where brand_id = :brand and shop_id = :shop
                    """)
                    .param("api", apiUrl)
                    .param(
                            "token",
                            token == null ? null : keys.seal(KEY, Signatures.utf8(token)),
                            java.sql.Types.BINARY)
                    .param("brand", brand.value())
                    .param("shop", id.value())
                    .update();
            return true;
        }));
        snapshot = new Snapshot(Map.of(), Instant.MIN);
        return connected ? null : "token-elsewhere";
    }

    /** With its scheme and port. */
    private static String host(@Nullable String url) {
        return url == null ? "" : url.toLowerCase(Locale.ROOT).replaceFirst("(?<=://)([^/?#\\\\]*).*", "$1");
    }

    /** Its own list of orders is read at the worker's next step, whenever its turn would have been. */
    public void reconcileNow(BrandId brand, ShopId id) {
        db.sql("update shops set reconcile_next = null where brand_id = :brand and shop_id = :shop")
                .param("brand", brand.value())
                .param("shop", id.value())
                .update();
    }

    public List<Shop> of(BrandId brand) {
        return db.sql("select * from shops where brand_id = :brand and closed_at is null order by created_at, shop_id")
                .param("brand", brand.value())
                .query(Shops::shop)
                .list();
    }

    /**
     * Where a row of {@code shops s} is quiet, as of {@code :now}: it delivered before, and since then nothing for twice its longest
     * pause of late, nor for two hours; for a day, where it delivered within its first day only, which says little of its nights.
     */
    public static final String QUIET = """
            (s.last_delivery_at < :now::timestamptz - greatest(2 * s.longest_pause,
                case when s.last_delivery_at > s.created_at + interval '1 day' then interval '2 hours' else interval '1 day' end))
            """;

    /**
     * @param lastDeliveryAt when it was last heard of; null: never
     * @param quiet it was heard of, and not for much longer than is usual with it
     * @param reconcileFailed why its own list of orders could not be read to the end, as a stable word; null: it could, or no
     *     API was named
     */
    public record Health(
            Shop shop,
            @Nullable Instant lastDeliveryAt,
            boolean quiet,
            boolean hasApi,
            @Nullable String reconcileFailed) {}

    public List<Health> health(BrandId brand) {
        return db.sql("select *, " + QUIET + """
                     as quiet from shops s where brand_id = :brand and closed_at is null order by created_at, shop_id
                """)
                .param("brand", brand.value())
                .param("now", Timestamp.from(clock.instant()))
                .query((row, n) -> {
                    Timestamp last = row.getTimestamp("last_delivery_at");
                    return new Health(
                            shop(row, n),
                            last == null ? null : last.toInstant(),
                            row.getBoolean("quiet"),
                            row.getString("api_url") != null && row.getBytes("api_token_sealed") != null,
                            row.getString("reconcile_failed"));
                })
                .list();
    }

    public Optional<Shop> find(BrandId brand, ShopId id) {
        return db.sql("select * from shops where brand_id = :brand and shop_id = :shop")
                .param("brand", brand.value())
                .param("shop", id.value())
                .query(Shops::shop)
                .optional();
    }

    /** By its inbox address. */
    public Optional<Shop> find(String source, String slug) {
        return Optional.ofNullable(known(source, slug)).map(KnownShop::shop);
    }

    /** The kinds of shop that there are. */
    public Collection<String> sources() {
        return sources.keySet().stream().sorted().toList();
    }

    /** What to do in the shop's own administration, in order: message keys {@code shop.setup.SOURCE.STEP}. */
    public List<String> setupSteps(String source) {
        return source(source).setupSteps().stream()
                .map(step -> "shop.setup." + source + "." + step)
                .toList();
    }

    Source source(String name) {
        Source source = sources.get(name);
        if (source == null) throw new IllegalArgumentException("no such kind of shop");
        return source;
    }

    @Nullable
    KnownShop known(String source, String slug) {
        String address = source + "/" + slug;
        KnownShop known = fresh(REREAD).shops.get(address);
        // A shop that was made a moment ago, on another node perhaps, is looked for once more.
        return known != null ? known : fresh(REREAD_WHEN_UNKNOWN).shops.get(address);
    }

    @Nullable
    KnownShop known(ShopId id) {
        for (KnownShop known : fresh(REREAD).shops.values())
            if (known.shop().id().equals(id)) return known;
        for (KnownShop known : fresh(REREAD_WHEN_UNKNOWN).shops.values()) {
            if (known.shop().id().equals(id)) return known;
        }
        return null;
    }

    Collection<KnownShop> all() {
        return fresh(REREAD).shops.values();
    }

    private record Snapshot(Map<String, KnownShop> shops, Instant readAt) {}

    private Snapshot fresh(Duration most) {
        Snapshot now = snapshot;
        return isFresh(now, most) ? now : reread(most);
    }

    private boolean isFresh(Snapshot kept, Duration most) {
        Instant now = clock.instant();
        return kept.readAt.isAfter(now.minus(most)) && !kept.readAt.isAfter(now);
    }

    private synchronized Snapshot reread(Duration most) {
        if (isFresh(snapshot, most)) return snapshot;
        Instant now = clock.instant();
        Map<String, KnownShop> shops = new HashMap<>();
        db.sql("select * from shops where closed_at is null")
                .query((row, n) -> known(row, n, now))
                .list()
                .forEach(known ->
                        shops.put(known.shop().source() + "/" + known.shop().slug(), known));
        snapshot = new Snapshot(shops, now);
        return snapshot;
    }

    private KnownShop known(ResultSet row, int n, Instant now) throws SQLException {
        Shop shop = shop(row, n);
        byte[] token = row.getBytes("api_token_sealed");
        List<String> valid = new ArrayList<>();
        try {
            for (Secret secret : secrets(row.getBytes("secret_sealed"))) {
                if (secret.until != null && !secret.until.isAfter(now)) continue;
                valid.addAll(List.of(
                        shop.source().equals("standard")
                                ? secret.text.strip().split("\\s+")
                                : new String[] {secret.text}));
            }
            String clear = token == null ? null : new String(keys.unseal(KEY, token), StandardCharsets.UTF_8);
            if (unreadable.remove(shop.id())) log.info("shop.secret-readable-again shop={}", shop.slug());
            return new KnownShop(shop, List.copyOf(valid), clear, true);
        } catch (IllegalStateException e) {
            // One damaged row must not keep the other shops out.
            if (unreadable.add(shop.id())) {
                log.error("shop.secret-unreadable shop={}/{}: enter its secret anew", shop.source(), shop.slug(), e);
            }
            return new KnownShop(shop, List.of(), null, false);
        }
    }

    private static Shop shop(ResultSet row, int n) throws SQLException {
        Timestamp reconciled = row.getTimestamp("reconciled_until");
        return new Shop(
                new BrandId(row.getObject("brand_id", UUID.class)),
                new ShopId(row.getObject("shop_id", UUID.class)),
                row.getString("source"),
                row.getString("slug"),
                row.getString("name"),
                Currency.getInstance(row.getString("currency")),
                row.getInt("receipt_days"),
                row.getString("api_url"),
                reconciled == null ? null : reconciled.toInstant(),
                row.getTimestamp("created_at").toInstant());
    }

    /** @param until null: until another takes its place */
    private record Secret(String text, @Nullable Instant until) {}

    private byte[] sealed(List<Secret> secrets) {
        ArrayNode all = Json.MAPPER.createArrayNode();
        for (Secret secret : secrets) {
            var one = all.addObject().put("secret", secret.text);
            if (secret.until != null) one.put("until", secret.until.toEpochMilli());
        }
        return keys.seal(KEY, Json.MAPPER.writeValueAsBytes(all));
    }

    /** None, where they were sealed with a key that is gone: the new one takes their place. */
    private List<Secret> readableSecrets(byte[] sealed) {
        try {
            return secrets(sealed);
        } catch (IllegalStateException e) {
            log.warn("shop.secret-unreadable: the new one takes its place", e);
            return List.of();
        }
    }

    private List<Secret> secrets(byte[] sealed) {
        var secrets = new ArrayList<Secret>();
        for (JsonNode one : Json.MAPPER.readTree(keys.unseal(KEY, sealed))) {
            JsonNode until = one.path("until");
            secrets.add(
                    new Secret(Json.text(one, "secret"), until.isNumber() ? Json.instant(until.longValue()) : null));
        }
        return secrets;
    }
}
