package vitrine.campaign.web;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.identity.Access;
import vitrine.platform.Bilingual;

/** Whom she follows, and what they showed last. */
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

    public record One(String kind, String slug, Bilingual name) {
        public String href() {
            return kind.equals("brand") ? "/b/" + slug : "/creators/" + slug;
        }
    }

    public record Mine(List<One> followed, List<Exhibit> newest) {}

    @GetMapping("/me/following")
    ModelAndView mine() {
        var visitor = access.person();
        List<One> followed = db.sql("""
                select f.kind, coalesce(b.slug, c.slug) as slug, coalesce(b.name_zh, c.name_zh) as name_zh,
                       coalesce(b.name_en, c.name_en) as name_en
                from follows f
                left join brands b on f.kind = 'brand' and b.brand_id = f.subject_id
                left join creators c on f.kind = 'creator' and c.brand_id = f.brand_id and c.creator_id = f.subject_id
                where f.collector_id = :id and coalesce(b.slug, c.slug) is not null
                order by f.followed_at desc, f.subject_id
                """)
                .param("id", visitor.value())
                .query((row, n) -> new One(row.getString("kind"), row.getString("slug"), Exhibits.both(row, "name")))
                .list();
        return new ModelAndView("following", "it", new Mine(followed, exhibits.ofFollowed(visitor.value(), NEWEST)));
    }
}
