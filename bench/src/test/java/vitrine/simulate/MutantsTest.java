package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever checks must be able to find: each way of breaking the server is noticed, and the server as it is breaks nothing. */
@Tag("simulate")
class MutantsTest {

    private static final long SEED = 500;
    private static final int ORDERS = 25;

    @Test
    void everyBrokenServerIsCaughtAndTheWholeOneIsNot() {
        List<String> missed = new ArrayList<>();
        try (World world = new World(2)) {
            assertThat(Simulate.play(world, Simulate.small(SEED, 2, 60)).violations())
                    .isEmpty();
            for (Mutants.Mutant mutant : Mutants.all()) {
                Broken.Fate fate = Mutants.hunt(world, mutant, SEED, ORDERS);
                System.out.println("mutant: " + fate);
                if (!fate.caught()) missed.add(mutant.name());
            }
            assertThat(Simulate.play(world, Simulate.small(SEED + 1, 2, 60)).violations())
                    .isEmpty();
        }
        assertThat(missed).as("mutants that lived").isEmpty();
        assertThat(Mutants.all()).hasSizeGreaterThanOrEqualTo(12);
    }
}
