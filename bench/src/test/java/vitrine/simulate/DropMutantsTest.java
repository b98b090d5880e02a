package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever checks a drop must be able to find: each way of breaking it is noticed, and the server as it is breaks nothing. */
@Tag("simulate")
class DropMutantsTest {

    private static final long SEED = 500;

    /** Where worlds that show a mutant are rare the hunt begins at one that did. When worlds change it goes on from there, only longer. */
    private static final Map<String, Long> SHOWN_BY = Map.ofEntries(
            Map.entry("amount-not-compared", 508L),
            Map.entry("answered-before-commit", 512L),
            Map.entry("any-round", 510L),
            Map.entry("anybody-follows", 510L),
            Map.entry("anybody-holds", 666L),
            Map.entry("cap-ignored", 509L),
            Map.entry("claim-after-end", 519L),
            Map.entry("claims-without-lock", 515L),
            Map.entry("code-used-twice", 522L),
            Map.entry("count-instead-of-constraint", 515L),
            Map.entry("ended-hold-made-again", 512L),
            Map.entry("expiry-races-confirm", 503L),
            Map.entry("freed-before-closed", 505L),
            Map.entry("gate-never-woken", 508L),
            Map.entry("grant-outside", 521L),
            Map.entry("held-number-offered", 528L),
            Map.entry("late-money-ignored", 517L),
            Map.entry("late-money-kept", 538L),
            Map.entry("limit-ignored", 509L),
            Map.entry("nonce-not-of-its-stage", 506L),
            Map.entry("number-not-looked-for", 503L),
            Map.entry("on-conflict-without-lock", 515L),
            Map.entry("one-snapshot", 515L),
            Map.entry("person-limit-by-collector", 541L),
            Map.entry("refund-asked-anew", 519L),
            Map.entry("replay-not-recognised", 509L),
            Map.entry("returned-serial-twice", 519L),
            Map.entry("sale-outside", 503L),
            Map.entry("second-payment-kept", 504L),
            Map.entry("silence-is-closed", 524L),
            Map.entry("single-statement", 515L),
            Map.entry("sold-out-reopens", 519L),
            Map.entry("thawed-too-late", 507L),
            Map.entry("under-way-is-closed", 524L));

    @Test
    void everyBrokenDropIsCaughtAndTheWholeOneIsNot() {
        List<String> missed = new ArrayList<>();
        try (DropWorld world = new DropWorld()) {
            whole(world, SEED);
            for (DropMutants.Mutant mutant : DropMutants.all()) {
                Broken.Fate fate = DropMutants.hunt(
                        world, mutant, SHOWN_BY.getOrDefault(mutant.broken().name(), SEED));
                System.out.println("mutant: " + fate);
                if (!fate.caught()) missed.add(mutant.broken().name());
            }
            whole(world, SEED + 1);
        }
        assertThat(missed).as("mutants that lived").isEmpty();
        assertThat(DropMutants.all())
                .extracting(mutant -> mutant.broken().name())
                .containsAll(SHOWN_BY.keySet());
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
