package vitrine.api;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import vitrine.platform.BrandId;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Described;
import vitrine.platform.api.Listing;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;

/**
 * What a brand has, in lists that are read part by part. Each is one query in the order of an index; nobody's address is in any
 * of them.
 */
@RestController
@Requires(Permission.SEE)
class BrandLists {

    private static final UUID FIRST = new UUID(0, 0);
    private static final UUID LAST = new UUID(-1, -1);

    record Delivery(
            UUID shop,
            String id,
            UUID batch,
            Instant receivedAt,
            String topic,
            String state,
            @Nullable String reason,
            @Nullable String order) {}

    record Order(
            UUID id,
            UUID shop,
            String number,
            String currency,
            Instant receivedAt,
            @Nullable Instant paidAt,
            @Nullable Instant receiptAt,
            @Nullable Instant cancelledAt,
            boolean test,
            int version) {}

    record Entitlement(
            UUID id,
            UUID offer,
            UUID collector,
            String state,
            UUID order,
            UUID collectibleBrand,
            UUID collectible,
            @Nullable Integer serial,
            Instant paidAt,
            @Nullable Instant dueAt,
            Instant changedAt,
            @Nullable String changedWhy) {}

    record Piece(
            UUID collectible,
            String collectibleSlug,
            int serial,
            String state,
            int moves,
            Instant grantedAt,
            @Nullable Instant openedAt) {}

    record Campaign(
            UUID id,
            String slug,
            String nameZh,
            String nameEn,
            String state,
            int version,
            @Nullable Instant from,
            @Nullable Instant until) {}

    private final JdbcClient db;

    BrandLists(JdbcClient db) {
        this.db = db;
    }

    @GetMapping("/api/brands/{brand}/deliveries")
    @Described("What the brand's shops sent, the newest first.")
    public Listing<Delivery> deliveries(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        Cursor from = Cursor.of(after, 3);
        return Listing.of(
                db.sql("""
                        select batch_id, shop_id, delivery_id, received_at, topic, state, reason, order_key from deliveries
                        where brand_id = :brand and batch_id <= :batch
                            and (batch_id, shop_id, delivery_id) < (:batch, :shop, :delivery)
                        order by batch_id desc, shop_id desc, delivery_id desc limit :most
                        """)
                        .param("brand", brand.value())
                        .param("batch", from == null ? LAST : from.uuid(0))
                        .param("shop", from == null ? LAST : from.uuid(1))
                        .param("delivery", from == null ? "" : from.text(2))
                        .param("most", Cursor.limit(limit) + 1)
                        .query((row, n) -> new Delivery(
                                uuid(row, "shop_id"),
                                row.getString("delivery_id"),
                                uuid(row, "batch_id"),
                                at(row, "received_at"),
                                row.getString("topic"),
                                row.getString("state"),
                                row.getString("reason"),
                                row.getString("order_key")))
                        .list(),
                limit,
                d -> Cursor.at(d.batch(), d.shop(), d.id()));
    }

    @GetMapping("/api/brands/{brand}/orders")
    @Described("Orders in one shape, in the order in which they first reached us.")
    public Listing<Order> orders(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        return Listing.of(
                db.sql("""
                        select order_id, shop_id, number, currency, received_at, paid_at, receipt_at, cancelled_at, is_test, version
                        from orders where brand_id = :brand and order_id > :after order by order_id limit :most
                        """)
                        .param("brand", brand.value())
                        .param("after", id(after))
                        .param("most", Cursor.limit(limit) + 1)
                        .query((row, n) -> new Order(
                                uuid(row, "order_id"),
                                uuid(row, "shop_id"),
                                row.getString("number"),
                                row.getString("currency"),
                                at(row, "received_at"),
                                maybe(row, "paid_at"),
                                maybe(row, "receipt_at"),
                                maybe(row, "cancelled_at"),
                                row.getBoolean("is_test"),
                                row.getInt("version")))
                        .list(),
                limit,
                o -> Cursor.at(o.id()));
    }

    @GetMapping("/api/brands/{brand}/entitlements")
    @Described("Rights that orders earned in the brand's campaigns, with their state.")
    public Listing<Entitlement> entitlements(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        return Listing.of(
                db.sql("""
                        select entitlement_id, offer_id, collector_id, state, order_id, collectible_brand_id, collectible_id,
                            serial, paid_at, due_at, changed_at, changed_why
                        from entitlements where brand_id = :brand and entitlement_id > :after
                        order by entitlement_id limit :most
                        """)
                        .param("brand", brand.value())
                        .param("after", id(after))
                        .param("most", Cursor.limit(limit) + 1)
                        .query((row, n) -> new Entitlement(
                                uuid(row, "entitlement_id"),
                                uuid(row, "offer_id"),
                                uuid(row, "collector_id"),
                                row.getString("state"),
                                uuid(row, "order_id"),
                                uuid(row, "collectible_brand_id"),
                                uuid(row, "collectible_id"),
                                row.getObject("serial", Integer.class),
                                at(row, "paid_at"),
                                maybe(row, "due_at"),
                                at(row, "changed_at"),
                                row.getString("changed_why")))
                        .list(),
                limit,
                e -> Cursor.at(e.id()));
    }

    @GetMapping("/api/brands/{brand}/pieces")
    @Described("The brand's pieces by collectible and number; who owns one is not said.")
    public Listing<Piece> pieces(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        Cursor from = Cursor.of(after, 2);
        return Listing.of(
                db.sql("""
                        select p.collectible_id, c.slug, p.serial, p.state, p.moves, p.granted_at, p.opened_at
                        from pieces p join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                        where p.brand_id = :brand and (p.collectible_id, p.serial) > (:collectible, :serial)
                        order by p.collectible_id, p.serial limit :most
                        """)
                        .param("brand", brand.value())
                        .param("collectible", from == null ? FIRST : from.uuid(0))
                        .param("serial", from == null ? 0 : from.number(1))
                        .param("most", Cursor.limit(limit) + 1)
                        .query((row, n) -> new Piece(
                                uuid(row, "collectible_id"),
                                row.getString("slug"),
                                row.getInt("serial"),
                                row.getString("state"),
                                row.getInt("moves"),
                                at(row, "granted_at"),
                                maybe(row, "opened_at")))
                        .list(),
                limit,
                p -> Cursor.at(p.collectible(), p.serial()));
    }

    @GetMapping("/api/brands/{brand}/campaigns")
    @Described("The brand's campaigns with their state and published version.")
    public Listing<Campaign> campaigns(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String after,
            @RequestParam(defaultValue = "50") int limit) {
        return Listing.of(
                db.sql("""
                        select campaign_id, slug, name_zh, name_en, state, version, from_at, until_at
                        from campaigns where brand_id = :brand and campaign_id > :after order by campaign_id limit :most
                        """)
                        .param("brand", brand.value())
                        .param("after", id(after))
                        .param("most", Cursor.limit(limit) + 1)
                        .query((row, n) -> new Campaign(
                                uuid(row, "campaign_id"),
                                row.getString("slug"),
                                row.getString("name_zh"),
                                row.getString("name_en"),
                                row.getString("state"),
                                row.getInt("version"),
                                maybe(row, "from_at"),
                                maybe(row, "until_at")))
                        .list(),
                limit,
                c -> Cursor.at(c.id()));
    }

    private static UUID id(String after) {
        Cursor from = Cursor.of(after, 1);
        return from == null ? FIRST : from.uuid(0);
    }

    private static UUID uuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    private static Instant at(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    private static @Nullable Instant maybe(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
