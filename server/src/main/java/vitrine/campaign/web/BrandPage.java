package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Exhibitions;
import vitrine.identity.Access;
import vitrine.identity.Follows;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;

/** A brand's own wall, its creators and its series: works and goods side by side, and what the visitor holds of them. */
@Controller
public class BrandPage {
    private static final int GOODS = 12;
    private static final int MAKERS = 8;
    private static final int HELD = 12;
    private static final int HOSTED = 6;

    private final Exhibits exhibits;
    private final Shelves shelves;
    private final OnSale onSale;
    private final Following following;
    private final Exhibitions exhibitions;
    private final Access access;
    private final JdbcClient db;

    BrandPage(
            Exhibits exhibits,
            Shelves shelves,
            OnSale onSale,
            Following following,
            Exhibitions exhibitions,
            Access access,
            JdbcClient db) {
        this.exhibits = exhibits;
        this.shelves = shelves;
        this.onSale = onSale;
        this.following = following;
        this.exhibitions = exhibitions;
        this.access = access;
        this.db = db;
    }

    public record Brand(UUID id, String slug, Bilingual name, Bilingual about, String wall) {
        public String href() {
            return "/b/" + slug;
        }
    }

    /** @param brand whose works they made; null: all that are shown */
    public record Makers(@Nullable Brand brand, Part<Shelves.Maker> makers) {
        public String href() {
            return brand == null ? "/creators" : brand.href() + "/creators";
        }
    }

    public record OneSeries(UUID id, String slug, Bilingual name, int works) {
        public String href(Brand brand) {
            return brand.href() + "/series/" + slug;
        }
    }

    public record Wall(
            Brand brand,
            Part<Exhibit> exhibits,
            List<OneSeries> series,
            List<Shelves.Maker> makers,
            int allMakers,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            Following.Follow follow) {
        public @Nullable Picture picture(Texts t) {
            return Exhibit.first(exhibits.shown().stream(), t);
        }
    }

    public record SeriesWall(
            Brand brand,
            OneSeries series,
            Part<Exhibit> exhibits,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            Following.Follow follow) {
        public @Nullable Picture picture(Texts t) {
            return Exhibit.first(exhibits.shown().stream(), t);
        }
    }

    public record Creator(UUID brand, UUID id, String slug, Bilingual name, Bilingual about, boolean virtual) {
        public String href() {
            return "/creators/" + slug;
        }
    }

    public record Studio(
            Creator creator,
            Part<Exhibit> exhibits,
            List<OnSale.Good> goods,
            List<Following.Held> held,
            List<Brand> brands,
            List<Exhibitions.Card> exhibitions,
            Following.Follow follow) {
        public @Nullable Picture picture(Texts t) {
            return Exhibit.first(exhibits.shown().stream(), t);
        }
    }

    @GetMapping("/b/{slug}")
    ModelAndView brand(@PathVariable String slug, @RequestParam(defaultValue = "0") int from, Texts t) {
        var brand = find(slug);
        var works = Part.of(
                from, exhibits.worksOfBrand(brand.id()), (first, most) -> exhibits.ofBrand(brand.id(), first, most));
        return new ModelAndView(
                "brand",
                "it",
                new Wall(
                        brand,
                        works,
                        series(brand.id()),
                        shelves.makersOf(brand.id(), 0, MAKERS),
                        shelves.makersOf(brand.id()),
                        onSale.of(new BrandId(brand.id()), t.now(), GOODS),
                        following.held(works.shown(), HELD),
                        following.follow(Follows.Followed.brand(new BrandId(brand.id())), brand.href())));
    }

    @PostMapping("/b/{slug}/follow")
    ModelAndView follow(
            @PathVariable String slug, @RequestParam(defaultValue = "yes") String on, HttpServletRequest request) {
        var brand = find(slug);
        return following.turn(request, Follows.Followed.brand(new BrandId(brand.id())), brand.href(), on.equals("yes"));
    }

    @GetMapping("/b/{slug}/series/{series}")
    ModelAndView series(
            @PathVariable String slug,
            @PathVariable String series,
            @RequestParam(defaultValue = "0") int from,
            Texts t) {
        var brand = find(slug);
        var one = find(brand, series);
        var works = Part.of(from, one.works(), (first, most) -> exhibits.ofSeries(brand.id(), one.id(), first, most));
        return new ModelAndView(
                "series",
                "it",
                new SeriesWall(
                        brand,
                        one,
                        works,
                        onSale.bringing(works.shown(), t.now(), GOODS),
                        following.held(works.shown(), HELD),
                        following.follow(followed(brand, one), one.href(brand))));
    }

    @PostMapping("/b/{slug}/series/{series}/follow")
    ModelAndView followSeries(
            @PathVariable String slug,
            @PathVariable String series,
            @RequestParam(defaultValue = "yes") String on,
            HttpServletRequest request) {
        var brand = find(slug);
        var one = find(brand, series);
        return following.turn(request, followed(brand, one), one.href(brand), on.equals("yes"));
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
    ModelAndView creators(@RequestParam(defaultValue = "0") int from) {
        return new ModelAndView("creators", "it", new Makers(null, Part.of(from, shelves.makers(), shelves::ofMakers)));
    }

    @GetMapping("/b/{slug}/creators")
    ModelAndView creatorsOf(@PathVariable String slug, @RequestParam(defaultValue = "0") int from) {
        var brand = find(slug);
        return new ModelAndView(
                "creators",
                "it",
                new Makers(
                        brand,
                        Part.of(
                                from,
                                shelves.makersOf(brand.id()),
                                (first, most) -> shelves.makersOf(brand.id(), first, most))));
    }

    @GetMapping("/creators/{slug}")
    ModelAndView creator(@PathVariable String slug, @RequestParam(defaultValue = "0") int from, Texts t) {
        var creator = maker(slug);
        var works = Part.of(
                from,
                exhibits.worksOfCreator(creator.brand(), creator.id()),
                (first, most) -> exhibits.ofCreator(creator.brand(), creator.id(), first, most));
        return new ModelAndView(
                "creator",
                "it",
                new Studio(
                        creator,
                        works,
                        onSale.bringing(works.shown(), t.now(), GOODS),
                        following.held(works.shown(), HELD),
                        worksWith(creator),
                        exhibitions.hostedBy(creator.id(), t.now(), HOSTED),
                        following.follow(
                                Follows.Followed.creator(new BrandId(creator.brand()), creator.id()), creator.href())));
    }

    @PostMapping("/creators/{slug}/follow")
    ModelAndView followCreator(
            @PathVariable String slug, @RequestParam(defaultValue = "yes") String on, HttpServletRequest request) {
        var creator = maker(slug);
        return following.turn(
                request,
                Follows.Followed.creator(new BrandId(creator.brand()), creator.id()),
                creator.href(),
                on.equals("yes"));
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

    /** Whoever shows a work of hers, the newest first. */
    private List<Brand> worksWith(Creator creator) {
        return db.sql("""
                select b.* from brands b
                join (select brand_id, max(published_at) as newest from collectibles
                      where creator_brand = :brand and creator_id = :creator and published_at is not null
                      group by brand_id) w on w.brand_id = b.brand_id
                order by w.newest desc, b.slug
                """)
                .param("brand", creator.brand())
                .param("creator", creator.id())
                .query(BrandPage::brand)
                .list();
    }

    /** A brand that shows nothing yet is there for those who work for it, and for nobody else. */
    private Brand find(String slug) {
        record Found(Brand brand, boolean shown) {}
        return db.sql("select b.*, " + vitrine.catalog.Brand.IS_SHOWN + " as shown from brands b where b.slug = :slug")
                .param("slug", slug)
                .query((row, n) -> new Found(brand(row, n), row.getBoolean("shown")))
                .optional()
                .filter(found -> found.shown() || isStaff(found.brand()))
                .map(Found::brand)
                .orElseThrow(Refused::notFound);
    }

    private boolean isStaff(Brand brand) {
        return access.permissions(access.who(), new BrandId(brand.id())).contains(Permission.SEE);
    }

    private static Brand brand(ResultSet row, int n) throws SQLException {
        return new Brand(
                row.getObject("brand_id", UUID.class),
                row.getString("slug"),
                Exhibits.both(row, "name"),
                Exhibits.both(row, "about"),
                row.getString("wall"));
    }

    private Creator maker(String slug) {
        return db.sql("""
                select cr.* from addresses a join creators cr on cr.brand_id = a.brand_id and cr.creator_id = a.id
                where a.kind = 'creator' and a.slug = :slug and
                """ + vitrine.catalog.Creator.IS_SHOWN)
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
