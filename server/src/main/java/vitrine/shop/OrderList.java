package vitrine.shop;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a kind of shop is asked for the orders that changed. */
interface OrderList {

    /** The same word as its {@link Source}. */
    String source();

    /**
     * One page of the orders that changed at {@code since} or later.
     *
     * @param cursor where an earlier page said that the list goes on; null: from its beginning
     */
    Answer page(KnownShop shop, Instant since, @Nullable String cursor, ShopHttp http)
            throws IOException, InterruptedException;

    /** Does this kind's order leave out when it was paid, and can the shop be asked for it? */
    default boolean knowsPaymentsApart() {
        return false;
    }

    /** The topic of a note (order_id, asked_at) that the shop was asked in vain. */
    default String notTold() {
        throw new IllegalStateException(source() + " tells with the order when it was paid");
    }

    /** What the shop knows of the payments of one order, as messages of their own: a page without a next one. */
    default Answer payments(KnownShop shop, String orderKey, ShopHttp http) throws IOException, InterruptedException {
        throw new IllegalStateException(source() + " tells with the order when it was paid");
    }

    sealed interface Answer {
        /**
         * @param topic under which the source reads such a message
         * @param next null: this was the last page
         */
        record Page(
                String topic,
                List<Changed> orders,
                @Nullable String next) implements Answer {}

        /** The shop wants to be left alone for a while. */
        record Later(Duration pause) implements Answer {}

        /** @param reason a stable word for staff: {@code unauthorized}, {@code status-500}, {@code not-json} */
        record Failed(String reason, boolean cursorIsStale) implements Answer {}
    }

    record Changed(String key, @Nullable Long at, JsonNode message) {}
}
