package vitrine.payment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/**
 * One try to pay, as its payer and the staff see it.
 *
 * @param refunded what was given back, is on its way, or is owed
 * @param disputed what her bank took back from us
 * @param other the sum that the gateway speaks of where it is not what was asked for; once that was booked, what was asked for
 */
public record PaymentState(
        PaymentId payment,
        int attempt,
        Way way,
        Money amount,
        Is is,
        boolean late,
        Instant startedAt,
        Instant deadline,
        @Nullable Instant paidAt,
        Money refunded,
        Money disputed,
        @Nullable Money other) {

    /** What there is still to give back. */
    public Money left() {
        return new Money(
                paidAt == null ? 0 : Math.max(0, amount.minor() - refunded.minor() - disputed.minor()),
                amount.currency());
    }

    public enum Is {
        STARTED,
        OPEN,
        PAID,
        CLOSED,
        FAILED,
        /** The gateway refused to give some of it back: our people look at it. */
        OWED,
        REFUNDING,
        REFUNDED
    }
}
