package vitrine.catalog;

import java.util.UUID;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** Artist, designer or virtual human, listed by a brand or by the house. */
public record Creator(BrandId brand, UUID id, String slug, Bilingual name, Bilingual about, boolean virtual) {}
