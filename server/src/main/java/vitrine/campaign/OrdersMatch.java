package vitrine.campaign;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.Matching.JoinedMeanwhile;
import vitrine.campaign.Matching.Matched;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.Job;
import vitrine.shop.OrderChange;
import vitrine.shop.OrderChanges;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/** Takes the orders that changed, by audience, and has them judged: one transaction takes them, judges them and forgets them. */
@Component
class OrdersMatch implements Job {

    private static final int BATCH = 500;

    private final OrderChanges changes;
    private final OrdersToJudge toJudge;
    private final Orders orders;
    private final Matching matching;
    private final Joins joins;
    private final Collectors collectors;
    private final TransactionTemplate transactions;

    OrdersMatch(
            OrderChanges changes,
            OrdersToJudge toJudge,
            Orders orders,
            Matching matching,
            Joins joins,
            Collectors collectors,
            TransactionTemplate transactions) {
        this.changes = changes;
        this.toJudge = toJudge;
        this.orders = orders;
        this.matching = matching;
        this.joins = joins;
        this.collectors = collectors;
        this.transactions = transactions;
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

    private record Batch(int taken, Matched matched) {}

    private int match(BrandId audience) {
        try {
            Batch batch = transactions.execute(status -> {
                Set<OrderRef> refs = new LinkedHashSet<>();
                for (OrderChange change : changes.take(audience, BATCH)) refs.add(change.ref());
                refs.addAll(toJudge.take(audience, BATCH - refs.size()));
                return new Batch(refs.size(), matching.judge(audience, orders.load(refs)));
            });
            if (batch == null) return 0;
            follow(audience, batch.matched().collectors());
            return batch.taken();
        } catch (JoinedMeanwhile e) {
            // Nothing was written; the orders wait where they were and find everything in its place next time.
            joins.follow(audience, e.from, e.into);
            return 1;
        }
    }

    /** Who was joined into another while we wrote under her old id: her event may have been read before our rows were there. */
    private void follow(BrandId audience, Set<CollectorId> judged) {
        if (judged.isEmpty()) return;
        for (Map.Entry<CollectorId, CollectorId> each : collectors.root(judged).entrySet()) {
            if (!each.getKey().equals(each.getValue())) joins.follow(audience, each.getKey(), each.getValue());
        }
    }
}
