package vitrine.campaign.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Follows;
import vitrine.identity.News;
import vitrine.identity.Who;

/** What a visitor has to do with a brand, a creator or a series: whether she follows it, and what she holds of it. */
@Component
public class Following {

    private final Access access;
    private final Collectors collectors;
    private final Follows follows;
    private final News news;
    private final JdbcClient db;

    Following(Access access, Collectors collectors, Follows follows, News news, JdbcClient db) {
        this.access = access;
        this.collectors = collectors;
        this.follows = follows;
        this.news = news;
        this.db = db;
    }

    /** @param action where the button sends its form */
    public record Follow(String action, boolean followed, int followers) {}

    /** One of hers. */
    public record Held(String slug, int serial, @Nullable Integer supply, String image, boolean cutout, String wall) {
        public String href() {
            return "/p/" + slug + "-" + serial;
        }

        public vitrine.platform.web.Picture picture() {
            return new vitrine.platform.web.Picture(image, "", cutout);
        }
    }

    public @Nullable CollectorId visitor() {
        return switch (access.who()) {
            case Who.Person p -> p.collector();
            case Who.Colleague c -> c.collector();
            case Who.Guest g -> null;
            case Who.Machine m -> null;
        };
    }

    public Follow follow(Follows.Followed whom, String page) {
        CollectorId visitor = visitor();
        return new Follow(
                page + "/follow", visitor != null && follows.isFollowed(visitor, whom), follows.followers(whom));
    }

    /** The same where a crowd looks: what it says of her costs one look-up, and the others are not counted. */
    Follow followUncounted(Follows.Followed whom, String page) {
        CollectorId visitor = visitor();
        return new Follow(page + "/follow", visitor != null && follows.isFollowed(visitor, whom), 0);
    }

    /** Whether she hears by mail of whom she follows; true for a guest, who can choose. */
    boolean hears() {
        CollectorId visitor = visitor();
        return visitor == null || news.wanted(visitor, News.Topic.FOLLOWED);
    }

    /**
     * A guest is led to the sign-in and back to the page, where she then follows; who follows too many is led there and finds nothing
     * changed.
     */
    ModelAndView turn(HttpServletRequest request, Follows.Followed whom, String page, boolean on) {
        CollectorId visitor = visitor();
        if (visitor == null) {
            if (on) follows.mean(request, whom);
            return to("/sign-in?to=" + page);
        }
        if (on) follows.follow(visitor, whom);
        else follows.unfollow(visitor, whom);
        return to(page);
    }

    static ModelAndView to(String path) {
        var view = new RedirectView(path);
        view.setStatusCode(org.springframework.http.HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return new ModelAndView(view);
    }

    /** Her own pieces of these designs, the newest first; none for a guest. */
    public List<Held> held(List<Exhibit> exhibits, int most) {
        CollectorId visitor = visitor();
        if (visitor == null || exhibits.isEmpty()) return List.of();
        return db.sql("""
                select c.slug, cp.serial, c.supply, encode(cm.sha256, 'hex') as image, c.wall,
                       m.type <> 'image/jpeg' and m.width = m.height as cutout
                from collector_pieces cp
                join collectibles c on c.brand_id = cp.brand_id and c.collectible_id = cp.collectible_id
                join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id
                    and cm.role = 'image' and cm.position = 0
                join media m on m.sha256 = cm.sha256
                where cp.collector_id = any(:ids) and cp.collectible_id = any(:designs)
                order by cp.got_at desc, cp.collectible_id, cp.serial limit :most
                """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid",
                                collectors.family(visitor).stream()
                                        .map(CollectorId::value)
                                        .toArray()))
                .param(
                        "designs",
                        new SqlArrayValue(
                                "uuid", exhibits.stream().map(Exhibit::id).toArray()))
                .param("most", most)
                .query((row, n) -> new Held(
                        row.getString("slug"),
                        row.getInt("serial"),
                        row.getObject("supply", Integer.class),
                        row.getString("image"),
                        row.getBoolean("cutout"),
                        row.getString("wall")))
                .list();
    }
}
