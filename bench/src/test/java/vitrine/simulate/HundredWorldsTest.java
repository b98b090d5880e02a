package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hundred small worlds, with seeds that nobody has seen before. */
@Tag("simulate")
class HundredWorldsTest {

    private static final int WORLDS = 100;

    @Test
    void whateverHappensOnTheWayTheBooksBalance() {
        long first = System.nanoTime() >>> 20;
        System.out.println("seeds: " + first + " to " + (first + WORLDS - 1));
        List<String> broken = new ArrayList<>();
        try (World world = new World(2)) {
            for (int i = 0; i < WORLDS; i++) {
                Simulate.Outcome outcome = Simulate.play(world, Simulate.small(first + i, 2, 120));
                if (!outcome.balances()) broken.add(outcome.command() + " " + outcome.violations());
            }
        }
        assertThat(broken)
                .as("worlds that do not balance, each with the command that plays it again")
                .isEmpty();
    }
}
