package vitrine.campaign;

import java.util.List;
import vitrine.campaign.rules.Problem;
import vitrine.proof.Hash32;

/** How a try to publish ended. */
public sealed interface Publication {

    /** @param sha256 of the frozen rules: what the public log says */
    record Published(int version, Hash32 sha256) implements Publication {}

    /** The draft is not whole, or names what is not there. */
    record Unfinished(List<Problem> problems) implements Publication {}

    /** It would take something from people who already take part: rules do not move. */
    record WouldHurt(List<Hurt> hurts) implements Publication {}

    /** The draft says what is published already. */
    record NothingNew(int version) implements Publication {}

    record Ended() implements Publication {}
}
