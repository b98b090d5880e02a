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

    /** The newest first, from before that entry on. */
    public List<Entry> read(BrandId brand, @Nullable UUID before, int most) {
        return db.sql("""
                select * from audit_log where brand_id = :brand and audit_id < :before order by audit_id desc limit :most
                """)
                .param("brand", brand.value())
                .param("before", before == null ? new UUID(-1, -1) : before)
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
}
