package vitrine.demo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;

/** The fictional festival, as {@code demo/festival.json} tells it. */
record Festival(
        House house,
        List<FestivalBrand> brands,
        List<FestivalCreator> creators,
        List<FestivalSeries> series,
        List<Design> designs,
        List<Plan> campaigns) {

    record House(String key, Bilingual name, Bilingual about) {}

    record FestivalBrand(
            String key,
            Bilingual name,
            Bilingual about,
            String wall,
            String trade,
            ShopFront shop,
            List<Goods> products) {}

    record ShopFront(String slug, String source, String currency) {}

    record Goods(String id, String sku, Bilingual name, String category, long price, String vendor) {}

    record FestivalCreator(String key, Bilingual name, Bilingual about, boolean virtual) {}

    record FestivalSeries(String key, String brand, Bilingual name) {}

    record Design(
            String key,
            String brand,
            @Nullable String series,
            @Nullable String creator,
            Bilingual name,
            Bilingual matter,
            int year,
            Bilingual about,
            @Nullable Integer supply,
            int withheld,
            String wall,
            String image,
            @Nullable String model,
            Bilingual alt,
            List<Property> traits) {}

    record Property(Bilingual name, Bilingual value) {}

    /** A campaign; {@code from} and {@code until} are days from the day on which the demo is loaded. */
    record Plan(
            String key,
            String owner,
            @Nullable List<String> brands,
            Bilingual name,
            Bilingual about,
            int from,
            int until,
            String currency,
            List<PlannedOffer> offers) {}

    /** @param giftPolicy {@code "never"}, {@code "free"} or {@code {"afterDays": n}} */
    record PlannedOffer(
            String key,
            Bilingual name,
            String design,
            Map<String, Object> when,
            String measure,
            String basis,
            List<Step> tiers,
            @Nullable Integer perCollector,
            int waitingWorkingDays,
            Object giftPolicy) {}

    record Step(long from, int pieces) {}
}
