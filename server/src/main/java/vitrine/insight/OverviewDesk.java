package vitrine.insight;

import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.campaign.desk.Desk;
import vitrine.campaign.desk.Desks;
import vitrine.campaign.desk.Snags;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Texts;

/** Where a colleague of one brand begins: what runs and what it brings, the last days, and what is stuck. */
@Controller
@Requires(Permission.SEE)
public class OverviewDesk {

    private static final int DAYS = 30;
    /** Each costs a look at the orders of its days. */
    private static final int RUNNING_MOST = 4;

    private final Desks desks;
    private final Snags snags;
    private final Campaigns campaigns;
    private final Reports reports;
    private final JdbcClient db;
    private final BusinessClock clock;

    OverviewDesk(Desks desks, Snags snags, Campaigns campaigns, Reports reports, JdbcClient db, BusinessClock clock) {
        this.desks = desks;
        this.snags = snags;
        this.campaigns = campaigns;
        this.reports = reports;
        this.db = db;
        this.clock = clock;
    }

    /**
     * How much there is: each counts what the list behind it shows.
     *
     * @param given pieces that somebody has
     * @param promised entitlements of the brand's campaigns for which a piece is set aside
     */
    public record Figures(long shops, long campaigns, long given, long promised) {}

    /**
     * The way from an empty brand to its first gift; what was done stays said until all of it is.
     *
     * @param shop a shop is connected
     * @param heard a shop's message came in
     * @param draft the newest collectible that is not published yet, null: none
     * @param collectible one is published
     * @param campaign one was published
     * @param gift an order earned one
     */
    public record FirstSteps(
            boolean shop,
            boolean heard,
            @Nullable String draft,
            boolean collectible,
            @Nullable String campaignDraft,
            boolean campaign,
            boolean gift) {

        public boolean isOver() {
            return shop && heard && collectible && campaign && gift;
        }

        /** Which of the five comes next, from 1. */
        public int next() {
            return !shop ? 1 : !heard ? 2 : !collectible ? 3 : !campaign ? 4 : 5;
        }
    }

    public record Running(Campaign campaign, Report report) {}

    /** @param pieces given on it */
    public record Day(LocalDate date, long orders, long pieces) {}

    /**
     * @param top whose number stands first; null: no campaign was ever published
     * @param running campaigns of now; not more than a few of the {@code runs} that there are
     * @param days the last ones, with what the brand's shops sold and its stock gave; empty for the house, which sells nothing
     * @param steps null: they are done, or it is the house
     */
    public record Overview(
            Figures figures,
            Snags.Stuck stuck,
            @Nullable Running top,
            List<Running> running,
            int runs,
            List<Day> days,
            @Nullable FirstSteps steps) {}

    @GetMapping("/desk/{brand}")
    ModelAndView overview(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said, Texts t) {
        Desk desk = desks.of(brand, said);
        FirstSteps steps = desk.isHouse() ? null : firstSteps(brand);
        List<Campaign> all = campaigns.of(brand);
        List<Campaign> now = running(all);
        List<Running> running = reported(now);
        return Desks.page(
                "overview",
                desk,
                new Overview(
                        figures(brand),
                        snags.of(desk),
                        running.stream()
                                .max(Comparator.comparingLong(OverviewDesk::weight))
                                .or(() -> lately(all))
                                .orElse(null),
                        running,
                        now.size(),
                        desk.isHouse() ? List.of() : days(brand, t.zone()),
                        steps == null || steps.isOver() ? null : steps));
    }

    /** A number before none, and of several that with most pieces behind it. */
    private static long weight(Running running) {
        return running.report().headline() instanceof Report.Headline.Measured measured ? measured.pieces() : 0;
    }

    /** Where nothing runs, what ran last, and before anything ran, what will. */
    private Optional<Running> lately(List<Campaign> all) {
        var now = clock.now();
        return all.stream()
                .filter(campaign -> campaign.from() != null && campaign.until() != null)
                .max(Comparator.comparing((Campaign campaign) ->
                                !Objects.requireNonNull(campaign.from()).isAfter(now))
                        .thenComparing(campaign -> Objects.requireNonNull(campaign.until())))
                .flatMap(campaign -> reports.of(campaign).map(report -> new Running(campaign, report)));
    }

    private List<Campaign> running(List<Campaign> all) {
        var now = clock.now();
        return all.stream()
                .filter(c -> c.state() == Campaign.State.PUBLISHED)
                .filter(c -> c.from() != null && !c.from().isAfter(now))
                .filter(c -> c.until() != null && c.until().isAfter(now))
                .toList();
    }

    private List<Running> reported(List<Campaign> running) {
        return running.stream()
                .limit(RUNNING_MOST)
                .flatMap(campaign -> reports.of(campaign).stream().map(report -> new Running(campaign, report)))
                .toList();
    }

    private List<Day> days(BrandId brand, ZoneId zone) {
        LocalDate today = clock.now().atZone(zone).toLocalDate();
        var since = Timestamp.from(today.minusDays(DAYS - 1).atStartOfDay(zone).toInstant());
        Map<LocalDate, Long> orders = byDate("""
                select (paid_at at time zone :zone)::date as date, count(*) as count from orders
                where brand_id = :brand and paid_at >= :since and not is_test and cancelled_at is null group by 1
                """, brand, since, zone);
        Map<LocalDate, Long> pieces = byDate("""
                select (granted_at at time zone :zone)::date as date, count(*) as count from pieces
                where brand_id = :brand and granted_at >= :since and state = 'owned' group by 1
                """, brand, since, zone);
        List<Day> days = new ArrayList<>();
        for (LocalDate date = today.minusDays(DAYS - 1); !date.isAfter(today); date = date.plusDays(1))
            days.add(new Day(date, orders.getOrDefault(date, 0L), pieces.getOrDefault(date, 0L)));
        return days;
    }

    private Map<LocalDate, Long> byDate(String sql, BrandId brand, Timestamp since, ZoneId zone) {
        record Count(LocalDate date, long count) {}
        Map<LocalDate, Long> counts = new HashMap<>();
        db.sql(sql)
                .param("brand", brand.value())
                .param("since", since)
                .param("zone", zone.getId())
                .query(Count.class)
                .list()
                .forEach(c -> counts.put(c.date(), c.count()));
        return counts;
    }

    private FirstSteps firstSteps(BrandId brand) {
        return db.sql("""
                select exists (select from shops where brand_id = :brand and closed_at is null) as shop,
                    exists (select from shops where brand_id = :brand and last_delivery_at is not null)
                        or exists (select from deliveries where brand_id = :brand) as heard,
                    (select slug from collectibles where brand_id = :brand and published_at is null
                        order by created_at desc limit 1) as draft,
                    exists (select from collectibles where brand_id = :brand and published_at is not null) as collectible,
                    (select slug from campaigns where brand_id = :brand and state = 'draft'
                        order by created_at desc limit 1) as campaign_draft,
                    exists (select from campaigns where brand_id = :brand and state <> 'draft') as campaign,
                    exists (select from entitlements where brand_id = :brand) as gift
                """).param("brand", brand.value()).query(FirstSteps.class).single();
    }

    private Figures figures(BrandId brand) {
        return db.sql("""
                select (select count(*) from shops where brand_id = :brand and closed_at is null) as shops,
                    (select count(*) from campaigns where brand_id = :brand and state in ('published', 'paused')) as campaigns,
                    (select coalesce(sum(granted), 0) from stock where brand_id = :brand) as given,
                    (select count(*) from entitlements where brand_id = :brand and state = 'pending')
                        + (select count(*) from entitlements where brand_id = :brand and state = 'ripe') as promised
                """).param("brand", brand.value()).query(Figures.class).single();
    }
}
