package vitrine.shop;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.util.UriUtils;
import vitrine.platform.BrandId;

/**
 * What a brand's shops sell, as far as their orders told: there is no second feed that could say otherwise. Where a shop shows
 * its goods is what staff wrote down.
 */
@Component
public class Goods {

    public static final int URL_MAX = 300;
    private static final int REMEMBERED = 20_000;
    private static final int SHOWN = 60;

    private final JdbcClient db;
    private final JdbcTemplate batch;

    /** What was written already, so that an order of known goods costs a look into memory. */
    private final Map<Key, Told> written = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Told> eldest) {
            return size() > REMEMBERED;
        }
    });

    Goods(JdbcClient db, JdbcTemplate batch) {
        this.db = db;
        this.batch = batch;
    }

    private record Key(UUID brand, UUID shop, String product, String sku) {}

    private record Told(String title, String category, String vendor) {}

    /** @param url where the shop shows it; null: nobody told */
    public record Good(
            BrandId brand,
            ShopId shop,
            String product,
            String sku,
            String title,
            String category,
            String vendor,
            @Nullable String url) {

        /** As a line of an order, to be asked of a selector. */
        public OrderLine asLine() {
            return new OrderLine("", sku, product, title, category, vendor, 1, 0, 0, 0, null);
        }
    }

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

    /** What the brand's open shops sold lately, the newest first. */
    public List<Good> of(BrandId brand) {
        return read(brand, "true", "");
    }

    /** By its sku or the shop's own id of it. */
    public Optional<Good> find(BrandId brand, String skuOrProduct) {
        return read(brand, "(lower(g.sku) = lower(:word) or g.product = :word)", skuOrProduct).stream()
                .findFirst();
    }

    /** What the shops of these brands call the goods with these skus or ids of their own; of what no order told yet, nothing. */
    public Map<String, String> titles(Collection<BrandId> brands, Collection<String> words) {
        Map<String, String> titles = new HashMap<>();
        if (brands.isEmpty() || words.isEmpty()) return titles;
        db.sql("""
                select w.word, g.title from unnest(:brands::uuid[]) as b (brand_id)
                cross join unnest(:words::text[]) as w (word)
                cross join lateral (
                    select g.title from goods g
                    where g.brand_id = b.brand_id and lower(trim(w.word)) in (lower(g.sku), lower(g.product))
                    order by g.sold_at desc limit 1) g
                """)
                .param("brands", brands.stream().map(BrandId::value).toArray(UUID[]::new))
                .param("words", words.toArray(String[]::new))
                .query(row -> {
                    titles.putIfAbsent(row.getString(1), row.getString(2));
                });
        return titles;
    }

    private List<Good> read(BrandId brand, String which, String word) {
        return db.sql("""
                select g.*, f.goods_url from goods g
                join shops s on s.brand_id = g.brand_id and s.shop_id = g.shop_id and s.closed_at is null
                left join shop_fronts f on f.brand_id = g.brand_id and f.shop_id = g.shop_id
                where g.brand_id = :brand and
                """ + which + " order by g.sold_at desc, g.product, g.sku limit :most")
                .param("brand", brand.value())
                .param("word", word)
                .param("most", SHOWN)
                .query((row, n) -> new Good(
                        brand,
                        new ShopId(row.getObject("shop_id", UUID.class)),
                        row.getString("product"),
                        row.getString("sku"),
                        row.getString("title"),
                        row.getString("category"),
                        row.getString("vendor"),
                        filled(row.getString("goods_url"), row.getString("product"), row.getString("sku"))))
                .list();
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

    private static boolean isWeb(@Nullable String url) {
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
