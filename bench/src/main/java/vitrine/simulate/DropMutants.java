package vitrine.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import vitrine.drop.BrokenLine;
import vitrine.payment.BrokenPayments;

/** The ways in which the server of a drop is broken, each in worlds where that shows. */
public final class DropMutants {

    /**
     * @param broken what is done to the server
     * @param kind of the worlds in which it shows
     */
    record Mutant(Broken broken, DropWorld.Kind kind, int crashes, int meetings) {}

    private DropMutants() {}

    // ---- what stands in place of a method's body

    /** What a gate learned of a stage that was full it believes for ever. */
    public static final class Asleep {
        public static final Map<Object, Object> FULL = new ConcurrentHashMap<>();

        private Asleep() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) Object stage,
                @Advice.Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) Object count) {
            if (FULL.containsKey(stage)) count = FULL.get(stage);
            else if (count.toString().contains("room=0")) FULL.put(stage, count);
        }
    }

    /** The key says which try it is, and not whose. */
    static final class OnlyTheTry {
        @Advice.OnMethodExit
        static void exit(@Advice.Return byte[] key) {
            java.util.Arrays.fill(key, 0, 8, (byte) 0);
        }
    }

    // ---- the list

    private static final String CLAIM = "insert into claims (";
    private static final String LOCK = "for update of d, s, st";

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        all.add(of("limit-ignored", "one collector may have any number of pieces")
                .rewrites(CLAIM, sql -> sql.replace("cardinality(nths) < most", "true")
                        .replace(
                                "generate_series(1, most) g where g <> all (nths)",
                                "generate_series(1, 100) g where g <> all (nths)"))
                .made());
        all.add(of("person-limit-by-collector", "one human may have as many as each of her collectors")
                .dropsIndex("claims_person_limit")
                .rewrites(
                        CLAIM,
                        sql -> sql.replace(
                                "k.person_key = c.person_key",
                                "k.person_key = c.person_key and k.collector_id = c.collector_id"))
                .made());
        all.add(of("claims-without-lock", "the rows are read and not locked, and nothing refuses a number twice")
                .dropsIndex("claims_serial_once")
                .drops("stock", "stock_no_negative")
                .drops("drop_stages", "drop_stages_within_cap")
                .rewrites(LOCK, sql -> sql.replace(LOCK, ""))
                .meeting()
                .made());
        all.add(of(
                        "single-statement",
                        "one statement locks and chooses: who waited for the rows goes by what she saw before")
                .dropsIndex("claims_serial_once")
                .drops("stock", "stock_no_negative")
                .drops("drop_stages", "drop_stages_within_cap")
                .rewrites(LOCK, sql -> sql.replace(LOCK, ""))
                .rewrites(
                        CLAIM,
                        sql -> sql.replace(
                                "with came as materialized (\n    select * from unnest(",
                                "with locked as materialized (select 1 from stock order by brand_id, collectible_id for update),"
                                        + " came as materialized (\n    select c.* from (select count(*) from locked) l cross join unnest("))
                .meeting()
                .made());
        all.add(of(
                        "on-conflict-without-lock",
                        "nobody waits for anybody, and whoever is in the rows already is left out")
                .dropsIndex("claims_serial_once")
                .drops("stock", "stock_no_negative")
                .drops("drop_stages", "drop_stages_within_cap")
                .rewrites(LOCK, sql -> sql.replace(LOCK, ""))
                .rewrites(
                        CLAIM,
                        sql -> sql.replace(
                                "where no is null and r <= ?\n    returning",
                                "where no is null and r <= ?\n    on conflict do nothing returning"))
                .meeting()
                .made());
        all.add(of("count-instead-of-constraint", "a limit is what was counted, and nothing refuses one more")
                .drops("claims", "claims_limit")
                .dropsIndex("claims_serial_once")
                .rewrites(LOCK, sql -> sql.replace(LOCK, ""))
                .meeting()
                .made());
        all.add(of("one-snapshot", "who waited for the rows still goes by what she saw before")
                .dropsIndex("claims_serial_once")
                .drops("stock", "stock_no_negative")
                .drops("drop_stages", "drop_stages_within_cap")
                .rewrites(
                        LOCK,
                        sql -> "with seen as materialized ("
                                + sql.replace(
                                                "select d.state,",
                                                "select d.brand_id as of_brand, d.drop_id as of_drop, d.state,")
                                        .replace(LOCK, "")
                                + "), locked as materialized (select 1 from drops d, seen where d.brand_id = seen.of_brand"
                                + " and d.drop_id = seen.of_drop for update of d)"
                                + " select seen.state, seen.room, seen.last_serial from seen, locked")
                .meeting()
                .made());
        all.add(of("one-too-many", "each stock has one unit more than it may, and nothing refuses it")
                .drops("stock", "stock_never_one_too_many")
                .drops("stock", "stock_serial_within_supply")
                .rewrites("insert into stock (", sql -> sql.replaceFirst("\\?::int - \\?::int", "1 + ?::int - ?::int"))
                .made());
        all.add(of("serial-gap", "each batch begins one number later")
                .rewrites(
                        CLAIM,
                        sql -> sql.replace("? + r - cardinality(d.serials)", "? + 1 + r - cardinality(d.serials)"))
                .made());
        all.add(of("serial-at-hold", "a hold has its number, and takes it away when it ends")
                .drops("claims", "claims_held_or_numbered")
                .rewrites(
                        CLAIM,
                        sql -> sql.replace(
                                "case when ?::int is null then coalesce(d.serials[r]",
                                "case when coalesce(?::int, 1) > 0 then coalesce(d.serials[r]"))
                .made());
        all.add(of("returned-serial-twice", "a number that came back is given, and stays in the drawer")
                .rewrites(CLAIM, sql -> sql.replace("r.serial = any (d.serials", "false and r.serial = any (d.serials"))
                .made());
        all.add(of("number-not-looked-for", "a number that is chosen goes to everybody who chooses it")
                .dropsIndex("claims_serial_once")
                .rewrites(CLAIM, sql -> sql.replace("when not there then 'UNIT_TAKEN'", "when false then 'UNIT_TAKEN'"))
                .made());
        all.add(of("held-number-offered", "a number that is held for one can be chosen by another")
                .dropsIndex("claims_serial_once")
                .rewrites(CLAIM, sql -> sql.replace("k.serial = c.unit and k.held_by is null", "k.serial = c.unit"))
                .made());
        all.add(of("hold-keeps-its-place", "a hold that ended still counts in its stage")
                .rewrites("set taken = taken - ?", sql -> sql.replace("taken - ?", "taken - 0 * ?"))
                .made());
        all.add(of("hold-keeps-its-unit", "a hold that ended keeps its unit")
                .body("vitrine.drop.Drops", "release", Broken.Skipped.class)
                .made());
        all.add(of(
                        "expiry-races-confirm",
                        "a hold is confirmed and ended without a lock, and none looks whether it still is one")
                .body("vitrine.drop.Holds", "lock", Broken.Skipped.class)
                .rewrites(
                        "hold_until <= ? and drop_id = ?",
                        sql -> sql.replace("hold_until <= ? and drop_id", "(hold_until <= ? or true) and drop_id"))
                .meeting()
                .made());
        all.add(of("ended-hold-made-again", "a try whose hold ended is a new one")
                .rewrites(CLAIM, sql -> sql.replace("when expired then 'EXPIRED'", "when false then 'EXPIRED'"))
                .made());
        all.add(of("replay-not-recognised", "the same try is a new claim")
                .drops("claims", "claims_key_once")
                .rewrites(CLAIM, sql -> sql.replace("when old_id is not null then 'AGAIN'", "when false then 'AGAIN'"))
                .made());
        all.add(of("key-not-scoped", "the first try of one is the first try of everybody")
                .rewrites(
                        CLAIM,
                        sql -> sql.replace(
                                "k.drop_id = ? and k.collector_id = c.collector_id) mine", "k.drop_id = ?) mine"))
                .body("vitrine.drop.ClaimPasses", "key", OnlyTheTry.class)
                .made());
        all.add(of("winner-not-looked-up", "whoever is refused by the gate is not asked whether she won before")
                .body("vitrine.drop.Claims", "before", Broken.NoObject.class)
                .made());
        all.add(of("gate-never-woken", "a gate that saw a stage full does not hear that a unit is free")
                .body("vitrine.drop.LiveDrops$Live", "count", Asleep.class)
                .made());
        all.add(of("answered-before-commit", "a node takes its word for the commit")
                .hidesLosses()
                .crashing(1_500)
                .made());
        all.add(of("claim-after-end", "under the lock nobody looks whether the drop pauses or has ended")
                .rewrites(LOCK, sql -> sql.replace("select d.state,", "select 'published' as state,"))
                .meeting()
                .made());
        all.add(of("thawed-too-late", "a node that was frozen over the end of the window goes on as if it were open")
                .body("vitrine.drop.ClaimWriter", "stillOpen", Broken.Always.class)
                .meeting()
                .made());
        all.add(of("sold-out-reopens", "what comes back is claimed in a stage that had sold out")
                .rewrites(LOCK, sql -> sql.replace("case when s.sold_out_at is null", "case when true"))
                .rewrites(
                        "s.sold_out_at is not null as sold_out",
                        sql -> sql.replace("s.sold_out_at is not null", "false"))
                .made());
        all.add(of("grant-outside", "the piece is committed before its claim knows of it")
                .cutsBefore("update claims set granted_at")
                .crashing(1_500)
                .made());
        all.add(of("code-used-twice", "a code that was used up is as good as a new one, and nothing refuses it")
                .drops("drop_codes", "drop_codes_within_uses")
                .rewrites("when uses_left < 1", sql -> sql.replace("when uses_left < 1", "when false")
                        .replace("use > uses_left", "false"))
                .made());
        all.add(of("code-not-freed", "a hold that ends keeps its code")
                .rewrites(
                        "update drop_codes k set used = k.used - f.n",
                        sql -> sql.replace("k.used - f.n", "k.used - 0 * f.n"))
                .made());
        all.add(of("cap-ignored", "a stage gives what the stock has, and nothing refuses it")
                .drops("drop_stages", "drop_stages_within_cap")
                .rewrites(LOCK, sql -> sql.replace("coalesce(s.cap - s.taken, 1000000)", "1000000"))
                .made());
        all.addAll(entrances());
        all.addAll(money());
        all.addAll(lines());
        return List.copyOf(all);
    }

    private static List<Mutant> entrances() {
        List<Mutant> all = new ArrayList<>();
        all.add(of("list-not-read", "whoever comes is on the list, once somebody is")
                .rewrites("join drop_guests g", sql -> sql.replace("and g.buyer_hash = b.buyer_key", ""))
                .made());
        all.add(of("list-brought-in-part", "of each file the first is not brought to the list")
                .rewrites("insert into drop_guests", sql -> sql.replace("order by hash", "order by hash offset 1"))
                .made());
        all.add(of("anybody-follows", "whoever comes follows, once somebody does")
                .rewrites(
                        "from follows f where",
                        sql -> sql.replace("f.collector_id = any(?)", "(f.collector_id = any(?) or true)"))
                .made());
        all.add(of("anybody-holds", "whoever comes holds a piece, once somebody does")
                .rewrites(
                        "p.state = 'owned' and p.owner_id",
                        sql -> sql.replace("p.owner_id = any(?)", "(p.owner_id = any(?) or true)"))
                .made());
        all.add(of("anybody-is-a-member", "whoever comes is a member, once somebody is")
                .rewrites("join brand_members m on", sql -> sql.replace("and m.buyer_hash = k.buyer_key", ""))
                .made());
        all.add(of("any-code", "what is typed is a code")
                .rewrites(
                        "then 'CODE_UNKNOWN'",
                        sql -> sql.replace(
                                "when uses_left is null then 'CODE_UNKNOWN'", "when false then 'CODE_UNKNOWN'"))
                .made());
        return all;
    }

    private static final String PAYMENT = "vitrine.payment.";

    private static List<Mutant> money() {
        List<Mutant> all = new ArrayList<>();
        all.add(priced("freed-before-closed", "a unit is free when its hold ends, whatever a gateway still takes")
                .body(PAYMENT + "Payments", "gateways", BrokenPayments.NobodyTried.class)
                .made());
        all.add(priced("silence-is-closed", "a gateway that does not say whether it closed is taken to have closed")
                .body(PAYMENT + "Payments", "close", BrokenPayments.SilenceIsClosed.class)
                .made());
        all.add(priced("under-way-is-closed", "a payment whose payer is just paying is taken for one that is over")
                .body(PAYMENT + "StripePayments", "says", BrokenPayments.PendingIsEnded.class)
                .body(PAYMENT + "WeChatPayments", "says", BrokenPayments.PendingIsEnded.class)
                .made());
        all.add(priced("late-money-ignored", "money for what was over is not heard of")
                .body(PAYMENT + "Settling", "apply", BrokenPayments.LateIgnored.class)
                .made());
        all.add(priced("late-money-kept", "money that found no unit is kept")
                .body(PAYMENT + "Payments", "refund", BrokenPayments.NothingKept.class)
                .made());
        all.add(priced("second-payment-kept", "what was paid a second time is kept")
                .body(PAYMENT + "Payments", "refund", BrokenPayments.SecondKept.class)
                .made());
        all.add(priced("notice-not-keyed", "the same notice is booked as often as it comes, and nothing refuses it")
                .drops("money_journal", "money_journal_once")
                .body(PAYMENT + "Settling", "paid", BrokenPayments.PaidAgain.class)
                .made());
        all.add(priced("amount-not-compared", "whatever a notice says was paid, it was enough")
                .body(PAYMENT + "Settling", "paid", BrokenPayments.AnyAmount.class)
                .made());
        all.add(priced("signature-not-checked", "what anybody writes was written by Alipay")
                .body(PAYMENT + "AlipayClient", "verify", Broken.Always.class)
                .made());
        all.add(priced("opened-is-paid", "whoever was shown how to pay has paid")
                .drops("payments", "payments_taken_up_was_paid")
                .rewrites(
                        "order by paid_at, payment_id limit",
                        sql -> sql.replace("paid_at is not null", "state in ('open', 'paid')"))
                .rewrites(
                        "order by paid_at, payment_id for update",
                        sql -> sql.replace("paid_at is not null", "state in ('open', 'paid')"))
                .rewrites(
                        "select distinct brand_id from payments",
                        sql -> sql.replace("paid_at is not null", "state in ('open', 'paid')"))
                .made());
        all.add(priced("doubt-not-asked", "whom somebody doubts has her piece all the same")
                .rewrites(
                        "is distinct from 'released'",
                        sql -> sql.replace("r.decision is distinct from 'released'", "false"))
                .made());
        all.add(priced("journal-outside", "a payment is committed before its entry in the journal")
                .cutsBefore("insert into money_journal")
                .crashing(1_500)
                .made());
        all.add(priced("sale-outside", "a number is committed before the sale that it was given for")
                .cutsBefore("insert into sales (")
                .crashing(1_500)
                .made());
        all.add(priced("refund-asked-anew", "a refund that is asked for again is another refund")
                .body(PAYMENT + "Refund", "number", BrokenPayments.NumberAnew.class)
                .crashing(1_500)
                .made());
        all.add(priced("refund-wanted-twice", "the same wish to give money back is a new one, and nothing refuses it")
                .drops("refunds", "refunds_once_a_wish")
                .rewrites("select refund_id from refunds", sql -> sql.replace("and wish = ?", "and wish = ? and false"))
                .made());
        return all;
    }

    private static final String DROP = "vitrine.drop.";

    private static List<Mutant> lines() {
        List<Mutant> all = new ArrayList<>();
        all.add(line("ticket-not-asked-for", "whoever has any pass of ours comes in, called or not")
                .body(DROP + "Claims", "admits", Broken.Always.class)
                .made());
        all.add(line("place-not-checked", "whoever has a place has her turn")
                .body(DROP + "WaitingRoom", "standing", BrokenLine.PlaceIsTurn.class)
                .made());
        all.add(line("ticket-not-of-its-drop", "a ticket's drop and stage can be written over")
                .body(DROP + "ClaimPasses", "mac", BrokenLine.ForAnyDrop.class)
                .made());
        all.add(line("ticket-not-of-its-person", "a ticket's person can be written over")
                .body(DROP + "ClaimPasses", "mac", BrokenLine.ForAnybody.class)
                .made());
        all.add(line("place-not-signed", "a place can be written into a pass that has none")
                .body(DROP + "ClaimPasses", "mac", BrokenLine.AnyPlace.class)
                .made());
        all.add(line("nonce-not-of-its-stage", "tickets of two stages are one and the same try")
                .body(DROP + "ClaimPasses", "pass", BrokenLine.NonceOfTheDrop.class)
                .made());
        all.add(line("nonce-anew", "a ticket that is asked for again is another try")
                .body(DROP + "ClaimPasses", "pass", BrokenLine.NonceAnew.class)
                .made());
        all.add(line("ticket-for-many", "a ticket is for as many claims as its stage allows")
                .body(DROP + "Claims", "admits", BrokenLine.ForMany.class)
                .made());
        all.add(line("called-beyond-the-pieces", "people are called for whom there is nothing")
                .rewrites(
                        "as called_before, coalesce(long_ago.taken, 0)",
                        sql -> sql.replace(
                                "least(coalesce(st.available, 1000000), coalesce(s.cap - s.taken, 1000000)) as room",
                                "1000000 as room"))
                .made());
        all.add(line("list-still-open", "whoever comes after the list was closed is drawn with it")
                .rewrites(
                        "insert into queue_arrivals",
                        sql -> sql.replace("case when ? then", "case when ? and false then"))
                .made());
        all.add(line("places-turned-round", "the last of the lot stands first")
                .rewrites(
                        "set place = p.place from",
                        sql -> sql.replace(
                                "set place = p.place from",
                                "set place = (select q.listed + 1 from queues q where q.stage_id = a.stage_id) - p.place from"))
                .made());
        all.add(line("list-after-its-round", "a list that no checkpoint had before its round is ordered by it")
                .rewrites(
                        "select h.signed_at from log_records",
                        sql -> sql.replace("select h.signed_at", "select h.signed_at - interval '1 day'"))
                .made());
        all.add(line("any-round", "whatever a relay says is the round")
                .body(DROP + "Beacons", "verify", Broken.Always.class)
                .made());
        return all;
    }

    private static Making priced(String name, String breaks) {
        return of(name, breaks).of(DropWorld.Kind.PRICED);
    }

    private static Making line(String name, String breaks) {
        return of(name, breaks).of(DropWorld.Kind.LINE);
    }

    private static Making of(String name, String breaks) {
        return new Making(name, breaks);
    }

    private static final class Making extends Broken.Making<Making> {
        private DropWorld.Kind kind = DropWorld.Kind.FREE;
        private int crashes = 100;
        private int meetings = 30;

        Making(String name, String breaks) {
            super(name, breaks);
        }

        @Override
        Making self() {
            return this;
        }

        Making of(DropWorld.Kind other) {
            kind = other;
            return this;
        }

        /** It shows only where two nodes are in each other's way: let them be so most of the time. */
        Making meeting() {
            meetings = 85;
            return this;
        }

        Making crashing(int inTenThousand) {
            crashes = inTenThousand;
            return this;
        }

        Mutant made() {
            return new Mutant(broken(), kind, crashes, meetings);
        }
    }

    /** Plays small worlds with it until one does not balance. */
    static Broken.Fate hunt(DropWorld world, Mutant mutant, long firstSeed) {
        Asleep.FULL.clear();
        return mutant.broken.hunt(
                world.ground(),
                seed -> SimulateDrop.play(
                                world, new DropWorld.Plan(seed, mutant.kind, 100, mutant.crashes, mutant.meetings))
                        .violations(),
                firstSeed);
    }
}
