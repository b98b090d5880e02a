package vitrine.catalog;

import java.util.UUID;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/** Artist, designer or virtual human, listed by a brand or by the house. */
public record Creator(BrandId brand, UUID id, String slug, Bilingual name, Bilingual about, boolean virtual) {

    /**
     * Of {@code creators cr}, in SQL: whether anybody may see her. Whom a brand works with is its own business until a work is shown,
     * or an exhibition with this host.
     */
    public static final String IS_SHOWN = """
            (exists (select from collectibles shown where shown.creator_brand = cr.brand_id and shown.creator_id = cr.creator_id
                and shown.published_at is not null)
            or exists (select from exhibitions hosted where hosted.host_brand_id = cr.brand_id and hosted.host_id = cr.creator_id
                and hosted.opened_at is not null))
            """;
}
