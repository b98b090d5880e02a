package vitrine.market;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;

/**
 * A piece on its way to a friend.
 *
 * @param signed who gives it, as the card says; not checked by anybody
 * @param answeredAs who accepted, as she says
 * @param goodUntil until then it can be accepted
 * @param finalAt then the piece moves; until then either of them may step back; null: not accepted yet
 */
public record Transfer(
        UUID id,
        PieceNumber piece,
        State state,
        CollectorId giver,
        @Nullable CollectorId receiver,
        String signed,
        String words,
        String answeredAs,
        Instant offeredAt,
        Instant goodUntil,
        @Nullable Instant acceptedAt,
        @Nullable Instant finalAt,
        @Nullable Instant endedAt) {

    public enum State {
        OFFERED,
        ACCEPTED,
        MOVED,
        /** The giver took it back, before or after it was accepted. */
        WITHDRAWN,
        EXPIRED,
        /** The receiver gave it back before it was hers. */
        RETURNED,
        /** The piece itself went back to the brand meanwhile. */
        FALLEN
    }

    public boolean open() {
        return endedAt == null;
    }

    Transfer fallen(Instant at) {
        return new Transfer(
                id,
                piece,
                State.FALLEN,
                giver,
                receiver,
                signed,
                "",
                answeredAs,
                offeredAt,
                goodUntil,
                acceptedAt,
                finalAt,
                at);
    }
}
