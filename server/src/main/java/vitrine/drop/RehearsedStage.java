package vitrine.drop;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.platform.Money;

/**
 * How a stage went in a rehearsal.
 *
 * @param room how many pieces it had to give when it opened
 * @param people who came; in a window, who entered
 * @param bots programs' accounts that came
 * @param sold pieces that are somebody's for good
 * @param botsSold those of them that programs have
 * @param back units that came back from holds that ended
 * @param left nobody's, when all is over
 * @param goneAfter from the opening until the first moment in which nothing was to be had; null: there was always something
 * @param soldOutAfter until nothing came back any more; null: it did not sell out
 * @param waitHalf how long half of the people who got a unit waited for it, and no longer; null: nobody got one
 * @param waitMost the same for nine in ten of them
 * @param money that was paid; null: it is free
 * @param step one step of the plot
 * @param steps from the opening on
 */
public record RehearsedStage(
        UUID id,
        Bilingual name,
        Stage.Mode mode,
        int room,
        int people,
        int bots,
        int sold,
        int botsSold,
        int back,
        int left,
        @Nullable Duration goneAfter,
        @Nullable Duration soldOutAfter,
        @Nullable Duration waitHalf,
        @Nullable Duration waitMost,
        @Nullable Money money,
        Duration step,
        List<Step> steps) {

    /**
     * @param from since the opening
     * @param taken units, also those that came back later
     * @param botsTaken those of them that programs took
     * @param left to be had when the step is over
     */
    public record Step(Duration from, int taken, int botsTaken, int left) {}

    /** Of a hundred pieces so many went to programs; null: none went to anybody. */
    public @Nullable Integer botsPercent() {
        return sold == 0 ? null : (int) Math.round(100.0 * botsSold / sold);
    }

    /** Counts while a stage is lived through; times are microseconds. */
    static final class Tally {
        private final Stage stage;
        private final long opens;
        private int room;
        private int people;
        private int bots;
        private int sold;
        private int botsSold;
        private int back;
        private long goneAt = -1;
        private long soldOutAt = -1;
        private int leftNow;
        private final List<Long> waits = new ArrayList<>();
        private final List<Act> acts = new ArrayList<>();

        /** @param by 1: a person took one, 2: a program did, -1: one came back */
        private record Act(long at, byte by) {}

        Tally(Stage stage, long opens) {
            this.stage = stage;
            this.opens = opens;
        }

        void opens(int there) {
            room = there;
            leftNow = there;
        }

        void came(boolean bot) {
            if (bot) bots++;
            else people++;
        }

        void took(long at, boolean bot, long waited) {
            acts.add(new Act(at, (byte) (bot ? 2 : 1)));
            if (!bot) waits.add(waited);
        }

        void sold(boolean bot) {
            sold++;
            if (bot) botsSold++;
        }

        void back(long at) {
            back++;
            acts.add(new Act(at, (byte) -1));
        }

        /** @param holds that may still come back */
        void left(long at, int now, int holds) {
            leftNow = now;
            if (now > 0) {
                soldOutAt = -1;
                return;
            }
            if (goneAt < 0) goneAt = at;
            if (holds == 0 && soldOutAt < 0) soldOutAt = at;
        }

        RehearsedStage sum() {
            long[] sorted = waits.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            long last = acts.isEmpty() ? 0 : (acts.getLast().at - opens) / 1_000_000;
            long step = ClaimPace.step(last);
            return new RehearsedStage(
                    stage.id(),
                    stage.name(),
                    stage.mode(),
                    room,
                    people,
                    bots,
                    sold,
                    botsSold,
                    back,
                    Math.max(0, leftNow),
                    since(goneAt),
                    since(soldOutAt),
                    of(sorted, 50),
                    of(sorted, 90),
                    stage.price() == null
                            ? null
                            : new Money(
                                    Math.multiplyExact(stage.price().minor(), (long) sold),
                                    stage.price().currency()),
                    Duration.ofSeconds(step),
                    steps(step, (int) (last / step) + 1));
        }

        private List<Step> steps(long seconds, int count) {
            int[] taken = new int[count];
            int[] botsTaken = new int[count];
            int[] change = new int[count];
            for (Act act : acts) {
                int n = Math.clamp((act.at - opens) / (seconds * 1_000_000), 0, count - 1);
                change[n] += act.by > 0 ? -1 : 1;
                if (act.by > 0) taken[n]++;
                if (act.by == 2) botsTaken[n]++;
            }
            List<Step> steps = new ArrayList<>();
            int left = room;
            for (int n = 0; n < count; n++) {
                left += change[n];
                steps.add(new Step(Duration.ofSeconds(n * seconds), taken[n], botsTaken[n], Math.max(0, left)));
            }
            return steps;
        }

        private @Nullable Duration since(long at) {
            return at < 0 ? null : Duration.of(at - opens, ChronoUnit.MICROS);
        }

        private static @Nullable Duration of(long[] sorted, int percent) {
            return sorted.length == 0
                    ? null
                    : Duration.of(
                            sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)], ChronoUnit.MICROS);
        }
    }
}
