package vitrine.campaign.web;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Drop;
import vitrine.drop.DropPlans;
import vitrine.drop.Stage;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;

/** Drops that are open or will open, as a shelf shows them. */
@Component
public class DropCards {

    private final DropPlans plans;
    private final Exhibits exhibits;

    DropCards(DropPlans plans, Exhibits exhibits) {
        this.plans = plans;
        this.exhibits = exhibits;
    }

    /**
     * @param exhibit what the present stage gives
     * @param giftPolicy whether it may be given on
     */
    public record Card(
            String slug, Bilingual name, Instant opensAt, Instant closesAt, GiftPolicy giftPolicy, Exhibit exhibit) {
        public String href() {
            return "/d/" + slug;
        }

        public boolean openAt(Instant now) {
            return !now.isBefore(opensAt) && now.isBefore(closesAt);
        }
    }

    /** The one that opens first stands first. */
    List<Card> at(Instant now, int most) {
        return cards(now, most, stage -> true);
    }

    /** Those that give this collectible, now or next. */
    List<Card> giving(CollectibleId collectible, Instant now) {
        return cards(now, Integer.MAX_VALUE, stage -> stage.collectible().equals(collectible));
    }

    private List<Card> cards(Instant now, int most, Predicate<Stage> wanted) {
        List<Card> cards = new ArrayList<>();
        for (Drop drop : plans.published()) {
            Stage stage = drop.stageAt(now);
            if (stage == null || drop.over(now) || !wanted.test(stage)) continue;
            exhibits.of(List.of(stage.collectible())).stream()
                    .findFirst()
                    .ifPresent(exhibit -> cards.add(new Card(
                            drop.slug(), drop.name(), stage.opensAt(), stage.closesAt(), stage.giftPolicy(), exhibit)));
        }
        cards.sort(Comparator.comparing(Card::opensAt));
        return cards.size() <= most ? cards : List.copyOf(cards.subList(0, most));
    }
}
