package vitrine.campaign.web;

import gg.jte.Content;
import vitrine.campaign.rules.LineCount;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Verdict;
import vitrine.campaign.web.MyOrders.Judged;
import vitrine.campaign.web.MyOrders.Right;
import vitrine.platform.web.Texts;

/** A verdict in the reader's words: what holds first, then the numbers, then the way on. Keys are the verdicts' own codes. */
public final class VerdictWords {

    private VerdictWords() {}

    /** The fact, in a few words. */
    public static Content head(Texts t, Judged judged) {
        var gift = t.quoted(t.of(judged.gift()));
        return switch (judged.verdict()) {
            case Verdict.ShortOfTier v -> t.say("campaign.short-of-tier", size(t, judged, v.missing()));
            case Verdict.Counted v when judged.earned() -> t.say("campaign.counted", gift, v.pieces());
            case Verdict.Counted v -> t.say("campaign.counted.no-piece", gift);
            case Verdict.LimitReached v -> t.say("campaign.limit-reached", v.allowed(), v.held());
            case Verdict.SettlesKept v -> t.say("campaign.settles-kept", v.settled());
            case Verdict.NotCounted v -> t.say("campaign.no-gift", t.of(judged.campaign()));
        };
    }

    /** The numbers and the way on. */
    public static Content text(Texts t, Judged judged) {
        var gift = t.quoted(t.of(judged.gift()));
        return switch (judged.verdict()) {
            case Verdict.ShortOfTier v ->
                t.say(
                        sums(judged) ? "campaign.short-of-tier.text-sum" : "campaign.short-of-tier.text",
                        size(t, judged, v.got()),
                        size(t, judged, v.want()),
                        v.pieces(),
                        gift,
                        t.date(v.until().minusMillis(1)));
            case Verdict.Counted v ->
                v.next() == null
                        ? t.say("campaign.counted.text", size(t, judged, v.got()))
                        : t.say(
                                "campaign.counted.text-next",
                                size(t, judged, v.got()),
                                size(t, judged, v.next().from() - v.got()),
                                v.next().pieces());
            case Verdict.LimitReached v -> t.say("campaign.limit-reached.text", size(t, judged, v.got()));
            case Verdict.SettlesKept v -> t.say("campaign.settles-kept.text", size(t, judged, v.got()));
            case Verdict.TestOrder v -> t.say("campaign.test-order");
            case Verdict.Cancelled v -> t.say("campaign.cancelled", t.date(v.at()));
            case Verdict.NotPaid v -> t.say("campaign.not-paid");
            case Verdict.OtherCurrency v -> t.say("campaign.other-currency", v.got(), v.want());
            case Verdict.OutsideWindow v ->
                t.say("campaign.outside-window", t.dateTime(v.paidAt()), t.dateTime(v.from()), t.dateTime(v.until()));
            case Verdict.Paused v -> t.say("campaign.paused", t.dateTime(v.from()));
            case Verdict.NothingMatches v ->
                judged.offer() == null || judged.offer().selector().names().isEmpty()
                        ? t.say("campaign.nothing-matches.plain")
                        : t.say("campaign.nothing-matches", OfferWords.what(t, judged.offer()));
            case Verdict.NothingLeft v -> t.say("campaign.nothing-left");
        };
    }

    private static boolean sums(Judged judged) {
        return judged.offer() != null && judged.offer().basis() == Offer.Basis.CUMULATIVE;
    }

    private static String size(Texts t, Judged judged, long counted) {
        var offer = judged.offer();
        return offer == null ? t.number(counted) : OfferWords.exactly(t, offer, counted);
    }

    /** What one line brought, or why it brought nothing. */
    public static String line(Texts t, Judged judged, LineCount line) {
        return switch (line.why()) {
            case COUNTED, COUNTED_IN_PART -> t.get(line.why().code(), size(t, judged, line.counted()));
            case NOT_IN_OFFER, RETURNED, FREE, ADDED_LATER -> t.get(line.why().code());
        };
    }

    /** Where a right stands, and what it waits for. */
    public static String right(Texts t, Judged judged, Right right) {
        return switch (right.state()) {
            case WAITING -> t.get("entitlement.waiting");
            case PENDING ->
                right.due() != null
                        ? t.get("entitlement.pending-due", t.date(right.due()))
                        : judged.offer() == null || judged.offer().waiting().days() == 0
                                ? t.get("entitlement.pending-at-receipt")
                                : t.get(
                                        "entitlement.pending",
                                        judged.offer().waiting().days());
            case RIPE -> t.get("entitlement.ripe");
            case GRANTED ->
                right.granted() == null
                        ? t.get("entitlement.granted")
                        : t.get("entitlement.granted-at", t.date(right.granted()));
            case LAPSED -> t.get(why(right, "entitlement.lapsed"));
            case REVOKED -> t.get("entitlement.revoked");
            case KEPT -> t.get("entitlement.kept");
        };
    }

    private static String why(Right right, String otherwise) {
        var why = right.why();
        return why == null
                ? otherwise
                : switch (why) {
                    case "entitlement.order-cancelled" -> "entitlement.order-cancelled";
                    case "entitlement.order-returned" -> "entitlement.order-returned";
                    default -> otherwise;
                };
    }
}
