package vitrine.catalog;

import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** Who issues; or the house, the operator itself. {@code wall} is the paint behind its objects (a token of the look). */
public record Brand(BrandId id, Kind kind, String slug, Bilingual name, Bilingual about, String wall) {

    /** Of {@code brands b}, in SQL: whether it has a wall of its own. */
    public static final String HAS_WORKS = """
            exists (select from collectibles shown where shown.brand_id = b.brand_id and shown.published_at is not null)
            """;

    /**
     * The same: whether anybody may see it. A client that was let in and has announced nothing is found by nobody, at no address; the
     * house has nothing to announce.
     */
    public static final String IS_SHOWN = "(b.kind = 'house' or " + HAS_WORKS + ")";

    public enum Kind {
        HOUSE,
        BRAND
    }
}
