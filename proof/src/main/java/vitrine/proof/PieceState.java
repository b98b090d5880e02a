package vitrine.proof;

import org.jspecify.annotations.Nullable;

/** Where a piece stands: none → granted → moved* → revoked → granted …, until it is retired. */
public enum PieceState {
    /** Nothing is recorded yet. */
    NONE,
    /** Somebody owns it. */
    OWNED,
    /** It went back to stock under its own serial. */
    RETURNED,
    /** It is gone for good. */
    RETIRED;

    /** The state after a record of that type, or null when such a record cannot stand here. */
    public @Nullable PieceState after(RecordType type) {
        return switch (type) {
            case PIECE_GRANTED -> this == NONE || this == RETURNED ? OWNED : null;
            case PIECE_MOVED, PIECE_REDEEMED, PIECE_MINTED -> this == OWNED ? OWNED : null;
            case PIECE_REVOKED -> this == OWNED ? RETURNED : null;
            case PIECE_RETIRED -> this == OWNED || this == RETURNED ? RETIRED : null;
            case COLLECTIBLE_PUBLISHED,
                    COLLECTIBLE_AMENDED,
                    SUPPLY_LOWERED,
                    RULES_PUBLISHED,
                    LOG_CLOSED,
                    LOG_OPENED,
                    KEY_ROTATED,
                    QUEUE_ARRIVALS,
                    LICENCE_SIGNED,
                    DRAW_COMMITTED,
                    DRAW_CLOSED,
                    DRAW_RESOLVED -> null;
        };
    }

    /** Whether the owner that a record of that type names is the one that the rule asks for, given the one before. */
    static boolean ownerFits(RecordType type, @Nullable Hash32 before, @Nullable Hash32 after) {
        return switch (type) {
            case PIECE_MOVED -> after != null && !after.equals(before);
            case PIECE_REDEEMED, PIECE_MINTED -> after != null && after.equals(before);
            default -> true; // a grant may name anybody; the others name nobody, which reading them has checked
        };
    }
}
