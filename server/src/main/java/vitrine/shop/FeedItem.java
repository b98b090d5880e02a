package vitrine.shop;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Money;

/**
 * One row of a product feed, as the Merchant product data specification has it.
 *
 * @param id the feed's own, unique in it
 * @param product what the shop's orders call the product, as far as the id and the group say it
 * @param sku what the shop's orders call the variant; empty: the feed does not say it
 * @param isVariant one of several of a group
 * @param types the words of {@code product_type}, from the widest to the narrowest
 * @param maker {@code brand}
 * @param sale the lower price; null: there is none
 * @param saleFrom null: from now on
 * @param saleUntil null: for good
 */
record FeedItem(
        String id,
        String product,
        String sku,
        boolean isVariant,
        String title,
        List<String> types,
        String maker,
        Money price,
        @Nullable Money sale,
        @Nullable Instant saleFrom,
        @Nullable Instant saleUntil,
        Availability availability,
        String link,
        @Nullable String picture) {}
