package vitrine.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

/** The rules and what they say, in the reader's language. Every number comes out of the rules themselves. */
public final class Words {

    private Words() {}

    /** The offer in one sentence: "Buy lamps for ¥300 or more and get 1 “Moonrise”." */
    public static String offer(Texts t, Offer offer, Bilingual collectible) {
        String goods = goods(t, offer.selector());
        String name = t.quoted(t.of(collectible));
        String sums = offer.basis() == Offer.Basis.CUMULATIVE ? "-summed" : "";
        return switch (offer.earning()) {
            case Earning.Every(long each) -> t.get("campaign.say-every" + sums, goods, measured(t, offer, each), name);
            case Earning.Tiers(List<Earning.Tier> tiers) -> {
                boolean anyOne = offer.measure() == Offer.Measure.QUANTITY
                        && tiers.size() == 1
                        && tiers.getFirst().from() == 1
                        && offer.basis() == Offer.Basis.ORDER;
                if (anyOne)
                    yield t.get("campaign.say-any", goods, tiers.getFirst().pieces(), name);
                List<String> steps = new ArrayList<>();
                for (Earning.Tier tier : tiers) {
                    steps.add(t.get("campaign.say-tier", measured(t, offer, tier.from()), tier.pieces()));
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
        terms.add(
                switch (offer.giftPolicy()) {
                    case GiftPolicy.Never() -> t.get("campaign.say-gift-never");
                    case GiftPolicy.AfterDays(int days) -> t.get("campaign.say-gift-after", days);
                    case GiftPolicy.Free() -> t.get("campaign.say-gift-free");
                });
        terms.add(t.get("campaign.say-currency", offer.currency().getCurrencyCode()));
        terms.add(t.get("campaign.say-scarce"));
        return terms;
    }

    /** Fact, number, way on. */
    public static String verdict(Texts t, Offer offer, Bilingual collectible, Verdict verdict) {
        String name = t.quoted(t.of(collectible));
        String code = verdict.code();
        return switch (verdict) {
            case Verdict.TestOrder(), Verdict.NotPaid(), Verdict.NothingLeft() -> t.get(code);
            case Verdict.Cancelled(var at) -> t.get(code, at);
            case Verdict.OtherCurrency(String got, String want) -> t.get(code, got, want);
            case Verdict.OutsideWindow(var paidAt, var from, var until) -> t.get(code, paidAt, from, until);
            case Verdict.Paused(var paidAt, var from) -> t.get(code, paidAt, from);
            case Verdict.NothingMatches() -> t.get(code, goods(t, offer.selector()));
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

    public static String standing(Texts t, Standing standing) {
        return switch (standing) {
            case Standing.Waiting(int place) -> t.get(standing.code(), place);
            case Standing.Pending(var due) -> due == null ? t.get(standing.code()) : t.get(standing.code(), due);
            case Standing.Ripe() -> t.get(standing.code());
            case Standing.Granted(var piece) -> t.get(standing.code(), piece.serial());
            case Standing.Lapsed(String why) -> t.get(standing.code(), why.isEmpty() ? "" : t.get(why));
            case Standing.Revoked(var piece, String why) ->
                t.get(standing.code(), piece.serial(), why.isEmpty() ? "" : t.get(why));
            case Standing.Kept(var piece) -> t.get(standing.code(), piece.serial());
        };
    }

    public static String problem(Texts t, Problem problem) {
        return t.get(problem.code(), problem.where(), problem.got());
    }

    public static String hurt(Texts t, Hurt hurt) {
        return t.get(hurt.code(), hurt.published(), hurt.draft());
    }

    /** Goods as the shops name them; "anything" where nothing is asked. */
    public static String goods(Texts t, Selector selector) {
        List<String> kinds = new ArrayList<>();
        kind(t, "goods", selector.goods(), kinds);
        kind(t, "categories", selector.categories(), kinds);
        kind(t, "vendors", selector.vendors(), kinds);
        return kinds.isEmpty() ? t.get("campaign.goods-all") : String.join(t.get("campaign.goods-and"), kinds);
    }

    private static void kind(Texts t, String kind, java.util.Set<String> words, List<String> kinds) {
        if (words.isEmpty()) return;
        kinds.add(t.get(
                "campaign.goods-" + kind.toLowerCase(Locale.ROOT),
                t.list(words.stream().sorted().map(t::quoted).toList())));
    }

    /** 300.00 元, or 2 件. */
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
