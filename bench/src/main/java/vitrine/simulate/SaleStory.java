package vitrine.simulate;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.books.Books;
import vitrine.books.SaleHistory;
import vitrine.books.SaleHistory.GivenBack;
import vitrine.books.SaleHistory.Trade;
import vitrine.books.Violation;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Claiming;
import vitrine.drop.ClaimsByHand;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropPlans;
import vitrine.drop.Drops;
import vitrine.drop.Entrances;
import vitrine.drop.SaleReturns;
import vitrine.drop.Sales;
import vitrine.drop.Stage;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.payment.NoticesByHand;
import vitrine.payment.PaymentId;
import vitrine.payment.Payments;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;
import vitrine.platform.Money;
import vitrine.platform.messages.Messages;

/**
 * A few people and one drop with a price, two nodes, and the three hosts as the sandbox plays them. What a story does it does in
 * acts, one after the other; when the node that acts dies the other one goes on.
 */
abstract class SaleStory implements FaultTable.Story {

    static final Money PRICE = new Money(8_800, Currency.getInstance("CNY"));
    static final Duration HOLD = Duration.ofMinutes(15);
    private static final Bilingual MOONRISE = new Bilingual("月升", "Moonrise");
    private static final long SEED = 77;

    /** Whatever has a part in it, in the order in which money moves. */
    private static final List<String> WORKERS = List.of(
            "drop.sale-ends",
            "payment-janitor",
            "drop.sales",
            "drop.grants",
            "refunds",
            "drop.sale-mails",
            "event-sequencer",
            "collector-pieces",
            "log-seal",
            "log-sign");

    static final class Buyer {
        final String address;
        final CollectorId id;
        /** As the end calls her. */
        String name;
        /** Null: she holds nothing yet. */
        @Nullable
        UUID claim;

        Buyer(String name, String address, CollectorId id) {
            this.name = name;
            this.address = address;
            this.id = id;
        }
    }

    final Ground ground;
    final OutsideHosts hosts;
    final HandClock clock;
    private final List<FaultTable.Step> steps;
    private final List<FaultTable.Step> cuts;
    private final int supply;
    private final Stage.Mode mode;
    private final List<Buyer> buyers = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private final List<GivenBack> givenBack = new ArrayList<>();
    private Function<Act, Runnable> around = act -> act;
    private int acting;
    private @Nullable Drop drop;

    /** @param ground with two nodes and the hosts */
    SaleStory(Ground ground, List<FaultTable.Step> steps, List<FaultTable.Step> cuts, int supply, Stage.Mode mode) {
        this.steps = steps;
        this.cuts = cuts;
        this.ground = ground;
        this.hosts = ground.hosts();
        this.clock = ground.clock;
        this.supply = supply;
        this.mode = mode;
    }

    /** What happens, from the announcement of the drop on. */
    abstract void tell();

    @Override
    public final List<FaultTable.Step> steps() {
        return steps;
    }

    @Override
    public final List<FaultTable.Step> cuts() {
        return cuts;
    }

    @Override
    public final void play(Function<Act, Runnable> each) {
        ground.begin(SEED, DropWorld.BEGIN.minus(Duration.ofDays(1)));
        clock.moveTo(DropWorld.BEGIN);
        acting = 0;
        buyers.clear();
        answers.clear();
        givenBack.clear();
        found();
        around = each;
        tell();
        rest();
    }

    @Override
    public final SimNode node() {
        return ground.nodes.get(acting);
    }

    @Override
    public final void replace() {
        node().line().startAgain();
        acting = 1 - acting;
        node().claims().forget();
    }

    /** "Bought" and the like, as words. */
    @Override
    public String toString() {
        return getClass().getSimpleName().replaceAll("(?<=.)([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    // ---- before the opening

    private void found() {
        SimNode node = node();
        for (SimNode each : ground.nodes) each.acceptEmptyLog();
        BrandId lumen = node.bean(Catalog.class)
                .addBrand(Brand.Kind.BRAND, "lumen", new Bilingual("流明", "Lumen"), MOONRISE, "plain");
        CollectibleId moonrise = node.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen,
                        "moonrise",
                        null,
                        null,
                        "brand",
                        MOONRISE,
                        MOONRISE,
                        MOONRISE,
                        MOONRISE,
                        2026,
                        "plain",
                        MOONRISE,
                        supply,
                        0,
                        List.of(),
                        List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(moonrise));
        Instant opens = clock.instant().plusSeconds(20);
        var plans = node.bean(DropPlans.class);
        var drafted =
                plans.draft(lumen, "moonrise", new DropDraft(MOONRISE, MOONRISE, List.of(stage(moonrise, opens))));
        if (!(drafted instanceof DropPlans.Drafting.Drafted made)
                || !(plans.publish(made.id()) instanceof DropPlans.Publishing.Published published))
            throw new IllegalStateException("no drop: " + drafted);
        drop = published.drop();
    }

    void opens() {
        clock.moveTo(drop().stages().getFirst().opensAt().plusSeconds(1));
    }

    private DropDraft.StageDraft stage(CollectibleId of, Instant opens) {
        return new DropDraft.StageDraft(
                null,
                MOONRISE,
                of.value(),
                opens,
                opens.plus(Duration.ofDays(2)),
                null,
                1,
                "everyone",
                null,
                (int) HOLD.toMinutes(),
                "never",
                false,
                false,
                mode.name().toLowerCase(Locale.ROOT),
                PRICE,
                null,
                null);
    }

    final Drop drop() {
        return requireNonNull(drop);
    }

    /** She can be written to. */
    Buyer somebody(String name) {
        String address = name + "@example.com";
        CollectorId id = node().bean(Collectors.class)
                .signedIn(node().bean(BuyerKeys.class).email(address).orElseThrow(), "en");
        ground.books
                .sql("update collectors set contact_sealed = :address where collector_id = :id")
                .param(
                        "address",
                        node().bean(Keys.class).seal(KeyName.ADDRESS.text(), address.getBytes(StandardCharsets.UTF_8)))
                .param("id", id.value())
                .update();
        var buyer = new Buyer(name, address, id);
        buyers.add(buyer);
        return buyer;
    }

    // ---- what nodes are asked for

    final void act(String name, Runnable how) {
        around.apply(new Act(name, how)).run();
    }

    final void answered(Buyer buyer, String what) {
        answers.add(buyer.name + " " + what);
    }

    /** She wants one, and comes again with the same pass when she hears nothing. */
    void claim(Buyer buyer) {
        node().line().lookAgain();
        Entrances.Entrance entrance = node().bean(Entrances.class).enter(drop(), buyer.id);
        if (!(entrance instanceof Entrances.Entrance.Admitted admitted))
            throw new IllegalStateException(buyer.name + " is not let in: " + entrance);
        var heard = new ArrayList<Claiming>();
        act("claim", () -> {
            ClaimsByHand.Try made = node().claims().begin(admitted.pass(), admitted.next(), null, null);
            node().claims().write();
            Claiming answer = made.answer();
            if (answer == null || answer instanceof Claiming.Busy) throw new FaultTable.NotDone("nothing was heard");
            heard.add(answer);
        });
        Claiming last = heard.getLast();
        if (last instanceof Claiming.Claimed claimed)
            buyer.claim = claimed.claim().id();
        answered(buyer, last.code());
    }

    private static UUID claimOf(Buyer buyer) {
        return requireNonNull(buyer.claim);
    }

    /** @param said by which she gives up withdrawing; null: she did not tick it */
    void tick(Buyer buyer, @Nullable String said) {
        act("tick", () -> node().bean(Sales.class).waive(drop(), buyer.id, claimOf(buyer), said));
    }

    /** @return the page on which she pays; null: there is none */
    @Nullable
    String begins(Buyer buyer, Way way) {
        var paying = new ArrayList<Sales.Paying>();
        act(
                "pay",
                () -> paying.add(node().bean(Sales.class)
                        .pay(
                                drop(),
                                buyer.id,
                                claimOf(buyer),
                                way,
                                SimNode.BASE_URL,
                                "203.0.113.7",
                                null,
                                Locale.ENGLISH)));
        Sales.Paying last = paying.getLast();
        Started started = last instanceof Sales.Paying.Begun begun ? begun.started() : null;
        answered(
                buyer,
                last.code() + (started == null ? "" : " " + started.getClass().getSimpleName()));
        return started == null ? null : hosts.opened(started);
    }

    /** At the host, on a page of hers. @param what pay, late or decline */
    void atTheHost(Buyer buyer, @Nullable String page, String what) {
        answered(buyer, "at the host: " + what + (hosts.does(requireNonNull(page), what) ? "" : ", refused"));
    }

    /** What the hosts tell is brought; what is not heard comes again. */
    void hear() {
        hosts.quiet();
        for (OutsideHosts.Letter letter : hosts.letters()) {
            act("notice of " + letter.path().split("/")[2], () -> {
                NoticesByHand.Heard heard = node().notices().bring(letter.path(), letter.headers(), letter.body());
                if (heard.status() == 503) throw new FaultTable.NotDone(heard.what());
            });
        }
    }

    /** What the hosts told never arrives. */
    void hearNothing() {
        hosts.quiet();
        hosts.letters();
    }

    /** She holds one, pays for it at once, and it is heard of. @return the page on which she paid */
    @Nullable
    String buys(Buyer buyer, Way way) {
        claim(buyer);
        String page = begins(buyer, way);
        atTheHost(buyer, page, "pay");
        hear();
        return page;
    }

    void withdraws(Buyer buyer) {
        var heard = new ArrayList<SaleReturns.Withdrawing>();
        act(
                "withdraw",
                () -> heard.add(
                        node().bean(SaleReturns.class).withdraw(drop().id().brand(), buyer.id, claimOf(buyer))));
        answered(buyer, heard.getLast().code());
    }

    /** A colleague gives back a part for goodwill. */
    void goodwill(Buyer buyer, long minor) {
        givenBack.add(new GivenBack(paymentOf(buyer).value(), "goodwill", minor));
        back("goodwill", buyer, new Money(minor, PRICE.currency()));
    }

    /** A colleague gives all of it back, and the piece with it. */
    void givesAllBack(Buyer buyer) {
        back("give all back", buyer, PRICE);
    }

    private void back(String act, Buyer buyer, Money money) {
        PaymentId payment = paymentOf(buyer);
        act(act, () -> {
            SaleReturns.GivingBack answer =
                    node().bean(SaleReturns.class).giveBack(payment, money, "goodwill", "desk-" + act);
            if (!(answer instanceof SaleReturns.GivingBack.Done) && !(answer instanceof SaleReturns.GivingBack.Again))
                throw new IllegalStateException(answer.toString());
        });
    }

    private PaymentId paymentOf(Buyer buyer) {
        return new PaymentId(
                drop().id().brand(),
                ground.books
                        .sql("select payment_id from sales where claim_id = :claim")
                        .param("claim", claimOf(buyer))
                        .query(UUID.class)
                        .single());
    }

    /** A colleague has what did not arrive tried again. */
    void triesAgain(Buyer buyer) {
        PaymentId payment = paymentOf(buyer);
        act("try again", () -> {
            Payments payments = node().bean(Payments.class);
            for (Payments.RefundState refund : payments.refunds(payment))
                payments.refundAgain(payment.brand(), refund.refund());
        });
    }

    /** A colleague takes the piece of somebody whose bank gave her the money. */
    void takesBack(Buyer buyer) {
        PaymentId payment = paymentOf(buyer);
        act("take back", () -> node().bean(SaleReturns.class).takeBackDisputed(payment));
    }

    /** @return whether it has more to do */
    boolean work(String worker) {
        boolean[] more = new boolean[1];
        act(worker, () -> more[0] = node().job(worker).run());
        hosts.quiet();
        return more[0];
    }

    void work(String... workers) {
        for (String worker : workers) work(worker);
    }

    /** Whoever died with a host's answer left it to the next who asks, a moment later. */
    void askTwice() {
        work("payment-janitor");
        clock.move(Duration.ofMinutes(1));
        work("payment-janitor");
    }

    // ---- the end

    /** Until nothing is under way any more. */
    private void rest() {
        for (int hours = 0; hours < 30; hours++) {
            boolean more = true;
            for (int rounds = 0; more; rounds++) {
                if (rounds > 50) throw new IllegalStateException("the work does not come to an end");
                hear();
                more = false;
                for (String worker : WORKERS) more |= work(worker);
            }
            if (!SaleHours.somethingOpen(ground.books)) return;
            clock.move(Duration.ofHours(1));
        }
    }

    @Override
    public final List<Violation> violations() {
        return Stream.concat(
                        new Books(ground.database.pool()).audit().stream(),
                        new SaleHistory(ground.books, hosts.known(), givenBack).audit().stream())
                .toList();
    }

    /** What everybody was told, what is in her mail, what the rows say, and what the hosts have on their books. */
    @Override
    public final List<String> end() {
        List<String> end = new ArrayList<>(answers);
        end.addAll(ground.books.sql(ROWS).query(String.class).list());
        node().bean(Messages.class)
                .newest(100)
                .forEach(mail -> end.add("mail to " + mail.to().value() + ": " + mail.subject()));
        for (Trade trade : hosts.known())
            end.add("at " + trade.host() + " " + payer(trade.payment()) + " " + trade.amount() + " " + trade.currency()
                    + (trade.paid() ? " paid, back " + trade.refunded() : " not paid"));
        return end.stream().map(this::named).sorted().toList();
    }

    private String payer(UUID payment) {
        return ground.books
                .sql("select payer::text || ' ' || way from payments where payment_id = :payment")
                .param("payment", payment)
                .query(String.class)
                .optional()
                .orElse("nobody");
    }

    private String named(String line) {
        String named = line;
        for (Buyer buyer : buyers)
            named = named.replace(buyer.id.value().toString(), buyer.name).replace(buyer.address, buyer.name);
        return named;
    }

    /** A way that a host refused can be tried again; nobody sees how often. */
    private static final String ROWS = """
            select 'claim ' || collector_id || ' ' || nth || ' ' || coalesce(serial::text, 'held')
                || case when granted_at is null then '' else ' granted' end from claims
            union all
            select 'hold of ' || collector_id || ' is over' from claims_ended
            union all
            select 'waiver ' || w.said || ' ' || coalesce(c.collector_id, e.collector_id) || ' ' || (w.mail_id is not null)
                from waivers w left join claims c using (brand_id, claim_id) left join claims_ended e using (brand_id, claim_id)
            union all
            select distinct 'payment ' || payer || ' ' || way || ' ' || state || ' ' || amount || ' ' || currency
                || ', back ' || refunded || case when late then ', late' else '' end
                || case when taken_up_at is null then '' else ', taken up' end from payments
            union all
            select 'refund ' || p.payer || ' ' || p.way || ' ' || r.reason || ' ' || r.amount || ' ' || r.state
                || case when r.told_at is null then '' else ', told' end from refunds r join payments p using (brand_id, payment_id)
            union all
            select 'journal ' || kind || ' from ' || credit || ' to ' || debit || ' ' || currency || ' ' || sum(amount)
                || ' in ' || count(*) from money_journal group by kind, credit, debit, currency
            union all
            select 'sale ' || collector_id || ' ' || serial || ' ' || amount || ' ' || currency
                || case when told_at is null then '' else ', told' end from sales
            union all
            select 'dispute of ' || p.payer || ' ' || d.amount || ' ' || d.state from disputes d join payments p using (brand_id, payment_id)
            union all
            select 'undone ' || s.collector_id || ' ' || r.why from sale_returns r join sales s using (brand_id, claim_id)
            union all
            select 'place ' || place || ' of ' || collector_id from queue_arrivals
            union all
            select 'called ' || called || ' of ' || arrivals from queues
            union all
            select 'review of ' || collector_id || ' ' || reason || ' ' || coalesce(decision, '-') from claim_reviews
            union all
            select 'stage ' || taken || case when sold_out_at is null then '' else ' sold out' end from drop_stages
            union all
            select 'stock ' || available || ' ' || held || ' ' || granted || ' ' || last_serial from stock
            union all
            select 'drawer ' || serial from returned_serials
            union all
            select 'piece ' || serial || ' ' || state || ' ' || coalesce(owner_id::text, '-') from pieces
            union all
            select 'showroom ' || collector_id || ' ' || serial from collector_pieces
            union all
            select 'records ' || kind || ' ' || count(*) from piece_records group by kind
            union all
            select 'events ' || type || ' ' || count(*) from events group by type
            union all
            select 'log ' || size || ' ' || signed_size from logs
            union all
            select 'bill ' || gateway || ' ' || day || ' ' || lines || ' ' || agreed from reconciliations
            union all
            select 'differs ' || gateway || ' ' || day || ' ' || reason || ' ' || coalesce(ours::text, '-') || ' '
                || coalesce(theirs::text, '-') || ' ' || currency from reconciliation_differences
            """;
}
