package vitrine.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person who holds pieces, or will.
 *
 * @param claimedAt null: made from an order, nobody signed in yet
 * @param handle the name in addresses, null until she took one
 * @param isPublic whether she opened her showroom to everyone
 */
public record Collector(
        CollectorId id,
        @Nullable Instant claimedAt,
        @Nullable String handle,
        @Nullable String displayName,
        String language,
        boolean isPublic) {

    public boolean isClaimed() {
        return claimedAt != null;
    }
}
