package vitrine.drop;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.drop.DropDraft.StageDraft;

/**
 * Holds without a price, which nobody may publish, since only money confirms one. A simulated world confirms them by hand, and so has
 * all that holds do to a drop without a payment host in it.
 */
public final class FreeHolds {

    private FreeHolds() {}

    /** As it can be published: what has no price has no hold. */
    public static StageDraft publishable(StageDraft stage) {
        return stage.price() == null ? stage.held(null) : stage;
    }

    /** Gives the stages of a drop that was just published the holds of these drafts, before anybody has claimed. */
    public static void hold(JdbcClient db, Drop drop, List<StageDraft> drafts) {
        IntStream.range(0, drafts.size())
                .filter(n -> drafts.get(n).price() == null)
                .forEach(n -> hold(db, drop, drop.stages().get(n), drafts.get(n).holdMinutes()));
    }

    private static void hold(JdbcClient db, Drop drop, Stage stage, @Nullable Integer minutes) {
        if (minutes != null) hold(db, drop.id(), stage, Duration.ofMinutes(minutes));
    }

    /** From now on units of this stage are held for so long, and be it shorter than anybody may plan. */
    public static void hold(JdbcClient db, DropId drop, Stage stage, Duration length) {
        db.sql("""
                update drop_stages set hold_seconds = :seconds where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("seconds", length.toSeconds())
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage.id())
                .update();
    }
}
