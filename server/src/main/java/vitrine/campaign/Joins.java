package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.VerdictRows.OfferAndCollector;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Event;
import vitrine.platform.EventReader;
import vitrine.platform.Job;
import vitrine.proof.Json;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;

/**
 * Hears that an unclaimed collector was a person who is known: what stands under the old id goes over to the person, and her orders
 * are judged again as one collector's. Sums grow together, limits are recounted, nothing is taken back.
 */
@Component
class Joins implements Job {

    private final JdbcClient db;
    private final EventReader events;
    private final Catalog catalog;
    private final Matching matching;
    private final Units units;
    private final OrdersToJudge toJudge;
    private final JoinsToCheck toCheck;
    private final Collectors collectors;
    private final BusinessClock clock;
    private final TransactionTemplate own;

    Joins(
            JdbcClient db,
            EventReader events,
            Catalog catalog,
            Matching matching,
            Units units,
            OrdersToJudge toJudge,
            JoinsToCheck toCheck,
            Collectors collectors,
            BusinessClock clock,
            PlatformTransactionManager transactions) {
        this.db = db;
        this.events = events;
        this.catalog = catalog;
        this.matching = matching;
        this.units = units;
        this.toJudge = toJudge;
        this.toCheck = toCheck;
        this.collectors = collectors;
        this.clock = clock;
        this.own = new TransactionTemplate(transactions);
        // Each brand's rows are a transaction of their own; the reader's cursor goes on when all of them are done.
        this.own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public String name() {
        return "campaign-joins";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        boolean heard = catalog.house()
                .map(house -> events.read("campaign-joins", house.id(), batch -> batch.forEach(this::follow)))
                .orElse(false);
        return check() || heard;
    }

    /**
     * What was written before the join committed was there when its event was read. What was written after it, by a batch that had
     * asked before who is who, has left word: the join is found here.
     */
    private boolean check() {
        List<JoinsToCheck.Word> words = toCheck.some();
        for (JoinsToCheck.Word word : words) {
            collectors.root(word.collectors()).forEach((id, root) -> {
                if (!id.equals(root)) follow(word.audience(), id, root);
            });
            toCheck.done(word);
        }
        return !words.isEmpty();
    }

    private void follow(Event event) {
        if (!event.type().equals("collectors.joined")) return;
        if (!(Json.parse(event.body()).orThrow() instanceof Json.Obj body)) return;
        if (!(body.get("from") instanceof Json.Str from) || !(body.get("into") instanceof Json.Str into)) return;
        CollectorId old = new CollectorId(UUID.fromString(from.value()));
        CollectorId person = new CollectorId(UUID.fromString(into.value()));
        db.sql("""
                select b.brand_id from (select distinct brand_id from offers) b
                where exists (select from verdicts v where v.brand_id = b.brand_id and v.collector_id = :old)
                """)
                .param("old", old.value())
                .query(UUID.class)
                .list()
                .forEach(brand -> follow(new BrandId(brand), old, person));
    }

    /** May be called any number of times: the second finds nothing under the old id. */
    void follow(BrandId audience, CollectorId old, CollectorId person) {
        own.executeWithoutResult(status -> {
            record Way(UUID offer, CollectibleId collectible) {}
            List<Way> ways = db.sql("""
                    select o.offer_id, o.collectible_brand_id, o.collectible_id from offers o
                    where o.brand_id = :brand and exists (select from verdicts v where v.brand_id = o.brand_id
                        and v.collector_id = :old and v.offer_id = o.offer_id)
                    """)
                    .param("brand", audience.value())
                    .param("old", old.value())
                    .query((row, n) -> new Way(
                            row.getObject(1, UUID.class),
                            new CollectibleId(new BrandId(row.getObject(2, UUID.class)), row.getObject(3, UUID.class))))
                    .list();
            if (ways.isEmpty()) return;
            List<OfferAndCollector> both = new ArrayList<>();
            for (Way way : ways) {
                both.add(new OfferAndCollector(way.offer(), old));
                both.add(new OfferAndCollector(way.offer(), person));
            }
            matching.lockProgress(audience, both, clock.now());
            units.lock(audience, ways.stream().map(Way::collectible).toList());
            toJudge.add(
                    audience,
                    moveVerdicts(audience, ways.stream().map(Way::offer).toList(), old, person));
            moveEntitlements(audience, ways.stream().map(Way::offer).toList(), old, person);
            db.sql("delete from progress where brand_id = :brand and collector_id = :old and offer_id = any(:offers)")
                    .param("brand", audience.value())
                    .param("old", old.value())
                    .param("offers", uuids(ways, Way::offer))
                    .update();
        });
    }

    private List<OrderRef> moveVerdicts(BrandId audience, List<UUID> offers, CollectorId old, CollectorId person) {
        return db.sql("""
                update verdicts set collector_id = :person
                where brand_id = :brand and collector_id = :old and offer_id = any(:offers)
                returning order_brand_id, order_id
                """)
                .param("person", person.value())
                .param("brand", audience.value())
                .param("old", old.value())
                .param("offers", uuids(offers, o -> o))
                .query((row, n) -> new OrderRef(
                        new BrandId(row.getObject(1, UUID.class)), new OrderId(row.getObject(2, UUID.class))))
                .list();
    }

    /** The pieces themselves stay under the old id, on which their keys depend; the right to them is the person's. */
    private void moveEntitlements(BrandId audience, List<UUID> offers, CollectorId old, CollectorId person) {
        db.sql("""
                update entitlements set collector_id = :person
                where brand_id = :brand and collector_id = :old and offer_id = any(:offers)
                """)
                .param("person", person.value())
                .param("brand", audience.value())
                .param("old", old.value())
                .param("offers", uuids(offers, o -> o))
                .update();
    }
}
