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

/**
 * Campaigns, drops and exhibitions on the calendar: what is on, what comes, what was. The zone's strip, a month, a day and the
 * calendar that programs read all ask here, so that none of them knows of something the others do not.
 */
@Component
public class Showings {

    private static final int AHEAD = 60;

    private static final String SELECT = """
            select ca.campaign_id as id, '/campaigns/' || ca.slug as href, b.slug as brand_slug, b.name_zh as brand_zh, b.name_en as brand_en, ca.name_zh, ca.name_en,
                   ca.about_zh, ca.about_en, ca.version + case when ca.ended_at < ca.until_at then 1 else 0 end as version, ca.created_at,
                   ca.from_at, greatest(ca.from_at, least(ca.until_at, ca.ended_at)) as until_at, ca.state = 'paused' as paused, f.image, f.cutout, f.wall
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
                   d.name_zh, d.name_en, d.about_zh, d.about_en, case when d.state = 'ended' and d.told_end_at is not null then 1 else 0 end as version, d.created_at,
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

    private static final String EXHIBITIONS = """
            select e.exhibition_id as id, '/x/' || e.slug as href, b.slug as brand_slug, coalesce(h.name_zh, b.name_zh) as brand_zh,
                   coalesce(h.name_en, b.name_en) as brand_en, e.name_zh, e.name_en, e.about_zh, e.about_en, e.changes as version,
                   e.opened_at as created_at, e.from_at, e.until_at, false as paused, f.image, f.cutout, e.wall
            from exhibitions e
            join brands b on b.brand_id = e.brand_id
            left join creators h on h.brand_id = e.host_brand_id and h.creator_id = e.host_id
            left join lateral (
                select encode(cm.sha256, 'hex') as image, m.type <> 'image/jpeg' and m.width = m.height as cutout
                from exhibition_works w
                join collectible_media cm on cm.brand_id = w.collectible_brand_id and cm.collectible_id = w.collectible_id
                    and cm.role = 'image'
                join media m on m.sha256 = cm.sha256
                where w.brand_id = e.brand_id and w.exhibition_id = e.exhibition_id
                order by w.position, cm.position limit 1) f on true
            where e.opened_at is not null
            """;

    private final JdbcClient db;

    Showings(JdbcClient db) {
        this.db = db;
    }

    /**
     * A campaign, a drop or an exhibition on the calendar.
     *
     * @param brand whose it is; of an exhibition who leads through it, where somebody does
     * @param version goes up when what stands here changed
     */
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

        /** Whether it begins between these times. */
        boolean beginsIn(Instant start, Instant end) {
            return !from.isBefore(start) && from.isBefore(end);
        }

        /** Whether its last moment is between these times: what ends at midnight ends on the day before. */
        boolean endsIn(Instant start, Instant end) {
            return until.isAfter(start) && !until.isAfter(end);
        }

        /** Whether it is on at some moment between these times. */
        boolean isOnIn(Instant start, Instant end) {
            return from.isBefore(end) && until.isAfter(start);
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
        return db.sql("select * from ((" + SELECT + """
                where ca.version > 0 and ca.until_at > :from and ca.from_at < :until
                    and (ca.ended_at is null or ca.ended_at > greatest(:from, ca.from_at)))
                union all (
                """ + DROPS + """
                and w.until_at > :from and w.from_at < :until)
                union all (
                """ + EXHIBITIONS + """
                and e.until_at > :from and e.from_at < :until)) dated
                order by from_at, href limit :most
                """)
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

    /** Empty: there is none, or it is not open. */
    public List<Showing> exhibition(String slug) {
        return db.sql(EXHIBITIONS + "and e.slug = :slug")
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
