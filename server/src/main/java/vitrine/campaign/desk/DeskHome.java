package vitrine.campaign.desk;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.SlugTaken;
import vitrine.catalog.Slugs;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/** Where a colleague begins: the brands, and what is stuck in them. */
@Controller
@Requires(Permission.SEE)
public class DeskHome {

    private static final int NAME_MAX = 120;
    private static final int ABOUT_MAX = 2_000;

    private final Desks desks;
    private final Catalog catalog;
    private final JdbcClient db;
    private final Clock clock;

    DeskHome(Desks desks, Catalog catalog, JdbcClient db, Clock clock) {
        this.desks = desks;
        this.catalog = catalog;
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
    }

    /** How much there is. */
    public record Figures(long shops, long campaigns, long given, long promised) {}

    public record Row(Brand brand, Stuck stuck) {}

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

    /** @param steps null: they are done, or it is the house */
    public record Overview(
            Figures figures, Stuck stuck, @Nullable FirstSteps steps) {}

    /** As it was typed. */
    public record NewBrand(String nameZh, String nameEn, String slug) {
        static final NewBrand NOTHING = new NewBrand("", "", "");
    }

    /** @param house where orders of all brands are found; null: the reader does not work for the house */
    public record Home(
            List<Row> rows,
            boolean operator,
            @Nullable String house,
            NewBrand typed,
            @Nullable String refusal) {}

    public record Profile(
            String nameZh,
            String nameEn,
            String aboutZh,
            String aboutEn,
            String wall,
            @Nullable String refusal) {}

    @GetMapping("/desk")
    ModelAndView home() {
        List<Brand> mine = desks.mine();
        if (mine.size() == 1 && !desks.isOperator())
            return Desks.to("/desk/" + mine.getFirst().slug());
        return home(mine, NewBrand.NOTHING, null);
    }

    private ModelAndView home(List<Brand> mine, NewBrand typed, @Nullable String refusal) {
        Map<BrandId, Stuck> stuck = stuck(mine.stream().map(Brand::id).toList());
        return new ModelAndView(
                "desk/home",
                "it",
                new Home(
                        mine.stream()
                                .map(b -> new Row(b, stuck.getOrDefault(b.id(), Stuck.NOTHING)))
                                .sorted(Comparator.comparing(row -> !row.stuck().isAnything()))
                                .toList(),
                        desks.isOperator(),
                        mine.stream()
                                .filter(b -> b.kind() == Brand.Kind.HOUSE)
                                .map(Brand::slug)
                                .findFirst()
                                .orElse(null),
                        typed,
                        refusal));
    }

    /** Brands join by the operator's hand. */
    @PostMapping("/desk")
    @Requires(Permission.MANAGE)
    ModelAndView add(
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String slug,
            Texts t) {
        if (!desks.isOperator()) throw new Refused(HttpStatus.FORBIDDEN, "access.closed", null);
        var typed = new NewBrand(nameZh.strip(), nameEn.strip(), slug.strip());
        String address = typed.slug().isEmpty() ? Slugs.of(typed.nameEn()) : typed.slug();
        String refusal = typed.nameZh().isEmpty() || typed.nameEn().isEmpty()
                ? t.get("catalog.no-name")
                : typed.nameZh().length() > NAME_MAX || typed.nameEn().length() > NAME_MAX
                        ? t.get("catalog.too-long")
                        : !Slugs.valid(address) ? t.get("desk.catalogue.not-a-slug", address) : null;
        if (refusal == null) {
            try {
                desks.inOneTransaction(() -> {
                    BrandId added = catalog.addBrand(
                            Brand.Kind.BRAND,
                            address,
                            new Bilingual(typed.nameZh(), typed.nameEn()),
                            new Bilingual("", ""),
                            "plain");
                    desks.note(added, "brand.added", address, Json.object());
                    return added;
                });
                return Desks.to("/desk/" + address + "?said=brand-added");
            } catch (SlugTaken taken) {
                refusal = t.get("desk.catalogue.slug-taken", address);
            }
        }
        ModelAndView page = home(desks.mine(), typed, refusal);
        page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
        return page;
    }

    @GetMapping("/desk/{brand}/profile")
    @Requires(Permission.MANAGE)
    ModelAndView profile(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        Desk desk = desks.of(brand, said);
        Brand b = desk.brand();
        return Desks.page(
                "profile",
                desk,
                new Profile(
                        b.name().zh(), b.name().en(), b.about().zh(), b.about().en(), b.wall(), null));
    }

    @PostMapping("/desk/{brand}/profile")
    @Requires(Permission.MANAGE)
    ModelAndView change(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String aboutZh,
            @RequestParam(defaultValue = "") String aboutEn,
            @RequestParam(defaultValue = "") String wall,
            Texts t) {
        Desk desk = desks.of(brand, null);
        var name = new Bilingual(nameZh.strip(), nameEn.strip());
        var about = new Bilingual(aboutZh.strip(), aboutEn.strip());
        String painted = DesignForm.WALLS.contains(wall) ? wall : "plain";
        String refusal = name.zh().isEmpty() || name.en().isEmpty()
                ? t.get("catalog.no-name")
                : Math.max(name.zh().length(), name.en().length()) > NAME_MAX
                                || Math.max(about.zh().length(), about.en().length()) > ABOUT_MAX
                        ? t.get("catalog.too-long")
                        : null;
        if (refusal != null) {
            return Desks.page(
                    "profile",
                    desk,
                    new Profile(name.zh(), name.en(), about.zh(), about.en(), painted, refusal),
                    HttpStatus.UNPROCESSABLE_CONTENT);
        }
        desks.audited(brand, "brand.changed", desk.brand().slug(), Json.object(), () -> {
            catalog.changeBrand(brand, name, about, painted);
            return true;
        });
        return Desks.to(desk.path("profile") + "?said=saved");
    }

    @GetMapping("/desk/{brand}")
    ModelAndView overview(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        Stuck stuck = stuck(List.of(brand)).getOrDefault(brand, Stuck.NOTHING);
        Desk desk = desks.of(brand, said);
        FirstSteps steps = desk.brand().kind() == Brand.Kind.HOUSE ? null : firstSteps(brand);
        return Desks.page(
                "overview", desk, new Overview(figures(brand), stuck, steps == null || steps.isOver() ? null : steps));
    }

    private FirstSteps firstSteps(BrandId brand) {
        return db.sql("""
                select exists (select from shops where brand_id = :brand and closed_at is null) as shop,
                    exists (select from shops where brand_id = :brand and last_delivery_at is not null) as heard,
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
                    (select coalesce(sum(held), 0) from stock where brand_id = :brand) as promised
                """).param("brand", brand.value()).query(Figures.class).single();
    }

    private Map<BrandId, Stuck> stuck(List<BrandId> brands) {
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
