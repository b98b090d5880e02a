package vitrine.campaign.desk;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaigns;
import vitrine.campaign.GoodsTitles;
import vitrine.campaign.Previews;
import vitrine.campaign.Words;
import vitrine.campaign.desk.CampaignsDesk.Choice;
import vitrine.campaign.desk.CampaignsDesk.Finding;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.PlanJson;
import vitrine.campaign.rules.Problem;
import vitrine.campaign.web.Exhibit;
import vitrine.campaign.web.Exhibits;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.Slugs;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Texts;
import vitrine.proof.Json;

/**
 * A campaign in five questions, beside it what a buyer will see and what last month's orders say to it. The answers become an
 * ordinary draft, which the builder shows in full and which nothing has published yet.
 */
@Controller
@Requires(Permission.CAMPAIGNS)
public class QuestionsDesk {

    private static final int TRIED_DAYS = 30;
    private static final int RUNS_DAYS = 30;
    /** What the estimate draws: the same offer, asking for so many hundredths of what it asks. Itself first, so stock is its own. */
    private static final List<Integer> HUNDREDTHS = List.of(100, 40, 60, 80, 120, 150, 200, 250);

    private final Desks desks;
    private final Campaigns campaigns;
    private final Previews previews;
    private final Catalog catalog;
    private final Exhibits exhibits;
    private final GoodsPicks picks;
    private final GoodsTitles titles;
    private final BusinessClock clock;

    QuestionsDesk(
            Desks desks,
            Campaigns campaigns,
            Previews previews,
            Catalog catalog,
            Exhibits exhibits,
            GoodsPicks picks,
            GoodsTitles titles,
            BusinessClock clock) {
        this.desks = desks;
        this.campaigns = campaigns;
        this.previews = previews;
        this.catalog = catalog;
        this.exhibits = exhibits;
        this.picks = picks;
        this.titles = titles;
        this.clock = clock;
    }

    /** What a campaign is made from; each asks for the same five things and presets the rest. */
    public enum Template {
        /** One order of so much, one piece. */
        GIFT,
        /** The more in one order, the more pieces. */
        TIERS,
        /** All orders of the campaign's days together. */
        THANKS,
        /** One order of so much, by somebody in the brand's list of members. */
        MEMBERS,
        /** The same over the shops of several brands: the house's. */
        JOINT;

        public String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        boolean sums() {
            return this == THANKS || this == JOINT;
        }

        static Template of(String code, boolean house) {
            for (Template each : values()) if (each.code().equals(code) && (each == JOINT) == house) return each;
            return house ? JOINT : GIFT;
        }

        static List<Template> offered(boolean house) {
            return house ? List.of(JOINT) : List.of(GIFT, TIERS, MEMBERS, THANKS);
        }
    }

    /**
     * As they were typed.
     *
     * @param goods words for which a line must fit; empty: all goods
     * @param brands of {@link Template#JOINT}: whose shops count
     * @param everyBrand all brands' shops count, those that join later too
     * @param from2 of {@link Template#TIERS}: from so much on the second number of pieces
     */
    public record Answers(
            Template template,
            String collectible,
            String goods,
            List<String> brands,
            boolean everyBrand,
            String from1,
            String from2,
            String pieces2,
            String currency,
            String from,
            String until,
            String perCollector,
            String piecesMax,
            String nameZh,
            String nameEn) {

        /** Nobody is meant by default: that all are would be found out when their buyers come. */
        boolean lacksBrands() {
            return template == Template.JOINT && !everyBrand && brands.isEmpty();
        }

        List<String> counted() {
            return everyBrand ? List.of() : brands;
        }
    }

    /** @param pieces that last month's orders would have earned, had the offer asked for {@code from} */
    public record Point(long from, String words, int pieces, boolean asked) {}

    /**
     * @param exhibit null: nothing chosen yet
     * @param says null: it cannot be said yet
     * @param points the estimate's plot; empty: nothing to draw
     * @param left units that could be given now; null: as many as are wanted
     */
    public record Look(
            Answers answers,
            @Nullable Exhibit exhibit,
            String title,
            @Nullable String says,
            List<String> terms,
            Previews.@Nullable OfferPreview tried,
            List<Point> points,
            @Nullable Integer left) {

        /** What was looked at, without the shop's own tests. */
        public long orders() {
            return tried == null ? 0 : tried.orders() - tried.verdicts().getOrDefault("campaign.test-order", 0);
        }
    }

    /**
     * @param brands whose shops a joint campaign can count; empty: it is a brand's own
     * @param zone whose times of day the dates are
     * @param findings why no draft was made, each at its question
     */
    public record Questions(
            List<Template> templates,
            List<Choice> collectibles,
            List<GoodsPicks.Pick> goods,
            List<Brand> brands,
            Look look,
            ZoneId zone,
            List<Finding> findings) {

        /** What is wrong with this answer; empty: nothing. */
        public String said(String field) {
            return CampaignsDesk.said(findings, field);
        }
    }

    @GetMapping("/desk/{brand}/new-campaign")
    ModelAndView ask(@PathVariable BrandId brand, @RequestParam MultiValueMap<String, String> fields, Texts t) {
        Answers answers = answers(brand, fields, t);
        return Desks.page("questions", desks.of(brand, null), questions(brand, answers, List.of(), t));
    }

    /** The phone and the estimate alone, while somebody types; nothing is saved. */
    @PostMapping("/desk/{brand}/new-campaign/look")
    ModelAndView look(@PathVariable BrandId brand, @RequestParam MultiValueMap<String, String> fields, Texts t) {
        return new ModelAndView(
                "desk/look", Map.of("desk", desks.of(brand, null), "look", look(brand, answers(brand, fields, t), t)));
    }

    @PostMapping("/desk/{brand}/new-campaign")
    ModelAndView draft(@PathVariable BrandId brand, @RequestParam MultiValueMap<String, String> fields, Texts t) {
        Answers answers = answers(brand, fields, t);
        Desk desk = desks.of(brand, null);
        Json.Obj draft = form(answers, t).json();
        List<Finding> findings = new ArrayList<>();
        if (answers.lacksBrands()) findings.add(finding("brands", t.get("desk.questions.brands-missing")));
        for (Problem problem : campaigns.check(brand, campaigns.named(draft))) {
            Finding found = finding(asked(problem.where()), Words.problem(t, problem));
            if (!findings.contains(found)) findings.add(found);
        }
        if (!findings.isEmpty()) return refused(brand, answers, findings, t);
        String address = CampaignsDesk.freeAddress(campaigns, Slugs.of(title(answers, t, true)));
        var drafting = desks.inOneTransaction(() -> {
            var outcome = campaigns.draft(brand, address, draft);
            if (outcome instanceof Campaigns.Drafting.Drafted) {
                desks.note(
                        brand,
                        "campaign.drafted",
                        address,
                        Json.object("template", Json.of(answers.template().code())));
            }
            return outcome;
        });
        return switch (drafting) {
            case Campaigns.Drafting.Drafted drafted ->
                Desks.to(Desks.address(
                        desk.path("campaigns/" + address), "check", 1, "preview", "30", "said", "drafted"));
            // Between the look and the writing somebody else took it: the next press finds another one.
            case Campaigns.Drafting.SlugTaken(String taken) ->
                refused(brand, answers, List.of(finding("nameEn", t.get("desk.campaigns.slug-taken", taken))), t);
            case Campaigns.Drafting.NotASlug(String not) ->
                refused(brand, answers, List.of(finding("nameEn", t.get("desk.campaigns.not-a-slug", not))), t);
        };
    }

    private static Finding finding(String field, String words) {
        return new Finding(field, "", words);
    }

    /** The question that decides this place of the draft. */
    private static String asked(String where) {
        return switch (where) {
            case "name" -> "nameZh";
            case "currency", "from", "until" -> where;
            case "offers[0].tiers", "offers[0].tiers[0].from", "offers[0].tiers[0].pieces" -> "from1";
            case "offers[0].tiers[1].from" -> "from2";
            case "offers[0].tiers[1].pieces" -> "pieces2";
            case "offers[0].perCollector" -> "perCollector";
            case "offers[0].piecesMax" -> "piecesMax";
            case "offers[0].when.goods" -> "goods";
            case "offers[0].when.brands" -> "brands";
            default -> where.startsWith("offers[0].collectible") ? "collectible" : "questions";
        };
    }

    private ModelAndView refused(BrandId brand, Answers answers, List<Finding> findings, Texts t) {
        return Desks.page(
                "questions",
                desks.of(brand, null),
                questions(brand, answers, findings, t),
                HttpStatus.UNPROCESSABLE_CONTENT);
    }

    private Answers answers(BrandId brand, MultiValueMap<String, String> fields, Texts t) {
        boolean house = catalog.brand(brand).kind() == Brand.Kind.HOUSE;
        LocalDateTime tomorrow =
                clock.now().atZone(t.zone()).toLocalDate().plusDays(1).atStartOfDay();
        return new Answers(
                Template.of(field(fields, "template", ""), house),
                field(fields, "collectible", ""),
                GoodsPicks.together(fields, "goods"),
                house ? List.copyOf(fields.getOrDefault("brands", List.of())) : List.of(),
                house && fields.getFirst("everyBrand") != null,
                field(fields, "from1", "300"),
                field(fields, "from2", "600"),
                field(fields, "pieces2", "2"),
                field(fields, "currency", "CNY"),
                field(fields, "from", tomorrow.toString()),
                field(fields, "until", tomorrow.plusDays(RUNS_DAYS).toString()),
                field(fields, "perCollector", "1"),
                field(fields, "piecesMax", ""),
                field(fields, "nameZh", ""),
                field(fields, "nameEn", ""));
    }

    private static String field(MultiValueMap<String, String> fields, String name, String unasked) {
        String value = fields.getFirst(name);
        return value == null ? unasked : value.strip();
    }

    private DraftForm form(Answers a, Texts t) {
        return form(a, List.of(offer(a, a.from1(), a.from2())), t);
    }

    private DraftForm form(Answers a, List<DraftForm.OfferForm> offers, Texts t) {
        return new DraftForm(
                title(a, t, false),
                title(a, t, true),
                "",
                "",
                a.currency(),
                t.zone().getId(),
                a.from(),
                a.until(),
                offers);
    }

    /** As it is called, or by what it gives: a first name that nobody has to think of. */
    private String title(Answers a, Texts t, boolean english) {
        String typed = english ? a.nameEn() : a.nameZh();
        if (!typed.isEmpty()) return typed;
        Optional<Collectible> gives = collectible(a);
        if (gives.isEmpty()) return "";
        String key = "desk.questions.title." + a.template().code();
        return english
                ? t.in(vitrine.platform.web.Language.EN)
                        .get(key, gives.get().name().en())
                : t.in(vitrine.platform.web.Language.ZH)
                        .get(key, gives.get().name().zh());
    }

    private static DraftForm.OfferForm offer(Answers a, String from, String second) {
        List<DraftForm.TierForm> tiers = new ArrayList<>();
        tiers.add(new DraftForm.TierForm(from, "1"));
        if (a.template() == Template.TIERS) tiers.add(new DraftForm.TierForm(second, a.pieces2()));
        return new DraftForm.OfferForm(
                "",
                "",
                "",
                a.collectible(),
                a.goods(),
                "",
                "",
                a.counted(),
                a.template() == Template.MEMBERS,
                "amount",
                a.template().sums() ? "cumulative" : "order",
                "tiers",
                "",
                tiers,
                a.template() == Template.TIERS ? "" : a.perCollector(),
                a.piecesMax(),
                "7",
                "cn",
                "never",
                "");
    }

    private Optional<Collectible> collectible(Answers a) {
        return DraftForm.collectible(offer(a, "1", a.from2())).flatMap(catalog::find);
    }

    private Questions questions(BrandId brand, Answers answers, List<Finding> findings, Texts t) {
        boolean house = catalog.brand(brand).kind() == Brand.Kind.HOUSE;
        List<Choice> choices = new ArrayList<>();
        for (Brand each : house ? catalog.brands() : List.of(catalog.brand(brand))) {
            for (Collectible c : catalog.collectibles(each.id())) {
                if (c.publishedAt() == null) continue;
                choices.add(new Choice(c.id().brand() + "/" + c.id().value(), c.name(), each.name(), c.supply(), true));
            }
        }
        if (answers.collectible().isEmpty() && choices.size() == 1) {
            answers = with(answers, choices.getFirst().value());
        }
        List<Brand> brands = house
                ? catalog.brands().stream()
                        .filter(each -> each.kind() != Brand.Kind.HOUSE)
                        .toList()
                : List.of();
        return new Questions(
                Template.offered(house),
                choices,
                picks.of(catalog.brand(brand)),
                brands,
                look(brand, answers, t),
                t.zone(),
                findings);
    }

    private static Answers with(Answers a, String collectible) {
        return new Answers(
                a.template(),
                collectible,
                a.goods(),
                a.brands(),
                a.everyBrand(),
                a.from1(),
                a.from2(),
                a.pieces2(),
                a.currency(),
                a.from(),
                a.until(),
                a.perCollector(),
                a.piecesMax(),
                a.nameZh(),
                a.nameEn());
    }

    private Look look(BrandId brand, Answers a, Texts t) {
        boolean house = catalog.brand(brand).kind() == Brand.Kind.HOUSE;
        Optional<Collectible> gives = collectible(a).filter(c -> c.publishedAt() != null);
        Exhibit exhibit = gives.flatMap(c -> exhibits.at(c.slug())).orElse(null);
        // Names are no reason to say nothing; an id is only given when the draft is kept.
        Json.Obj draft = campaigns.named(form(a, t).json());
        String says = null;
        List<String> terms = List.of();
        Previews.OfferPreview tried = null;
        List<Point> points = List.of();
        if (!a.lacksBrands() && PlanJson.read(brand, house, draft) instanceof PlanJson.Reading.Whole(Plan plan)) {
            Offer offer = plan.offers().getFirst();
            says = Words.offer(
                    t,
                    offer,
                    gives.map(Collectible::name).orElse(new vitrine.platform.Bilingual("…", "…")),
                    titles.of(offer));
            terms = Words.terms(t, plan, offer);
            var tries = tries(brand, a, t);
            tried = tries.isEmpty() ? null : tries.getFirst();
            points = points(tries, t);
        }
        return new Look(
                a,
                exhibit,
                title(a, t, t.language() == vitrine.platform.web.Language.EN),
                says,
                terms,
                tried,
                points,
                exhibit == null || !exhibit.supply().limited()
                        ? null
                        : exhibit.supply().available());
    }

    /** One look at last month's orders for all of the thresholds: they are offers of one plan. */
    private List<Previews.OfferPreview> tries(BrandId brand, Answers a, Texts t) {
        Long asked = Money.typed(a.from1(), 4);
        if (asked == null) return List.of();
        Long second = a.template() == Template.TIERS ? Money.typed(a.from2(), 4) : null;
        List<DraftForm.OfferForm> offers = new ArrayList<>();
        for (int hundredths : HUNDREDTHS) {
            BigDecimal from = share(asked, hundredths);
            // Both steps move alike, and stay two: whoever reaches the second has the pieces of the second.
            offers.add(
                    hundredths == 100
                            ? offer(a, a.from1(), a.from2())
                            : offer(
                                    a,
                                    from.toPlainString(),
                                    second == null
                                            ? a.from2()
                                            : share(second, hundredths)
                                                    .max(from.add(BigDecimal.ONE))
                                                    .toPlainString()));
        }
        Instant now = clock.now();
        return switch (previews.preview(
                brand, campaigns.named(form(a, offers, t).json()), now.minus(Duration.ofDays(TRIED_DAYS)), now)) {
            case Previews.Preview.Unfinished unfinished -> List.of();
            case Previews.Preview.Tried(List<Previews.OfferPreview> tried) -> tried;
        };
    }

    private static BigDecimal share(long asked, int hundredths) {
        return BigDecimal.valueOf(asked, 4)
                .multiply(BigDecimal.valueOf(hundredths, 2))
                .setScale(0, RoundingMode.HALF_UP)
                .max(BigDecimal.ONE);
    }

    private static List<Point> points(List<Previews.OfferPreview> tries, Texts t) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < tries.size(); i++) {
            Offer offer = tries.get(i).offer();
            long from = ((vitrine.campaign.rules.Earning.Tiers) offer.earning())
                    .tiers()
                    .getFirst()
                    .from();
            points.add(new Point(
                    from,
                    t.price(from, offer.currency().getCurrencyCode()),
                    tries.get(i).earned(),
                    HUNDREDTHS.get(i) == 100));
        }
        points.sort(java.util.Comparator.comparingLong(Point::from));
        return tries.isEmpty() || tries.getFirst().orders() == 0 ? List.of() : points;
    }
}
