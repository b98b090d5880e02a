package vitrine.campaign.web;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Picture;

/** Campaigns and drops on the calendar: what is on, what comes, what was. */
@Component
public class Showings {

    private static final int AHEAD = 60;

    private static final String SELECT = """
            select ca.campaign_id as id, '/campaigns/' || ca.slug as href, b.slug as brand_slug, b.name_zh as brand_zh, b.name_en as brand_en, ca.name_zh, ca.name_en,
                   ca.about_zh, ca.about_en, ca.version, ca.created_at,
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
            """;

    /** From when its first stage opens until its last one closes, or until staff ended it. */
    private static final String DROPS = """
            select d.drop_id as id, '/d/' || d.slug as href, b.slug as brand_slug, b.name_zh as brand_zh, b.name_en as brand_en,
                   d.name_zh, d.name_en, d.about_zh, d.about_en, case when d.state = 'ended' then 1 else 0 end as version, d.created_at,
                   w.from_at, w.until_at, d.state = 'paused' as paused, f.image, f.cutout, f.wall
            from drops d
            join brands b on b.brand_id = d.brand_id
            join lateral (
                select min(s.opens_at) as from_at,
                    case when d.state = 'ended' then least(max(s.closes_at), d.told_end_at) else max(s.closes_at) end as until_at
                from drop_stages s where s.brand_id = d.brand_id and s.drop_id = d.drop_id) w on w.from_at < w.until_at
            left join lateral (
                select c.wall, encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                from drop_stages s
                join collectibles c on c.brand_id = s.brand_id and c.collectible_id = s.collectible_id
                join collectible_media cm on cm.brand_id = c.brand_id and cm.collectible_id = c.collectible_id and cm.role = 'image'
                join media m on m.sha256 = cm.sha256
                where s.brand_id = d.brand_id and s.drop_id = d.drop_id
                order by s.nth, cm.position limit 1) f on true
            where d.state <> 'draft'
            """;

    private final JdbcClient db;

    Showings(JdbcClient db) {
        this.db = db;
    }

    /** A campaign or a drop on the calendar. */
    public record Showing(
            UUID id,
            String href,
            String brandSlug,
            Bilingual brand,
            Bilingual name,
            Bilingual about,
            int version,
            Instant createdAt,
            Instant from,
            Instant until,
            boolean paused,
            @Nullable String image,
            boolean cutout,
            String wall) {
        public boolean begun(Instant now) {
            return !now.isBefore(from);
        }

        public boolean over(Instant now) {
            return !now.isBefore(until);
        }

        public @Nullable Picture picture() {
            return image == null ? null : new Picture(image, "", cutout);
        }
    }

    /** What is on, the first to end before the others; then what is announced. */
    public List<Showing> open(Instant now, int most) {
        return db.sql(SELECT + """
                where ca.state in ('published', 'paused') and ca.until_at > :now and ca.from_at < :horizon
                order by ca.from_at > :now, case when ca.from_at > :now then ca.from_at else ca.until_at end, ca.slug
                limit :most
                """)
                .param("now", Timestamp.from(now))
                .param("most", most)
                .param("horizon", Timestamp.from(now.plus(AHEAD, ChronoUnit.DAYS)))
                .query(Showings::showing)
                .list();
    }

    /** Whatever was, is or will be on between these times, in the order in which it begins. */
    public List<Showing> between(Instant from, Instant until, int most) {
        return db.sql(SELECT + """
                where ca.version > 0 and ca.until_at > :from and ca.from_at < :until
                and (ca.ended_at is null or ca.ended_at > :from)
                order by ca.from_at, ca.slug limit :most
                """)
                .param("from", Timestamp.from(from))
                .param("until", Timestamp.from(until))
                .param("most", most)
                .query(Showings::showing)
                .list();
    }

    /** Drops that were, are or will be open between these times, in the order in which they open. */
    public List<Showing> drops(Instant from, Instant until, int most) {
        return db.sql(DROPS + "and w.until_at > :from and w.from_at < :until order by w.from_at, d.slug limit :most")
                .param("from", Timestamp.from(from))
                .param("until", Timestamp.from(until))
                .param("most", most)
                .query(Showings::showing)
                .list();
    }

    /** Empty: there is none, or nobody may see it yet. */
    public List<Showing> drop(String slug) {
        return db.sql(DROPS + "and d.slug = :slug")
                .param("slug", slug)
                .query(Showings::showing)
                .list();
    }

    public List<Showing> of(UUID campaign) {
        return db.sql(SELECT + " where ca.campaign_id = :id and ca.version > 0")
                .param("id", campaign)
                .query(Showings::showing)
                .list();
    }

    private static Showing showing(ResultSet row, int n) throws SQLException {
        return new Showing(
                row.getObject("id", UUID.class),
                row.getString("href"),
                row.getString("brand_slug"),
                Exhibits.both(row, "brand"),
                Exhibits.both(row, "name"),
                Exhibits.both(row, "about"),
                row.getInt("version"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("from_at").toInstant(),
                row.getTimestamp("until_at").toInstant(),
                row.getBoolean("paused"),
                row.getString("image"),
                row.getBoolean("cutout"),
                row.getString("wall") == null ? "plain" : row.getString("wall"));
    }
}
