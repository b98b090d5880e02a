package vitrine.catalog;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Hash32;

/** What staff wrote of a collectible that is not published yet. */
public record CollectibleDraft(
        BrandId brand,
        String slug,
        @Nullable UUID series,
        @Nullable Creator creator,
        String issuer,
        Bilingual name,
        Bilingual matter,
        Bilingual about,
        Bilingual alt,
        int year,
        String wall,
        Bilingual licence,
        @Nullable Integer supply,
        int withheld,
        List<Collectible.Trait> traits,
        List<DraftMedia> media) {

    /** A file that is in the media library already. */
    public record DraftMedia(String role, Hash32 sha256) {}
}
