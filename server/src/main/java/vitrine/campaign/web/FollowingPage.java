package vitrine.campaign.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.identity.Access;
import vitrine.platform.Bilingual;

/** Whom and what she follows, and what was shown there last. */
@Controller
public class FollowingPage {

    private static final int NEWEST = 12;

    private final Access access;
    private final Exhibits exhibits;
    private final JdbcClient db;

    FollowingPage(Access access, Exhibits exhibits, JdbcClient db) {
        this.access = access;
        this.exhibits = exhibits;
        this.db = db;
    }

    /** @param of whose series it is; null: it is none */
    public record One(
            String kind,
            String slug,
            Bilingual name,
            @Nullable String of) {
        public String href() {
            return switch (kind) {
                case "brand" -> "/b/" + slug;
                case "series" -> "/b/" + of + "/series/" + slug;
                default -> "/creators/" + slug;
            };
        }
    }

    public record Mine(List<One> followed, List<Exhibit> newest) {}

    @GetMapping("/me/following")
    ModelAndView mine() {
        var visitor = access.person();
        List<One> followed = db.sql("""
                select f.kind, coalesce(b.slug, c.slug, s.slug) as slug,
                       coalesce(b.name_zh, c.name_zh, s.name_zh) as name_zh,
                       coalesce(b.name_en, c.name_en, s.name_en) as name_en, o.slug as owner
                from follows f
                left join brands b on f.kind = 'brand' and b.brand_id = f.subject_id
                left join creators c on f.kind = 'creator' and c.brand_id = f.brand_id and c.creator_id = f.subject_id
                left join series s on f.kind = 'series' and s.brand_id = f.brand_id and s.series_id = f.subject_id
                left join brands o on o.brand_id = s.brand_id
                where f.collector_id = :id and coalesce(b.slug, c.slug, s.slug) is not null
                order by f.followed_at desc, f.subject_id
                """)
                .param("id", visitor.value())
                .query((row, n) -> new One(
                        row.getString("kind"),
                        row.getString("slug"),
                        Exhibits.both(row, "name"),
                        row.getString("owner")))
                .list();
        return new ModelAndView("following", "it", new Mine(followed, exhibits.ofFollowed(visitor.value(), NEWEST)));
    }
}
