package vitrine.proof;

import org.jspecify.annotations.Nullable;

/** The types of records that version 1 of the format names. A reader that meets another one says "not checked". */
public enum RecordType {
    /** A design exists: {@link LogRecord.CollectiblePublished}. */
    COLLECTIBLE_PUBLISHED("collectible.published"),
    /** Its manifest was corrected: {@link LogRecord.CollectibleAmended}. */
    COLLECTIBLE_AMENDED("collectible.amended"),
    /** There will be fewer pieces: {@link LogRecord.SupplyLowered}. */
    SUPPLY_LOWERED("supply.lowered"),
    /** A piece got its first owner, or another one after it went back. */
    PIECE_GRANTED("piece.granted"),
    /** A piece changed owner. */
    PIECE_MOVED("piece.moved"),
    /** A piece went back to stock. */
    PIECE_REVOKED("piece.revoked"),
    /** What a piece is good for was taken; the owner stays. */
    PIECE_REDEEMED("piece.redeemed"),
    /** A piece is gone for good. */
    PIECE_RETIRED("piece.retired"),
    /** A piece was put on a chain; the owner stays. */
    PIECE_MINTED("piece.minted"),
    /** A version of a campaign's rules: {@link LogRecord.RulesPublished}. */
    RULES_PUBLISHED("rules.published"),
    /** The log ends: {@link LogRecord.LogClosed}. */
    LOG_CLOSED("log.closed"),
    /** The log goes on from another one: {@link LogRecord.LogOpened}. */
    LOG_OPENED("log.opened"),
    /** Another key signs the log from here on: {@link LogRecord.KeyRotated}. */
    KEY_ROTATED("key.rotated"),
    /** Who came before a stage opened, as one root: {@link LogRecord.QueueArrivals}. */
    QUEUE_ARRIVALS("queue.arrivals"),
    /** Reserved, as are those below: the name is taken, its fields are defined with the feature. */
    LICENCE_SIGNED("licence.signed"),
    DRAW_COMMITTED("draw.committed"),
    DRAW_CLOSED("draw.closed"),
    DRAW_RESOLVED("draw.resolved");

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
