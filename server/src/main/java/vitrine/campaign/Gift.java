package vitrine.campaign;

import java.time.Instant;
import java.util.UUID;
import vitrine.catalog.CollectibleId;
import vitrine.drop.OfferId;
import vitrine.identity.CollectorId;
import vitrine.shop.OrderRef;

/**
 * A right to one piece, for pages.
 *
 * @param reason {@code order:SHOP/KEY#2} or {@code sum:COLLECTOR#2}
 * @param order the order that earned it, or completed the sum
 */
public record Gift(
        UUID id,
        OfferId offer,
        CampaignId campaign,
        CollectibleId collectible,
        CollectorId collector,
        OrderRef order,
        String reason,
        Standing standing,
        Instant paidAt,
        Instant changedAt) {}
