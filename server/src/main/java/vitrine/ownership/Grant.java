package vitrine.ownership;

import org.jspecify.annotations.Nullable;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.proof.Hash32;

/**
 * A piece for its first owner, or for the first after it came back.
 *
 * @param rules hash of the published rules under which it was earned; null for a grant by hand
 */
public record Grant(
        PieceNumber piece, CollectorId to, @Nullable Hash32 rules, GiftPolicy policy) {}
