package vitrine.shop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/** When each shop was last heard of: noted in memory, written by the second, so that no delivery waits for its shop's row. */
@Component
class LastDeliveries implements Job {

    /** In this time a long pause counts for a third of itself: what was usual in another season is forgotten. */
    private static final Duration FORGOTTEN = Duration.ofDays(14);

    private final JdbcTemplate db;
    private final ConcurrentHashMap<ShopId, Heard> heard = new ConcurrentHashMap<>();

    LastDeliveries(JdbcTemplate db) {
        this.db = db;
    }

    private record Heard(Shop shop, Instant at) {}

    void came(Shop shop, Instant at) {
        Heard known = heard.get(shop.id());
        if (known != null && !at.isAfter(known.at)) return;
        heard.put(shop.id(), new Heard(shop, at));
    }

    @Override
    public String name() {
        return "shop-last-deliveries";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        Map<String, Heard> taken = new TreeMap<>(); // in one order: two nodes never wait for each other in a circle
        for (ShopId shop : heard.keySet()) {
            Heard one = heard.remove(shop);
            if (one != null) taken.put(shop.toString(), one);
        }
        for (Heard one : taken.values()) {
            Timestamp at = Timestamp.from(one.at);
            db.update(
                    """
                    update shops set last_delivery_at = greatest(last_delivery_at, ?),
                        longest_pause = greatest(
                            ?::timestamptz - last_delivery_at,
                            longest_pause * exp(least(0, extract(epoch from last_delivery_at - ?::timestamptz)) / ?))
                    where brand_id = ? and shop_id = ?
                    """,
                    at,
                    at,
                    at,
                    (double) FORGOTTEN.toSeconds(),
                    one.shop.brand().value(),
                    one.shop.id().value());
        }
        return false;
    }
}
