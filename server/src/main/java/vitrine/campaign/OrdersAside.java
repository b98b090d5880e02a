package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;

/**
 * Orders that could not be judged. They hold up nobody and earn nothing until staff have them tried again, or the shop says
 * something new of them.
 */
@Component
public class OrdersAside {

    private static final Logger log = LoggerFactory.getLogger(OrdersAside.class);
    private static final int ERROR_MAX = 500;

    private final JdbcClient db;
    private final OrdersToJudge toJudge;
    private final BusinessClock clock;
    private final Counter counter;

    OrdersAside(JdbcClient db, OrdersToJudge toJudge, BusinessClock clock, MeterRegistry meters) {
        this.db = db;
        this.toJudge = toJudge;
        this.clock = clock;
        this.counter = meters.counter("vitrine.orders.aside");
    }

    /** @param number as the shop calls it; null: the order is not there any more */
    public record Aside(OrderRef order, @Nullable String number, String error, Instant at) {}

    /** Inside the transaction that takes it out of the queue. */
    void put(BrandId audience, OrderRef order, RuntimeException why) {
        log.error("campaign.order-set-aside audience={} order={}", audience, order.id(), why);
        counter.increment();
        String error = why.toString();
        db.sql("""
                insert into orders_aside (brand_id, order_brand_id, order_id, error, aside_at)
                values (:audience, :brand, :order, :error, :now)
                on conflict (brand_id, order_brand_id, order_id) do update
                    set error = excluded.error, aside_at = excluded.aside_at
                """)
                .param("audience", audience.value())
                .param("brand", order.brand().value())
                .param("order", order.id().value())
                .param("error", error.substring(0, Math.min(error.length(), ERROR_MAX)))
                .param("now", Timestamp.from(clock.now()))
                .update();
    }

    /** Inside the transaction in which these were judged after all. */
    void judged(BrandId audience, Collection<OrderRef> orders) {
        db.sql("""
                delete from orders_aside a using unnest(:brands::uuid[], :orders::uuid[]) as w (brand_id, order_id)
                where a.brand_id = :audience and a.order_brand_id = w.brand_id and a.order_id = w.order_id
                """)
                .param("audience", audience.value())
                .param("brands", uuids(orders, o -> o.brand().value()))
                .param("orders", uuids(orders, o -> o.id().value()))
                .update();
    }

    /** Those of an audience (a brand, or the house), the latest first. */
    public List<Aside> of(BrandId audience, int most) {
        return db.sql("""
                select a.order_brand_id, a.order_id, o.number, a.error, a.aside_at from orders_aside a
                left join orders o on o.brand_id = a.order_brand_id and o.order_id = a.order_id
                where a.brand_id = :audience order by a.aside_at desc, a.order_id limit :most
                """)
                .param("audience", audience.value())
                .param("most", most)
                .query((row, n) -> new Aside(
                        new OrderRef(
                                new BrandId(row.getObject(1, UUID.class)), new OrderId(row.getObject(2, UUID.class))),
                        row.getString(3),
                        row.getString(4),
                        row.getTimestamp(5).toInstant()))
                .list();
    }

    /** Has all of them judged once more; what still cannot be judged comes back with its reason. Returns how many there were. */
    @Transactional
    public int tryAgain(BrandId audience) {
        List<OrderRef> orders = db.sql("select order_brand_id, order_id from orders_aside where brand_id = :audience")
                .param("audience", audience.value())
                .query((row, n) -> new OrderRef(
                        new BrandId(row.getObject(1, UUID.class)), new OrderId(row.getObject(2, UUID.class))))
                .list();
        toJudge.add(audience, orders);
        return orders.size();
    }
}
