package vitrine.catalog;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.proof.Hash32;

/**
 * One design with a supply.
 *
 * @param issuer who stands behind it: {@code brand}, {@code creator}, {@code rights-holder} or {@code house}
 * @param matter material and technique, as on a museum's label
 * @param alt what the picture shows, for those who do not see it
 * @param supply how many pieces it may ever have; null: open
 * @param withheld pieces kept back from the beginning; published
 * @param media its pictures and models, the first image first
 * @param leaf hash of its publication in the log; null for a draft
 */
public record Collectible(
        CollectibleId id,
        String slug,
        Bilingual brandName,
        @Nullable Bilingual series,
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
        List<Trait> traits,
        List<MediaUse> media,
        @Nullable Instant publishedAt,
        @Nullable Hash32 leaf,
        @Nullable UUID record) {

    public record Trait(Bilingual name, Bilingual value) {}

    public record MediaUse(String role, Hash32 sha256, String type, long bytes) {}

    /** What the records of its pieces name. @throws IllegalStateException for a draft */
    public Hash32 manifest() {
        if (leaf == null) throw new IllegalStateException("not published: " + slug);
        return leaf;
    }

    public @Nullable MediaUse first(String role) {
        for (MediaUse use : media) if (use.role().equals(role)) return use;
        return null;
    }
}
