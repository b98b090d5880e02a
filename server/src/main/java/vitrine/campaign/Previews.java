package vitrine.campaign;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import vitrine.campaign.rules.Count;
import vitrine.campaign.rules.Counting;
import vitrine.campaign.rules.Judgement;
import vitrine.campaign.rules.Offer;
import vitrine.campaign.rules.Plan;
import vitrine.campaign.rules.PlanJson;
import vitrine.campaign.rules.Problem;
import vitrine.campaign.rules.Verdict;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.drop.Allotments;
import vitrine.drop.Drops;
import vitrine.identity.Members;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.proof.Json;
import vitrine.shop.Order;
import vitrine.shop.OrderId;
import vitrine.shop.OrderRef;
import vitrine.shop.Orders;

/** A draft tried on the orders that there are, by the same rules that will match them: nothing is written. */
@Component
public class Previews {

    private static final int PAGE = 2_000;

    private final Orders orders;
    private final Catalog catalog;
    private final Drops drops;
    private final Allotments allotments;
    private final Members members;

    Previews(Orders orders, Catalog catalog, Drops drops, Allotments allotments, Members members) {
        this.orders = orders;
        this.catalog = catalog;
        this.drops = drops;
        this.allotments = allotments;
        this.members = members;
    }

    public sealed interface Preview {
        record Tried(List<OfferPreview> offers) implements Preview {}

        record Unfinished(List<Problem> problems) implements Preview {}
    }

    /**
     * @param orders how many were looked at
     * @param buyers whose orders count
     * @param earned pieces that these orders have a right to
     * @param given how many of them the offer's own quantity and today's stock would cover; the others would wait
     * @param verdicts how many orders hear what, by code
     * @param days from the first on which a piece is earned to the last, in the plan's zone
     */
    public record OfferPreview(
            Offer offer,
            long orders,
            int buyers,
            int earned,
            int given,
            Map<String, Integer> verdicts,
            List<Day> days) {}

    /** @param inAll with what the days before earned */
    public record Day(LocalDate date, int earned, int inAll) {}

    /** Of one buyer in one offer. */
    private static final class Basket {
        final List<Counting> counting = new ArrayList<>();
    }

    private static final class Tally {
        long orders;
        final Map<String, Integer> verdicts = new TreeMap<>();
        final Map<Object, Basket> baskets = new LinkedHashMap<>();
    }

    /**
     * Orders paid between these times, as if they had been paid inside the draft's window: so last month can be tried on next
     * month's plan. Pass the draft's own window to see what publishing it would do.
     */
    @Transactional(readOnly = true)
    public Preview preview(BrandId owner, Json draft, Instant from, Instant until) {
        boolean house = catalog.brand(owner).kind() == Brand.Kind.HOUSE;
        Plan plan;
        switch (PlanJson.read(owner, house, draft)) {
            case PlanJson.Reading.Unfinished(List<Problem> problems) -> {
                return new Preview.Unfinished(problems);
            }
            case PlanJson.Reading.Whole(Plan whole) -> plan = whole;
        }
        boolean forMembers = plan.offers().stream().anyMatch(Offer::members);
        var window = new vitrine.campaign.rules.Window(from, until);
        Map<Offer, Tally> tallies = new LinkedHashMap<>();
        for (Offer offer : plan.offers()) tallies.put(offer.in(window), new Tally());
        for (Brand shop : house ? catalog.brands() : List.of(catalog.brand(owner))) {
            @Nullable OrderId after = null;
            List<Order> page;
            do {
                page = orders.paid(shop.id(), from, until, after, PAGE);
                Set<BuyerKey> known = forMembers ? members.amongBuyers(owner, buyers(page)) : Set.of();
                for (Order order : page)
                    tallies.forEach((offer, tally) -> look(offer, tally, order, known.contains(order.buyer())));
                if (!page.isEmpty()) after = page.getLast().id();
            } while (page.size() == PAGE);
        }
        Map<Object, Integer> left = new HashMap<>();
        List<OfferPreview> previews = new ArrayList<>();
        tallies.forEach((offer, tally) -> previews.add(sum(owner, offer, tally, left, plan.zone())));
        return new Preview.Tried(previews);
    }

    private static List<BuyerKey> buyers(List<Order> orders) {
        return orders.stream()
                .map(Order::buyer)
                .filter(java.util.Objects::nonNull)
                .distinct()
                .toList();
    }

    private static void look(Offer offer, Tally tally, Order order, boolean member) {
        if (!offer.selector().looksAt(order.brand())) return;
        tally.orders++;
        Count count = offer.count(order, List.of(), member);
        Verdict refusal = count.refusal();
        if (refusal != null) {
            tally.verdicts.merge(refusal.code(), 1, Integer::sum);
            return;
        }
        OrderRef ref = new OrderRef(order.brand(), order.id());
        Object buyer = order.buyer() != null ? order.buyer() : ref;
        Instant paidAt = Optional.ofNullable(order.paidAt()).orElseThrow();
        tally.baskets
                .computeIfAbsent(buyer, b -> new Basket())
                .counting
                .add(new Counting(ref, paidAt, order.receiptAt(), count.counted()));
    }

    private OfferPreview sum(BrandId owner, Offer offer, Tally tally, Map<Object, Integer> left, ZoneId zone) {
        int earned = 0;
        var byDate = new TreeMap<LocalDate, Integer>();
        for (Basket basket : tally.baskets.values()) {
            Judgement judgement = offer.judge(basket.counting, List.of());
            earned += judgement.gifts().size();
            for (Judgement.Gift gift : judgement.gifts())
                byDate.merge(gift.paidAt().atZone(zone).toLocalDate(), 1, Integer::sum);
            judgement.verdicts().values().forEach(v -> tally.verdicts.merge(v.code(), 1, Integer::sum));
        }
        int stock = left.computeIfAbsent(offer.collectible(), c -> available(owner, offer));
        int given = Math.min(earned, stock);
        if (offer.piecesMax() != null) given = Math.min(given, offer.piecesMax());
        left.put(offer.collectible(), stock - given);
        return new OfferPreview(offer, tally.orders, tally.baskets.size(), earned, given, tally.verdicts, days(byDate));
    }

    private static List<Day> days(TreeMap<LocalDate, Integer> byDate) {
        List<Day> days = new ArrayList<>();
        int inAll = 0;
        for (LocalDate date = byDate.isEmpty() ? LocalDate.MAX : byDate.firstKey();
                !byDate.isEmpty() && !date.isAfter(byDate.lastKey());
                date = date.plusDays(1)) {
            int earned = byDate.getOrDefault(date, 0);
            inAll += earned;
            days.add(new Day(date, earned, inAll));
        }
        return days;
    }

    private int available(BrandId owner, Offer offer) {
        if (!Units.own(owner, offer.collectible())) return allotments.free(owner, offer.collectible());
        if (catalog.collectible(offer.collectible()).publishedAt() == null) return 0;
        Integer available = drops.stock(offer.collectible()).available();
        return available == null ? Integer.MAX_VALUE : available;
    }
}
