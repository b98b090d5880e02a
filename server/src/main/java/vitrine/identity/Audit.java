package vitrine.identity;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;

/** What staff did, for which brand. Written in the transaction of the deed; rows are added and never changed. */
@Component
public class Audit {

    /**
     * @param actor {@code staff:…}, {@code key:…}, or {@code installation}
     * @param act {@code campaign.published}, {@code delivery.replayed}
     * @param detail JSON object; nothing personal
     */
    public record Entry(
            BrandId brand,
            UUID id,
            Instant at,
            String actor,
            String actorName,
            String act,
            String subject,
            String detail) {}

    private final JdbcClient db;
    private final Ids ids;
    private final Clock clock;

    Audit(JdbcClient db, Ids ids, Clock clock) {
        this.db = db;
        this.ids = ids;
        this.clock = clock;
    }

    public void write(Who actor, BrandId brand, String act, String subject, String detail) {
        boolean installation = actor instanceof Who.Guest;
        db.sql("""
                insert into audit_log (brand_id, audit_id, at, actor, actor_name, act, subject, detail)
                values (:brand, :id, :at, :actor, :name, :act, :subject, :detail::jsonb)
                """)
                .param("brand", brand.value())
                .param("id", ids.next())
                .param("at", Timestamp.from(clock.instant()))
                .param("actor", installation ? "installation" : actor.actor())
                .param("name", installation ? "" : actor.actorName())
                .param("act", act)
                .param("subject", subject)
                .param("detail", detail)
                .update();
    }

    /**
     * What is asked for; an empty text, or null, asks for all.
     *
     * @param act the whole word, or its beginning: {@code campaign} finds {@code campaign.published}
     * @param subject what it was done to, in part
     */
    public record Filter(
            String actor,
            String act,
            String subject,
            @Nullable Instant from,
            @Nullable Instant until) {
        public static final Filter ALL = new Filter("", "", "", null, null);
    }

    /** Somebody who did something, and when last. */
    public record Actor(String actor, String name, Instant lastAt) {}

    public List<Actor> actors(BrandId brand) {
        return db.sql("""
                select actor, max(actor_name) as name, max(at) as last_at from audit_log where brand_id = :brand
                group by actor order by max(at) desc limit 100
                """).param("brand", brand.value()).query(Actor.class).list();
    }

    /** All of the brand. */
    public List<Entry> read(BrandId brand, @Nullable UUID before, int most) {
        return read(brand, Filter.ALL, before, most);
    }

    /** The newest first, from before that entry on. */
    public List<Entry> read(BrandId brand, Filter filter, @Nullable UUID before, int most) {
        return db.sql("""
                select * from audit_log where brand_id = :brand and audit_id < :before
                    and (:actor = '' or actor = :actor)
                    and (:act = '' or act = :act or starts_with(act, :act || '.'))
                    and (:subject = '' or position(lower(:subject) in lower(subject)) > 0)
                    and at >= coalesce(:from::timestamptz, '-infinity') and at < coalesce(:until::timestamptz, 'infinity')
                order by audit_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("before", before == null ? new UUID(-1, -1) : before)
                .param("actor", filter.actor())
                .param("act", filter.act())
                .param("subject", filter.subject())
                .param("from", at(filter.from()))
                .param("until", at(filter.until()))
                .param("most", most)
                .query((row, n) -> new Entry(
                        brand,
                        row.getObject("audit_id", UUID.class),
                        row.getTimestamp("at").toInstant(),
                        row.getString("actor"),
                        row.getString("actor_name"),
                        row.getString("act"),
                        row.getString("subject"),
                        row.getString("detail")))
                .list();
    }

    private static @Nullable Timestamp at(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }
}
