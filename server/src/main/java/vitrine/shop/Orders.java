package vitrine.shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;

/** The orders of all shops in one shape. Only reads; what changes them are deliveries. */
@Component
public class Orders {

    /** What {@link #order} reads: the facts, which are half of a row, stay where they are. */
    private static final String COLUMNS = """
            brand_id, order_id, shop_id, order_key, number, buyer_kind, buyer_key, currency, first_batch_id, received_at, paid_at,
            receipt_at, cancelled_at, is_test, lines, version""";

    private final JdbcClient db;
    private final People people;
    private final Clock clock;

    Orders(JdbcClient db, People people, Clock clock) {
        this.db = db;
        this.people = people;
        this.clock = clock;
    }

    public Optional<Order> find(OrderRef ref) {
        return load(List.of(ref)).stream().findFirst();
    }

    /** Of any brands, in no particular order; what is not there is left out. */
    public List<Order> load(Collection<OrderRef> refs) {
        Map<UUID, List<UUID>> byBrand = new TreeMap<>();
        for (OrderRef ref : refs) {
            byBrand.computeIfAbsent(ref.brand().value(), brand -> new ArrayList<>())
                    .add(ref.id().value());
        }
        List<Order> orders = new ArrayList<>(refs.size());
        byBrand.forEach((brand, ids) -> orders.addAll(db.sql("""
                select o.* from unnest(:ids::uuid[]) as wanted (order_id)
                cross join lateral (
                    select %s from orders where brand_id = :brand and order_id = wanted.order_id offset 0) o
                """.formatted(COLUMNS))
                .param("brand", brand)
                .param("ids", ids.toArray(UUID[]::new))
                .query(Orders::order)
                .list()));
        return orders;
    }

    /**
     * What these buyers bought of the brand, the newest first.
     *
     * @param before from the order before this one on; null: from the newest
     */
    public List<Order> ofBuyers(BrandId brand, Collection<BuyerKey> buyers, @Nullable OrderId before, int most) {
        return db.sql("""
                select * from orders
                where brand_id = :brand and buyer_key = any (:buyers::bytea[]) and order_id < :before
                order by order_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("buyers", buyers.stream().map(BuyerKey::hash).toArray(byte[][]::new))
                .param("before", before == null ? new UUID(-1, -1) : before.value())
                .param("most", most)
                .query(Orders::order)
                .list();
    }

    /** The same over several brands: for the house's campaigns, and for a collector's own list. */
    public List<Order> ofBuyers(Collection<BrandId> brands, Collection<BuyerKey> buyers, int mostOfEach) {
        List<Order> orders = new ArrayList<>();
        for (BrandId brand : brands) orders.addAll(ofBuyers(brand, buyers, null, mostOfEach));
        return orders;
    }

    /** Two shops of a brand may use one number. */
    public List<Order> byNumber(BrandId brand, String number) {
        return db.sql("select * from orders where brand_id = :brand and number in (:number, '#' || :number) limit 20")
                .param("brand", brand.value())
                .param("number", plain(number))
                .query(Orders::order)
                .list();
    }

    /** The same in the shops of all brands: for the house, which answers for all of them. */
    public List<Order> byNumber(String number) {
        return db.sql("""
                select o.* from brands b
                cross join lateral (
                    select * from orders where brand_id = b.brand_id and number in (:number, '#' || :number) limit 20) o
                order by o.order_id desc limit 50
                """).param("number", plain(number)).query(Orders::order).list();
    }

    /** What the brand's shops sold, the newest first or the eldest. @param after the last one of the page before; null: from the beginning */
    public List<Order> page(BrandId brand, @Nullable OrderId after, boolean eldestFirst, int most) {
        UUID from = after != null ? after.value() : eldestFirst ? new UUID(0, 0) : new UUID(-1, -1);
        return db.sql("select * from orders where brand_id = :brand and order_id "
                        + (eldestFirst ? "> :from order by order_id" : "< :from order by order_id desc")
                        + " limit :most")
                .param("brand", brand.value())
                .param("from", from)
                .param("most", most)
                .query(Orders::order)
                .list();
    }

    /** By the number on the parcel and the last four digits of the phone; nobody learns from it whether one of them was right. */
    public Optional<Order> pickUp(Shop shop, String number, String lastFour) {
        if (!lastFour.matches("[0-9]{4}")) return Optional.empty();
        byte[] hash = people.pickup(shop.id(), number, lastFour);
        return db.sql("""
                select * from orders
                where brand_id = :brand and shop_id = :shop and number in (:number, '#' || :number) and pickup_hash = :hash
                """)
                .param("brand", shop.brand().value())
                .param("shop", shop.id().value())
                .param("number", plain(number))
                .param("hash", hash)
                .query(Orders::order)
                .optional();
    }

    private static String plain(String number) {
        String plain = number.strip();
        while (plain.startsWith("#")) plain = plain.substring(1).strip();
        return plain;
    }

    /** The brand's orders that were paid in this time, the earliest payment first: for a preview of an offer. */
    public List<Order> paid(BrandId brand, Instant from, Instant until, @Nullable OrderId after, int most) {
        return db.sql("""
                select * from orders
                where brand_id = :brand and order_id > :after and paid_at >= :from and paid_at < :until
                order by order_id limit :most
                """)
                .param("brand", brand.value())
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("from", Timestamp.from(from))
                .param("until", Timestamp.from(until))
                .param("most", most)
                .query(Orders::order)
                .list();
    }

    /**
     * Her account is erased: nobody can be written to about these orders, and nobody finds them by number and phone. The orders
     * themselves are the shop's records of a sale; they stay, under the keyed hash, for as long as such records are kept
     * ({@link ForgottenOrders}). What the shop says of them later brings no contact back.
     */
    public void forget(Collection<BuyerKey> buyers) {
        byte[][] hashes = buyers.stream().map(BuyerKey::hash).toArray(byte[][]::new);
        List<UUID> brands =
                db.sql("""
                select b.brand_id from (select distinct brand_id from shops) b
                where exists (select from orders o where o.brand_id = b.brand_id and o.buyer_key = any(:buyers::bytea[]))
                """).param("buyers", hashes).query(UUID.class).list();
        for (UUID brand : brands) {
            db.sql("""
                    with forgotten as (
                        update orders set forgotten_at = coalesce(forgotten_at, :now), contact_sealed = null, pickup_hash = null,
                            facts = (facts::jsonb - '{to,pu}'::text[])::text
                        where brand_id = :brand and buyer_key = any(:buyers::bytea[])
                        returning shop_id, order_key)
                    delete from delivery_bodies b using forgotten f, deliveries d
                    where d.brand_id = :brand and d.shop_id = f.shop_id and d.order_key = f.order_key
                        and b.brand_id = d.brand_id and b.shop_id = d.shop_id and b.delivery_id = d.delivery_id
                    """)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("brand", brand)
                    .param("buyers", hashes)
                    .update();
        }
    }

    /** Opens the sealed contact: only to announce a gift to the buyer. */
    public Optional<Contact> contact(OrderRef ref) {
        return db.sql(
                        "select contact_sealed from orders where brand_id = :brand and order_id = :order and contact_sealed is not null")
                .param("brand", ref.brand().value())
                .param("order", ref.id().value())
                .query(byte[].class)
                .optional()
                .map(people::contact);
    }

    /** For staff who talk to the buyer: nobody outside this package sees it whole but who announces a gift. */
    public Optional<String> maskedContact(OrderRef ref) {
        return contact(ref).map(Contact::masked).filter(masked -> !masked.isEmpty());
    }

    private static Order order(ResultSet row, int n) throws SQLException {
        return new Order(
                new BrandId(row.getObject("brand_id", UUID.class)),
                new OrderId(row.getObject("order_id", UUID.class)),
                new ShopId(row.getObject("shop_id", UUID.class)),
                row.getString("order_key"),
                row.getString("number"),
                buyer(row.getString("buyer_kind"), row.getBytes("buyer_key")),
                Currency.getInstance(row.getString("currency")),
                row.getObject("first_batch_id", UUID.class),
                row.getTimestamp("received_at").toInstant(),
                instant(row, "paid_at"),
                instant(row, "receipt_at"),
                instant(row, "cancelled_at"),
                row.getBoolean("is_test"),
                OrderLines.parse(row.getString("lines")),
                row.getInt("version"));
    }

    private static @Nullable BuyerKey buyer(@Nullable String kind, byte @Nullable [] hash) {
        if (kind == null || hash == null) return null;
        return new BuyerKey(
                switch (kind) {
                    case "email" -> BuyerKey.Kind.EMAIL;
                    case "phone" -> BuyerKey.Kind.PHONE;
                    case "shop-buyer" -> BuyerKey.Kind.SHOP_BUYER;
                    default -> throw new IllegalStateException("buyer kind " + kind);
                },
                hash);
    }

    static @Nullable String kind(@Nullable BuyerKey buyer) {
        if (buyer == null) return null;
        return switch (buyer.kind()) {
            case EMAIL -> "email";
            case PHONE -> "phone";
            case SHOP_BUYER -> "shop-buyer";
        };
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
