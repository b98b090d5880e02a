package vitrine.simulate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time of the world: it stands still until it is moved, and all nodes see the same. */
final class HandClock extends Clock {

    private volatile Instant now;

    HandClock(Instant now) {
        this.now = now;
    }

    void moveTo(Instant then) {
        if (then.isBefore(now)) throw new IllegalArgumentException("time goes one way: " + then);
        now = then;
    }

    void move(Duration by) {
        moveTo(now.plus(by));
    }

    /** Only between two worlds. */
    void beginAgain(Instant then) {
        now = then;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
