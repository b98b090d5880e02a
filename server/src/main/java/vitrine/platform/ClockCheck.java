package vitrine.platform;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether this node's clock may decide anything: it is compared with the database's now and then, and in between with the time that
 * has passed since, which no step of the clock changes. So a step is known at once, and not with the next look.
 */
@Component
public class ClockCheck {

    private static final Logger log = LoggerFactory.getLogger(ClockCheck.class);

    /** A clock that is further off does not decide whether a drop is open, nor whether a hold, a payment or a review is over. */
    static final Duration OFF = Duration.ofMillis(250);

    /** So long a worker goes by the last look: no clock drifts far in it. */
    private static final Duration LOOKED = Duration.ofSeconds(5);

    private final JdbcClient db;
    private final Clock clock;
    private final boolean checks;
    private volatile @Nullable Look last;

    /** The last thing that was said of it, so that it is said once. */
    private volatile boolean saidOff;

    /** @param checks {@code off} only where the clock is moved on purpose */
    ClockCheck(JdbcClient db, Clock clock, @Value("${vitrine.clock.check:on}") String checks) {
        this.db = db;
        this.clock = clock;
        this.checks = checks.equals("on");
    }

    /** What the database's clock said in milliseconds, at some moment between these two of {@link System#nanoTime}. */
    private record Look(long theirs, long asked, long answered) {}

    /** By the last look and what has passed since: asks nobody. Whoever decides about a drop has looked at it a moment ago. */
    public boolean off() {
        return isOff(last);
    }

    private boolean isOff(@Nullable Look look) {
        if (!checks || look == null) return false;
        // The claim's hot path: no object is made.
        long before = System.nanoTime();
        long mine = clock.millis();
        long after = System.nanoTime();
        return mine < look.theirs + TimeUnit.NANOSECONDS.toMillis(before - look.answered) - OFF.toMillis()
                || mine > look.theirs + TimeUnit.NANOSECONDS.toMillis(after - look.asked) + 1 + OFF.toMillis();
    }

    /** For a worker, which nobody's look comes before. */
    public boolean offNow() {
        Look look = last;
        if (checks && (look == null || System.nanoTime() - look.answered > LOOKED.toNanos())) look(db);
        return off();
    }

    public void look(JdbcClient on) {
        if (!checks) return;
        long asked = System.nanoTime();
        Instant theirs = on.sql("select clock_timestamp()")
                .query(Timestamp.class)
                .single()
                .toInstant();
        last = new Look(theirs.toEpochMilli(), asked, System.nanoTime());
        boolean off = isOff(last);
        if (off && !saidOff) {
            log.warn(
                    "clock.off: this node opens no drop, and ends no hold, payment or review, until its clock is right again; it says {}, the database {}",
                    clock.instant(),
                    theirs);
        }
        saidOff = off;
    }
}
