package vitrine.payment;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/**
 * One try to pay, as its row says.
 *
 * @param disputed what her bank took back from us
 * @param other the sum that the gateway speaks of where that is not what was asked for; once it was booked, the sum that was asked for
 */
record Payment(
        PaymentId id,
        UUID purpose,
        int attempt,
        UUID payer,
        Way way,
        Money amount,
        String title,
        @Nullable UUID cause,
        State state,
        @Nullable String gatewayId,
        @Nullable String shown,
        boolean late,
        long refunded,
        long disputed,
        @Nullable Money other,
        Instant deadline,
        Instant startedAt,
        @Nullable Instant paidAt,
        boolean takenUp,
        boolean closeWanted,
        int asked) {

    enum State {
        STARTED,
        OPEN,
        PAID,
        CLOSED,
        FAILED
    }

    /** The gateway may still take money for it. */
    boolean isUnderWay() {
        return state == State.STARTED || state == State.OPEN;
    }

    boolean isPaid() {
        return state == State.PAID;
    }

    /** Paid with what was asked for; another sum buys nothing, and goes back. */
    boolean isPaidRightly() {
        return isPaid() && other == null;
    }

    /** What there is still to give back. */
    Money left() {
        return new Money(Math.max(0, amount.minor() - refunded - disputed), amount.currency());
    }
}
