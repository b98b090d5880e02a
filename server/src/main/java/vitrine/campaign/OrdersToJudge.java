package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;

/** Orders that have to be looked at again for a reason of ours: new rules, a piece that came back, two who turned out to be one. */
@Component
class OrdersToJudge {

    private final JdbcClient db;

    OrdersToJudge(JdbcClient db) {
        this.db = db;
    }

    void add(BrandId audience, Collection<OrderRef> orders) {
        if (orders.isEmpty()) return;
        db.sql("""
                insert into orders_to_judge (brand_id, order_brand_id, order_id)
                select distinct :audience::uuid, w.brand_id, w.order_id
                from unnest(:brands::uuid[], :orders::uuid[]) as w (brand_id, order_id) on conflict do nothing
                """)
                .param("audience", audience.value())
                .param("brands", uuids(orders, o -> o.brand().value()))
                .param("orders", uuids(orders, o -> o.id().value()))
                .update();
    }

    /** Only inside the audience's transaction: with its end the rows are gone. */
    List<OrderRef> take(BrandId audience, int most) {
        if (most <= 0) return List.of();
        return db.sql("""
                delete from orders_to_judge t using (
                    select order_brand_id, order_id from orders_to_judge where brand_id = :audience
                    order by order_brand_id, order_id limit :most for update skip locked) w
                where t.brand_id = :audience and t.order_brand_id = w.order_brand_id and t.order_id = w.order_id
                returning t.order_brand_id, t.order_id
                """)
                .param("audience", audience.value())
                .param("most", most)
                .query((row, n) -> new OrderRef(
                        new BrandId(row.getObject(1, UUID.class)), new OrderId(row.getObject(2, UUID.class))))
                .list();
    }

    List<BrandId> audiences() {
        return db.sql("""
                select b.brand_id from (select distinct brand_id from offers) b
                where exists (select from orders_to_judge t where t.brand_id = b.brand_id)
                """).query(UUID.class).list().stream().map(BrandId::new).toList();
    }
}
