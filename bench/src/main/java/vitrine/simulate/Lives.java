package vitrine.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import vitrine.sandbox.Buyer;
import vitrine.sandbox.Crowd;
import vitrine.sandbox.Event;
import vitrine.sandbox.Messages;
import vitrine.sandbox.SandboxOrder;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Part;
import vitrine.sandbox.SandboxOrder.Step;
import vitrine.sandbox.SandboxOrder.Wish;

/** What happens in the shops, and what becomes of their messages on the way: all of it decided from the seed before time begins. */
final class Lives {

    /** One order's whole life. The last state is the truth. */
    record Life(Town.Shop shop, List<Step> steps, boolean grew) {
        SandboxOrder end() {
            return steps.getLast().order();
        }

        /** As the shop knew it then; null: not yet. */
        @Nullable
        Step at(Instant time) {
            Step last = null;
            for (Step step : steps) if (!step.order().updatedAt().isAfter(time)) last = step;
            return last;
        }
    }

    /** One message before the inbox. Signed when it is sent, under the delivery id that its name gives. */
    record Arrival(Instant at, Town.Shop shop, String topic, String name, Event event, boolean spoilt) {}

    record Chances(int late, int twice, int lost, int spoilt) {
        static final Chances USUAL = new Chances(12, 10, 4, 2);
        static final Chances NONE = new Chances(0, 0, 0, 0);
    }

    static final long FIRST_NUMBER = 1001;

    /** Of so many orders one is bought at the till: paid and taken home in one moment. */
    private static final int TILL = 6;

    private final Random random;
    private final Town town;
    private final int people;
    final List<Life> lives = new ArrayList<>();
    final List<Arrival> arrivals = new ArrayList<>();
    int lost;
    int doubled;
    int late;

    /** @param kept the orders that are played, by number; empty: all */
    Lives(long seed, Town town, int orders, Chances chances, Set<Long> kept) {
        this.random = new Random(seed);
        this.town = town;
        this.people = Math.max(3, orders / 3);
        List<Instant> starts = new ArrayList<>();
        for (int i = 0; i < orders; i++) starts.add(start());
        starts.sort(Comparator.naturalOrder());
        for (int i = 0; i < orders; i++) {
            // Also who is left out throws her dice: the others' lives stay as they were.
            Life life = live(FIRST_NUMBER + i, starts.get(i));
            lives.add(life);
            send(life, chances);
        }
        if (!kept.isEmpty()) {
            lives.removeIf(life -> !kept.contains(life.end().number()));
            arrivals.removeIf(arrival -> !kept.contains(arrival.event().order().number()));
        }
        arrivals.sort(Comparator.comparing(Arrival::at).thenComparing(Arrival::name));
    }

    /** Anybody of the crowd, by number; some come often: the lower of two draws. */
    int somebody(Random random) {
        return number(Math.min(random.nextInt(people), random.nextInt(people)));
    }

    /** Everybody of the crowd, by number. */
    IntStream everybody() {
        return IntStream.range(0, people).map(Lives::number);
    }

    private static int number(int n) {
        // Of twenty who follow each other in the crowd some give no address, some no phone: a small world needs a few
        // of each.
        return n / 20 * 20 + n % 20 * 13 % 20;
    }

    /** Payment follows within a quarter of an hour; the windows' ends lie between two orders, never inside one. */
    private Instant start() {
        Instant at = Town.BEGIN.plusSeconds(random.nextLong(Town.TRADE.toSeconds()));
        for (Instant edge : List.of(Town.opensAt(), Town.closesAt())) {
            if (!at.plus(Duration.ofHours(5)).isBefore(edge) && at.isBefore(edge))
                return edge.plusSeconds(random.nextInt(60));
        }
        return at;
    }

    private Life live(long number, Instant start) {
        Town.Shop shop = town.shops.get(chance(8) ? 6 : random.nextInt(6));
        var steps = new ArrayList<Step>();
        var wishes = wishes(shop);
        long gross = wishes.stream()
                .mapToLong(w -> w.product().price() * w.quantity())
                .sum();
        Discount discount = chance(28) && gross > 0 ? new Discount("TEN", gross / 10) : null;
        var order = add(
                steps,
                SandboxOrder.buy(
                        shop.config().shop(),
                        number,
                        shop.config().currency(),
                        buyer(shop),
                        wishes,
                        discount,
                        chance(50) ? 1_000 : 0,
                        chance(2),
                        start));
        if (chance(2)) return new Life(shop, steps, false); // never paid
        if (chance(2)) {
            add(steps, order.cancel(after(start, 24, 48)));
            return new Life(shop, steps, false);
        }
        order = add(steps, order.pay(start.plusSeconds(20 + random.nextInt(880))));
        if (chance(4)) {
            add(steps, order.cancel(after(order.updatedAt(), 1, 10)));
            return new Life(shop, steps, false);
        }
        boolean grew = false;
        if (number % TILL == 0) {
            order = add(steps, order.fulfil(order.updatedAt().plusSeconds(5)));
            for (int i = 0; i < order.fulfilments().size(); i++) {
                order = add(steps, order.deliver(order.updatedAt().plusSeconds(5), i));
            }
            if (chance(30)) back(steps, order, after(order.updatedAt(), 1, 5 * 24));
            return new Life(shop, steps, false);
        }
        if (chance(7)) {
            int line = random.nextInt(order.lines().size());
            int kept = order.kept(line);
            if (kept > 1 && chance(60)) order = add(steps, order.edit(after(order.updatedAt(), 0, 3), line, kept - 1));
            else {
                order = add(steps, order.edit(after(order.updatedAt(), 0, 3), line, kept + 1));
                grew = true;
            }
        }
        if (chance(3)) order = back(steps, order, after(order.updatedAt(), 1, 4));
        if (chance(1)) return new Life(shop, steps, grew); // it lies in the warehouse
        order = fulfil(steps, order);
        for (int i = 0; i < order.fulfilments().size(); i++) {
            order = add(steps, order.deliver(after(order.fulfilments().get(i).at(), 24, 96), i));
        }
        if (!order.fulfilments().isEmpty()) {
            if (chance(20)) order = back(steps, order, after(order.updatedAt(), 12, 25 * 24));
            if (chance(5)) back(steps, order, after(order.updatedAt(), 12, 10 * 24));
        }
        return new Life(shop, steps, grew);
    }

    private SandboxOrder fulfil(List<Step> steps, SandboxOrder order) {
        var all = new ArrayList<Part>();
        for (int i = 0; i < order.lines().size(); i++) {
            if (order.fulfillable(i) > 0) all.add(new Part(i, order.fulfillable(i)));
        }
        if (all.isEmpty()) return order;
        Instant at = after(order.updatedAt(), 4, 30);
        if (all.size() > 1 && chance(20)) {
            var sent = add(steps, order.fulfil(at, all.subList(0, 1)));
            return add(steps, sent.fulfil(after(at, 6, 30)));
        }
        return add(steps, order.fulfil(at));
    }

    /** One unit, everything, or money alone. */
    private SandboxOrder back(List<Step> steps, SandboxOrder order, Instant at) {
        int kind = random.nextInt(3);
        int line = random.nextInt(order.lines().size());
        if (kind == 0 && order.kept(line) > 0)
            return add(steps, order.giveBack(at, List.of(new Part(line, 1)), "one back"));
        boolean anyKept = false;
        for (int i = 0; i < order.lines().size(); i++) anyKept |= order.kept(i) > 0;
        if (kind == 1 && anyKept) return add(steps, order.giveBackAll(at, "all back"));
        if (order.goodsPaid() > 20)
            return add(steps, order.giveBackAmount(at, 1 + order.goodsPaid() / (2 + random.nextInt(9)), "sorry"));
        return order;
    }

    private List<Wish> wishes(Town.Shop shop) {
        var left = new ArrayList<>(shop.config().products());
        var wishes = new ArrayList<Wish>();
        int lines = 1 + (chance(40) ? 1 : 0) + (chance(20) ? 1 : 0);
        for (int i = 0; i < lines; i++) {
            wishes.add(new Wish(left.remove(random.nextInt(left.size())), chance(70) ? 1 : 2 + random.nextInt(2)));
        }
        return wishes;
    }

    private Buyer buyer(Town.Shop shop) {
        return Crowd.person(shop.config(), somebody(random));
    }

    private void send(Life life, Chances chances) {
        for (Step step : life.steps()) {
            Instant happened = step.order().updatedAt();
            for (Event event : Messages.events(life.shop().config(), step)) {
                // When an edit added something only its own messages tell.
                if (!life.grew() && chance(chances.lost)) {
                    lost++;
                    continue;
                }
                Instant at = happened;
                if (chance(chances.late)) {
                    late++;
                    at = at.plusSeconds(1 + random.nextInt(2 * 86_400));
                }
                if (chance(chances.spoilt)) arrivals.add(arrival(at, life, event, true));
                arrivals.add(arrival(at, life, event, false));
                if (chance(chances.twice)) {
                    doubled++;
                    arrivals.add(arrival(at.plusSeconds(random.nextInt(3 * 86_400)), life, event, false));
                }
            }
        }
    }

    private static Arrival arrival(Instant at, Life life, Event event, boolean spoilt) {
        return new Arrival(at, life.shop(), event.topic(), event.name(), event, spoilt);
    }

    /** Step by step what happened, and when which message of it came; what is missing was lost. */
    String told(Life life) {
        StringBuilder text = new StringBuilder();
        String name = life.shop().config().shop() + " #" + life.end().number();
        for (Step step : life.steps()) {
            text.append("life: %s %s %s, goods paid %d%n"
                    .formatted(
                            name,
                            step.order().updatedAt(),
                            step.happened(),
                            step.order().goodsPaid()));
        }
        for (Arrival arrival : arrivals) {
            if (arrival.shop() != life.shop()
                    || arrival.event().order().number() != life.end().number()) continue;
            text.append("came: %s %s %s of %s%s%n"
                    .formatted(
                            name,
                            arrival.at(),
                            arrival.topic(),
                            arrival.event().order().updatedAt(),
                            arrival.spoilt() ? ", spoilt" : ""));
        }
        return text.toString();
    }

    /** A shop's orders as they were then: what its own list shows. */
    List<SandboxOrder> listed(String shop, Instant then) {
        List<SandboxOrder> orders = new ArrayList<>();
        for (Life life : lives) {
            if (!life.shop().config().shop().equals(shop)) continue;
            Step now = life.at(then);
            if (now != null) orders.add(now.order());
        }
        return orders;
    }

    private static SandboxOrder add(List<Step> steps, Step step) {
        steps.add(step);
        return step.order();
    }

    private Instant after(Instant at, int fromHours, int toHours) {
        return at.plusSeconds(fromHours * 3600L + random.nextInt((toHours - fromHours) * 3600) + 1);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
