package vitrine.campaign.web;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.Brand;
import vitrine.catalog.Creator;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Picture;

/** Reads the shelves of brands and of creators as the house arranged them; who has no place stands behind those who have one. */
@Component
public class Shelves {

    /** A picture of a published work {@code c}, the first of it. */
    private static final String PICTURE = """
            join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id
                and cm.role = 'image' and cm.position = 0
            join media m on m.sha256 = cm.sha256
            """;

    private static final String MAKER = """
            select cr.brand_id, cr.creator_id, cr.slug, cr.name_zh, cr.name_en, cr.about_zh, cr.about_en, cr.is_virtual,
                   f.image, coalesce(f.cutout, false) as cutout, coalesce(f.wall, 'plain') as wall
            from creators cr
            left join lateral (
                select c.wall, encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                from collectibles c
            """ + PICTURE + """
                where c.creator_brand = cr.brand_id and c.creator_id = cr.creator_id and c.published_at is not null
                order by c.published_at desc, c.collectible_id limit 1) f on true
            """;

    private static final String MAKER_SHOWN = """
            left join shelf_places p on p.shelf = 'creators' and p.subject_id = cr.creator_id
                and p.brand_id = (select brand_id from brands where kind = 'house' limit 1)
            where p.hidden_at is null and
            """ + Creator.IS_SHOWN;

    private static final String MAKER_OF = """
            where exists (select from collectibles c where c.brand_id = :brand and c.creator_brand = cr.brand_id
                and c.creator_id = cr.creator_id and c.published_at is not null)
            """;

    private final JdbcClient db;

    Shelves(JdbcClient db) {
        this.db = db;
    }

    public record Thing(String image, boolean cutout) {
        public Picture picture() {
            return new Picture(image, "", cutout);
        }
    }

    public record Shelf(
            UUID brand, String slug, Bilingual name, Bilingual about, int collectibles, List<Thing> things) {}

    public record Maker(
            UUID brand,
            UUID id,
            String slug,
            Bilingual name,
            Bilingual about,
            boolean virtual,
            @Nullable String image,
            boolean cutout,
            String wall) {
        public @Nullable Picture picture() {
            return image == null ? null : new Picture(image, "", cutout);
        }
    }

    public List<Shelf> ofBrands(int most) {
        return db.sql("""
                select b.brand_id, b.slug, b.name_zh, b.name_en, b.about_zh, b.about_en, n.collectibles, o.images, o.cutouts
                from brands b
                join lateral (select count(*)::int as collectibles from collectibles c
                              where c.brand_id = b.brand_id and c.published_at is not null) n on n.collectibles > 0
                left join shelf_places p on p.shelf = 'brands' and p.subject_id = b.brand_id
                    and p.brand_id = (select brand_id from brands where kind = 'house' limit 1)
                join lateral (
                    select array_agg(x.image) as images, array_agg(x.cutout) as cutouts from (
                        select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                        from collectibles c
                """ + PICTURE + """
                        left join shelf_places w on w.brand_id = c.brand_id and w.shelf = 'works' and w.subject_id = c.collectible_id
                        where c.brand_id = b.brand_id and c.published_at is not null and w.hidden_at is null
                        order by w.position nulls last, c.published_at desc, c.collectible_id limit 3) x) o on true
                where p.hidden_at is null
                order by p.position nulls last, n.collectibles desc, b.slug limit :most
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
                            row.getObject("brand_id", UUID.class),
                            row.getString("slug"),
                            Exhibits.both(row, "name"),
                            Exhibits.both(row, "about"),
                            row.getInt("collectibles"),
                            objects);
                })
                .list();
    }

    /** How many brands show something. */
    public int brands() {
        return db.sql("""
                select count(*)::int from brands b
                where
                """ + Brand.HAS_WORKS + """
                and not exists (select from shelf_places p where p.shelf = 'brands' and p.subject_id = b.brand_id
                    and p.brand_id in (select brand_id from brands where kind = 'house') and p.hidden_at is not null)
                """).query(Integer.class).single();
    }

    public List<Maker> ofMakers(int from, int most) {
        return db.sql(MAKER + MAKER_SHOWN + " order by p.position nulls last, cr.creator_id limit :most offset :from")
                .param("from", from)
                .param("most", most)
                .query(Shelves::maker)
                .list();
    }

    /** How many creators show something. */
    public int makers() {
        return db.sql("select count(*)::int from creators cr " + MAKER_SHOWN)
                .query(Integer.class)
                .single();
    }

    /** Whose works this brand shows. */
    public List<Maker> makersOf(UUID brand, int from, int most) {
        return db.sql(MAKER + MAKER_OF + " order by cr.creator_id limit :most offset :from")
                .param("brand", brand)
                .param("from", from)
                .param("most", most)
                .query(Shelves::maker)
                .list();
    }

    /** How many they are. */
    public int makersOf(UUID brand) {
        return db.sql("select count(*)::int from creators cr " + MAKER_OF)
                .param("brand", brand)
                .query(Integer.class)
                .single();
    }

    private static Maker maker(ResultSet row, int n) throws SQLException {
        return new Maker(
                row.getObject("brand_id", UUID.class),
                row.getObject("creator_id", UUID.class),
                row.getString("slug"),
                Exhibits.both(row, "name"),
                Exhibits.both(row, "about"),
                row.getBoolean("is_virtual"),
                row.getString("image"),
                row.getBoolean("cutout"),
                row.getString("wall"));
    }
}
