package vitrine.shop;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Targets;

/**
 * Product feeds of the brands' shops: where each is read, what came of it, and what it says. A feed that is whole takes the place
 * of the one before it; one that is not leaves everything as it was and says why.
 */
@Component
public class Feeds {

    static final Duration EVERY = Duration.ofHours(6);
    static final Duration AFTER_FAILURE = Duration.ofMinutes(30);
    static final Duration LEASE = Duration.ofMinutes(5);

    private final JdbcClient db;
    private final JdbcTemplate batch;
    private final TransactionTemplate transactions;
    private final Targets targets;
    private final BusinessClock clock;

    Feeds(JdbcClient db, JdbcTemplate batch, TransactionTemplate transactions, Targets targets, BusinessClock clock) {
        this.db = db;
        this.batch = batch;
        this.transactions = transactions;
        this.targets = targets;
        this.clock = clock;
    }

    /**
     * @param url null: only files are sent
     * @param reading somebody asked for it, and it has not come to its end yet
     * @param wholeAt when it was last read to its end; null: never
     * @param items rows that were taken then
     * @param refused rows of the last reading that were not
     * @param failed why the last reading took nothing, as a stable code; null: it did
     * @param line where it stopped; 0: nowhere in particular
     */
    public record State(
            @Nullable String url,
            boolean reading,
            @Nullable Instant wholeAt,
            int items,
            int refused,
            @Nullable String failed,
            int line,
            @Nullable Instant failedAt,
            List<Row> refusals) {}

    /** A row that was not taken: at this line of the file, for this reason, and what stands there instead. */
    public record Row(int line, String item, String code, String got) {}

    public Optional<State> of(BrandId brand, ShopId shop) {
        List<Row> refusals = db.sql("""
                select line, item, code, got from feed_refusals where brand_id = :brand and shop_id = :shop order by nth
                """)
                .param("brand", brand.value())
                .param("shop", shop.value())
                .query(Row.class)
                .list();
        return db.sql("select * from shop_feeds where brand_id = :brand and shop_id = :shop")
                .param("brand", brand.value())
                .param("shop", shop.value())
                .query((row, n) -> new State(
                        row.getString("url"),
                        row.getTimestamp("asked_at") != null,
                        instant(row.getTimestamp("whole_at")),
                        row.getInt("items"),
                        row.getInt("refused"),
                        row.getString("failed"),
                        row.getInt("failed_line"),
                        instant(row.getTimestamp("failed_at")),
                        refusals))
                .optional();
    }

    private static @Nullable Instant instant(@Nullable Timestamp at) {
        return at == null ? null : at.toInstant();
    }

    /** Read from there from now on; empty takes the feed away, with what it said. Null: done, else a stable code. */
    public @Nullable String readFrom(BrandId brand, ShopId shop, String url) {
        if (url.isEmpty()) {
            transactions.executeWithoutResult(status -> forget(brand, shop));
            return null;
        }
        Optional<String> refused = targets.refuses(url);
        if (refused.isPresent()) return "feed." + refused.get();
        Timestamp now = Timestamp.from(clock.now());
        db.sql("""
                insert into shop_feeds (brand_id, shop_id, url, next_at, asked_at, items, refused, failed_line)
                values (:brand, :shop, :url, :now, :now, 0, 0, 0)
                on conflict on constraint shop_feeds_pk do update set url = excluded.url, next_at = excluded.next_at,
                    asked_at = excluded.asked_at, etag = null, modified = null
                """)
                .param("brand", brand.value())
                .param("shop", shop.value())
                .param("url", url)
                .param("now", now)
                .update();
        return null;
    }

    private void forget(BrandId brand, ShopId shop) {
        for (String table : List.of("shop_feeds", "feed_goods", "feed_refusals", "goods_pictures")) {
            db.sql("delete from " + table + " where brand_id = :brand and shop_id = :shop")
                    .param("brand", brand.value())
                    .param("shop", shop.value())
                    .update();
        }
    }

    /** At the worker's next step, whenever its turn would have been, and whole, whatever it said of itself the last time. */
    public void readNow(BrandId brand, ShopId shop) {
        db.sql("""
                update shop_feeds set next_at = :now, asked_at = :now, etag = null, modified = null
                where brand_id = :brand and shop_id = :shop and url is not null
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("shop", shop.value())
                .update();
    }

    /** A file that staff sent. What it said stands until the next one, or until the feed is read from its address again. */
    public void take(BrandId brand, ShopId shop, InputStream file) throws IOException {
        FeedReader.Reading reading = FeedReader.read(file);
        transactions.executeWithoutResult(status -> {
            db.sql("""
                    insert into shop_feeds (brand_id, shop_id, items, refused, failed_line) values (:brand, :shop, 0, 0, 0)
                    on conflict do nothing
                    """)
                    .param("brand", brand.value())
                    .param("shop", shop.value())
                    .update();
            keep(brand, shop, reading);
        });
    }

    /** A feed whose turn it is. */
    record Due(
            BrandId brand,
            ShopId shop,
            String url,
            @Nullable String etag,
            @Nullable String modified) {}

    /** Due, and ours for the next minutes: another node finds it not due. */
    Optional<Due> claim() {
        Instant now = clock.now();
        return db.sql("""
                with due as (
                    select f.brand_id, f.shop_id from shop_feeds f
                    join shops s on s.brand_id = f.brand_id and s.shop_id = f.shop_id and s.closed_at is null
                    where f.next_at <= :now and f.url is not null
                    order by f.asked_at nulls last, f.next_at limit 1 for update of f skip locked)
                update shop_feeds f set next_at = :lease from due
                where f.brand_id = due.brand_id and f.shop_id = due.shop_id
                returning f.*
                """)
                .param("now", Timestamp.from(now))
                .param("lease", Timestamp.from(now.plus(LEASE)))
                .query((row, n) -> new Due(
                        new BrandId(row.getObject("brand_id", UUID.class)),
                        new ShopId(row.getObject("shop_id", UUID.class)),
                        row.getString("url"),
                        row.getString("etag"),
                        row.getString("modified")))
                .optional();
    }

    /** It came, whether whole or not. */
    void came(Due due, FeedReader.Reading reading, @Nullable String etag, @Nullable String modified) {
        transactions.executeWithoutResult(status -> {
            // Another address was written down meanwhile: that one is read next.
            if (!isStill(due)) return;
            boolean whole = keep(due.brand, due.shop, reading);
            settle(due, whole ? EVERY : AFTER_FAILURE, whole ? etag : null, whole ? modified : null);
        });
    }

    void isUnchanged(Due due) {
        transactions.executeWithoutResult(status -> {
            if (!isStill(due)) return;
            db.sql("""
                    update shop_feeds set whole_at = :now, failed = null, failed_line = 0, failed_at = null
                    where brand_id = :brand and shop_id = :shop
                    """)
                    .param("now", Timestamp.from(clock.now()))
                    .param("brand", due.brand.value())
                    .param("shop", due.shop.value())
                    .update();
            words(due.brand, due.shop);
            settle(due, EVERY, due.etag, due.modified);
        });
    }

    void didNotCome(Due due, String code) {
        transactions.executeWithoutResult(status -> {
            if (!isStill(due)) return;
            failed(due.brand, due.shop, code, 0);
            settle(due, AFTER_FAILURE, due.etag, due.modified);
        });
    }

    private boolean isStill(Due due) {
        return db.sql("select url from shop_feeds where brand_id = :brand and shop_id = :shop for update")
                .param("brand", due.brand.value())
                .param("shop", due.shop.value())
                .query((row, n) -> due.url.equals(row.getString("url")))
                .optional()
                .orElse(false);
    }

    private void settle(Due due, Duration wait, @Nullable String etag, @Nullable String modified) {
        db.sql("""
                update shop_feeds set next_at = :next, asked_at = null, etag = :etag, modified = :modified
                where brand_id = :brand and shop_id = :shop
                """)
                .param("next", Timestamp.from(clock.now().plus(wait)))
                .param("etag", etag)
                .param("modified", modified)
                .param("brand", due.brand.value())
                .param("shop", due.shop.value())
                .update();
    }

    /** True: it took the place of what was there. */
    private boolean keep(BrandId brand, ShopId shop, FeedReader.Reading reading) {
        return switch (reading) {
            case FeedReader.Reading.Unreadable(String code, int line) -> {
                failed(brand, shop, code, line);
                yield false;
            }
            case FeedReader.Reading.Whole(var items, var refusals, int refused)
            when items.isEmpty() -> {
                failed(brand, shop, "feed.nothing-taken", 0);
                refusals(brand, shop, refusals, refused);
                yield false;
            }
            case FeedReader.Reading.Whole(var items, var refusals, int refused) -> {
                replace(brand, shop, items);
                refusals(brand, shop, refusals, refused);
                db.sql("""
                        update shop_feeds set whole_at = :now, items = :items, failed = null, failed_line = 0, failed_at = null
                        where brand_id = :brand and shop_id = :shop
                        """)
                        .param("now", Timestamp.from(clock.now()))
                        .param("items", items.size())
                        .param("brand", brand.value())
                        .param("shop", shop.value())
                        .update();
                yield true;
            }
        };
    }

    private void failed(BrandId brand, ShopId shop, String code, int line) {
        refusals(brand, shop, List.of(), 0);
        db.sql("""
                update shop_feeds set failed = :code, failed_line = :line, failed_at = :now
                where brand_id = :brand and shop_id = :shop
                """)
                .param("code", code)
                .param("line", line)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", brand.value())
                .param("shop", shop.value())
                .update();
    }

    private void refusals(BrandId brand, ShopId shop, List<FeedReader.Refusal> refusals, int refused) {
        db.sql("delete from feed_refusals where brand_id = :brand and shop_id = :shop")
                .param("brand", brand.value())
                .param("shop", shop.value())
                .update();
        var nth = new AtomicInteger();
        batch.batchUpdate("""
                insert into feed_refusals (brand_id, shop_id, nth, line, item, code, got) values (?, ?, ?, ?, ?, ?, ?)
                """, refusals, 100, (row, one) -> {
            row.setObject(1, brand.value());
            row.setObject(2, shop.value());
            row.setInt(3, nth.getAndIncrement());
            row.setInt(4, one.line());
            row.setString(5, one.item());
            row.setString(6, one.code());
            row.setString(7, one.got());
        });
        db.sql("update shop_feeds set refused = :refused where brand_id = :brand and shop_id = :shop")
                .param("refused", refused)
                .param("brand", brand.value())
                .param("shop", shop.value())
                .update();
    }

    private void replace(BrandId brand, ShopId shop, List<FeedItem> items) {
        db.sql("delete from feed_goods where brand_id = :brand and shop_id = :shop")
                .param("brand", brand.value())
                .param("shop", shop.value())
                .update();
        var position = new AtomicInteger();
        batch.batchUpdate("""
                insert into feed_goods (brand_id, shop_id, item, position, product, sku, is_variant, title, types, maker,
                    category, vendor, price, sale_price, sale_from, sale_until, currency, availability, link, picture)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?, ?, ?, ?, ?, ?)
                """, items, 500, (row, one) -> write(row, brand, shop, position.getAndIncrement(), one));
        words(brand, shop);
        // Pictures of what is not sold any more may be asked for again one day; until then they are nobody's.
        db.sql("""
                delete from goods_pictures p where p.brand_id = :brand and p.shop_id = :shop and not exists (
                    select from feed_goods f where f.brand_id = p.brand_id and f.shop_id = p.shop_id and f.picture = p.url)
                """).param("brand", brand.value()).param("shop", shop.value()).update();
    }

    private static void write(PreparedStatement row, BrandId brand, ShopId shop, int position, FeedItem one)
            throws SQLException {
        row.setObject(1, brand.value());
        row.setObject(2, shop.value());
        row.setString(3, one.id());
        row.setInt(4, position);
        row.setString(5, one.product());
        row.setString(6, one.sku());
        row.setBoolean(7, one.isVariant());
        row.setString(8, one.title());
        Array types = row.getConnection()
                .createArrayOf("text", one.types().stream().map(Feeds::small).toArray());
        row.setArray(9, types);
        row.setString(10, small(one.maker()));
        row.setLong(11, one.price().minor());
        row.setObject(12, one.sale() == null ? null : one.sale().minor(), java.sql.Types.BIGINT);
        row.setTimestamp(13, one.saleFrom() == null ? null : Timestamp.from(one.saleFrom()));
        row.setTimestamp(14, one.saleUntil() == null ? null : Timestamp.from(one.saleUntil()));
        row.setString(15, one.price().currency().getCurrencyCode());
        row.setString(16, one.availability().code());
        row.setString(17, one.link());
        row.setString(18, one.picture());
    }

    private static String small(String word) {
        return word.strip().toLowerCase(Locale.ROOT);
    }

    /**
     * A rule that names a kind of goods is asked of what an order says, and a feed has words of its own: its kind counts as the
     * order's where orders of this shop use the same word, so that no page promises what no order would bring.
     */
    private void words(BrandId brand, ShopId shop) {
        for (String column : List.of("category", "vendor")) {
            db.sql("""
                    update feed_goods f set %1$s = w.word
                    from (select distinct on (lower(g.%1$s)) lower(g.%1$s) as small, g.%1$s as word from goods g
                        where g.brand_id = :brand and g.shop_id = :shop and g.%1$s <> ''
                        order by lower(g.%1$s), g.sold_at desc) w
                    where f.brand_id = :brand and f.shop_id = :shop and f.%1$s = '' and w.small = %2$s
                    """.formatted(column, column.equals("category") ? "any(f.types)" : "f.maker"))
                    .param("brand", brand.value())
                    .param("shop", shop.value())
                    .update();
        }
    }
}
