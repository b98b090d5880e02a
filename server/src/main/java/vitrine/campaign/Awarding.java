package vitrine.campaign;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.State;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Award;
import vitrine.drop.Awarded;
import vitrine.drop.Drops;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * Ripe entitlements become pieces. Of a brand's own stock in one transaction: the held unit, the serial, the owner, the record and
 * the entitlement change together. A right that is ripe the moment it is earned is awarded where it is written ({@link WaitingList});
 * for what had to wait this job comes.
 */
@Component
class Awarding implements Job {

    private static final int BATCH = 800;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final LiveCampaigns campaigns;
    private final EntitlementRows entitlements;
    private final Units units;
    private final Drops drops;
    private final OrdersToJudge toJudge;
    private final Collectors collectors;
    private final BusinessClock clock;

    Awarding(
            JdbcClient db,
            TransactionTemplate transactions,
            LiveCampaigns campaigns,
            EntitlementRows entitlements,
            Units units,
            Drops drops,
            OrdersToJudge toJudge,
            Collectors collectors,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.campaigns = campaigns;
        this.entitlements = entitlements;
        this.units = units;
        this.drops = drops;
        this.toJudge = toJudge;
        this.collectors = collectors;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "entitlements-award";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(200);
    }

    @Override
    public boolean run() {
        int awarded = 0;
        for (BrandId brand : brandsWithRipe()) {
            Integer n = transactions.execute(status -> award(brand));
            awarded += n == null ? 0 : n;
        }
        return awarded > 0;
    }

    private List<BrandId> brandsWithRipe() {
        return db.sql("""
                select b.brand_id from (select distinct brand_id from offers) b
                where exists (select from entitlements e where e.brand_id = b.brand_id and e.state = 'ripe')
                """).query(UUID.class).list().stream().map(BrandId::new).toList();
    }

    private record Chosen(UUID id, CollectibleId collectible) {}

    /** Inside the brand's transaction. Another node that chose the same rows waits for the stock's lock and then finds none ripe. */
    private int award(BrandId brand) {
        List<Chosen> chosen = db.sql("""
                select entitlement_id, collectible_id from entitlements
                where brand_id = :brand and state = 'ripe' and collectible_brand_id = :brand
                order by entitlement_id limit :most
                """)
                .param("brand", brand.value())
                .param("most", BATCH)
                .query((row, n) -> new Chosen(
                        row.getObject(1, UUID.class), new CollectibleId(brand, row.getObject(2, UUID.class))))
                .list();
        if (chosen.isEmpty()) return 0;
        units.lock(brand, chosen.stream().map(Chosen::collectible).distinct().toList());
        List<Entitlement> ripe = toWhomIsThere(
                brand,
                entitlements.byId(brand, chosen.stream().map(Chosen::id).toList()).stream()
                        .filter(e -> e.state() == State.RIPE)
                        .toList());
        List<Entitlement> granted = award(brand, ripe);
        entitlements.update(brand, granted, clock.now());
        return granted.size();
    }

    /** Whose account was erased meanwhile gets nothing: her orders are judged once more, and what they promised lapses. */
    List<Entitlement> toWhomIsThere(BrandId brand, List<Entitlement> ripe) {
        Set<CollectorId> erased =
                collectors.erased(ripe.stream().map(Entitlement::collector).toList());
        if (erased.isEmpty()) return ripe;
        toJudge.add(
                brand,
                ripe.stream()
                        .filter(e -> erased.contains(e.collector()))
                        .map(Entitlement::order)
                        .toList());
        return ripe.stream().filter(e -> !erased.contains(e.collector())).toList();
    }

    /**
     * Ripe rights of the brand's own stock, as they are once they were awarded. Inside the transaction that holds the locks of their
     * stock rows and writes them afterwards.
     */
    List<Entitlement> award(BrandId brand, List<Entitlement> ripe) {
        if (ripe.isEmpty()) return List.of();
        Map<UUID, LiveCampaign> live = campaigns.byOffer(brand);
        List<Awarded> awarded =
                drops.award(ripe.stream().map(e -> award(e, live)).toList());
        Map<String, Integer> serials = new HashMap<>();
        for (Awarded a : awarded) serials.put(a.offer() + a.reason(), a.serial());
        return ripe.stream()
                .map(e -> e.granted(Objects.requireNonNull(serials.get(e.offer() + e.reason()))))
                .toList();
    }

    /** By the newest rules: a change can only have been for the better. */
    static Award award(Entitlement e, Map<UUID, LiveCampaign> live) {
        LiveCampaign campaign = Objects.requireNonNull(live.get(e.offer().value()), "an offer of no campaign");
        Offer offer = campaign.plan().offers().stream()
                .filter(o -> o.id().equals(e.offer()))
                .findFirst()
                .orElseThrow();
        return new Award(
                e.offer(),
                e.reason(),
                e.collectible(),
                e.collector(),
                campaign.rules().leafFor(e.collectible().brand()),
                offer.giftPolicy());
    }
}
