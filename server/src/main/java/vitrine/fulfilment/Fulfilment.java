package vitrine.fulfilment;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.PieceNumber;
import vitrine.platform.Bilingual;

/**
 * A redemption on its way to whoever asked for it.
 *
 * @param promised what it is
 * @param receipt what its holder shows, and the staff look up
 * @param pieceSlug address of the collectible, so that the piece is {@code SLUG-SERIAL}
 * @param design what the collectible is called
 * @param addressKept whether the address is still here: it is forgotten when it is no longer needed, or when she leaves
 * @param exportedAt when its address was last taken home; null: never
 * @param carrier null: not shipped, or forgotten with the address, as is {@code tracking}
 * @param doneAt handed over, or delivered; null: not yet
 */
public record Fulfilment(
        UUID redemption,
        PieceNumber piece,
        String pieceSlug,
        Bilingual design,
        Bilingual promised,
        String receipt,
        boolean goods,
        boolean addressKept,
        Instant askedAt,
        @Nullable Instant exportedAt,
        @Nullable Instant shippedAt,
        @Nullable String carrier,
        @Nullable String tracking,
        @Nullable Instant doneAt) {

    /** As pages and tables say it. */
    public String state() {
        if (doneAt != null) return goods ? "delivered" : "handed-over";
        if (shippedAt != null) return "shipped";
        return goods ? "to-ship" : "to-hand-over";
    }
}
