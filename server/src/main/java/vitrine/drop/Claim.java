package vitrine.drop;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One person's taking.
 *
 * @param nth the person's first, second … of this drop
 * @param serial null while it is held
 * @param holdUntil null once it is a piece
 * @param unit the number that was chosen, held or given; null where nobody chooses
 */
public record Claim(
        UUID id,
        UUID stage,
        int nth,
        @Nullable Integer serial,
        Instant claimedAt,
        @Nullable Instant holdUntil,
        @Nullable Integer unit) {}
