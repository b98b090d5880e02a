package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.drop.Airdrops;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Departures;
import vitrine.identity.Members;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.EventReader;
import vitrine.platform.Job;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/**
 * Hears that somebody had her account erased: the orders that still promise her something are judged once more, and what they
 * promised lapses ({@link Matching}). The units go to whoever waits.
 */
@Component
public class Erasures implements Job {

    private final JdbcClient db;
    private final EventReader events;
    private final Catalog catalog;
    private final OrdersToJudge toJudge;
    private final Orders orders;
    private final Collectors collectors;
    private final Members members;
    private final HolderMessages letters;
    private final Airdrops airdrops;
    private final Applications applications;

    Erasures(
            JdbcClient db,
            EventReader events,
            Catalog catalog,
            OrdersToJudge toJudge,
            Orders orders,
            Collectors collectors,
            Members members,
            HolderMessages letters,
            Airdrops airdrops,
            Applications applications) {
        this.db = db;
        this.events = events;
        this.catalog = catalog;
        this.toJudge = toJudge;
        this.orders = orders;
        this.collectors = collectors;
        this.members = members;
        this.letters = letters;
        this.airdrops = airdrops;
        this.applications = applications;
    }

    /**
     * While it is known under which keys she bought: her orders lead to her no more, no brand counts her as a member, no airdrop still has
     * something for her, and what she asked the house is gone. Doing it twice changes nothing.
     *
     * <p>Whoever passed a gift on to her lent her an address with it: who is named by an address is looked for by those that she proved. An
     * order is mostly her own, whatever it was bought with.
     */
    public void forgetOrders(CollectorId person) {
        orders.forget(collectors.buyerKeys(person));
        List<BuyerKey> proven = collectors.provenKeys(person);
        members.forget(proven);
        List<CollectorId> family = collectors.family(collectors.root(person));
        letters.forget(family);
        airdrops.forget(proven, family);
        applications.forget(proven);
    }

    @Override
    public String name() {
        return "campaign-erasures";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        return catalog.house()
                .map(house -> events.read("campaign-erasures", house.id(), batch -> batch.stream()
                        .map(Departures::erased)
                        .filter(erased -> !erased.isEmpty())
                        .forEach(this::lapse)))
                .orElse(false);
    }

    private void lapse(List<CollectorId> erased) {
        record Promise(BrandId audience, OrderRef order) {}
        db.sql("""
                select e.brand_id, e.order_brand_id, e.order_id from (select distinct brand_id from offers) b
                join entitlements e on e.brand_id = b.brand_id and e.collector_id = any(:ids)
                where e.state in ('waiting', 'pending', 'ripe')
                """)
                .param("ids", uuids(erased, CollectorId::value))
                .query((row, n) -> new Promise(
                        new BrandId(row.getObject(1, UUID.class)),
                        new OrderRef(
                                new BrandId(row.getObject(2, UUID.class)), new OrderId(row.getObject(3, UUID.class)))))
                .list()
                .forEach(promise -> toJudge.add(promise.audience(), List.of(promise.order())));
    }
}
