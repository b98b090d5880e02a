package vitrine.campaign.desk;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.campaign.Entitlements;
import vitrine.campaign.GoodsTitles;
import vitrine.campaign.Hurt;
import vitrine.campaign.Previews;
import vitrine.campaign.Publication;
import vitrine.campaign.Words;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.PlanJson;
import vitrine.campaign.rules.Problem;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.Slugs;
import vitrine.drop.Allotments;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;
import vitrine.rulebook.Rules;
import vitrine.rulebook.RulesVersion;

/** Campaigns as staff make them: a list, a draft in fields, a preview on the orders that there are, and what is frozen. */
@Controller
@Requires(Permission.SEE)
public class CampaignsDesk {

    private static final Pattern PLACE = Pattern.compile("offers\\[([0-9]+)](?:\\.tiers\\[([0-9]+)])?");

    /** More brands than these are counted, not named, in a sentence. */
    private static final int NAMED_MOST = 4;

    /** Leaves room for a number behind it. */
    private static final int ADDRESS_MOST = 56;

    private static final Bilingual NO_WORDS = new Bilingual("", "");

    private static final Duration TRIED_MOST = Duration.ofDays(370);

    /** Those that are named by a place; the others are offsets and old names of these. */
    private static final List<String> ZONES = ZoneId.getAvailableZoneIds().stream()
            .filter(id -> id.matches("(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+"))
            .sorted()
            .toList();

    private final Desks desks;
    private final Campaigns campaigns;
    private final Previews previews;
    private final Entitlements entitlements;
    private final Rules rules;
    private final Catalog catalog;
    private final Allotments allotments;
    private final GoodsPicks picks;
    private final GoodsTitles titles;
    private final BusinessClock clock;

    CampaignsDesk(
            Desks desks,
            Campaigns campaigns,
            Previews previews,
            Entitlements entitlements,
            Rules rules,
            Catalog catalog,
            Allotments allotments,
            GoodsPicks picks,
            GoodsTitles titles,
            BusinessClock clock) {
        this.desks = desks;
        this.campaigns = campaigns;
        this.previews = previews;
        this.entitlements = entitlements;
        this.rules = rules;
        this.catalog = catalog;
        this.allotments = allotments;
        this.picks = picks;
        this.titles = titles;
        this.clock = clock;
    }

    /** @param state {@code draft}, {@code scheduled}, {@code running}, {@code paused}, {@code over} or {@code ended} */
    public record Row(Campaign campaign, String state) {}

    public record Listing(
            List<Row> campaigns,
            String nameZh,
            String nameEn,
            String slug,
            List<Choice> collectibles,
            String gives,
            @Nullable String refusal) {}

    /**
     * @param where the field's name
     * @param place where that is, in words: "Offer 1, tier 2"; empty: in the campaign itself
     */
    public record Finding(String where, String place, String words) {

        /** Which part of the page to go to: some places of a draft have another name there, or two fields. */
        public String anchor() {
            if (where.equals("name") || where.equals("about")) return where + ".zh";
            if (where.equals("offers")) return "last";
            return where.replaceFirst("^offers\\[([0-9]+)]\\.(id|buyers)?$", "offer-$1")
                    .replace(".when.", ".")
                    .replaceFirst("\\.collectible\\..*$", ".collectible")
                    .replaceFirst("\\.tiers$", ".way")
                    .replaceFirst("\\.waiting$", ".waiting.days")
                    .replaceFirst("\\.giftPolicy$", ".gift");
        }
    }

    /** An offer as a reader will see it. */
    public record Sentence(String says, List<String> terms) {}

    public record Choice(
            String value,
            Bilingual name,
            Bilingual brand,
            @Nullable Integer supply,
            boolean published) {}

    /** What a brand gave to the house of what an offer of the house gives. @param desk where the brand gives more */
    public record Given(String desk, int units, int free) {}

    public record Tried(String says, Previews.OfferPreview numbers) {
        public int waiting() {
            return numbers.earned() - numbers.given();
        }
    }

    public record Version(int number, String hash, Instant at) {}

    /** What is wrong with this field; empty: nothing. */
    static String said(List<Finding> findings, String field) {
        return findings.stream()
                .filter(each -> each.where().equals(field) || each.where().startsWith(field + "."))
                .map(Finding::words)
                .collect(Collectors.joining(" "));
    }

    /**
     * @param sentences what each offer of the draft says; empty: it cannot be said yet
     * @param allotted by collectible, what the house may give of it; empty for a brand
     * @param tried the preview, null: not asked for
     * @param period which orders were tried: {@code own}, {@code 30} or {@code 90}
     * @param changed the draft says something else than what is published
     * @param pausing what was typed for the pause that was refused
     * @param seen the draft that its reader has seen, who may have typed over it
     */
    public record Builder(
            Campaign campaign,
            String state,
            DraftForm form,
            Mark seen,
            boolean checked,
            List<Finding> findings,
            List<String> sentences,
            List<Choice> collectibles,
            List<GoodsPicks.Pick> goods,
            List<Brand> brands,
            Map<String, Given> allotted,
            @Nullable List<Tried> tried,
            String period,
            @Nullable Version version,
            boolean changed,
            long rights,
            Bilingual pausing,
            @Nullable String refusal) {

        /** What is wrong with this field; empty: nothing, or nobody asked yet. */
        public String said(String field) {
            return checked ? CampaignsDesk.said(findings, field) : "";
        }

        public List<String> zones() {
            return ZONES;
        }
    }

    /**
     * @param seen the draft that stands here in words
     * @param hurts why it cannot be frozen, in words
     */
    public record Freezing(
            Campaign campaign,
            Mark seen,
            List<Sentence> sentences,
            List<String> hurts,
            long rights,
            int next,
            @Nullable String refusal) {}

    @GetMapping("/desk/{brand}/campaigns")
    ModelAndView list(@PathVariable BrandId brand, @RequestParam(required = false) @Nullable String said) {
        return Desks.page("campaigns", desks.of(brand, said), listing(brand, "", "", "", "", null));
    }

    private Listing listing(BrandId brand, String zh, String en, String slug, String gives, @Nullable String refusal) {
        return new Listing(
                campaigns.of(brand).stream().map(c -> new Row(c, state(c))).toList(),
                zh,
                en,
                slug,
                choices(brand, catalog.brand(brand).kind() == Brand.Kind.HOUSE),
                gives,
                refusal);
    }

    private String state(Campaign campaign) {
        boolean published = campaign.state() == Campaign.State.PUBLISHED;
        Instant now = clock.now();
        Instant from = campaign.from();
        Instant until = campaign.until();
        if ((published || campaign.state() == Campaign.State.PAUSED) && until != null && !until.isAfter(now))
            return "over";
        if (!published) return campaign.state().name().toLowerCase(Locale.ROOT);
        return from != null && now.isBefore(from) ? "scheduled" : "running";
    }

    @PostMapping("/desk/{brand}/campaigns")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView draft(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "") String nameZh,
            @RequestParam(defaultValue = "") String nameEn,
            @RequestParam(defaultValue = "") String slug,
            @RequestParam(defaultValue = "") String gives,
            Texts t) {
        Json.Obj draft =
                DraftForm.fresh(nameZh.strip(), nameEn.strip(), gives, t.zone()).json();
        String address = Slugs.typedOr(slug, nameEn);
        var drafting = desks.inOneTransaction(() -> {
            var outcome = campaigns.draft(brand, address, draft);
            if (outcome instanceof Campaigns.Drafting.Drafted) {
                desks.note(brand, "campaign.drafted", address, Json.object());
            }
            return outcome;
        });
        Desk desk = desks.of(brand, null);
        return switch (drafting) {
            case Campaigns.Drafting.Drafted drafted -> Desks.to(desk.path("campaigns/" + address));
            case Campaigns.Drafting.SlugTaken(String taken) ->
                refused(desk, listing(brand, nameZh, nameEn, slug, gives, t.get("desk.campaigns.slug-taken", taken)));
            case Campaigns.Drafting.NotASlug(String not) ->
                refused(desk, listing(brand, nameZh, nameEn, slug, gives, t.get("desk.campaigns.not-a-slug", not)));
        };
    }

    private static ModelAndView refused(Desk desk, Listing listing) {
        return Desks.page("campaigns", desk, listing, HttpStatus.UNPROCESSABLE_CONTENT);
    }

    @GetMapping("/desk/{brand}/campaigns/{slug}")
    ModelAndView builder(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String said,
            @RequestParam(required = false) @Nullable String check,
            @RequestParam(defaultValue = "") String preview,
            Texts t) {
        Campaign campaign = find(brand, slug);
        return Desks.page("campaign", desks.of(brand, said), builder(campaign, check != null, preview, null, t));
    }

    private Builder builder(Campaign campaign, boolean checked, String period, @Nullable String refusal, Texts t) {
        return builder(campaign, DraftForm.of(campaign.draft()), checked, period, NO_WORDS, refusal, t);
    }

    private Builder builder(
            Campaign campaign,
            DraftForm form,
            boolean checked,
            String period,
            Bilingual pausing,
            @Nullable String refusal,
            Texts t) {
        BrandId brand = campaign.id().brand();
        boolean house = catalog.brand(brand).kind() == Brand.Kind.HOUSE;
        List<Problem> problems = campaigns.check(brand, campaign.draft());
        Optional<RulesVersion> frozen = rules.newest(brand, campaign.id().value());
        return new Builder(
                campaign,
                state(campaign),
                form,
                campaigns.mark(campaign),
                checked,
                findings(problems, t),
                sentences(brand, house, DraftForm.of(campaign.draft()), t),
                choices(brand, house),
                picks.of(catalog.brand(brand)),
                house ? catalog.brands() : List.of(),
                house ? allotted(brand, DraftForm.of(campaign.draft())) : Map.of(),
                period.isEmpty() ? null : tried(campaign, period, t),
                period,
                frozen.map(v -> new Version(v.version(), v.sha256().hex(), v.publishedAt()))
                        .orElse(null),
                changed(campaign, frozen),
                rights(campaign),
                pausing,
                refusal);
    }

    private static List<Finding> findings(List<Problem> problems, Texts t) {
        return problems.stream()
                .map(p -> new Finding(p.where(), place(t, p.where()), Words.problem(t, p)))
                .toList();
    }

    private static String place(Texts t, String where) {
        var found = PLACE.matcher(where);
        if (!found.lookingAt()) return "";
        String offer = t.get("desk.offer.title", Integer.parseInt(found.group(1)) + 1);
        return found.group(2) == null
                ? offer
                : offer + " · " + t.get("desk.offer.tier", Integer.parseInt(found.group(2)) + 1);
    }

    /** What each offer says as far as it can be said, whatever the rest of the draft lacks. */
    private List<String> sentences(BrandId brand, boolean house, DraftForm form, Texts t) {
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < form.offers().size(); i++) {
            sentences.add(
                    PlanJson.read(brand, house, form.alone(i, brand).json())
                                    instanceof PlanJson.Reading.Whole(Plan plan)
                            ? says(t, plan.offers().getFirst())
                            : "");
        }
        return sentences;
    }

    private Map<String, Given> allotted(BrandId house, DraftForm form) {
        Map<String, Given> given = new HashMap<>();
        for (DraftForm.OfferForm offer : form.offers()) {
            DraftForm.collectible(offer)
                    .filter(id -> !id.brand().equals(house))
                    .flatMap(catalog::find)
                    .ifPresent(c -> given.put(
                            offer.collectible(),
                            new Given(
                                    "/desk/" + catalog.brand(c.id().brand()).slug() + "/catalogue/" + c.slug()
                                            + "#house",
                                    allotments.inAll(house, c.id()),
                                    allotments.free(house, c.id()))));
        }
        return given;
    }

    /** As the form stands while somebody types; nothing is saved. */
    @PostMapping("/desk/{brand}/campaigns/{slug}/say")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView say(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam MultiValueMap<String, String> fields,
            Texts t) {
        find(brand, slug);
        DraftForm form = DraftForm.sent(fields);
        boolean house = catalog.brand(brand).kind() == Brand.Kind.HOUSE;
        return new ModelAndView(
                "desk/said",
                Map.of(
                        "sentences",
                        sentences(brand, house, form, t),
                        "findings",
                        findings(campaigns.check(brand, campaigns.named(form.json())), t)));
    }

    private Optional<Plan> plan(Campaign campaign) {
        BrandId brand = campaign.id().brand();
        boolean house = catalog.brand(brand).kind() == Brand.Kind.HOUSE;
        return PlanJson.read(brand, house, campaign.draft()) instanceof PlanJson.Reading.Whole(Plan plan)
                ? Optional.of(plan)
                : Optional.empty();
    }

    private boolean changed(Campaign campaign, Optional<RulesVersion> frozen) {
        if (frozen.isEmpty()) return true;
        return plan(campaign)
                .map(plan -> !PlanJson.document(campaign.id().value(), plan)
                        .text()
                        .equals(frozen.get().document().text()))
                .orElse(true);
    }

    private List<Sentence> sentences(Texts t, Plan plan) {
        return plan.offers().stream()
                .map(offer -> new Sentence(says(t, offer), Words.terms(t, plan, offer)))
                .toList();
    }

    /** The sentence, and for the house whose shops count. */
    private String says(Texts t, Offer offer) {
        Bilingual name =
                catalog.find(offer.collectible()).map(Collectible::name).orElse(new Bilingual("…", "…"));
        String sentence = Words.offer(t, offer, name, titles.of(offer));
        return brands(t, offer)
                .map(which -> sentence + t.get("desk.offer.sentence-gap") + which)
                .orElse(sentence);
    }

    private Optional<String> brands(Texts t, Offer offer) {
        List<String> names = catalog.brands().stream()
                .filter(b -> offer.selector().brands().contains(b.id()))
                .map(b -> t.of(b.name()))
                .toList();
        if (names.isEmpty()) return Optional.empty();
        return Optional.of(
                names.size() <= NAMED_MOST
                        ? t.get("desk.offer.say-brands", t.list(names))
                        : t.get(
                                "desk.offer.say-brands-many",
                                String.join(t.get("list.comma"), names.subList(0, NAMED_MOST - 1)),
                                names.size() - NAMED_MOST + 1));
    }

    private List<Choice> choices(BrandId brand, boolean house) {
        List<Choice> choices = new ArrayList<>();
        for (Brand each : house ? catalog.brands() : List.of(catalog.brand(brand))) {
            for (Collectible c : catalog.collectibles(each.id())) {
                choices.add(new Choice(
                        c.id().brand() + "/" + c.id().value(),
                        c.name(),
                        each.name(),
                        c.supply(),
                        c.publishedAt() != null));
            }
        }
        return choices;
    }

    private long rights(Campaign campaign) {
        return entitlements.counts(campaign.id()).values().stream()
                .flatMap(states -> states.values().stream())
                .mapToLong(Integer::longValue)
                .sum();
    }

    /** The draft's own window, or what was paid lately as if it had been paid inside it. */
    private @Nullable List<Tried> tried(Campaign campaign, String period, Texts t) {
        Optional<Plan> plan = plan(campaign);
        if (plan.isEmpty()) return null;
        Instant from = plan.get().window().from();
        Instant until = plan.get().window().until();
        if (!period.equals("own")) {
            until = clock.now();
            from = until.minus(Duration.ofDays(period.equals("90") ? 90 : 30));
        } else if (Duration.between(from, until).compareTo(TRIED_MOST) > 0) {
            from = until.minus(TRIED_MOST);
        }
        return switch (previews.preview(campaign.id().brand(), campaign.draft(), from, until)) {
            case Previews.Preview.Unfinished unfinished -> null;
            case Previews.Preview.Tried(List<Previews.OfferPreview> offers) ->
                offers.stream().map(o -> new Tried(says(t, o.offer()), o)).toList();
        };
    }

    /** Every button of the form saves first. */
    @PostMapping("/desk/{brand}/campaigns/{slug}")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView save(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam MultiValueMap<String, String> fields,
            @RequestParam(name = "do", defaultValue = "save") String act,
            @RequestParam(defaultValue = "own") String period,
            @RequestParam(name = Mark.FIELD, defaultValue = "") String seen,
            Texts t) {
        Campaign campaign = find(brand, slug);
        DraftForm form = DraftForm.sent(fields).after(act);
        if (campaign.state() == Campaign.State.ENDED) return over(campaign, form, t);
        Json.Obj draft = form.json();
        boolean saved = desks.unlessChanged(
                brand,
                "campaign.saved",
                slug,
                Json.object("version", Json.of(campaign.version())),
                new Mark(seen),
                () -> campaigns.lockedMark(campaign.id()),
                () -> campaigns.save(campaign.id(), draft));
        if (!saved) {
            return Desks.page(
                    "campaign",
                    desks.of(brand, null),
                    builder(find(brand, slug), form, false, "", NO_WORDS, t.get("desk.changed-meanwhile"), t),
                    HttpStatus.CONFLICT);
        }
        String here = desks.of(brand, null).path("campaigns/" + slug);
        return switch (act) {
            case "preview" -> Desks.to(Desks.address(here, "check", 1, "preview", period(period)) + "#preview");
            case "freeze" ->
                campaigns
                                .check(brand, campaigns.campaign(campaign.id()).draft())
                                .isEmpty()
                        ? Desks.to(here + "/publish")
                        : Desks.to(Desks.address(here, "check", 1, "said", "unfinished"));
            case "save" -> Desks.to(Desks.address(here, "check", 1, "said", "saved"));
            default -> Desks.to(here + anchor(act));
        };
    }

    /** Somebody else ended it meanwhile. What was typed stays on the page, to be carried into another one. */
    private ModelAndView over(Campaign campaign, DraftForm typed, Texts t) {
        return Desks.page(
                "campaign",
                desks.of(campaign.id().brand(), null),
                builder(campaign, typed, false, "", NO_WORDS, t.get("desk.campaign.ended-meanwhile"), t),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** Back to the offer whose button was pressed. */
    private static String anchor(String act) {
        if (act.equals("offer-add")) return "#last";
        String[] part = act.split(":");
        return part.length > 1 && !part[0].equals("offer-drop") && part[1].matches("[0-9]{1,3}")
                ? "#offer-" + part[1]
                : "";
    }

    private static String period(String asked) {
        return List.of("30", "90").contains(asked) ? asked : "own";
    }

    @GetMapping("/desk/{brand}/campaigns/{slug}/publish")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView freezing(@PathVariable BrandId brand, @PathVariable String slug, Texts t) {
        Campaign campaign = find(brand, slug);
        if (!campaigns.check(brand, campaign.draft()).isEmpty()) {
            return Desks.to(desks.of(brand, null).path("campaigns/" + slug) + "?check=1&said=unfinished");
        }
        return Desks.page("publish", desks.of(brand, null), freezing(campaign, List.of(), null, t));
    }

    private Freezing freezing(Campaign campaign, List<String> hurts, @Nullable String refusal, Texts t) {
        return new Freezing(
                campaign,
                campaigns.mark(campaign),
                plan(campaign).map(p -> sentences(t, p)).orElse(List.of()),
                hurts,
                rights(campaign),
                campaign.version() + 1,
                refusal);
    }

    @PostMapping("/desk/{brand}/campaigns/{slug}/publish")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView publish(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(name = Mark.FIELD, defaultValue = "") String seen,
            Texts t) {
        Campaign campaign = find(brand, slug);
        Desk desk = desks.of(brand, null);
        String here = desk.path("campaigns/" + slug);
        Optional<Publication> tried = desks.inOneTransaction(() -> {
            // Nobody freezes sentences that she has not read.
            if (new Mark(seen).differs(campaigns.lockedMark(campaign.id()))) return Optional.empty();
            var outcome = campaigns.publish(campaign.id());
            if (outcome instanceof Publication.Published(int version, var sha256)) {
                desks.note(
                        brand,
                        "campaign.published",
                        slug,
                        Json.object("version", Json.of(version), "sha256", Json.of(sha256.hex())));
            }
            return Optional.of(outcome);
        });
        if (tried.isEmpty()) {
            return Desks.page(
                    "publish",
                    desk,
                    freezing(find(brand, slug), List.of(), t.get("desk.publish.changed-meanwhile"), t),
                    HttpStatus.CONFLICT);
        }
        return switch (tried.get()) {
            case Publication.Published published -> Desks.to(here + "?said=published");
            case Publication.NothingNew same -> Desks.to(here + "?said=nothing-new");
            case Publication.Ended ended -> over(campaign, DraftForm.of(campaign.draft()), t);
            case Publication.Unfinished unfinished -> Desks.to(here + "?check=1&said=unfinished");
            case Publication.WouldHurt(List<Hurt> hurts) -> {
                Optional<Plan> published = campaigns.published(campaign.id());
                yield Desks.page(
                        "publish",
                        desk,
                        freezing(
                                campaign,
                                hurts.stream()
                                        .map(h -> Words.hurt(t, h, published.orElse(null)))
                                        .toList(),
                                null,
                                t),
                        HttpStatus.UNPROCESSABLE_CONTENT);
            }
        };
    }

    @PostMapping("/desk/{brand}/campaigns/{slug}/pause")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView pause(
            @PathVariable BrandId brand,
            @PathVariable String slug,
            @RequestParam(defaultValue = "") String messageZh,
            @RequestParam(defaultValue = "") String messageEn,
            Texts t) {
        Campaign campaign = find(brand, slug);
        var message = new Bilingual(messageZh.strip(), messageEn.strip());
        return turned(campaign, "campaign.paused", "paused", () -> campaigns.pause(campaign.id(), message), message, t);
    }

    @PostMapping("/desk/{brand}/campaigns/{slug}/resume")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView resume(@PathVariable BrandId brand, @PathVariable String slug, Texts t) {
        Campaign campaign = find(brand, slug);
        return turned(campaign, "campaign.resumed", "resumed", () -> campaigns.resume(campaign.id()), NO_WORDS, t);
    }

    @PostMapping("/desk/{brand}/campaigns/{slug}/end")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView end(@PathVariable BrandId brand, @PathVariable String slug, Texts t) {
        Campaign campaign = find(brand, slug);
        return turned(campaign, "campaign.ended", "ended", () -> campaigns.end(campaign.id()), NO_WORDS, t);
    }

    private ModelAndView turned(
            Campaign campaign,
            String act,
            String said,
            java.util.function.Supplier<Campaigns.Turn> deed,
            Bilingual pausing,
            Texts t) {
        BrandId brand = campaign.id().brand();
        Desk desk = desks.of(brand, null);
        Campaigns.Turn turn = desks.inOneTransaction(() -> {
            Campaigns.Turn outcome = deed.get();
            if (outcome instanceof Campaigns.Turn.Done) desks.note(brand, act, campaign.slug(), Json.object());
            return outcome;
        });
        String refusal =
                switch (turn) {
                    case Campaigns.Turn.Done done -> null;
                    case Campaigns.Turn.NotNow(Campaign.State state) ->
                        t.get(
                                "desk.campaign.not-now",
                                t.get("desk.campaign.state."
                                        + state.name().toLowerCase(Locale.ROOT).replace("published", "running")));
                    case Campaigns.Turn.NoMessage none -> t.get("desk.campaign.no-message");
                    case Campaigns.Turn.PromisedUntil(Instant until) ->
                        t.get("desk.campaign.promised-until", until, rights(campaign));
                };
        if (refusal == null) return Desks.to(desk.path("campaigns/" + campaign.slug()) + "?said=" + said);
        return Desks.page(
                "campaign",
                desk,
                builder(campaign, DraftForm.of(campaign.draft()), false, "", pausing, refusal, t),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    /** The same offers under another name, as a draft without dates: what was earned once earns nothing again by mistake. */
    @PostMapping("/desk/{brand}/campaigns/{slug}/copy")
    @Requires(Permission.CAMPAIGNS)
    ModelAndView copy(@PathVariable BrandId brand, @PathVariable String slug) {
        DraftForm copy = DraftForm.of(find(brand, slug).draft()).asNew();
        String address = freeAddress(campaigns, slug);
        desks.inOneTransaction(() -> {
            var outcome = campaigns.draft(brand, address, copy.json());
            if (outcome instanceof Campaigns.Drafting.Drafted) {
                desks.note(brand, "campaign.copied", address, Json.object("from", Json.of(slug)));
            }
            return outcome;
        });
        return Desks.to(desks.of(brand, null).path("campaigns/" + address) + "?said=copied");
    }

    /** The wanted address, or it with the first number that is not taken. */
    static String freeAddress(Campaigns campaigns, String wanted) {
        String base = Slugs.valid(wanted) ? wanted : "campaign";
        if (base.length() > ADDRESS_MOST) base = base.substring(0, ADDRESS_MOST).replaceAll("-+$", "");
        String address = base;
        for (int n = 2; campaigns.bySlug(address).isPresent(); n++) address = base + "-" + n;
        return address;
    }

    private Campaign find(BrandId brand, String slug) {
        return campaigns.bySlug(slug).filter(c -> c.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
