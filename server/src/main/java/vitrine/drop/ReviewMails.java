package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.identity.CollectorId;
import vitrine.identity.Readers;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.platform.Settings;
import vitrine.platform.messages.Messages;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;

/**
 * Writes to whoever claimed something for nothing, and read its number, that somebody looks at it first, and that it was refused. Whoever paid
 * hears of both from {@link SaleMails}. These mails have to reach her, so nothing ends them.
 */
@Component
class ReviewMails implements Job {

    private static final int BATCH = 50;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final Claims claims;
    private final Reviews reviews;
    private final Readers readers;
    private final Messages messages;
    private final Settings settings;
    private final BusinessClock clock;

    ReviewMails(
            JdbcClient db,
            TransactionTemplate transactions,
            Claims claims,
            Reviews reviews,
            Readers readers,
            Messages messages,
            Settings settings,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.claims = claims;
        this.reviews = reviews;
        this.readers = readers;
        this.messages = messages;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "drop.review-mails";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean run() {
        // A mail can wait, and the crowd cannot.
        if (claims.rushed()) return false;
        boolean held = Boolean.TRUE.equals(transactions.execute(status -> tellHeld()));
        return Boolean.TRUE.equals(transactions.execute(status -> tellRefused())) || held;
    }

    /** @param free whether it is, or was, about something that costs nothing */
    private record Due(
            UUID brandId, UUID dropId, UUID collectorId, String slug, String nameZh, String nameEn, boolean free) {
        DropId drop() {
            return new DropId(new BrandId(brandId), dropId);
        }
    }

    private boolean tellHeld() {
        List<Due> due = db.sql("""
                select r.brand_id, r.drop_id, r.collector_id, d.slug, d.name_zh, d.name_en, true as free from claim_reviews r
                join drops d on d.brand_id = r.brand_id and d.drop_id = r.drop_id
                where r.decision is null and r.held_told_at is null and exists (
                    select from claims k
                    join drop_stages s on s.brand_id = k.brand_id and s.drop_id = k.drop_id and s.stage_id = k.stage_id and s.price is null
                    where k.brand_id = r.brand_id and k.drop_id = r.drop_id and k.collector_id = r.collector_id
                        and k.serial is not null and k.granted_at is null)
                order by r.held_at limit :most for update of r skip locked
                """).param("most", BATCH).query(Due.class).list();
        for (Due one : due) {
            readers.of(new CollectorId(one.collectorId)).ifPresent(reader -> tellHeld(one, reader));
            told(one, "held_told_at");
        }
        return due.size() == BATCH;
    }

    private void tellHeld(Due due, Readers.Reader reader) {
        Reviews.Review review =
                reviews.of(due.drop(), new CollectorId(due.collectorId)).orElse(null);
        if (review == null || review.until() == null) return;
        Texts t = reader.t();
        messages.write(
                reader.to(),
                t.get("drop.mail.review-held.subject", name(due, t)),
                t.get(
                        "drop.mail.review-held.text",
                        t.list(numbers(due, t)),
                        t.get("drop.review." + review.reason().code()),
                        t.dateTime(review.until()),
                        settings.baseUrl() + "/d/" + due.slug));
    }

    private List<String> numbers(Due due, Texts t) {
        return db.sql("""
                select c.name_zh, c.name_en, k.serial, c.supply from claims k
                join collectibles c on c.brand_id = k.brand_id and c.collectible_id = k.collectible_id
                where k.brand_id = :brand and k.drop_id = :drop and k.collector_id = :collector
                    and k.serial is not null and k.granted_at is null
                order by k.nth
                """)
                .param("brand", due.brandId)
                .param("drop", due.dropId)
                .param("collector", due.collectorId)
                .query((row, n) -> t.quoted(t.of(new Bilingual(row.getString(1), row.getString(2)))) + " "
                        + Supply.number(row.getInt(3), (Integer) row.getObject(4)))
                .list();
    }

    /** Her claims are gone, so it is told from what ended; of what was paid for the mail about her money says it. */
    private boolean tellRefused() {
        List<Due> due = db.sql("""
                select r.brand_id, r.drop_id, r.collector_id, d.slug, d.name_zh, d.name_en,
                    r.held_told_at is not null or exists (
                        select from claims_ended e
                        join drop_stages s on s.brand_id = e.brand_id and s.drop_id = e.drop_id and s.stage_id = e.stage_id and s.price is null
                        where e.brand_id = r.brand_id and e.drop_id = r.drop_id and e.collector_id = r.collector_id
                            and e.ended_at >= r.decided_at) as free
                from claim_reviews r join drops d on d.brand_id = r.brand_id and d.drop_id = r.drop_id
                where r.decision = 'refused' and r.refused_told_at is null
                order by r.decided_at limit :most for update of r skip locked
                """).param("most", BATCH).query(Due.class).list();
        for (Due one : due) {
            if (one.free) readers.of(new CollectorId(one.collectorId)).ifPresent(reader -> tellRefused(one, reader));
            told(one, "refused_told_at");
        }
        return due.size() == BATCH;
    }

    private void tellRefused(Due due, Readers.Reader reader) {
        Reviews.Review review =
                reviews.of(due.drop(), new CollectorId(due.collectorId)).orElse(null);
        if (review == null) return;
        Texts t = reader.t();
        messages.write(
                reader.to(),
                t.get("drop.mail.review-refused.subject", name(due, t)),
                t.get(
                        "drop.mail.review-refused.text",
                        name(due, t),
                        t.get("drop.review." + review.reason().code()),
                        settings.baseUrl() + "/d/" + due.slug));
    }

    private static String name(Due due, Texts t) {
        return t.quoted(t.of(new Bilingual(due.nameZh, due.nameEn)));
    }

    private void told(Due due, String column) {
        db.sql("update claim_reviews set " + column + """
                 = :now where brand_id = :brand and drop_id = :drop and collector_id = :collector
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("brand", due.brandId)
                .param("drop", due.dropId)
                .param("collector", due.collectorId)
                .update();
    }
}
