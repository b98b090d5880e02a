package vitrine.campaign.desk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.Creator;
import vitrine.catalog.Series;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;

/**
 * A collectible's draft as the fields of a form. What cannot be read is kept as it was typed and said beside its field.
 *
 * @param series id, or empty
 * @param creator {@code BRAND/ID}, or empty
 * @param supplyKind {@code limited} or {@code open}
 */
public record DesignForm(
        String nameZh,
        String nameEn,
        String series,
        String newSeriesZh,
        String newSeriesEn,
        String issuer,
        String creator,
        String newCreatorZh,
        String newCreatorEn,
        boolean newCreatorVirtual,
        String matterZh,
        String matterEn,
        String aboutZh,
        String aboutEn,
        String altZh,
        String altEn,
        String year,
        String wall,
        String licenceZh,
        String licenceEn,
        String supplyKind,
        String supply,
        String withheld,
        List<TraitForm> traits) {

    public static final List<String> WALLS = List.of("plain", "moss", "ochre", "lotus", "indigo", "night");
    public static final List<String> ISSUERS = List.of("brand", "creator", "rights-holder", "house");

    public record TraitForm(String nameZh, String nameEn, String valueZh, String valueEn) {
        boolean isEmpty() {
            return (nameZh + nameEn + valueZh + valueEn).isBlank();
        }
    }

    /** What became of a form: a draft, or a code of words for each field that cannot be read. */
    sealed interface Reading {
        record Whole(CollectibleDraft draft) implements Reading {}

        record Unreadable(Map<String, String> codes) implements Reading {}
    }

    static DesignForm of(CollectibleDraft d) {
        Creator maker = d.creator();
        Integer pieces = d.supply();
        return new DesignForm(
                d.name().zh(),
                d.name().en(),
                d.series() == null ? "" : d.series().toString(),
                "",
                "",
                d.issuer(),
                maker == null ? "" : value(maker),
                "",
                "",
                false,
                d.matter().zh(),
                d.matter().en(),
                d.about().zh(),
                d.about().en(),
                d.alt().zh(),
                d.alt().en(),
                String.valueOf(d.year()),
                d.wall(),
                d.licence().zh(),
                d.licence().en(),
                pieces == null ? "open" : "limited",
                pieces == null ? "" : String.valueOf(pieces),
                String.valueOf(d.withheld()),
                d.traits().stream()
                        .map(t -> new TraitForm(
                                t.name().zh(),
                                t.name().en(),
                                t.value().zh(),
                                t.value().en()))
                        .toList());
    }

    /** What somebody wrote herself, by the message key of its label; what is empty is left out. */
    public Map<String, String> texts() {
        Map<String, String> texts = new java.util.LinkedHashMap<>();
        texts.put("desk.field.name-zh", nameZh);
        texts.put("desk.field.name-en", nameEn);
        texts.put("desk.field.about-zh", aboutZh);
        texts.put("desk.field.about-en", aboutEn);
        texts.put("desk.design.alt-zh", altZh);
        texts.put("desk.design.alt-en", altEn);
        texts.put("desk.design.matter-zh", matterZh);
        texts.put("desk.design.matter-en", matterEn);
        texts.put("desk.design.year", year);
        texts.put("desk.design.pieces", supplyKind.equals("open") ? "" : supply);
        texts.put("desk.design.withheld", withheld);
        texts.put("desk.design.licence-zh", licenceZh);
        texts.put("desk.design.licence-en", licenceEn);
        texts.put(
                "desk.design.traits",
                traits.stream()
                        .filter(trait -> !trait.isEmpty())
                        .map(trait ->
                                String.join(" · ", trait.nameZh(), trait.nameEn(), trait.valueZh(), trait.valueEn()))
                        .collect(java.util.stream.Collectors.joining("; ")));
        texts.values().removeIf(String::isBlank);
        return texts;
    }

    /** Its words, and of the rest what {@code whole} says: a published collectible keeps that. */
    DesignForm inWordsOver(DesignForm whole) {
        return new DesignForm(
                nameZh,
                nameEn,
                series,
                "",
                "",
                whole.issuer,
                creator,
                "",
                "",
                false,
                matterZh,
                matterEn,
                aboutZh,
                aboutEn,
                altZh,
                altEn,
                year,
                wall,
                whole.licenceZh,
                whole.licenceEn,
                whole.supplyKind,
                whole.supply,
                whole.withheld,
                traits);
    }

    DesignForm withTraits(List<TraitForm> changed) {
        return new DesignForm(
                nameZh,
                nameEn,
                series,
                newSeriesZh,
                newSeriesEn,
                issuer,
                creator,
                newCreatorZh,
                newCreatorEn,
                newCreatorVirtual,
                matterZh,
                matterEn,
                aboutZh,
                aboutEn,
                altZh,
                altEn,
                year,
                wall,
                licenceZh,
                licenceEn,
                supplyKind,
                supply,
                withheld,
                changed);
    }

    static String value(Creator creator) {
        return creator.brand() + "/" + creator.id();
    }

    static DesignForm sent(MultiValueMap<String, String> fields) {
        List<TraitForm> traits = new ArrayList<>();
        for (int i = 0; i < CollectibleDraft.TRAITS_MAX && fields.containsKey("traits[" + i + "].name.zh"); i++) {
            String at = "traits[" + i + "].";
            traits.add(new TraitForm(
                    field(fields, at + "name.zh"),
                    field(fields, at + "name.en"),
                    field(fields, at + "value.zh"),
                    field(fields, at + "value.en")));
        }
        return new DesignForm(
                field(fields, "name.zh"),
                field(fields, "name.en"),
                field(fields, "series"),
                field(fields, "newSeries.zh"),
                field(fields, "newSeries.en"),
                field(fields, "issuer"),
                field(fields, "creator"),
                field(fields, "newCreator.zh"),
                field(fields, "newCreator.en"),
                fields.containsKey("newCreator.virtual"),
                field(fields, "matter.zh"),
                field(fields, "matter.en"),
                field(fields, "about.zh"),
                field(fields, "about.en"),
                field(fields, "alt.zh"),
                field(fields, "alt.en"),
                field(fields, "year"),
                field(fields, "wall"),
                field(fields, "licence.zh"),
                field(fields, "licence.en"),
                field(fields, "supplyKind"),
                field(fields, "supply"),
                field(fields, "withheld"),
                traits);
    }

    private static String field(MultiValueMap<String, String> fields, String name) {
        String value = fields.getFirst(name);
        return value == null ? "" : value.strip();
    }

    /** What a button asks for besides saving: a trait more or less. Lines that say nothing go when it is only saved. */
    List<TraitForm> traitsAfter(String act) {
        List<TraitForm> changed = new ArrayList<>(traits);
        if (act.matches("trait-drop:[0-9]{1,3}")) {
            int nth = Integer.parseInt(act.substring("trait-drop:".length()));
            if (nth < changed.size()) changed.remove(nth);
        }
        changed.removeIf(TraitForm::isEmpty);
        if (act.equals("trait-add") && changed.size() < CollectibleDraft.TRAITS_MAX) {
            changed.add(new TraitForm("", "", "", ""));
        }
        return changed;
    }

    boolean asksForASeries() {
        return !newSeriesZh.isEmpty() && !newSeriesEn.isEmpty();
    }

    boolean asksForACreator() {
        return !newCreatorZh.isEmpty() && !newCreatorEn.isEmpty();
    }

    /**
     * @param shelf the brand's own series
     * @param makers those whom the brand or the house lists
     * @param files of the draft as it stands; a form carries none
     */
    Reading read(
            BrandId brand,
            String slug,
            List<Series> shelf,
            List<Creator> makers,
            String act,
            List<CollectibleDraft.DraftMedia> files) {
        Map<String, String> codes = new HashMap<>();
        UUID inSeries = shelf.stream()
                .map(Series::id)
                .filter(id -> id.toString().equals(series))
                .findFirst()
                .orElse(null);
        Creator maker = makers.stream()
                .filter(c -> value(c).equals(creator))
                .findFirst()
                .orElse(null);
        Integer pieces = null;
        if (supplyKind.equals("limited")) {
            pieces = whole(supply);
            if (pieces == null || pieces < 1 || pieces > CollectibleDraft.SUPPLY_MAX) {
                codes.put("supply", "catalog.supply");
            }
        }
        Integer kept = withheld.isEmpty() ? (Integer) 0 : whole(withheld);
        if (kept == null || kept > 0 && (pieces == null || kept >= pieces)) codes.put("withheld", "catalog.withheld");
        Integer made = whole(year);
        if (made == null || made < 1 || made > 9999) codes.put("year", "catalog.year");
        tooLong(codes, "name", nameZh, nameEn);
        tooLong(codes, "matter", matterZh, matterEn);
        tooLong(codes, "alt", altZh, altEn);
        tooLong(codes, "licence", licenceZh, licenceEn);
        if (aboutZh.length() > 2_000 || aboutEn.length() > 2_000) codes.put("about", "catalog.too-long");
        added(codes, "newSeries", newSeriesZh, newSeriesEn);
        added(codes, "newCreator", newCreatorZh, newCreatorEn);
        for (int i = 0; i < traits.size(); i++) {
            TraitForm t = traits.get(i);
            tooLong(codes, "traits[" + i + "]", t.nameZh() + t.nameEn(), t.valueZh() + t.valueEn());
        }
        if (!codes.isEmpty() || kept == null || made == null) return new Reading.Unreadable(codes);
        return new Reading.Whole(new CollectibleDraft(
                brand,
                slug,
                inSeries,
                maker,
                ISSUERS.contains(issuer) ? issuer : "brand",
                new Bilingual(nameZh, nameEn),
                new Bilingual(matterZh, matterEn),
                new Bilingual(aboutZh, aboutEn),
                new Bilingual(altZh, altEn),
                made,
                WALLS.contains(wall) ? wall : "plain",
                new Bilingual(licenceZh, licenceEn),
                pieces,
                kept,
                traitsAfter(act).stream()
                        .map(t -> new Collectible.Trait(
                                new Bilingual(t.nameZh(), t.nameEn()), new Bilingual(t.valueZh(), t.valueEn())))
                        .toList(),
                files));
    }

    /** Of one name nothing is added, and nothing must be lost. */
    private static void added(Map<String, String> codes, String where, String zh, String en) {
        if (zh.isEmpty() != en.isEmpty()) codes.put(where, "catalog.no-name");
        tooLong(codes, where, zh, en);
    }

    private static void tooLong(Map<String, String> codes, String where, String zh, String en) {
        if (zh.length() > CollectibleDraft.TEXT_MAX || en.length() > CollectibleDraft.TEXT_MAX) {
            codes.put(where, "catalog.too-long");
        }
    }

    private static @Nullable Integer whole(String text) {
        return text.matches("[0-9]{1,10}") && Long.parseLong(text) <= Integer.MAX_VALUE
                ? (Integer) Integer.parseInt(text)
                : null;
    }
}
