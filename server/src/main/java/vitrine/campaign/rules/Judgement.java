package vitrine.campaign.rules;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.shop.OrderRef;

/**
 * All that one offer says to one collector: a verdict for each of her orders that counts, and what has to change in her
 * entitlements so that she has what she earned. A value made from values: matching, preview and tests call the same.
 *
 * @param gifts to be added, in order of payment
 * @param promised what the ones that stay stand for now: order, place by payment and due date may have moved
 * @param takenBack to lapse or to revoke
 * @param kept pieces that should have gone back and cannot
 * @param counted the sum, where the offer sums
 * @param pieces how many pieces she has or will have, kept ones included
 */
public record Judgement(
        Map<OrderRef, Verdict.Counts> verdicts,
        List<Gift> gifts,
        List<Promise> promised,
        List<UUID> takenBack,
        List<UUID> kept,
        long counted,
        int pieces) {

    /** One piece more, for this order. */
    public record Gift(
            OrderRef order, Instant paidAt, @Nullable Instant due) {}

    public record Promise(
            UUID entitlement,
            OrderRef order,
            Instant paidAt,
            @Nullable Instant due) {}

    /**
     * @param orders those of the collector that count, in any order
     * @param entitled what she has from this offer already, ended ones too
     */
    public static Judgement of(Offer offer, List<Counting> orders, List<Entitled> entitled) {
        List<Counting> paid = orders.stream().sorted(BY_PAYMENT).toList();
        List<Claim> claims =
                offer.basis() == Offer.Basis.ORDER ? each(offer, paid, entitled) : sum(offer, paid, entitled);
        return settle(offer, paid, claims);
    }

    private static final Comparator<Counting> BY_PAYMENT = Comparator.comparing(Counting::paidAt)
            .thenComparing(c -> c.order().id().value());

    private static final Comparator<Entitled> BY_AGE =
            Comparator.comparing(Entitled::paidAt).thenComparing(Entitled::id);

    /** What an order, or the sum of all, gives a right to: one place for each piece, and what stands on them already. */
    private static final class Claim {
        final @Nullable Counting order;
        /** What is earned: nothing is added beyond it. */
        final List<Gift> places;
        /** What is not taken: the same, or what she had a right to before she was known as one, where that was more. */
        final List<Gift> standing;

        final List<Entitled> live = new ArrayList<>();
        final List<Entitled> kept = new ArrayList<>();
        int withdrawn;
        int added;
        int settled;
        boolean limited;

        Claim(@Nullable Counting order, List<Gift> places, List<Gift> apart, List<Entitled> entitled) {
            this.order = order;
            this.places = places;
            this.standing = new ArrayList<>(places);
            if (apart.size() > places.size()) standing.addAll(apart.subList(places.size(), apart.size()));
            for (Entitled e : entitled) {
                if (e.state().isLive()) live.add(e);
                else if (e.state() == State.KEPT) kept.add(e);
                else if (e.withdrawn()) withdrawn++;
            }
            live.sort(BY_AGE);
        }

        /** Earned and not there yet. What staff withdrew leaves no gap. */
        int gap() {
            return Math.max(0, places.size() - live.size() - kept.size() - withdrawn);
        }

        /** Kept without a right to it. */
        int debt() {
            return Math.max(0, live.size() + kept.size() - standing.size());
        }

        /** The first places belong to what was kept or withdrawn, the next to what is live, in order of age. */
        int closedPlaces() {
            return Math.min(kept.size() + withdrawn, standing.size() - live.size());
        }
    }

    /** Each order is a claim of its own; an entitlement whose order no longer counts is a claim to nothing. */
    private static List<Claim> each(Offer offer, List<Counting> paid, List<Entitled> entitled) {
        Map<OrderRef, List<Entitled>> byOrder = new LinkedHashMap<>();
        for (Entitled e : entitled)
            byOrder.computeIfAbsent(e.order(), o -> new ArrayList<>()).add(e);
        List<Claim> claims = new ArrayList<>();
        for (Counting order : paid) {
            Gift place = new Gift(order.order(), order.paidAt(), due(offer, order.receiptAt()));
            List<Gift> places = java.util.Collections.nCopies(offer.earning().pieces(order.counted()), place);
            List<Entitled> own = byOrder.remove(order.order());
            claims.add(new Claim(order, places, List.of(), own == null ? List.of() : own));
        }
        for (List<Entitled> left : byOrder.values()) claims.add(new Claim(null, List.of(), List.of(), left));
        return claims;
    }

    /** One claim for all. */
    private static List<Claim> sum(Offer offer, List<Counting> paid, List<Entitled> entitled) {
        return List.of(new Claim(null, places(offer, paid), apart(offer, paid), entitled));
    }

    /** A place belongs to the order that completed it, and is due when every order in the sum so far is. */
    private static List<Gift> places(Offer offer, List<Counting> paid) {
        List<Gift> places = new ArrayList<>();
        long sum = 0;
        Instant received = Instant.MIN;
        boolean allReceived = true;
        for (Counting order : paid) {
            sum = Math.addExact(sum, order.counted());
            if (order.receiptAt() == null) allReceived = false;
            else if (order.receiptAt().isAfter(received)) received = order.receiptAt();
            Instant due = allReceived ? due(offer, received) : null;
            while (places.size() < offer.earning().pieces(sum))
                places.add(new Gift(order.order(), order.paidAt(), due));
        }
        return places;
    }

    /**
     * What each of the ids that turned out to be hers earns alone. 300 of one and 300 of the other may earn two where 600 of one
     * earn one: what she had by both is not taken from her for having signed in. What goes back is subtracted from the id that
     * had bought it.
     */
    private static List<Gift> apart(Offer offer, List<Counting> paid) {
        Map<UUID, List<Counting>> byId = new LinkedHashMap<>();
        for (Counting order : paid)
            byId.computeIfAbsent(order.boughtAs(), id -> new ArrayList<>()).add(order);
        if (byId.size() < 2) return List.of();
        List<Gift> apart = new ArrayList<>();
        Integer limit = offer.perCollector();
        for (List<Counting> own : byId.values()) {
            List<Gift> places = places(offer, own);
            apart.addAll(limit == null ? places : places.subList(0, Math.min(limit, places.size())));
        }
        apart.sort(Comparator.comparing(Gift::paidAt)
                .thenComparing(place -> place.order().id().value()));
        return apart;
    }

    private static Judgement settle(Offer offer, List<Counting> paid, List<Claim> claims) {
        List<UUID> takenBack = new ArrayList<>();
        List<UUID> kept = new ArrayList<>();
        for (Claim claim : claims) takeBack(claim, takenBack, kept);

        // Nothing that was given is taken for a limit or a debt: both only say what may be added, in order of payment.
        int has = claims.stream().mapToInt(c -> c.live.size() + c.kept.size()).sum();
        int debt = claims.stream().mapToInt(Claim::debt).sum();
        List<Gift> gifts = new ArrayList<>();
        List<Promise> promised = new ArrayList<>();
        Map<OrderRef, Verdict.Counts> verdicts = new LinkedHashMap<>();
        for (Claim claim : claims) {
            int closed = claim.closedPlaces();
            for (int i = 0; i < claim.live.size(); i++) {
                Entitled e = claim.live.get(i);
                Gift place = claim.standing.get(closed + i);
                if (e.state() != State.GRANTED)
                    promised.add(new Promise(e.id(), place.order(), place.paidAt(), place.due()));
            }
            int gap = claim.gap();
            claim.settled = Math.min(gap, debt);
            debt -= claim.settled;
            gap -= claim.settled;
            Integer limit = offer.perCollector();
            claim.added = limit == null ? gap : Math.clamp(limit - has, 0, gap);
            claim.limited = claim.added < gap;
            if (claim.added > 0) {
                int first = closed + claim.live.size() + claim.settled;
                gifts.addAll(claim.places.subList(first, first + claim.added));
                has += claim.added;
            }
            if (claim.order != null) verdicts.put(claim.order.order(), verdict(offer, claim, claim.order, has));
        }
        long sum = 0;
        if (offer.basis() == Offer.Basis.CUMULATIVE) {
            Claim all = claims.getFirst();
            int given = Math.min(all.places.size(), all.live.size() + all.kept.size() + all.added);
            for (Counting order : paid) {
                long before = sum;
                sum += order.counted();
                verdicts.put(order.order(), verdict(offer, before, sum, given, has));
            }
        }
        return new Judgement(verdicts, gifts, promised, takenBack, kept, sum, has);
    }

    /**
     * The return's own piece first, the latest first; what was opened or given away stays and is kept. A right that only a limit
     * or a join would have refused is not taken.
     */
    private static void takeBack(Claim claim, List<UUID> takenBack, List<UUID> kept) {
        int excess = claim.live.size() - claim.standing.size();
        if (excess <= 0) return;
        Set<OrderRef> completing = new HashSet<>();
        for (Gift place : claim.standing) completing.add(place.order());
        List<Entitled> candidates = new ArrayList<>(claim.live);
        candidates.sort(Comparator.comparing((Entitled e) -> !e.untouched())
                .thenComparing(e -> completing.contains(e.order()))
                .thenComparing(BY_AGE.reversed()));
        for (Entitled e : candidates.subList(0, excess)) {
            claim.live.remove(e);
            if (e.untouched()) takenBack.add(e.id());
            else {
                claim.kept.add(e);
                kept.add(e.id());
            }
        }
    }

    /** Of an order that stands for itself. */
    private static Verdict.Counts verdict(Offer offer, Claim claim, Counting order, int has) {
        long got = order.counted();
        int pieces = Math.min(claim.places.size(), claim.live.size() + claim.kept.size()) + claim.added;
        Integer limit = offer.perCollector();
        if (claim.limited && limit != null) return new Verdict.LimitReached(got, pieces, has, limit);
        if (claim.settled > 0) return new Verdict.SettlesKept(got, pieces, claim.settled);
        Earning.Tier next = next(offer, got, has);
        if (claim.places.isEmpty() && next != null) {
            return new Verdict.ShortOfTier(
                    got, next.from(), next.pieces(), offer.window().until());
        }
        return new Verdict.Counted(got, pieces, next);
    }

    /** Of an order within a sum: said for the moment of its payment, so that later orders do not change it. */
    private static Verdict.Counts verdict(Offer offer, long before, long got, int given, int has) {
        int earned = offer.earning().pieces(got);
        int pieces = Math.min(earned, given) - Math.min(offer.earning().pieces(before), given);
        Integer limit = offer.perCollector();
        if (limit != null && has >= limit && (earned > given || earned >= limit && pieces == 0)) {
            return new Verdict.LimitReached(got, pieces, has, limit);
        }
        Earning.Tier next =
                limit != null && earned >= limit ? null : offer.earning().after(got);
        if (pieces == 0 && next != null) {
            return new Verdict.ShortOfTier(
                    got, next.from(), next.pieces(), offer.window().until());
        }
        return new Verdict.Counted(got, pieces, next);
    }

    private static Earning.@Nullable Tier next(Offer offer, long got, int has) {
        Integer limit = offer.perCollector();
        if (limit != null && has >= limit && offer.earning().pieces(got) > 0) return null;
        return offer.earning().after(got);
    }

    private static @Nullable Instant due(Offer offer, @Nullable Instant receipt) {
        return receipt == null ? null : offer.waiting().due(receipt);
    }
}
