package vitrine.payment;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/**
 * A buyer's bank asks for her money back, as the staff see it.
 *
 * @param gatewayId as it is called where it is answered
 * @param reason the gateway's code
 * @param dueBy until when the gateway takes an answer
 * @param takenAt when the money was taken from us; null: it was not, so far
 * @param returnedAt when it came back
 */
public record DisputeState(
        UUID id,
        PaymentId payment,
        String gatewayId,
        Money amount,
        String reason,
        Is is,
        Instant openedAt,
        @Nullable Instant dueBy,
        @Nullable Instant takenAt,
        @Nullable Instant returnedAt) {

    public enum Is {
        OPEN,
        REVIEW,
        WON,
        LOST,
        CLOSED
    }

    public boolean isUnderWay() {
        return is == Is.OPEN || is == Is.REVIEW;
    }

    /** The buyer has the money back from her bank, for good. */
    public boolean isLost() {
        return is == Is.LOST && takenAt != null && returnedAt == null;
    }
}
