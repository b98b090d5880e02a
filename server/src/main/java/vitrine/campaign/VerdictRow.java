package vitrine.campaign;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.identity.CollectorId;
import vitrine.shop.OrderRef;

/**
 * What one offer said to one order when it last looked.
 *
 * @param boughtAs under which id of hers it counted first: another one, where she was joined since
 * @param orderName the shop and the shop's own id of the order: the root of the reasons of its entitlements
 * @param orderVersion of the order as it was judged
 * @param counted minor units or units of goods; 0 where nothing counts
 * @param numbers and {@code lines}: canonical JSON
 */
record VerdictRow(
        UUID offer,
        OrderRef order,
        CollectorId collector,
        CollectorId boughtAs,
        String orderName,
        int orderVersion,
        int rulesVersion,
        String code,
        long counted,
        String numbers,
        String lines,
        UUID batch,
        Instant receivedAt,
        @Nullable Instant paidAt,
        @Nullable Instant receiptAt) {

    VerdictRow saying(String code, String numbers) {
        return new VerdictRow(
                offer,
                order,
                collector,
                boughtAs,
                orderName,
                orderVersion,
                rulesVersion,
                code,
                counted,
                numbers,
                lines,
                batch,
                receivedAt,
                paidAt,
                receiptAt);
    }

    /** Whether a reader would see the same. */
    boolean reads(VerdictRow other) {
        return code.equals(other.code)
                && counted == other.counted
                && numbers.equals(other.numbers)
                && lines.equals(other.lines);
    }
}
