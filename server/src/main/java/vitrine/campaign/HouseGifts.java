package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.campaign.rules.State;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Allotments;
import vitrine.drop.Award;
import vitrine.drop.Awarded;
import vitrine.drop.Drops;
import vitrine.ownership.Pieces;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;

/**
 * A campaign of the house promises units that brands allotted to it; the piece itself comes from the brand's stock, and goes back
 * there, in the brand's own transaction. So both are three steps: the house says so, the brand does it under the same reason, the
 * house writes what came of it. A crash between two of them is repaired by doing the next one again.
 */
@Component
class HouseGifts implements Job {

    private static final int BATCH = 500;

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final LiveCampaigns campaigns;
    private final EntitlementRows entitlements;
    private final WaitingList waitingList;
    private final Awarding awarding;
    private final OrdersToJudge toJudge;
    private final Units units;
    private final Allotments allotments;
    private final Drops drops;
    private final Pieces pieces;
    private final BusinessClock clock;

    HouseGifts(
            JdbcClient db,
            TransactionTemplate transactions,
            LiveCampaigns campaigns,
            EntitlementRows entitlements,
            WaitingList waitingList,
            Awarding awarding,
            OrdersToJudge toJudge,
            Units units,
            Allotments allotments,
            Drops drops,
            Pieces pieces,
            BusinessClock clock) {
        this.db = db;
        this.transactions = transactions;
        this.campaigns = campaigns;
        this.entitlements = entitlements;
        this.waitingList = waitingList;
        this.awarding = awarding;
        this.toJudge = toJudge;
        this.units = units;
        this.allotments = allotments;
        this.drops = drops;
        this.pieces = pieces;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "house-gifts";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        int done = 0;
        List<UUID> houses = db.sql("select distinct brand_id from offers where collectible_brand_id <> brand_id")
                .query(UUID.class)
                .list();
        for (UUID house : houses) {
            done += award(new BrandId(house));
            done += takeBack(new BrandId(house));
        }
        return done > 0;
    }

    // ---- giving

    private int award(BrandId house) {
        List<Entitlement> begun = transactions.execute(status -> begin(house));
        if (begun == null || begun.isEmpty()) return 0;
        // From here on a return no longer lapses these rights: it asks for the piece back instead.
        Map<UUID, LiveCampaign> live = campaigns.byOffer(house);
        Map<BrandId, List<Award>> byBrand = new LinkedHashMap<>();
        for (Entitlement e : begun) {
            byBrand.computeIfAbsent(e.collectible().brand(), b -> new ArrayList<>())
                    .add(Awarding.award(e, live));
        }
        Map<String, Integer> serials = new HashMap<>();
        byBrand.values().forEach(awards -> {
            List<Awarded> awarded = transactions.execute(status -> drops.award(awards));
            if (awarded != null) for (Awarded a : awarded) serials.put(a.offer() + a.reason(), a.serial());
        });
        Integer granted = transactions.execute(status -> grant(house, begun, serials));
        return granted == null ? 0 : granted;
    }

    private List<Entitlement> begin(BrandId house) {
        List<Entitlement> chosen = choose(house, "state = 'ripe' and collectible_brand_id <> brand_id");
        List<Entitlement> now = reread(house, chosen).stream()
                .filter(e -> e.state() == State.RIPE)
                .toList();
        // What the stock's brand may have given already is seen through to its end, whoever was erased meanwhile.
        List<Entitlement> ripe =
                new ArrayList<>(now.stream().filter(Entitlement::awardBegun).toList());
        ripe.addAll(awarding.toWhomIsThere(
                house, now.stream().filter(e -> !e.awardBegun()).toList()));
        db.sql("""
                update entitlements set award_begun_at = :now
                where brand_id = :house and entitlement_id = any(:ids) and award_begun_at is null
                """)
                .param("now", Timestamp.from(clock.now()))
                .param("house", house.value())
                .param("ids", uuids(ripe, Entitlement::id))
                .update();
        return ripe;
    }

    private int grant(BrandId house, List<Entitlement> begun, Map<String, Integer> serials) {
        List<Entitlement> granted = new ArrayList<>();
        Map<CollectibleId, Integer> pieces = new HashMap<>();
        for (Entitlement e : reread(house, begun)) {
            Integer serial = serials.get(e.offer() + e.reason());
            if (e.state() != State.RIPE || serial == null) continue;
            granted.add(e.granted(serial));
            pieces.merge(e.collectible(), 1, Integer::sum);
        }
        entitlements.update(house, granted, clock.now());
        pieces.forEach((collectible, n) -> allotments.granted(house, collectible, n));
        return granted.size();
    }

    // ---- taking back

    private int takeBack(BrandId house) {
        List<Entitlement> asked = choose(house, "state = 'granted' and taking_back is not null");
        if (asked.isEmpty()) return 0;
        Map<BrandId, List<Entitlement>> byBrand = new LinkedHashMap<>();
        for (Entitlement e : asked) {
            byBrand.computeIfAbsent(e.collectible().brand(), b -> new ArrayList<>())
                    .add(e);
        }
        Map<UUID, State> outcomes = new HashMap<>();
        byBrand.forEach((brand, some) -> {
            Map<UUID, State> decided = transactions.execute(status -> takeBack(brand, some));
            if (decided != null) outcomes.putAll(decided);
        });
        Integer settled = transactions.execute(status -> settle(house, asked, outcomes));
        return settled == null ? 0 : settled;
    }

    /**
     * Inside the stock brand's transaction. {@code house_returns_once}: what was decided once stays so, for the serial may be
     * somebody else's by the time we are asked again.
     */
    private Map<UUID, State> takeBack(BrandId brand, List<Entitlement> asked) {
        drops.lock(asked.stream().map(Entitlement::collectible).distinct().toList());
        Map<UUID, State> outcomes = new HashMap<>();
        List<Entitlement> open = new ArrayList<>();
        for (Entitlement e : asked) {
            State before = decided(brand, e);
            if (before == null) open.add(e);
            else outcomes.put(e.id(), before);
        }
        Set<PieceNumber> untouched =
                pieces.lockUntouched(open.stream().map(Entitlement::piece).toList());
        for (Entitlement e : open) {
            State outcome = untouched.contains(e.piece()) ? State.REVOKED : State.KEPT;
            outcomes.put(e.id(), outcome);
            db.sql("""
                    insert into house_returns (brand_id, offer_id, reason, outcome, decided_at)
                    values (:brand, :offer, :reason, :outcome, :now)
                    """)
                    .param("brand", brand.value())
                    .param("offer", e.offer().value())
                    .param("reason", e.reason())
                    .param("outcome", outcome.text())
                    .param("now", Timestamp.from(clock.now()))
                    .update();
            if (outcome == State.KEPT) continue;
            drops.takeBack(List.of(e.piece()), e.takingBack() == null ? "" : e.takingBack());
            // The unit was allotted to the house and stays so.
            drops.hold(e.collectible(), 1);
        }
        return outcomes;
    }

    private @Nullable State decided(BrandId brand, Entitlement e) {
        return db.sql(
                        "select outcome from house_returns where brand_id = :brand and offer_id = :offer and reason = :reason")
                .param("brand", brand.value())
                .param("offer", e.offer().value())
                .param("reason", e.reason())
                .query(String.class)
                .optional()
                .map(State::of)
                .orElse(null);
    }

    private int settle(BrandId house, List<Entitlement> asked, Map<UUID, State> outcomes) {
        List<Entitlement> settled = new ArrayList<>();
        Map<UUID, Integer> pieces = new HashMap<>();
        for (Entitlement e : reread(house, asked)) {
            State outcome = outcomes.get(e.id());
            if (outcome == null || e.state() != State.GRANTED || e.takingBack() == null) continue;
            settled.add(e.settled(outcome));
            if (outcome == State.KEPT) continue;
            allotments.granted(house, e.collectible(), -1);
            allotments.release(house, e.collectible(), 1);
            pieces.merge(e.offer().value(), -1, Integer::sum);
        }
        entitlements.update(house, settled, clock.now());
        waitingList.take(house, pieces);
        // While it was open the piece counted as hers; now that it went back another order of hers may have a right to
        // one.
        toJudge.add(house, settled.stream().map(Entitlement::order).toList());
        waitingList.serve(house, settled.stream().map(Entitlement::collectible).toList(), List.of(), clock.now());
        return settled.size();
    }

    // ----

    private List<Entitlement> choose(BrandId house, String which) {
        return db.sql("select * from entitlements where brand_id = :house and " + which
                        + " order by entitlement_id limit :most")
                .param("house", house.value())
                .param("most", BATCH)
                .query(EntitlementRows::row)
                .list();
    }

    /** Under the lock of their units, in a new statement: as they are now. */
    private List<Entitlement> reread(BrandId house, List<Entitlement> chosen) {
        units.lock(house, chosen.stream().map(Entitlement::collectible).toList());
        return entitlements.byId(house, chosen.stream().map(Entitlement::id).toList());
    }
}
