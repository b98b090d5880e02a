package vitrine.payment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/**
 * One try to pay, as its payer and the staff see it.
 *
 * @param refunded what was given back, or is on its way
 * @param refunding whether some of it is still on its way
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
        boolean refunding) {

    public enum Is {
        STARTED,
        OPEN,
        PAID,
        CLOSED,
        FAILED,
        REFUNDING,
        REFUNDED
    }
}
