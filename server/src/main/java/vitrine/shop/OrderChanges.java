package vitrine.shop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;

/**
 * Which orders have to be looked at again, by whom. Each paid order that changed waits here for two audiences: its own brand and
 * the house, when there is one. That costs a row of four ids a change, and saves every fold from asking who takes part in which
 * campaign of the house, and every campaign that starts from asking what it missed.
 */
@Component
public class OrderChanges {

    private static final Duration HOUSE_REREAD = Duration.ofSeconds(1);

    private final JdbcClient db;
    private volatile @Nullable BrandId house;
    private volatile long houseReadAt = System.nanoTime() - HOUSE_REREAD.toNanos();

    OrderChanges(JdbcClient db) {
        this.db = db;
    }

    /**
     * Takes what waits for this audience, the oldest first. Only inside the audience's transaction: with its end the rows are gone.
     * While it runs, a new change of the same order waits for it, so one order is never looked at twice at a time.
     */
    public List<OrderChange> take(BrandId audience, int most) {
        return db
                .sql("""
                with oldest as materialized (
                    select ctid as place from order_changes where brand_id = :audience
                    order by batch_id limit :most for update skip locked)
                delete from order_changes where ctid = any (array(select place from oldest))
                returning order_brand_id, order_id, batch_id
                """)
                .param("audience", audience.value())
                .param("most", most)
                .query((row, n) -> new OrderChange(
                        new OrderRef(
                                new BrandId(row.getObject("order_brand_id", UUID.class)),
                                new OrderId(row.getObject("order_id", UUID.class))),
                        row.getObject("batch_id", UUID.class)))
                .list()
                .stream()
                .sorted((a, b) -> a.batch().compareTo(b.batch()))
                .toList();
    }

    /** For whom something waits. */
    public List<BrandId> audiences() {
        return db.sql("""
                with recursive audience as (
                    (select brand_id from order_changes order by brand_id limit 1)
                    union all
                    select (select c.brand_id from order_changes c where c.brand_id > a.brand_id order by c.brand_id limit 1)
                    from audience a where a.brand_id is not null)
                select brand_id from audience where brand_id is not null
                """).query(UUID.class).list().stream().map(BrandId::new).toList();
    }

    /**
     * Has the audience look again at the brand's orders that were paid in this time: for an offer that starts in the midst of
     * its window. Inside a transaction of the audience; true: there may be more, from the returned order on.
     */
    public Optional<OrderId> again(
            BrandId audience, BrandId brand, Instant paidFrom, Instant paidUntil, @Nullable OrderId after, int most) {
        return db.sql("""
                with seen as (
                    select order_id, first_batch_id from orders
                    where brand_id = :brand and order_id > :after and paid_at >= :from and paid_at < :until
                    order by order_id limit :most),
                added as (
                    insert into order_changes (brand_id, order_brand_id, order_id, batch_id)
                    select :audience, :brand, order_id, first_batch_id from seen
                    on conflict on constraint order_changes_pk do nothing)
                select order_id from seen order by order_id desc limit 1
                """)
                .param("audience", audience.value())
                .param("brand", brand.value())
                .param("from", Timestamp.from(paidFrom))
                .param("until", Timestamp.from(paidUntil))
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query(UUID.class)
                .optional()
                .map(OrderId::new);
    }

    /** Who looks at this brand's paid orders. */
    List<UUID> audiencesOf(BrandId brand) {
        BrandId operator = house();
        return operator == null || operator.equals(brand)
                ? List.of(brand.value())
                : List.of(brand.value(), operator.value());
    }

    private @Nullable BrandId house() {
        // Once there is a house it stays the same one.
        if (house != null || System.nanoTime() - houseReadAt < HOUSE_REREAD.toNanos()) return house;
        BrandId read = db.sql("select brand_id from brands where kind = 'house'")
                .query(UUID.class)
                .optional()
                .map(BrandId::new)
                .orElse(null);
        // Only an answer is remembered: whoever asks while another asks, or after a question that failed, asks itself.
        house = read;
        houseReadAt = System.nanoTime();
        return read;
    }
}
