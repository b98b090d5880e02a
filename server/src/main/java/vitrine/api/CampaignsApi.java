package vitrine.api;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.campaign.Campaign;
import vitrine.campaign.CampaignId;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Publication;
import vitrine.identity.Access;
import vitrine.identity.Audit;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.api.Described;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.proof.Json;
import vitrine.proof.Parsed;

/** Plans by program: draft, publish, pause, resume, end. */
@RestController
@Requires(Permission.CAMPAIGNS)
class CampaignsApi {

    record NewCampaign(@Nullable String slug, @Nullable JsonNode draft) {}

    record Draft(@Nullable JsonNode draft) {}

    record Drafted(UUID id, String slug) {}

    /** @param sha256 of the frozen rules, as the public log has it; null: nothing new was published */
    record PublishedVersion(int version, @Nullable String sha256) {}

    record Message(@Nullable String zh, @Nullable String en) {}

    record State(String state) {}

    record Plan(UUID id, String slug, String state, int version, JsonNode draft) {}

    private static final int MESSAGE_MAX = 500;

    private final Campaigns campaigns;
    private final Access access;
    private final Audit audit;
    private final JsonMapper json;

    CampaignsApi(Campaigns campaigns, Access access, Audit audit, JsonMapper json) {
        this.campaigns = campaigns;
        this.access = access;
        this.audit = audit;
        this.json = json;
    }

    @PostMapping("/api/brands/{brand}/campaigns")
    @ResponseStatus(HttpStatus.CREATED)
    @Described("A new campaign under its public address; the draft may be unfinished.")
    public Drafted draft(@PathVariable BrandId brand, @RequestBody NewCampaign wanted) {
        String slug = wanted.slug() == null ? "" : wanted.slug();
        return switch (campaigns.draft(brand, slug, object(wanted.draft()))) {
            case Campaigns.Drafting.Drafted drafted -> {
                note(drafted.id(), "campaign.drafted");
                yield new Drafted(drafted.id().value(), slug);
            }
            case Campaigns.Drafting.SlugTaken taken ->
                throw refused("campaign.slug-taken", "'slug' is another campaign's");
            case Campaigns.Drafting.NotASlug not ->
                throw refused("campaign.not-a-slug", "'slug' has 1 to 64 of a-z, 0-9 and hyphens");
        };
    }

    @GetMapping("/api/brands/{brand}/campaigns/{campaign}")
    @Described("One campaign with its draft.")
    public Plan campaign(@PathVariable BrandId brand, @PathVariable UUID campaign) {
        Campaign found = find(brand, campaign);
        return new Plan(
                found.id().value(),
                found.slug(),
                state(found.state()),
                found.version(),
                json.readTree(found.draft().text()));
    }

    @PutMapping("/api/brands/{brand}/campaigns/{campaign}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Described("Puts another draft in place of the one that is there; what is published stays as it is.")
    public void save(@PathVariable BrandId brand, @PathVariable UUID campaign, @RequestBody Draft wanted) {
        Campaign found = find(brand, campaign);
        campaigns.save(found.id(), object(wanted.draft()));
        note(found.id(), "campaign.saved");
    }

    @PostMapping("/api/brands/{brand}/campaigns/{campaign}/publish")
    @Described("Freezes the draft as the next version, with its hash in the public log.")
    public PublishedVersion publish(@PathVariable BrandId brand, @PathVariable UUID campaign) {
        Campaign found = find(brand, campaign);
        return switch (campaigns.publish(found.id())) {
            case Publication.Published published -> {
                note(found.id(), "campaign.published");
                yield new PublishedVersion(
                        published.version(), published.sha256().hex());
            }
            case Publication.NothingNew same -> new PublishedVersion(same.version(), null);
            case Publication.Unfinished unfinished ->
                throw with(
                        refused("campaign.unfinished", "The draft is not whole, or names what is not there."),
                        "problems",
                        unfinished.problems());
            case Publication.WouldHurt hurting ->
                throw with(
                        refused("campaign.would-hurt", "It would take something from people who take part already."),
                        "hurts",
                        hurting.hurts());
            case Publication.Ended ended -> throw refused("campaign.ended", "The campaign has ended.");
        };
    }

    @PostMapping("/api/brands/{brand}/campaigns/{campaign}/pause")
    @Described("Pauses a published campaign; shoppers are told why, in both languages.")
    public State pause(@PathVariable BrandId brand, @PathVariable UUID campaign, @RequestBody Message message) {
        Campaign found = find(brand, campaign);
        return turned(
                found.id(),
                "campaign.paused",
                campaigns.pause(found.id(), new Bilingual(text(message.zh()), text(message.en()))));
    }

    @PostMapping("/api/brands/{brand}/campaigns/{campaign}/resume")
    @Described("Goes on with a paused campaign.")
    public State resume(@PathVariable BrandId brand, @PathVariable UUID campaign) {
        Campaign found = find(brand, campaign);
        return turned(found.id(), "campaign.resumed", campaigns.resume(found.id()));
    }

    @PostMapping("/api/brands/{brand}/campaigns/{campaign}/end")
    @Described("Ends a campaign, where nobody was promised more.")
    public State end(@PathVariable BrandId brand, @PathVariable UUID campaign) {
        Campaign found = find(brand, campaign);
        return turned(found.id(), "campaign.ended", campaigns.end(found.id()));
    }

    private State turned(CampaignId id, String act, Campaigns.Turn turn) {
        return switch (turn) {
            case Campaigns.Turn.Done done -> {
                note(id, act);
                yield new State(state(done.campaign().state()));
            }
            case Campaigns.Turn.NotNow not -> throw refused("campaign.not-now", "It is " + state(not.state()) + ".");
            case Campaigns.Turn.NoMessage no -> throw refused("campaign.no-message", "Say why, in 'zh' and 'en'.");
            case Campaigns.Turn.PromisedUntil promised ->
                throw refused("campaign.promised-until", "It was promised until " + promised.until() + ".");
        };
    }

    private Campaign find(BrandId brand, UUID campaign) {
        return campaigns.find(new CampaignId(brand, campaign)).orElseThrow(Refused::notFound);
    }

    private void note(CampaignId id, String act) {
        audit.write(access.who(), id.brand(), act, id.toString(), "{}");
    }

    private static Json.Obj object(@Nullable JsonNode draft) {
        if (draft == null || draft.isNull()) return (Json.Obj) Json.parse("{}").orThrow();
        String text = draft.toString();
        // A text without end and a text with a zero sign are JSON, and no database keeps them.
        if (text.contains("\\u0000")) throw refused("campaign.bad-draft", "A text holds a zero sign.");
        return switch (Json.parse(text)) {
            case Parsed.Ok<Json>(Json.Obj object) -> object;
            case Parsed.Ok<Json> other -> throw refused("campaign.bad-draft", "'draft' is an object");
            case Parsed.Bad<Json> bad -> throw refused("campaign.bad-draft", bad.code());
        };
    }

    private static String text(@Nullable String said) {
        String text = said == null ? "" : said.strip();
        if (text.length() > MESSAGE_MAX || text.indexOf('\0') >= 0)
            throw refused("campaign.bad-message", "A message has " + MESSAGE_MAX + " signs at most.");
        return text;
    }

    private static String state(Campaign.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static Refused refused(String code, String detail) {
        return new Refused(HttpStatus.UNPROCESSABLE_CONTENT, code, detail);
    }

    private static Refused with(Refused refused, String name, List<?> values) {
        refused.getBody().setProperty(name, values);
        return refused;
    }
}
