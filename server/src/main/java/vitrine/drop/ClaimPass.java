package vitrine.drop;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.identity.CollectorId;

/**
 * What a session and an eligibility check came to, to be shown at the claim in their place.
 *
 * @param person 16 bytes that are one human's, whatever collectors he is; null where that is not checked
 * @param limit how many of the drop's pieces this person may have in this stage
 * @param ticket the place in line that was called; 0 where nobody stands in line
 * @param nonce 8 bytes, the same in every pass of this collector for this drop, so that a claim that is made again from another
 *     tab or device is recognised; of a ticket, for this stage
 */
record ClaimPass(
        DropId drop,
        UUID stage,
        CollectorId collector,
        byte @Nullable [] person,
        int limit,
        int ticket,
        long nonce,
        Instant end) {

    @Override
    public boolean equals(Object other) {
        return other instanceof ClaimPass that
                && drop.equals(that.drop)
                && stage.equals(that.stage)
                && collector.equals(that.collector)
                && Arrays.equals(person, that.person)
                && limit == that.limit
                && ticket == that.ticket
                && nonce == that.nonce
                && end.equals(that.end);
    }

    @Override
    public int hashCode() {
        return Objects.hash(drop, stage, collector, nonce);
    }
}
