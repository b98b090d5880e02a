package vitrine.shop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line as it was paid, less what went back.
 *
 * @param vendor the maker or brand of the goods, as the shop names it
 * @param quantity units paid for, at payment
 * @param paidMinor what was paid for those goods after discounts, without shipping, in minor units of the order's currency
 * @param returned units that went back
 * @param refundedMinor what no longer counts: returned goods at what was paid for them, even where less money went back; an
 *     amount-only refund is spread over the lines by paid share
 * @param grew what an edit added after payment (units, minor units), and when; counts only when the edit lies in the offer's window
 */
public record OrderLine(
        String id,
        String sku,
        String product,
        String title,
        String category,
        String vendor,
        int quantity,
        long paidMinor,
        int returned,
        long refundedMinor,
        @Nullable Growth grew) {

    public record Growth(int units, long minor, Instant at) {}
}
