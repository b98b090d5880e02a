package vitrine.campaign;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.proof.Json;

/**
 * A campaign as its staff see it.
 *
 * @param slug its public address
 * @param draft what they edit; published versions are rows of their own
 * @param version the newest published one; 0: none yet
 * @param from and {@code until}: the published window
 * @param pausedBecause the message to shoppers, while it pauses
 */
public record Campaign(
        CampaignId id,
        String slug,
        Bilingual name,
        State state,
        Json draft,
        int version,
        @Nullable Instant from,
        @Nullable Instant until,
        @Nullable Instant endedAt,
        @Nullable Bilingual pausedBecause,
        Instant createdAt) {

    public enum State {
        DRAFT,
        /** Published: running, or scheduled where its window lies ahead. */
        PUBLISHED,
        PAUSED,
        ENDED
    }
}
