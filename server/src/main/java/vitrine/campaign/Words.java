package vitrine.campaign;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.LineCount;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.Problem;
import vitrine.campaign.rules.Selector;
import vitrine.campaign.rules.Verdict;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Texts;

/**
 * The rules and what they say, in the reader's language: the one source of these sentences for shoppers' pages, the desk and mails.
 * Every number comes out of the rules themselves; keys are the rules' own codes.
 */
public final class Words {

    private static final Pattern STEP = Pattern.compile("([0-9]+) → ([0-9]+)");

    private Words() {}

    /** As its brand named it; else by what it asks for. */
    public static String name(Texts t, Offer offer) {
        String name = t.of(offer.name());
        return name.isBlank() ? goods(t, offer.selector()) : name;
    }

    /**
     * The offer in one sentence: "Buy lamps in one order and get “Moonrise”: ¥300 brings 1."
     *
     * @param titles what shops call goods, by the sku or id that the rules name ({@link GoodsTitles}); what is not in it is named as
     *     there
     */
    public static String offer(Texts t, Offer offer, Bilingual collectible, Map<String, String> titles) {
        String said = toAnybody(t, offer, collectible, titles);
        return offer.members() ? t.get("campaign.members-only", said) : said;
    }

    private static String toAnybody(Texts t, Offer offer, Bilingual collectible, Map<String, String> titles) {
        String goods = goods(t, offer.selector(), titles);
        String name = t.quoted(t.of(collectible));
        String sums = offer.basis() == Offer.Basis.CUMULATIVE ? "-summed" : "";
        return switch (offer.earning()) {
            case Earning.Every(long each) -> t.get("campaign.say-every" + sums, goods, priced(t, offer, each), name);
            case Earning.Tiers(List<Earning.Tier> tiers) -> {
                boolean anyOne = offer.measure() == Offer.Measure.QUANTITY
                        && tiers.size() == 1
                        && tiers.getFirst().from() == 1
                        && offer.basis() == Offer.Basis.ORDER;
                if (anyOne)
                    yield t.get("campaign.say-any", goods, tiers.getFirst().pieces(), name);
                List<String> steps = new ArrayList<>();
                for (Earning.Tier tier : tiers) {
                    steps.add(t.get("campaign.say-tier", priced(t, offer, tier.from()), tier.pieces()));
                }
                yield t.get("campaign.say-tiers" + sums, goods, t.list(steps), name);
            }
        };
    }

    /** What is to be known besides: window, waiting time, limits, what may happen to the piece later. */
    public static List<String> terms(Texts t, Plan plan, Offer offer) {
        List<String> terms = new ArrayList<>();
        terms.add(
                t.get("campaign.say-window", plan.window().from(), plan.window().until()));
        terms.add(
                offer.waiting().days() == 0
                        ? t.get("campaign.say-no-wait")
                        : t.get(
                                "campaign.say-wait-"
                                        + offer.waiting().calendar().name(),
                                offer.waiting().days()));
        if (offer.perCollector() != null) terms.add(t.get("campaign.say-limit", offer.perCollector()));
        if (offer.piecesMax() != null) terms.add(t.get("campaign.say-quantity", offer.piecesMax()));
        terms.add(gifting(t, offer.giftPolicy()));
        terms.add(t.get("campaign.say-currency", offer.currency().getCurrencyCode()));
        terms.add(t.get("campaign.say-scarce"));
        return terms;
    }

    /** What may happen to the piece later. */
    public static String gifting(Texts t, GiftPolicy policy) {
        return switch (policy) {
            case GiftPolicy.Never() -> t.get("piece.gifting.never");
            case GiftPolicy.AfterDays(int days, int again, int age) ->
                again == days && age == 0
                        ? t.get("piece.gifting.after", days)
                        : t.get("piece.gifting.after-again", days, again, age);
            case GiftPolicy.FromDate(var day) -> t.get("piece.gifting.from", t.date(day));
            case GiftPolicy.Free() -> t.get("piece.gifting.free");
        };
    }

    /**
     * The same in a line below an offer: {@code 收货后 7 个工作日发放 · 每人 1 件 · 退货则收回 · 余 31 件}.
     *
     * @param left units that it may still give; null: as many as there are
     */
    public static String small(Texts t, Offer offer, @Nullable Integer left) {
        List<String> parts = new ArrayList<>();
        if (offer.members()) parts.add(t.get("campaign.small-members"));
        parts.add(wait(t, offer));
        if (offer.perCollector() != null) parts.add(t.get("campaign.small-limit", offer.perCollector()));
        parts.add(t.get("campaign.small-returned"));
        if (left != null) parts.add(left == 0 ? t.get("campaign.small-none-left") : t.get("campaign.small-left", left));
        return String.join(" · ", parts);
    }

    private static String wait(Texts t, Offer offer) {
        int days = offer.waiting().days();
        return days == 0
                ? t.get("campaign.small-no-wait")
                : t.get("campaign.small-wait-" + offer.waiting().calendar().name(), days);
    }

    /**
     * A verdict in a few words, over its sentence.
     *
     * @param given she has the piece
     * @param promised a unit is held for her
     */
    public static String head(
            Texts t,
            @Nullable Offer offer,
            Bilingual campaign,
            Bilingual collectible,
            Verdict verdict,
            boolean given,
            boolean promised) {
        String name = t.quoted(t.of(collectible));
        return switch (verdict) {
            case Verdict.ShortOfTier s
            when offer != null -> t.get("campaign.head-short", measured(t, offer, s.missing()));
            case Verdict.Counted c when given -> t.get("campaign.head-given", name);
            case Verdict.Counted c when promised -> t.get("campaign.head-promised", name);
            case Verdict.Counted c -> t.get("campaign.head-counted", name);
            case Verdict.LimitReached l -> t.get("campaign.head-limit", l.allowed(), l.held());
            case Verdict.SettlesKept s -> t.get("campaign.head-settled", s.settled());
            case Verdict.ShortOfTier s -> t.quoted(t.of(campaign));
            case Verdict.NotCounted n -> t.quoted(t.of(campaign));
        };
    }

    /**
     * Fact, number, way on.
     *
     * @param titles as in {@link #offer}
     */
    public static String verdict(
            Texts t, Offer offer, Bilingual collectible, Verdict verdict, Map<String, String> titles) {
        String name = t.quoted(t.of(collectible));
        String code = verdict.code();
        return switch (verdict) {
            case Verdict.TestOrder(), Verdict.NotPaid(), Verdict.NotMember(), Verdict.NothingLeft() -> t.get(code);
            case Verdict.Cancelled(var at) -> t.get(code, at);
            case Verdict.OtherCurrency(String got, String want) -> t.get(code, got, want);
            case Verdict.OutsideWindow(var paidAt, var from, var until) -> t.get(code, paidAt, from, until);
            case Verdict.Paused(var paidAt, var from) -> t.get(code, paidAt, from);
            case Verdict.NothingMatches() -> t.get(code, goods(t, offer.selector(), titles));
            case Verdict.ShortOfTier s ->
                t.get(
                        offer.basis() == Offer.Basis.CUMULATIVE ? code : code + "-one-order",
                        measured(t, offer, s.got()),
                        measured(t, offer, s.want()),
                        measured(t, offer, s.missing()),
                        s.until(),
                        s.pieces(),
                        name);
            case Verdict.LimitReached l ->
                t.get(code, measured(t, offer, l.got()), l.pieces(), l.held(), l.allowed(), name);
            case Verdict.SettlesKept s -> t.get(code, measured(t, offer, s.got()), s.pieces(), s.settled(), name);
            case Verdict.Counted c -> {
                Earning.Tier next = c.next();
                String said = t.get(
                        c.pieces() > 0 ? code : code + "-nothing-more", measured(t, offer, c.got()), c.pieces(), name);
                yield next == null
                        ? said
                        : said
                                + t.get(
                                        "campaign.counted-next",
                                        measured(t, offer, next.from() - c.got()),
                                        measured(t, offer, next.from()),
                                        next.pieces());
            }
        };
    }

    public static String line(Texts t, Offer offer, LineCount line) {
        return t.get(line.why().code(), measured(t, offer, line.counted()), t.money(line.paidMinor(), currency(offer)));
    }

    /** Where a right stands and what it waits for. @param offer null: it is not in the rules any more */
    public static String standing(Texts t, Standing standing, @Nullable Offer offer) {
        String code = standing.code();
        return switch (standing) {
            case Standing.Waiting(int place) -> t.get(code, place);
            case Standing.Pending(var due) ->
                due != null
                        ? t.get(code, t.date(due))
                        : t.get(code, offer == null ? t.get("campaign.small-no-wait") : wait(t, offer));
            case Standing.Ripe() -> t.get(code);
            case Standing.Granted(var piece) -> t.get(code);
            case Standing.Lapsed(String why) -> t.get(code, why(t, why));
            case Standing.Revoked(var piece, String why) -> t.get(code, why(t, why));
            case Standing.Kept(var piece) -> t.get(code);
        };
    }

    private static String why(Texts t, String why) {
        return t.get(why.isEmpty() ? "entitlement.no-longer" : why);
    }

    public static String problem(Texts t, Problem problem) {
        return t.get(problem.code(), problem.where(), problem.got());
    }

    /** Why a change cannot be published: what was promised and what would stand there, in dates, sums and words. */
    public static String hurt(Texts t, Hurt hurt, @Nullable Plan published) {
        Offer offer = published == null
                ? null
                : published.offers().stream()
                        .filter(o -> o.id().value().toString().equals(hurt.offer())
                                || o.id().toString().equals(hurt.offer()))
                        .findFirst()
                        .orElse(null);
        String said = t.get(
                hurt.code(),
                readable(t, hurt.code(), hurt.published(), offer),
                readable(t, hurt.code(), hurt.draft(), offer));
        return offer == null || t.of(offer.name()).isBlank()
                ? said
                : t.get("campaign.hurts-in-offer", t.of(offer.name()), said);
    }

    private static String readable(Texts t, String code, String value, @Nullable Offer offer) {
        return switch (code) {
            case "campaign.hurts-later-start", "campaign.hurts-earlier-end" -> t.dateTime(Instant.parse(value));
            case "campaign.hurts-higher-threshold" -> {
                var step = STEP.matcher(value);
                if (offer == null || !step.matches()) yield value;
                yield t.get(
                        "campaign.hurts-step",
                        priced(t, offer, Long.parseLong(step.group(1))),
                        Long.parseLong(step.group(2)));
            }
            case "campaign.hurts-smaller-limit", "campaign.hurts-fewer-pieces" ->
                value.isEmpty() ? t.get("campaign.hurts-no-limit") : value;
            default -> value;
        };
    }

    /** Goods as the shops name them; "anything" where nothing is asked. */
    public static String goods(Texts t, Selector selector) {
        return goods(t, selector, Map.of());
    }

    private static String goods(Texts t, Selector selector, Map<String, String> titles) {
        List<String> kinds = new ArrayList<>();
        kind(
                t,
                "goods",
                selector.goods().stream()
                        .map(word -> titles.getOrDefault(word, word))
                        .collect(java.util.stream.Collectors.toSet()),
                kinds);
        kind(t, "categories", selector.categories(), kinds);
        kind(t, "vendors", selector.vendors(), kinds);
        return kinds.isEmpty() ? t.get("campaign.goods-all") : String.join(t.get("campaign.goods-and"), kinds);
    }

    private static void kind(Texts t, String kind, java.util.Set<String> words, List<String> kinds) {
        if (words.isEmpty()) return;
        kinds.add(t.get(
                "campaign.goods-" + kind.toLowerCase(Locale.ROOT),
                t.anyOf(words.stream().sorted().map(t::quoted).toList())));
    }

    /** 300 元, or 2 件: in an offer's sentence. */
    public static String priced(Texts t, Offer offer, long counted) {
        return switch (offer.measure()) {
            case AMOUNT -> t.price(counted, currency(offer));
            case QUANTITY -> t.get("campaign.units", counted);
        };
    }

    /** 300.00 元, or 2 件: a sum that a reader may add up. */
    public static String measured(Texts t, Offer offer, long counted) {
        return switch (offer.measure()) {
            case AMOUNT -> t.money(counted, currency(offer));
            case QUANTITY -> t.get("campaign.units", counted);
        };
    }

    private static String currency(Offer offer) {
        return offer.currency().getCurrencyCode();
    }
}
