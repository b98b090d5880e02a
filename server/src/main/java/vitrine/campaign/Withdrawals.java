package vitrine.campaign;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.campaign.VerdictRows.OfferAndCollector;
import vitrine.campaign.rules.State;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;

/**
 * Staff take a right away before its piece is given, and put it back. A withdrawn right has lapsed and keeps its place: its order earns
 * no other one instead. Putting it back frees that place, and the order is judged once more as every order is; so what comes of it
 * is what the rules say on that day, at the end of the line where the unit has gone to somebody else.
 */
@Component
public class Withdrawals {

    /** What begins like this was withdrawn, and for what. */
    static final String WITHDRAWN = "entitlement.withdrawn-";

    static final String PUT_BACK = "entitlement.put-back";

    /** Why; each has a sentence for the shopper. */
    public static final List<String> REASONS = List.of("mistake", "abuse", "asked", "test");

    private final EntitlementRows entitlements;
    private final Matching matching;
    private final WaitingList waitingList;
    private final Units units;
    private final OrdersToJudge toJudge;
    private final BusinessClock clock;

    Withdrawals(
            EntitlementRows entitlements,
            Matching matching,
            WaitingList waitingList,
            Units units,
            OrdersToJudge toJudge,
            BusinessClock clock) {
        this.entitlements = entitlements;
        this.matching = matching;
        this.waitingList = waitingList;
        this.units = units;
        this.toJudge = toJudge;
        this.clock = clock;
    }

    /** Inside a transaction of its own. @return why it cannot be; empty: it is withdrawn, and its unit went to whoever waits */
    @Transactional(propagation = Propagation.MANDATORY)
    Optional<String> withdraw(BrandId brand, UUID id, String reason) {
        Optional<Entitlement> found = locked(brand, id);
        if (found.isEmpty()) return Optional.of("bulk.gone");
        Entitlement right = found.get();
        Optional<String> refusal = mayNotWithdraw(right);
        if (refusal.isPresent()) return refusal;
        if (right.state().holdsUnit()) {
            units.release(brand, right.collectible(), 1);
            waitingList.take(brand, Map.of(right.offer().value(), -1));
        }
        entitlements.update(brand, List.of(right.to(State.LAPSED, WITHDRAWN + reason)), clock.now());
        waitingList.serve(brand, List.of(right.collectible()), List.of(), clock.now());
        return Optional.empty();
    }

    /** Inside a transaction of its own. @return why it cannot be; empty: its order is judged once more */
    @Transactional(propagation = Propagation.MANDATORY)
    Optional<String> putBack(BrandId brand, UUID id) {
        Optional<Entitlement> found = locked(brand, id);
        if (found.isEmpty()) return Optional.of("bulk.gone");
        Entitlement right = found.get();
        Optional<String> refusal = mayNotPutBack(right);
        if (refusal.isPresent()) return refusal;
        entitlements.update(brand, List.of(right.putBack()), clock.now());
        toJudge.add(brand, List.of(right.order()));
        return Optional.empty();
    }

    static Optional<String> mayNotWithdraw(Entitlement right) {
        return switch (right.state()) {
            case WAITING, PENDING, RIPE ->
                right.awardBegun() || right.takingBack() != null ? Optional.of("bulk.granted") : Optional.empty();
            case GRANTED, KEPT -> Optional.of("bulk.granted");
            case LAPSED -> Optional.of(right.isWithdrawn() ? "bulk.withdrawn" : "bulk.lapsed");
            case REVOKED -> Optional.of("bulk.lapsed");
        };
    }

    static Optional<String> mayNotPutBack(Entitlement right) {
        if (right.isWithdrawn()) return Optional.empty();
        return Optional.of(PUT_BACK.equals(right.why()) ? "bulk.put-back-before" : "bulk.not-withdrawn");
    }

    /** As every look at an order does, and in the same order: her way through the offer, then the stock; then, anew, the right. */
    private Optional<Entitlement> locked(BrandId brand, UUID id) {
        Optional<Entitlement> seen = one(brand, id);
        if (seen.isEmpty()) return seen;
        Entitlement before = seen.get();
        matching.lockProgress(
                brand, List.of(new OfferAndCollector(before.offer().value(), before.collector())), clock.now());
        units.lock(brand, List.of(before.collectible()));
        Optional<Entitlement> now = one(brand, id);
        if (now.isPresent() && !now.get().collector().equals(before.collector()))
            throw new org.springframework.dao.PessimisticLockingFailureException("joined meanwhile: tried again");
        return now;
    }

    private Optional<Entitlement> one(BrandId brand, UUID id) {
        return entitlements.byId(brand, List.of(id)).stream().findFirst();
    }
}
