package vitrine.campaign.rules;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.shop.OrderRef;

/**
 * An order that counts, with how much: all that the offer still needs of it.
 *
 * @param boughtAs under which id of hers it counted first; a person who was known as two has orders of both
 */
public record Counting(
        OrderRef order, Instant paidAt, @Nullable Instant receiptAt, long counted, UUID boughtAs) {

    private static final UUID ALWAYS_ONE = new UUID(0, 0);

    /** Of somebody who was never known as two. */
    public Counting(OrderRef order, Instant paidAt, @Nullable Instant receiptAt, long counted) {
        this(order, paidAt, receiptAt, counted, ALWAYS_ONE);
    }
}
