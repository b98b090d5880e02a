package vitrine.campaign;

import org.jspecify.annotations.Nullable;

/**
 * A change that takes something from participants.
 *
 * @param code stable, and the key of its words
 * @param offer the offer's id; null where it is the campaign's dates
 * @param published what was promised, {@code draft} what would stand there instead
 */
public record Hurt(String code, @Nullable String offer, String published, String draft) {}
