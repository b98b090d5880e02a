package vitrine.drop;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vitrine.platform.Bilingual;
import vitrine.proof.Hash32;

/**
 * A release of one or more collectibles, in stages.
 *
 * @param stages as published, in their order; empty for a draft
 * @param rules leaf hash of the record that published its rules; null for a draft
 * @param paused why; null while it is not
 */
public record Drop(
        DropId id,
        String slug,
        Bilingual name,
        Bilingual about,
        State state,
        List<Stage> stages,
        @Nullable Hash32 rules,
        @Nullable Bilingual paused) {

    public enum State {
        DRAFT,
        PUBLISHED,
        PAUSED,
        ENDED;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /** The stage that is open, else the next that opens, else the last one; null for a draft. */
    public @Nullable Stage stageAt(Instant now) {
        for (Stage stage : stages) if (now.isBefore(stage.closesAt())) return stage;
        return stages.isEmpty() ? null : stages.getLast();
    }

    public boolean over(Instant now) {
        return state == State.ENDED
                || !stages.isEmpty() && !now.isBefore(stages.getLast().closesAt());
    }
}
