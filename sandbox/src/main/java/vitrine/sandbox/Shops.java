package vitrine.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Step;
import vitrine.sandbox.SandboxOrder.Wish;

/** The running shops: their orders, and what happens to them. Each step is kept first and announced then. */
final class Shops implements OrderBook {
    private static final long FIRST_NUMBER = 1001;

    private final SandboxConfig config;
    private final Journal journal;
    private final Courier courier;
    private final DemoClock clock;
    private final Map<String, TreeMap<Long, SandboxOrder>> orders = new LinkedHashMap<>();

    Shops(SandboxConfig config, Journal journal, Courier courier, DemoClock clock) {
        this.config = config;
        this.journal = journal;
        this.courier = courier;
        this.clock = clock;
        config.shops().forEach(shop -> orders.put(shop.shop(), new TreeMap<>()));
        for (var order : journal.orders()) {
            // A shop that is no longer configured keeps its lines in the journal, and its orders out of sight.
            var ours = orders.get(order.shop());
            if (ours != null) {
                ours.put(order.number(), order);
            }
        }
    }

    List<ShopConfig> all() {
        return config.shops();
    }

    ShopConfig shop(String name) {
        return config.shop(name);
    }

    Instant now() {
        return clock.now();
    }

    Instant advance(Duration by) {
        return clock.advance(by);
    }

    /** The newest first. */
    @Override
    public List<SandboxOrder> orders(String shop) {
        var ours = of(shop);
        synchronized (ours) {
            return new ArrayList<>(ours.descendingMap().values());
        }
    }

    @Override
    public List<SandboxOrder> ordersByChange(String shop) {
        var list = orders(shop);
        list.sort(Comparator.comparing(SandboxOrder::updatedAt).thenComparing(SandboxOrder::number));
        return list;
    }

    SandboxOrder order(String shop, long number) {
        var ours = of(shop);
        synchronized (ours) {
            var order = ours.get(number);
            if (order == null) {
                throw Refused.notFound("order.unknown", shop + " has no order " + number);
            }
            return order;
        }
    }

    SandboxOrder buy(
            ShopConfig shop,
            Buyer buyer,
            List<Wish> wishes,
            @Nullable Discount discount,
            long shipping,
            boolean test,
            @Nullable Instant at) {
        var when = at == null ? clock.now() : at;
        var ours = of(shop.shop());
        synchronized (ours) {
            var step = SandboxOrder.buy(
                    shop.shop(),
                    nextNumber(shop.shop()),
                    shop.currency(),
                    buyer,
                    wishes,
                    discount,
                    shipping,
                    test,
                    when);
            keepAndSend(shop, step);
            return step.order();
        }
    }

    SandboxOrder act(String shop, long number, @Nullable Instant at, BiFunction<SandboxOrder, Instant, Step> verb) {
        var when = at == null ? clock.now() : at;
        var ours = of(shop);
        synchronized (ours) {
            var step = verb.apply(order(shop, number), when);
            keepAndSend(shop(shop), step);
            return step.order();
        }
    }

    /** Sends what is unsent and delivers what is under way. */
    SandboxOrder arrive(String shop, long number, @Nullable Instant at) {
        var order = order(shop, number);
        boolean unsent = false;
        for (int i = 0; i < order.lines().size(); i++) {
            unsent |= order.fulfillable(i) > 0;
        }
        if (unsent) {
            order = act(shop, number, at, SandboxOrder::fulfil);
        }
        for (int i = 0; i < order.fulfilments().size(); i++) {
            if (order.fulfilments().get(i).deliveredAt() == null) {
                int parcel = i;
                order = act(shop, number, at, (o, when) -> o.deliver(when, parcel));
            }
        }
        return order;
    }

    /** Every paid order that has not arrived arrives; answers how many. */
    int deliverAll(@Nullable String only) {
        int arrived = 0;
        for (var shop : config.shops()) {
            if (only != null && !only.equals(shop.shop())) {
                continue;
            }
            for (var order : orders(shop.shop())) {
                if (order.paidAt() != null && order.cancelledAt() == null && underWay(order)) {
                    arrive(shop.shop(), order.number(), null);
                    arrived++;
                }
            }
        }
        return arrived;
    }

    private static boolean underWay(SandboxOrder order) {
        for (int i = 0; i < order.lines().size(); i++) {
            if (order.fulfillable(i) > 0) {
                return true;
            }
        }
        return order.fulfilments().stream().anyMatch(f -> f.deliveredAt() == null);
    }

    /** The messages of the order's present state once more, as if its last step had just been sent again. */
    void resend(String shop, long number, SandboxOrder.Happened happened) {
        var order = order(shop, number);
        int subject =
                switch (happened) {
                    case DELIVERED -> order.fulfilments().size() - 1;
                    case REFUNDED -> order.refunds().size() - 1;
                    default -> -1;
                };
        if (subject < 0
                && (happened == SandboxOrder.Happened.DELIVERED || happened == SandboxOrder.Happened.REFUNDED)) {
            throw Refused.conflict("order.not-there-yet", "order " + number + " has nothing of that kind");
        }
        courier.send(shop(shop), new Step(happened, order, subject, 0));
    }

    /** Plays a crowd; with {@code moveClock} the server's clock walks along, otherwise all arrives at once. */
    Map<String, Long> play(List<Crowd.Moment> moments, boolean moveClock) throws InterruptedException {
        var counts = new LinkedHashMap<String, Long>();
        for (var happened : SandboxOrder.Happened.values()) {
            counts.put(happened.name().toLowerCase(java.util.Locale.ROOT), 0L);
        }
        var now = moveClock ? clock.now() : Instant.EPOCH;
        for (var moment : moments) {
            // The clock walks in steps of at least an hour, and only when all that was said before has arrived.
            while (moveClock && moment.at().isAfter(now.plus(Duration.ofHours(1)))) {
                courier.quiet(Duration.ofMinutes(2));
                var left = Duration.between(now, moment.at());
                now = clock.advance(left.compareTo(Duration.ofDays(1)) > 0 ? Duration.ofDays(1) : left);
            }
            var ours = of(moment.shop().shop());
            synchronized (ours) {
                keepAndSend(moment.shop(), moment.step());
            }
            counts.merge(moment.step().happened().name().toLowerCase(java.util.Locale.ROOT), 1L, Long::sum);
        }
        return counts;
    }

    /** Paid orders at a rate, many at a time, beside the lanes. */
    int burst(ShopConfig shop, int number, double rate, int width) throws InterruptedException {
        var at = clock.now();
        var gate = new Semaphore(width);
        long begun = System.nanoTime();
        for (int i = 0; i < number; i++) {
            var pause = Courier.pause(begun, i, rate);
            if (pause != null) {
                Thread.sleep(pause);
            }
            var ours = of(shop.shop());
            Step paid;
            synchronized (ours) {
                var product = shop.products().get(i % shop.products().size());
                var bought = SandboxOrder.buy(
                        shop.shop(),
                        nextNumber(shop.shop()),
                        shop.currency(),
                        Crowd.person(shop, i),
                        List.of(new Wish(product, 1)),
                        null,
                        0,
                        false,
                        at);
                paid = bought.order().pay(at);
                keep(paid);
            }
            courier.fire(shop, paid, gate);
        }
        return number;
    }

    long nextNumber(String shop) {
        var ours = of(shop);
        synchronized (ours) {
            return ours.isEmpty() ? FIRST_NUMBER : ours.lastKey() + 1;
        }
    }

    private void keepAndSend(ShopConfig shop, Step step) {
        keep(step);
        courier.send(shop, step);
    }

    private void keep(Step step) {
        journal.append(step.order());
        of(step.order().shop()).put(step.order().number(), step.order());
    }

    private TreeMap<Long, SandboxOrder> of(String shop) {
        var ours = orders.get(shop);
        if (ours == null) {
            throw Refused.notFound("shop.unknown", "there is no shop " + shop);
        }
        return ours;
    }
}
