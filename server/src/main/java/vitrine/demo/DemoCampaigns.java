package vitrine.demo;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Publication;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.drop.Allotments;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Json;

/** Writes the festival's campaigns as a brand's team would, and publishes them. */
@Component
class DemoCampaigns {

    private static final int ALLOTTED = 200;

    private final Campaigns campaigns;
    private final Catalog catalog;
    private final Allotments allotments;

    DemoCampaigns(Campaigns campaigns, Catalog catalog, Allotments allotments) {
        this.campaigns = campaigns;
        this.catalog = catalog;
        this.allotments = allotments;
    }

    /** @param today the day that the campaigns' days are counted from */
    void publish(Festival festival, BrandId house, Map<String, BrandId> brands, Instant today) {
        for (Festival.Plan plan : festival.campaigns()) publish(plan, house, brands, today);
    }

    private void publish(Festival.Plan plan, BrandId house, Map<String, BrandId> brands, Instant today) {
        BrandId owner = brands.getOrDefault(plan.owner(), house);
        Instant day = today.truncatedTo(ChronoUnit.DAYS);
        List<Json> offers = new ArrayList<>();
        for (Festival.PlannedOffer offer : plan.offers()) {
            Collectible collectible = catalog.collectible(offer.design()).orElseThrow();
            boolean joint = owner.equals(house);
            if (joint && !collectible.id().brand().equals(house)) allotments.allot(house, collectible.id(), ALLOTTED);
            offers.add(offer(plan, offer, collectible, brands));
        }
        Json.Obj draft = Json.object(
                "name", text(plan.name()),
                "about", text(plan.about()),
                "currency", Json.of(plan.currency()),
                "from", Json.of(day.plus(Duration.ofDays(plan.from())).toString()),
                "until", Json.of(day.plus(Duration.ofDays(plan.until())).toString()),
                "offers", Json.of(offers));
        CampaignId id =
                switch (campaigns.draft(owner, plan.key(), draft)) {
                    case Campaigns.Drafting.Drafted drafted -> drafted.id();
                    case Campaigns.Drafting.SlugTaken taken ->
                        campaigns.bySlug(plan.key()).orElseThrow().id();
                    case Campaigns.Drafting.NotASlug not ->
                        throw new IllegalStateException("not an address: " + not.slug());
                };
        Publication published = campaigns.publish(id);
        if (!(published instanceof Publication.Published) && !(published instanceof Publication.NothingNew)) {
            throw new IllegalStateException(plan.key() + ": " + published);
        }
    }

    private static Json offer(
            Festival.Plan plan, Festival.PlannedOffer offer, Collectible collectible, Map<String, BrandId> brands) {
        var members = new TreeMap<String, Json>();
        members.put("name", text(offer.name()));
        members.put(
                "collectible",
                Json.object(
                        "brand", Json.of(collectible.id().brand().toString()),
                        "id", Json.of(collectible.id().value().toString())));
        members.put("when", when(plan, offer, brands));
        members.put("measure", Json.of(offer.measure()));
        members.put("basis", Json.of(offer.basis()));
        members.put(
                "tiers",
                Json.of(offer.tiers().stream()
                        .map(t -> Json.object("from", Json.of(t.from()), "pieces", Json.of(t.pieces())))
                        .toList()));
        if (offer.perCollector() != null) members.put("perCollector", Json.of(offer.perCollector()));
        members.put("waiting", Json.object("days", Json.of(offer.waitingWorkingDays()), "calendar", Json.of("cn")));
        members.put("giftPolicy", Json.of(giftPolicy(offer.giftPolicy())));
        return new Json.Obj(members);
    }

    private static Json when(Festival.Plan plan, Festival.PlannedOffer offer, Map<String, BrandId> brands) {
        var members = new TreeMap<String, Json>();
        words(members, "goods", offer.when().get("product"));
        words(members, "categories", offer.when().get("category"));
        words(members, "vendors", offer.when().get("vendor"));
        if (plan.brands() != null) {
            words(
                    members,
                    "brands",
                    plan.brands().stream().map(brands::get).map(String::valueOf).toList());
        }
        return new Json.Obj(members);
    }

    private static void words(Map<String, Json> members, String name, @org.jspecify.annotations.Nullable Object given) {
        if (given instanceof Collection<?> several && !several.isEmpty()) {
            members.put(
                    name,
                    Json.of(several.stream()
                            .map(each -> Json.of(String.valueOf(each)))
                            .toList()));
        }
    }

    private static String giftPolicy(Object given) {
        return given instanceof Map<?, ?> after ? "after-days:" + after.get("afterDays") : String.valueOf(given);
    }

    private static Json.Obj text(Bilingual text) {
        return Json.object("zh", Json.of(text.zh()), "en", Json.of(text.en()));
    }
}
