package vitrine.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.Creator;
import vitrine.catalog.MediaLibrary;
import vitrine.catalog.Series;
import vitrine.catalog.UniquePieces;
import vitrine.drop.Drops;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Hash32;

/** Makes the festival's brands and designs, as their staff would in the catalogue editor. */
@Component
class DemoCatalog {

    private static final Bilingual LICENCE = new Bilingual("供个人收藏与展示", "To keep and to show, for yourself");

    private static final DateTimeFormatter ZH = DateTimeFormatter.ofPattern("M月d日", Locale.ROOT);
    private static final DateTimeFormatter EN = DateTimeFormatter.ofPattern("d MMMM", Locale.ENGLISH);
    private static final List<String> SEASONS = List.of("冬|Winter", "春|Spring", "夏|Summer", "秋|Autumn");

    /** A year of pieces: each number is a day. */
    static final String DAYS = "one-a-day";

    private static final int A_COMMON_YEAR = 2026;

    private final Catalog catalog;
    private final UniquePieces unique;
    private final MediaLibrary media;
    private final Drops drops;
    private final TransactionTemplate transactions;

    DemoCatalog(
            Catalog catalog, UniquePieces unique, MediaLibrary media, Drops drops, TransactionTemplate transactions) {
        this.catalog = catalog;
        this.unique = unique;
        this.media = media;
        this.drops = drops;
        this.transactions = transactions;
    }

    BrandId house(Festival festival) {
        return catalog.house()
                .map(Brand::id)
                .orElseGet(() -> catalog.addBrand(
                        Brand.Kind.HOUSE,
                        festival.house().key(),
                        festival.house().name(),
                        festival.house().about(),
                        "plain"));
    }

    Map<String, BrandId> brands(Festival festival) {
        Map<String, BrandId> brands = new HashMap<>();
        for (Festival.FestivalBrand each : festival.brands()) {
            brands.put(
                    each.key(),
                    catalog.brand(each.key())
                            .map(Brand::id)
                            .orElseGet(() -> catalog.addBrand(
                                    Brand.Kind.BRAND, each.key(), each.name(), each.about(), each.wall())));
        }
        return brands;
    }

    /** Publishes every design that is not there yet, each with its picture and, where it has one, its model. */
    void designs(Festival festival, BrandId house, Map<String, BrandId> brands) {
        Map<String, Creator> creators = new HashMap<>();
        catalog.creators(house).forEach(c -> creators.put(c.slug(), c));
        for (Festival.FestivalCreator each : festival.creators()) {
            creators.computeIfAbsent(
                    each.key(), key -> catalog.addCreator(house, key, each.name(), each.about(), each.virtual()));
        }
        Map<String, Series> series = new HashMap<>();
        for (Festival.FestivalSeries each : festival.series()) {
            BrandId brand = brandOf(each.brand(), house, brands);
            series.put(
                    each.key(),
                    catalog.series(brand).stream()
                            .filter(s -> s.slug().equals(each.key()))
                            .findFirst()
                            .orElseGet(() -> catalog.addSeries(brand, each.key(), each.name())));
        }
        for (Festival.Design design : festival.designs()) {
            CollectibleId id = catalog.collectible(design.key())
                    .map(Collectible::id)
                    .orElseGet(() -> draft(design, brandOf(design.brand(), house, brands), creators, series));
            transactions.executeWithoutResult(status -> drops.publish(id));
        }
    }

    private CollectibleId draft(
            Festival.Design design, BrandId brand, Map<String, Creator> creators, Map<String, Series> series) {
        List<CollectibleDraft.DraftMedia> files = new ArrayList<>();
        files.add(new CollectibleDraft.DraftMedia("image", file(design.image())));
        if (design.model() != null) files.add(new CollectibleDraft.DraftMedia("model", file(design.model())));
        Series themed = design.series() == null ? null : series.get(design.series());
        CollectibleId id = catalog.draft(new CollectibleDraft(
                brand,
                design.key(),
                themed == null ? null : themed.id(),
                design.creator() == null ? null : creators.get(design.creator()),
                "brand",
                design.name(),
                design.matter(),
                design.about(),
                design.alt(),
                design.year(),
                design.wall(),
                LICENCE,
                design.supply(),
                design.withheld(),
                design.traits().stream()
                        .map(t -> new Collectible.Trait(t.name(), t.value()))
                        .toList(),
                files));
        if (design.key().equals(DAYS)) nameTheDays(id);
        return id;
    }

    private void nameTheDays(CollectibleId id) {
        var csv = new StringBuilder("name_zh,name_en,季节|Season\n");
        for (LocalDate day = LocalDate.ofYearDay(A_COMMON_YEAR, 1);
                day.getYear() == A_COMMON_YEAR;
                day = day.plusDays(1)) {
            csv.append(ZH.format(day)).append(',').append(EN.format(day)).append(',');
            csv.append(SEASONS.get(day.getMonthValue() % 12 / 3)).append('\n');
        }
        if (!(unique.read(csv.toString().getBytes(StandardCharsets.UTF_8), Map.of())
                        instanceof UniquePieces.Reading.Whole whole)
                || unique.put(id, whole) != Catalog.Filing.DONE) throw new IllegalStateException("no days: " + csv);
    }

    private Hash32 file(String path) {
        return switch (media.add(read(path))) {
            case MediaLibrary.Adding.Added added -> added.sha256();
            case MediaLibrary.Adding.Refused refused -> throw new IllegalStateException(path + ": " + refused);
        };
    }

    static byte[] read(String path) {
        try (InputStream in = DemoCatalog.class.getResourceAsStream("/demo/" + path)) {
            if (in == null) throw new IllegalStateException("the demo has no " + path);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BrandId brandOf(String key, BrandId house, Map<String, BrandId> brands) {
        return brands.getOrDefault(key, house);
    }
}
