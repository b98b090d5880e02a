package vitrine.shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;

/** What shops delivered, for the brand's staff: with state, reason and masked body; and the replay. */
@Component
public class Deliveries {

    private static final UUID FIRST = new UUID(0, 0);
    private static final UUID LAST = new UUID(-1, -1);

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final DeliveryBodies bodies;
    private final Readings readings;
    private final Shops shops;
    private final OrdersFold fold;

    Deliveries(
            JdbcClient db,
            TransactionTemplate transactions,
            DeliveryBodies bodies,
            Readings readings,
            Shops shops,
            OrdersFold fold) {
        this.db = db;
        this.transactions = transactions;
        this.bodies = bodies;
        this.readings = readings;
        this.shops = shops;
        this.fold = fold;
    }

    private static final String SELECT = """
            select d.*, exists (
                select 1 from deliveries_waiting w
                where w.brand_id = d.brand_id and w.batch_id = d.batch_id and w.shop_id = d.shop_id
                  and w.delivery_id = d.delivery_id) as waiting
            from deliveries d
            """;

    /**
     * Which deliveries staff look for.
     *
     * @param state null: all
     * @param shop null: all of the brand
     * @param sought the delivery's own id, its order's key in the shop, or the number that the buyer sees; empty: all
     */
    public record Filter(
            Delivery.@Nullable State state, @Nullable ShopId shop, String sought, boolean eldestFirst) {
        public static Filter of(Delivery.@Nullable State state) {
            return new Filter(state, null, "", false);
        }
    }

    /**
     * The newest first, unless the filter says otherwise.
     *
     * @param cursor of the last one of the page before; null: from the beginning. One that is none gives an empty page.
     */
    public List<Delivery> page(BrandId brand, Filter filter, @Nullable String cursor, int most) {
        Optional<Place> from = Place.parse(cursor, filter.eldestFirst());
        if (from.isEmpty()) return List.of();
        // deliveries_never_twice and deliveries_of_order find what is sought, shop by shop.
        String found = filter.sought().isEmpty() ? "" : """
                and (d.shop_id, d.delivery_id) in (
                    select s.shop_id, f.delivery_id from shops s cross join lateral (
                        select x.delivery_id from deliveries x
                        where x.brand_id = s.brand_id and x.shop_id = s.shop_id and x.delivery_id = :sought
                        union all
                        select x.delivery_id from deliveries x
                        where x.brand_id = s.brand_id and x.shop_id = s.shop_id and x.order_key in (
                            select :sought union all
                            select o.order_key from orders o
                            where o.brand_id = s.brand_id and o.shop_id = s.shop_id and o.number = :sought)) f
                    where s.brand_id = :brand)
                """;
        return db.sql(SELECT
                        + """
                where d.brand_id = :brand and (d.batch_id, d.shop_id, d.delivery_id) %1$s (:batch, :afterShop, :after) %2$s
                  and (:shop::uuid is null or d.shop_id = :shop::uuid)
                  and (:state::text is null or :state::text = case
                        when d.state <> 'readable' then d.state
                        when exists (
                            select 1 from deliveries_waiting w
                            where w.brand_id = d.brand_id and w.batch_id = d.batch_id and w.shop_id = d.shop_id
                              and w.delivery_id = d.delivery_id) then 'received'
                        else 'folded' end)
                order by d.batch_id %3$s, d.shop_id %3$s, d.delivery_id %3$s limit :most
                """.formatted(filter.eldestFirst() ? ">" : "<", found, filter.eldestFirst() ? "asc" : "desc"))
                .param("brand", brand.value())
                .param("sought", filter.sought())
                .param("batch", from.get().batch)
                .param("afterShop", from.get().shop)
                .param("after", from.get().id)
                .param("shop", filter.shop() == null ? null : filter.shop().toString())
                .param(
                        "state",
                        filter.state() == null ? null : filter.state().name().toLowerCase(java.util.Locale.ROOT))
                .param("most", most)
                .query(Deliveries::delivery)
                .list();
    }

    private record Place(UUID batch, UUID shop, String id) {
        static Optional<Place> parse(@Nullable String cursor, boolean eldestFirst) {
            if (cursor == null)
                return Optional.of(eldestFirst ? new Place(FIRST, FIRST, "") : new Place(LAST, LAST, ""));
            String[] parts = cursor.split("/", 3);
            try {
                return parts.length == 3
                        ? Optional.of(new Place(UUID.fromString(parts[0]), UUID.fromString(parts[1]), parts[2]))
                        : Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /** How many nobody understood. */
    public long unreadable(BrandId brand) {
        return db.sql("select count(*) from deliveries where brand_id = :brand and state = 'unreadable'")
                .param("brand", brand.value())
                .query(Long.class)
                .single();
    }

    public Optional<Delivery> find(BrandId brand, ShopId shop, String id) {
        return db.sql(SELECT + "where d.brand_id = :brand and d.shop_id = :shop and d.delivery_id = :id")
                .param("brand", brand.value())
                .param("shop", shop.value())
                .param("id", id)
                .query(Deliveries::delivery)
                .optional();
    }

    /** What was said about an order, the oldest first. */
    public List<Delivery> ofOrder(Order order) {
        return db.sql(SELECT + """
                where d.brand_id = :brand and d.shop_id = :shop and d.order_key = :key
                order by d.batch_id, d.delivery_id limit 200
                """)
                .param("brand", order.brand().value())
                .param("shop", order.shop().value())
                .param("key", order.key())
                .query(Deliveries::delivery)
                .list();
    }

    /** The body as it came, without what says who the buyer is: pretty JSON. */
    public Optional<String> maskedBody(BrandId brand, ShopId shop, String id) {
        return body(brand, shop, id)
                .map(body -> Masking.masked(Json.MAPPER.readTree(body)).toPrettyString());
    }

    private Optional<byte[]> body(BrandId brand, ShopId shop, String id) {
        return db.sql("""
                select body from delivery_bodies where brand_id = :brand and shop_id = :shop and delivery_id = :id
                """)
                .param("brand", brand.value())
                .param("shop", shop.value())
                .param("id", id)
                .query(byte[].class)
                .optional()
                .map(bodies::open);
    }

    public sealed interface Replay {
        /** @param delivery as it stands now; its order was reckoned anew from everything that was ever said about it */
        record Replayed(Delivery delivery) implements Replay {}

        record Unknown() implements Replay {}
    }

    /**
     * Reads a kept body again with the reader of today. Facts only ever join, so what an older reader misread would stay: the
     * order is put together anew from all its deliveries, in one transaction, under the brand's turn.
     */
    public Replay replay(BrandId brand, ShopId shop, String id) {
        KnownShop known = shops.known(shop);
        if (known == null || !known.shop().brand().equals(brand)) return new Replay.Unknown();
        // Of an order whose buyer was erased no body is kept.
        if (body(brand, shop, id).isEmpty()) return new Replay.Unknown();
        return transactions.execute(status -> {
            fold.waitForTurn(brand);
            Optional<Delivery> before = find(brand, shop, id);
            if (before.isEmpty()) return new Replay.Unknown();
            Set<String> orders = new TreeSet<>();
            if (before.get().orderKey() != null) orders.add(before.get().orderKey());
            readAgain(known, before.get()).ifPresent(facts -> orders.add(facts.key()));
            for (String order : orders) putTogether(known, order);
            return new Replay.Replayed(find(brand, shop, id).orElseThrow());
        });
    }

    private void putTogether(KnownShop shop, String orderKey) {
        // What was said of it before its buyer was erased is there no more: it stays as it stands.
        if (isForgotten(shop.shop(), orderKey)) return;
        List<OrdersFold.Waiting> said = new ArrayList<>();
        List<Delivery> deliveries = db.sql(SELECT + """
                where d.brand_id = :brand and d.shop_id = :shop and d.order_key = :key order by d.batch_id, d.delivery_id
                """)
                .param("brand", shop.shop().brand().value())
                .param("shop", shop.shop().id().value())
                .param("key", orderKey)
                .query(Deliveries::delivery)
                .list();
        for (Delivery delivery : deliveries) {
            readAgain(shop, delivery)
                    .filter(facts -> facts.key().equals(orderKey))
                    .ifPresent(facts -> said.add(
                            new OrdersFold.Waiting(delivery.shop(), delivery.batch(), delivery.receivedAt(), facts)));
        }
        fold.write(shop.shop().brand(), said, true);
    }

    private boolean isForgotten(Shop shop, String orderKey) {
        return db.sql("""
                select exists (select from orders
                    where brand_id = :brand and shop_id = :shop and order_key = :key and forgotten_at is not null)
                """)
                .param("brand", shop.brand().value())
                .param("shop", shop.id().value())
                .param("key", orderKey)
                .query(Boolean.class)
                .single();
    }

    /** And notes what came of it; it waits no longer, for its order is put together right here. */
    private Optional<OrderFacts> readAgain(KnownShop shop, Delivery delivery) {
        Shop where = shop.shop();
        byte[] body = body(where.brand(), where.id(), delivery.id()).orElseThrow();
        var outcome = readings.reading(shop, delivery.topic(), Json.MAPPER.readTree(body), delivery.receivedAt());
        Optional<OrderFacts> facts = outcome instanceof Readings.Known(Source.Reading.Facts(OrderFacts said))
                ? Optional.of(said)
                : Optional.empty();
        String reason =
                switch (outcome) {
                    case Readings.Known(Source.Reading.Facts said) -> null;
                    case Readings.Known(Source.Reading.Nothing(String why)) -> why;
                    case Readings.Unknown(String why) -> why;
                };
        String state = facts.isPresent() ? "readable" : outcome instanceof Readings.Known ? "ignored" : "unreadable";
        db.sql("""
                update deliveries set state = :state, reason = :reason, order_key = :key
                where brand_id = :brand and shop_id = :shop and delivery_id = :id
                """)
                .param("state", state)
                .param("reason", reason)
                .param("key", facts.map(OrderFacts::key).orElse(null))
                .param("brand", where.brand().value())
                .param("shop", where.id().value())
                .param("id", delivery.id())
                .update();
        db.sql("""
                delete from deliveries_waiting
                where brand_id = :brand and batch_id = :batch and shop_id = :shop and delivery_id = :id
                """)
                .param("brand", where.brand().value())
                .param("batch", delivery.batch())
                .param("shop", where.id().value())
                .param("id", delivery.id())
                .update();
        return facts;
    }

    private static Delivery delivery(ResultSet row, int n) throws SQLException {
        Instant receivedAt = row.getTimestamp("received_at").toInstant();
        Delivery.State state =
                switch (row.getString("state")) {
                    case "ignored" -> Delivery.State.IGNORED;
                    case "unreadable" -> Delivery.State.UNREADABLE;
                    default -> row.getBoolean("waiting") ? Delivery.State.RECEIVED : Delivery.State.FOLDED;
                };
        return new Delivery(
                new ShopId(row.getObject("shop_id", UUID.class)),
                row.getString("delivery_id"),
                row.getObject("batch_id", UUID.class),
                receivedAt,
                row.getString("topic"),
                state,
                row.getString("reason"),
                row.getString("order_key"));
    }
}
