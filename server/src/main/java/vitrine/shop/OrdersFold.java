package vitrine.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;
import vitrine.platform.Job;

/**
 * Adds what deliveries say to their orders: by brand, some hundreds a transaction. The facts of an order only ever join, so a
 * batch that is run twice, or in another order, ends in the same rows.
 */
@Component
class OrdersFold implements Job {

    private final JdbcTemplate db;
    private final JdbcClient client;
    private final TransactionTemplate transactions;
    private final Shops shops;
    private final OrderChanges changes;
    private final Ids ids;
    private final PaymentsToAsk payments;
    private final Goods goods;
    private final int batchMax;

    OrdersFold(
            JdbcTemplate db,
            JdbcClient client,
            TransactionTemplate transactions,
            Shops shops,
            OrderChanges changes,
            Ids ids,
            PaymentsToAsk payments,
            Goods goods,
            @Value("${vitrine.fold.batch:800}") int batchMax) {
        this.db = db;
        this.client = client;
        this.transactions = transactions;
        this.shops = shops;
        this.changes = changes;
        this.ids = ids;
        this.payments = payments;
        this.goods = goods;
        this.batchMax = batchMax;
    }

    @Override
    public String name() {
        return "orders-fold";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(100);
    }

    @Override
    public boolean run() {
        boolean more = false;
        for (UUID brand : waiting()) more |= fold(new BrandId(brand)) == batchMax;
        return more;
    }

    /** The brands with waiting deliveries, one step of the index each. */
    private List<UUID> waiting() {
        return client.sql("""
                with recursive brand as (
                    (select brand_id from deliveries_waiting order by brand_id limit 1)
                    union all
                    select (select w.brand_id from deliveries_waiting w where w.brand_id > b.brand_id order by w.brand_id limit 1)
                    from brand b where b.brand_id is not null)
                select brand_id from brand where brand_id is not null
                """).query(UUID.class).list();
    }

    private int fold(BrandId brand) {
        Integer folded = transactions.execute(status -> {
            if (!turn(brand)) return 0; // another node folds this brand just now
            List<Waiting> batch = take(brand);
            write(brand, batch, false);
            return batch.size();
        });
        return folded == null ? 0 : folded;
    }

    private boolean turn(BrandId brand) {
        return client.sql("select 1 from fold_turns where brand_id = :brand for update skip locked")
                .param("brand", brand.value())
                .query(Integer.class)
                .optional()
                .isPresent();
    }

    /** Waits for the turn: for staff acts that write orders beside the fold. Only inside a transaction. */
    void waitForTurn(BrandId brand) {
        client.sql("select 1 from fold_turns where brand_id = :brand for update")
                .param("brand", brand.value())
                .query(Integer.class)
                .single();
    }

    /** @param json the facts as they were written, which is how they are written again when nothing joins them */
    record Waiting(
            ShopId shop,
            UUID batch,
            Instant receivedAt,
            OrderFacts facts,
            @Nullable String json) {
        Waiting(ShopId shop, UUID batch, Instant receivedAt, OrderFacts facts) {
            this(shop, batch, receivedAt, facts, null);
        }

        static Waiting parse(ShopId shop, UUID batch, Instant receivedAt, String json) {
            return new Waiting(shop, batch, receivedAt, OrderFacts.parse(json), json);
        }
    }

    /** The oldest first. They are gone from the queue when this transaction commits. */
    private List<Waiting> take(BrandId brand) {
        return client.sql("""
                with oldest as materialized (
                    select ctid as place from deliveries_waiting where brand_id = :brand
                    order by batch_id, shop_id, delivery_id limit :most for update skip locked)
                delete from deliveries_waiting where ctid = any (array(select place from oldest))
                returning shop_id, batch_id, received_at, facts
                """)
                .param("brand", brand.value())
                .param("most", batchMax)
                .query((row, n) -> Waiting.parse(
                        new ShopId(row.getObject("shop_id", UUID.class)),
                        row.getObject("batch_id", UUID.class),
                        row.getTimestamp("received_at").toInstant(),
                        row.getString("facts")))
                .list();
    }

    record Key(UUID shop, String order) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byShop = shop.compareTo(other.shop);
            return byShop != 0 ? byShop : order.compareTo(other.order);
        }
    }

    /** An order before and after. */
    private record Row(
            OrderId id,
            UUID firstBatch,
            Instant receivedAt,
            OrderFacts facts,
            @Nullable Reckoning before,
            int version) {}

    /**
     * Under the brand's turn: joins, reckons, writes what changed, and says so to its audiences.
     *
     * @param anew the batch is all that was ever said about its orders: what they held before is left behind
     */
    void write(BrandId brand, List<Waiting> batch, boolean anew) {
        if (batch.isEmpty()) return;
        Map<Key, List<Waiting>> byOrder = new TreeMap<>();
        for (Waiting waiting : batch) {
            byOrder.computeIfAbsent(new Key(waiting.shop.value(), waiting.facts.key()), key -> new ArrayList<>())
                    .add(waiting);
        }
        Map<Key, Row> known = load(brand, byOrder.keySet());
        Map<UUID, Shop> shopsSeen = new HashMap<>();
        List<Written> written = new ArrayList<>(byOrder.size());
        byOrder.forEach((key, said) -> {
            Shop shop = shopsSeen.computeIfAbsent(key.shop, id -> shop(brand, id));
            Written next = joined(key, known.get(key), said, shop, anew);
            if (next != null) written.add(next);
        });
        save(brand, written);
    }

    /** Also a shop that was closed since: what it said before counts. */
    private Shop shop(BrandId brand, UUID id) {
        KnownShop known = shops.known(new ShopId(id));
        return known != null ? known.shop() : shops.find(brand, new ShopId(id)).orElseThrow();
    }

    private record Written(
            Key key,
            OrderId id,
            UUID firstBatch,
            Instant receivedAt,
            String facts,
            Reckoning now,
            int version,
            boolean visible,
            UUID changedBy,
            boolean toAsk) {}

    private @Nullable Written joined(Key key, @Nullable Row row, List<Waiting> said, Shop shop, boolean anew) {
        Waiting first = said.getFirst();
        OrderFacts facts = row == null || anew ? first.facts : row.facts;
        UUID firstBatch = row == null ? said.getFirst().batch : row.firstBatch;
        Instant receivedAt = row == null ? said.getFirst().receivedAt : row.receivedAt;
        UUID changedBy = said.getFirst().batch;
        for (Waiting one : said) {
            if (one.facts != facts) facts = facts.join(one.facts);
            if (one.batch.compareTo(firstBatch) < 0) {
                firstBatch = one.batch;
                receivedAt = one.receivedAt;
            }
            if (one.batch.compareTo(changedBy) < 0) changedBy = one.batch;
        }
        if (row != null && facts.equals(row.facts) && firstBatch.equals(row.firstBatch)) return null;
        Reckoning now = Reckoning.of(facts, shop.currency().getCurrencyCode(), shop.receiptDays());
        // What counted once is not taken out of the count again because nobody said when it was paid.
        boolean counted = row != null && row.before != null && row.before.paidAt() != null;
        boolean toAsk = !counted && facts.paymentIsAGuess() && payments.canAsk(shops.known(shop.id()));
        if (toAsk) now = now.withPaidAt(null);
        boolean visible = row == null || !now.looksLike(row.before);
        // What was never paid is nothing to a campaign; what was paid once always is.
        boolean counts = now.paidAt() != null || counted;
        return new Written(
                key,
                row == null ? new OrderId(ids.next()) : row.id,
                firstBatch,
                receivedAt,
                facts == first.facts && first.json != null ? first.json : facts.json(),
                now,
                row == null ? 1 : row.version + (visible ? 1 : 0),
                visible && counts,
                changedBy,
                toAsk);
    }

    /** Which of these facts would change nothing, because their orders hold them already. */
    boolean[] held(BrandId brand, ShopId shop, List<OrderFacts> facts) {
        Map<Key, Row> rows = load(
                brand,
                facts.stream()
                        .map(one -> new Key(shop.value(), one.key()))
                        .distinct()
                        .toList());
        boolean[] held = new boolean[facts.size()];
        for (int i = 0; i < held.length; i++) {
            Row row = rows.get(new Key(shop.value(), facts.get(i).key()));
            held[i] = row != null && row.facts.holds(facts.get(i));
        }
        return held;
    }

    /** The lateral form cannot be planned wrongly, however large the table is and whatever is known of it. */
    private Map<Key, Row> load(BrandId brand, Collection<Key> keys) {
        Map<Key, Row> rows = new HashMap<>();
        db.execute((ConnectionCallback<Integer>) connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    select o.* from unnest(?::uuid[], ?::text[]) as wanted (shop_id, order_key)
                    cross join lateral (
                        select * from orders
                        where brand_id = ? and shop_id = wanted.shop_id and order_key = wanted.order_key
                        offset 0) o
                    """)) {
                statement.setArray(1, array(connection, "text", keys, key -> key.shop.toString()));
                statement.setArray(2, array(connection, "text", keys, Key::order));
                statement.setObject(3, brand.value());
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        Row read = row(brand, row);
                        rows.put(new Key(row.getObject("shop_id", UUID.class), read.facts.key()), read);
                    }
                }
            }
            return rows.size();
        });
        return rows;
    }

    private Row row(BrandId brand, ResultSet row) throws SQLException {
        OrderFacts facts = OrderFacts.parse(row.getString("facts"));
        // As everybody outside saw it: a payment that is being asked for was none.
        Timestamp paidAt = row.getTimestamp("paid_at");
        Shop shop = shop(brand, row.getObject("shop_id", UUID.class));
        return new Row(
                new OrderId(row.getObject("order_id", UUID.class)),
                row.getObject("first_batch_id", UUID.class),
                row.getTimestamp("received_at").toInstant(),
                facts,
                Reckoning.of(facts, shop.currency().getCurrencyCode(), shop.receiptDays())
                        .withPaidAt(paidAt == null ? null : Long.valueOf(paidAt.getTime())),
                row.getInt("version"));
    }

    private void save(BrandId brand, List<Written> orders) {
        if (orders.isEmpty()) return;
        payments.ask(
                brand, orders.stream().filter(Written::toAsk).map(Written::key).toList());
        goods.told(
                brand,
                orders.stream()
                        .map(o -> new Goods.Sold(new ShopId(o.key.shop), o.now.lines(), o.receivedAt))
                        .toList());
        db.execute((ConnectionCallback<Integer>) connection -> {
            upsert(connection, brand, orders);
            List<Written> visible = orders.stream()
                    .filter(Written::visible)
                    .sorted(Comparator.comparing(order -> order.id.value()))
                    .toList();
            for (UUID audience : changes.audiencesOf(brand)) announce(connection, brand, audience, visible);
            return visible.size();
        });
    }

    /** Leans on orders_once. */
    private static void upsert(Connection connection, BrandId brand, List<Written> orders) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into orders (brand_id, order_id, shop_id, order_key, number, buyer_kind, buyer_key, contact_sealed,
                    pickup_hash, currency, first_batch_id, received_at, paid_at, receipt_at, cancelled_at, is_test, lines, facts,
                    version)
                select ?, * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::bytea[], ?::bytea[],
                    ?::text[], ?::uuid[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[], ?::boolean[],
                    ?::text[], ?::text[], ?::int[])
                on conflict on constraint orders_once do update set
                    number = excluded.number, buyer_kind = excluded.buyer_kind, buyer_key = excluded.buyer_key,
                    contact_sealed = case when orders.forgotten_at is null then excluded.contact_sealed end,
                    pickup_hash = case when orders.forgotten_at is null then excluded.pickup_hash end,
                    currency = excluded.currency,
                    first_batch_id = excluded.first_batch_id, received_at = excluded.received_at, paid_at = excluded.paid_at,
                    receipt_at = excluded.receipt_at, cancelled_at = excluded.cancelled_at, is_test = excluded.is_test,
                    lines = excluded.lines, version = excluded.version,
                    facts = case when orders.forgotten_at is null then excluded.facts
                        else (excluded.facts::jsonb - '{to,pu}'::text[])::text end
                """)) {
            statement.setObject(1, brand.value());
            statement.setArray(2, array(connection, "text", orders, o -> o.id.toString()));
            statement.setArray(3, array(connection, "text", orders, o -> o.key.shop.toString()));
            statement.setArray(4, array(connection, "text", orders, o -> o.key.order));
            statement.setArray(5, array(connection, "text", orders, o -> o.now.number()));
            statement.setArray(6, array(connection, "text", orders, o -> Orders.kind(o.now.buyer())));
            statement.setArray(
                    7,
                    bytes(
                            connection,
                            orders,
                            o -> o.now.buyer() == null ? null : o.now.buyer().hash()));
            statement.setArray(
                    8,
                    bytes(
                            connection,
                            orders,
                            o -> o.now.contact() == null ? null : People.sealedPart(o.now.contact())));
            statement.setArray(
                    9,
                    bytes(
                            connection,
                            orders,
                            o -> o.now.pickup() == null
                                    ? null
                                    : java.util.Base64.getDecoder().decode(o.now.pickup())));
            statement.setArray(10, array(connection, "text", orders, o -> o.now.currency()));
            statement.setArray(11, array(connection, "text", orders, o -> o.firstBatch.toString()));
            statement.setArray(12, array(connection, "text", orders, o -> o.receivedAt.toString()));
            statement.setArray(13, array(connection, "text", orders, o -> time(o.now.paidAt())));
            statement.setArray(14, array(connection, "text", orders, o -> time(o.now.receiptAt())));
            statement.setArray(15, array(connection, "text", orders, o -> time(o.now.cancelledAt())));
            statement.setArray(16, array(connection, "text", orders, o -> String.valueOf(o.now.test())));
            statement.setArray(17, array(connection, "text", orders, o -> OrderLines.json(o.now.lines())));
            statement.setArray(18, array(connection, "text", orders, o -> o.facts));
            statement.setArray(19, array(connection, "text", orders, o -> String.valueOf(o.version)));
            statement.executeUpdate();
        }
    }

    /**
     * DO UPDATE and not DO NOTHING: a row that a campaign has locked and is about to delete must be waited for, else the change
     * would go with it unseen.
     */
    private static void announce(Connection connection, BrandId brand, UUID audience, List<Written> orders)
            throws SQLException {
        if (orders.isEmpty()) return;
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into order_changes (brand_id, order_brand_id, order_id, batch_id)
                select ?, ?, * from unnest(?::uuid[], ?::uuid[])
                on conflict on constraint order_changes_pk do update
                    set batch_id = least(order_changes.batch_id, excluded.batch_id)
                """)) {
            statement.setObject(1, audience);
            statement.setObject(2, brand.value());
            statement.setArray(3, array(connection, "text", orders, o -> o.id.toString()));
            statement.setArray(4, array(connection, "text", orders, o -> o.changedBy.toString()));
            statement.executeUpdate();
        }
    }

    private static @Nullable String time(@Nullable Long millis) {
        return millis == null ? null : Json.instant(millis).toString();
    }

    private static <T> java.sql.Array array(
            Connection connection, String type, Collection<T> rows, Function<T, @Nullable String> column)
            throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(column).toArray(String[]::new));
    }

    private static <T> java.sql.Array bytes(
            Connection connection, Collection<T> rows, Function<T, byte @Nullable []> column) throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(column).toArray(byte[][]::new));
    }
}
