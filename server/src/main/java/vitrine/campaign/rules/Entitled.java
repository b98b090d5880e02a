package vitrine.campaign.rules;

import java.time.Instant;
import java.util.UUID;
import vitrine.shop.OrderRef;

/**
 * An entitlement that there is already.
 *
 * @param order the order that earned it, or completed the sum
 * @param untouched a piece that can still go back: not opened, given away, redeemed or minted; true while there is no piece yet
 * @param withdrawn staff took it away: it gives nothing, and nothing takes its place
 */
public record Entitled(UUID id, OrderRef order, State state, Instant paidAt, boolean untouched, boolean withdrawn) {

    public Entitled(UUID id, OrderRef order, State state, Instant paidAt, boolean untouched) {
        this(id, order, state, paidAt, untouched, false);
    }
}
