package vitrine.payment;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/** One try to pay, as its row says. */
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
}
