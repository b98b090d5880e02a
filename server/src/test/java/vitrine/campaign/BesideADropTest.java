package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.at;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import vitrine.drop.DropDraft;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.platform.Bilingual;

/** Lumen gives Moonrise to whoever buys a lamp, and announces a drop of the same pieces. */
class BesideADropTest {

    private static final Bilingual NIGHT = new Bilingual("月升", "Moonrise");

    private final Stage stage = Stage.of(3);

    @Test
    void aCampaignLeavesWhatADropHasPromisedByNumberUntilTheDropIsOver() {
        stage.anyLamp();
        DropId drop = announced(2);
        stage.hear(stage.order(1, "ada").lamp(39_900), stage.order(2, "bo").lamp(39_900));
        assertThat(stage.states()).as("one of the three is nobody's yet").containsExactly("pending", "waiting");
        stage.drain();
        assertThat(stage.stock().available())
                .as("for those who come to the drop")
                .isEqualTo(2);

        stage.server.bean(DropPlans.class).end(drop);
        stage.drain();
        assertThat(stage.states()).as("nobody came to the drop").containsExactly("pending", "pending");
    }

    @Test
    void aDropWithoutANumberShares() {
        stage.anyLamp();
        announced(null);
        stage.hear(stage.order(1, "ada").lamp(39_900), stage.order(2, "bo").lamp(39_900));
        assertThat(stage.states()).containsExactly("pending", "pending");
    }

    private DropId announced(@Nullable Integer cap) {
        var first = new StageDraft(
                null,
                NIGHT,
                stage.moonrise.value(),
                at("2026-06-20T12:00"),
                at("2026-06-22T12:00"),
                cap,
                1,
                "everyone",
                null,
                null,
                "free",
                false,
                false);
        DropPlans plans = stage.server.bean(DropPlans.class);
        var drafted = (DropPlans.Drafting.Drafted)
                plans.draft(stage.lumen, "night-" + stage.nth, new DropDraft(NIGHT, NIGHT, List.of(first)));
        assertThat(plans.publish(drafted.id())).isInstanceOf(DropPlans.Publishing.Published.class);
        return drafted.id();
    }
}
