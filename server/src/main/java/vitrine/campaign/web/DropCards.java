package vitrine.campaign.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.LiveDrops;
import vitrine.drop.Stage;
import vitrine.platform.Bilingual;

/** Drops that are open or will open, as a shelf shows them: each says of itself what its page says. */
@Component
public class DropCards {

    private final DropPlans plans;
    private final LiveDrops lives;
    private final Exhibits exhibits;

    DropCards(DropPlans plans, LiveDrops lives, Exhibits exhibits) {
        this.plans = plans;
        this.lives = lives;
        this.exhibits = exhibits;
    }

    /**
     * @param seen how the stage stands that is shown
     * @param exhibit what it gives
     */
    public record Card(String slug, Bilingual name, LiveDrops.Seen seen, Exhibit exhibit) {
        public String href() {
            return "/d/" + slug;
        }

        public Stage stage() {
            return seen.stage();
        }

        /** Whether its opening is all that can be said of it yet. */
        public boolean announced() {
            return seen.phase() == LiveDrops.Phase.ANNOUNCED;
        }
    }

    private record Shown(Drop drop, LiveDrops.Seen seen) {}

    /** Those of which something may still be had; the one that opens first stands first. */
    List<Card> at(Instant now, int most) {
        return cards(now, stage -> true)
                .filter(one -> one.seen.comes())
                .flatMap(this::card)
                .limit(most)
                .toList();
    }

    /** Those that give this collectible, now or next, and behind them what is sold out and still has its window. */
    List<Card> giving(CollectibleId collectible, Instant now) {
        return cards(now, stage -> stage.collectible().equals(collectible))
                .flatMap(this::card)
                .toList();
    }

    /** Each with its first stage of the wanted that may still give, else with the one that is open and gave its last. */
    private Stream<Shown> cards(Instant now, Predicate<Stage> wanted) {
        List<Shown> shown = new ArrayList<>();
        for (Drop drop : plans.published()) {
            if (drop.over(now)) continue;
            List<LiveDrops.Seen> stages = lives.stages(drop, now).stream()
                    .filter(one -> wanted.test(one.stage()))
                    .toList();
            stages.stream()
                    .filter(LiveDrops.Seen::comes)
                    .findFirst()
                    .or(() -> stages.stream()
                            .filter(one -> one.stage().openAt(now))
                            .findFirst())
                    .ifPresent(one -> shown.add(new Shown(drop, one)));
        }
        return shown.stream()
                .sorted(Comparator.comparing((Shown one) -> !one.seen.comes())
                        .thenComparing(one -> one.seen.stage().opensAt()));
    }

    private Stream<Card> card(Shown one) {
        return exhibits.of(List.of(one.seen.stage().collectible())).stream()
                .map(exhibit -> new Card(one.drop.slug(), one.drop.name(), one.seen, exhibit));
    }
}
