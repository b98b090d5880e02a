package vitrine.campaign.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Exhibitions;
import vitrine.identity.Follows;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** A brand's own wall, its creators and its series: works and goods side by side, and what the visitor holds of them. */
@Controller
public class BrandPage {
    private static final int OBJECTS = 60;
    private static final int GOODS = 12;
    private static final int MAKERS = 8;
    private static final int HELD = 12;
    private static final int HOSTED = 6;

    private final Exhibits exhibits;
    private final Shelves shelves;
    private final OnSale onSale;
    private final Following following;
    private final Exhibitions exhibitions;
    private final JdbcClient db;

    BrandPage(
            Exhibits exhibits,
            Shelves shelves,
            OnSale onSale,
            Following following,
            Exhibitions exhibitions,
            JdbcClient db) {
        this.exhibits = exhibits;
        this.shelves = shelves;
        this.onSale = onSale;
        this.following = following;
        this.exhibitions = exhibitions;
        this.db = db;
    }

    public record Brand(UUID id, String slug, Bilingual name, Bilingual about, String wall) {
        public String href() {
            return "/b/" + slug;
        }
    }

    public record OneSeries(UUID id, String slug, Bilingual name, int works) {
        public String href(Brand brand) {
            return brand.href() + "/series/" + slug;
        }
    }

    public record Wall(
            Brand brand,
            List<Exhibit> exhibits,
            List<OneSeries> series,
            List<Shelves.Maker> makers,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            Following.Follow follow) {}

    public record SeriesWall(
            Brand brand,
            OneSeries series,
            List<Exhibit> exhibits,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            Following.Follow follow) {}

    public record Creator(UUID brand, UUID id, String slug, Bilingual name, Bilingual about, boolean virtual) {
        public String href() {
            return "/creators/" + slug;
        }
    }

    public record Studio(
            Creator creator,
            List<Exhibit> exhibits,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            List<Brand> brands,
            List<Exhibitions.Card> exhibitions,
            Following.Follow follow) {}

    @GetMapping("/b/{slug}")
    ModelAndView brand(@PathVariable String slug, Texts t) {
        var brand = find(slug);
        var works = exhibits.ofBrand(brand.id(), OBJECTS);
        return new ModelAndView(
                "brand",
                "it",
                new Wall(
                        brand,
                        works,
                        series(brand.id()),
                        shelves.makersOf(brand.id(), MAKERS),
                        onSale.of(new BrandId(brand.id()), t.now(), GOODS),
                        following.held(works, HELD),
                        following.follow(Follows.Followed.brand(new BrandId(brand.id())), brand.href())));
    }

    @PostMapping("/b/{slug}/follow")
    ModelAndView follow(@PathVariable String slug, @RequestParam(defaultValue = "yes") String on) {
        var brand = find(slug);
        return following.turn(Follows.Followed.brand(new BrandId(brand.id())), brand.href(), on.equals("yes"));
    }

    @GetMapping("/b/{slug}/series/{series}")
    ModelAndView series(@PathVariable String slug, @PathVariable String series, Texts t) {
        var brand = find(slug);
        var one = find(brand, series);
        var works = exhibits.ofSeries(brand.id(), one.id(), OBJECTS);
        return new ModelAndView(
                "series",
                "it",
                new SeriesWall(
                        brand,
                        one,
                        works,
                        onSale.bringing(works, t.now(), GOODS),
                        following.held(works, HELD),
                        following.follow(followed(brand, one), one.href(brand))));
    }

    @PostMapping("/b/{slug}/series/{series}/follow")
    ModelAndView followSeries(
            @PathVariable String slug, @PathVariable String series, @RequestParam(defaultValue = "yes") String on) {
        var brand = find(slug);
        var one = find(brand, series);
        return following.turn(followed(brand, one), one.href(brand), on.equals("yes"));
    }

    private static Follows.Followed followed(Brand brand, OneSeries one) {
        return Follows.Followed.series(new BrandId(brand.id()), one.id());
    }

    private OneSeries find(Brand brand, String slug) {
        return series(brand.id()).stream()
                .filter(s -> s.slug().equals(slug))
                .findFirst()
                .orElseThrow(Refused::notFound);
    }

    @GetMapping("/creators")
    ModelAndView creators() {
        return new ModelAndView("creators", "it", shelves.ofMakers(OBJECTS));
    }

    @GetMapping("/creators/{slug}")
    ModelAndView creator(@PathVariable String slug, Texts t) {
        var creator = maker(slug);
        var works = exhibits.ofCreator(creator.brand(), creator.id(), OBJECTS);
        Map<String, Brand> brands = new LinkedHashMap<>();
        for (var work : works) {
            brands.putIfAbsent(
                    work.brandSlug(),
                    new Brand(work.brandId(), work.brandSlug(), work.brand(), new Bilingual("", ""), work.wall()));
        }
        return new ModelAndView(
                "creator",
                "it",
                new Studio(
                        creator,
                        works,
                        onSale.bringing(works, t.now(), GOODS),
                        following.held(works, HELD),
                        List.copyOf(brands.values()),
                        exhibitions.hostedBy(creator.id(), t.now(), HOSTED),
                        following.follow(
                                Follows.Followed.creator(new BrandId(creator.brand()), creator.id()), creator.href())));
    }

    @PostMapping("/creators/{slug}/follow")
    ModelAndView followCreator(@PathVariable String slug, @RequestParam(defaultValue = "yes") String on) {
        var creator = maker(slug);
        return following.turn(
                Follows.Followed.creator(new BrandId(creator.brand()), creator.id()), creator.href(), on.equals("yes"));
    }

    /** Those that have something to show; a series of drafts is the brand's own business. */
    private List<OneSeries> series(UUID brand) {
        return db.sql("""
                select s.series_id, s.slug, s.name_zh, s.name_en, count(c.collectible_id)::int as works
                from series s join collectibles c
                    on c.brand_id = s.brand_id and c.series_id = s.series_id and c.published_at is not null
                where s.brand_id = :brand group by s.series_id, s.slug, s.name_zh, s.name_en order by s.series_id
                """)
                .param("brand", brand)
                .query((row, n) -> new OneSeries(
                        row.getObject("series_id", UUID.class),
                        row.getString("slug"),
                        Exhibits.both(row, "name"),
                        row.getInt("works")))
                .list();
    }

    private Brand find(String slug) {
        return db.sql(
                        "select brand_id, slug, name_zh, name_en, about_zh, about_en, wall from brands where slug = :slug")
                .param("slug", slug)
                .query((row, n) -> new Brand(
                        row.getObject("brand_id", UUID.class),
                        row.getString("slug"),
                        Exhibits.both(row, "name"),
                        Exhibits.both(row, "about"),
                        row.getString("wall")))
                .optional()
                .orElseThrow(Refused::notFound);
    }

    /** Whom a brand works with is its own business until a work is shown, or an exhibition with this host. */
    private Creator maker(String slug) {
        return db.sql("""
                select c.* from addresses a join creators c on c.brand_id = a.brand_id and c.creator_id = a.id
                where a.kind = 'creator' and a.slug = :slug and (
                    exists (select from collectibles w where w.creator_brand = c.brand_id and w.creator_id = c.creator_id
                        and w.published_at is not null)
                    or exists (select from exhibitions e where e.host_brand_id = c.brand_id and e.host_id = c.creator_id
                        and e.opened_at is not null))
                """)
                .param("slug", slug)
                .query((row, n) -> new Creator(
                        row.getObject("brand_id", UUID.class),
                        row.getObject("creator_id", UUID.class),
                        row.getString("slug"),
                        Exhibits.both(row, "name"),
                        Exhibits.both(row, "about"),
                        row.getBoolean("is_virtual")))
                .optional()
                .orElseThrow(Refused::notFound);
    }
}
