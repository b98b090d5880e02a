package vitrine.shop;

import org.jspecify.annotations.Nullable;

/**
 * A genuine delivery on its way into the database.
 *
 * @param state {@code readable} (then with facts), {@code ignored} or {@code unreadable} (then with a reason)
 */
record Delivered(
        Shop shop,
        String deliveryId,
        String topic,
        String state,
        @Nullable String reason,
        @Nullable String orderKey,
        @Nullable String facts,
        byte[] body) {}
