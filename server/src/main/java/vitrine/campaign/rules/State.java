package vitrine.campaign.rules;

import java.util.Locale;
import java.util.Set;

/** Where an entitlement stands. */
public enum State {
    /** On the waiting list: earned, and no unit of stock was left. */
    WAITING,
    /** Earned, a unit is held for it; waits for receipt and the waiting time. */
    PENDING,
    /** Due: the piece is awarded next. */
    RIPE,
    GRANTED,
    /** The order went back, in whole or in part, before the piece was given; or staff withdrew it. */
    LAPSED,
    /** The order went back afterwards, and so did the piece. */
    REVOKED,
    /** The order went back and the piece stayed, for it had been opened or given away; counts against the next gift. */
    KEPT;

    /** Everything that may follow. A right that ended does not come back: what is earned anew is a new one. */
    public Set<State> next() {
        return switch (this) {
            case WAITING -> Set.of(PENDING, RIPE, LAPSED);
            case PENDING -> Set.of(RIPE, LAPSED);
            case RIPE -> Set.of(GRANTED, LAPSED);
            case GRANTED -> Set.of(REVOKED, KEPT);
            case LAPSED, REVOKED, KEPT -> Set.of();
        };
    }

    public State to(State then) {
        if (!next().contains(then)) throw new IllegalStateException(this + " cannot become " + then);
        return then;
    }

    /** Counts as a piece that its collector has or will have by right. */
    public boolean isLive() {
        return this == WAITING || this == PENDING || this == RIPE || this == GRANTED;
    }

    /** A unit of stock is held for it. */
    public boolean holdsUnit() {
        return this == PENDING || this == RIPE;
    }

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static State of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
