package vitrine.shop;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that a shop sent and that was kept.
 *
 * @param id the shop's own id of it; {@code reconcile:…} when we fetched it ourselves
 * @param reason why nothing of it was used, as a stable word or a short sentence about fields; null when it was
 * @param orderKey the shop's id of the order that it is about
 */
public record Delivery(
        ShopId shop,
        String id,
        UUID batch,
        Instant receivedAt,
        String topic,
        State state,
        @Nullable String reason,
        @Nullable String orderKey) {

    public enum State {
        /** Kept, and its order is about to be brought up to date. */
        RECEIVED,
        /** Its order says what it said. */
        FOLDED,
        /** Understood, and nothing for us in it. */
        IGNORED,
        /** JSON, but not what this kind of shop says it sends; can be replayed when we have learned to read it. */
        UNREADABLE
    }

    /** Where a list goes on after this one. */
    public String cursor() {
        return batch + "/" + shop + "/" + id;
    }
}
