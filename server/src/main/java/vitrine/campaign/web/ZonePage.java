package vitrine.campaign.web;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Texts;

/** What is on show: one lit object, the calendar of campaigns, the shelves of brands, the creators. */
@Controller
public class ZonePage {
    private static final int DAYS_SHOWN = 14;
    private static final int DAYS_BEHIND = 2;
    private static final int SHELVES = 12;
    private static final int SHOWINGS = 6;
    private static final int EVERYTHING = 500;

    private final Exhibits exhibits;
    private final JdbcClient db;

    ZonePage(Exhibits exhibits, JdbcClient db) {
        this.exhibits = exhibits;
        this.db = db;
    }

    /** A campaign on the calendar. */
    public record Showing(
            String slug,
            Bilingual brand,
            Bilingual name,
            Instant from,
            Instant until,
            boolean paused,
            @Nullable String image,
            boolean cutout,
            String wall) {
        public boolean begun(Instant now) {
            return !now.isBefore(from);
        }

        public @Nullable Picture picture() {
            return image == null ? null : new Picture(image, "", cutout);
        }
    }

    /** A day of the strip; {@code marked}: something begins or ends. */
    public record Day(LocalDate date, boolean today, boolean marked) {}

    public record Shelf(
            String slug, Bilingual name, Bilingual about, String wall, int collectibles, List<Thing> things) {}

    public record Thing(String image, boolean cutout) {
        public Picture picture() {
            return new Picture(image, "", cutout);
        }
    }

    public record Maker(
            Bilingual name,
            Bilingual about,
            String slug,
            @Nullable String image,
            boolean cutout,
            String wall) {
        public @Nullable Picture picture() {
            return image == null ? null : new Picture(image, "", cutout);
        }
    }

    public record Zone(
            @Nullable Exhibit today,
            List<Day> days,
            List<Showing> showings,
            int campaigns,
            List<Shelf> shelves,
            int brands,
            List<Maker> makers) {}

    @GetMapping("/")
    ModelAndView zone(Texts t) {
        var today = t.local(t.now()).toLocalDate();
        var showings = showings(t.now(), EVERYTHING);
        var shelves = shelves(SHELVES);
        return new ModelAndView(
                "zone",
                "it",
                new Zone(
                        exhibits.ofTheDay(today).orElse(null),
                        days(t, today, showings),
                        showings.subList(0, Math.min(SHOWINGS, showings.size())),
                        showings.size(),
                        shelves,
                        brands(),
                        makers()));
    }

    @GetMapping("/brands")
    ModelAndView brandsPage() {
        return new ModelAndView("brands", "it", shelves(EVERYTHING));
    }

    @GetMapping("/campaigns")
    ModelAndView campaignsPage(Texts t) {
        return new ModelAndView("campaigns", "it", showings(t.now(), EVERYTHING));
    }

    private static List<Day> days(Texts t, LocalDate today, List<Showing> showings) {
        Set<LocalDate> marked = showings.stream()
                .flatMap(showing -> Stream.of(showing.from(), showing.until()))
                .map(at -> t.local(at).toLocalDate())
                .collect(Collectors.toSet());
        var days = new ArrayList<Day>();
        for (int i = -DAYS_BEHIND; i < DAYS_SHOWN - DAYS_BEHIND; i++) {
            var day = today.plusDays(i);
            days.add(new Day(day, i == 0, marked.contains(day)));
        }
        return days;
    }

    private List<Showing> showings(Instant now, int most) {
        return db.sql("""
                select ca.slug, b.name_zh as brand_zh, b.name_en as brand_en, ca.name_zh, ca.name_en,
                       ca.from_at, ca.until_at, ca.state = 'paused' as paused, f.image, f.cutout, f.wall
                from campaigns ca
                join brands b on b.brand_id = ca.brand_id
                left join lateral (
                    select c.wall, encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                    from offers o
                    join collectibles c on c.brand_id = o.collectible_brand_id and c.collectible_id = o.collectible_id
                    join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image'
                    join media m on m.sha256 = cm.sha256
                    where o.brand_id = ca.brand_id and o.campaign_id = ca.campaign_id
                    order by o.offer_id, cm.position limit 1) f on true
                where ca.state in ('published', 'paused') and ca.until_at > :now and ca.from_at < :horizon
                order by ca.from_at > :now, case when ca.from_at > :now then ca.from_at else ca.until_at end, ca.slug
                limit :most
                """)
                .param("now", Timestamp.from(now))
                .param("most", most)
                .param("horizon", Timestamp.from(now.plus(60, ChronoUnit.DAYS)))
                .query((row, n) -> new Showing(
                        row.getString("slug"),
                        Exhibits.both(row, "brand"),
                        Exhibits.both(row, "name"),
                        row.getTimestamp("from_at").toInstant(),
                        row.getTimestamp("until_at").toInstant(),
                        row.getBoolean("paused"),
                        row.getString("image"),
                        row.getBoolean("cutout"),
                        row.getString("wall") == null ? "plain" : row.getString("wall")))
                .list();
    }

    private List<Shelf> shelves(int most) {
        return db.sql("""
                select b.slug, b.name_zh, b.name_en, b.about_zh, b.about_en, b.wall, n.collectibles, o.images, o.cutouts
                from brands b
                join lateral (select count(*)::int as collectibles from collectibles c
                              where c.brand_id = b.brand_id and c.published_at is not null) n on n.collectibles > 0
                join lateral (
                    select array_agg(x.image) as images, array_agg(x.cutout) as cutouts from (
                        select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                        from collectibles c
                        join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id
                            and cm.role = 'image' and cm.position = 0
                        join media m on m.sha256 = cm.sha256
                        where c.brand_id = b.brand_id and c.published_at is not null
                        order by c.published_at desc, c.collectible_id limit 3) x) o on true
                order by n.collectibles desc, b.slug limit :most
                """)
                .param("most", most)
                .query((row, n) -> {
                    var objects = new ArrayList<Thing>();
                    if (row.getArray("images") != null) {
                        var images = (String[]) row.getArray("images").getArray();
                        var cutouts = (Boolean[]) row.getArray("cutouts").getArray();
                        for (int i = 0; i < images.length; i++) objects.add(new Thing(images[i], cutouts[i]));
                    }
                    return new Shelf(
                            row.getString("slug"),
                            Exhibits.both(row, "name"),
                            Exhibits.both(row, "about"),
                            row.getString("wall"),
                            row.getInt("collectibles"),
                            objects);
                })
                .list();
    }

    private int brands() {
        return db.sql("""
                select count(*)::int from brands b
                where exists (select 1 from collectibles c where c.brand_id = b.brand_id and c.published_at is not null)
                """).query(Integer.class).single();
    }

    private List<Maker> makers() {
        return db.sql("""
                select cr.name_zh, cr.name_en, cr.about_zh, cr.about_en, f.slug, f.image, f.cutout, f.wall
                from creators cr
                join lateral (
                    select c.slug, c.wall, encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                    from collectibles c
                    join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image'
                    join media m on m.sha256 = cm.sha256
                    where c.creator_id = cr.creator_id and coalesce(c.creator_brand, c.brand_id) = cr.brand_id
                      and c.published_at is not null
                    order by c.published_at desc, cm.position limit 1) f on true
                order by cr.creator_id limit 8
                """)
                .query((row, n) -> new Maker(
                        Exhibits.both(row, "name"),
                        Exhibits.both(row, "about"),
                        row.getString("slug"),
                        row.getString("image"),
                        row.getBoolean("cutout"),
                        row.getString("wall")))
                .list();
    }
}
