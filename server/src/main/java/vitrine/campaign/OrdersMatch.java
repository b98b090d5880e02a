package vitrine.campaign;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.Matching.JoinedMeanwhile;
import vitrine.platform.BrandId;
import vitrine.platform.Job;
import vitrine.shop.OrderChange;
import vitrine.shop.OrderChanges;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/** Takes the orders that changed, by audience, and has them judged: one transaction takes them, judges them and forgets them. */
@Component
class OrdersMatch implements Job {

    private static final int BATCH = 800;

    private final OrderChanges changes;
    private final OrdersToJudge toJudge;
    private final Orders orders;
    private final Matching matching;
    private final Joins joins;
    private final TransactionTemplate transactions;
    private final LiveCampaigns campaigns;
    private final OrdersAside aside;

    /** Audiences in whose batches one order could not be judged: so many more are taken one by one. */
    private final Map<BrandId, Integer> careful = new ConcurrentHashMap<>();

    OrdersMatch(
            OrderChanges changes,
            OrdersToJudge toJudge,
            Orders orders,
            Matching matching,
            Joins joins,
            TransactionTemplate transactions,
            LiveCampaigns campaigns,
            OrdersAside aside) {
        this.changes = changes;
        this.toJudge = toJudge;
        this.orders = orders;
        this.matching = matching;
        this.joins = joins;
        this.transactions = transactions;
        this.campaigns = campaigns;
        this.aside = aside;
    }

    @Override
    public String name() {
        return "campaign-match";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(100);
    }

    @Override
    public boolean run() {
        Set<BrandId> audiences = new LinkedHashSet<>(changes.audiences());
        audiences.addAll(toJudge.audiences());
        int taken = 0;
        for (BrandId audience : audiences) taken += match(audience);
        return taken > 0;
    }

    private int match(BrandId audience) {
        boolean carefully = careful.getOrDefault(audience, 0) > 0;
        careful.computeIfPresent(audience, (a, left) -> left > 1 ? left - 1 : null);
        Set<OrderRef> taken = new LinkedHashSet<>();
        try {
            Integer n = transactions.execute(status -> take(audience, carefully ? 1 : BATCH, taken));
            return n == null ? 0 : n;
        } catch (JoinedMeanwhile e) {
            // Nothing was written; the orders wait where they were and find everything in its place next time.
            joins.follow(audience, e.from, e.into);
            return 1;
        } catch (DataAccessException | TransactionException e) {
            // The database's trouble, not an order's: the batch was rolled back and waits.
            throw e;
        } catch (RuntimeException e) {
            if (carefully) setAside(audience, taken, e);
            // One of these cannot be judged. The next ones are taken one by one until it is found.
            else careful.put(audience, BATCH);
            return 1;
        }
    }

    private int take(BrandId audience, int most, Set<OrderRef> refs) {
        refs.addAll(refs(audience, most));
        // The house hears of every order, also while it has no campaign.
        if (!refs.isEmpty() && campaigns.any(audience)) {
            matching.judge(audience, orders.load(refs));
            aside.judged(audience, refs);
        }
        return refs.size();
    }

    private Set<OrderRef> refs(BrandId audience, int most) {
        Set<OrderRef> refs = new LinkedHashSet<>();
        for (OrderChange change : changes.take(audience, most)) refs.add(change.ref());
        refs.addAll(toJudge.take(audience, most - refs.size()));
        return refs;
    }

    private void setAside(BrandId audience, Set<OrderRef> failed, RuntimeException e) {
        transactions.executeWithoutResult(status -> {
            Set<OrderRef> refs = refs(audience, 1);
            // Another node was faster and this is another order: leave it where it is.
            if (!refs.equals(failed)) status.setRollbackOnly();
            else for (OrderRef ref : refs) aside.put(audience, ref, e);
        });
    }
}
