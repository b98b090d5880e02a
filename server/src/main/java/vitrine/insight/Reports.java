package vitrine.insight;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.campaign.Campaign;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Entitlements;
import vitrine.campaign.GoodsTitles;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.State;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/** Computes a campaign's report from the orders, verdicts and rights that there are. Only reads, and guesses nothing. */
@Component
class Reports {

    /** Longer campaigns are reported by their last days, against as many before they began. */
    static final int DAYS_MAX = 180;

    private static final long DAY_SECONDS = 86_400;
    private static final int BASKETS = 20;
    /** Fewer days say nothing about how much days differ. */
    private static final int DAYS_FOR_NOISE = 7;

    /**
     * Orders that count as sales, each with its net sum and its day: counted from the first day shown, or below 0 from the
     * campaign's beginning. What stands in a line is text; a row is read only for the shops and times in question.
     */
    private static final String SALES = """
            with sales as (
                select o.brand_id, o.buyer_key, floor(extract(epoch from o.paid_at -
                        case when o.paid_at < :began::timestamptz then :began::timestamptz else :from::timestamptz end) / 86400)::int as day,
                    (select coalesce(sum((line ->> 'paid')::bigint - (line ->> 'refunded')::bigint), 0)::bigint
                        from jsonb_array_elements(o.lines::jsonb) line) as net
                from orders o
                where o.brand_id = any (:brands::uuid[]) and o.shop_id = any (:shops::uuid[]) and o.currency = :currency
                    and o.paid_at >= :since and o.paid_at < :until and (o.paid_at < :began or o.paid_at >= :from)
                    and not o.is_test and o.cancelled_at is null)
            """;

    private final JdbcClient db;
    private final Campaigns campaigns;
    private final Entitlements entitlements;
    private final Catalog catalog;
    private final GoodsTitles titles;
    private final BusinessClock clock;

    Reports(
            JdbcClient db,
            Campaigns campaigns,
            Entitlements entitlements,
            Catalog catalog,
            GoodsTitles titles,
            BusinessClock clock) {
        this.db = db;
        this.campaigns = campaigns;
        this.entitlements = entitlements;
        this.catalog = catalog;
        this.titles = titles;
        this.clock = clock;
    }

    /**
     * Whose shops, which currency, from when: what every query of a report asks for.
     *
     * @param since the first of the days before, {@code began} their end, {@code from} the first of the campaign's days that are shown
     */
    private record Scope(
            List<UUID> brands,
            List<UUID> shops,
            String currency,
            Instant since,
            Instant began,
            Instant from,
            Instant until) {}

    /** A shop that sold something in the currency. @param covers its orders are here from the first of the days before on */
    private record Sold(UUID shop, Report.LeftOut name, Instant first, boolean covers) {}

    /** Empty: it was never published. */
    @Transactional(readOnly = true)
    public Optional<Report> of(Campaign campaign) {
        return campaigns.published(campaign.id()).map(plan -> report(campaign, plan));
    }

    private Report report(Campaign campaign, Plan plan) {
        Instant began = plan.window().from();
        Instant from = began;
        Instant until = end(campaign, plan);
        int days = (int) Math.max(0, Duration.between(from, until).toDays());
        if (days > DAYS_MAX) {
            from = from.plus(Duration.ofDays(days - DAYS_MAX));
            days = DAYS_MAX;
        }
        Instant since = began.minus(Duration.ofDays(Math.max(1, days)));
        String currency = plan.currency().getCurrencyCode();
        List<UUID> brands = brands(campaign.id().brand(), plan);
        List<Sold> sold = sold(brands, currency, since);
        // A shop whose orders begin in the midst of it would count all that it sold as more than before.
        List<Sold> covering = sold.stream().filter(Sold::covers).toList();
        List<UUID> shops =
                (covering.isEmpty() ? sold : covering).stream().map(Sold::shop).toList();
        var scope = new Scope(brands, shops, currency, since, began, from, until);
        List<Report.OfferRow> offers = offers(campaign.id(), plan);
        List<Report.Day> byDay = byDay(scope, campaign.id(), plan, days);
        long threshold = threshold(plan);
        return new Report(
                plan,
                from,
                until,
                days,
                covering.isEmpty()
                        ? without(scope, plan, days, sold)
                        : headline(scope, campaign.id(), plan, days, byDay),
                funnel(campaign.id()),
                buyers(scope, days),
                byDay,
                threshold == 0 ? List.of() : baskets(scope, threshold, days),
                threshold,
                offers,
                covering.isEmpty()
                        ? List.of()
                        : sold.stream().filter(s -> !s.covers()).map(Sold::name).toList());
    }

    private Instant end(Campaign campaign, Plan plan) {
        Instant end = clock.now();
        Instant ended = campaign.endedAt();
        if (ended != null && ended.isBefore(end)) end = ended;
        return plan.window().until().isBefore(end) ? plan.window().until() : end;
    }

    private List<UUID> brands(BrandId owner, Plan plan) {
        if (catalog.brand(owner).kind() != Brand.Kind.HOUSE) return List.of(owner.value());
        return catalog.brands().stream()
                .map(Brand::id)
                .filter(id -> plan.offers().stream()
                        .anyMatch(offer -> offer.selector().looksAt(id)))
                .map(BrandId::value)
                .toList();
    }

    private List<Sold> sold(List<UUID> brands, String currency, Instant since) {
        return db.sql("""
                select s.brand_id, s.shop_id, s.name, s.created_at, min(o.paid_at) as first
                from orders o join shops s on s.brand_id = o.brand_id and s.shop_id = o.shop_id
                where o.brand_id = any (:brands::uuid[]) and o.currency = :currency and not o.is_test and o.paid_at is not null
                group by s.brand_id, s.shop_id order by s.name, s.shop_id
                """)
                .param("brands", uuids(brands))
                .param("currency", currency)
                .query((row, n) -> {
                    Instant first = row.getTimestamp("first").toInstant();
                    BrandId brand = new BrandId(row.getObject("brand_id", UUID.class));
                    return new Sold(
                            row.getObject("shop_id", UUID.class),
                            new Report.LeftOut(catalog.brand(brand).name(), row.getString("name")),
                            first,
                            // A day of grace: a shop that sells every hour has an order near the beginning of the days
                            // before.
                            !first.isAfter(since.plus(Duration.ofDays(1)))
                                    || !row.getTimestamp("created_at")
                                            .toInstant()
                                            .isAfter(since));
                })
                .list();
    }

    private Report.Headline without(Scope scope, Plan plan, int days, List<Sold> sold) {
        return early(plan, days)
                .orElseGet(() -> new Report.Headline.NothingBefore(sold.stream()
                        .map(Sold::first)
                        .min(java.util.Comparator.naturalOrder())
                        .orElse(scope.until())));
    }

    private Optional<Report.Headline> early(Plan plan, int days) {
        if (clock.now().isBefore(plan.window().from()))
            return Optional.of(new Report.Headline.NotBegun(plan.window().from()));
        return days == 0 ? Optional.of(new Report.Headline.TooEarly()) : Optional.empty();
    }

    private Report.Headline headline(Scope scope, CampaignId campaign, Plan plan, int days, List<Report.Day> byDay) {
        var early = early(plan, days);
        if (early.isPresent()) return early.get();
        long[] during = sums(byDay, 0, days);
        long[] before = sums(byDay, -days, 0);
        long sumDuring = java.util.Arrays.stream(during).sum();
        long sumBefore = java.util.Arrays.stream(before).sum();
        long pieces = pieces(scope, campaign, days);
        if (pieces == 0) return new Report.Headline.NoPieces(sumDuring, sumBefore);
        long noise =
                days < DAYS_FOR_NOISE ? -1 : Math.round(2 * Math.sqrt(days * (variance(during) + variance(before))));
        return new Report.Headline.Measured(
                Math.round((double) (sumDuring - sumBefore) / pieces), sumDuring, sumBefore, pieces, noise);
    }

    /** Pieces that orders of the same shops and the same whole days earned as the sums are of. */
    private long pieces(Scope scope, CampaignId campaign, int days) {
        return db.sql("""
                select count(*) from offers f
                join entitlements e on e.brand_id = f.brand_id and e.offer_id = f.offer_id
                    and e.state in ('waiting', 'pending', 'ripe', 'granted', 'kept')
                join orders o on o.brand_id = e.order_brand_id and o.order_id = e.order_id
                where f.brand_id = :brand and f.campaign_id = :campaign and o.shop_id = any (:shops::uuid[])
                    and o.paid_at >= :from and o.paid_at < :whole
                """)
                .param("brand", campaign.brand().value())
                .param("campaign", campaign.value())
                .param("shops", uuids(scope.shops()))
                .param("from", Timestamp.from(scope.from()))
                .param("whole", Timestamp.from(scope.from().plusSeconds(days * DAY_SECONDS)))
                .query(Long.class)
                .single();
    }

    private static long[] sums(List<Report.Day> byDay, int from, int to) {
        return byDay.stream()
                .filter(d -> d.nth() >= from && d.nth() < to)
                .mapToLong(Report.Day::paid)
                .toArray();
    }

    private static double variance(long[] days) {
        double mean = java.util.Arrays.stream(days).average().orElse(0);
        return java.util.Arrays.stream(days)
                        .mapToDouble(d -> (d - mean) * (d - mean))
                        .sum()
                / (days.length - 1);
    }

    private List<Report.Day> byDay(Scope scope, CampaignId campaign, Plan plan, int days) {
        record Sales(int day, long orders, long paid) {}
        Map<Integer, Sales> sold = new HashMap<>();
        sales(scope, "select day, count(*) as orders, sum(net)::bigint as paid from sales group by day")
                .query(Sales.class)
                .list()
                .forEach(s -> sold.put(s.day(), s));
        record Given(int day, long pieces) {}
        Map<Integer, Long> given = new HashMap<>();
        db.sql("""
                select floor(extract(epoch from p.granted_at - :from::timestamptz) / 86400)::int as day, count(*) as pieces
                from offers o
                join entitlements e on e.brand_id = o.brand_id and e.offer_id = o.offer_id and e.state in ('granted', 'kept')
                join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id
                    and p.serial = e.serial
                where o.brand_id = :brand and o.campaign_id = :campaign and p.granted_at >= :from group by 1
                """)
                .param("from", Timestamp.from(scope.from()))
                .param("brand", campaign.brand().value())
                .param("campaign", campaign.value())
                .query(Given.class)
                .list()
                .forEach(g -> given.put(g.day(), g.pieces()));
        // The day that is not over yet stands last, unless the campaign is.
        boolean goesOn = scope.until().isAfter(scope.from().plusSeconds(days * DAY_SECONDS));
        List<Report.Day> all = new ArrayList<>();
        for (int day = -Math.max(1, days); day < days + (goesOn ? 1 : 0); day++) {
            Sales s = sold.getOrDefault(day, new Sales(day, 0, 0));
            LocalDate date = (day < 0 ? scope.began() : scope.from())
                    .plusSeconds(day * DAY_SECONDS)
                    .atZone(plan.zone())
                    .toLocalDate();
            all.add(new Report.Day(day, date, s.orders(), s.paid(), given.getOrDefault(day, 0L), day < days));
        }
        return all;
    }

    private JdbcClient.StatementSpec sales(Scope scope, String sql) {
        return db.sql(SALES + sql)
                .param("brands", uuids(scope.brands()))
                .param("shops", uuids(scope.shops()))
                .param("currency", scope.currency())
                .param("since", Timestamp.from(scope.since()))
                .param("began", Timestamp.from(scope.began()))
                .param("from", Timestamp.from(scope.from()))
                .param("until", Timestamp.from(scope.until()));
    }

    /**
     * Of orders: an order that earned three pieces is one. What was given on stays opened and shared, whatever its new owner has
     * done with it so far.
     */
    private Report.Funnel funnel(CampaignId campaign) {
        return db.sql("""
                with judged as (
                    select distinct on (v.order_brand_id, v.order_id) v.order_brand_id, v.order_id,
                        v.code in ('campaign.counted', 'campaign.short-of-tier', 'campaign.limit-reached', 'campaign.settles-kept')
                            as matched
                    from offers o join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id
                    where o.brand_id = :brand and o.campaign_id = :campaign
                        and v.code not in ('campaign.test-order', 'campaign.outside-window', 'campaign.not-paid')
                    order by v.order_brand_id, v.order_id, matched desc),
                rights as (
                    select e.order_brand_id, e.order_id,
                        bool_or(e.state in ('ripe', 'granted', 'kept')) as ripe,
                        bool_or(e.state in ('granted', 'kept')) as granted,
                        bool_or(e.state in ('granted', 'kept') and (p.opened_at is not null or given.away)) as opened,
                        bool_or(e.state in ('granted', 'kept')
                            and (p.opened_at is not null and p.shared_on is not null or given.away)) as shared,
                        bool_or(e.state in ('granted', 'kept') and given.away) as given_on
                    from offers o
                    join entitlements e on e.brand_id = o.brand_id and e.offer_id = o.offer_id
                    left join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id
                        and p.serial = e.serial
                    -- A number that went back and was granted anew was given to nobody by its new owner.
                    left join lateral (
                        select r.kind = 'moved' as away from piece_records r
                        where p.moves > 0 and r.brand_id = p.brand_id and r.collectible_id = p.collectible_id
                            and r.serial = p.serial and r.kind in ('granted', 'moved')
                        order by r.nth desc limit 1) given on true
                    where o.brand_id = :brand and o.campaign_id = :campaign and e.state not in ('lapsed', 'revoked')
                    group by e.order_brand_id, e.order_id)
                select count(*) as seen,
                    count(*) filter (where j.matched or r.order_id is not null) as matched,
                    count(r.order_id) as earned,
                    count(*) filter (where r.ripe) as ripe,
                    count(*) filter (where r.granted) as granted,
                    count(*) filter (where r.opened) as opened,
                    count(*) filter (where r.shared) as shared,
                    count(*) filter (where r.given_on) as given_on
                from judged j left join rights r using (order_brand_id, order_id)
                """)
                .param("brand", campaign.brand().value())
                .param("campaign", campaign.value())
                .query(Report.Funnel.class)
                .single();
    }

    private Report.Buyers buyers(Scope scope, int days) {
        return sales(scope, """
                , here as (
                    select buyer_key, count(*) filter (where day >= 0) as during,
                        count(*) filter (where day < 0 and day >= -:days) as before
                    from sales where buyer_key is not null group by buyer_key),
                known as (
                    select h.*, exists (select from orders o where o.brand_id = any (:brands::uuid[]) and o.buyer_key = h.buyer_key
                        and o.paid_at < :began and not o.is_test and o.cancelled_at is null) as known from here h)
                select count(*) filter (where during > 0 and not known) as fresh,
                    count(*) filter (where during > 0 and known) as returning,
                    count(*) filter (where during > 1) as repeated,
                    count(*) filter (where before > 0) as before,
                    count(*) filter (where before > 1) as repeated_before
                from known
                """).param("days", days).query(Report.Buyers.class).single();
    }

    /** The lowest step of an offer that asks for a sum in one order; 0: there is none. */
    private static long threshold(Plan plan) {
        return plan.offers().stream()
                .filter(o -> o.measure() == Offer.Measure.AMOUNT && o.basis() == Offer.Basis.ORDER)
                .mapToLong(o -> switch (o.earning()) {
                    case Earning.Tiers tiers -> tiers.tiers().getFirst().from();
                    case Earning.Every every -> every.each();
                })
                .min()
                .orElse(0);
    }

    /** Steps of a tenth of the threshold, so that it lies on a border. */
    private List<Report.Basket> baskets(Scope scope, long threshold, int days) {
        long step = Math.max(1, threshold / 10);
        record Found(int nth, long during, long before) {}
        Map<Integer, Found> found = new HashMap<>();
        sales(scope, """
                select least(case when net >= :threshold then 10 + (net - :threshold) / :step else least(net / :step, 9) end, :last)::int
                        as nth,
                    count(*) filter (where day >= 0 and day < :days) as during,
                    count(*) filter (where day < 0 and day >= -:days) as before
                from sales where net > 0 group by 1
                """)
                .param("threshold", threshold)
                .param("step", step)
                .param("last", BASKETS - 1)
                .param("days", days)
                .query(Found.class)
                .list()
                .forEach(f -> found.put(f.nth(), f));
        List<Report.Basket> baskets = new ArrayList<>();
        for (int i = 0; i < BASKETS; i++) {
            Found f = found.getOrDefault(i, new Found(i, 0, 0));
            long from = i < 10 ? i * step : threshold + (i - 10) * step;
            long to = i == 9 ? threshold : i == BASKETS - 1 ? Long.MAX_VALUE : from + step;
            baskets.add(new Report.Basket(from, to, f.during(), f.before()));
        }
        return baskets;
    }

    private List<Report.OfferRow> offers(CampaignId campaign, Plan plan) {
        var counts = entitlements.counts(campaign);
        List<Report.OfferRow> rows = new ArrayList<>();
        for (Offer offer : plan.offers()) {
            Map<State, Integer> of = counts.getOrDefault(offer.id(), Map.of());
            rows.add(new Report.OfferRow(
                    offer,
                    catalog.collectible(offer.collectible()).name(),
                    titles.of(offer),
                    sum(of, State.WAITING),
                    sum(of, State.PENDING) + sum(of, State.RIPE),
                    sum(of, State.GRANTED) + sum(of, State.KEPT),
                    sum(of, State.LAPSED) + sum(of, State.REVOKED),
                    offer.piecesMax()));
        }
        return rows;
    }

    private static long sum(Map<State, Integer> counts, State state) {
        return counts.getOrDefault(state, 0);
    }

    private static SqlArrayValue uuids(Collection<UUID> ids) {
        return new SqlArrayValue("uuid", ids.toArray());
    }
}
