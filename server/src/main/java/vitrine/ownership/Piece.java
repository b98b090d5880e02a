package vitrine.ownership;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;

/**
 * A piece as it is now.
 *
 * @param owner null when it came back to the stock or was retired
 * @param moves how often it changed hands, which the owner's key is derived from
 * @param records ids of its records in the log, the first first
 */
public record Piece(
        PieceNumber number,
        State state,
        @Nullable CollectorId owner,
        int moves,
        GiftPolicy policy,
        Instant grantedAt,
        @Nullable Instant openedAt,
        List<PieceRecord> records) {

    public enum State {
        OWNED,
        RETURNED,
        RETIRED
    }

    public record PieceRecord(UUID id, String kind, Instant happenedAt) {}
}
