package vitrine.campaign;

import static vitrine.campaign.Arrays.ints;
import static vitrine.campaign.Arrays.longs;
import static vitrine.campaign.Arrays.uuids;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.campaign.VerdictRows.OfferAndCollector;
import vitrine.campaign.VerdictRows.OfferAndOrder;
import vitrine.campaign.rules.Count;
import vitrine.campaign.rules.Counting;
import vitrine.campaign.rules.Judgement;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.State;
import vitrine.campaign.rules.Verdict;
import vitrine.campaign.rules.VerdictJson;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Drops;
import vitrine.identity.CollectorId;
import vitrine.identity.Members;
import vitrine.ownership.Pieces;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Ids;
import vitrine.shop.Order;
import vitrine.shop.OrderRef;

/**
 * Looks at orders for one audience (a brand, or the house) and makes what the rules say true: verdicts, entitlements, held units.
 * One transaction for the whole batch, and in it always the same order of locks: the campaigns against change, then the progress
 * rows, then the stock rows; only after them, in new statements, is anything read that the rules decide by.
 */
@Component
class Matching {

    static final String BUYER_ERASED = "entitlement.buyer-erased";

    private final LiveCampaigns campaigns;
    private final VerdictRows verdicts;
    private final EntitlementRows entitlements;
    private final WaitingList waitingList;
    private final Units units;
    private final JoinsToCheck joinsToCheck;
    private final Drops drops;
    private final Pieces pieces;
    private final vitrine.identity.Collectors collectors;
    private final Members members;
    private final BuyerKeys buyerKeys;
    private final JdbcTemplate rows;
    private final Ids ids;
    private final BusinessClock clock;

    Matching(
            LiveCampaigns campaigns,
            VerdictRows verdicts,
            EntitlementRows entitlements,
            WaitingList waitingList,
            Units units,
            JoinsToCheck joinsToCheck,
            Drops drops,
            Pieces pieces,
            vitrine.identity.Collectors collectors,
            Members members,
            BuyerKeys buyerKeys,
            JdbcTemplate rows,
            Ids ids,
            BusinessClock clock) {
        this.campaigns = campaigns;
        this.verdicts = verdicts;
        this.entitlements = entitlements;
        this.waitingList = waitingList;
        this.units = units;
        this.joinsToCheck = joinsToCheck;
        this.drops = drops;
        this.pieces = pieces;
        this.collectors = collectors;
        this.members = members;
        this.buyerKeys = buyerKeys;
        this.rows = rows;
        this.ids = ids;
        this.clock = clock;
    }

    /** What a batch brought. */
    record Matched(int verdicts, int gifts, int ripened, int takenBack) {
        static final Matched NOTHING = new Matched(0, 0, 0, 0);
    }

    /** One order before one offer. */
    private record Look(LiveCampaign campaign, Offer offer, Order order) {
        OrderRef ref() {
            return new OrderRef(order.brand(), order.id());
        }

        OfferAndOrder key() {
            return new OfferAndOrder(offer.id().value(), ref());
        }
    }

    /** One collector's way through one offer: everything that is decided together. */
    private static final class Case {
        final LiveCampaign campaign;
        final Offer offer;
        final CollectorId collector;
        final Map<OrderRef, VerdictRow> before = new HashMap<>();
        final Map<OrderRef, VerdictRow> after = new LinkedHashMap<>();
        final List<Entitlement> entitled = new ArrayList<>();
        long counted;
        int pieces;

        Case(LiveCampaign campaign, Offer offer, CollectorId collector) {
            this.campaign = campaign;
            this.offer = offer;
            this.collector = collector;
        }

        OfferAndCollector key() {
            return new OfferAndCollector(offer.id().value(), collector);
        }
    }

    /** What has to be written, gathered over all cases of the batch. */
    private static final class Changes {
        final List<VerdictRow> newVerdicts = new ArrayList<>();
        final List<VerdictRow> changedVerdicts = new ArrayList<>();
        final List<VerdictRow> saidAnew = new ArrayList<>();
        final List<Entitlement> changed = new ArrayList<>();
        final List<Arrival> gifts = new ArrayList<>();
        final Map<String, List<PieceNumber>> takenBack = new HashMap<>();
        final Map<CollectibleId, Integer> released = new HashMap<>();
        final Map<UUID, Integer> piecesByOffer = new HashMap<>();
        final Set<CollectorId> firstSeen = new HashSet<>();
        int ripened;
        int ended;
    }

    /** A right just earned, with when its order reached us. */
    private record Arrival(Entitlement gift, UUID batch) {
        static final Comparator<Arrival> IN_LINE = Comparator.comparing(Arrival::batch)
                .thenComparing(a -> a.gift().paidAt())
                .thenComparing(a -> a.gift().order().id().value())
                .thenComparing(a -> a.gift().id());
    }

    /** Inside the audience's transaction. The orders as they are now; a state older than the one judged before is passed over. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Matched judge(BrandId audience, List<Order> orders) {
        if (orders.isEmpty()) return Matched.NOTHING;
        Instant now = clock.now();
        List<Look> looks = looks(audience, orders);
        if (looks.isEmpty()) return Matched.NOTHING;
        Map<OfferAndOrder, CollectorId> whose = whose(audience, looks);
        looks = looks.stream().filter(l -> whose.containsKey(l.key())).toList();

        Map<OfferAndCollector, Case> cases = cases(looks, whose);
        lockProgress(audience, cases.keySet(), now);
        Set<CollectibleId> collectibles =
                cases.values().stream().map(c -> c.offer.collectible()).collect(Collectors.toSet());
        units.lock(audience, collectibles);
        // From here on nobody else changes what these collectors have from these offers.
        requireWhole(audience, cases.values());
        Set<CollectorId> erased =
                collectors.erased(cases.values().stream().map(c -> c.collector).collect(Collectors.toSet()));
        read(audience, cases, looks, whose);
        Set<CollectorId> members = members(audience, cases.values());
        for (Look look : looks) count(look, caseOf(cases, look, whose), members);

        Changes changes = new Changes();
        for (Case each : cases.values()) decide(audience, each, erased.contains(each.collector), changes, now);
        write(audience, cases.values(), collectibles, changes, now);
        return new Matched(
                changes.newVerdicts.size() + changes.changedVerdicts.size(),
                changes.gifts.size(),
                changes.ripened,
                changes.ended);
    }

    private List<Look> looks(BrandId audience, List<Order> orders) {
        Instant first = orders.stream()
                .map(Matching::moment)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Instant last = orders.stream()
                .map(Matching::moment)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        List<LiveCampaign> live = campaigns.near(audience, first, last);
        List<Look> looks = new ArrayList<>();
        for (Order order : orders) {
            for (LiveCampaign campaign : live) {
                Instant at = moment(order);
                if (at.isBefore(campaign.plan().window().from().minus(LiveCampaigns.NEAR))
                        || !at.isBefore(campaign.plan().window().until().plus(LiveCampaigns.NEAR))) continue;
                for (Offer offer : campaign.plan().offers()) {
                    if (offer.selector().looksAt(order.brand())) looks.add(new Look(campaign, offer, order));
                }
            }
        }
        return looks;
    }

    private static Instant moment(Order order) {
        return order.paidAt() != null ? order.paidAt() : order.receivedAt();
    }

    /**
     * Whose order it is. Without a buyer who could be known again it is its own: whoever picks it up by its number has it. An order
     * that counted for somebody stays hers, even if a later message names another buyer; before it is paid and without a buyer it
     * is nobody's and gets no verdict.
     */
    private Map<OfferAndOrder, CollectorId> whose(BrandId audience, List<Look> looks) {
        Map<OrderRef, BuyerKey> buyers = new HashMap<>();
        for (Look look : looks) {
            BuyerKey buyer = look.order().buyer();
            if (buyer == null && look.order().paidAt() != null) {
                buyer = buyerKeys.shopBuyer(
                        "order", look.order().shop().toString(), look.order().key());
            }
            if (buyer != null) buyers.put(look.ref(), buyer);
        }
        Map<BuyerKey, CollectorId> known = collectors.forBuyerKeys(new HashSet<>(buyers.values()));
        Map<OfferAndOrder, CollectorId> whose = new HashMap<>();
        for (Look look : looks) {
            BuyerKey buyer = buyers.get(look.ref());
            CollectorId collector = buyer == null ? null : known.get(buyer);
            if (collector != null) whose.put(look.key(), collector);
        }
        List<VerdictRow> before =
                verdicts.ofOrders(audience, looks.stream().map(Look::key).toList());
        Set<CollectorId> others = before.stream()
                .filter(v -> !v.collector().equals(whose.get(new OfferAndOrder(v.offer(), v.order()))))
                .map(VerdictRow::collector)
                .collect(Collectors.toSet());
        if (others.isEmpty()) return whose;
        Map<CollectorId, CollectorId> roots = collectors.root(others);
        for (VerdictRow v : before) {
            CollectorId root = roots.get(v.collector());
            if (root == null) continue;
            CollectorId buyer = whose.get(new OfferAndOrder(v.offer(), v.order()));
            if (!root.equals(v.collector())) throw new JoinedMeanwhile(v.collector(), root);
            if (buyer == null || !v.code().equals(new Verdict.NotPaid().code())) {
                whose.put(new OfferAndOrder(v.offer(), v.order()), v.collector());
            }
        }
        return whose;
    }

    /** Rows still stand under a collector who is part of another by now: they have to follow first. */
    static final class JoinedMeanwhile extends RuntimeException {
        final CollectorId from;
        final CollectorId into;

        JoinedMeanwhile(CollectorId from, CollectorId into) {
            super(from + " was joined into " + into);
            this.from = from;
            this.into = into;
        }
    }

    private static Map<OfferAndCollector, Case> cases(List<Look> looks, Map<OfferAndOrder, CollectorId> whose) {
        Map<OfferAndCollector, Case> cases = new LinkedHashMap<>();
        for (Look look : looks) {
            CollectorId collector = Objects.requireNonNull(whose.get(look.key()));
            cases.computeIfAbsent(
                    new OfferAndCollector(look.offer().id().value(), collector),
                    key -> new Case(look.campaign(), look.offer(), collector));
        }
        return cases;
    }

    private static Case caseOf(Map<OfferAndCollector, Case> cases, Look look, Map<OfferAndOrder, CollectorId> whose) {
        CollectorId collector = Objects.requireNonNull(whose.get(look.key()));
        return Objects.requireNonNull(
                cases.get(new OfferAndCollector(look.offer().id().value(), collector)));
    }

    /**
     * In order of key, so that two nodes wait for each other and never in a circle. The update that never happens locks the row all
     * the same, and what is read afterwards is read in a new statement: that is what makes a sum exact.
     */
    void lockProgress(BrandId audience, Collection<OfferAndCollector> keys, Instant now) {
        rows.update(
                """
                insert into progress (brand_id, offer_id, collector_id, counted, pieces, changed_at)
                select ?, k.offer_id, k.collector_id, 0, 0, ?::timestamptz
                from unnest(?::uuid[], ?::uuid[]) as k (offer_id, collector_id) order by k.offer_id, k.collector_id
                on conflict (brand_id, offer_id, collector_id) do update set counted = progress.counted where false
                """,
                audience.value(),
                Timestamp.from(now),
                uuids(keys, OfferAndCollector::offer),
                uuids(keys, k -> k.collector().value()));
    }

    /**
     * Nothing is decided for half a person: whose rows still stand under an id that was joined into hers by now, or who was joined
     * into another while we waited for the locks, is put together first.
     */
    private void requireWhole(BrandId audience, Collection<Case> cases) {
        Set<CollectorId> judged = cases.stream().map(c -> c.collector).collect(Collectors.toSet());
        Map<CollectorId, CollectorId> joins = collectors.joins(judged);
        if (joins.isEmpty()) return;
        Set<CollectorId> left = verdicts.standing(audience, joins.keySet());
        joins.forEach((from, into) -> {
            if (judged.contains(from) || left.contains(from)) throw new JoinedMeanwhile(from, into);
        });
    }

    private void read(
            BrandId audience,
            Map<OfferAndCollector, Case> cases,
            List<Look> looks,
            Map<OfferAndOrder, CollectorId> whose) {
        for (VerdictRow v : verdicts.ofCollectors(audience, cases.keySet())) {
            Case each = Objects.requireNonNull(cases.get(new OfferAndCollector(v.offer(), v.collector())));
            each.before.put(v.order(), v);
            each.after.put(v.order(), v);
        }
        for (Entitlement e : entitlements.ofCollectors(audience, cases.keySet())) {
            Objects.requireNonNull(cases.get(new OfferAndCollector(e.offer().value(), e.collector())))
                    .entitled
                    .add(e);
        }
        // An order that was nobody's or another's while it was unpaid moves to its buyer, with its row.
        List<OfferAndOrder> unseen = looks.stream()
                .filter(l -> l.order().version() > 1
                        && !caseOf(cases, l, whose).before.containsKey(l.ref()))
                .map(Look::key)
                .toList();
        for (VerdictRow v : verdicts.ofOrders(audience, unseen)) {
            CollectorId collector = Objects.requireNonNull(whose.get(new OfferAndOrder(v.offer(), v.order())));
            Objects.requireNonNull(cases.get(new OfferAndCollector(v.offer(), collector)))
                    .before
                    .put(v.order(), v);
        }
    }

    private Set<CollectorId> members(BrandId audience, Collection<Case> cases) {
        return members.among(
                audience,
                cases.stream()
                        .filter(c -> c.offer.members())
                        .map(c -> c.collector)
                        .collect(Collectors.toSet()));
    }

    /** What of this order counts, beside what was counted of the collector's others before. */
    private static void count(Look look, Case each, Set<CollectorId> members) {
        Order order = look.order();
        VerdictRow before = each.before.get(look.ref());
        if (before != null && before.orderVersion() > order.version()) return;
        // Who was a member when her order first counted stays one for it: a list that shrinks takes nothing back.
        boolean member = members.contains(each.collector) || before != null && before.counted() > 0;
        Count count = each.offer.count(order, each.campaign.pauses(), member);
        Verdict refusal = count.refusal();
        each.after.put(
                look.ref(),
                new VerdictRow(
                        each.offer.id().value(),
                        look.ref(),
                        each.collector,
                        before != null && before.collector().equals(each.collector)
                                ? before.boughtAs()
                                : each.collector,
                        before != null ? before.orderName() : order.shop() + "/" + order.key(),
                        order.version(),
                        each.campaign.version(),
                        refusal == null ? "" : refusal.code(),
                        count.counted(),
                        refusal == null ? "" : VerdictJson.numbers(refusal),
                        VerdictJson.lines(count.lines()),
                        order.batch(),
                        order.receivedAt(),
                        order.paidAt(),
                        order.receiptAt()));
    }

    private void decide(BrandId audience, Case each, boolean erased, Changes changes, Instant now) {
        List<Counting> counting = new ArrayList<>();
        for (VerdictRow v : each.after.values()) {
            if (v.counted() > 0 && v.paidAt() != null) {
                counting.add(new Counting(
                        v.order(),
                        v.paidAt(),
                        v.receiptAt(),
                        v.counted(),
                        v.boughtAs().value()));
            }
        }
        Judgement judgement = judge(audience, each, counting);
        each.counted = judgement.counted();
        each.pieces = judgement.pieces();
        judgement
                .verdicts()
                .forEach((order, verdict) -> each.after.computeIfPresent(
                        order, (o, row) -> row.saying(verdict.code(), VerdictJson.numbers(verdict))));
        for (VerdictRow row : each.after.values()) {
            VerdictRow before = each.before.get(row.order());
            if (before == null || !before.collector().equals(row.collector())) changes.firstSeen.add(row.collector());
            if (before == null) changes.newVerdicts.add(row);
            else if (!before.equals(row)) {
                changes.changedVerdicts.add(row);
                if (!before.reads(row)) changes.saidAnew.add(row);
            }
        }
        Map<UUID, Entitlement> byId =
                each.entitled.stream().collect(Collectors.toMap(Entitlement::id, Function.identity()));
        for (UUID id : judgement.takenBack()) {
            Entitlement e = Objects.requireNonNull(byId.get(id));
            takeBack(audience, e, why(each.after.get(e.order())), changes);
        }
        for (UUID id : judgement.kept()) {
            Entitlement e = Objects.requireNonNull(byId.get(id));
            changes.changed.add(e.to(State.KEPT, why(each.after.get(e.order()))));
            changes.ended++;
        }
        for (Judgement.Promise promise : judgement.promised()) {
            Entitlement e = Objects.requireNonNull(byId.get(promise.entitlement()));
            if (e.awardBegun()) continue;
            if (erased && e.state() != State.GRANTED) {
                takeBack(audience, e, BUYER_ERASED, changes);
                each.pieces--;
                continue;
            }
            Entitlement promised = e.promised(promise.order(), promise.paidAt(), promise.due());
            if (promised.state() == State.PENDING && promised.isDue(now)) {
                promised = promised.to(State.RIPE, null);
                changes.ripened++;
            }
            if (!promised.equals(e)) changes.changed.add(promised);
        }
        // Nobody is left who could have it; what she had before stays where it is.
        if (erased) {
            each.pieces -= judgement.gifts().size();
            return;
        }
        Map<String, Integer> nth = new HashMap<>();
        for (Judgement.Gift gift : judgement.gifts()) {
            VerdictRow row = Objects.requireNonNull(each.after.get(gift.order()));
            Entitlement e = new Entitlement(
                    ids.next(),
                    each.offer.id(),
                    each.collector,
                    reason(each, row, nth),
                    gift.order(),
                    each.offer.collectible(),
                    State.WAITING,
                    gift.paidAt(),
                    gift.due(),
                    null,
                    null,
                    false,
                    null);
            changes.gifts.add(new Arrival(e, row.batch()));
        }
    }

    /** A second look where pieces would go back: which of them still can is asked under their lock. */
    private Judgement judge(BrandId audience, Case each, List<Counting> counting) {
        Judgement judgement = each.offer.judge(
                counting, each.entitled.stream().map(e -> e.entitled(true)).toList());
        if (!Units.own(audience, each.offer.collectible())) return judgement;
        Set<UUID> goingBack = Set.copyOf(judgement.takenBack());
        if (each.entitled.stream().noneMatch(e -> e.state() == State.GRANTED && goingBack.contains(e.id()))) {
            return judgement;
        }
        Set<PieceNumber> untouched = pieces.lockUntouched(each.entitled.stream()
                .filter(e -> e.state() == State.GRANTED)
                .map(Entitlement::piece)
                .toList());
        return each.offer.judge(
                counting,
                each.entitled.stream()
                        .map(e -> e.entitled(e.state() != State.GRANTED || untouched.contains(e.piece())))
                        .toList());
    }

    private static void takeBack(BrandId audience, Entitlement e, String why, Changes changes) {
        changes.ended++;
        boolean own = Units.own(audience, e.collectible());
        if (e.state() == State.GRANTED && own) {
            changes.takenBack.computeIfAbsent(why, w -> new ArrayList<>()).add(e.piece());
            changes.changed.add(e.to(State.REVOKED, why));
            changes.piecesByOffer.merge(e.offer().value(), -1, Integer::sum);
        } else if (e.state() == State.GRANTED || e.awardBegun()) {
            // The piece is in the hands of the stock's brand: its own transaction takes it back.
            changes.changed.add(e.takingBack(why));
        } else {
            if (e.state().holdsUnit()) {
                changes.released.merge(e.collectible(), 1, Integer::sum);
                changes.piecesByOffer.merge(e.offer().value(), -1, Integer::sum);
            }
            changes.changed.add(e.to(State.LAPSED, why));
        }
    }

    private static String why(@Nullable VerdictRow order) {
        return order != null && order.code().equals("campaign.cancelled")
                ? "entitlement.order-cancelled"
                : "entitlement.order-returned";
    }

    /** The next number of its kind: a reason is never used again, not even after what it gave has lapsed. */
    private static String reason(Case each, VerdictRow row, Map<String, Integer> nth) {
        String root = each.offer.basis() == Offer.Basis.ORDER ? "order:" + row.orderName() : "sum:" + each.collector;
        int before = nth.computeIfAbsent(root, r -> (int) each.entitled.stream()
                .filter(e -> e.reason().startsWith(r + "#"))
                .count());
        nth.put(root, before + 1);
        return root + "#" + (before + 1);
    }

    private void write(
            BrandId audience, Collection<Case> cases, Set<CollectibleId> collectibles, Changes changes, Instant now) {
        verdicts.insert(audience, changes.newVerdicts, now);
        joinsToCheck.add(audience, changes.firstSeen);
        verdicts.update(audience, changes.changedVerdicts, changes.saidAnew, now);
        entitlements.update(audience, changes.changed, now);
        changes.takenBack.forEach((why, taken) -> drops.takeBack(taken, why));
        changes.released.forEach((collectible, n) -> units.release(audience, collectible, n));
        waitingList.take(audience, changes.piecesByOffer);
        if (!changes.gifts.isEmpty() || changes.ended > 0) {
            List<Entitlement> inLine = changes.gifts.stream()
                    .sorted(Arrival.IN_LINE)
                    .map(Arrival::gift)
                    .toList();
            waitingList.serve(audience, collectibles, inLine, now);
        }
        sums(audience, cases, now);
    }

    /** Where an offer sums, how far its collectors are. */
    private void sums(BrandId audience, Collection<Case> cases, Instant now) {
        List<Case> summed = cases.stream()
                .filter(c -> c.offer.basis() == Offer.Basis.CUMULATIVE)
                .toList();
        if (summed.isEmpty()) return;
        rows.update(
                """
                update progress p set counted = w.counted, pieces = w.pieces, changed_at = ?::timestamptz
                from unnest(?::uuid[], ?::uuid[], ?::bigint[], ?::int[]) as w (offer_id, collector_id, counted, pieces)
                where p.brand_id = ? and p.offer_id = w.offer_id and p.collector_id = w.collector_id
                    and (p.counted <> w.counted or p.pieces <> w.pieces)
                """,
                Timestamp.from(now),
                uuids(summed, c -> c.offer.id().value()),
                uuids(summed, c -> c.collector.value()),
                longs(summed, c -> c.counted),
                ints(summed, c -> c.pieces),
                audience.value());
    }
}
