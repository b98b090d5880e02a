package vitrine.shop;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.util.UriUtils;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;
import vitrine.proof.Hash32;

/**
 * What a brand's shops sell: what their product feeds say, and besides what their orders told of. A row of a feed and the goods
 * of an order are the same where they have one SKU, or else one product; then the feed has the word on how it is shown (title,
 * price, picture, address) and the order on how a rule sees it (product, SKU, category, vendor), for rules are asked of orders.
 * Where a shop without a feed shows its goods is what staff wrote down.
 */
@Component
public class Goods {

    public static final int URL_MAX = 300;
    private static final int REMEMBERED = 20_000;
    private static final int SHOWN = 60;
    /** Of those that rules name there may be more. */
    private static final int READ_MAX = 400;

    private final JdbcClient db;
    private final JdbcTemplate batch;
    private final BusinessClock clock;

    /** What was written already, so that an order of known goods costs a look into memory. */
    private final Map<Key, Told> written = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Told> eldest) {
            return size() > REMEMBERED;
        }
    });

    Goods(JdbcClient db, JdbcTemplate batch, BusinessClock clock) {
        this.db = db;
        this.batch = batch;
        this.clock = clock;
    }

    private record Key(UUID brand, UUID shop, String product, String sku) {}

    private record Told(String title, String category, String vendor) {}

    /**
     * @param url where the shop shows it; null: nobody told
     * @param listed what the shop's feed says of it; null: only an order told of it
     */
    public record Good(
            BrandId brand,
            ShopId shop,
            String product,
            String sku,
            String title,
            String category,
            String vendor,
            @Nullable String url,
            @Nullable Listed listed) {

        /** As a line of an order, to be asked of a selector. */
        public OrderLine asLine() {
            return new OrderLine("", sku, product, title, category, vendor, 1, 0, 0, 0, null);
        }
    }

    /**
     * @param group what variants of one product have in common
     * @param price what it costs now
     * @param before what it costs else; null: it is not reduced
     * @param pictureUrl where the shop has its picture; null: nowhere
     * @param picture ours of it, in the media library; null: not fetched
     * @param pictureDue the shop's has not been looked at for a day
     */
    public record Listed(
            String group,
            Money price,
            @Nullable Money before,
            Availability availability,
            @Nullable String pictureUrl,
            @Nullable Hash32 picture,
            boolean pictureDue) {}

    /** Lines that a shop told of. */
    record Sold(ShopId shop, List<OrderLine> lines, Instant at) {}

    private record Fresh(Key key, Told told, Instant at) {}

    /** In the fold's transaction, under the brand's turn: so no other node writes the same rows. */
    void told(BrandId brand, Collection<Sold> sold) {
        Map<Key, Fresh> fresh = new HashMap<>();
        for (Sold order : sold) {
            for (OrderLine line : order.lines()) {
                if (line.title().isBlank()
                        || line.product().isBlank() && line.sku().isBlank()) continue;
                Key key = new Key(brand.value(), order.shop().value(), line.product(), line.sku());
                Told told = new Told(line.title(), line.category(), line.vendor());
                if (!told.equals(written.get(key))) fresh.put(key, new Fresh(key, told, order.at()));
            }
        }
        if (fresh.isEmpty()) return;
        batch.batchUpdate("""
                insert into goods (brand_id, shop_id, product, sku, title, category, vendor, sold_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                on conflict on constraint goods_pk do update set title = excluded.title, category = excluded.category,
                    vendor = excluded.vendor, sold_at = excluded.sold_at
                where excluded.sold_at >= goods.sold_at
                """, fresh.values(), 200, (row, one) -> {
            row.setObject(1, one.key().brand());
            row.setObject(2, one.key().shop());
            row.setString(3, one.key().product());
            row.setString(4, one.key().sku());
            row.setString(5, one.told().title());
            row.setString(6, one.told().category());
            row.setString(7, one.told().vendor());
            row.setTimestamp(8, Timestamp.from(one.at()));
        });
        // Remembered only once it is committed: what is rolled back is told again.
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                for (Fresh one : fresh.values()) written.put(one.key(), one.told());
            }
        });
    }

    /** What the brand's open shops sell: in the feeds' order, then what orders alone told of, the newest first. */
    public List<Good> of(BrandId brand) {
        return of(brand, Set.of());
    }

    /** The same, and for certain those that these words name: skus, or the shop's own ids of products. */
    public List<Good> of(BrandId brand, Collection<String> named) {
        Set<String> words = new HashSet<>();
        for (String word : named) words.add(small(word));
        List<Good> sold = sold(brand, words);
        Set<String> known = new HashSet<>(words);
        for (Good good : sold) {
            known.add(small(good.sku));
            known.add(small(good.product));
        }
        known.remove("");
        List<Good> goods = new ArrayList<>();
        Set<Name> inFeeds = new HashSet<>();
        listed(brand, known, goods, inFeeds);
        for (Good good : sold) {
            if (!inFeeds.contains(new Name(good.shop, small(good.sku)))
                    && !inFeeds.contains(new Name(good.shop, small(good.product)))) goods.add(good);
        }
        return goods;
    }

    /** By its sku or the shop's own id of it. */
    public Optional<Good> find(BrandId brand, String skuOrProduct) {
        String word = small(skuOrProduct);
        return of(brand, Set.of(word)).stream()
                .filter(good ->
                        small(good.sku).equals(word) || small(good.product).equals(word))
                .findFirst();
    }

    private record Name(ShopId shop, String word) {}

    private static String small(String word) {
        return word.strip().toLowerCase(Locale.ROOT);
    }

    /** What the shops of these brands call the goods with these skus or ids of their own; of what nobody told yet, nothing. */
    public Map<String, String> titles(Collection<BrandId> brands, Collection<String> words) {
        Map<String, String> titles = new HashMap<>();
        if (brands.isEmpty() || words.isEmpty()) return titles;
        db.sql("""
                select w.word, g.title from unnest(:brands::uuid[]) as b (brand_id)
                cross join unnest(:words::text[]) as w (word)
                cross join lateral (
                    (select g.title, 1 as nth from goods g
                    where g.brand_id = b.brand_id and lower(trim(w.word)) in (lower(g.sku), lower(g.product))
                    order by g.sold_at desc limit 1)
                    union all
                    (select f.title, 2 from feed_goods f
                    where f.brand_id = b.brand_id
                        and (lower(f.sku) = lower(trim(w.word)) or lower(f.product) = lower(trim(w.word)))
                    order by f.position limit 1)
                    order by nth limit 1) g
                """)
                .param("brands", brands.stream().map(BrandId::value).toArray(UUID[]::new))
                .param("words", words.toArray(String[]::new))
                .query(row -> {
                    titles.putIfAbsent(row.getString(1), row.getString(2));
                });
        return titles;
    }

    private List<Good> sold(BrandId brand, Set<String> words) {
        return db.sql("""
                select g.*, f.goods_url from goods g
                join shops s on s.brand_id = g.brand_id and s.shop_id = g.shop_id and s.closed_at is null
                left join shop_fronts f on f.brand_id = g.brand_id and f.shop_id = g.shop_id
                where g.brand_id = :brand
                order by (lower(g.sku) = any(:words) or lower(g.product) = any(:words)) desc, g.sold_at desc, g.product, g.sku
                limit :most
                """)
                .param("brand", brand.value())
                .param("words", array(words))
                .param("most", SHOWN + Math.min(words.size(), SHOWN))
                .query((row, n) -> new Good(
                        brand,
                        new ShopId(row.getObject("shop_id", UUID.class)),
                        row.getString("product"),
                        row.getString("sku"),
                        row.getString("title"),
                        row.getString("category"),
                        row.getString("vendor"),
                        filled(row.getString("goods_url"), row.getString("product"), row.getString("sku")),
                        null))
                .list();
    }

    /** @param inFeeds takes by which names rows of the feeds go, so that the same goods are not shown twice */
    private void listed(BrandId brand, Set<String> words, List<Good> goods, Set<Name> inFeeds) {
        Instant now = clock.now();
        db.sql("""
                select f.*, p.sha256, p.next_at is null or p.next_at <= :now as picture_due, o.product as told_product, o.sku as told_sku, o.category as told_category,
                    o.vendor as told_vendor
                from feed_goods f
                join shops s on s.brand_id = f.brand_id and s.shop_id = f.shop_id and s.closed_at is null
                left join goods_pictures p on p.brand_id = f.brand_id and p.shop_id = f.shop_id and p.url = f.picture
                left join lateral (
                    select g.* from goods g where g.brand_id = f.brand_id and g.shop_id = f.shop_id
                        and (f.sku <> '' and lower(g.sku) = lower(f.sku) or g.product <> '' and g.product = f.product)
                    order by lower(g.sku) = lower(f.sku) desc, g.sold_at desc limit 1) o on true
                where f.brand_id = :brand
                    and (f.position < :most or lower(f.sku) = any(:words) or lower(f.product) = any(:words))
                order by (lower(f.sku) = any(:words) or lower(f.product) = any(:words)) desc, f.position, f.shop_id, f.item
                limit :read
                """)
                .param("brand", brand.value())
                .param("words", array(words))
                .param("most", SHOWN)
                .param("read", READ_MAX)
                .param("now", Timestamp.from(now))
                .query(row -> {
                    Good good = listed(brand, row, now);
                    goods.add(good);
                    inFeeds.add(new Name(good.shop, small(row.getString("sku"))));
                    inFeeds.add(new Name(good.shop, small(row.getString("product"))));
                });
        inFeeds.removeIf(name -> name.word.isEmpty());
    }

    private static Good listed(BrandId brand, ResultSet row, Instant now) throws SQLException {
        String told = row.getString("told_product");
        String sku = row.getString("sku");
        // A row that stands for the product as a whole is what was sold of it; a variant is only itself.
        boolean same =
                told != null && (!row.getBoolean("is_variant") || small(sku).equals(small(row.getString("told_sku"))));
        Currency currency = Currency.getInstance(row.getString("currency"));
        var price = new Money(row.getLong("price"), currency);
        Money sale = isReduced(row, now) ? new Money(row.getLong("sale_price"), currency) : null;
        byte[] picture = row.getBytes("sha256");
        return new Good(
                brand,
                new ShopId(row.getObject("shop_id", UUID.class)),
                told != null ? told : row.getString("product"),
                same ? row.getString("told_sku") : sku,
                row.getString("title"),
                told != null ? row.getString("told_category") : row.getString("category"),
                told != null ? row.getString("told_vendor") : row.getString("vendor"),
                row.getString("link"),
                new Listed(
                        row.getString("product"),
                        sale != null ? sale : price,
                        sale != null ? price : null,
                        Availability.of(row.getString("availability")),
                        row.getString("picture"),
                        picture == null ? null : Hash32.of(picture),
                        row.getBoolean("picture_due")));
    }

    private static boolean isReduced(ResultSet row, Instant now) throws SQLException {
        row.getLong("sale_price");
        if (row.wasNull()) return false;
        var from = row.getTimestamp("sale_from");
        var until = row.getTimestamp("sale_until");
        return (from == null || !now.isBefore(from.toInstant())) && (until == null || now.isBefore(until.toInstant()));
    }

    private static SqlArrayValue array(Set<String> words) {
        return new SqlArrayValue("text", words.toArray());
    }

    /** Where each of the brand's shops shows its goods, as it was written; a shop of which nobody told is not in it. */
    public Map<ShopId, String> fronts(BrandId brand) {
        Map<ShopId, String> fronts = new HashMap<>();
        db.sql("select shop_id, goods_url from shop_fronts where brand_id = :brand")
                .param("brand", brand.value())
                .query(row -> {
                    fronts.put(new ShopId(row.getObject("shop_id", UUID.class)), row.getString("goods_url"));
                });
        return fronts;
    }

    /** False: no address of the web, or too long a one. Empty takes it away. */
    public boolean showsAt(BrandId brand, ShopId shop, String url) {
        if (url.isEmpty()) {
            db.sql("delete from shop_fronts where brand_id = :brand and shop_id = :shop")
                    .param("brand", brand.value())
                    .param("shop", shop.value())
                    .update();
            return true;
        }
        if (url.length() > URL_MAX || !isWeb(filled(url, "1", "A"))) return false;
        db.sql("""
                insert into shop_fronts (brand_id, shop_id, goods_url) values (:brand, :shop, :url)
                on conflict on constraint shop_fronts_pk do update set goods_url = excluded.goods_url
                """)
                .param("brand", brand.value())
                .param("shop", shop.value())
                .param("url", url)
                .update();
        return true;
    }

    static boolean isWeb(@Nullable String url) {
        try {
            URI read = URI.create(String.valueOf(url));
            return ("https".equals(read.getScheme()) || "http".equals(read.getScheme()))
                    && read.getHost() != null
                    && read.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static @Nullable String filled(@Nullable String url, String product, String sku) {
        if (url == null) return null;
        return url.replace("{product}", UriUtils.encode(product, StandardCharsets.UTF_8))
                .replace("{sku}", UriUtils.encode(sku, StandardCharsets.UTF_8));
    }
}
