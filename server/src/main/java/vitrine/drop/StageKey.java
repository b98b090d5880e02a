package vitrine.drop;

import java.util.UUID;

/** Which stage: a drop's own id stands before it, so that nothing that is kept by stage is shared by two drops. */
record StageKey(DropId drop, UUID stage) {
    static StageKey of(DropId drop, Stage stage) {
        return new StageKey(drop, stage.id());
    }
}
