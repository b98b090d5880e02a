package vitrine.drop;

import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.ownership.GiftPolicy;
import vitrine.proof.Hash32;

/**
 * One held unit that becomes one collector's piece.
 *
 * @param reason why, once and for all: an offer gives one piece for one reason
 * @param rules hash of the published rules that say so; null for an award by hand
 */
public record Award(
        OfferId offer,
        String reason,
        CollectibleId collectible,
        CollectorId to,
        @Nullable Hash32 rules,
        GiftPolicy policy) {}
