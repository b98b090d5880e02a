package vitrine.campaign;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.campaign.rules.Entitled;
import vitrine.campaign.rules.State;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.OfferId;
import vitrine.identity.CollectorId;
import vitrine.shop.OrderRef;

/**
 * A right that an order earned.
 *
 * @param reason why, once and for all: {@code order:SHOP/KEY#2}, or {@code sum:COLLECTOR#2} where the offer sums
 * @param order the order that earned it, or completed the sum
 * @param paidAt its place on the waiting list
 * @param dueAt null until there is a receipt
 * @param serial of its piece, once granted
 * @param why a code for what happened last; null for what was just earned
 * @param awardBegun the stock's brand may have given the piece already (campaigns of the house)
 * @param takingBack why the stock's brand is asked to take it back (campaigns of the house)
 */
record Entitlement(
        UUID id,
        OfferId offer,
        CollectorId collector,
        String reason,
        OrderRef order,
        CollectibleId collectible,
        State state,
        Instant paidAt,
        @Nullable Instant dueAt,
        @Nullable Integer serial,
        @Nullable String why,
        boolean awardBegun,
        @Nullable String takingBack) {

    /** Every change of state passes here, and says why. */
    Entitlement to(State then, @Nullable String why) {
        return with(state.to(then), order, paidAt, dueAt, serial, why, takingBack);
    }

    Entitlement promised(OrderRef order, Instant paidAt, @Nullable Instant dueAt) {
        return with(state, order, paidAt, dueAt, serial, why, takingBack);
    }

    Entitlement granted(int serial) {
        return with(state.to(State.GRANTED), order, paidAt, dueAt, serial, null, takingBack);
    }

    /** What the stock's brand decided about a piece that it was asked to take back. */
    Entitlement settled(State outcome) {
        return with(state.to(outcome), order, paidAt, dueAt, serial, takingBack, null);
    }

    Entitlement takingBack(String why) {
        return with(state, order, paidAt, dueAt, serial, this.why, why);
    }

    /** It was staff who took it away. */
    boolean isWithdrawn() {
        return state == State.LAPSED && why != null && why.startsWith(Withdrawals.WITHDRAWN);
    }

    /** It stays lapsed; its order may earn another one in its place. */
    Entitlement putBack() {
        return with(state, order, paidAt, dueAt, serial, Withdrawals.PUT_BACK, takingBack);
    }

    /** Due, so the waiting time is over. */
    boolean isDue(Instant now) {
        return dueAt != null && !dueAt.isAfter(now);
    }

    PieceNumber piece() {
        if (serial == null) throw new IllegalStateException("no piece yet: " + reason);
        return new PieceNumber(collectible, serial);
    }

    /** As the rules see it. What is on its way back counts as hers until the stock's brand has said whether it can go. */
    Entitled entitled(boolean untouched) {
        return new Entitled(id, order, takingBack == null ? state : State.KEPT, paidAt, untouched, isWithdrawn());
    }

    private Entitlement with(
            State state,
            OrderRef order,
            Instant paidAt,
            @Nullable Instant dueAt,
            @Nullable Integer serial,
            @Nullable String why,
            @Nullable String takingBack) {
        return new Entitlement(
                id,
                offer,
                collector,
                reason,
                order,
                collectible,
                state,
                paidAt,
                dueAt,
                serial,
                why,
                awardBegun,
                takingBack);
    }
}
