package vitrine.simulate;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.ClaimHistory.Told;
import vitrine.books.SaleHistory;
import vitrine.books.SaleHistory.GivenBack;
import vitrine.books.SaleHistory.Trade;
import vitrine.books.Violation;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Reviews;
import vitrine.drop.SaleReturns;
import vitrine.drop.Sales;
import vitrine.identity.CollectorId;
import vitrine.payment.NoticesByHand;
import vitrine.payment.PaymentId;
import vitrine.payment.Payments;
import vitrine.payment.Refunding;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.BrandId;
import vitrine.platform.Money;

/**
 * Pieces that are paid for: people pay, pay late, pay twice and walk away; the hosts are away for hours, lose their answers, and tell
 * of a payment often, late, out of order or never; somebody forges what they tell; colleagues give money back.
 */
final class SaleHours extends DropHours {

    private static final Set<String> PART =
            FreeHours.and("drop.sales", "drop.sale-mails", "payment-janitor", "refunds");

    private static final List<Way> CHINESE = List.of(Way.WECHAT_NATIVE, Way.ALIPAY_PAGE, Way.ALIPAY_WAP, Way.WECHAT_H5);
    private static final String GOODWILL = "goodwill";

    /** Where a transaction of the money's is cut. */
    private static final List<String> MONEY_STEPS = List.of(
            "insert into money_journal",
            "insert into sales (",
            "insert into claims_ended",
            "update payments set taken_up_at",
            "insert into refunds");

    /** Somebody was shown how to pay for this. */
    private static final class Checkout {
        final UUID claim;
        final Started started;
        /** Null: she has not opened it. */
        @Nullable
        String page;

        Checkout(UUID claim, Started started) {
            this.claim = claim;
            this.started = started;
        }
    }

    private final OutsideHosts hosts;
    private final List<Checkout> checkouts = new ArrayList<>();
    /** Told by the hosts, and not brought yet. */
    private final List<OutsideHosts.Letter> bag = new ArrayList<>();
    /** Brought before: anybody who saw one can send it again. */
    private final List<OutsideHosts.Letter> seen = new ArrayList<>();

    private final List<GivenBack> givenBack = new ArrayList<>();

    SaleHours(Ground ground, DropWorld.Story story) {
        super(ground, story, new Random(story.plan.seed() * 13 + 5), PART);
        hosts = ground.hosts();
    }

    /** Most of it costs something; the rest shares the stock. */
    @Override
    DropDraft.StageDraft shaped(DropDraft.StageDraft stage) {
        if (random.nextInt(5) == 0) return stage;
        return stage.held(3 + random.nextInt(4))
                .at(new Money(
                        100 + random.nextInt(20_000), Currency.getInstance(random.nextBoolean() ? "EUR" : "CNY")));
    }

    /** More happens in an hour than where nobody pays. */
    @Override
    int hurry() {
        return 3;
    }

    @Override
    void act() {
        if (nothingOpens()) announce();
        switch (random.nextInt(27)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> everyday();
            case 8, 9, 10, 11 -> pay();
            case 12, 13 -> goOn();
            case 14, 15 -> bringSome();
            case 16 -> storm();
            case 17, 18 -> forge();
            case 19, 20 -> misbehave();
            case 21 -> {
                if (random.nextInt(3) == 0) goAway();
                else lastMoment();
            }
            case 22 -> giveBack();
            case 23 -> inTheWay();
            case 24 -> databaseRestarts();
            case 25 -> doubt();
            default -> jobs(anyNode());
        }
        collect();
    }

    // ---- those who pay

    private record Priced(DropId drop, CollectorId who, String key, UUID claim, Instant until, String currency) {}

    private @Nullable Priced priced() {
        List<Priced> all = ground.books
                .sql("""
                        select brand_id, drop_id, k.collector_id, encode(k.claim_key, 'hex'), k.claim_id, k.hold_until, s.currency
                        from claims k join drop_stages s using (brand_id, drop_id, stage_id)
                        where k.hold_until is not null and s.price is not null order by k.claim_id
                        """)
                .query((row, n) -> new Priced(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        new CollectorId(row.getObject(3, UUID.class)),
                        row.getString(4),
                        row.getObject(5, UUID.class),
                        row.getTimestamp(6).toInstant(),
                        row.getString(7)))
                .list();
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private void pay() {
        for (int n = random.nextInt(3); n >= 0; n--) {
            Priced what = priced();
            if (what == null) return;
            Checkout begun = begin(anyNode(), what);
            // Some tap twice, some change their mind how to pay, and both are open then.
            if (random.nextInt(4) == 0) begin(anyNode(), what);
            if (begun != null) proceed(begun);
        }
    }

    private @Nullable Checkout begin(SimNode node, Priced what) {
        Way way = what.currency.equals("EUR") ? Way.STRIPE_CARD : CHINESE.get(random.nextInt(CHINESE.size()));
        List<Checkout> made = new ArrayList<>();
        attempt(node, () -> {
            Drop drop = node.bean(DropPlans.class).find(what.drop).orElseThrow();
            if (random.nextInt(4) == 0)
                node.bean(Sales.class).waive(drop, what.who, what.claim, random.nextBoolean() ? "I give it up." : null);
            Sales.Paying paying = node.bean(Sales.class)
                    .pay(drop, what.who, what.claim, way, SimNode.BASE_URL, "203.0.113.7", null, Locale.ENGLISH);
            switch (paying) {
                case Sales.Paying.Begun begun -> {
                    story.count("begun_"
                            + begun.started().getClass().getSimpleName().toLowerCase(Locale.ROOT));
                    made.add(new Checkout(what.claim, begun.started()));
                }
                case Sales.Paying.Sold sold ->
                    story.told.add(new Told(
                            what.drop.value(),
                            what.who.value(),
                            what.key,
                            "drop.claimed",
                            what.claim,
                            sold.serial(),
                            null));
                case Sales.Paying.NotHeld not -> story.count("pay_not_held");
                case Sales.Paying.TooLate late -> story.count("pay_too_late");
            }
        });
        if (made.isEmpty()) return null;
        checkouts.add(made.getFirst());
        return made.getFirst();
    }

    private void proceed(Checkout checkout) {
        if (checkout.page == null) checkout.page = hosts.opened(checkout.started);
        if (checkout.page == null) return;
        switch (random.nextInt(10)) {
            case 0 -> story.count("walked_away");
            case 1, 2 -> {} // she will come back to it
            case 3 -> {
                hosts.does(checkout.page, "decline");
                story.count("declined");
            }
            default -> pays(checkout, checkout.page);
        }
    }

    /** As long as a host takes her money the unit must be hers. */
    private void pays(Checkout checkout, String page) {
        boolean over = isEnded(checkout.claim);
        if (!hosts.does(page, "pay")) {
            story.count("could_not_pay");
            return;
        }
        story.count("paid");
        if (over)
            story.seen.add(new Violation(
                    "free_while_payable", "the unit of " + checkout.claim + " was free, and somebody paid for it"));
    }

    private boolean isEnded(UUID claim) {
        return ground.books
                .sql("select exists (select from claims_ended where claim_id = :claim)")
                .param("claim", claim)
                .query(Boolean.class)
                .single();
    }

    /** Somebody comes back to a page of hers, however old it is. */
    private void goOn() {
        if (checkouts.isEmpty()) return;
        for (int n = random.nextInt(3); n >= 0; n--) {
            // Mostly to one of the last, whose hold may just be ending.
            int back = random.nextInt(random.nextBoolean() ? Math.min(4, checkouts.size()) : checkouts.size());
            Checkout checkout = checkouts.get(checkouts.size() - 1 - back);
            if (checkout.page == null) checkout.page = hosts.opened(checkout.started);
            if (checkout.page == null) continue;
            if (random.nextInt(6) == 0) {
                // A host takes money for what it said was over.
                if (hosts.does(checkout.page, "late")) story.count("paid_late");
            } else {
                pays(checkout, checkout.page);
            }
        }
    }

    // ---- what the hosts tell

    private void collect() {
        hosts.quiet();
        bag.addAll(hosts.letters());
    }

    private void bringSome() {
        collect();
        Collections.shuffle(bag, random);
        for (int n = 1 + random.nextInt(6); n > 0 && !bag.isEmpty(); n--) {
            OutsideHosts.Letter letter = bag.removeFirst();
            switch (random.nextInt(8)) {
                case 0 -> story.count("letters_lost");
                case 1 -> bag.add(letter); // it takes its time
                default -> {
                    if (!bring(anyNode(), letter)) bag.add(letter);
                    if (random.nextInt(4) == 0) bring(anyNode(), letter);
                }
            }
        }
        if (!seen.isEmpty() && random.nextInt(3) == 0) bring(anyNode(), seen.get(random.nextInt(seen.size())));
        // The host repeats itself, signed anew, as it does for days.
        if (random.nextInt(3) == 0) tellAgain();
    }

    private void tellAgain() {
        List<Trade> paid = hosts.known().stream().filter(Trade::paid).toList();
        if (!paid.isEmpty()) hosts.does(paid.get(random.nextInt(paid.size())).page(), "again");
    }

    /** False: nothing was heard, so it comes again. */
    private boolean bring(SimNode node, OutsideHosts.Letter letter) {
        List<Integer> answers = new ArrayList<>();
        attempt(node, () -> {
            NoticesByHand.Heard heard = node.notices().bring(letter.path(), letter.headers(), letter.body());
            story.count("letters_" + heard.what().replace('-', '_'));
            answers.add(heard.status());
        });
        if (answers.equals(List.of(200))) seen.add(letter);
        return !answers.isEmpty() && answers.getFirst() != 503;
    }

    /** One letter, again and again, at both nodes at once. */
    private void storm() {
        collect();
        List<OutsideHosts.Letter> all = bag.isEmpty() ? seen : bag;
        if (all.isEmpty()) return;
        OutsideHosts.Letter letter = all.get(random.nextInt(all.size()));
        story.count("storms");
        List<Runnable> tellers = new ArrayList<>();
        for (int n = 0; n < 6; n++) {
            SimNode node = nodes.get(n % nodes.size());
            tellers.add(() -> {
                for (int again = 0; again < 2; again++)
                    attempt(node, () -> node.notices().bring(letter.path(), letter.headers(), letter.body()));
            });
        }
        together(tellers);
    }

    /** Somebody who saw a notice writes her own unpaid number into it. */
    private void forge() {
        List<OutsideHosts.Letter> letters = seen.stream()
                .filter(letter -> !letter.path().startsWith("/pay/wechat"))
                .toList();
        if (letters.isEmpty()) return;
        OutsideHosts.Letter letter = letters.get(random.nextInt(letters.size()));
        record Unpaid(String payment, long amount) {}
        List<Unpaid> unpaid = ground.books
                .sql(
                        "select payment_id, amount from payments where state = 'open' and way like :host order by payment_id")
                .param("host", letter.path().split("/")[2] + "%")
                .query((row, n) -> new Unpaid(row.getString(1), row.getLong(2)))
                .list();
        if (unpaid.isEmpty()) return;
        Unpaid hers = unpaid.get(random.nextInt(unpaid.size()));
        String genuine = new String(letter.body(), StandardCharsets.UTF_8);
        String body = genuine.replaceAll("out_trade_no=[0-9a-f]{32}", "out_trade_no=" + hers.payment.replace("-", ""))
                .replaceAll("total_amount=[0-9.]+", "total_amount=" + BigDecimal.valueOf(hers.amount, 2))
                .replaceAll("\"vitrine_payment\":\"[0-9a-f-]{36}\"", "\"vitrine_payment\":\"" + hers.payment + "\"")
                .replaceAll("\"amount_received\":[0-9]+", "\"amount_received\":" + hers.amount);
        if (body.equals(genuine)) return;
        SimNode node = anyNode();
        Map<String, String> headers = new TreeMap<>(letter.headers());
        attempt(node, () -> {
            NoticesByHand.Heard heard =
                    node.notices().bring(letter.path(), headers, body.getBytes(StandardCharsets.UTF_8));
            story.count("forged");
            if (heard.status() == 200)
                story.seen.add(new Violation("forged_notice", "a forged notice for " + hers + " was " + heard));
        });
    }

    // ---- what the hosts are like

    /** For some hours of the world no host answers us; whoever has a page open can pay all the same. */
    private void goAway() {
        hosts.goWrong("{\"away\": true}");
        story.count("hosts_away");
        for (int n = 3 + random.nextInt(4); n > 0; n--) {
            clock.move(Duration.ofSeconds(30 + random.nextInt(1_200)));
            switch (random.nextInt(4)) {
                case 0 -> pay();
                case 1 -> goOn();
                default -> jobs(anyNode());
            }
        }
        hosts.goWrong("{\"away\": false}");
    }

    private void misbehave() {
        hosts.goWrong(
                switch (random.nextInt(6)) {
                    case 0, 1 -> "{\"unansweredNext\": " + (1 + random.nextInt(2)) + "}";
                    case 2 -> "{\"wrongAmountNext\": 1}";
                    case 3 -> "{\"badSignatureNext\": 1}";
                    case 4 -> "{\"signTestNext\": 1}";
                    default -> "{\"refundsPend\": " + random.nextBoolean() + "}";
                });
        pay();
        if (random.nextBoolean()) bringSome();
        else jobs(anyNode());
    }

    // ---- colleagues

    private record Sold(BrandId brand, UUID payment, Money money, UUID collector, UUID claim) {}

    /** A part for goodwill, or what is left of it, for the piece, to who changed her mind. The same wish again is the same. */
    private void giveBack() {
        List<Sold> all = ground.books
                .sql("""
                        select brand_id, payment_id, amount, currency, collector_id, claim_id from sales order by payment_id
                        """)
                .query((row, n) -> new Sold(
                        new BrandId(row.getObject(1, UUID.class)),
                        row.getObject(2, UUID.class),
                        new Money(row.getLong(3), Currency.getInstance(row.getString(4))),
                        row.getObject(5, UUID.class),
                        row.getObject(6, UUID.class)))
                .list();
        if (random.nextInt(4) == 0) refuse();
        if (all.isEmpty()) return;
        Sold one = all.get(random.nextInt(all.size()));
        if (random.nextInt(3) == 0) {
            withdraw(one);
            return;
        }
        Money part = new Money(one.money.minor() / 5 + 1, one.money.currency());
        for (int again = random.nextInt(2); again >= 0; again--) {
            SimNode node = anyNode();
            attempt(node, () -> {
                Refunding answer =
                        node.bean(Payments.class).refund(new PaymentId(one.brand, one.payment), part, GOODWILL);
                if (!(answer instanceof Refunding.Wanted)) return;
                story.count("goodwill");
                givenBack.add(new GivenBack(one.payment, GOODWILL, part.minor()));
            });
        }
    }

    /** Somebody holds a unit, and perhaps is just paying for it, and is refused, perhaps at both nodes: nobody else has it while she can pay. */
    private void refuse() {
        Priced what = priced();
        if (what == null) return;
        Checkout checkout = random.nextBoolean() ? begin(anyNode(), what) : null;
        hold(what);
        // She has answered, so it need not wait until tomorrow.
        ground.books
                .sql("""
                        update claim_reviews set appeal = 'I.', appealed_at = held_at
                        where brand_id = :brand and drop_id = :drop and collector_id = :who and appeal is null
                        """)
                .param("brand", what.drop.brand().value())
                .param("drop", what.drop.value())
                .param("who", what.who.value())
                .update();
        for (int again = random.nextInt(2); again >= 0; again--) {
            SimNode node = anyNode();
            attempt(node, () -> {
                Drop drop = node.bean(DropPlans.class).find(what.drop).orElseThrow();
                story.count(
                        node.bean(Reviews.class).refuse(drop, what.who) instanceof Reviews.Refusing.Refused
                                ? "refused"
                                : "refused_before");
            });
        }
        if (random.nextBoolean()) run(anyNode(), "drop.sale-ends");
        if (checkout == null) return;
        checkout.page = hosts.opened(checkout.started);
        if (checkout.page != null) pays(checkout, checkout.page);
    }

    /** Somebody pays for what staff doubt, and has nothing before they let it go, which may be much later. */
    private void doubt() {
        letSomeGo(2);
        Priced what = priced();
        if (what == null) return;
        hold(what);
        clock.move(Duration.ofSeconds(1));
        story.count("doubted");
        Checkout checkout = begin(anyNode(), what);
        if (checkout == null) return;
        checkout.page = hosts.opened(checkout.started);
        if (checkout.page != null) pays(checkout, checkout.page);
        bringSome();
        run(anyNode(), "drop.sales");
        run(anyNode(), "drop.grants");
    }

    private void hold(Priced what) {
        ground.books
                .sql("""
                        insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at)
                        values (:brand, :drop, :who, 'sudden-crowd', :now) on conflict on constraint claim_reviews_pk do nothing
                        """)
                .param("brand", what.drop.brand().value())
                .param("drop", what.drop.value())
                .param("who", what.who.value())
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    /** @param oneOf so many of them; 1: all */
    private void letSomeGo(int oneOf) {
        record Held(DropId drop, CollectorId who) {}
        ground.books
                .sql("""
                        select brand_id, drop_id, collector_id from claim_reviews where decision is null order by drop_id, collector_id
                        """)
                .query((row, n) -> new Held(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        new CollectorId(row.getObject(3, UUID.class))))
                .list()
                .forEach(one -> {
                    if (random.nextInt(oneOf) > 0) return;
                    SimNode node = anyNode();
                    attempt(node, () -> {
                        if (node.bean(Reviews.class).release(one.drop, one.who)) story.count("let_go");
                    });
                });
    }

    /** Pressed once, or once more at the other node: the piece comes back and the money goes back, once. */
    private void withdraw(Sold one) {
        for (int again = random.nextInt(2); again >= 0; again--) {
            SimNode node = anyNode();
            attempt(node, () -> {
                SaleReturns.Withdrawing ended =
                        node.bean(SaleReturns.class).withdraw(one.brand, new CollectorId(one.collector), one.claim);
                story.count(ended.code().substring("drop.".length()).replace('-', '_'));
            });
        }
    }

    /** Her page is open when her hold ends, and she presses the button when a node has just looked after it. */
    private void lastMoment() {
        Priced what = priced();
        if (what == null) return;
        Checkout checkout = begin(anyNode(), what);
        if (checkout == null) return;
        checkout.page = hosts.opened(checkout.started);
        if (checkout.page == null) return;
        if (what.until.isAfter(clock.instant())) clock.moveTo(what.until);
        story.count("last_moments");
        // The host may be away, or find her about to pay and say so, or sign with another key.
        switch (random.nextInt(6)) {
            case 0, 1 -> hosts.goWrong("{\"away\": true}");
            case 2, 3 -> hosts.goWrong("{\"payerBusyNext\": 1}");
            case 4 -> hosts.goWrong("{\"badAnswerNext\": 1}");
            default -> {}
        }
        run(anyNode(), "drop.sale-ends");
        hosts.goWrong("{\"away\": false, \"payerBusyNext\": 0, \"badAnswerNext\": 0}");
        pays(checkout, checkout.page);
    }

    // ---- one in the other's way

    /** A hold is over; while one node ends it the money comes, at the host or at the other node, or the other takes it up. */
    private void inTheWay() {
        Priced what = priced();
        if (what == null) return;
        if (random.nextBoolean()) begin(anyNode(), what);
        if (what.until.isAfter(clock.instant())) clock.moveTo(what.until);
        SimNode first = anyNode();
        SimNode second = other(first);
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        switch (random.nextInt(4)) {
            case 0 -> {
                // After the end began and before a gateway was asked.
                first.wire().meet("select distinct on (purpose) purpose, way from payments", this::goOn);
                attempt(first, () -> first.job("drop.sale-ends").run());
            }
            case 1 -> {
                meet(first, "insert into claims_ended", () -> run(second, "drop.sales"), failed);
                attempt(first, () -> first.job("drop.sale-ends").run());
            }
            case 2 -> {
                meet(first, "insert into sales (", () -> run(second, "drop.sale-ends"), failed);
                attempt(first, () -> first.job("drop.sales").run());
            }
            default -> {
                collect();
                List<OutsideHosts.Letter> letters = List.copyOf(bag);
                meet(first, "ended_at = ?", () -> letters.forEach(letter -> bring(second, letter)), failed);
                attempt(first, () -> first.job(random.nextBoolean() ? "drop.sale-ends" : "payment-janitor")
                        .run());
            }
        }
        join(failed);
        first.wire().stopMeeting();
    }

    private void run(SimNode node, String job) {
        attempt(node, () -> node.job(job).run());
    }

    /** In the midst of a transaction the database goes down and comes up again: all its connections are gone. */
    private void databaseRestarts() {
        SimNode node = anyNode();
        node.wire().meet(MONEY_STEPS.get(random.nextInt(MONEY_STEPS.size())), () -> {
            story.count("database_restarts");
            ground.database.breakConnections();
        });
        bringSome();
        run(node, "drop.sales");
        run(node, "drop.sale-ends");
        node.wire().stopMeeting();
    }

    // ---- the end of time

    /** Every host answers again, and says once more what it ever took: then nothing may be left open. */
    @Override
    void settle() {
        hosts.beGood();
        letSomeGo(1);
        bringAll();
        rest();
        for (Trade trade : hosts.known()) if (trade.paid()) hosts.does(trade.page(), "again");
        bringAll();
        rest();
        List<Trade> trades = hosts.known();
        story.seen.addAll(new SaleHistory(ground.books, trades, givenBack).audit());
        for (Trade trade : trades) {
            if (trade.paid()) story.count("charged");
            if (trade.refunded() > 0) story.count("given_back");
        }
    }

    private void bringAll() {
        collect();
        bag.removeIf(letter -> bring(anyNode(), letter));
        if (!bag.isEmpty()) throw new IllegalStateException("nothing breaks any more, and this is not heard: " + bag);
    }

    private void rest() {
        drain();
        for (int hours = 0; hours < 60 && somethingOpen(ground.books); hours++) {
            clock.move(Duration.ofHours(1));
            drain();
            bringAll();
        }
    }

    /** Whether somebody's money or hold is still under way. */
    static boolean somethingOpen(JdbcClient books) {
        return books.sql("""
                select exists (select from payments where state in ('started', 'open') or paid_at is not null and taken_up_at is null)
                    or exists (select from refunds where state in ('wanted', 'asked', 'again'))
                    or exists (select from claims where hold_until is not null)
                """).query(Boolean.class).single();
    }
}
