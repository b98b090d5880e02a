package vitrine.rulebook;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import vitrine.platform.BrandId;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/**
 * Rules as they were published, for good.
 *
 * @param rules what they are for: a campaign
 * @param version 1, 2, 3, … without a gap
 * @param sha256 of the document's RFC 8785 bytes: what the log says
 * @param leaf leaf hash of the {@code rules.published} record in the log of who published them
 * @param record that record
 * @param elsewhere its leaf hash in the logs of other brands whose collectibles they give, by brand
 */
public record RulesVersion(
        BrandId brand,
        UUID rules,
        int version,
        Json document,
        Hash32 sha256,
        Hash32 leaf,
        UUID record,
        Instant publishedAt,
        Map<BrandId, Hash32> elsewhere) {

    /** How the records of a brand's pieces name these rules: by the record in the log where the brand's pieces are. */
    public Hash32 leafFor(BrandId brand) {
        return elsewhere.getOrDefault(brand, leaf);
    }
}
