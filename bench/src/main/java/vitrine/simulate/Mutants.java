package vitrine.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;
import vitrine.books.Violation;

/**
 * The server broken on purpose, one way at a time, to see whether the checker would notice. A mutant is made from outside: constraints
 * dropped, statements rewritten on the wire, a method's body taken out. The server's own code knows nothing of it. A mutant whose
 * statement never passed or whose method is not there is a failure of its own, not a success.
 */
final class Mutants {

    /** How many worlds a mutant may live through before it counts as not caught. */
    private static final int WORLDS_MOST = 40;

    /** @param breaks what it does, in a sentence */
    record Mutant(
            String name,
            String breaks,
            List<String> dropped,
            List<Rewriting> rewritings,
            List<Body> bodies,
            int crashes,
            int ordersLeast,
            int together,
            Lives.Chances chances) {}

    /** @param most how often; a few statements are only wrong once, or the work would never end */
    private record Rewriting(String name, String where, UnaryOperator<String> as, boolean cuts, int most) {}

    private record Body(String type, String method, Class<?> advice) {}

    /** How a mutant ended. */
    record Fate(Mutant mutant, @Nullable Long seed, String law) {
        boolean caught() {
            return seed != null;
        }

        @Override
        public String toString() {
            return mutant.name + (caught() ? ", caught by " + law + ", seed " + seed : ", NOT CAUGHT") + " ("
                    + mutant.breaks + ")";
        }
    }

    private Mutants() {}

    // ---- what stands in place of a method's body

    /** Nothing is done; the answer is nothing, zero or false. */
    static final class Skipped {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        public static boolean enter() {
            return true;
        }
    }

    static final class Always {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean answer) {
            answer = true;
        }
    }

    static final class Never {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) boolean answer) {
            answer = false;
        }
    }

    static final class NoObject {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(
                                readOnly = false,
                                typing = net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC)
                        Object answer) {
            answer = null;
        }
    }

    static final class EmptyList {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(
                                readOnly = false,
                                typing = net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC)
                        Object answer) {
            answer = java.util.List.of();
        }
    }

    static final class NoEntries {
        @Advice.OnMethodExit
        public static void exit(
                @Advice.Return(
                                readOnly = false,
                                typing = net.bytebuddy.implementation.bytecode.assign.Assigner.Typing.DYNAMIC)
                        Object answer) {
            answer = java.util.Map.of();
        }
    }

    /** Whatever number it counts, it is the first. */
    static final class FirstAlways {
        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) String answer) {
            answer = answer.substring(0, answer.indexOf('#')) + "#1";
        }
    }

    /** What was asked for is what there is. */
    static final class AsManyAsWanted {
        @Advice.OnMethodExit
        public static void exit(@Advice.Argument(2) int wanted, @Advice.Return(readOnly = false) int answer) {
            answer = wanted;
        }
    }

    /** A failure is nothing to speak of. */
    static final class Swallowed {
        @Advice.OnMethodExit(onThrowable = RuntimeException.class)
        public static void exit(@Advice.Thrown(readOnly = false) Throwable failure) {
            failure = null;
        }
    }

    /** The price tag is what counts, whatever was paid. */
    static final class BeforeDiscount {
        @Advice.OnMethodEnter
        public static void enter(@Advice.Argument(2) tools.jackson.databind.JsonNode body) {
            for (tools.jackson.databind.JsonNode line :
                    body.path("data").path("order").path("lines")) {
                java.math.BigDecimal whole = new java.math.BigDecimal(
                                line.path("unit_price").asString())
                        .multiply(java.math.BigDecimal.valueOf(
                                line.path("quantity").intValue()));
                ((tools.jackson.databind.node.ObjectNode) line).put("total", whole.toPlainString());
            }
        }
    }

    // ---- the list

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        all.add(of("replay-not-recognised", "a delivery that comes twice is kept twice")
                .drops("deliveries", "deliveries_never_twice")
                .rewrites(
                        "insert into deliveries (",
                        sql -> sql.replace("on conflict on constraint deliveries_never_twice do nothing", ""))
                .made());
        all.add(of("award-forgets", "the house's award that was not heard of is done again, and nothing refuses it")
                .drops("awards", "awards_never_twice")
                .rewrites(
                        "select a.offer_id, a.reason, a.serial",
                        sql -> sql.replace("offset 0) a", "and false offset 0) a"))
                .crashing(2_500)
                .in(60, Lives.Chances.USUAL)
                .made());
        all.add(of("entitlement-twice", "every right of an order has the same name, and nothing refuses it")
                .drops("entitlements", "entitlements_never_twice")
                .body("vitrine.campaign.Matching", "reason", FirstAlways.class)
                .made());
        all.add(of("grant-outside", "the award is committed before the piece is granted")
                .cutsBefore("insert into pieces")
                .crashing(700)
                .made());
        all.add(of("event-outside", "the piece is committed before its event is written")
                .cutsBefore("insert into events_outbox")
                .crashing(700)
                .made());
        all.add(of("return-lost", "what the shop says of returns is not read")
                .body("vitrine.shop.OrderFacts", "refunds", NoEntries.class)
                .made());
        all.add(of("refund-not-spread", "money that was paid back without naming a line is forgotten")
                .body("vitrine.shop.Reckoning", "spread", Skipped.class)
                .made());
        all.add(of("one-too-many", "each limited stock has one unit more than it may, and nothing refuses it")
                .drops("stock", "stock_never_one_too_many")
                .drops("stock", "stock_serial_within_supply")
                .rewrites("insert into stock (", sql -> sql.replaceFirst("\\?::int - \\?::int", "1 + ?::int - ?::int"))
                .made());
        all.add(of("sealed-twice", "a record that was sealed stays pending, and nothing refuses its second seal")
                .drops("log_records", "log_records_sealed_once")
                .rewritesOnce("delete from log_pending where ctid", sql -> sql.replaceFirst(
                                "delete from log_pending where", "select record_id, rank, entry from log_pending where")
                        .replaceFirst("\\s+returning record_id, rank, entry", ""))
                .made());
        all.add(of("seal-with-previous", "a record is sealed together with the one before it")
                .rewrites(
                        "select p.ctid as place from log_pending p",
                        sql -> sql.replace("(p.prev_record_id is null or", "(true or p.prev_record_id is null or"))
                .in(60, Lives.Chances.USUAL)
                .made());
        all.add(of("hold-not-released", "a right that lapses keeps its unit")
                .body("vitrine.campaign.Units", "release", Skipped.class)
                .made());
        all.add(of("before-discount", "the price tag counts, not what was paid")
                .body("vitrine.shop.StandardWebhooks", "read", BeforeDiscount.class)
                .made());
        all.add(of(
                        "sum-without-lock",
                        "a collector's orders are summed without her progress row and the stock being locked")
                .rewrites(
                        "insert into progress",
                        sql -> sql.replace("do update set counted = progress.counted where false", "do nothing"))
                .body("vitrine.campaign.Units", "lock", Skipped.class)
                .in(100, new Lives.Chances(5, 5, 0, 0))
                .together()
                .made());
        all.add(of("calendar-days", "every day is a working day")
                .body("vitrine.campaign.rules.WorkingDays$China", "isWorkingDay", Always.class)
                .made());
        all.add(of("two-owners", "a piece that is granted again keeps its row beside the new one")
                .drops("pieces", "pieces_serial_once")
                .rewrites("insert into pieces", sql -> sql.substring(0, sql.indexOf("on conflict")))
                .made());
        all.add(of("serial-lost", "a piece that was taken back is not put into the stock's drawer")
                .rewrites(
                        "insert into returned_serials",
                        sql -> sql.replaceFirst(
                                "values \\(\\?, \\?, \\?, \\?\\)",
                                "select w.* from (values (?::uuid, ?::uuid, ?::int, ?::timestamptz)) w where false"))
                .made());
        all.add(of("test-order-rewarded", "a test order is an order")
                .body("vitrine.shop.OrderFacts", "test", Never.class)
                .made());
        all.add(of("cancelled-counts", "a cancelled order is one that was paid")
                .body("vitrine.shop.Order", "cancelledAt", NoObject.class)
                .body("vitrine.shop.OrderFacts", "refunds", NoEntries.class)
                .made());
        all.add(of("waiting-by-arrival", "the waiting list is served by arrival, not by payment")
                .rewrites(
                        "e.state = 'waiting' order by e.paid_at",
                        sql -> sql.replace("order by e.paid_at, e.entitlement_id", "order by e.entitlement_id"))
                .in(160, new Lives.Chances(80, 5, 0, 0))
                .made());
        all.add(of("window-ignored", "what was paid before or after the campaign counts")
                .body("vitrine.campaign.rules.Window", "holds", Always.class)
                .made());
        all.add(of("limit-ignored", "one person may have any number of pieces")
                .body("vitrine.campaign.rules.Offer", "perCollector", NoObject.class)
                .made());
        all.add(of("joins-unheard", "who turns out to be one person stays two to the campaigns")
                .body("vitrine.campaign.Joins", "follow", Skipped.class)
                .in(90, Lives.Chances.USUAL)
                .made());
        all.add(of("answered-too-early", "a delivery is answered before it is written, and then the writing fails")
                .body("vitrine.shop.InboxWriter", "write", Swallowed.class)
                .crashing(500)
                .made());
        all.add(of("allotment-overdrawn", "the house promises more than it was given, and nothing refuses it")
                .drops("allotments", "allotments_within_units")
                .body("vitrine.drop.Allotments", "hold", AsManyAsWanted.class)
                .made());
        all.add(of("list-unread", "what a shop's own list tells is not kept")
                .body("vitrine.shop.Reconcile", "keep", Skipped.class)
                .made());
        all.add(of("pause-ignored", "what was paid during a pause counts")
                .body("vitrine.campaign.rules.Pause", "holds", Never.class)
                .made());
        all.add(of("rules-moved", "a change that hurts is published")
                .body("vitrine.campaign.Hurts", "between", EmptyList.class)
                .made());
        return List.copyOf(all);
    }

    private static Making of(String name, String breaks) {
        return new Making(name, breaks);
    }

    private static final class Making {
        private final String name;
        private final String breaks;
        private final List<String> dropped = new ArrayList<>();
        private final List<Rewriting> rewritings = new ArrayList<>();
        private final List<Body> bodies = new ArrayList<>();
        private int crashes = 60;
        private int ordersLeast;
        private int together = 30;
        private Lives.Chances chances = Lives.Chances.USUAL;

        Making(String name, String breaks) {
            this.name = name;
            this.breaks = breaks;
        }

        Making drops(String table, String constraint) {
            dropped.add("alter table " + table + " drop constraint " + constraint);
            return this;
        }

        Making rewrites(String where, UnaryOperator<String> as) {
            rewritings.add(new Rewriting(name, where, as, false, Integer.MAX_VALUE));
            return this;
        }

        Making rewritesOnce(String where, UnaryOperator<String> as) {
            rewritings.add(new Rewriting(name, where, as, false, 1));
            return this;
        }

        Making cutsBefore(String where) {
            rewritings.add(new Rewriting(name, where, sql -> sql, true, Integer.MAX_VALUE));
            return this;
        }

        Making body(String type, String method, Class<?> advice) {
            bodies.add(new Body(type, method, advice));
            return this;
        }

        /** What it breaks is rare: a larger world, with other weather. */
        Making in(int orders, Lives.Chances weather) {
            ordersLeast = orders;
            chances = weather;
            return this;
        }

        /** It shows only where two nodes are in each other's way: let them be so most of the time. */
        Making together() {
            together = 95;
            return this;
        }

        Making crashing(int inTenThousand) {
            crashes = inTenThousand;
            return this;
        }

        Mutant made() {
            return new Mutant(
                    name,
                    breaks,
                    List.copyOf(dropped),
                    List.copyOf(rewritings),
                    List.copyOf(bodies),
                    crashes,
                    ordersLeast,
                    together,
                    chances);
        }
    }

    // ---- letting one live

    /** Plays small worlds with it until one does not balance. */
    static Fate hunt(World world, Mutant mutant, long firstSeed, int orders) {
        try (Living living = new Living(world, mutant)) {
            for (int i = 0; i < WORLDS_MOST; i++) {
                long seed = firstSeed + i;
                String law = living.play(plan(mutant, seed, orders));
                if (law != null) return new Fate(mutant, seed, law);
            }
            living.requireMet();
            return new Fate(mutant, null, "");
        }
    }

    private static World.Plan plan(Mutant mutant, long seed, int orders) {
        return new World.Plan(
                seed, Math.max(orders, mutant.ordersLeast), 2, mutant.chances, mutant.crashes, mutant.together, 0);
    }

    /** The same world without the mutant: it must balance, else catching means nothing. */
    static Simulate.Outcome control(World world, Mutant mutant, long seed, int orders) {
        return Simulate.play(world, plan(mutant, seed, orders));
    }

    private static final class Living implements AutoCloseable {
        private final World world;
        private final Mutant mutant;
        private final Map<Rewriting, AtomicInteger> met = Collections.synchronizedMap(new LinkedHashMap<>());
        private final Map<Rewriting, AtomicInteger> left = Collections.synchronizedMap(new LinkedHashMap<>());
        private final List<Class<?>> changed = new ArrayList<>();

        Living(World world, Mutant mutant) {
            this.world = world;
            this.mutant = mutant;
            for (Rewriting each : mutant.rewritings) {
                met.put(each, new AtomicInteger());
                left.put(each, new AtomicInteger());
            }
            for (Body body : mutant.bodies) change(body);
        }

        @Nullable
        String play(World.Plan plan) {
            for (Rewriting each : mutant.rewritings)
                Objects.requireNonNull(left.get(each)).set(each.most);
            try {
                world.infect(node -> node.wire().mischief(mischief()), mutant.dropped);
                Simulate.Outcome outcome = Simulate.play(world, plan);
                return outcome.violations().stream()
                        .map(Violation::code)
                        .distinct()
                        .findFirst()
                        .orElse(null);
            } catch (RuntimeException e) {
                // The server itself refuses to go on: that is noticed, too.
                return "refused by " + root(e);
            } finally {
                world.heal();
            }
        }

        private static String root(Throwable e) {
            Throwable cause = e;
            while (cause.getCause() != null) cause = cause.getCause();
            String message = String.valueOf(cause.getMessage());
            return cause.getClass().getSimpleName() + ": "
                    + message.lines().findFirst().orElse("");
        }

        private Wire.Mischief mischief() {
            return new Wire.Mischief() {
                @Override
                public String rewrite(String sql) {
                    String text = sql;
                    for (Rewriting each : mutant.rewritings) {
                        if (each.cuts || !text.contains(each.where)) continue;
                        if (Objects.requireNonNull(left.get(each)).getAndDecrement() <= 0) continue;
                        String next = each.as.apply(text);
                        if (next.equals(text))
                            throw new IllegalStateException(each.name + ": the rewriting changes nothing in " + sql);
                        Objects.requireNonNull(met.get(each)).incrementAndGet();
                        text = next;
                    }
                    return text;
                }

                @Override
                public boolean cutsBefore(String sql) {
                    for (Rewriting each : mutant.rewritings) {
                        if (!each.cuts || !sql.contains(each.where)) continue;
                        Objects.requireNonNull(met.get(each)).incrementAndGet();
                        return true;
                    }
                    return false;
                }
            };
        }

        void requireMet() {
            met.forEach((rewriting, times) -> {
                if (times.get() == 0)
                    throw new IllegalStateException(mutant.name + ": no statement has: " + rewriting.where);
            });
        }

        private void change(Body body) {
            try {
                Class<?> type = Class.forName(body.type, true, Mutants.class.getClassLoader());
                int found = 0;
                for (Method method : type.getDeclaredMethods())
                    if (method.getName().equals(body.method)) found++;
                if (found == 0)
                    throw new IllegalStateException(mutant.name + ": no method " + body.method + " of " + body.type);
                ElementMatcher<? super MethodDescription> named = ElementMatchers.named(body.method);
                ByteBuddyAgent.install();
                new ByteBuddy()
                        .redefine(type)
                        .visit(Advice.to(body.advice).on(named))
                        .make()
                        .load(type.getClassLoader(), ClassReloadingStrategy.fromInstalledAgent());
                changed.add(type);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(mutant.name + ": no class " + body.type, e);
            }
        }

        @Override
        public void close() {
            try {
                for (Class<?> type : changed) {
                    ClassReloadingStrategy.fromInstalledAgent()
                            .reset(ClassFileLocator.ForClassLoader.of(type.getClassLoader()), type);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
