package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Job;

/**
 * Calls those who stand in line, the lowest place first, at the pace of the claims ({@link CallPace}). Whichever node has the row's
 * lock leads, for this step; the others read how far it is.
 */
@Component
class Calls implements Job {

    static final Duration STEP = Duration.ofMillis(500);

    /** While there are so many pieces for each who was called of late, it need not be known exactly who came. */
    static final int ENOUGH = 3;

    private static final int WAITING_LEAST = 50;

    private final JdbcClient db;
    private final Claims claims;
    private final TransactionTemplate transactions;
    private final BusinessClock clock;
    private final ClockCheck clocks;
    private final double aim;
    private final OneByOne<Due> lines = new OneByOne<>("drop.line-not-called");

    Calls(
            JdbcClient db,
            Claims claims,
            TransactionTemplate transactions,
            BusinessClock clock,
            ClockCheck clocks,
            @Value("${vitrine.queue-claims-per-second:100}") double aim) {
        this.db = db;
        this.claims = claims;
        this.transactions = transactions;
        this.clock = clock;
        this.clocks = clocks;
        this.aim = aim;
    }

    @Override
    public String name() {
        return "drop.calls";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(100);
    }

    private record Due(DropId drop, UUID stage) {}

    @Override
    public boolean run() {
        // A pace is of steps of time, and a day ahead would be one step.
        if (clocks.offNow()) return false;
        Instant now = clock.now();
        // Claims that are not written yet: whoever were called now would only wait behind them.
        if (claims.waiting() > Math.max(WAITING_LEAST, aim)) return false;
        lines.each(due(now), now, due -> transactions.executeWithoutResult(status -> step(due, clock.now())));
        return false;
    }

    /** Who waits in a stage that is open and has something to give, and was not looked at in the last half second. */
    private List<Due> due(Instant now) {
        return db.sql("""
                select q.brand_id, q.drop_id, q.stage_id from queues q
                join drop_stages s on s.brand_id = q.brand_id and s.drop_id = q.drop_id and s.stage_id = q.stage_id
                join drops d on d.brand_id = q.brand_id and d.drop_id = q.drop_id
                where q.drawn_at is not null and q.called < q.arrivals and s.mode = 'queue' and d.state = 'published'
                    and s.opens_at <= :now and s.closes_at > :now and s.sold_out_at is null
                    and (q.ticked_at is null or q.ticked_at <= :before)
                """)
                .param("now", Timestamp.from(now))
                .param("before", Timestamp.from(now.minus(STEP)))
                .query((row, n) -> new Due(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getObject(3, UUID.class)))
                .list();
    }

    private record Row(
            int arrivals,
            int called,
            Instant tickedAt,
            int takenThen,
            int taken,
            int room,
            int calledBefore,
            int takenBefore,
            CallPace pace) {}

    private void step(Due due, Instant now) {
        boolean mine = db.sql("""
                select 1 from queues where brand_id = :brand and drop_id = :drop and stage_id = :stage
                    and (ticked_at is null or ticked_at <= :before) for update skip locked
                """)
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("stage", due.stage)
                .param("before", Timestamp.from(now.minus(STEP)))
                .query(Integer.class)
                .optional()
                .isPresent();
        if (!mine) return;
        Row row = db.sql("""
                select q.arrivals, q.called, coalesce(q.ticked_at, :start) as ticked_at, q.taken_then, s.taken,
                    least(coalesce(st.available, 1000000), coalesce(s.cap - s.taken, 1000000)) as room,
                    coalesce(long_ago.up_to, 0) as called_before, coalesce(long_ago.taken, 0) as taken_before,
                    q.claim_rate, q.call_rate, q.slow_rate, q.carried
                from queues q
                join drop_stages s on s.brand_id = q.brand_id and s.drop_id = q.drop_id and s.stage_id = q.stage_id
                join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
                left join lateral (
                    select c.up_to, c.taken from queue_calls c
                    where c.brand_id = q.brand_id and c.drop_id = q.drop_id and c.stage_id = q.stage_id and c.turn_from <= :patience
                    order by c.up_to desc limit 1) long_ago on true
                where q.brand_id = :brand and q.drop_id = :drop and q.stage_id = :stage
                """)
                .param("start", Timestamp.from(now.minus(STEP)))
                .param("patience", Timestamp.from(now.minus(CallPace.PATIENCE)))
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("stage", due.stage)
                .query((r, n) -> new Row(
                        r.getInt("arrivals"),
                        r.getInt("called"),
                        r.getTimestamp("ticked_at").toInstant(),
                        r.getInt("taken_then"),
                        r.getInt("taken"),
                        r.getInt("room"),
                        r.getInt("called_before"),
                        r.getInt("taken_before"),
                        new CallPace(
                                r.getDouble("claim_rate"),
                                r.getDouble("call_rate"),
                                r.getDouble("slow_rate"),
                                r.getDouble("carried"))))
                .single();
        int recently = row.called - row.calledBefore;
        boolean plenty = row.room >= ENOUGH * recently;
        // Holds that ended took away more than came: then nobody is known to have come, and not less than nobody.
        int came = plenty ? Math.max(0, row.taken - row.takenBefore) : claimed(due, row.calledBefore, row.called);
        // Those who claimed may be others, called long ago: then each who was called of late still has her piece to
        // come.
        int room = plenty ? row.room - Math.min(came, recently) : row.room;
        CallPace.Next next = row.pace.after(new CallPace.Seen(
                aim,
                Math.max(0.001, Duration.between(row.tickedAt, now).toNanos() / 1e9),
                row.taken - row.takenThen,
                recently,
                came,
                room,
                row.arrivals - row.called));
        db.sql("""
                with stepped as (
                    update queues set called = called + :calls, ticked_at = :now, taken_then = :taken, claim_rate = :claims,
                        call_rate = :callRate, slow_rate = :slow, carried = :carried
                    where brand_id = :brand and drop_id = :drop and stage_id = :stage
                    returning brand_id, drop_id, stage_id, called)
                insert into queue_calls (brand_id, drop_id, stage_id, called_at, turn_from, up_to, taken)
                select brand_id, drop_id, stage_id, :now, :now, called, :taken from stepped where :calls > 0
                """)
                .param("calls", next.calls())
                .param("now", Timestamp.from(now))
                .param("taken", row.taken)
                .param("claims", next.pace().claims())
                .param("callRate", next.pace().calls())
                .param("slow", next.pace().slowCalls())
                .param("carried", next.pace().carried())
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("stage", due.stage)
                .update();
    }

    /** How many of these places have claimed: asked where the pieces run short, since then each of them is promised to somebody. */
    private int claimed(Due due, int after, int upTo) {
        return db.sql("""
                select count(*)::int from queue_arrivals a
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage and a.place > :after and a.place <= :upTo
                    and exists (
                        select from claims k
                        where k.brand_id = a.brand_id and k.drop_id = a.drop_id and k.collector_id = a.collector_id
                            and k.stage_id = a.stage_id)
                """)
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("stage", due.stage)
                .param("after", after)
                .param("upTo", upTo)
                .query(Integer.class)
                .single();
    }
}
