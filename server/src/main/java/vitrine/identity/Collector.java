package vitrine.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person who holds pieces, or will.
 *
 * @param claimedAt null: made from an order, nobody signed in yet
 * @param handle the public name in addresses, null until she took one
 */
public record Collector(
        CollectorId id,
        @Nullable Instant claimedAt,
        @Nullable String handle,
        @Nullable String displayName,
        String language) {

    public boolean isClaimed() {
        return claimedAt != null;
    }
}
