package vitrine.shop;

import java.time.Instant;
import java.util.Currency;
import org.jspecify.annotations.Nullable;
import vitrine.platform.BrandId;

/**
 * A brand's shop outside.
 *
 * @param source {@code shopify}, {@code woocommerce}, {@code saleor} or {@code standard}
 * @param slug the last word of its inbox address
 * @param receiptDays goods count as received so many days after they were sent, where the source says nothing of delivery
 * @param apiUrl where its orders can be read, null when nobody told
 * @param reconciledUntil up to here its own list of orders was read
 */
public record Shop(
        BrandId brand,
        ShopId id,
        String source,
        String slug,
        String name,
        Currency currency,
        int receiptDays,
        @Nullable String apiUrl,
        @Nullable Instant reconciledUntil,
        Instant createdAt) {

    public String inboxPath() {
        return "/in/" + source + "/" + slug;
    }
}
