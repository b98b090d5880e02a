package vitrine.campaign;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.LineCount;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Verdict;
import vitrine.identity.CollectorId;
import vitrine.shop.OrderRef;

/**
 * What one offer says to one order, line by line, and what came of it.
 *
 * @param version of the rules by which it was judged; {@code offer} has the newest terms
 * @param lines empty where the order as a whole does not count
 */
public record OrderVerdict(
        OrderRef order,
        CollectorId collector,
        CampaignId campaign,
        Offer offer,
        int version,
        Verdict verdict,
        List<LineCount> lines,
        @Nullable Instant paidAt,
        @Nullable Instant receiptAt,
        Instant judgedAt,
        List<Gift> gifts) {}
