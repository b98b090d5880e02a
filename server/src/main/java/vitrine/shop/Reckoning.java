package vitrine.shop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vitrine.platform.BuyerKey;

/**
 * The state of an order, computed from the facts alone: pure, so that the same facts always give the same order.
 *
 * @param buyer the verified e-mail, else the phone, else the shop's own buyer id, else the e-mail of the till
 */
record Reckoning(
        String number,
        String currency,
        @Nullable BuyerKey buyer,
        @Nullable String contact,
        @Nullable String pickup,
        @Nullable Long paidAt,
        @Nullable Long receiptAt,
        @Nullable Long cancelledAt,
        boolean test,
        List<OrderLine> lines) {

    static Reckoning of(OrderFacts facts, String shopCurrency, int receiptDays) {
        Long paidAt = paidAt(facts);
        List<Count> counts = counts(facts, paidAt);
        spread(facts, counts);
        return new Reckoning(
                facts.number() == null ? facts.key() : facts.number().value(),
                facts.currency() == null ? shopCurrency : facts.currency().value(),
                buyer(facts),
                facts.contact() == null ? null : facts.contact().value(),
                facts.pickup() == null ? null : facts.pickup().value(),
                paidAt,
                receiptAt(facts, counts, paidAt, Duration.ofDays(receiptDays).toMillis()),
                cancelledAt(facts),
                facts.test(),
                counts.stream().map(Count::line).toList());
    }

    Reckoning withPaidAt(@Nullable Long millis) {
        return new Reckoning(number, currency, buyer, contact, pickup, millis, receiptAt, cancelledAt, test, lines);
    }

    /** Does everybody outside see the same order? The contact is sealed anew each time, and nobody matches by it. */
    boolean looksLike(@Nullable Reckoning other) {
        return other != null
                && number.equals(other.number)
                && currency.equals(other.currency)
                && Objects.equals(buyer, other.buyer)
                && Objects.equals(paidAt, other.paidAt)
                && Objects.equals(receiptAt, other.receiptAt)
                && Objects.equals(cancelledAt, other.cancelledAt)
                && test == other.test
                && lines.equals(other.lines);
    }

    private static @Nullable BuyerKey buyer(OrderFacts facts) {
        if (facts.email() != null) return key(BuyerKey.Kind.EMAIL, facts.email());
        if (facts.phone() != null) return key(BuyerKey.Kind.PHONE, facts.phone());
        if (facts.own() != null) return key(BuyerKey.Kind.SHOP_BUYER, facts.own());
        return facts.till() == null ? null : key(BuyerKey.Kind.EMAIL, facts.till());
    }

    private static BuyerKey key(BuyerKey.Kind kind, OrderFacts.Said said) {
        return new BuyerKey(kind, java.util.Base64.getDecoder().decode(said.value()));
    }

    private static @Nullable Long cancelledAt(OrderFacts facts) {
        if (facts.cancelled() == null) return null;
        long at = Long.parseLong(facts.cancelled().value());
        return at == 0 ? null : at;
    }

    /**
     * Some sources say when an order was paid. Others only that it is: then it was when the order was made, unless a message of
     * a later hour still called it unpaid.
     */
    static @Nullable Long paidAt(OrderFacts facts) {
        if (facts.paidBy() == null) return null;
        if (facts.paidAt() != null) return facts.paidAt();
        Long placed = facts.placed();
        if (placed == null || placed > facts.paidBy()) return facts.paidBy();
        return facts.unpaidAt() == null || facts.unpaidAt() < placed ? placed : facts.paidBy();
    }

    /** A line while it is being counted. */
    private static final class Count {
        final String id;
        final OrderFacts.Look look;
        final int units;
        final long paid;
        final OrderLine.@Nullable Growth grew;
        final int unitsInAll;
        final long paidInAll;
        int returned;
        long refunded;

        Count(
                String id,
                OrderFacts.Look look,
                int units,
                long paid,
                OrderLine.@Nullable Growth grew,
                int returned,
                long refunded) {
            this.id = id;
            this.look = look;
            this.units = units;
            this.paid = paid;
            this.grew = grew;
            this.unitsInAll = units + (grew == null ? 0 : grew.units());
            this.paidInAll = paid + (grew == null ? 0 : grew.minor());
            this.returned = Math.min(unitsInAll, returned);
            this.refunded = Math.min(paidInAll, Math.max(refunded, worth(this.returned, refunded)));
        }

        /**
         * Goods that went back count no more at what was paid for them, also when less money was paid back. A shop that rounds
         * its shares another way than we do (a minor unit for each unit of goods) is believed.
         */
        private long worth(int units, long money) {
            if (units == unitsInAll) return paidInAll;
            long share = paidInAll * units / unitsInAll;
            return money > 0 && share - money <= units ? money : share;
        }

        long left() {
            return paidInAll - refunded;
        }

        OrderLine line() {
            return new OrderLine(
                    id,
                    look.sku(),
                    look.product(),
                    look.title(),
                    look.category(),
                    look.vendor(),
                    units,
                    paid,
                    returned,
                    refunded,
                    grew);
        }
    }

    private static List<Count> counts(OrderFacts facts, @Nullable Long paidAt) {
        long firstSeen = facts.lines().values().stream()
                .flatMap(line -> line.looks().values().stream())
                .mapToLong(OrderFacts.Span::first)
                .min()
                .orElse(0);
        // What the first message shows is what was paid, even when its own time lies after the payment's.
        long payment = paidAt == null ? Long.MAX_VALUE : Math.max(paidAt, firstSeen);
        List<String> ids = new ArrayList<>(facts.lines().keySet());
        ids.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        List<Count> counts = new ArrayList<>(ids.size());
        for (String id : ids) {
            OrderFacts.Line line = facts.lines().get(id);
            if (line == null || line.looks().isEmpty()) continue;
            counts.add(count(facts, id, line, payment));
        }
        return counts;
    }

    private static Count count(OrderFacts facts, String id, OrderFacts.Line line, long payment) {
        List<Map.Entry<OrderFacts.Look, OrderFacts.Span>> seen =
                new ArrayList<>(line.looks().entrySet());
        seen.sort(Reckoning::order);
        var newest = seen.getFirst();
        Map.@Nullable Entry<OrderFacts.Look, OrderFacts.Span> paid = null;
        for (var look : seen) {
            if (later(look.getValue().last(), newest.getValue().last(), look, newest)) newest = look;
            if (look.getValue().first() > payment) continue;
            if (paid == null
                    || later(
                            Math.min(look.getValue().last(), payment),
                            Math.min(paid.getValue().last(), payment),
                            look,
                            paid)) paid = look;
        }
        boolean gone = facts.listedAt() != null && newest.getValue().last() < facts.listedAt();
        int unitsPaid = paid == null ? 0 : paid.getKey().quantity();
        long minorPaid = paid == null ? 0 : paid.getKey().minor();
        int unitsNow = gone ? 0 : newest.getKey().quantity();
        long minorNow = gone ? 0 : newest.getKey().minor();

        OrderLine.Growth grew = null;
        int takenOff = Math.max(0, unitsPaid - unitsNow);
        long loweredBy = Math.max(0, minorPaid - minorNow);
        if (unitsNow > unitsPaid || unitsNow == unitsPaid && minorNow > minorPaid) {
            long grewAt = seen.stream()
                    .filter(look -> look.getKey().quantity() >= unitsNow
                            && look.getKey().minor() >= minorNow)
                    .mapToLong(look -> look.getValue().first())
                    .min()
                    .orElse(newest.getValue().first());
            grew = new OrderLine.Growth(unitsNow - unitsPaid, Math.max(0, minorNow - minorPaid), Json.instant(grewAt));
        }
        int unitsBack = 0;
        long minorBack = 0;
        for (OrderFacts.Refund refund : facts.refunds().values()) {
            OrderFacts.Back back = refund.lines().get(id);
            if (back == null) continue;
            unitsBack += back.units();
            minorBack += back.minor();
        }
        var count = new Count(
                id,
                described(paid == null ? seen.getFirst().getKey() : paid.getKey(), seen),
                unitsPaid,
                minorPaid,
                grew,
                takenOff + Math.max(unitsBack, line.removed()),
                loweredBy + minorBack);
        if (facts.refundedAllAt() != null) {
            count.returned = count.unitsInAll;
            count.refunded = count.paidInAll;
        }
        return count;
    }

    /** By first sight, then by content, so that ties too are decided by the facts alone. */
    static int order(Map.Entry<OrderFacts.Look, OrderFacts.Span> a, Map.Entry<OrderFacts.Look, OrderFacts.Span> b) {
        int bySpan = Long.compare(a.getValue().first(), b.getValue().first());
        if (bySpan == 0) bySpan = Long.compare(a.getValue().last(), b.getValue().last());
        if (bySpan != 0) return bySpan;
        OrderFacts.Look x = a.getKey();
        OrderFacts.Look y = b.getKey();
        int byCount = Integer.compare(x.quantity(), y.quantity());
        if (byCount == 0) byCount = Long.compare(x.minor(), y.minor());
        return byCount != 0 ? byCount : x.toString().compareTo(y.toString());
    }

    private static boolean later(
            long at,
            long best,
            Map.Entry<OrderFacts.Look, OrderFacts.Span> look,
            Map.Entry<OrderFacts.Look, OrderFacts.Span> other) {
        return at != best ? at > best : order(look, other) > 0;
    }

    /** Facts of a line are those at payment; what that message left out is taken from the others, the earliest first. */
    private static OrderFacts.Look described(
            OrderFacts.Look paid, List<Map.Entry<OrderFacts.Look, OrderFacts.Span>> seen) {
        if (seen.size() == 1) return paid;
        String sku = paid.sku();
        String product = paid.product();
        String title = paid.title();
        String category = paid.category();
        String vendor = paid.vendor();
        for (var other : seen) {
            OrderFacts.Look look = other.getKey();
            if (sku.isEmpty()) sku = look.sku();
            if (product.isEmpty()) product = look.product();
            if (title.isEmpty()) title = look.title();
            if (category.isEmpty()) category = look.category();
            if (vendor.isEmpty()) vendor = look.vendor();
        }
        return new OrderFacts.Look(paid.quantity(), paid.minor(), paid.ships(), sku, product, title, category, vendor);
    }

    /**
     * Money that was paid back without naming a line goes over the lines by what was paid for each, largest remainder; what a
     * line cannot take (it never gives back more than was paid) goes over the others. What nobody can take was not for goods.
     */
    private static void spread(OrderFacts facts, List<Count> counts) {
        long open = 0;
        for (OrderFacts.Refund refund : facts.refunds().values()) {
            open += refund.detailed() ? refund.beside() : refund.amount();
        }
        while (open > 0) {
            List<Count> takers = counts.stream().filter(c -> c.left() > 0).toList();
            if (takers.isEmpty()) break;
            long[] shares = byLargestRemainder(
                    open, takers.stream().mapToLong(c -> c.paidInAll).toArray());
            for (int i = 0; i < shares.length; i++) {
                Count taker = takers.get(i);
                long taken = Math.min(shares[i], taker.left());
                taker.refunded += taken;
                open -= taken;
            }
        }
        for (Count count : counts) {
            // All the money of a line went back: whatever the goods did, nothing of it is paid for any more.
            if (count.paidInAll > 0 && count.left() == 0) count.returned = count.unitsInAll;
        }
    }

    /** Shares that add up to the amount: each is its part rounded down, and the largest remainders get one more. */
    static long[] byLargestRemainder(long amount, long[] weights) {
        var sum = java.math.BigInteger.valueOf(Arrays.stream(weights).sum());
        long[] shares = new long[weights.length];
        long[] remainders = new long[weights.length];
        long given = 0;
        for (int i = 0; i < weights.length; i++) {
            var parts = java.math.BigInteger.valueOf(amount)
                    .multiply(java.math.BigInteger.valueOf(weights[i]))
                    .divideAndRemainder(sum);
            shares[i] = parts[0].longValueExact();
            remainders[i] = parts[1].longValueExact();
            given += shares[i];
        }
        while (given < amount) {
            int largest = 0;
            for (int i = 1; i < weights.length; i++) if (remainders[i] > remainders[largest]) largest = i;
            remainders[largest] = -1;
            shares[largest]++;
            given++;
        }
        return shares;
    }

    /**
     * The source's own word where it has one. Else each parcel by itself: delivered, or sent + the shop's days; the buyer has
     * the goods when all that was not returned lies in such parcels, at the hour of the last one.
     */
    private static @Nullable Long receiptAt(
            OrderFacts facts, List<Count> counts, @Nullable Long paidAt, long receiptMillis) {
        if (facts.confirmedAt() != null) return facts.confirmedAt();
        Map<String, Integer> sent = new HashMap<>();
        Long last = null;
        for (OrderFacts.Parcel parcel : facts.parcels().values()) {
            boolean live = parcel.live() != null && parcel.live().value().equals("1");
            if (!live || parcel.units().isEmpty()) continue;
            Long got = parcel.deliveredAt() != null
                    ? parcel.deliveredAt()
                    : parcel.at() == null ? null : Long.valueOf(parcel.at() + receiptMillis);
            if (got == null) continue;
            parcel.units().forEach((line, units) -> sent.merge(line, units, Integer::sum));
            last = last == null ? got : Math.max(last, got);
        }
        boolean ships = false;
        boolean all = true;
        for (Count count : counts) {
            if (!count.look.ships()) continue;
            ships = true;
            all &= sent.getOrDefault(count.id, 0) >= count.unitsInAll - count.returned;
        }
        if (ships && all && last != null) return last;
        if (facts.fulfilledAt() != null) return facts.fulfilledAt() + receiptMillis;
        // Nothing to send (a download, a ticket): it is there when it is paid, and can be given back as long.
        if (!ships && !counts.isEmpty() && paidAt != null) return last != null ? last : paidAt + receiptMillis;
        return null;
    }
}
