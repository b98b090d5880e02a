package vitrine.shop;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/**
 * The orders of a person who was erased: what a shop still says of them is not kept as it came, and in the end the time is over for
 * which they stand under a keyed hash; afterwards they are nobody's.
 */
@Component
class ForgottenOrders implements Job {

    /** Records of trade are kept so long (China's E-Commerce Law, article 31). */
    static final int YEARS = 3;

    private final JdbcClient db;
    private final Clock clock;

    ForgottenOrders(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "orders-forgotten";
    }

    @Override
    public Duration pause() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean run() {
        Timestamp then = Timestamp.from(
                clock.instant().atOffset(ZoneOffset.UTC).minusYears(YEARS).toInstant());
        List<UUID> brands = db.sql("""
                select b.brand_id from (select distinct brand_id from shops) b where exists (select from orders o where o.brand_id = b.brand_id
                    and o.forgotten_at is not null and o.buyer_key is not null)
                """).query(UUID.class).list();
        for (UUID brand : brands) {
            db.sql("""
                    delete from delivery_bodies b using orders o, deliveries d
                    where o.brand_id = :brand and o.forgotten_at is not null and o.buyer_key is not null
                        and d.brand_id = o.brand_id and d.shop_id = o.shop_id and d.order_key = o.order_key
                        and b.brand_id = d.brand_id and b.shop_id = d.shop_id and b.delivery_id = d.delivery_id
                    """).param("brand", brand).update();
            db.sql("""
                    update orders set buyer_key = null, buyer_kind = null,
                        facts = (facts::jsonb - '{e,p,b,g}'::text[])::text
                    where brand_id = :brand and forgotten_at is not null and buyer_key is not null and received_at < :then
                    """).param("brand", brand).param("then", then).update();
        }
        return false;
    }
}
