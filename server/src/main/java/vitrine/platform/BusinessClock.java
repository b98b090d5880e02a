package vitrine.platform;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The time of the business: campaigns' windows, waiting times, receipts. It is the real clock, except that a demo may move it
 * ahead, never back. Sessions, signatures' ages and the log use the real {@link Clock}.
 */
@Component
public class BusinessClock {

    private static final Duration REREAD = Duration.ofMillis(500);

    private final Clock clock;
    private final JdbcClient db;
    private final boolean movable;
    private volatile Duration ahead = Duration.ZERO;
    private volatile Instant readAt = Instant.MIN;

    BusinessClock(
            Clock clock, JdbcClient db, Settings settings, @Value("${vitrine.clock.movable:false}") boolean movable) {
        this.clock = clock;
        this.db = db;
        this.movable = movable || settings.get(Setting.DEMO).equals("on");
    }

    public Instant now() {
        return clock.instant().plus(movable ? ahead() : Duration.ZERO);
    }

    public boolean isMovable() {
        return movable;
    }

    /** Begins a demonstration some time ago, so that it can live through that time until today. Only before anything happened. */
    public void beginBehind(Duration by) {
        if (!movable) throw new IllegalStateException("the business clock of this installation does not move");
        moved(
                "insert into business_clock (name, offset_seconds) values ('demo', :by) on conflict do nothing",
                by.negated());
    }

    /** Moves the business time ahead on every node. */
    public void advance(Duration by) {
        if (!movable) throw new IllegalStateException("the business clock of this installation does not move");
        if (by.isNegative()) throw new IllegalArgumentException("the business clock never goes back: " + by);
        moved("""
                insert into business_clock (name, offset_seconds) values ('demo', :by)
                on conflict (name) do update set offset_seconds = business_clock.offset_seconds + excluded.offset_seconds
                """, by);
    }

    /** The business time that it was when the real clock said this: to show what the log and its witnesses wrote. */
    public Instant at(Instant real) {
        if (!movable) return real;
        return real.plusSeconds(db.sql("""
                select offset_seconds from business_clock_moves where name = 'demo' and moved_at <= :at
                order by moved_at desc limit 1
                """)
                .param("at", Timestamp.from(real))
                .query(Long.class)
                .optional()
                .orElse(0L));
    }

    private void moved(String how, Duration by) {
        db.sql("with moved as (" + how + """
                 returning name, offset_seconds)
                insert into business_clock_moves (name, moved_at, offset_seconds) select name, :now, offset_seconds from moved
                on conflict on constraint business_clock_moves_pk do update set offset_seconds = excluded.offset_seconds
                """)
                .param("by", by.toSeconds())
                .param("now", Timestamp.from(clock.instant()))
                .update();
        readAt = Instant.MIN;
    }

    private Duration ahead() {
        Instant now = clock.instant();
        if (now.isBefore(readAt.plus(REREAD)) && !now.isBefore(readAt)) return ahead;
        ahead = db.sql("select offset_seconds from business_clock where name = 'demo'")
                .query(Long.class)
                .optional()
                .map(Duration::ofSeconds)
                .orElse(Duration.ZERO);
        readAt = now;
        return ahead;
    }
}
