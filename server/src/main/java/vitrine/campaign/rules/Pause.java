package vitrine.campaign.rules;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is paid while a campaign pauses earns nothing in it; what was earned before stays. */
public record Pause(Instant from, @Nullable Instant until) {

    public boolean holds(Instant at) {
        return !at.isBefore(from) && (until == null || at.isBefore(until));
    }
}
