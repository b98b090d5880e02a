package vitrine.campaign;

import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.Earning;
import vitrine.campaign.rules.Offer;

/**
 * How far a collector is in an offer that sums.
 *
 * @param counted minor units, or units of goods, returns subtracted
 * @param pieces how many she has or will have from it
 * @param next the next tier; null at the top, at her limit, or when the window is over
 */
public record Progress(CampaignId campaign, Offer offer, long counted, int pieces, Earning.@Nullable Tier next) {
    public long missing() {
        return next == null ? 0 : next.from() - counted;
    }
}
