package vitrine.payment;

import java.time.Instant;
import java.util.UUID;
import vitrine.platform.Money;

/**
 * Money that came in and waits for what it was for.
 *
 * @param late it came after the payment was closed: what it was for may be gone
 */
public record Settled(
        PaymentId payment,
        UUID purpose,
        int attempt,
        UUID payer,
        Money amount,
        Way way,
        Instant paidAt,
        boolean late) {}
