package vitrine.campaign.rules;

import java.time.Instant;

/** By time of payment: {@code from} is inside, {@code until} is not. */
public record Window(Instant from, Instant until) {

    public boolean holds(Instant at) {
        return !at.isBefore(from) && at.isBefore(until);
    }

    public boolean includes(Window other) {
        return !from.isAfter(other.from) && !until.isBefore(other.until);
    }
}
