package vitrine.drop;

import java.util.UUID;
import vitrine.platform.Bilingual;

/**
 * Whom proceeds go to where it is not the brand.
 *
 * @param link its own page; empty: none
 */
public record Cause(UUID id, Bilingual name, String link) {}
