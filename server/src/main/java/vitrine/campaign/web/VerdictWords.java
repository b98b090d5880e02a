package vitrine.campaign.web;

import gg.jte.Content;
import java.util.Locale;
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
            case Verdict.ShortOfTier v -> t.say("verdict.short-of-tier", size(t, judged, v.missing()));
            case Verdict.Counted v when judged.given() -> t.say("verdict.counted", gift, v.pieces());
            case Verdict.Counted v when judged.promised() -> t.say("verdict.counted.kept", gift, v.pieces());
            case Verdict.Counted v -> t.say("verdict.counted.no-piece", gift);
            case Verdict.LimitReached v -> t.say("verdict.limit-reached", v.allowed(), v.held());
            case Verdict.SettlesKept v -> t.say("verdict.settles-kept", v.settled());
            case Verdict.NotCounted v -> t.say("verdict.no-gift", t.of(judged.campaign()));
        };
    }

    /** The numbers and the way on. */
    public static Content text(Texts t, Judged judged) {
        var gift = t.quoted(t.of(judged.gift()));
        return switch (judged.verdict()) {
            case Verdict.ShortOfTier v ->
                t.say(
                        sums(judged) ? "verdict.short-of-tier.text-sum" : "verdict.short-of-tier.text",
                        size(t, judged, v.got()),
                        size(t, judged, v.want()),
                        v.pieces(),
                        gift,
                        t.date(v.until().minusMillis(1)));
            case Verdict.Counted v ->
                v.next() == null
                        ? t.say("verdict.counted.text", size(t, judged, v.got()))
                        : t.say(
                                "verdict.counted.text-next",
                                size(t, judged, v.got()),
                                size(t, judged, v.next().from() - v.got()),
                                v.next().pieces());
            case Verdict.LimitReached v -> t.say("verdict.limit-reached.text", size(t, judged, v.got()));
            case Verdict.SettlesKept v -> t.say("verdict.settles-kept.text", size(t, judged, v.got()));
            case Verdict.TestOrder v -> t.say("verdict.test-order");
            case Verdict.Cancelled v -> t.say("verdict.cancelled", t.date(v.at()));
            case Verdict.NotPaid v -> t.say("verdict.not-paid");
            case Verdict.OtherCurrency v -> t.say("verdict.other-currency", v.got(), v.want());
            case Verdict.OutsideWindow v ->
                t.say("verdict.outside-window", t.dateTime(v.paidAt()), t.dateTime(v.from()), t.dateTime(v.until()));
            case Verdict.Paused v -> t.say("verdict.paused", t.dateTime(v.from()));
            case Verdict.NothingMatches v ->
                judged.offer() == null || judged.offer().selector().names().isEmpty()
                        ? t.say("verdict.nothing-matches.plain")
                        : t.say("verdict.nothing-matches", OfferWords.name(t, judged.offer()));
            case Verdict.NothingLeft v -> t.say("verdict.nothing-left");
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
        var key = "verdict.line-" + line.why().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return t.get(key, size(t, judged, line.counted()));
    }

    /** Where a right stands, and what it waits for. */
    public static String right(Texts t, Judged judged, Right right) {
        return switch (right.state()) {
            case WAITING -> t.get("promise.waiting");
            case PENDING ->
                right.due() != null
                        ? t.get("promise.pending-due", t.date(right.due()))
                        : judged.offer() == null || judged.offer().waiting().days() == 0
                                ? t.get("promise.pending-at-receipt")
                                : t.get(
                                        "promise.pending",
                                        judged.offer().waiting().days());
            case RIPE -> t.get("promise.ripe");
            case GRANTED ->
                right.granted() == null
                        ? t.get("promise.granted")
                        : t.get("promise.granted-at", t.date(right.granted()));
            case LAPSED -> t.get(why(right, "promise.lapsed"));
            case REVOKED -> t.get("promise.revoked");
            case KEPT -> t.get("promise.kept");
        };
    }

    private static String why(Right right, String otherwise) {
        var why = right.why();
        return why == null
                ? otherwise
                : switch (why) {
                    case "promise.order-cancelled" -> "promise.order-cancelled";
                    case "promise.order-returned" -> "promise.order-returned";
                    default -> otherwise;
                };
    }
}
