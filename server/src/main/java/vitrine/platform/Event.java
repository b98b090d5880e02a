package vitrine.platform;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened to a brand's thing: {@code piece.granted}, {@code campaign.published}.
 *
 * @param subject what it happened to, as a stable text (a piece is {@code moonrise-17})
 * @param body JSON object, with ids and the facts that a listener needs; nothing personal
 */
public record Event(BrandId brand, UUID id, String type, String subject, String body, Instant happenedAt) {}
