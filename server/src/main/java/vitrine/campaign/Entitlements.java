package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.State;
import vitrine.campaign.rules.VerdictJson;
import vitrine.drop.OfferId;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.shop.OrderRef;

/** What orders earned, and why or why not: read by the pages of shoppers and of staff. Nothing here changes anything. */
@Component
public class Entitlements {

    private final JdbcClient db;
    private final LiveCampaigns campaigns;
    private final BusinessClock clock;

    Entitlements(JdbcClient db, LiveCampaigns campaigns, BusinessClock clock) {
        this.db = db;
        this.campaigns = campaigns;
        this.clock = clock;
    }

    /** What all campaigns say to one order: its brand's, and the house's. */
    public List<OrderVerdict> ofOrder(OrderRef order) {
        return verdicts(db.sql("""
                        select v.* from offers o
                        join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id
                            and v.order_brand_id = :brand and v.order_id = :order
                        order by v.judged_at, v.offer_id
                        """)
                .param("brand", order.brand().value())
                .param("order", order.id().value())
                .query(Entitlements::judged)
                .list());
    }

    /** Where a person stands in the offers that sum and are still open. */
    public List<Progress> progress(CollectorId root) {
        record Row(OfferId offer, long counted, int pieces) {}
        List<Row> rows = db.sql("""
                select p.brand_id, p.offer_id, p.counted, p.pieces from offers o
                join progress p on p.brand_id = o.brand_id and p.offer_id = o.offer_id and p.collector_id = :collector
                where p.counted > 0 order by p.changed_at desc
                """)
                .param("collector", root.value())
                .query((row, n) -> new Row(
                        new OfferId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getLong(3),
                        row.getInt(4)))
                .list();
        Instant now = clock.now();
        Map<BrandId, Map<UUID, LiveCampaign>> live = new HashMap<>();
        List<Progress> progress = new ArrayList<>();
        for (Row row : rows) {
            LiveCampaign campaign = live.computeIfAbsent(row.offer().brand(), campaigns::byOffer)
                    .get(row.offer().value());
            if (campaign == null || !campaign.plan().window().holds(now)) continue;
            Offer offer = offer(campaign, row.offer());
            if (offer.basis() != Offer.Basis.CUMULATIVE) continue;
            Integer limit = offer.perCollector();
            Earning.Tier next = limit != null && row.pieces() >= limit
                    ? null
                    : offer.earning().after(row.counted());
            progress.add(new Progress(campaign.id(), offer, row.counted(), row.pieces(), next));
        }
        return progress;
    }

    /** Which entitlements staff look for; null: any. @param states empty: any */
    public record Filter(
            Set<State> states,
            @Nullable CampaignId campaign,
            @Nullable OfferId offer,
            @Nullable CollectorId collector,
            boolean eldestFirst) {}

    /** Of a brand's (or the house's) campaigns, the newest first or the eldest. @param after the last one of the page before */
    public List<Gift> list(BrandId brand, Filter filter, @Nullable UUID after, int most) {
        UUID from = after != null ? after : filter.eldestFirst() ? new UUID(0, 0) : new UUID(-1, -1);
        return gifts(
                brand,
                db.sql("""
                        select e.*, o.campaign_id from entitlements e
                        join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                        where e.brand_id = :brand and e.entitlement_id %s :from
                            and (cardinality(:states::text[]) = 0 or e.state = any (:states::text[]))
                            and (:campaign::uuid is null or o.campaign_id = :campaign)
                            and (:offer::uuid is null or e.offer_id = :offer)
                            and (:collector::uuid is null or e.collector_id = :collector)
                        order by e.entitlement_id %s limit :most
                        """.formatted(filter.eldestFirst() ? ">" : "<", filter.eldestFirst() ? "asc" : "desc"))
                        .param("brand", brand.value())
                        .param("from", from)
                        .param("states", new SqlArrayValue("text", (Object[])
                                filter.states().stream().map(State::text).toArray(String[]::new)))
                        .param(
                                "campaign",
                                filter.campaign() == null
                                        ? null
                                        : filter.campaign().value())
                        .param(
                                "offer",
                                filter.offer() == null ? null : filter.offer().value())
                        .param(
                                "collector",
                                filter.collector() == null
                                        ? null
                                        : filter.collector().value())
                        .param("most", most)
                        .query(Row::of)
                        .list());
    }

    /** A place in the line of those who wait. */
    public record Turn(Instant paidAt, UUID id) {}

    /** Those who wait, in the order in which they are served: by time of payment. @param after the last of the page before */
    public List<Gift> waiting(BrandId brand, @Nullable CampaignId campaign, @Nullable Turn after, int most) {
        return gifts(
                brand,
                db.sql("""
                        select e.*, o.campaign_id from offers o
                        cross join lateral (
                            select * from entitlements e where e.brand_id = o.brand_id and e.offer_id = o.offer_id
                                and e.state = 'waiting' and (:paidAt::timestamptz is null
                                    or (e.paid_at, e.entitlement_id) > (:paidAt::timestamptz, :id::uuid))
                            order by e.paid_at, e.entitlement_id limit :most) e
                        where o.brand_id = :brand and (:campaign::uuid is null or o.campaign_id = :campaign)
                        order by e.paid_at, e.entitlement_id limit :most
                        """)
                        .param("paidAt", after == null ? null : Timestamp.from(after.paidAt()))
                        .param("id", after == null ? null : after.id())
                        .param("most", most)
                        .param("brand", brand.value())
                        .param("campaign", campaign == null ? null : campaign.value())
                        .query(Row::of)
                        .list());
    }

    public Optional<Gift> find(BrandId brand, UUID id) {
        return gifts(
                        brand,
                        db.sql("""
                                select e.*, o.campaign_id from entitlements e
                                join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                                where e.brand_id = :brand and e.entitlement_id = :id
                                """)
                                .param("brand", brand.value())
                                .param("id", id)
                                .query(Row::of)
                                .list())
                .stream()
                .findFirst();
    }

    /** How many rights of each offer of a campaign stand where. */
    public Map<OfferId, Map<State, Integer>> counts(CampaignId campaign) {
        Map<OfferId, Map<State, Integer>> counts = new HashMap<>();
        db.sql("""
                select e.offer_id, e.state, count(*)::int from offers o
                join entitlements e on e.brand_id = o.brand_id and e.offer_id = o.offer_id
                where o.brand_id = :brand and o.campaign_id = :campaign group by e.offer_id, e.state
                """)
                .param("brand", campaign.brand().value())
                .param("campaign", campaign.value())
                .query(row -> {
                    counts.computeIfAbsent(
                                    new OfferId(campaign.brand(), row.getObject(1, UUID.class)),
                                    o -> new EnumMap<>(State.class))
                            .put(State.of(row.getString(2)), row.getInt(3));
                });
        return counts;
    }

    // ----

    private record Judged(BrandId brand, VerdictRow row, Instant at) {}

    private static Judged judged(ResultSet row, int n) throws SQLException {
        return new Judged(
                new BrandId(row.getObject("brand_id", UUID.class)),
                VerdictRows.row(row, n),
                row.getTimestamp("judged_at").toInstant());
    }

    private record Row(Entitlement entitlement, UUID campaign, Instant changedAt) {
        static Row of(ResultSet row, int n) throws SQLException {
            return new Row(
                    EntitlementRows.row(row, n),
                    row.getObject("campaign_id", UUID.class),
                    row.getTimestamp("changed_at").toInstant());
        }
    }

    private List<OrderVerdict> verdicts(List<Judged> judged) {
        Map<BrandId, List<Judged>> byBrand = new HashMap<>();
        for (Judged each : judged)
            byBrand.computeIfAbsent(each.brand(), b -> new ArrayList<>()).add(each);
        List<OrderVerdict> verdicts = new ArrayList<>();
        byBrand.forEach((brand, some) -> {
            Map<UUID, LiveCampaign> live = campaigns.byOffer(brand);
            List<Gift> gifts = giftsOf(brand, some);
            for (Judged each : some) {
                VerdictRow row = each.row();
                LiveCampaign campaign = live.get(row.offer());
                if (campaign == null) continue;
                OfferId offer = new OfferId(brand, row.offer());
                verdicts.add(new OrderVerdict(
                        row.order(),
                        row.collector(),
                        campaign.id(),
                        offer(campaign, offer),
                        row.rulesVersion(),
                        VerdictJson.verdict(row.code(), row.numbers()),
                        VerdictJson.lines(row.lines()),
                        row.paidAt(),
                        row.receiptAt(),
                        each.at(),
                        gifts.stream()
                                .filter(g ->
                                        g.offer().equals(offer) && g.order().equals(row.order()))
                                .toList()));
            }
        });
        verdicts.sort(Comparator.comparing(OrderVerdict::paidAt, Comparator.nullsLast(Comparator.naturalOrder()))
                .reversed());
        return verdicts;
    }

    private List<Gift> giftsOf(BrandId brand, List<Judged> judged) {
        List<OrderRef> orders =
                judged.stream().map(j -> j.row().order()).distinct().toList();
        return gifts(
                brand,
                db.sql("""
                        select e.*, o.campaign_id from unnest(:brands::uuid[], :orders::uuid[]) as w (brand_id, order_id)
                        join entitlements e on e.brand_id = :brand and e.order_brand_id = w.brand_id and e.order_id = w.order_id
                        join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                        order by e.entitlement_id
                        """)
                        .param("brands", uuids(orders, o -> o.brand().value()))
                        .param("orders", uuids(orders, o -> o.id().value()))
                        .param("brand", brand.value())
                        .query(Row::of)
                        .list());
    }

    private List<Gift> gifts(BrandId brand, List<Row> rows) {
        Map<UUID, Integer> places = places(
                brand,
                rows.stream()
                        .filter(r -> r.entitlement().state() == State.WAITING)
                        .map(r -> r.entitlement().id())
                        .toList());
        return rows.stream()
                .map(r -> new Gift(
                        r.entitlement().id(),
                        r.entitlement().offer(),
                        new CampaignId(brand, r.campaign()),
                        r.entitlement().collectible(),
                        r.entitlement().collector(),
                        r.entitlement().order(),
                        r.entitlement().reason(),
                        standing(r.entitlement(), places),
                        r.entitlement().paidAt(),
                        r.changedAt()))
                .toList();
    }

    private Map<UUID, Integer> places(BrandId brand, List<UUID> waiting) {
        Map<UUID, Integer> places = new HashMap<>();
        if (waiting.isEmpty()) return places;
        db.sql("""
                select e.entitlement_id, 1 + (select count(*)::int from entitlements b
                    where b.brand_id = e.brand_id and b.offer_id = e.offer_id and b.state = 'waiting'
                        and (b.paid_at, b.entitlement_id) < (e.paid_at, e.entitlement_id)) as place
                from entitlements e where e.brand_id = :brand and e.entitlement_id = any(:ids)
                """)
                .param("brand", brand.value())
                .param("ids", uuids(waiting, id -> id))
                .query(row -> {
                    places.put(row.getObject(1, UUID.class), row.getInt(2));
                });
        return places;
    }

    private static Standing standing(Entitlement e, Map<UUID, Integer> places) {
        String why = e.why() == null ? "" : e.why();
        return switch (e.state()) {
            case WAITING -> new Standing.Waiting(places.getOrDefault(e.id(), 1));
            case PENDING -> new Standing.Pending(e.dueAt());
            case RIPE -> new Standing.Ripe();
            case GRANTED -> new Standing.Granted(e.piece());
            case LAPSED -> new Standing.Lapsed(why);
            case REVOKED -> new Standing.Revoked(e.piece(), why);
            case KEPT -> new Standing.Kept(e.piece());
        };
    }

    private static Offer offer(LiveCampaign campaign, OfferId id) {
        return campaign.plan().offers().stream()
                .filter(o -> o.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
