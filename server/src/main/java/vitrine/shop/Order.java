package vitrine.shop;

import java.time.Instant;
import java.util.Currency;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;

/**
 * An order of any shop in one shape: the present state that all its deliveries, in whatever order they came, add up to.
 *
 * @param key the shop's own id of it; {@code number} is what the buyer sees
 * @param buyer null when the shop told nothing by which the buyer could be known again
 * @param batch the batch of deliveries in which it first reached us, {@code receivedAt} when: who came in one batch came at once
 * @param receiptAt when the buyer had the goods: a delivered message, else fulfilled + the shop's days; null: not yet known.
 *     It may lie ahead of now.
 * @param test a test order: kept and shown, never rewarded
 * @param version rises with each change
 */
public record Order(
        BrandId brand,
        OrderId id,
        ShopId shop,
        String key,
        String number,
        @Nullable BuyerKey buyer,
        Currency currency,
        java.util.UUID batch,
        Instant receivedAt,
        @Nullable Instant paidAt,
        @Nullable Instant receiptAt,
        @Nullable Instant cancelledAt,
        boolean test,
        List<OrderLine> lines,
        int version) {}
