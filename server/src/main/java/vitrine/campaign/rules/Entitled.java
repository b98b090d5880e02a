package vitrine.campaign.rules;

import java.time.Instant;
import java.util.UUID;
import vitrine.shop.OrderRef;

/**
 * An entitlement that there is already.
 *
 * @param order the order that earned it, or completed the sum
 * @param untouched a piece that can still go back: not opened, given away, redeemed or minted; true while there is no piece yet
 */
public record Entitled(UUID id, OrderRef order, State state, Instant paidAt, boolean untouched) {}
