package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hundred small worlds, with seeds that nobody has seen before. */
@Tag("simulate")
class HundredWorldsTest {

    private static final int WORLDS = 100;

    @Test
    void whateverHappensOnTheWayTheBooksBalance() {
        long first = (System.nanoTime() >>> 20) % 900_000_000;
        String broken = "";
        try (World world = new World(2)) {
            for (int i = 0; i < WORLDS && broken.isEmpty(); i++) broken = played(world, first + i);
        }
        // The last lines are what the tail of a log shows: they are enough to play that world again.
        assertThat(broken)
                .as("breaches, and the command that plays the world again")
                .isEmpty();
    }

    private static String played(World world, long seed) {
        World.Plan plan = Simulate.small(seed, 2, 120);
        try {
            Simulate.Outcome outcome = Simulate.play(world, plan);
            return outcome.balances() ? "" : Shrinking.of(world, outcome).told();
        } catch (RuntimeException | Error e) {
            throw new AssertionError("the world did not come to its end; again: " + Simulate.command(plan), e);
        }
    }
}
