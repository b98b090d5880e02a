package vitrine.simulate;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.asm.Advice;

/** The ways in which the orders' server is broken, each in worlds where that shows. */
final class Mutants {

    /** @param broken what is done to the server */
    record Mutant(Broken broken, int crashes, int ordersLeast, int together, Lives.Chances chances) {
        String name() {
            return broken.name();
        }
    }

    private Mutants() {}

    // ---- what stands in place of a method's body

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
                .body("vitrine.shop.OrderFacts", "refunds", Broken.NoEntries.class)
                .made());
        all.add(of("refund-not-spread", "money that was paid back without naming a line is forgotten")
                .body("vitrine.shop.Reckoning", "spread", Broken.Skipped.class)
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
                .body("vitrine.campaign.Units", "release", Broken.Skipped.class)
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
                .body("vitrine.campaign.Units", "lock", Broken.Skipped.class)
                .in(100, new Lives.Chances(5, 5, 0, 0))
                .together()
                .made());
        all.add(of("calendar-days", "every day is a working day")
                .body("vitrine.campaign.rules.WorkingDays$China", "isWorkingDay", Broken.Always.class)
                .made());
        all.add(of("two-owners", "a piece that is granted again keeps its row beside the new one")
                .drops("piece_promises", "piece_promises_of_a_piece")
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
                .body("vitrine.shop.OrderFacts", "test", Broken.Never.class)
                .made());
        all.add(of("cancelled-counts", "a cancelled order is one that was paid")
                .body("vitrine.shop.Order", "cancelledAt", Broken.NoObject.class)
                .body("vitrine.shop.OrderFacts", "refunds", Broken.NoEntries.class)
                .made());
        all.add(of("waiting-by-arrival", "the waiting list is served by arrival, not by payment")
                .rewrites(
                        "e.state = 'waiting' order by e.paid_at",
                        sql -> sql.replace("order by e.paid_at, e.entitlement_id", "order by e.entitlement_id"))
                .in(160, new Lives.Chances(80, 5, 0, 0))
                .made());
        all.add(of("window-ignored", "what was paid before or after the campaign counts")
                .body("vitrine.campaign.rules.Window", "holds", Broken.Always.class)
                .made());
        all.add(of("limit-ignored", "one person may have any number of pieces")
                .body("vitrine.campaign.rules.Offer", "perCollector", Broken.NoObject.class)
                .made());
        all.add(of("joins-unheard", "who turns out to be one person stays two to the campaigns")
                .body("vitrine.campaign.Joins", "follow", Broken.Skipped.class)
                .in(90, Lives.Chances.USUAL)
                .made());
        all.add(of("answered-too-early", "a delivery is answered before it is written, and then the writing fails")
                .body("vitrine.shop.InboxWriter", "write", Broken.Swallowed.class)
                .crashing(500)
                .made());
        all.add(of("allotment-overdrawn", "the house promises more than it was given, and nothing refuses it")
                .drops("allotments", "allotments_within_units")
                .body("vitrine.drop.Allotments", "hold", AsManyAsWanted.class)
                .made());
        all.add(of("list-unread", "what a shop's own list tells is not kept")
                .body("vitrine.shop.Reconcile", "keep", Broken.Skipped.class)
                .made());
        all.add(of("pause-ignored", "what was paid during a pause counts")
                .body("vitrine.campaign.rules.Pause", "holds", Broken.Never.class)
                .made());
        all.add(of("rules-moved", "a change that hurts is published")
                .body("vitrine.campaign.Hurts", "between", Broken.EmptyList.class)
                .made());
        return List.copyOf(all);
    }

    private static Making of(String name, String breaks) {
        return new Making(name, breaks);
    }

    private static final class Making extends Broken.Making<Making> {
        private int crashes = 60;
        private int ordersLeast;
        private int together = 30;
        private Lives.Chances chances = Lives.Chances.USUAL;

        Making(String name, String breaks) {
            super(name, breaks);
        }

        @Override
        Making self() {
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
            return new Mutant(broken(), crashes, ordersLeast, together, chances);
        }
    }

    /** Plays small worlds with it until one does not balance. */
    static Broken.Fate hunt(World world, Mutant mutant, long firstSeed, int orders) {
        return mutant.broken.hunt(
                world.ground(),
                seed -> Simulate.play(world, plan(mutant, seed, orders)).violations(),
                firstSeed);
    }

    private static World.Plan plan(Mutant mutant, long seed, int orders) {
        return new World.Plan(
                seed, Math.max(orders, mutant.ordersLeast), 2, mutant.chances, mutant.crashes, mutant.together, 0);
    }
}
