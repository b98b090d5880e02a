package vitrine.campaign.web;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Standing;
import vitrine.campaign.Words;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.LineCount;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.State;
import vitrine.campaign.rules.Verdict;
import vitrine.campaign.rules.VerdictJson;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Texts;
import vitrine.shop.Goods;
import vitrine.shop.Order;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/** Everything that a collector's orders earned her, and why not where they did not: one look for the page that shows it. */
@Component
public class MyOrders {

    private final JdbcClient db;
    private final Orders orders;
    private final Goods goods;
    private final Campaigns campaigns;

    MyOrders(JdbcClient db, Orders orders, Goods goods, Campaigns campaigns) {
        this.db = db;
        this.goods = goods;
        this.orders = orders;
        this.campaigns = campaigns;
    }

    /** @param of the part of all her orders that is shown */
    public record Mine(List<Ladder> ladders, List<Card> orders, Part<OrderRef> of) {}

    /** Progress to the next tier of an offer that sums, while the campaign runs. Shares are hundredths of the ladder. */
    public record Ladder(
            Bilingual brand,
            Bilingual campaign,
            String campaignSlug,
            Offer offer,
            Bilingual gift,
            long counted,
            Earning.@Nullable Tier next,
            List<Rung> rungs,
            int share) {}

    public record Rung(long from, int pieces, int share, boolean done) {}

    /** @param brand whose shop it was: the name that she bought under, in both languages */
    public record Card(Order order, Bilingual brand, List<Judged> judged) {}

    /** @param offer as it is published now; null where the campaign dropped it */
    public record Judged(
            Verdict verdict,
            List<LineCount> lines,
            @Nullable Offer offer,
            Bilingual campaign,
            String campaignSlug,
            Bilingual gift,
            String giftSlug,
            @Nullable Integer supply,
            String wall,
            @Nullable String image,
            boolean cutout,
            Map<String, String> titles,
            List<Right> rights) {

        public @Nullable Picture picture() {
            return image == null ? null : new Picture(image, "", cutout);
        }

        /** She has it and did not open it yet: the page says that a gift is there, and not which. */
        public boolean wrapped() {
            return rights.stream().anyMatch(Right::wrapped) && rights.stream().noneMatch(Right::opened);
        }

        public String head(Texts t) {
            if (wrapped()) return t.get("orders.wrapped");
            return Words.head(t, offer, campaign, gift, verdict, given(), promised());
        }

        /** The numbers and the way on; empty where the offer that said it is no longer in the rules. */
        public String text(Texts t) {
            return offer == null || wrapped() ? "" : Words.verdict(t, offer, gift, verdict, titles);
        }

        /** What the offer asks and gives; empty where it is no longer in the rules. */
        public String asked(Texts t) {
            return offer == null || wrapped() ? "" : Words.offer(t, offer, gift, titles);
        }

        public String line(Texts t, LineCount line) {
            return offer == null ? "" : Words.line(t, offer, line);
        }

        boolean given() {
            return rights.stream().anyMatch(Right::given);
        }

        /** A unit is held for her. */
        boolean promised() {
            return rights.stream().anyMatch(right -> right.state().holdsUnit());
        }

        /** Whether she has a piece by it, or will. */
        public boolean earned() {
            return rights.stream().anyMatch(right -> right.state().isLive() || right.state() == State.KEPT);
        }
    }

    /**
     * @param opened she has unwrapped it
     * @param away it is a friend's by now; what he does with it is his
     */
    public record Right(
            State state,
            Standing standing,
            Instant paidAt,
            @Nullable Instant due,
            @Nullable Integer serial,
            @Nullable Instant granted,
            boolean opened,
            boolean away) {

        boolean given() {
            return state == State.GRANTED || state == State.KEPT;
        }

        /** It waits for her. */
        public boolean wrapped() {
            return given() && !opened && !away;
        }
    }

    private record Row(
            OrderRef order,
            UUID offerBrand,
            UUID offer,
            CampaignId campaign,
            String code,
            String numbers,
            String lines,
            Bilingual campaignName,
            String campaignSlug,
            Bilingual gift,
            String giftSlug,
            @Nullable Integer supply,
            String wall,
            @Nullable String image,
            boolean cutout) {}

    private record Named(BrandId brand, Set<String> goods) {}

    private record RightRow(UUID brand, UUID offer, OrderRef order, Right right) {}

    /**
     * @param family all ids of one person
     * @param from which of all her orders the first that is shown is; the newest is 0
     * @param beside how long the list is that is shown beside, from the same place on
     */
    public Mine of(Collection<CollectorId> family, int from, int beside, Instant now) {
        var ids = new SqlArrayValue(
                "uuid", family.stream().map(CollectorId::value).toArray());
        // What she bought is counted whole, by its keys alone; what a page shows of it is read for that page.
        var all = hers(ids);
        var part = Part.at(
                Part.start(from, Math.max(all.size(), beside)),
                all.size(),
                (first, most) -> all.subList(first, Math.min(all.size(), first + most)));
        var rows = verdicts(ids, part.shown());
        var rights = rights(ids);
        var plans = new HashMap<CampaignId, Optional<Plan>>();
        var titles = new HashMap<Named, Map<String, String>>();

        var refs = new LinkedHashMap<OrderRef, List<Row>>();
        for (var ref : part.shown()) refs.put(ref, new ArrayList<>());
        for (var row : rows)
            refs.computeIfAbsent(row.order(), r -> new ArrayList<>()).add(row);
        var brands = brands(refs.keySet());
        var cards = new ArrayList<Card>();
        for (var order : orders.load(refs.keySet())) {
            var judged = refs.getOrDefault(new OrderRef(order.brand(), order.id()), List.of()).stream()
                    .map(row -> judged(row, rights, plans, titles))
                    .sorted(Comparator.comparing(Judged::earned).reversed())
                    .toList();
            cards.add(new Card(order, brands.getOrDefault(order.brand().value(), new Bilingual("", "")), judged));
        }
        cards.sort(Comparator.comparing((Card card) -> at(card.order())).reversed());
        return new Mine(ladders(ids, now, plans), cards, part);
    }

    private static Instant at(Order order) {
        return order.paidAt() == null ? order.receivedAt() : order.paidAt();
    }

    private Judged judged(
            Row row,
            List<RightRow> rights,
            Map<CampaignId, Optional<Plan>> plans,
            Map<Named, Map<String, String>> titles) {
        var offer = offer(row.campaign(), row.offer(), plans).orElse(null);
        return new Judged(
                VerdictJson.verdict(row.code(), row.numbers()),
                VerdictJson.lines(row.lines()),
                offer,
                row.campaignName(),
                row.campaignSlug(),
                row.gift(),
                row.giftSlug(),
                row.supply(),
                row.wall(),
                row.image(),
                row.cutout(),
                offer == null
                        ? Map.of()
                        : titles.computeIfAbsent(
                                new Named(row.order().brand(), offer.selector().goods()),
                                named -> goods.titles(List.of(named.brand()), named.goods())),
                rights.stream()
                        .filter(right -> right.offer().equals(row.offer())
                                && right.brand().equals(row.offerBrand())
                                && right.order().equals(row.order()))
                        .map(RightRow::right)
                        .toList());
    }

    private Optional<Offer> offer(CampaignId campaign, UUID offer, Map<CampaignId, Optional<Plan>> plans) {
        return plans.computeIfAbsent(campaign, campaigns::published).flatMap(plan -> plan.offers().stream()
                .filter(o -> o.id().value().equals(offer))
                .findFirst());
    }

    private List<Row> verdicts(SqlArrayValue family, List<OrderRef> shown) {
        return db.sql("""
                select v.brand_id, v.offer_id, v.order_brand_id, v.order_id, v.code, v.numbers, v.lines,
                    o.campaign_id, ca.slug as campaign_slug, ca.name_zh as campaign_zh, ca.name_en as campaign_en,
                    c.name_zh as gift_zh, c.name_en as gift_en, c.slug as gift_slug, c.supply, c.wall, i.image, i.cutout
                from brands b
                join verdicts v on v.brand_id = b.brand_id and v.collector_id = any(:family)
                join offers o on o.brand_id = v.brand_id and o.offer_id = v.offer_id
                join campaigns ca on ca.brand_id = o.brand_id and ca.campaign_id = o.campaign_id
                join collectibles c on c.brand_id = o.collectible_brand_id and c.collectible_id = o.collectible_id
                left join lateral (
                    select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                    from collectible_media cm join media m on m.sha256 = cm.sha256
                    where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image'
                    order by cm.position limit 1) i on true
                where (v.order_brand_id, v.order_id) in (select * from unnest(:brands::uuid[], :orders::uuid[]))
                order by coalesce(v.paid_at, v.received_at) desc
                """)
                .param("family", family)
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid",
                                shown.stream().map(ref -> ref.brand().value()).toArray()))
                .param(
                        "orders",
                        new SqlArrayValue(
                                "uuid",
                                shown.stream().map(ref -> ref.id().value()).toArray()))
                .query((row, n) -> new Row(
                        order(row),
                        row.getObject("brand_id", UUID.class),
                        row.getObject("offer_id", UUID.class),
                        new CampaignId(
                                new BrandId(row.getObject("brand_id", UUID.class)),
                                row.getObject("campaign_id", UUID.class)),
                        row.getString("code"),
                        row.getString("numbers"),
                        row.getString("lines"),
                        Exhibits.both(row, "campaign"),
                        row.getString("campaign_slug"),
                        Exhibits.both(row, "gift"),
                        row.getString("gift_slug"),
                        (Integer) row.getObject("supply"),
                        row.getString("wall"),
                        row.getString("image"),
                        row.getBoolean("cutout")))
                .list();
    }

    /** What went back keeps the number that it had; whose piece that is by now says nothing of her. */
    private List<RightRow> rights(SqlArrayValue family) {
        return db.sql("""
                select e.brand_id, e.offer_id, e.order_brand_id, e.order_id, e.state, e.paid_at, e.due_at, e.serial, e.changed_why,
                    e.collectible_brand_id, e.collectible_id,
                    case when e.state = 'waiting' then 1 + (select count(*) from entitlements w
                        where w.brand_id = e.brand_id and w.offer_id = e.offer_id and w.state = 'waiting'
                            and (w.paid_at, w.entitlement_id) < (e.paid_at, e.entitlement_id)) end as place,
                    p.granted_at, p.owner_id <> all(:family) as away,
                    p.opened_at is not null and p.owner_id = any(:family) as opened
                from brands b
                join entitlements e on e.brand_id = b.brand_id and e.collector_id = any(:family)
                left join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id and p.serial = e.serial
                    and e.state in ('granted', 'kept')
                order by e.paid_at, e.entitlement_id
                """)
                .param("family", family)
                .query((row, n) -> new RightRow(
                        row.getObject("brand_id", UUID.class),
                        row.getObject("offer_id", UUID.class),
                        order(row),
                        new Right(
                                State.of(row.getString("state")),
                                standing(row),
                                row.getTimestamp("paid_at").toInstant(),
                                instant(row, "due_at"),
                                (Integer) row.getObject("serial"),
                                instant(row, "granted_at"),
                                row.getBoolean("opened"),
                                row.getBoolean("away"))))
                .list();
    }

    private static Standing standing(ResultSet row) throws SQLException {
        String changed = row.getString("changed_why");
        String why = changed == null ? "" : changed;
        var piece = new PieceNumber(
                new CollectibleId(
                        new BrandId(row.getObject("collectible_brand_id", UUID.class)),
                        row.getObject("collectible_id", UUID.class)),
                row.getInt("serial"));
        return switch (State.of(row.getString("state"))) {
            case WAITING -> new Standing.Waiting(row.getInt("place"));
            case PENDING -> new Standing.Pending(instant(row, "due_at"));
            case RIPE -> new Standing.Ripe();
            case GRANTED -> new Standing.Granted(piece);
            case LAPSED -> new Standing.Lapsed(why);
            case REVOKED -> new Standing.Revoked(piece, why);
            case KEPT -> new Standing.Kept(piece);
        };
    }

    /** What she bought, also where no campaign says anything to it, and what was judged for her; the newest first. */
    private List<OrderRef> hers(SqlArrayValue family) {
        return db.sql("""
                with mine as materialized (select buyer_key from buyer_keys where collector_id = any(:family)),
                hers as (
                    select o.brand_id, o.order_id from brands b
                    cross join mine
                    cross join lateral (
                        select brand_id, order_id from orders o
                        where o.brand_id = b.brand_id and o.buyer_key = mine.buyer_key offset 0) o
                    union
                    select v.order_brand_id, v.order_id from brands b
                    join verdicts v on v.brand_id = b.brand_id and v.collector_id = any(:family))
                select h.brand_id as order_brand_id, h.order_id from hers h
                cross join lateral (
                    select coalesce(paid_at, received_at) as at from orders o
                    where o.brand_id = h.brand_id and o.order_id = h.order_id offset 0) o
                order by o.at desc, h.order_id desc
                """).param("family", family).query((row, n) -> order(row)).list();
    }

    private Map<UUID, Bilingual> brands(Collection<OrderRef> refs) {
        var names = new HashMap<UUID, Bilingual>();
        if (refs.isEmpty()) return names;
        db.sql("select brand_id, name_zh, name_en from brands where brand_id = any(:brands)")
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid",
                                refs.stream()
                                        .map(ref -> ref.brand().value())
                                        .distinct()
                                        .toArray()))
                .query(row -> {
                    names.put(
                            row.getObject("brand_id", UUID.class),
                            new Bilingual(row.getString("name_zh"), row.getString("name_en")));
                });
        return names;
    }

    private record ProgressRow(
            CampaignId campaign,
            UUID offer,
            long counted,
            Bilingual brand,
            Bilingual name,
            String slug,
            Bilingual gift) {}

    private List<Ladder> ladders(SqlArrayValue family, Instant now, Map<CampaignId, Optional<Plan>> plans) {
        List<ProgressRow> rows = db.sql("""
                select p.brand_id, p.offer_id, o.campaign_id, p.counted, b.name_zh as brand_zh, b.name_en as brand_en,
                    ca.name_zh, ca.name_en, ca.slug, c.name_zh as gift_zh, c.name_en as gift_en
                from brands b
                join offers o on o.brand_id = b.brand_id
                join progress p on p.brand_id = o.brand_id and p.offer_id = o.offer_id and p.collector_id = any(:family)
                join campaigns ca on ca.brand_id = o.brand_id and ca.campaign_id = o.campaign_id
                join collectibles c on c.brand_id = o.collectible_brand_id and c.collectible_id = o.collectible_id
                where ca.state in ('published', 'paused') and ca.until_at > :now and p.counted > 0
                order by ca.until_at, o.offer_id
                """)
                .param("family", family)
                .param("now", java.sql.Timestamp.from(now))
                .query((row, n) -> new ProgressRow(
                        new CampaignId(
                                new BrandId(row.getObject("brand_id", UUID.class)),
                                row.getObject("campaign_id", UUID.class)),
                        row.getObject("offer_id", UUID.class),
                        row.getLong("counted"),
                        Exhibits.both(row, "brand"),
                        Exhibits.both(row, "name"),
                        row.getString("slug"),
                        Exhibits.both(row, "gift")))
                .list();
        return rows.stream()
                .map(row -> offer(row.campaign(), row.offer(), plans)
                        .filter(offer -> offer.basis() == Offer.Basis.CUMULATIVE)
                        .map(offer -> ladder(row, offer))
                        .orElse(null))
                .filter(Objects::nonNull)
                .toList();
    }

    private static Ladder ladder(ProgressRow row, Offer offer) {
        List<Earning.Tier> tiers =
                switch (offer.earning()) {
                    case Earning.Tiers(List<Earning.Tier> all) -> all;
                    case Earning.Every(long each) -> {
                        int reached = (int) (row.counted() / each);
                        yield List.of(
                                new Earning.Tier(each * Math.max(1, reached), Math.max(1, reached)),
                                new Earning.Tier(each * (Math.max(1, reached) + 1), Math.max(1, reached) + 1));
                    }
                };
        long top = tiers.getLast().from();
        var rungs = tiers.stream()
                .map(tier ->
                        new Rung(tier.from(), tier.pieces(), share(tier.from(), top), row.counted() >= tier.from()))
                .toList();
        return new Ladder(
                row.brand(),
                row.name(),
                row.slug(),
                offer,
                row.gift(),
                row.counted(),
                offer.earning().after(row.counted()),
                rungs,
                share(row.counted(), top));
    }

    private static int share(long part, long whole) {
        return (int) Math.clamp(100 * part / Math.max(1, whole), 0, 100);
    }

    private static OrderRef order(ResultSet row) throws SQLException {
        return new OrderRef(
                new BrandId(row.getObject("order_brand_id", UUID.class)),
                new OrderId(row.getObject("order_id", UUID.class)));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var at = row.getTimestamp(column);
        return at == null ? null : at.toInstant();
    }
}
