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
            whole(world, SEED);
            for (DropMutants.Mutant mutant : DropMutants.all()) {
                Broken.Fate fate = DropMutants.hunt(world, mutant, SEED);
                System.out.println("mutant: " + fate);
                if (!fate.caught()) missed.add(mutant.broken().name());
            }
            whole(world, SEED + 1);
        }
        assertThat(missed).as("mutants that lived").isEmpty();
        assertThat(DropMutants.all()).extracting(DropMutants.Mutant::kind).contains(DropWorld.Kind.values());
    }

    private static void whole(DropWorld world, long seed) {
        for (DropWorld.Kind kind : DropWorld.Kind.values())
            assertThat(SimulateDrop.play(world, DropWorld.Plan.small(seed, kind, 300))
                            .violations())
                    .as("the server as it is, %s", kind)
                    .isEmpty();
    }
}
