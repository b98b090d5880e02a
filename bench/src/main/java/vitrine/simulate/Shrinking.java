package vitrine.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import vitrine.books.Violation;

/**
 * Makes a world that does not balance smaller, as long as it still breaks the same law: orders are left out, first half of them at a
 * time, then a quarter, in the end one by one. What remains can be read by a person.
 */
final class Shrinking {

    private static final Duration MOST = Duration.ofMinutes(3);
    /** A larger world is not played again and again. */
    private static final int ORDERS_MOST = 200;

    private final World world;
    private final long until = System.nanoTime() + MOST.toNanos();
    private Simulate.Outcome smallest;

    private Shrinking(World world, Simulate.Outcome broken) {
        this.world = world;
        this.smallest = broken;
    }

    /** The smallest world that was found within three minutes; the one that was given where it is large. */
    static Simulate.Outcome of(World world, Simulate.Outcome broken) {
        return broken.plan().orders() > ORDERS_MOST ? broken : new Shrinking(world, broken).shrink();
    }

    private Simulate.Outcome shrink() {
        String law = smallest.violations().getFirst().code();
        List<Long> orders = new ArrayList<>(smallest.plan().kept());
        if (orders.isEmpty()) for (int i = 0; i < smallest.plan().orders(); i++) orders.add(Lives.FIRST_NUMBER + i);
        int part = (orders.size() + 1) / 2;
        while (part > 0 && orders.size() > 1) {
            boolean any = false;
            for (int at = 0; at < orders.size() && orders.size() > 1; ) {
                if (System.nanoTime() > until) return smallest;
                List<Long> fewer = new ArrayList<>(orders);
                fewer.subList(at, Math.min(orders.size(), at + part)).clear();
                if (!fewer.isEmpty() && breaks(law, fewer)) {
                    orders = fewer;
                    any = true;
                } else at += part;
            }
            if (!any || part > orders.size()) part = part == 1 ? 0 : (Math.min(part, orders.size()) + 1) / 2;
        }
        return smallest;
    }

    private boolean breaks(String law, List<Long> orders) {
        Simulate.Outcome outcome = Simulate.play(world, smallest.plan().keeping(new TreeSet<>(orders)));
        if (outcome.violations().stream().map(Violation::code).noneMatch(law::equals)) return false;
        smallest = outcome;
        return true;
    }
}
