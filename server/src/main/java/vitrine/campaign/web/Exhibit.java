package vitrine.campaign.web;

import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;

/** A collectible as a caption shows it: name, maker and year, matter, number. */
public record Exhibit(
        UUID brandId,
        UUID id,
        String slug,
        String brandSlug,
        Bilingual brand,
        Bilingual name,
        Bilingual matter,
        Bilingual about,
        Bilingual alt,
        Bilingual licence,
        @Nullable Bilingual creator,
        @Nullable String creatorSlug,
        @Nullable Bilingual series,
        @Nullable String seriesSlug,
        String issuerKind,
        int year,
        String wall,
        @Nullable String image,
        boolean cutout,
        @Nullable String model,
        Supply supply) {

    public String href() {
        return "/o/" + slug;
    }

    public @Nullable Picture picture(Texts t) {
        if (image == null) return null;
        var said = t.of(alt);
        return new Picture(image, said.isEmpty() ? t.of(name) : said, cutout);
    }

    /** What stands for all of these where a link to them is passed on: the first picture; null: none has one. */
    static @Nullable Picture first(Stream<Exhibit> exhibits, Texts t) {
        return exhibits.map(exhibit -> exhibit.picture(t))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Who made it: the creator where one is named, else the brand. */
    public String maker(Texts t) {
        return creator != null ? t.of(creator) : t.of(brand);
    }
}
