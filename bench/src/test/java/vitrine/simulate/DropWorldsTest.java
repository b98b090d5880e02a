package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Forty small crowds of all kinds, with seeds that nobody has seen before. */
@Tag("simulate")
class DropWorldsTest {

    private static final int WORLDS = 40;

    /** Armed so often somebody was met at a fragment: most are met once in three times, the rarest once in ten. */
    private static final int OFTEN = 80;

    @Test
    void whateverHappensOnTheWayEverybodyWasToldWhatIsSo() {
        long first = (System.nanoTime() >>> 20) % 900_000_000;
        String broken = "";
        try (DropWorld world = new DropWorld()) {
            for (int i = 0; i < WORLDS && broken.isEmpty(); i++) broken = played(world, first + i);
            if (broken.isEmpty())
                assertThat(world.ground().database.meetings.neverMet(OFTEN))
                        .as("fragments at which nobody was ever met: the races around them are not run")
                        .isEmpty();
        }
        // The last lines are what the tail of a log shows: they are enough to play that world again.
        assertThat(broken)
                .as("breaches, and the command that plays the world again")
                .isEmpty();
    }

    private static String played(DropWorld world, long seed) {
        DropWorld.Plan plan = DropWorld.Plan.small(seed, 300);
        try {
            SimulateDrop.Outcome outcome = SimulateDrop.play(world, plan);
            return outcome.balances() ? "" : outcome.told();
        } catch (RuntimeException | Error e) {
            throw new AssertionError("the world did not come to its end; again: " + SimulateDrop.command(plan), e);
        }
    }
}
