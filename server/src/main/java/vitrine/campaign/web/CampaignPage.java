package vitrine.campaign.web;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Exhibitions;
import vitrine.campaign.rules.Plan;
import vitrine.catalog.Catalog;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Picture;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.rulebook.Rules;
import vitrine.rulebook.RulesVersion;

/** A campaign: when, what it gives and for what, and the very rules that it is bound by. */
@Controller
public class CampaignPage {
    private final Campaigns campaigns;
    private final Exhibits exhibits;
    private final Ways ways;
    private final Rules rules;
    private final Catalog catalog;
    private final Exhibitions exhibitions;

    CampaignPage(
            Campaigns campaigns, Exhibits exhibits, Ways ways, Rules rules, Catalog catalog, Exhibitions exhibitions) {
        this.campaigns = campaigns;
        this.exhibits = exhibits;
        this.ways = ways;
        this.rules = rules;
        this.catalog = catalog;
        this.exhibitions = exhibitions;
    }

    /** An offer beside the thing that it gives; null where that is not on show any more. */
    public record Given(@Nullable Exhibit exhibit, Ways.Way way) {}

    /** @param exhibition hung beside it; null: none */
    public record Shown(
            Campaign campaign,
            Plan plan,
            Bilingual brand,
            String brandSlug,
            List<Given> given,
            RulesVersion rules,
            Exhibitions.@Nullable Exhibition exhibition) {

        public @Nullable Picture picture(Texts t) {
            return Exhibit.first(given.stream().map(Given::exhibit).filter(Objects::nonNull), t);
        }

        public boolean begun(Instant now) {
            return !now.isBefore(plan.window().from());
        }

        public boolean over(Instant now) {
            return campaign.state() == Campaign.State.ENDED
                    || !now.isBefore(plan.window().until());
        }
    }

    @GetMapping("/campaigns/{slug}")
    ModelAndView campaign(@PathVariable String slug) {
        var campaign = published(slug);
        var id = campaign.id();
        var plan = campaigns.published(id).orElseThrow(Refused::notFound);
        var shown = exhibits.ofCampaign(id.brand().value(), id.value());
        var given = ways.of(campaign).stream()
                .map(way -> new Given(
                        shown.stream()
                                .filter(e ->
                                        e.id().equals(way.offer().collectible().value()))
                                .findFirst()
                                .orElse(null),
                        way))
                .toList();
        var brand = catalog.brand(id.brand());
        return new ModelAndView(
                "campaign",
                "it",
                new Shown(
                        campaign,
                        plan,
                        brand.name(),
                        brand.slug(),
                        given,
                        newest(campaign),
                        exhibitions.beside(id).orElse(null)));
    }

    /** The published document, byte for byte as its hash in the log was made from. */
    @GetMapping("/campaigns/{slug}/rules.json")
    ResponseEntity<byte[]> document(@PathVariable String slug) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header("Access-Control-Allow-Origin", "*")
                .body(newest(published(slug)).document().text().getBytes(StandardCharsets.UTF_8));
    }

    private Campaign published(String slug) {
        var campaign = campaigns.bySlug(slug).orElseThrow(Refused::notFound);
        if (campaign.version() == 0) throw Refused.notFound();
        return campaign;
    }

    private RulesVersion newest(Campaign campaign) {
        return rules.newest(campaign.id().brand(), campaign.id().value()).orElseThrow(Refused::notFound);
    }
}
