package vitrine.campaign.desk;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;

/** What does not go on by itself and waits for a colleague. */
@Component
public class Snags {

    private final JdbcClient db;
    private final Clock clock;

    Snags(JdbcClient db, Clock clock) {
        this.db = db;
        this.clock = clock;
    }

    /**
     * @param unreadable deliveries that nobody understood
     * @param aside orders that could not be judged
     * @param refused messages not let in during this hour and the one before
     * @param waiting places on waiting lists
     * @param kept pieces that stayed although their order went back
     * @param silent shops that never delivered anything
     */
    public record Stuck(long unreadable, long aside, long refused, long waiting, long kept, long silent) {
        static final Stuck NOTHING = new Stuck(0, 0, 0, 0, 0, 0);

        public boolean isAnything() {
            return unreadable + aside + refused + waiting + kept + silent > 0;
        }

        /** Where each is put right, by the name of what it is; those that are not there are left out. */
        public List<Snag> each() {
            return java.util.stream.Stream.of(
                            new Snag("unreadable", unreadable, "deliveries?state=unreadable"),
                            new Snag("aside", aside, "aside"),
                            new Snag("refused", refused, "deliveries#refusals"),
                            new Snag("waiting", waiting, "entitlements?state=waiting"),
                            new Snag("kept", kept, "entitlements?state=kept"),
                            new Snag("silent", silent, "shops"))
                    .filter(snag -> snag.count() > 0)
                    .toList();
        }
    }

    /** @param place where it is put right, below the brand's desk */
    public record Snag(String name, long count, String place) {}

    public Stuck of(BrandId brand) {
        return of(List.of(brand)).getOrDefault(brand, Stuck.NOTHING);
    }

    Map<BrandId, Stuck> of(List<BrandId> brands) {
        record Found(BrandId brand, Stuck stuck) {}
        return db
                .sql("""
                select b.brand_id,
                    (select count(*) from deliveries d where d.brand_id = b.brand_id and d.state = 'unreadable') as unreadable,
                    (select count(*) from orders_aside a where a.brand_id = b.brand_id) as aside,
                    (select coalesce(sum(times), 0) from refusals r where r.brand_id = b.brand_id and r.hour >= :hour) as refused,
                    (select count(*) from entitlements e where e.brand_id = b.brand_id and e.state = 'waiting') as waiting,
                    (select count(*) from entitlements e where e.brand_id = b.brand_id and e.state = 'kept') as kept,
                    (select count(*) from shops s where s.brand_id = b.brand_id and s.closed_at is null
                        and s.last_delivery_at is null) as silent
                from unnest(:brands::uuid[]) as b (brand_id)
                """)
                .param(
                        "hour",
                        Timestamp.from(
                                clock.instant().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.HOURS)))
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid", brands.stream().map(BrandId::value).toArray()))
                .query((row, n) -> new Found(
                        new BrandId(row.getObject(1, UUID.class)),
                        new Stuck(
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6),
                                row.getLong(7))))
                .list()
                .stream()
                .collect(Collectors.toMap(Found::brand, Found::stuck, (a, b) -> a));
    }
}
