package vitrine.rulebook;

import java.time.Instant;
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
 * @param leaf leaf hash of the {@code rules.published} record: how a piece's records name these rules
 */
public record RulesVersion(
        BrandId brand,
        UUID rules,
        int version,
        Json document,
        Hash32 sha256,
        Hash32 leaf,
        UUID record,
        Instant publishedAt) {}
