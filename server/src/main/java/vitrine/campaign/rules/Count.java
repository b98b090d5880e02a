package vitrine.campaign.rules;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.LineCount.Why;
import vitrine.campaign.rules.Verdict.NotCounted;
import vitrine.shop.Order;
import vitrine.shop.OrderLine;

/**
 * What of one order counts in one offer, line by line. Depends on nothing but the order, the offer, its pauses and
 * whether the buyer is a member: the same at any hour, however often it is asked.
 *
 * @param refusal why nothing counts; null when something does
 */
public record Count(
        long counted, List<LineCount> lines, @Nullable NotCounted refusal) {

    private static final OrderLine.Growth NOTHING = new OrderLine.Growth(0, 0, Instant.EPOCH);

    public static Count of(Offer offer, List<Pause> pauses, Order order, boolean member) {
        NotCounted refusal = refusal(offer, pauses, order, member);
        if (refusal != null) return new Count(0, List.of(), refusal);
        List<LineCount> lines = new ArrayList<>(order.lines().size());
        long counted = 0;
        boolean fits = false;
        for (OrderLine line : order.lines()) {
            LineCount count = count(offer, line);
            lines.add(count);
            counted = Math.addExact(counted, count.counted());
            fits |= count.why() != Why.NOT_IN_OFFER;
        }
        if (!fits) return new Count(0, lines, new Verdict.NothingMatches());
        if (counted == 0) return new Count(0, lines, new Verdict.NothingLeft());
        return new Count(counted, lines, null);
    }

    private static @Nullable NotCounted refusal(Offer offer, List<Pause> pauses, Order order, boolean member) {
        if (order.test()) return new Verdict.TestOrder();
        var cancelledAt = order.cancelledAt();
        if (cancelledAt != null) return new Verdict.Cancelled(cancelledAt);
        var paidAt = order.paidAt();
        if (paidAt == null) return new Verdict.NotPaid();
        if (!order.currency().equals(offer.currency())) {
            return new Verdict.OtherCurrency(
                    order.currency().getCurrencyCode(), offer.currency().getCurrencyCode());
        }
        Window window = offer.window();
        if (!window.holds(paidAt)) return new Verdict.OutsideWindow(paidAt, window.from(), window.until());
        for (Pause pause : pauses) if (pause.holds(paidAt)) return new Verdict.Paused(paidAt, pause.from());
        if (offer.members() && !member) return new Verdict.NotMember();
        return null;
    }

    private static LineCount count(Offer offer, OrderLine line) {
        long left = paidStill(line);
        if (!offer.selector().fits(line)) return count(line, 0, left, Why.NOT_IN_OFFER);
        if (paidInAll(line) <= 0) return count(line, 0, left, Why.FREE);
        if (left == 0) return count(line, 0, left, Why.RETURNED);
        // What an edit added outside the window is what a return takes first: a buyer is not worse off for having added
        // it.
        var grew = line.grew();
        var inside = grew != null && offer.window().holds(grew.at()) ? grew : NOTHING;
        long counted =
                switch (offer.measure()) {
                    case AMOUNT -> Math.min(left, line.paidMinor() + inside.minor());
                    case QUANTITY -> Math.min(unitsStill(line), line.quantity() + inside.units());
                };
        long whole = offer.measure() == Offer.Measure.AMOUNT ? paidInAll(line) : unitsInAll(line);
        if (counted <= 0) return count(line, 0, left, unitsStill(line) == 0 ? Why.RETURNED : Why.ADDED_LATER);
        return count(line, counted, left, counted < whole ? Why.COUNTED_IN_PART : Why.COUNTED);
    }

    private static LineCount count(OrderLine line, long counted, long left, Why why) {
        return new LineCount(line.id(), line.title(), counted, left, why);
    }

    private static long paidInAll(OrderLine line) {
        return line.paidMinor() + (line.grew() == null ? 0 : line.grew().minor());
    }

    private static int unitsInAll(OrderLine line) {
        return line.quantity() + (line.grew() == null ? 0 : line.grew().units());
    }

    private static int unitsStill(OrderLine line) {
        return Math.max(0, unitsInAll(line) - line.returned());
    }

    /**
     * Less returns: what was paid back, or the share of the units that went back where that is more (a shop may take goods back
     * before it pays, or pay back less than they cost).
     */
    private static long paidStill(OrderLine line) {
        long paid = paidInAll(line);
        int units = unitsInAll(line);
        long byUnits =
                units <= 0 ? paid : Math.ceilDiv(Math.multiplyExact(paid, (long) unitsStill(line)), (long) units);
        return Math.max(0, Math.min(paid - line.refundedMinor(), byUnits));
    }
}
