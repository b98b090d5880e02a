package vitrine.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import vitrine.books.CallHistory;
import vitrine.books.CallHistory.Call;

/**
 * How long the people of one drop were stopped at one node: somebody asked there all the while who had nothing yet, and nobody was given
 * anything. What memory says does not count, neither that all are gone nor what somebody has: another drop's answers, or those of whoever
 * came too late, would hide a writer that stands still.
 */
final class Silence {

    /** Whoever is sent away, or hears nothing, comes again so soon, and is waiting meanwhile. */
    private static final long COMES_AGAIN_NANOS = 300_000_000;

    private Silence() {}

    private record Moment(long from, long until, boolean gives) {}

    /**
     * The longest of any drop.
     *
     * @param calls of all nodes, in no order; one that has no answer yet returned at {@code until}
     */
    static long longest(List<Call> calls, int node, long from, long until) {
        Map<UUID, List<Moment>> drops = moments(calls, node);
        long longest = 0;
        for (List<Moment> moments : drops.values()) longest = Math.max(longest, longest(moments, from, until));
        return longest;
    }

    private static Map<UUID, List<Moment>> moments(List<Call> calls, int node) {
        Map<UUID, Long> over = new HashMap<>();
        for (Call call : calls)
            if (call.code().equals(CallHistory.SOLD_OUT)) over.merge(call.drop(), call.returnedAt(), Math::min);
        record Who(UUID drop, UUID collector) {}
        Set<Who> told = new HashSet<>();
        Map<UUID, List<Moment>> drops = new HashMap<>();
        for (Call call : calls.stream()
                .sorted(Comparator.comparingLong(Call::returnedAt))
                .toList()) {
            if (call.calledAt() >= over.getOrDefault(call.drop(), Long.MAX_VALUE)) continue;
            boolean given = Set.of(CallHistory.CLAIMED, CallHistory.HELD, CallHistory.CODE_USED)
                    .contains(call.code());
            var who = new Who(call.drop(), call.collector());
            boolean first = given ? told.add(who) : call.unheard() && !told.contains(who);
            if (!first || call.node() != node) continue;
            drops.computeIfAbsent(call.drop(), drop -> new ArrayList<>())
                    .add(new Moment(call.calledAt(), call.returnedAt() + (given ? 0 : COMES_AGAIN_NANOS), given));
        }
        return drops;
    }

    /** Walks from one who asks to the next, for as long as there is one; whoever is given something ends it. */
    private static long longest(List<Moment> moments, long from, long until) {
        long[] given = moments.stream()
                .filter(Moment::gives)
                .mapToLong(Moment::until)
                .sorted()
                .toArray();
        long longest = 0;
        long begun = Long.MIN_VALUE;
        long end = Long.MIN_VALUE;
        for (Moment each : Stream.concat(moments.stream(), Stream.of(new Moment(Long.MAX_VALUE, Long.MAX_VALUE, false)))
                .sorted(Comparator.comparingLong(Moment::from))
                .toList()) {
            if (each.from > end) {
                if (end > Long.MIN_VALUE) longest = Math.max(longest, gap(given, begun, end, from, until));
                begun = each.from;
            }
            end = Math.max(end, each.until);
        }
        return longest;
    }

    /** The longest time without a gift while somebody asked, within the hours that are looked at. */
    private static long gap(long[] given, long begun, long end, long from, long until) {
        long before = Math.max(begun, from);
        long last = Math.min(end, until);
        long longest = 0;
        for (long at : given) {
            if (at <= before || at >= last) continue;
            longest = Math.max(longest, at - before);
            before = at;
        }
        return Math.max(longest, last - before);
    }
}
