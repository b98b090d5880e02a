package vitrine.campaign.desk;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;

/** Where a colleague begins: the brands, and what is stuck in them. */
@Controller
@Requires(Permission.SEE)
public class DeskHome {

    private final Desks desks;
    private final JdbcClient db;
    private final Clock clock;

    DeskHome(Desks desks, JdbcClient db, Clock clock) {
        this.desks = desks;
        this.db = db;
        this.clock = clock;
    }

    /**
     * @param unreadable deliveries that nobody understood
     * @param refused messages not let in during this hour and the one before
     * @param waiting places on waiting lists
     * @param kept pieces that stayed although their order went back
     * @param silent shops that never delivered anything
     */
    public record Stuck(long unreadable, long refused, long waiting, long kept, long silent) {
        static final Stuck NOTHING = new Stuck(0, 0, 0, 0, 0);

        public boolean isAnything() {
            return unreadable + refused + waiting + kept + silent > 0;
        }
    }

    /** How much there is. */
    public record Figures(long shops, long campaigns, long given, long promised) {}

    public record Row(Brand brand, Stuck stuck) {}

    public record Overview(Figures figures, Stuck stuck) {}

    @GetMapping("/desk")
    ModelAndView home() {
        List<Brand> mine = desks.mine();
        if (mine.size() == 1) return Desks.to("/desk/" + mine.getFirst().slug());
        Map<BrandId, Stuck> stuck = stuck(mine.stream().map(Brand::id).toList());
        return new ModelAndView(
                "desk/home",
                "it",
                mine.stream()
                        .map(b -> new Row(b, stuck.getOrDefault(b.id(), Stuck.NOTHING)))
                        .toList());
    }

    @GetMapping("/desk/{brand}")
    ModelAndView overview(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        Stuck stuck = stuck(List.of(brand)).getOrDefault(brand, Stuck.NOTHING);
        return Desks.page("overview", desks.of(brand, said), new Overview(figures(brand), stuck));
    }

    private Figures figures(BrandId brand) {
        return db.sql("""
                select (select count(*) from shops where brand_id = :brand and closed_at is null) as shops,
                    (select count(*) from campaigns where brand_id = :brand and state in ('published', 'paused')) as campaigns,
                    (select coalesce(sum(granted), 0) from stock where brand_id = :brand) as given,
                    (select coalesce(sum(held), 0) from stock where brand_id = :brand) as promised
                """).param("brand", brand.value()).query(Figures.class).single();
    }

    private Map<BrandId, Stuck> stuck(List<BrandId> brands) {
        record Found(BrandId brand, Stuck stuck) {}
        return db
                .sql("""
                select b.brand_id,
                    (select count(*) from deliveries d where d.brand_id = b.brand_id and d.state = 'unreadable') as unreadable,
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
                        new Stuck(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6))))
                .list()
                .stream()
                .collect(Collectors.toMap(Found::brand, Found::stuck, (a, b) -> a));
    }
}
