package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.proof.Json;

/**
 * Writes the events of what nobody does by hand: that a stage has sold out and that a drop has ended. Each is told once, by whichever
 * node sets its mark first, and no claim waits for it.
 */
@Component
class DropNews implements Job {

    private static final int BATCH = 100;

    private final JdbcClient db;
    private final HotLocks locks;
    private final TransactionTemplate transactions;
    private final Events events;
    private final Ids ids;
    private final BusinessClock clock;
    private final ClockCheck clocks;

    DropNews(
            JdbcClient db,
            HotLocks locks,
            TransactionTemplate transactions,
            Events events,
            Ids ids,
            BusinessClock clock,
            ClockCheck clocks) {
        this.db = db;
        this.locks = locks;
        this.transactions = transactions;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.clocks = clocks;
    }

    @Override
    public String name() {
        return "drop.news";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    /** @param stage the stage that sold out; for the end of a drop, the drop itself */
    private record Due(UUID brandId, UUID dropId, String slug, UUID stage) {}

    @Override
    public boolean run() {
        // What is told is told for good, and that a drop is over the clock says.
        if (clocks.offNow()) return false;
        boolean told = false;
        for (Due due : soldOut()) told |= Boolean.TRUE.equals(transactions.execute(status -> tellSoldOut(due)));
        // Whoever reads on hears that it sold out before it hears that it ended.
        for (Due due : ended()) told |= Boolean.TRUE.equals(transactions.execute(status -> tellEnd(due)));
        return told;
    }

    /**
     * A stage without holds mostly says so itself. Any has sold out when nothing is left for it and nobody can give a unit back: one that
     * has its cap only its own people, any other whoever holds of its stock, or has of it what somebody still looks at.
     */
    private static final String GAVE_ITS_LAST =
            """
            (s.sold_out_at is not null or s.taken > 0 and (
                s.taken = s.cap and not exists (
                    select from claims k
                    where k.brand_id = s.brand_id and k.hold_until is not null and k.drop_id = s.drop_id and k.stage_id = s.stage_id)
                and not exists (""" + ClaimSql.DOUBTED + """
            )
                or exists (
                    select from stock st
                    where st.brand_id = s.brand_id and st.collectible_id = s.collectible_id and st.available = 0)
                and not exists (""" + ClaimSql.MAY_COME_BACK_TO_ITS_STOCK + """
            )))
            """;

    private List<Due> soldOut() {
        return db.sql("""
                select d.brand_id, d.drop_id, d.slug, s.stage_id as stage from drops d
                join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
                where d.state <> 'draft' and d.told_end_at is null and s.told_sold_out_at is null and
                """ + GAVE_ITS_LAST + """
                order by d.drop_id, s.nth limit :most
                """)
                .param("most", BATCH)
                .query(Due.class)
                .list();
    }

    /**
     * From here on for good, with holds too: a piece that is withdrawn later opens no stage again. Under the stage's lock it is looked at
     * again: a unit may have come back, and have been taken, since.
     */
    private boolean tellSoldOut(Due due) {
        locks.stage(new DropId(new BrandId(due.brandId), due.dropId), due.stage);
        Instant now = clock.now();
        Optional<Json.Obj> facts = db.sql("""
                update drop_stages s set told_sold_out_at = :now, sold_out_at = coalesce(s.sold_out_at, :now)
                where s.brand_id = :brand and s.drop_id = :drop and s.stage_id = :stage and s.told_sold_out_at is null and
                    """ + GAVE_ITS_LAST + """
                returning s.taken, (
                    select c.slug from collectibles c where c.brand_id = s.brand_id and c.collectible_id = s.collectible_id) as collectible
                """)
                .param("now", Timestamp.from(now))
                .param("brand", due.brandId)
                .param("drop", due.dropId)
                .param("stage", due.stage)
                .query((row, n) -> Json.object(
                        "drop", Json.of(due.dropId.toString()),
                        "stage", Json.of(due.stage.toString()),
                        "collectible", Json.of(row.getString("collectible")),
                        "taken", Json.of(row.getInt("taken"))))
                .optional();
        facts.ifPresent(f -> write(due, "drop.sold-out", f, now));
        return facts.isPresent();
    }

    /** By hand, or because the last stage closed, so long ago that no claim of it is still to be committed. */
    private List<Due> ended() {
        return db.sql("""
                select d.brand_id, d.drop_id, d.slug, d.drop_id as stage from drops d
                where d.told_end_at is null and (d.state = 'ended' or d.state in ('published', 'paused') and not exists (
                    select from drop_stages s where s.brand_id = d.brand_id and s.drop_id = d.drop_id and s.closes_at > :settled))
                order by d.drop_id limit :most
                """)
                .param("settled", Timestamp.from(clock.now().minus(Claims.SETTLED)))
                .param("most", BATCH)
                .query(Due.class)
                .list();
    }

    private boolean tellEnd(Due due) {
        locks.drop(new DropId(new BrandId(due.brandId), due.dropId));
        Instant now = clock.now();
        int marked = db.sql("""
                update drops set told_end_at = :now where brand_id = :brand and drop_id = :drop and told_end_at is null
                """)
                .param("now", Timestamp.from(now))
                .param("brand", due.brandId)
                .param("drop", due.dropId)
                .update();
        if (marked == 0) return false;
        // Under the drop's lock, in a new statement: what it counts is what was given. A hold may still end.
        Json.Obj facts = db.sql("""
                select (select coalesce(sum(s.taken), 0) from drop_stages s where s.brand_id = :brand and s.drop_id = :drop) as taken,
                    (select count(*) from claims k
                    where k.brand_id = :brand and k.hold_until is not null and k.drop_id = :drop) as held
                """)
                .param("brand", due.brandId)
                .param("drop", due.dropId)
                .query((row, n) -> Json.object(
                        "drop", Json.of(due.dropId.toString()),
                        "taken", Json.of(row.getInt("taken")),
                        "held", Json.of(row.getInt("held"))))
                .single();
        write(due, "drop.ended", facts, now);
        return true;
    }

    private void write(Due due, String type, Json.Obj facts, Instant now) {
        events.publish(List.of(new Event(new BrandId(due.brandId), ids.next(), type, due.slug, facts.text(), now)));
    }
}
