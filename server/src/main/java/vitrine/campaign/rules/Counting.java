package vitrine.campaign.rules;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import vitrine.shop.OrderRef;

/** An order that counts, with how much: all that the offer still needs of it. */
public record Counting(
        OrderRef order, Instant paidAt, @Nullable Instant receiptAt, long counted) {}
