package vitrine.campaign.web;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Supply;

/** Reads published collectibles for pages, each with its brand, creator, picture and numbers in one row. */
@Component
public class Exhibits {
    private static final String COLUMNS = """
            c.brand_id, c.collectible_id, c.slug, c.name_zh, c.name_en, c.matter_zh, c.matter_en, c.about_zh, c.about_en,
            c.alt_zh, c.alt_en, c.licence_zh, c.licence_en, c.issuer_kind, c.year, c.wall, c.supply, c.withheld,
            b.slug as brand_slug, b.name_zh as brand_zh, b.name_en as brand_en,
            cr.name_zh as creator_zh, cr.name_en as creator_en, cr.slug as creator_slug,
            se.name_zh as series_zh, se.name_en as series_en, se.slug as series_slug,
            i.image, i.cutout, mo.model,
            s.available, s.held, s.granted, s.withheld as kept, s.retired
            """;
    private static final String JOINS = """
            left join creators cr on cr.brand_id = coalesce(c.creator_brand, c.brand_id) and cr.creator_id = c.creator_id
            left join series se on se.brand_id = c.brand_id and se.series_id = c.series_id
            left join stock s on s.brand_id = c.brand_id and s.collectible_id = c.collectible_id
            left join lateral (
                select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                from collectible_media cm join media m on m.sha256 = cm.sha256
                where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image'
                order by cm.position limit 1) i on true
            left join lateral (
                select encode(cm.sha256, 'hex') as model from collectible_media cm
                where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'model'
                order by cm.position limit 1) mo on true
            """;

    private final JdbcClient db;

    Exhibits(JdbcClient db) {
        this.db = db;
    }

    /** By its public address, or by its id, which older links carry. */
    public Optional<Exhibit> at(String slugOrId) {
        var id = uuid(slugOrId);
        return db.sql("select " + COLUMNS + """
                from addresses a
                join collectibles c on c.brand_id = a.brand_id and c.collectible_id = a.id and c.published_at is not null
                join brands b on b.brand_id = c.brand_id
                """ + JOINS + "where a.kind = 'collectible' and "
                        + (id == null ? "a.slug = :slug" : "a.id = :id"))
                .param("slug", slugOrId)
                .param("id", id)
                .query(Exhibits::exhibit)
                .optional();
    }

    /** A draft, as it will be shown; who asks must work for its brand ({@link Unpublished}). */
    Optional<Exhibit> draft(String slug) {
        return db.sql("select " + COLUMNS + FROM + JOINS + "where c.slug = :slug and c.published_at is null")
                .param("slug", slug)
                .query(Exhibits::exhibit)
                .optional();
    }

    private static final String FROM = "from collectibles c join brands b on b.brand_id = c.brand_id ";

    /** As the brand's staff arranged them, then the newest first. */
    public List<Exhibit> ofBrand(UUID brand, int from, int most) {
        return db.sql("select " + COLUMNS + FROM + JOINS + """
                left join shelf_places p on p.brand_id = c.brand_id and p.shelf = 'works' and p.subject_id = c.collectible_id
                where c.brand_id = :brand and c.published_at is not null and p.hidden_at is null
                order by p.position nulls last, c.published_at desc, c.collectible_id limit :most offset :from
                """)
                .param("brand", brand)
                .param("from", from)
                .param("most", most)
                .query(Exhibits::exhibit)
                .list();
    }

    /** How many a brand shows: what it hid is not among them. */
    public int worksOfBrand(UUID brand) {
        return db.sql("""
                select count(*)::int from collectibles c
                left join shelf_places p on p.brand_id = c.brand_id and p.shelf = 'works' and p.subject_id = c.collectible_id
                where c.brand_id = :brand and c.published_at is not null and p.hidden_at is null
                """).param("brand", brand).query(Integer.class).single();
    }

    public int worksOfCreator(UUID brand, UUID creator) {
        return db.sql("""
                select count(*)::int from collectibles c
                where c.creator_brand = :brand and c.creator_id = :creator and c.published_at is not null
                """)
                .param("brand", brand)
                .param("creator", creator)
                .query(Integer.class)
                .single();
    }

    public List<Exhibit> ofCreator(UUID brand, UUID creator, int from, int most) {
        return db.sql("select " + COLUMNS + FROM + JOINS + """
                where c.creator_brand = :brand and c.creator_id = :creator and c.published_at is not null
                order by c.published_at desc, c.collectible_id limit :most offset :from
                """)
                .param("brand", brand)
                .param("creator", creator)
                .param("from", from)
                .param("most", most)
                .query(Exhibits::exhibit)
                .list();
    }

    public List<Exhibit> ofSeries(UUID brand, UUID series, int from, int most) {
        return db.sql("select " + COLUMNS + FROM + JOINS + """
                where c.brand_id = :brand and c.series_id = :series and c.published_at is not null
                order by c.published_at, c.collectible_id limit :most offset :from
                """)
                .param("brand", brand)
                .param("series", series)
                .param("from", from)
                .param("most", most)
                .query(Exhibits::exhibit)
                .list();
    }

    /** What the house picked for its museum, in its order. */
    public List<Exhibit> museum(int from, int most) {
        return db.sql("select " + COLUMNS + """
                from shelf_places p
                join brands h on h.brand_id = p.brand_id and h.kind = 'house'
                join collectibles c on c.brand_id = p.subject_brand_id and c.collectible_id = p.subject_id
                join brands b on b.brand_id = c.brand_id
                """ + JOINS + """
                where p.shelf = 'museum' and p.hidden_at is null and c.published_at is not null
                order by p.position limit :most offset :from
                """)
                .param("from", from)
                .param("most", most)
                .query(Exhibits::exhibit)
                .list();
    }

    public int inMuseum() {
        return db.sql("""
                select count(*)::int from shelf_places p
                join brands h on h.brand_id = p.brand_id and h.kind = 'house'
                join collectibles c on c.brand_id = p.subject_brand_id and c.collectible_id = p.subject_id
                where p.shelf = 'museum' and p.hidden_at is null and c.published_at is not null
                """).query(Integer.class).single();
    }

    /** These, in no order. */
    public List<Exhibit> of(List<CollectibleId> ids) {
        if (ids.isEmpty()) return List.of();
        return db.sql("select " + COLUMNS + """
                from unnest(:brands, :ids) as wanted (brand_id, collectible_id)
                join collectibles c on c.brand_id = wanted.brand_id and c.collectible_id = wanted.collectible_id
                join brands b on b.brand_id = c.brand_id
                """ + JOINS + "where c.published_at is not null")
                .param(
                        "brands",
                        new SqlArrayValue(
                                "uuid",
                                ids.stream().map(id -> id.brand().value()).toArray()))
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid", ids.stream().map(CollectibleId::value).toArray()))
                .query(Exhibits::exhibit)
                .list();
    }

    /** The newest of those whom somebody follows. */
    public List<Exhibit> ofFollowed(UUID collector, int most) {
        return db.sql("select " + COLUMNS + FROM + JOINS + """
                where c.published_at is not null and exists (
                    select from follows f where f.collector_id = :collector
                    and (f.kind = 'brand' and f.subject_id = c.brand_id or f.kind = 'creator' and f.subject_id = c.creator_id
                        or f.kind = 'series' and f.subject_id = c.series_id))
                order by c.published_at desc, c.collectible_id limit :most
                """)
                .param("collector", collector)
                .param("most", most)
                .query(Exhibits::exhibit)
                .list();
    }

    /** The one lit object of a day: the same for everyone, another one tomorrow, and one that can still be had. */
    public Optional<Exhibit> ofTheDay(LocalDate day, Instant now) {
        // One is picked first, by what it takes to pick; what is shown of it is read for that one.
        return db.sql("select " + COLUMNS + """
                from (
                    select c.* from collectibles c
                    left join stock s on s.brand_id = c.brand_id and s.collectible_id = c.collectible_id
                    where c.published_at is not null and exists (
                        select from collectible_media cm
                        where cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image')
                    order by (s.available is null or s.available > 0) desc,
                        (c.brand_id, c.collectible_id) in (
                            select o.collectible_brand_id, o.collectible_id from offers o
                            join campaigns ca on ca.brand_id = o.brand_id and ca.campaign_id = o.campaign_id
                            where ca.state = 'published' and ca.from_at <= :now and ca.until_at > :now) desc,
                        md5(c.slug || :day)
                    limit 1) c
                join brands b on b.brand_id = c.brand_id
                """ + JOINS)
                .param("day", day.toString())
                .param("now", Timestamp.from(now))
                .query(Exhibits::exhibit)
                .optional();
    }

    /** What a campaign gives, in the order of its offers. */
    public List<Exhibit> ofCampaign(UUID brand, UUID campaign) {
        return db.sql("select " + COLUMNS + """
                from (select distinct on (collectible_brand_id, collectible_id) collectible_brand_id, collectible_id, offer_id
                      from offers where brand_id = :brand and campaign_id = :campaign
                      order by collectible_brand_id, collectible_id, offer_id) o
                join collectibles c on c.brand_id = o.collectible_brand_id and c.collectible_id = o.collectible_id
                join brands b on b.brand_id = c.brand_id
                """ + JOINS + "where c.published_at is not null order by o.offer_id")
                .param("brand", brand)
                .param("campaign", campaign)
                .query(Exhibits::exhibit)
                .list();
    }

    /**
     * A file of a work.
     *
     * @param type {@code image/webp}, {@code video/mp4} and the like
     */
    public record Media(String role, String sha256, String type, long bytes) {
        public String href() {
            return "/media/" + sha256;
        }
    }

    /** All files of a work, as its manifest lists them. */
    public List<Media> media(CollectibleId id) {
        return db.sql("""
                select cm.role, encode(cm.sha256, 'hex') as sha256, m.type, m.bytes
                from collectible_media cm join media m on m.sha256 = cm.sha256
                where cm.brand_id = :brand and cm.collectible_id = :id order by cm.position, cm.role
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Media.class)
                .list();
    }

    private static Exhibit exhibit(ResultSet row, int n) throws SQLException {
        var supply = (Integer) row.getObject("supply");
        // A draft has no stock yet: nothing of it is given, all that is not withheld is still to be had.
        boolean draft = row.getObject("granted") == null;
        int withheld = row.getInt("withheld");
        return new Exhibit(
                row.getObject("brand_id", UUID.class),
                row.getObject("collectible_id", UUID.class),
                row.getString("slug"),
                row.getString("brand_slug"),
                both(row, "brand"),
                both(row, "name"),
                both(row, "matter"),
                both(row, "about"),
                both(row, "alt"),
                both(row, "licence"),
                row.getString("creator_zh") == null ? null : both(row, "creator"),
                row.getString("creator_slug"),
                row.getString("series_zh") == null ? null : both(row, "series"),
                row.getString("series_slug"),
                row.getString("issuer_kind"),
                row.getInt("year"),
                row.getString("wall"),
                row.getString("image"),
                row.getBoolean("cutout"),
                row.getString("model"),
                new Supply(
                        supply,
                        row.getInt("granted"),
                        row.getInt("held"),
                        draft && supply != null ? Math.max(0, supply - withheld) : row.getInt("available"),
                        draft ? withheld : row.getInt("kept"),
                        row.getInt("retired")));
    }

    static Bilingual both(ResultSet row, String column) throws SQLException {
        return new Bilingual(row.getString(column + "_zh"), row.getString(column + "_en"));
    }

    static @Nullable UUID uuid(String text) {
        if (text.length() != 36) return null;
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null; // a name of that length
        }
    }
}
