package vitrine.campaign.rules;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.drop.OfferId;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.shop.Order;
import vitrine.shop.OrderId;
import vitrine.shop.OrderLine;
import vitrine.shop.OrderRef;
import vitrine.shop.ShopId;

/** Lumen gives Moonrise to those who buy lamps between 1 and 18 June 2026; Ada buys. */
final class Cast {

    static final BrandId LUMEN = new BrandId(id(1));
    static final BrandId HERON = new BrandId(id(2));
    static final CollectibleId MOONRISE = new CollectibleId(LUMEN, id(3));
    static final Currency CNY = Currency.getInstance("CNY");
    static final Window JUNE = new Window(at("2026-06-01T00:00"), at("2026-06-19T00:00"));

    private Cast() {}

    static UUID id(long n) {
        return new UUID(0x0193_a000_0000_7000L, 0x8000_0000_0000_0000L | n);
    }

    /** Local time in Shanghai. */
    static Instant at(String local) {
        return LocalDateTime.parse(local).atZone(Waiting.CHINA).toInstant();
    }

    static Instant day(int dayOfJune) {
        return LocalDate.of(2026, 6, dayOfJune)
                .atTime(12, 0)
                .atZone(Waiting.CHINA)
                .toInstant();
    }

    /** "Every lamp order of 300.00 gives one Moonrise." */
    static Offer amountOf300() {
        return offer(Offer.Measure.AMOUNT, Offer.Basis.ORDER, Earning.Tiers.of(30_000, 1), null);
    }

    static Offer sumOf300() {
        return offer(Offer.Measure.AMOUNT, Offer.Basis.CUMULATIVE, Earning.Tiers.of(30_000, 1), null);
    }

    static Offer anyLamp() {
        return offer(Offer.Measure.QUANTITY, Offer.Basis.ORDER, Earning.Tiers.of(1, 1), null);
    }

    static Offer offer(Offer.Measure measure, Offer.Basis basis, Earning earning, @Nullable Integer perCollector) {
        return new Offer(
                new OfferId(LUMEN, id(4)),
                new Bilingual("月升之夜", "Moonrise Nights"),
                MOONRISE,
                Selector.categories("lamp"),
                false,
                measure,
                basis,
                earning,
                JUNE,
                CNY,
                perCollector,
                null,
                Waiting.none(),
                new GiftPolicy.Never());
    }

    static Offer with(Offer o, Selector selector) {
        return new Offer(
                o.id(),
                o.name(),
                o.collectible(),
                selector,
                o.members(),
                o.measure(),
                o.basis(),
                o.earning(),
                o.window(),
                o.currency(),
                o.perCollector(),
                o.piecesMax(),
                o.waiting(),
                o.giftPolicy());
    }

    static Offer with(Offer o, Waiting waiting) {
        return new Offer(
                o.id(),
                o.name(),
                o.collectible(),
                o.selector(),
                o.members(),
                o.measure(),
                o.basis(),
                o.earning(),
                o.window(),
                o.currency(),
                o.perCollector(),
                o.piecesMax(),
                waiting,
                o.giftPolicy());
    }

    static OrderBuilder order(int number) {
        return new OrderBuilder(number);
    }

    static OrderLine lamp(long paidMinor) {
        return lamps(1, paidMinor);
    }

    static OrderLine lamps(int quantity, long paidMinor) {
        return line("lamp", quantity, paidMinor, 0, 0, null);
    }

    static OrderLine shade(long paidMinor) {
        return line("shade", 1, paidMinor, 0, 0, null);
    }

    static OrderLine line(
            String category, int quantity, long paid, int returned, long refunded, OrderLine.@Nullable Growth grew) {
        return new OrderLine(
                "line", "LUM-1", "8100", "A lamp", category, "Lumen", quantity, paid, returned, refunded, grew);
    }

    /** What of an order counts, as it goes on into a judgement. */
    static Counting counting(Offer offer, Order order) {
        var paidAt = order.paidAt();
        if (paidAt == null) throw new IllegalArgumentException("not paid");
        return new Counting(
                new OrderRef(order.brand(), order.id()),
                paidAt,
                order.receiptAt(),
                offer.count(order, List.of(), true).counted());
    }

    /** Ada's orders and what she has, judged again and again, as messages come in. */
    static final class Story {
        private final Offer offer;
        private final List<Order> orders = new ArrayList<>();
        private final List<Entitled> entitled = new ArrayList<>();
        private int ids = 100;
        Judgement last;

        Story(Offer offer) {
            this.offer = offer;
            this.last = offer.judge(List.of(), List.of());
        }

        /** A new order, or a newer state of a known one; everything promised is granted at once. */
        Story hears(Order order) {
            orders.removeIf(o -> o.id().equals(order.id()));
            orders.add(order);
            last = offer.judge(
                    orders.stream()
                            .filter(o -> offer.count(o, List.of(), true).refusal() == null)
                            .map(o -> counting(offer, o))
                            .toList(),
                    entitled);
            last.takenBack().forEach(id -> become(id, State.REVOKED));
            last.kept().forEach(id -> become(id, State.KEPT));
            last.gifts()
                    .forEach(gift ->
                            entitled.add(new Entitled(id(ids++), gift.order(), State.GRANTED, gift.paidAt(), true)));
            return this;
        }

        Story hears(OrderBuilder order) {
            return hears(order.paid());
        }

        /** The n-th piece she ever got is opened, so it can no longer go back. */
        Story opens(int nth) {
            Entitled e = entitled.get(nth - 1);
            entitled.set(nth - 1, new Entitled(e.id(), e.order(), e.state(), e.paidAt(), false));
            return this;
        }

        long pieces() {
            return entitled.stream()
                    .filter(e -> e.state() == State.GRANTED || e.state() == State.KEPT)
                    .count();
        }

        List<State> states() {
            return entitled.stream().map(Entitled::state).toList();
        }

        Verdict verdict(int number) {
            return java.util.Objects.requireNonNull(last.verdicts().get(ref(number)));
        }

        private void become(UUID id, State state) {
            entitled.replaceAll(e -> e.id().equals(id)
                    ? new Entitled(e.id(), e.order(), e.state().to(state), e.paidAt(), e.untouched())
                    : e);
        }
    }

    static OrderRef ref(int number) {
        return new OrderRef(LUMEN, new OrderId(id(1000 + number)));
    }

    static final class OrderBuilder {
        private final int number;
        private List<OrderLine> lines = List.of();
        private Currency currency = CNY;
        private @Nullable Instant receiptAt;
        private @Nullable Instant cancelledAt;
        private boolean test;
        private int day;

        private OrderBuilder(int number) {
            this.number = number;
            this.day = Math.min(18, number);
        }

        OrderBuilder of(OrderLine... lines) {
            this.lines = List.of(lines);
            return this;
        }

        OrderBuilder in(String currency) {
            this.currency = Currency.getInstance(currency);
            return this;
        }

        OrderBuilder on(int dayOfJune) {
            this.day = dayOfJune;
            return this;
        }

        OrderBuilder received(Instant at) {
            this.receiptAt = at;
            return this;
        }

        OrderBuilder cancelled() {
            this.cancelledAt = day(day);
            return this;
        }

        OrderBuilder test() {
            this.test = true;
            return this;
        }

        Order paid() {
            return build(day(day));
        }

        Order paid(Instant at) {
            return build(at);
        }

        Order unpaid() {
            return build(null);
        }

        private Order build(@Nullable Instant paidAt) {
            return new Order(
                    LUMEN,
                    ref(number).id(),
                    new ShopId(id(5)),
                    "k" + number,
                    "#" + number,
                    null,
                    currency,
                    id(6),
                    day(day),
                    paidAt,
                    receiptAt,
                    cancelledAt,
                    test,
                    lines,
                    1);
        }
    }
}
