package vitrine.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One order's whole life as a value: each verb answers the next state and what happened, and refuses what a shop would
 * refuse. Amounts are minor units, as the price tags show them; tax is the shop's affair ({@link Tax}).
 */
public record SandboxOrder(
        String shop,
        long number,
        String currency,
        boolean test,
        Buyer buyer,
        List<Line> lines,
        @Nullable String discountCode,
        long shipping,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant paidAt,
        @Nullable Instant cancelledAt,
        List<Fulfilment> fulfilments,
        List<Refund> refunds,
        int steps) {
    public SandboxOrder {
        lines = List.copyOf(lines);
        fulfilments = List.copyOf(fulfilments);
        refunds = List.copyOf(refunds);
    }

    /** {@code discount} is this line's share of the order's discount, for all of its units. */
    public record Line(Product product, int quantity, long unitPrice, long discount) {
        public long gross() {
            return unitPrice * quantity;
        }

        public long total() {
            return gross() - discount;
        }

        /** What the first n units cost after their share of the discount. */
        long value(int units) {
            return unitPrice * units - discount * units / quantity;
        }
    }

    public record Part(int line, int quantity) {}

    public record Fulfilment(int n, Instant at, @Nullable Instant deliveredAt, List<Part> parts) {
        public Fulfilment {
            parts = List.copyOf(parts);
        }
    }

    /**
     * {@code amount} is the money given back for goods. It is usually the sum of the parts; without parts it is an
     * amount-only refund. {@code shipping} goes back when the whole order is cancelled.
     */
    public record Refund(int n, Instant at, long amount, long shipping, List<RefundPart> parts, String note) {
        public Refund {
            parts = List.copyOf(parts);
        }

        long partsAmount() {
            return parts.stream().mapToLong(RefundPart::amount).sum();
        }
    }

    public record RefundPart(int line, int quantity, long amount) {}

    public record Wish(Product product, int quantity) {}

    public record Discount(String code, long amount) {}

    public enum Happened {
        BOUGHT,
        PAID,
        FULFILLED,
        DELIVERED,
        REFUNDED,
        EDITED,
        CANCELLED
    }

    /** What a verb did: the new state, and which fulfilment, refund or line it was about (-1: none). */
    public record Step(Happened happened, SandboxOrder order, int subject, int delta) {}

    public static Step buy(
            String shop,
            long number,
            String currency,
            Buyer buyer,
            List<Wish> wishes,
            @Nullable Discount discount,
            long shipping,
            boolean test,
            Instant at) {
        if (wishes.isEmpty()) {
            throw Refused.invalid("order.empty", "an order has at least one line");
        }
        var gross = new long[wishes.size()];
        long sum = 0;
        for (int i = 0; i < gross.length; i++) {
            var wish = wishes.get(i);
            if (wish.quantity < 1 || wish.quantity > 999) {
                throw Refused.invalid("quantity.invalid", "a quantity is 1 to 999, not " + wish.quantity);
            }
            gross[i] = wish.product.price() * wish.quantity;
            sum += gross[i];
        }
        if (discount != null && (discount.amount < 0 || discount.amount > sum)) {
            throw Refused.invalid("discount.invalid", "a discount is 0 to " + sum + ", not " + discount.amount);
        }
        var shares = Money.split(discount == null ? 0 : discount.amount, gross);
        var lines = new ArrayList<Line>();
        for (int i = 0; i < gross.length; i++) {
            var wish = wishes.get(i);
            lines.add(new Line(wish.product, wish.quantity, wish.product.price(), shares[i]));
        }
        var order = new SandboxOrder(
                shop,
                number,
                currency,
                test,
                buyer,
                lines,
                discount == null ? null : discount.code,
                shipping,
                at,
                at,
                null,
                null,
                List.of(),
                List.of(),
                1);
        return new Step(Happened.BOUGHT, order, -1, 0);
    }

    public Step pay(Instant at) {
        refuseIfCancelled();
        if (paidAt != null) {
            throw Refused.conflict("order.paid", "order " + number + " is paid already");
        }
        return step(Happened.PAID, later(at), lines, later(at), null, fulfilments, refunds, -1, 0);
    }

    /** Sends everything that is still to be sent. */
    public Step fulfil(Instant at) {
        var parts = new ArrayList<Part>();
        for (int i = 0; i < lines.size(); i++) {
            if (fulfillable(i) > 0) {
                parts.add(new Part(i, fulfillable(i)));
            }
        }
        return fulfil(at, parts);
    }

    public Step fulfil(Instant at, List<Part> parts) {
        refuseIfCancelled();
        refuseIfUnpaid();
        if (parts.isEmpty()) {
            throw Refused.conflict("order.fulfilled", "nothing of order " + number + " is left to send");
        }
        for (var part : parts) {
            refuseQuantity(part, fulfillable(line(part.line)), "to send");
        }
        var sent = new ArrayList<>(fulfilments);
        sent.add(new Fulfilment(fulfilments.size() + 1, later(at), null, parts));
        return step(Happened.FULFILLED, later(at), lines, paidAt, null, sent, refunds, sent.size() - 1, 0);
    }

    /** The parcel arrived; each fulfilment is delivered on its own. */
    public Step deliver(Instant at, int fulfilment) {
        if (fulfilment < 0 || fulfilment >= fulfilments.size()) {
            throw Refused.invalid(
                    "fulfilment.unknown", "order " + number + " has " + fulfilments.size() + " fulfilments");
        }
        var parcel = fulfilments.get(fulfilment);
        if (parcel.deliveredAt != null) {
            throw Refused.conflict("fulfilment.delivered", "that parcel of order " + number + " has arrived already");
        }
        var arrived = new ArrayList<>(fulfilments);
        arrived.set(fulfilment, new Fulfilment(parcel.n, parcel.at, later(at), parcel.parts));
        return step(Happened.DELIVERED, later(at), lines, paidAt, cancelledAt, arrived, refunds, fulfilment, 0);
    }

    public Step giveBack(Instant at, List<Part> parts, String note) {
        refuseIfUnpaid();
        if (parts.isEmpty()) {
            throw Refused.conflict("order.returned", "nothing of order " + number + " is left to return");
        }
        var back = new ArrayList<RefundPart>();
        for (var part : parts) {
            int kept = kept(line(part.line));
            refuseQuantity(part, kept, "to return");
            var line = lines.get(part.line);
            // The last unit takes what is left, so that the parts of a line always sum to the line.
            var left = line.total() - returnedAmount(part.line);
            var amount =
                    part.quantity == kept ? left : Math.min(left, line.value(kept) - line.value(kept - part.quantity));
            back.add(new RefundPart(part.line, part.quantity, amount));
        }
        long amount = Math.min(
                goodsPaid(), back.stream().mapToLong(RefundPart::amount).sum());
        return refund(Happened.REFUNDED, at, amount, 0, back, note, cancelledAt);
    }

    public Step giveBackAll(Instant at, String note) {
        return giveBack(at, allKept(), note);
    }

    /** Money back, nothing sent back: "the cup was chipped, keep it". */
    public Step giveBackAmount(Instant at, long amount, String note) {
        refuseIfUnpaid();
        if (amount < 1 || amount > goodsPaid()) {
            throw Refused.conflict(
                    "refund.too-much", "order " + number + " has " + goodsPaid() + " left, asked for " + amount);
        }
        return refund(Happened.REFUNDED, at, amount, 0, List.of(), note, cancelledAt);
    }

    /**
     * A line's quantity after the purchase. Up: the line grows at its price, without discount. Down: before payment the
     * line shrinks; after it the units taken off are refunded, as the shops do it.
     */
    public Step edit(Instant at, int index, int quantity) {
        refuseIfCancelled();
        int kept = kept(line(index));
        int delta = quantity - kept;
        if (quantity < 0 || quantity > 999 || delta == 0) {
            throw Refused.invalid("quantity.invalid", "line " + index + " has " + kept + ", asked for " + quantity);
        }
        if (delta < 0 && paidAt != null) {
            var refunded = giveBack(at, List.of(new Part(index, -delta)), "edited");
            return new Step(Happened.EDITED, refunded.order, index, delta);
        }
        var line = lines.get(index);
        var edited = new ArrayList<>(lines);
        if (delta < 0) {
            if (quantity == 0) {
                throw Refused.invalid("quantity.invalid", "an unpaid line keeps at least one unit");
            }
            edited.set(
                    index,
                    new Line(line.product, quantity, line.unitPrice, line.unitPrice * quantity - line.value(quantity)));
        } else {
            edited.set(index, new Line(line.product, line.quantity + delta, line.unitPrice, line.discount));
        }
        return step(Happened.EDITED, later(at), edited, paidAt, null, fulfilments, refunds, index, delta);
    }

    /** A paid order that is cancelled gives everything back, shipping too. */
    public Step cancel(Instant at) {
        refuseIfCancelled();
        if (fulfilments.stream().anyMatch(f -> f.deliveredAt != null)) {
            throw Refused.conflict("order.delivered", "order " + number + " has arrived; it can be returned");
        }
        if (paidAt == null || goodsPaid() == 0 && allKept().isEmpty()) {
            return step(Happened.CANCELLED, later(at), lines, paidAt, later(at), fulfilments, refunds, -1, 0);
        }
        var back = new ArrayList<RefundPart>();
        for (var part : allKept()) {
            back.add(new RefundPart(
                    part.line, part.quantity, lines.get(part.line).total() - returnedAmount(part.line)));
        }
        return refund(Happened.CANCELLED, at, goodsPaid(), shipping, back, "cancelled", later(at));
    }

    /** What is paid for goods and not given back: after discounts, without shipping. */
    public long goodsPaid() {
        return paidAt == null
                ? 0
                : lines.stream().mapToLong(Line::total).sum()
                        - refunds.stream().mapToLong(Refund::amount).sum();
    }

    public long goodsTotal() {
        return lines.stream().mapToLong(Line::total).sum();
    }

    public int returned(int line) {
        return refunds.stream()
                .flatMap(r -> r.parts.stream())
                .filter(p -> p.line == line)
                .mapToInt(RefundPart::quantity)
                .sum();
    }

    /** Units of a line that the buyer still has or will get. */
    public int kept(int line) {
        return lines.get(line).quantity - returned(line);
    }

    public int sent(int line) {
        return fulfilments.stream()
                .flatMap(f -> f.parts.stream())
                .filter(p -> p.line == line)
                .mapToInt(Part::quantity)
                .sum();
    }

    public int fulfillable(int line) {
        return Math.max(0, kept(line) - sent(line));
    }

    public boolean wholeSent() {
        for (int i = 0; i < lines.size(); i++) {
            if (fulfillable(i) > 0) {
                return false;
            }
        }
        return !fulfilments.isEmpty();
    }

    public boolean wholeDelivered() {
        return wholeSent() && fulfilments.stream().allMatch(f -> f.deliveredAt != null);
    }

    public boolean wholeReturned() {
        return paidAt != null && !refunds.isEmpty() && allKept().isEmpty();
    }

    private List<Part> allKept() {
        var parts = new ArrayList<Part>();
        for (int i = 0; i < lines.size(); i++) {
            if (kept(i) > 0) {
                parts.add(new Part(i, kept(i)));
            }
        }
        return parts;
    }

    private long returnedAmount(int line) {
        return refunds.stream()
                .flatMap(r -> r.parts.stream())
                .filter(p -> p.line == line)
                .mapToLong(RefundPart::amount)
                .sum();
    }

    private Step refund(
            Happened happened,
            Instant at,
            long amount,
            long shippingBack,
            List<RefundPart> parts,
            String note,
            @Nullable Instant cancelled) {
        var more = new ArrayList<>(refunds);
        more.add(new Refund(refunds.size() + 1, later(at), amount, shippingBack, parts, note));
        return step(happened, later(at), lines, paidAt, cancelled, fulfilments, more, more.size() - 1, 0);
    }

    private Step step(
            Happened happened,
            Instant at,
            List<Line> newLines,
            @Nullable Instant paid,
            @Nullable Instant cancelled,
            List<Fulfilment> sent,
            List<Refund> refunded,
            int subject,
            int delta) {
        var next = new SandboxOrder(
                shop,
                number,
                currency,
                test,
                buyer,
                newLines,
                discountCode,
                shipping,
                createdAt,
                at,
                paid,
                cancelled,
                sent,
                refunded,
                steps + 1);
        return new Step(happened, next, subject, delta);
    }

    /** The shops write whole seconds, so two steps of one order are at least a second apart. */
    private Instant later(Instant at) {
        var earliest = updatedAt.plus(Duration.ofSeconds(1));
        return Comparator.<Instant>naturalOrder().compare(at, earliest) < 0 ? earliest : at;
    }

    private int line(int index) {
        if (index < 0 || index >= lines.size()) {
            throw Refused.invalid("line.unknown", "order " + number + " has " + lines.size() + " lines");
        }
        return index;
    }

    private void refuseQuantity(Part part, int allowed, String what) {
        if (part.quantity < 1 || part.quantity > allowed) {
            throw Refused.conflict(
                    "quantity.too-much",
                    "line " + part.line + " has " + allowed + " " + what + ", asked for " + part.quantity);
        }
    }

    private void refuseIfUnpaid() {
        if (paidAt == null) {
            throw Refused.conflict("order.unpaid", "order " + number + " is not paid");
        }
    }

    private void refuseIfCancelled() {
        if (cancelledAt != null) {
            throw Refused.conflict("order.cancelled", "order " + number + " is cancelled");
        }
    }
}
