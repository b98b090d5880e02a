package vitrine.ownership.web;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Texts;

/**
 * A piece as a room shows it.
 *
 * @param own this number's own name, where each piece is different; null: it has none
 * @param issuerKind who stands behind it: {@code brand}, {@code creator}, {@code rights-holder} or {@code house}
 * @param opened null while it still lies in its wrapping
 * @param state owned, returned or retired
 * @param recordLeaf hash of its newest record, which its seal is drawn from
 * @param recordIndex where that record stands in the signed log; null: not sealed yet
 */
public record OwnedPiece(
        UUID brandId,
        UUID collectibleId,
        String slug,
        int serial,
        @Nullable Integer supply,
        String brandSlug,
        Bilingual brand,
        Bilingual name,
        @Nullable Bilingual own,
        Bilingual matter,
        Bilingual about,
        Bilingual alt,
        @Nullable Bilingual creator,
        @Nullable Bilingual series,
        @Nullable String seriesSlug,
        String issuerKind,
        int year,
        String wall,
        @Nullable String image,
        boolean cutout,
        @Nullable String model,
        String state,
        @Nullable UUID owner,
        @Nullable String ownerHandle,
        @Nullable String ownerName,
        String giftPolicy,
        Instant granted,
        @Nullable Instant opened,
        @Nullable LocalDate shared,
        byte[] recordLeaf,
        @Nullable Long recordIndex) {

    /** As in addresses: {@code moonrise-17}. */
    public String address() {
        return slug + "-" + serial;
    }

    public String href() {
        return "/p/" + address();
    }

    public boolean wrapped() {
        return opened == null;
    }

    public boolean sealed() {
        return recordIndex != null;
    }

    public @Nullable Picture picture(Texts t) {
        if (image == null) return null;
        var said = t.of(alt);
        return new Picture(image, said.isEmpty() ? t.of(name) : said, cutout);
    }

    public String maker(Texts t) {
        return creator != null ? t.of(creator) : t.of(brand);
    }

    public PieceNumber number() {
        return new PieceNumber(new CollectibleId(new BrandId(brandId), collectibleId), serial);
    }

    /** Her room's name, where she opened it to everyone and shows this piece in it. */
    public @Nullable String shownOwner() {
        if (ownerHandle == null) return null;
        return ownerName == null || ownerName.isBlank() ? ownerHandle : ownerName;
    }
}
