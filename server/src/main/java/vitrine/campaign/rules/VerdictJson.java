package vitrine.campaign.rules;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Json;

/** A verdict's numbers and its lines as they are kept in a row: canonical, so that equal ones are equal texts. */
public final class VerdictJson {

    private VerdictJson() {}

    public static String numbers(Verdict verdict) {
        return switch (verdict) {
            case Verdict.TestOrder(),
                    Verdict.NotPaid(),
                    Verdict.NotMember(),
                    Verdict.NothingMatches(),
                    Verdict.NothingLeft() -> "{}";
            case Verdict.Cancelled(Instant at) -> Json.object("at", time(at)).text();
            case Verdict.OtherCurrency(String got, String want) ->
                Json.object("got", Json.of(got), "want", Json.of(want)).text();
            case Verdict.OutsideWindow(Instant paidAt, Instant from, Instant until) ->
                Json.object("from", time(from), "paid", time(paidAt), "until", time(until))
                        .text();
            case Verdict.Paused(Instant paidAt, Instant from) ->
                Json.object("from", time(from), "paid", time(paidAt)).text();
            case Verdict.ShortOfTier(long got, long want, int pieces, Instant until) ->
                Json.object("got", Json.of(got), "pieces", Json.of(pieces), "until", time(until), "want", Json.of(want))
                        .text();
            case Verdict.LimitReached(long got, int pieces, int held, int allowed) ->
                Json.object(
                                "allowed",
                                Json.of(allowed),
                                "got",
                                Json.of(got),
                                "held",
                                Json.of(held),
                                "pieces",
                                Json.of(pieces))
                        .text();
            case Verdict.SettlesKept(long got, int pieces, int settled) ->
                Json.object("got", Json.of(got), "pieces", Json.of(pieces), "settled", Json.of(settled))
                        .text();
            case Verdict.Counted(long got, int pieces, Earning.Tier next) ->
                next == null
                        ? Json.object("got", Json.of(got), "pieces", Json.of(pieces))
                                .text()
                        : Json.object(
                                        "got",
                                        Json.of(got),
                                        "next",
                                        Json.object("from", Json.of(next.from()), "pieces", Json.of(next.pieces())),
                                        "pieces",
                                        Json.of(pieces))
                                .text();
        };
    }

    public static Verdict verdict(String code, String numbers) {
        Fields n = new Fields((Json.Obj) Json.parse(numbers).orThrow());
        return switch (code) {
            case "campaign.test-order" -> new Verdict.TestOrder();
            case "campaign.cancelled" -> new Verdict.Cancelled(n.time("at"));
            case "campaign.not-paid" -> new Verdict.NotPaid();
            case "campaign.other-currency" -> new Verdict.OtherCurrency(n.text("got"), n.text("want"));
            case "campaign.outside-window" ->
                new Verdict.OutsideWindow(n.time("paid"), n.time("from"), n.time("until"));
            case "campaign.paused" -> new Verdict.Paused(n.time("paid"), n.time("from"));
            case "campaign.not-member" -> new Verdict.NotMember();
            case "campaign.nothing-matches" -> new Verdict.NothingMatches();
            case "campaign.nothing-left" -> new Verdict.NothingLeft();
            case "campaign.short-of-tier" ->
                new Verdict.ShortOfTier(n.number("got"), n.number("want"), n.count("pieces"), n.time("until"));
            case "campaign.limit-reached" ->
                new Verdict.LimitReached(n.number("got"), n.count("pieces"), n.count("held"), n.count("allowed"));
            case "campaign.settles-kept" ->
                new Verdict.SettlesKept(n.number("got"), n.count("pieces"), n.count("settled"));
            case "campaign.counted" -> new Verdict.Counted(n.number("got"), n.count("pieces"), n.tier("next"));
            default -> throw new IllegalStateException("no verdict " + code);
        };
    }

    public static String lines(List<LineCount> lines) {
        return Json.of(lines.stream()
                        .map(l -> Json.object(
                                "counted",
                                Json.of(l.counted()),
                                "line",
                                Json.of(l.line()),
                                "paid",
                                Json.of(l.paidMinor()),
                                "title",
                                Json.of(l.title()),
                                "why",
                                Json.of(l.why().name().toLowerCase(Locale.ROOT))))
                        .toList())
                .text();
    }

    public static List<LineCount> lines(String json) {
        List<LineCount> lines = new ArrayList<>();
        for (Json each : (Json.Arr) Json.parse(json).orThrow()) {
            Fields l = new Fields((Json.Obj) each);
            lines.add(new LineCount(
                    l.text("line"),
                    l.text("title"),
                    l.number("counted"),
                    l.number("paid"),
                    LineCount.Why.valueOf(l.text("why").toUpperCase(Locale.ROOT))));
        }
        return lines;
    }

    private static Json time(Instant at) {
        return Json.of(at.toString());
    }

    /** Of a row that we wrote ourselves: what is missing is a bug. */
    private record Fields(Json.Obj object) {
        long number(String name) {
            if (object.get(name) instanceof Json.Num n) return n.whole();
            throw missing(name);
        }

        int count(String name) {
            return Math.toIntExact(number(name));
        }

        String text(String name) {
            if (object.get(name) instanceof Json.Str s) return s.value();
            throw missing(name);
        }

        Instant time(String name) {
            return Instant.parse(text(name));
        }

        Earning.@Nullable Tier tier(String name) {
            if (!(object.get(name) instanceof Json.Obj o)) return null;
            Fields tier = new Fields(o);
            return new Earning.Tier(tier.number("from"), tier.count("pieces"));
        }

        private IllegalStateException missing(String name) {
            return new IllegalStateException("no " + name + " in " + object.text());
        }
    }
}
