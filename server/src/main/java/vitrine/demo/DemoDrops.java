package vitrine.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.platform.Bilingual;

/** Two drops of the festival: one that opens tomorrow, one that is open. */
@Component
class DemoDrops {

    private final DropPlans plans;
    private final Catalog catalog;

    DemoDrops(DropPlans plans, Catalog catalog) {
        this.plans = plans;
        this.catalog = catalog;
    }

    /** A second call changes nothing. */
    void publish(Instant now) {
        publish(
                "thirty-eaves",
                "seven-eaves",
                new Bilingual("三十座檐", "Thirty Eaves"),
                new Bilingual("三十件，人人都有同一秒钟。", "Thirty pieces, and the same second for everybody."),
                now.plus(Duration.ofHours(20)),
                Duration.ofDays(6),
                30,
                1,
                null);
        publish(
                "with-the-wind",
                "with-the-wind",
                new Bilingual("起风了", "The Wind Is Up"),
                new Bilingual("首发五十件，每人两件。", "Fifty pieces to begin with, two each."),
                now.plusSeconds(2),
                Duration.ofDays(7),
                50,
                2,
                null);
    }

    private void publish(
            String slug,
            String design,
            Bilingual name,
            Bilingual about,
            Instant opens,
            Duration lasts,
            int cap,
            int limit,
            @Nullable Integer holdMinutes) {
        if (plans.at(slug).isPresent()) return;
        Optional<Collectible> collectible = catalog.collectible(design);
        if (collectible.isEmpty()) throw new IllegalStateException("the festival has no " + design);
        var stage = new DropDraft.StageDraft(
                null,
                name,
                collectible.get().id().value(),
                opens,
                opens.plus(lasts),
                cap,
                limit,
                "everyone",
                null,
                holdMinutes,
                "after-days:30");
        var draft = new DropDraft(name, about, List.of(stage));
        DropPlans.Drafting drafting = plans.draft(collectible.get().id().brand(), slug, draft);
        if (!(drafting instanceof DropPlans.Drafting.Drafted drafted))
            throw new IllegalStateException("no draft: " + slug);
        if (!(plans.publish(drafted.id()) instanceof DropPlans.Publishing.Published))
            throw new IllegalStateException("not published: " + slug);
    }
}
