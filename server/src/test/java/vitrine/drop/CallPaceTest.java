package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whoever is called comes a little later, or not at all; as many are to claim as was aimed for. */
class CallPaceTest {

    private static final double STEP = 0.5;

    /** A crowd of which a share comes, each some seconds after the call. */
    private static final class Crowd {
        private final Random random = new Random(7);
        /** When those come who were called, by the tick of their call. */
        private final List<Deque<Integer>> comes = new ArrayList<>();

        private final Deque<Integer> waitInside = new ArrayDeque<>();
        private final Map<Integer, Integer> calledAt = new HashMap<>();
        private final Map<Integer, Integer> claimedOf = new HashMap<>();
        private final double share;
        private CallPace pace = CallPace.START;
        private int tick;
        private int called;
        private int taken;
        private int takenThen;
        private int room = 1_000_000;
        private int capacity = 1_000_000;
        private int late;

        Crowd(double share) {
            this.share = share;
        }

        int step(double aim, int waiting) {
            while (comes.size() <= tick + 20) comes.add(new ArrayDeque<>());
            waitInside.addAll(comes.get(tick));
            int served = Math.min(Math.min(waitInside.size(), capacity), room);
            for (int n = 0; n < served; n++) claimedOf.merge(waitInside.remove(), 1, Integer::sum);
            late = waitInside.size();
            taken += served;
            room -= served;
            int since = tick - (int) (CallPace.PATIENCE.toSeconds() / STEP);
            CallPace.Next next = pace.after(new CallPace.Seen(
                    aim, STEP, taken - takenThen, of(calledAt, since), of(claimedOf, since), room, waiting));
            takenThen = taken;
            pace = next.pace();
            called += next.calls();
            for (int n = 0; n < next.calls(); n++) {
                // Two to eight seconds: until the phone asks again, and somebody presses the button.
                if (random.nextDouble() < share)
                    comes.get(tick + 4 + random.nextInt(12)).add(tick);
            }
            calledAt.put(tick, next.calls());
            tick++;
            return served;
        }

        private static int of(Map<Integer, Integer> byTick, int since) {
            return byTick.entrySet().stream()
                    .filter(each -> each.getKey() > since)
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }
    }

    @Test
    void asManyClaimAsWasAimedForHoweverManyHavePutThePhoneAway() {
        for (double share : new double[] {1, 0.7, 0.45}) {
            var crowd = new Crowd(share);
            int claimed = 0;
            for (int n = 0; n < 360; n++) {
                int served = crowd.step(200, 100_000);
                if (n >= 120) claimed += served;
            }
            assertThat(claimed / (240 * STEP)).as("with %s who come", share).isBetween(190.0, 210.0);
        }
    }

    @Test
    void neverMoreAreCalledThanThereArePiecesForThem() {
        var crowd = new Crowd(0.7);
        crowd.room = 300;
        int most = 0;
        for (int n = 0; n < 100; n++) {
            crowd.step(200, 100_000);
            most = Math.max(most, crowd.called);
        }
        assertThat(most).as("in the first minute").isEqualTo(300);
        for (int n = 0; n < 900; n++) crowd.step(200, 100_000);
        assertThat(crowd.taken)
                .as("those who did not come make room for the next")
                .isEqualTo(300);
        assertThat(crowd.late).as("whoever came in her minute had a piece").isZero();
    }

    @Test
    void whenTheClaimsDoNotGetThroughTheLineStops() {
        var crowd = new Crowd(1);
        crowd.capacity = 20;
        int called = 0;
        for (int n = 0; n < 200; n++) {
            crowd.step(500, 1_000_000);
            if (n == 100) called = crowd.called;
        }
        assertThat(crowd.called - called).as("in the second half of the time").isLessThan(called);
        assertThat(crowd.called)
                .as("in each minute as many as ninety seconds of the aim")
                .isLessThanOrEqualTo(2 * 500 * 90);
    }

    @Test
    void aSlowLineCallsOneNowAndThen() {
        var crowd = new Crowd(1);
        for (int n = 0; n < 120; n++) crowd.step(0.5, 1_000);
        assertThat(crowd.called).isBetween(25, 60);
    }
}
