package vitrine.campaign.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Grams;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Picture;

/** Finds brands, creators, series and works by what they are called and what is said of them, in Chinese and in English. */
@Controller
public class SearchPage {

    private static final int ASKED_MAX = 80;
    private static final int MOST = 60;

    private final JdbcClient db;

    SearchPage(JdbcClient db) {
        this.db = db;
    }

    /** @param by the brand; null where the brand itself, or a creator, was found */
    public record Hit(
            String kind,
            String slug,
            Bilingual name,
            @Nullable Bilingual by,
            @Nullable String image,
            boolean cutout,
            String wall) {

        public String href() {
            return switch (kind) {
                case "collectible" -> "/o/" + slug;
                case "creator" -> "/creators/" + slug;
                default -> "/b/" + slug;
            };
        }

        public @Nullable Picture picture() {
            return image == null ? null : new Picture(image, "", cutout);
        }
    }

    /** @param groups one for each kind that was found */
    public record Found(String asked, List<Group> groups, int hits, boolean more) {}

    public record Group(String kind, List<Hit> hits) {}

    @GetMapping("/search")
    ModelAndView search(@RequestParam(defaultValue = "") String q) {
        String asked = q.codePoints()
                .limit(ASKED_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        List<Hit> hits = hits(asked);
        boolean more = hits.size() > MOST;
        List<Hit> shown = more ? hits.subList(0, MOST) : hits;
        List<Group> groups = List.of("collectible", "brand", "creator", "series").stream()
                .map(kind -> new Group(
                        kind, shown.stream().filter(h -> h.kind().equals(kind)).toList()))
                .filter(group -> !group.hits().isEmpty())
                .toList();
        return new ModelAndView("search", "it", new Found(asked, groups, shown.size(), more));
    }

    private List<Hit> hits(String asked) {
        List<String> grams = Grams.asked(asked);
        if (grams.isEmpty()) return List.of();
        // The index finds who has all the pieces; whose name has the very words stands first.
        return db.sql("""
                select f.kind, f.slug, f.name_zh, f.name_en, p.image, coalesce(p.cutout, false) as cutout,
                       coalesce(p.wall, 'plain') as wall, b.name_zh as by_zh, b.name_en as by_en
                from (
                    select * from findables where grams @> :grams
                    order by lower(name_zh) <> :asked and lower(name_en) <> :asked,
                        not (starts_with(lower(name_zh), :asked) or starts_with(lower(name_en), :asked)),
                        position(:asked in lower(name_zh)) = 0 and position(:asked in lower(name_en)) = 0,
                        name_en, subject_id
                    limit :most) f
                join brands b on b.brand_id = f.brand_id
                left join lateral (
                    select c.wall, encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                    from (
                        select * from collectibles where f.kind = 'collectible' and brand_id = f.brand_id and collectible_id = f.subject_id
                        union all
                        select * from collectibles where f.kind = 'brand' and brand_id = f.brand_id
                        union all
                        select * from collectibles where f.kind = 'series' and brand_id = f.brand_id and series_id = f.subject_id
                        union all
                        select * from collectibles where f.kind = 'creator' and creator_brand = f.brand_id and creator_id = f.subject_id) c
                    join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id
                        and cm.role = 'image' and cm.position = 0
                    join media m on m.sha256 = cm.sha256
                    where c.published_at is not null order by c.published_at desc, c.collectible_id limit 1) p on true
                """)
                .param("grams", new SqlArrayValue("text", grams.toArray()))
                .param("asked", Grams.plain(asked))
                .param("most", MOST + 1)
                .query((row, n) -> new Hit(
                        row.getString("kind"),
                        row.getString("slug"),
                        Exhibits.both(row, "name"),
                        List.of("brand", "creator").contains(row.getString("kind")) ? null : Exhibits.both(row, "by"),
                        row.getString("image"),
                        row.getBoolean("cutout"),
                        row.getString("wall")))
                .list();
    }
}
