package vitrine.simulate;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Violation;
import vitrine.sandbox.Buyer;
import vitrine.sandbox.Crowd;
import vitrine.sandbox.SandboxOrder;
import vitrine.sandbox.Source;

/**
 * Knows how the world went and says what must have come of it, by its own arithmetic: none of the server's rules is asked. What a
 * shop cannot say nobody can know; where rounding or such silence leaves room, the oracle allows the room and no more.
 */
final class Oracle {

    private static final ZoneId CHINA = ZoneId.of("Asia/Shanghai");
    private static final int SHOWN_MAX = 8;

    /** The working days of spring 2026 as the State Council's notice moved them, written down here a second time. */
    private static final Set<LocalDate> OFF = Set.of(
            LocalDate.of(2026, 5, 1),
            LocalDate.of(2026, 5, 2),
            LocalDate.of(2026, 5, 3),
            LocalDate.of(2026, 5, 4),
            LocalDate.of(2026, 5, 5),
            LocalDate.of(2026, 6, 19),
            LocalDate.of(2026, 6, 20),
            LocalDate.of(2026, 6, 21));

    private static final Set<LocalDate> WORK = Set.of(LocalDate.of(2026, 5, 9));

    private final World.Story story;
    private final JdbcClient db;
    private final List<Violation> found = new ArrayList<>();
    private final Map<String, Integer> times = new HashMap<>();

    Oracle(World.Story story, JdbcClient db) {
        this.story = story;
        this.db = db;
    }

    /** At least so much, at most so much. */
    private record Range(long low, long high) {
        static final Range NOTHING = new Range(0, 0);

        Range plus(Range other) {
            return new Range(low + other.low, high + other.high);
        }

        boolean holds(long n) {
            return low <= n && n <= high;
        }

        @Override
        public String toString() {
            return low == high ? String.valueOf(low) : low + " to " + high;
        }
    }

    private record Row(UUID brand, UUID order, UUID collector, long counted) {}

    private record Right(
            UUID id,
            UUID collector,
            UUID order,
            String state,
            @Nullable Instant awardedAt,
            @Nullable Instant dueAt) {
        boolean lives() {
            return Set.of("waiting", "pending", "ripe", "granted").contains(state);
        }
    }

    List<Violation> look() {
        found.addAll(story.seen);
        acknowledged();
        Map<String, UUID> orders = orders();
        for (Town.Deal deal : story.town.deals) look(deal, orders);
        opened();
        return found;
    }

    private void breach(String law, String what) {
        int n = times.merge(law, 1, Integer::sum);
        if (n <= SHOWN_MAX) found.add(new Violation(law, what));
    }

    /** What was acknowledged is there, with its body. */
    private void acknowledged() {
        Set<String> there = new HashSet<>();
        db.sql(
                        "select d.shop_id, d.delivery_id from deliveries d join delivery_bodies b using (brand_id, shop_id, delivery_id)")
                .query(row -> {
                    there.add(row.getString(1) + " " + row.getString(2));
                });
        story.acknowledged.forEach((shop, ids) -> ids.forEach(id -> {
            if (!there.contains(shop + " " + id)) breach("delivery.lost", "acknowledged and not there: " + id);
        }));
    }

    /** Shop and number to the server's id of the order; an order of which something arrived must be there. */
    private Map<String, UUID> orders() {
        Map<String, UUID> orders = new HashMap<>();
        db.sql("select shop_id, number, order_id from orders").query(row -> {
            String key = row.getString(1) + " " + row.getString(2).replace("#", "");
            if (orders.put(key, row.getObject(3, UUID.class)) != null) breach("order.twice", key);
        });
        for (Lives.Life life : story.lives.lives) {
            if (!orders.containsKey(key(life)))
                breach(
                        "order.missing",
                        life.shop().config().shop() + " " + life.end().number());
        }
        return orders;
    }

    private String key(Lives.Life life) {
        return story.shopIds.get(life.shop().config().shop()) + " " + life.end().number();
    }

    // ---- one deal

    private void look(Town.Deal deal, Map<String, UUID> orders) {
        Map<UUID, Row> verdicts = new HashMap<>();
        db.sql("select order_brand_id, order_id, collector_id, counted from verdicts where offer_id = :offer")
                .param("offer", deal.id())
                .query(row -> {
                    Row each = new Row(
                            row.getObject(1, UUID.class),
                            row.getObject(2, UUID.class),
                            row.getObject(3, UUID.class),
                            row.getLong(4));
                    verdicts.put(each.order, each);
                });
        Map<UUID, List<Right>> rights = rights(deal);
        Map<String, List<Lives.Life>> byPerson = new LinkedHashMap<>();
        for (Lives.Life life : story.lives.lives) {
            if (deal.looksAt(life.shop().brand()))
                byPerson.computeIfAbsent(person(life), p -> new ArrayList<>()).add(life);
        }
        Map<UUID, String> whose = new HashMap<>();
        Set<UUID> seen = new HashSet<>();
        byPerson.forEach((person, bought) -> {
            Set<UUID> collectors = new HashSet<>();
            for (Lives.Life life : bought) {
                Range counted = counted(deal, life);
                UUID order = orders.get(key(life));
                Row row = order == null ? null : verdicts.get(order);
                if (row == null) {
                    if (counted.low > 0)
                        breach("verdict.missing", deal.name() + ": " + named(life) + " counts " + counted);
                } else {
                    collectors.add(row.collector);
                    if (!counted.holds(row.counted)) {
                        breach(
                                "verdict.counted",
                                deal.name() + ": " + named(life) + " counts " + counted + ", not " + row.counted);
                    }
                }
            }
            if (collectors.size() > 1) breach("collector.two", deal.name() + ": " + person + " is " + collectors);
            for (UUID collector : collectors) {
                String other = whose.put(collector, person);
                if (other != null) breach("collector.shared", deal.name() + ": " + other + " and " + person);
                seen.add(collector);
            }
            List<Right> has = new ArrayList<>();
            for (UUID collector : collectors) has.addAll(rights.getOrDefault(collector, List.of()));
            hold(deal, person, bought, has, orders);
        });
        rights.forEach((collector, some) -> {
            if (!seen.contains(collector)) breach("entitlement.nobody", deal.name() + ": of " + collector);
        });
    }

    private Map<UUID, List<Right>> rights(Town.Deal deal) {
        Map<UUID, List<Right>> rights = new HashMap<>();
        db.sql("""
                select e.entitlement_id, e.collector_id, e.order_id, e.state, a.awarded_at, e.due_at from entitlements e
                left join awards a on a.brand_id = e.collectible_brand_id and a.offer_id = e.offer_id and a.reason = e.reason
                where e.offer_id = :offer order by e.entitlement_id
                """).param("offer", deal.id()).query(row -> {
            Right right = new Right(
                    row.getObject(1, UUID.class),
                    row.getObject(2, UUID.class),
                    row.getObject(3, UUID.class),
                    row.getString(4),
                    row.getTimestamp(5) == null ? null : row.getTimestamp(5).toInstant(),
                    row.getTimestamp(6) == null ? null : row.getTimestamp(6).toInstant());
            rights.computeIfAbsent(right.collector, c -> new ArrayList<>()).add(right);
        });
        return rights;
    }

    /** Does this person have what is hers by this deal, and nothing else? */
    private void hold(
            Town.Deal deal, String person, List<Lives.Life> bought, List<Right> has, Map<String, UUID> orders) {
        long live = has.stream().filter(Right::lives).count();
        long kept = has.stream().filter(r -> r.state.equals("kept")).count();
        Range earned = earned(deal, bought);
        int limit = deal.perCollector() == null ? Integer.MAX_VALUE : deal.perCollector();
        boolean isJoined = bought.stream().map(this::address).distinct().count() > 1;
        long most = Math.min(limit, earned.high);
        if (isJoined) {
            // Nothing is taken for a join, nor for the limit that two pass together: only what is no longer earned goes
            // back.
            Map<String, List<Lives.Life>> byAddress = byAddress(person, bought);
            long apart = byAddress.size() - 1; // an order that came about the time of the join was bought by either
            for (List<Lives.Life> some : byAddress.values()) apart += Math.min(limit, earned(deal, some).high);
            most = Math.max(most, Math.min(hadOnce(deal, byAddress, limit), Math.max(earned.high, apart)));
        }
        long least = Math.min(limit, earned.low);
        if (live > most) breach("hold.too-many", say(deal, person, earned, live, kept, has) + by(deal, bought));
        // A piece that was opened and whose order went back stays with her and settles a later one.
        if (live + kept < least) breach("hold.too-few", say(deal, person, earned, live, kept, has) + by(deal, bought));
        // Where nothing went back nothing is taken, whatever else turned out meanwhile.
        long ended = has.size() - live;
        if (ended > 0 && bought.stream().noneMatch(life -> shrank(deal, life)))
            breach("taken.for-nothing", say(deal, person, earned, live, kept, has) + by(deal, bought));
        Map<UUID, Lives.Life> byOrder = new HashMap<>();
        for (Lives.Life life : bought) {
            UUID order = orders.get(key(life));
            if (order != null) byOrder.put(order, life);
        }
        for (Right right : has) {
            Lives.Life life = byOrder.get(right.order);
            if (life == null) {
                breach("entitlement.order", deal.name() + ": " + right.id + " stands on an order of nobody");
                continue;
            }
            Instant receipt = receipt(life);
            if (right.lives() && !deal.cumulative() && deal.perCollector() == null && !isJoined && kept == 0) {
                boolean done = right.state.equals("granted") || right.state.equals("waiting");
                if (receipt != null && !done)
                    breach("entitlement.stuck", deal.name() + ": " + named(life) + " is " + right.state);
            }
            if (right.awardedAt != null) {
                if (life.end().test()) breach("test-order.rewarded", deal.name() + ": " + named(life));
                // What several orders earned together stands on the one that completes it now; that may be another
                // than the one for which it was given.
                if (deal.cumulative()) {
                    early(deal, right.awardedAt, has, bought);
                } else if (receipt == null) {
                    if (right.lives()) breach("grant.before-receipt", deal.name() + ": " + named(life));
                } else if (right.awardedAt.isBefore(due(deal, receipt))) {
                    breach(
                            "grant.early",
                            deal.name() + ": " + named(life) + " received " + receipt + ", due " + due(deal, receipt)
                                    + ", given " + right.awardedAt + ", now " + right.state);
                }
            }
        }
        if (!deal.cumulative() && deal.perCollector() == null && !isJoined) each(deal, byOrder, has);
    }

    /**
     * Of a sum no more may have been given by any hour than the orders earned whose goods were there, and the wait over. What was
     * taken back since is left out: a refund of which a shop told first the sum and then the goods takes and gives again.
     */
    private void early(Town.Deal deal, Instant at, List<Right> has, List<Lives.Life> bought) {
        List<Lives.Life> had = bought.stream()
                .filter(life -> receipt(life) instanceof Instant received
                        && !due(deal, received).isAfter(at))
                .toList();
        long apart = 0;
        for (List<Lives.Life> some : had.stream()
                .collect(java.util.stream.Collectors.groupingBy(this::address))
                .values()) apart += earnedOnce(deal, some);
        long given = has.stream()
                .filter(right -> right.lives() && right.awardedAt != null && !right.awardedAt.isAfter(at))
                .count();
        if (given > Math.max(apart, earnedOnce(deal, had)))
            breach(
                    "grant.early",
                    deal.name() + ": " + given + " given until " + at + ", due by then for "
                            + had.stream().map(Oracle::named).toList() + by(deal, bought));
    }

    /** Where each order stands for itself, each has its own. */
    private void each(Town.Deal deal, Map<UUID, Lives.Life> byOrder, List<Right> has) {
        if (has.stream().anyMatch(r -> r.state.equals("kept"))) return;
        byOrder.forEach((order, life) -> {
            Range counted = counted(deal, life);
            long live =
                    has.stream().filter(r -> r.lives() && r.order.equals(order)).count();
            if (live < deal.pieces(counted.low) || live > deal.pieces(counted.high)) {
                breach(
                        "hold.of-order",
                        deal.name() + ": " + named(life) + " counts " + counted + " and brings " + live);
            }
        });
    }

    private String say(Town.Deal deal, String person, Range earned, long live, long kept, List<Right> has) {
        return "%s: %s earned %s (limit %s), has %d and kept %d: %s"
                .formatted(
                        deal.name(),
                        person,
                        earned,
                        deal.perCollector(),
                        live,
                        kept,
                        has.stream().map(Right::state).toList());
    }

    /** Order by order: under which address, what counted from step to step. */
    private String by(Town.Deal deal, List<Lives.Life> bought) {
        StringBuilder text = new StringBuilder();
        for (Lives.Life life : bought) {
            text.append("; ")
                    .append(named(life))
                    .append(" by ")
                    .append(address(life))
                    .append(':');
            for (var step : life.steps()) text.append(' ').append(counted(deal, life, step.order()));
        }
        return text.toString();
    }

    private Range earned(Town.Deal deal, List<Lives.Life> bought) {
        if (deal.cumulative()) {
            Range sum = Range.NOTHING;
            for (Lives.Life life : bought) sum = sum.plus(counted(deal, life));
            return new Range(deal.pieces(sum.low), deal.pieces(sum.high));
        }
        Range pieces = Range.NOTHING;
        for (Lives.Life life : bought) {
            Range counted = counted(deal, life);
            pieces = pieces.plus(new Range(deal.pieces(counted.low), deal.pieces(counted.high)));
        }
        return pieces;
    }

    /** Whether less counted of it at some time than before. */
    private boolean shrank(Town.Deal deal, Lives.Life life) {
        // WooCommerce announces a refund as a sum; until its list tells of which goods it was, any of them may count
        // less.
        if (life.shop().config().source() == Source.WOOCOMMERCE
                && !life.end().refunds().isEmpty()) return true;
        long before = 0;
        for (var step : life.steps()) {
            Range now = counted(deal, life, step.order());
            if (now.low < before) return true;
            before = now.high;
        }
        return false;
    }

    /** Her orders by address, in the order in which the addresses turned out to be hers. */
    private Map<String, List<Lives.Life>> byAddress(String person, List<Lives.Life> bought) {
        Map<String, List<Lives.Life>> byAddress = new LinkedHashMap<>();
        byAddress.put(person, new ArrayList<>());
        var shop = story.town.shops.getFirst().config();
        for (int[] pair : story.joined)
            byAddress.put("phone:" + Crowd.person(shop, pair[1]).phone(), new ArrayList<>());
        for (Lives.Life life : bought)
            byAddress.computeIfAbsent(address(life), a -> new ArrayList<>()).add(life);
        byAddress.values().removeIf(List::isEmpty);
        return byAddress;
    }

    /**
     * The most that she can ever have had: with each address that turned out to be hers she keeps what she has and what it had, or
     * has what both earn together.
     */
    private long hadOnce(Town.Deal deal, Map<String, List<Lives.Life>> byAddress, int limit) {
        List<Lives.Life> known = new ArrayList<>();
        long had = 0;
        for (List<Lives.Life> some : byAddress.values()) {
            known.addAll(some);
            had = Math.max(had + Math.min(limit, earnedOnce(deal, some)), Math.min(limit, earnedOnce(deal, known)));
        }
        return had;
    }

    /** At most so many at any time: before anything went back. */
    private long earnedOnce(Town.Deal deal, List<Lives.Life> bought) {
        long sum = 0;
        long pieces = 0;
        for (Lives.Life life : bought) {
            long peak = life.steps().stream()
                    .mapToLong(step -> counted(deal, life, step.order()).high)
                    .max()
                    .orElse(0);
            sum += peak;
            pieces += deal.pieces(peak);
        }
        return deal.cumulative() ? deal.pieces(sum) : pieces;
    }

    // ---- what counts of an order

    private Range counted(Town.Deal deal, Lives.Life life) {
        return counted(deal, life, life.end());
    }

    private Range counted(Town.Deal deal, Lives.Life life, SandboxOrder order) {
        Instant paid = order.paidAt();
        if (order.test() || order.cancelledAt() != null || paid == null) return Range.NOTHING;
        if (!order.currency().equals(deal.currency())) return Range.NOTHING;
        if (paid.isBefore(Town.opensAt()) || !paid.isBefore(Town.closesAt())) return Range.NOTHING;
        // Where the message of the payment was lost a shop's list may know no other time than that of the order.
        boolean atTheEdge = false;
        for (World.Pause pause : story.pauses) {
            if (!pause.owner().equals(deal.owner())) continue;
            boolean bought = pause.holds(order.createdAt());
            if (pause.holds(paid) && bought) return Range.NOTHING;
            atTheEdge |= pause.holds(paid) != bought;
        }
        double[] left = left(order);
        long tolerance = 2L * order.refunds().size();
        boolean allBack = order.goodsPaid() == 0 && !order.refunds().isEmpty();
        long low = 0;
        long high = 0;
        for (int i = 0; i < order.lines().size(); i++) {
            var line = order.lines().get(i);
            if (!deal.fits(line.product()) || line.total() <= 0 || allBack) continue;
            if (deal.amount()) {
                low += Math.max(0, (long) Math.floor(left[i]) - tolerance);
                high += Math.max(0, Math.min(line.total(), (long) Math.ceil(left[i]) + tolerance));
            } else {
                long units = line.quantity() - order.returned(i);
                boolean mayBeGone = tolerance > 0 && left[i] <= tolerance;
                boolean mustBeGone = left[i] < -tolerance || units == 0;
                low += mayBeGone || mustBeGone ? 0 : units;
                high += mustBeGone ? 0 : units;
            }
        }
        return new Range(atTheEdge ? 0 : low, high);
    }

    /** What is still paid of each line: its own refunds off, and its share by price of money that names no line. */
    private static double[] left(SandboxOrder order) {
        int n = order.lines().size();
        double[] left = new double[n];
        double open = 0;
        for (int i = 0; i < n; i++) left[i] = order.lines().get(i).total();
        for (var refund : order.refunds()) {
            double named = 0;
            for (var part : refund.parts()) {
                left[part.line()] -= part.amount();
                named += part.amount();
            }
            if (refund.parts().isEmpty()) open += Math.max(0, refund.amount() - named);
        }
        for (int i = 0; i < n; i++) {
            var line = order.lines().get(i);
            double byUnits = (double) line.total() * order.kept(i) / line.quantity();
            left[i] = Math.max(0, Math.min(left[i], byUnits));
        }
        while (open > 0.01) {
            double weights = 0;
            for (int i = 0; i < n; i++)
                if (left[i] > 0.01) weights += order.lines().get(i).total();
            if (weights == 0) break;
            double taken = 0;
            for (int i = 0; i < n; i++) {
                if (left[i] <= 0.01) continue;
                double share = Math.min(left[i], open * order.lines().get(i).total() / weights);
                left[i] -= share;
                taken += share;
            }
            open -= taken;
        }
        return left;
    }

    /** When the buyer had the goods, as far as this kind of shop can say; null: she never had. */
    private static @Nullable Instant receipt(Lives.Life life) {
        SandboxOrder order = life.end();
        if (!order.wholeSent()) return null;
        Instant last = null;
        for (var parcel : order.fulfilments()) {
            Instant got =
                    switch (life.shop().config().source()) {
                        case WOOCOMMERCE -> parcel.at();
                        case SALEOR -> parcel.at().plus(Duration.ofDays(7));
                        case SHOPIFY, STANDARD ->
                            parcel.deliveredAt() != null
                                    ? parcel.deliveredAt()
                                    : parcel.at().plus(Duration.ofDays(7));
                    };
            if (last == null || got.isAfter(last)) last = got;
        }
        return last;
    }

    private static Instant due(Town.Deal deal, Instant receipt) {
        if (deal.waitingDays() == 0) return receipt;
        LocalDate day = receipt.atZone(CHINA).toLocalDate();
        for (int left = deal.waitingDays(); left > 0; ) {
            day = day.plusDays(1);
            if (works(deal.calendar(), day)) left--;
        }
        return day.plusDays(1).atStartOfDay(CHINA).toInstant();
    }

    private static boolean works(String calendar, LocalDate day) {
        boolean weekday = day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY;
        return switch (calendar) {
            case "every-day" -> true;
            case "weekdays" -> weekday;
            case "cn" -> WORK.contains(day) || weekday && !OFF.contains(day);
            default -> throw new IllegalArgumentException(calendar);
        };
    }

    // ---- who it was

    /** The one address by which this shop lets a buyer be known again. */
    private String address(Lives.Life life) {
        var shop = life.shop().config();
        Buyer buyer = life.end().buyer();
        boolean guest = buyer.id() == 0;
        boolean verified =
                switch (shop.source()) {
                    case WOOCOMMERCE -> true;
                    case SALEOR -> guest || buyer.emailVerified();
                    case SHOPIFY, STANDARD -> buyer.emailVerified();
                };
        if (verified && buyer.email() != null) return "email:" + buyer.email();
        if (buyer.phone() != null) return "phone:" + buyer.phone();
        if (!guest) return "own:" + shop.shop() + "/" + buyer.id();
        // A guest's own word at the till, where nothing better is known.
        if (buyer.email() != null) return "email:" + buyer.email();
        return "order:" + shop.shop() + "/" + life.end().number();
    }

    /** Two addresses are one person from the sign-in on that proved it. */
    private String person(Lives.Life life) {
        String address = address(life);
        var shop = story.town.shops.getFirst().config();
        for (int[] pair : story.joined) {
            if (address.equals("phone:" + Crowd.person(shop, pair[1]).phone())) {
                return "email:" + Crowd.person(shop, pair[0]).email();
            }
        }
        return address;
    }

    private static String named(Lives.Life life) {
        return life.shop().config().shop() + " #" + life.end().number();
    }

    /** What was opened stays with who opened it. */
    private void opened() {
        Set<UUID> revoked = new TreeSet<>(Comparator.naturalOrder());
        revoked.addAll(db.sql("select entitlement_id from entitlements where state = 'revoked'")
                .query(UUID.class)
                .list());
        for (UUID id : story.opened) if (revoked.contains(id)) breach("piece.taken-after-opening", id.toString());
        for (UUID id : db.sql("select entitlement_id from entitlements where state = 'kept'")
                .query(UUID.class)
                .list()) {
            if (!story.opened.contains(id)) breach("piece.kept-unopened", id.toString());
        }
    }
}
