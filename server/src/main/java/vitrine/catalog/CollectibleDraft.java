package vitrine.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
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

    public static final int SUPPLY_MAX = 1_000_000_000;
    public static final int MEDIA_MAX = 12;
    public static final int TRAITS_MAX = 20;
    /** What a text of the manifest may hold (record format, section 2). */
    public static final int TEXT_MAX = 500;

    /** A file that is in the media library already. */
    public record DraftMedia(String role, Hash32 sha256) {}

    /**
     * What keeps a draft from being published.
     *
     * @param where the field
     * @param code stable, and the key of its words
     */
    public record Flaw(String where, String code) {}

    /** With a series or a creator that was only just added; null: as it is. */
    public CollectibleDraft by(@Nullable Series added, @Nullable Creator joined) {
        return new CollectibleDraft(
                brand,
                slug,
                added == null ? series : (UUID) added.id(),
                joined == null ? creator : joined,
                issuer,
                name,
                matter,
                about,
                alt,
                year,
                wall,
                licence,
                supply,
                withheld,
                traits,
                media);
    }

    /** How it stands as its form shows it: the files apart, which come and go one by one beside it. */
    public Mark markOfForm() {
        return Mark.of(List.of(
                Objects.toString(series, ""),
                creator == null ? "" : creator.id(),
                issuer,
                name,
                matter,
                about,
                alt,
                year,
                wall,
                licence,
                Objects.toString(supply, ""),
                withheld,
                traits));
    }

    /** How all of it stands that is published. */
    public Mark mark() {
        return Mark.of(List.of(markOfForm(), media));
    }

    /** With the words of another one; who issues it, its pieces, its files and its licence stay. */
    public CollectibleDraft inWordsOf(CollectibleDraft corrected) {
        return new CollectibleDraft(
                brand,
                slug,
                corrected.series,
                corrected.creator,
                issuer,
                corrected.name,
                corrected.matter,
                corrected.about,
                corrected.alt,
                corrected.year,
                corrected.wall,
                licence,
                supply,
                withheld,
                corrected.traits,
                media);
    }

    /** Everything that is missing, at once, so that a form can say it beside each field. */
    public List<Flaw> flaws() {
        List<Flaw> flaws = new ArrayList<>();
        if (name.zh().isBlank() || name.en().isBlank()) flaws.add(new Flaw("name", "catalog.no-name"));
        if (alt.zh().isBlank() || alt.en().isBlank()) flaws.add(new Flaw("alt", "catalog.no-alt"));
        if (media.stream().noneMatch(m -> m.role().equals("image"))) flaws.add(new Flaw("media", "catalog.no-image"));
        if (issuer.equals("creator") && creator == null) flaws.add(new Flaw("creator", "catalog.no-creator"));
        if (half(licence)) flaws.add(new Flaw("licence", "catalog.half"));
        if (half(matter)) flaws.add(new Flaw("matter", "catalog.half"));
        if (half(about)) flaws.add(new Flaw("about", "catalog.half"));
        if (supply != null && (supply < 1 || supply > SUPPLY_MAX)) flaws.add(new Flaw("supply", "catalog.supply"));
        if (withheld > 0 && (supply == null || withheld >= supply)) flaws.add(new Flaw("withheld", "catalog.withheld"));
        for (int i = 0; i < traits.size(); i++) {
            var trait = traits.get(i);
            if (anyBlank(trait.name()) || anyBlank(trait.value())) {
                flaws.add(new Flaw("traits[" + i + "]", "catalog.trait-half"));
            }
        }
        return flaws;
    }

    /** Said in one language and not in the other. */
    private static boolean half(Bilingual text) {
        return text.zh().isBlank() != text.en().isBlank();
    }

    private static boolean anyBlank(Bilingual text) {
        return text.zh().isBlank() || text.en().isBlank();
    }
}
