package vitrine.shop;

import java.io.IOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * Some shops say that an order is paid and not when. Mostly the messages of its payment leave no doubt; where those were lost it
 * may have been days ago, before a campaign began or while it was paused. Then the shop is asked, and only when it has answered the
 * order counts: a guess would promise a piece that the truth takes back. A shop that cannot answer does not make its buyers
 * wait for ever: after a day, or at once where it refuses to, the likeliest instant stands.
 */
@Component
class PaymentsToAsk implements Job {

    private static final Logger log = LoggerFactory.getLogger(PaymentsToAsk.class);
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(2);
    private static final Duration ASKED_MOST = Duration.ofDays(1);
    /** Shopify gives forty requests in advance and two a second. */
    private static final int AT_ONCE = 20;

    private final JdbcClient db;
    private final Shops shops;
    private final Readings readings;
    private final InboxWriter writer;
    private final ShopHttp http;
    private final BusinessClock clock;
    private final Map<String, OrderList> lists = new HashMap<>();

    PaymentsToAsk(
            JdbcClient db,
            Shops shops,
            Readings readings,
            InboxWriter writer,
            ShopHttp http,
            BusinessClock clock,
            List<OrderList> lists) {
        this.db = db;
        this.shops = shops;
        this.readings = readings;
        this.writer = writer;
        this.http = http;
        this.clock = clock;
        lists.stream().filter(OrderList::knowsPaymentsApart).forEach(list -> this.lists.put(list.source(), list));
    }

    /** Is there somebody to ask? */
    boolean canAsk(@Nullable KnownShop shop) {
        return shop != null
                && shop.shop().apiUrl() != null
                && shop.apiToken() != null
                && lists.containsKey(shop.shop().source());
    }

    /** In the transaction that folded them. */
    void ask(BrandId brand, List<OrdersFold.Key> orders) {
        if (orders.isEmpty()) return;
        db.sql("""
                insert into payments_to_ask (brand_id, shop_id, order_key, asked_since, next_at)
                select :brand, shop_id, order_key, :now, :now
                from unnest(cast(:shops as uuid[]), cast(:orders as text[])) as asked (shop_id, order_key)
                on conflict on constraint payments_to_ask_pk do nothing
                """)
                .param("brand", brand.value())
                .param("now", Timestamp.from(clock.now()))
                .param("shops", orders.stream().map(OrdersFold.Key::shop).toArray(UUID[]::new))
                .param("orders", orders.stream().map(OrdersFold.Key::order).toArray(String[]::new))
                .update();
    }

    @Override
    public String name() {
        return "shops-ask-payments";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        boolean news = false;
        for (UUID brand : due()) {
            for (Asked asked : claim(new BrandId(brand))) news |= answered(asked);
        }
        return news;
    }

    private record Asked(BrandId brand, ShopId shop, String orderKey, Instant since) {}

    private List<UUID> due() {
        return db.sql("select distinct brand_id from payments_to_ask where next_at <= :now order by brand_id")
                .param("now", Timestamp.from(clock.now()))
                .query(UUID.class)
                .list();
    }

    /** Ours for the next minutes: another node finds them not due. */
    private List<Asked> claim(BrandId brand) {
        Instant now = clock.now();
        return db
                .sql("""
                with due as materialized (
                    select ctid as place from payments_to_ask where brand_id = :brand and next_at <= :now
                    order by next_at, shop_id, order_key limit :most for update skip locked)
                update payments_to_ask set next_at = :lease where ctid = any (array(select place from due))
                returning shop_id, order_key, asked_since
                """)
                .param("brand", brand.value())
                .param("now", Timestamp.from(now))
                .param("lease", Timestamp.from(now.plus(LEASE)))
                .param("most", AT_ONCE)
                .query((row, n) -> new Asked(
                        brand,
                        new ShopId(row.getObject("shop_id", UUID.class)),
                        row.getString("order_key"),
                        row.getTimestamp("asked_since").toInstant()))
                .list()
                .stream()
                .sorted(Comparator.comparing(Asked::orderKey))
                .toList();
    }

    private boolean answered(Asked asked) {
        KnownShop shop = shops.known(asked.shop);
        // Meanwhile a message may have come that left no doubt.
        if (!facts(asked).paymentIsAGuess()) return settled(asked, List.of());
        if (shop == null || !canAsk(shop)) return inVain(asked, shop);
        OrderList list = Objects.requireNonNull(lists.get(shop.shop().source()));
        OrderList.Answer answer;
        try {
            answer = list.payments(shop, asked.orderKey, http);
        } catch (IOException | Json.Unreadable | IllegalArgumentException | java.time.DateTimeException e) {
            answer = new OrderList.Answer.Failed("out-of-reach", false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return switch (answer) {
            case OrderList.Answer.Page page -> {
                List<Delivered> payments = payments(shop, page);
                yield payments.isEmpty() ? inVain(asked, shop) : settled(asked, payments);
            }
            case OrderList.Answer.Later later -> again(asked, later.pause(), shop);
            case OrderList.Answer.Failed failed -> {
                log.info(
                        "shop.payment-not-told shop={}/{} reason={}",
                        shop.shop().source(),
                        shop.shop().slug(),
                        failed.reason());
                boolean never = failed.reason().equals("unauthorized") || failed.cursorIsStale();
                yield never ? inVain(asked, shop) : again(asked, AFTER_FAILURE, shop);
            }
        };
    }

    private OrderFacts facts(Asked asked) {
        return OrderFacts.parse(
                db.sql("select facts from orders where brand_id = :brand and shop_id = :shop and order_key = :order")
                        .param("brand", asked.brand.value())
                        .param("shop", asked.shop.value())
                        .param("order", asked.orderKey)
                        .query(String.class)
                        .single());
    }

    private List<Delivered> payments(KnownShop shop, OrderList.Answer.Page page) {
        List<Delivered> payments = new ArrayList<>();
        for (OrderList.Changed one : page.orders()) {
            Delivered read = read(shop, page.topic(), one.message());
            if (read.facts() != null) payments.add(read);
        }
        return payments;
    }

    private Delivered read(KnownShop shop, String topic, tools.jackson.databind.JsonNode message) {
        byte[] body = Json.MAPPER.writeValueAsBytes(message);
        return readings.read(shop, "reconcile:" + Signatures.digest(topic, body), topic, message, body, clock.now());
    }

    /** Kept as every other message is, so that whoever looks for the reason of a date finds it, and a replay finds it too. */
    private boolean inVain(Asked asked, @Nullable KnownShop known) {
        Shop shop = known != null
                ? known.shop()
                : shops.find(asked.brand, asked.shop).orElseThrow();
        ObjectNode note = JsonNodeFactory.instance
                .objectNode()
                .put("order_id", asked.orderKey)
                .put("asked_at", clock.now().toString())
                .put("message", "The shop did not tell when this order was paid; the likeliest instant counts.");
        OrderList list = Objects.requireNonNull(lists.get(shop.source()));
        return settled(asked, List.of(read(new KnownShop(shop, List.of(), null, true), list.notTold(), note)));
    }

    private boolean again(Asked asked, Duration wait, KnownShop shop) {
        Instant now = clock.now();
        if (!now.isBefore(asked.since.plus(ASKED_MOST))) return inVain(asked, shop);
        db.sql("""
                update payments_to_ask set next_at = :next
                where brand_id = :brand and shop_id = :shop and order_key = :order
                """)
                .param("next", Timestamp.from(now.plus(wait)))
                .param("brand", asked.brand.value())
                .param("shop", asked.shop.value())
                .param("order", asked.orderKey)
                .update();
        return false;
    }

    /** A crash between the two asks once more, and the same answer is known by its id. */
    private boolean settled(Asked asked, List<Delivered> told) {
        if (!told.isEmpty()) writer.write(asked.brand, told);
        db.sql("delete from payments_to_ask where brand_id = :brand and shop_id = :shop and order_key = :order")
                .param("brand", asked.brand.value())
                .param("shop", asked.shop.value())
                .param("order", asked.orderKey)
                .update();
        return !told.isEmpty();
    }
}
