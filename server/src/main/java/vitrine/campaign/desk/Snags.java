package vitrine.campaign.desk;

import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.drop.Beacons;
import vitrine.drop.Reviews;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;
import vitrine.platform.api.Permission;
import vitrine.shop.Shops;

/** What does not go on by itself and waits for a colleague. */
@Component
public class Snags {

    /** A record is sealed within a second, and a head signed; what waits for longer waits for somebody. */
    private static final Duration SEALED_WITHIN = Duration.ofMinutes(1);

    /** A round is there within seconds, so the places of a line that are not drawn by then wait for somebody. */
    private static final Duration DRAWN_WITHIN = Duration.ofMinutes(1);

    /** Claims under review are shown when this much of their time is left. */
    private static final Duration REVIEW_LEFT = Duration.ofHours(24);

    /** Each morning's bills are held against the books for so long back, and what differs in an older day was seen. */
    private static final int DIFFERENCES_DAYS = 7;

    private static final Kind DISPUTES = new Kind("disputes", "money#look", Permission.SHOPS);

    /** The most urgent first. Each is a column of {@link #COUNTS}, and has its words under {@code desk.stuck}. */
    private static final List<Kind> KINDS = List.of(
            new Kind("unsealed", "log?log=%s", Permission.MANAGE),
            new Kind("undrawn", "drops/%s", Permission.SEE),
            new Kind("mails", "mails", Permission.MANAGE),
            new Kind("quiet", "shops", Permission.SEE),
            new Kind("silent", "shops", Permission.SEE),
            new Kind("refused", "deliveries#refusals", Permission.SEE),
            new Kind("unreadable", "deliveries?state=unreadable", Permission.SEE),
            new Kind("aside", "aside", Permission.SEE),
            new Kind("refunds", "money#refunds", Permission.SHOPS),
            DISPUTES,
            new Kind("other-sums", "money#look", Permission.SHOPS),
            new Kind("differences", "money?day=%s#bills", Permission.SHOPS),
            new Kind("reviews", "drops/%s/line", Permission.SEE),
            new Kind("webhooks-off", "webhooks", Permission.MANAGE),
            new Kind("undelivered", "webhooks/%s?only=undelivered", Permission.MANAGE),
            new Kind("parcels", "redemptions", Permission.SHOPS),
            new Kind("waiting", "entitlements?state=waiting", Permission.SEE),
            new Kind("kept", "entitlements?state=kept", Permission.SEE));

    private static final String UNDRAWN = """
             from queues q
                    join drop_stages g on g.brand_id = q.brand_id and g.drop_id = q.drop_id and g.stage_id = q.stage_id
                    join drops d on d.brand_id = q.brand_id and d.drop_id = q.drop_id
                    where q.brand_id = b.brand_id and d.state <> 'ended' and (
                        q.round < :round and q.drawn_at is null and g.mode = 'queue' and g.closes_at > :business_now
                        -- by another network than its rules name it is not even closed
                        or q.chain <> :chain and (q.closed_at is null or q.drawn_at is null and g.mode = 'queue' and g.closes_at > :business_now))
            """;

    private static final String COUNTS = """
            select b.brand_id,
                case when b.kind = 'house' then
                    (select count(*) from logs l, lateral (select from log_pending p
                            where p.log_id = l.log_id and p.record_id < :late limit 100000) p
                        where l.closed_at is null)
                    + (select coalesce(sum(l.size - l.signed_size), 0) from logs l
                        join log_heads h on h.log_id = l.log_id and h.size = l.size and h.sealed_at < :sealed_before
                        where l.closed_at is null)
                    else 0 end as unsealed,
                case when b.kind = 'house' then
                    (select substring(l.origin from position('/' in l.origin) + 1) from logs l
                        where l.closed_at is null and (
                            exists (select from log_pending p where p.log_id = l.log_id and p.record_id < :late)
                            or l.signed_size < l.size and exists (select from log_heads h
                                where h.log_id = l.log_id and h.size = l.size and h.sealed_at < :sealed_before))
                        order by l.brand_id nulls first limit 1) end as "unsealed at",
                (select count(*) %3$s) as undrawn,
                (select d.slug || '/line?stage=' || q.stage_id %3$s order by q.round limit 1) as "undrawn at",
                case when b.kind = 'house' then (select count(*) from messages where given_up_at is not null) else 0 end as mails,
                (select count(*) from shops s where s.brand_id = b.brand_id and s.closed_at is null
                    and %1$s) as quiet,
                (select count(*) from shops s where s.brand_id = b.brand_id and s.closed_at is null
                    and s.last_delivery_at is null) as silent,
                (select coalesce(sum(times), 0) from refusals r where r.brand_id = b.brand_id and r.hour >= :hour) as refused,
                (select count(*) from deliveries d where d.brand_id = b.brand_id and d.state = 'unreadable') as unreadable,
                (select count(*) from orders_aside a where a.brand_id = b.brand_id) as aside,
                (select count(*) from refunds r where r.brand_id = b.brand_id and r.state = 'failed') as refunds,
                (select count(*) from disputes d where d.brand_id = b.brand_id and d.state = 'open') as disputes,
                (select min(d.due_by) from disputes d where d.brand_id = b.brand_id and d.state = 'open') as "disputes due",
                (select count(*) from payments p where p.brand_id = b.brand_id and p.other_amount is not null
                    and p.state <> 'paid') as "other-sums",
                (select count(*) from reconciliation_differences f where f.day >= :differs_from
                    and (f.brand_id = b.brand_id or f.brand_id is null and b.kind = 'house')) as differences,
                (select max(f.day) from reconciliation_differences f where f.day >= :differs_from
                    and (f.brand_id = b.brand_id or f.brand_id is null and b.kind = 'house')) as "differences at",
                (select count(*) from claim_reviews r %2$s
                    where r.brand_id = b.brand_id and r.decision is null and n.since < :held_before) as reviews,
                (select d.slug from claim_reviews r
                    join drops d on d.brand_id = r.brand_id and d.drop_id = r.drop_id %2$s
                    where r.brand_id = b.brand_id and r.decision is null and n.since < :held_before
                    order by n.since limit 1) as "reviews at",
                (select count(*) from webhooks w where w.brand_id = b.brand_id and w.removed_at is null
                    and w.disabled_at is not null) as "webhooks-off",
                (select count(*) from webhooks w
                    join webhook_messages m on m.brand_id = w.brand_id and m.webhook_id = w.webhook_id and m.given_up_at is not null
                    where w.brand_id = b.brand_id and w.removed_at is null) as undelivered,
                (select w.webhook_id from webhooks w
                    join webhook_messages m on m.brand_id = w.brand_id and m.webhook_id = w.webhook_id and m.given_up_at is not null
                    where w.brand_id = b.brand_id and w.removed_at is null order by m.given_up_at desc limit 1) as "undelivered at",
                (select count(*) from fulfilments f where f.brand_id = b.brand_id and f.goods and f.shipped_at is null) as parcels,
                (select count(*) from entitlements e where e.brand_id = b.brand_id and e.state = 'waiting') as waiting,
                (select count(*) from entitlements e where e.brand_id = b.brand_id and e.state = 'kept') as kept
            from brands b where b.brand_id = any (:brands::uuid[])
            """.formatted(Shops.QUIET, Reviews.COUNTED, UNDRAWN);

    private final JdbcClient db;
    private final Clock clock;
    private final BusinessClock business;
    private final Beacons beacons;

    Snags(JdbcClient db, Clock clock, BusinessClock business, Beacons beacons) {
        this.db = db;
        this.clock = clock;
        this.business = business;
        this.beacons = beacons;
    }

    /** @param place where it is put right, below the brand's desk; a %s is the one that waits longest */
    private record Kind(String name, String place, Permission needs) {}

    /**
     * @param place where it is put right, below the brand's desk
     * @param due until when the first of them can be put right; null: whenever
     * @param needs what somebody must be allowed to go there
     */
    public record Snag(
            String name, long count, String place, @Nullable Instant due, Permission needs) {}

    /** @param each only those that are there, the most urgent first */
    public record Stuck(List<Snag> each) {
        static final Stuck NOTHING = new Stuck(List.of());

        public boolean isAnything() {
            return !each.isEmpty();
        }

        /** Without what this reader can do nothing about. */
        Stuck within(Set<Permission> may) {
            return new Stuck(
                    each.stream().filter(snag -> may.contains(snag.needs())).toList());
        }
    }

    public Stuck of(Desk desk) {
        BrandId brand = desk.brand().id();
        return of(List.of(brand)).getOrDefault(brand, Stuck.NOTHING).within(desk.may());
    }

    Map<BrandId, Stuck> of(List<BrandId> brands) {
        record Found(BrandId brand, Stuck stuck) {}
        Instant now = clock.instant();
        Instant late = now.minus(SEALED_WITHIN);
        return db
                .sql(COUNTS)
                .param("late", Ids.smallestOf(late))
                .param("sealed_before", Timestamp.from(late))
                .param("now", Timestamp.from(now))
                .param("hour", Timestamp.from(now.minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.HOURS)))
                .param("round", beacons.chain().roundAt(now.minus(DRAWN_WITHIN)))
                .param("chain", beacons.chain().hash().bytes())
                .param("business_now", Timestamp.from(business.now()))
                .param(
                        "differs_from",
                        Date.valueOf(now.atZone(ZoneOffset.UTC).toLocalDate().minusDays(DIFFERENCES_DAYS)))
                .param("held_before", Timestamp.from(business.now().minus(Reviews.DECIDED_WITHIN.minus(REVIEW_LEFT))))
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid", brands.stream().map(BrandId::value).toArray()))
                .query((row, n) -> new Found(new BrandId(row.getObject("brand_id", UUID.class)), stuck(row)))
                .list()
                .stream()
                .collect(Collectors.toMap(Found::brand, Found::stuck));
    }

    private static Stuck stuck(ResultSet row) throws SQLException {
        List<Snag> each = new ArrayList<>();
        for (Kind kind : KINDS) {
            long count = row.getLong(kind.name());
            if (count == 0) continue;
            String place = kind.place().contains("%s")
                    ? kind.place().formatted(row.getString(kind.name() + " at"))
                    : kind.place();
            Timestamp due = kind == DISPUTES ? row.getTimestamp(kind.name() + " due") : null;
            each.add(new Snag(kind.name(), count, place, due == null ? null : due.toInstant(), kind.needs()));
        }
        return new Stuck(each);
    }
}
