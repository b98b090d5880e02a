package vitrine.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/** Throws away what nobody can use any more: old sign-ins and counts of tries. */
@Component
class Janitor implements Job {

    private final SignIns signIns;
    private final Attempts attempts;
    private final Clock clock;

    Janitor(SignIns signIns, Attempts attempts, Clock clock) {
        this.signIns = signIns;
        this.attempts = attempts;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "identity-janitor";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public boolean run() {
        Instant yesterday = clock.instant().minus(Duration.ofDays(1));
        signIns.forget(yesterday);
        attempts.forget(yesterday);
        return false;
    }
}
