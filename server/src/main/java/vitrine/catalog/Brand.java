package vitrine.catalog;

import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** Who issues; or the house, the operator itself. {@code wall} is the paint behind its objects (a token of the look). */
public record Brand(BrandId id, Kind kind, String slug, Bilingual name, Bilingual about, String wall) {
    public enum Kind {
        HOUSE,
        BRAND
    }
}
