package vitrine.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Part;
import vitrine.sandbox.SandboxOrder.Step;
import vitrine.sandbox.SandboxOrder.Wish;

/**
 * A plausible crowd from a seed: people who come back, in several shops, in the evenings; baskets of one to four lines,
 * discounts, free lines; parcels sent whole or in two; returns of a unit, of everything, of money alone; edits,
 * cancellations, orders never paid, test orders. The same arguments give the same steps.
 */
public final class Crowd {
    private static final List<Text> FIRST = List.of(
            new Text("晓", "Ada"),
            new Text("博", "Bo"),
            new Text("澄", "Clara"),
            new Text("岱", "Dai"),
            new Text("一诺", "Elin"),
            new Text("帆", "Finn"),
            new Text("禾", "Greta"),
            new Text("浩", "Hao"),
            new Text("依", "Iris"),
            new Text("嘉", "Jun"),
            new Text("可", "Kay"),
            new Text("岚", "Lan"),
            new Text("明", "Mira"),
            new Text("宁", "Nils"),
            new Text("欧", "Ove"),
            new Text("平", "Ping"));
    private static final List<Text> LAST = List.of(
            new Text("林", "Lin"),
            new Text("文", "Wen"),
            new Text("苏", "Su"),
            new Text("何", "Holm"),
            new Text("白", "Bai"),
            new Text("江", "Jiang"),
            new Text("叶", "Yates"),
            new Text("唐", "Tang"),
            new Text("梅", "Meyer"),
            new Text("乔", "Quist"),
            new Text("沈", "Shen"));

    /** What happens in a shop at {@code step.order().updatedAt()}. */
    public record Moment(ShopConfig shop, Step step) {
        public Instant at() {
            return step.order().updatedAt();
        }
    }

    private final Random random;
    private final List<ShopConfig> shops;
    private final int people;
    private final Instant from;
    private final Instant until;
    private final Map<String, Long> numbers = new HashMap<>();

    private Crowd(long seed, List<ShopConfig> shops, int orders, Instant from, Instant until) {
        this.random = new Random(seed);
        this.shops = List.copyOf(shops);
        this.people = Math.max(1, orders * 3 / 5);
        this.from = from;
        this.until = until;
    }

    /**
     * All steps of {@code orders} orders bought within {@code [from, from + days)}, in order of time; what would
     * happen after that is left out, so some orders are still on their way.
     *
     * @param firstNumber each shop's next order number
     */
    public static List<Moment> play(
            long seed, List<ShopConfig> shops, int orders, Instant from, int days, ToLongFunction<String> firstNumber) {
        if (shops.isEmpty() || orders < 1 || days < 1) {
            throw Refused.invalid("play.invalid", "a crowd needs a shop, an order and a day");
        }
        var crowd = new Crowd(seed, shops, orders, from, from.plus(Duration.ofDays(days)));
        var moments = new ArrayList<Moment>();
        var starts = new ArrayList<Instant>();
        for (int i = 0; i < orders; i++) {
            starts.add(crowd.someTime(days));
        }
        starts.sort(Comparator.naturalOrder());
        for (var start : starts) {
            var shop = crowd.someShop();
            long number = crowd.numbers.merge(shop.shop(), firstNumber.applyAsLong(shop.shop()), (n, f) -> n + 1);
            crowd.life(shop, number, start).stream()
                    .filter(step -> step.order().updatedAt().isBefore(crowd.until))
                    .forEach(step -> moments.add(new Moment(shop, step)));
        }
        moments.sort(Comparator.comparing(Moment::at));
        return List.copyOf(moments);
    }

    private List<Step> life(ShopConfig shop, long number, Instant start) {
        var steps = new ArrayList<Step>();
        var wishes = wishes(shop);
        long gross = wishes.stream()
                .mapToLong(w -> w.product().price() * w.quantity())
                .sum();
        long unit = Money.digits(shop.currency()) == 0 ? 1 : 100;
        long shipping = gross >= 500 * unit ? 0 : 10 * unit;
        var order = add(
                steps,
                SandboxOrder.buy(
                        shop.shop(),
                        number,
                        shop.currency(),
                        person(shop),
                        wishes,
                        discount(gross),
                        shipping,
                        chance(1),
                        start));
        if (chance(3)) {
            add(steps, order.cancel(after(start, 24, 48)));
            return steps;
        }
        order = add(steps, order.pay(start.plusSeconds(20 + random.nextInt(900))));
        var paid = order.updatedAt();
        if (chance(3)) {
            add(steps, order.cancel(after(paid, 1, 10)));
            return steps;
        }
        if (chance(2)) {
            int line = random.nextInt(order.lines().size());
            int kept = order.kept(line);
            order = add(steps, order.edit(after(paid, 0, 3), line, kept > 1 && chance(50) ? kept - 1 : kept + 1));
        }
        if (chance(2) && order.goodsPaid() > 0) {
            int line = random.nextInt(order.lines().size());
            if (order.kept(line) > 0) {
                order = add(steps, order.giveBack(after(order.updatedAt(), 1, 4), List.of(new Part(line, 1)), "在途改单"));
            }
        }
        order = send(steps, order);
        for (int i = 0; i < order.fulfilments().size(); i++) {
            order = add(steps, order.deliver(after(order.fulfilments().get(i).at(), 24, 96), i));
        }
        giveBack(steps, order);
        return steps;
    }

    private SandboxOrder send(List<Step> steps, SandboxOrder order) {
        var first = new ArrayList<Part>();
        for (int i = 0; i < order.lines().size(); i++) {
            if (order.fulfillable(i) > 0) {
                first.add(new Part(i, order.fulfillable(i)));
            }
        }
        if (first.isEmpty()) {
            return order;
        }
        var at = after(order.updatedAt(), 6, 36);
        if (first.size() > 1 && chance(15)) {
            var sent = add(steps, order.fulfil(at, first.subList(0, 1)));
            return add(steps, sent.fulfil(after(at, 6, 30)));
        }
        return add(steps, order.fulfil(at));
    }

    private void giveBack(List<Step> steps, SandboxOrder order) {
        if (order.fulfilments().isEmpty() || order.goodsPaid() == 0) {
            return;
        }
        var at = after(order.updatedAt(), 12, 9 * 24);
        int kind = random.nextInt(100);
        int line = random.nextInt(order.lines().size());
        if (kind < 5 && order.kept(line) > 0) {
            add(steps, order.giveBack(at, List.of(new Part(line, 1)), "不合适"));
        } else if (kind < 9) {
            add(steps, order.giveBackAll(at, "七天无理由"));
        } else if (kind < 12) {
            add(steps, order.giveBackAmount(at, Math.max(1, order.goodsPaid() / 10), "磕碰补偿"));
        }
    }

    private static SandboxOrder add(List<Step> steps, Step step) {
        steps.add(step);
        return step.order();
    }

    private List<Wish> wishes(ShopConfig shop) {
        int lines =
                Math.min(shop.products().size(), 1 + (chance(35) ? 1 : 0) + (chance(15) ? 1 : 0) + (chance(5) ? 1 : 0));
        var left = new ArrayList<>(shop.products());
        var wishes = new ArrayList<Wish>();
        for (int i = 0; i < lines; i++) {
            wishes.add(new Wish(left.remove(random.nextInt(left.size())), chance(80) ? 1 : 2 + random.nextInt(2)));
        }
        return wishes;
    }

    private @Nullable Discount discount(long gross) {
        return chance(28) ? new Discount("FESTIVAL10", gross / 10) : null;
    }

    /** A few of many: a few come often, most once or never. */
    private Buyer person(ShopConfig shop) {
        return person(shop, (int) (people * StrictMath.pow(random.nextDouble(), 1.6)));
    }

    /**
     * The n-th person as this shop knows them: the same address and phone everywhere, another account in each shop. The first two
     * buy most and are the demo's collectors, ada@example.com and bo@example.com.
     */
    public static Buyer person(ShopConfig shop, int n) {
        var language = shop.language();
        var first = FIRST.get(n % FIRST.size());
        var last = LAST.get(n / FIRST.size() % LAST.size());
        int way = n % 20;
        var email = first.en().toLowerCase(java.util.Locale.ROOT) + (n < 2 ? "" : "." + (n + 1)) + "@example.com";
        var phone = String.format(java.util.Locale.ROOT, "+861000%07d", n + 1);
        boolean byPhoneAlone = way >= 11 && way < 16;
        boolean guest = way == 19;
        return new Buyer(
                guest ? 0 : 1_000 + n + Ids.slot(shop.shop()) / 1_000_000_000L * 1_000_000,
                first.in(language),
                last.in(language),
                byPhoneAlone ? null : email,
                !byPhoneAlone && !guest,
                way >= 11 && way < 19 ? phone : null,
                Buyer.homeFor(shop.currency()));
    }

    /** The first third of the shops has half of the trade. */
    private ShopConfig someShop() {
        int third = Math.max(1, shops.size() / 3);
        return chance(50) ? shops.get(random.nextInt(third)) : shops.get(random.nextInt(shops.size()));
    }

    /** Mostly between seven and eleven in the evening, Chinese time. */
    private Instant someTime(int days) {
        var day = from.plus(Duration.ofDays(random.nextInt(days)));
        if (chance(40)) {
            return day.plusSeconds(random.nextInt(86_400));
        }
        var evening = day.truncatedTo(java.time.temporal.ChronoUnit.DAYS).plus(Duration.ofHours(11));
        var at = evening.plusSeconds(random.nextInt(4 * 3600));
        return at.isBefore(from) ? at.plus(Duration.ofDays(1)) : at;
    }

    private Instant after(Instant at, int fromHours, int toHours) {
        return at.plusSeconds(fromHours * 3600L + random.nextInt((toHours - fromHours) * 3600) + 1);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
