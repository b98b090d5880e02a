package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever checks a drop must be able to find: each way of breaking it is noticed, and the server as it is breaks nothing. */
@Tag("simulate")
class DropMutantsTest {

    private static final long SEED = 500;

    @Test
    void everyBrokenDropIsCaughtAndTheWholeOneIsNot() {
        List<String> missed = new ArrayList<>();
        try (DropWorld world = new DropWorld()) {
            assertThat(SimulateDrop.play(world, DropWorld.Plan.small(SEED, 300)).violations())
                    .isEmpty();
            for (DropMutants.Mutant mutant : DropMutants.all()) {
                Broken.Fate fate = DropMutants.hunt(world, mutant, SEED);
                System.out.println("mutant: " + fate);
                if (!fate.caught()) missed.add(mutant.broken().name());
            }
            assertThat(SimulateDrop.play(world, DropWorld.Plan.small(SEED + 1, 300))
                            .violations())
                    .isEmpty();
        }
        assertThat(missed).as("mutants that lived").isEmpty();
        assertThat(DropMutants.all()).hasSizeGreaterThanOrEqualTo(10);
    }
}
