package vitrine.campaign.rules;

/**
 * What keeps a draft from being published.
 *
 * @param code stable, and the key of its words
 * @param where the field, as in {@code offers[0].tiers[1].from}
 * @param got what stands there
 */
public record Problem(String code, String where, String got) {}
