package vitrine.catalog;

import java.util.UUID;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

public record Series(BrandId brand, UUID id, String slug, Bilingual name) {}
