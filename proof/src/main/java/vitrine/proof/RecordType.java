package vitrine.proof;

import org.jspecify.annotations.Nullable;

/** The types of records that version 1 of the format names. A reader that meets another one says "not checked". */
public enum RecordType {
    COLLECTIBLE_PUBLISHED("collectible.published"),
    COLLECTIBLE_AMENDED("collectible.amended"),
    SUPPLY_LOWERED("supply.lowered"),
    PIECE_GRANTED("piece.granted"),
    PIECE_MOVED("piece.moved"),
    PIECE_REVOKED("piece.revoked"),
    PIECE_REDEEMED("piece.redeemed"),
    PIECE_RETIRED("piece.retired"),
    PIECE_MINTED("piece.minted"),
    RULES_PUBLISHED("rules.published"),
    LOG_CLOSED("log.closed"),
    /** Reserved, as are those below: the name is taken, its fields are defined with the feature. */
    LICENCE_SIGNED("licence.signed"),
    DRAW_COMMITTED("draw.committed"),
    DRAW_CLOSED("draw.closed"),
    DRAW_RESOLVED("draw.resolved"),
    QUEUE_ARRIVALS("queue.arrivals"),
    KEY_ROTATED("key.rotated");

    private final String text;

    RecordType(String text) {
        this.text = text;
    }

    /** How the type is written in a record. */
    public String text() {
        return text;
    }

    /** Whether version 1 reserves the name only. */
    public boolean isReserved() {
        return compareTo(LICENCE_SIGNED) >= 0;
    }

    /** Whether it is one of the six records that a piece's chain is made of. */
    public boolean isOfPiece() {
        return compareTo(PIECE_GRANTED) >= 0 && compareTo(PIECE_MINTED) <= 0;
    }

    static @Nullable RecordType ofText(String text) {
        for (var type : values()) if (type.text.equals(text)) return type;
        return null;
    }
}
