package vitrine.platform;

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
        db.sql("insert into business_clock (name, offset_seconds) values ('demo', :by) on conflict do nothing")
                .param("by", -by.toSeconds())
                .update();
        readAt = Instant.MIN;
    }

    /** Moves the business time ahead on every node. */
    public void advance(Duration by) {
        if (!movable) throw new IllegalStateException("the business clock of this installation does not move");
        if (by.isNegative()) throw new IllegalArgumentException("the business clock never goes back: " + by);
        db.sql("""
                insert into business_clock (name, offset_seconds) values ('demo', :by)
                on conflict (name) do update set offset_seconds = business_clock.offset_seconds + excluded.offset_seconds
                """).param("by", by.toSeconds()).update();
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
