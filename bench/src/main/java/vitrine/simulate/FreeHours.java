package vitrine.simulate;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Pieces that cost nothing: whoever claims has them, at once or when her hold is confirmed. */
final class FreeHours extends DropHours {

    /** Workers that have a part in how a claim becomes a piece, in every kind of world. */
    static final Set<String> PART = Set.of(
            "drop.sale-ends",
            "drop.grants",
            "drop.reminders",
            "event-sequencer",
            "collector-pieces",
            "log-seal",
            "log-sign",
            "log-publish");

    /** Those and the ones that a kind of world has besides. */
    static Set<String> and(String... more) {
        Set<String> all = new HashSet<>(PART);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }

    FreeHours(Ground ground, DropWorld.Story story) {
        super(ground, story, new Random(story.plan.seed() * 11 + 3), PART);
    }

    @Override
    void act() {
        everyday();
    }
}
