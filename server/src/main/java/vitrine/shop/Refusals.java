package vitrine.shop;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.Job;

/** What the inbox did not let in: counted at once, written by the second, so that a flood costs rows by the hour only. */
@Component
public class Refusals implements Job {

    /** Under this brand stand the refusals at addresses that are no shop's; the operator's to see. */
    public static final BrandId NOBODY = new BrandId(new UUID(0, 0));

    private static final ShopId NO_SHOP = new ShopId(new UUID(0, 0));

    private final JdbcTemplate db;
    private final JdbcClient client;
    private final Clock clock;
    private final MeterRegistry meters;
    private final ConcurrentHashMap<Bucket, Count> open = new ConcurrentHashMap<>();

    Refusals(JdbcTemplate db, JdbcClient client, Clock clock, MeterRegistry meters) {
        this.db = db;
        this.client = client;
        this.clock = clock;
        this.meters = meters;
    }

    /** @param code stable: {@code shop.signature-wrong} */
    public record Refusal(ShopId shop, Instant hour, String code, long times, Instant lastAt) {}

    private record Bucket(BrandId brand, ShopId shop, Instant hour, String code) {}

    private record Count(long times, Instant lastAt) {
        Count plus(Count other) {
            return new Count(times + other.times, lastAt.isAfter(other.lastAt) ? lastAt : other.lastAt);
        }
    }

    void count(@Nullable Shop shop, String source, String code) {
        Instant now = clock.instant();
        open.merge(
                new Bucket(
                        shop == null ? NOBODY : shop.brand(),
                        shop == null ? NO_SHOP : shop.id(),
                        now.truncatedTo(ChronoUnit.HOURS),
                        code),
                new Count(1, now),
                Count::plus);
        // The source comes from an address that anybody may make up; unknown ones are one series.
        meters.counter("vitrine.inbox.refused", "source", shop == null ? "unknown" : source, "code", code)
                .increment();
    }

    @Override
    public String name() {
        return "shop-refusals";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        List<Bucket> buckets = new ArrayList<>(open.keySet());
        // In one order, so that two nodes never wait for each other in a circle.
        buckets.sort(Comparator.comparing((Bucket b) -> b.brand.value())
                .thenComparing(b -> b.shop.value())
                .thenComparing(b -> b.hour)
                .thenComparing(b -> b.code));
        for (Bucket bucket : buckets) {
            Count count = open.remove(bucket);
            if (count == null) continue;
            try {
                write(bucket, count);
            } catch (RuntimeException e) {
                open.merge(bucket, count, Count::plus);
                throw e;
            }
        }
        return false;
    }

    private void write(Bucket bucket, Count count) {
        db.update(
                """
                insert into refusals (brand_id, shop_id, hour, code, times, last_at) values (?, ?, ?, ?, ?, ?)
                on conflict on constraint refusals_pk do update
                    set times = refusals.times + excluded.times, last_at = greatest(refusals.last_at, excluded.last_at)
                """,
                bucket.brand.value(),
                bucket.shop.value(),
                Timestamp.from(bucket.hour),
                bucket.code,
                count.times,
                Timestamp.from(count.lastAt));
    }

    /** The newest first. */
    public List<Refusal> of(BrandId brand, Instant since, int most) {
        return client.sql("""
                select * from refusals where brand_id = :brand and hour >= :since order by hour desc, shop_id, code limit :most
                """)
                .param("brand", brand.value())
                .param("since", Timestamp.from(since.truncatedTo(ChronoUnit.HOURS)))
                .param("most", most)
                .query((row, n) -> new Refusal(
                        new ShopId(row.getObject("shop_id", UUID.class)),
                        row.getTimestamp("hour").toInstant(),
                        row.getString("code"),
                        row.getLong("times"),
                        row.getTimestamp("last_at").toInstant()))
                .list();
    }
}
