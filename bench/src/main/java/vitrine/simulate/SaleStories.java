package vitrine.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import vitrine.drop.Entrances;
import vitrine.drop.Reviews;
import vitrine.drop.Stage;
import vitrine.payment.Way;
import vitrine.simulate.FaultTable.Step;

/** The ways that a payment can go, each as a story of its own, with every transaction on it. */
final class SaleStories {

    private SaleStories() {}

    static List<SaleStory> all(Ground ground) {
        return List.of(
                new Bought(ground), new LetGo(ground), new FoundOut(ground), new GivenBack(ground), new InLine(ground));
    }

    static List<Step> steps() {
        return Stream.of(Bought.STEPS, LetGo.STEPS, FoundOut.STEPS, GivenBack.STEPS, InLine.STEPS)
                .flatMap(List::stream)
                .toList();
    }

    /** Three pay, each at another host; the first is declined and takes another way. */
    static final class Bought extends SaleStory {

        static final List<Step> STEPS = List.of(
                new Step("hold", "claim", "insert into claims ("),
                new Step("give up withdrawing", "tick", "insert into waivers"),
                new Step("keep withdrawing after all", "tick", "delete from waivers"),
                new Step("write a payment down", "pay", "insert into payments"),
                new Step("keep what the host showed", "pay", "state = 'open'"),
                new Step("hear of a declined card", "notice of stripe", "insert into payment_notices"),
                new Step("want the earlier try closed", "pay", "set close_wanted_at = coalesce"),
                new Step("ask about it", "payment-janitor", "set asked = asked + 1"),
                new Step("close the earlier try", "payment-janitor", "update payments set state = ?"),
                new Step("hear of money from Alipay", "notice of alipay", "state = 'paid'"),
                new Step("hear of money from WeChat", "notice of wechat", "state = 'paid'"),
                new Step("hear of money from Stripe", "notice of stripe", "state = 'paid'"),
                new Step("number what was paid", "drop.sales", "insert into sales ("),
                new Step("grant the piece", "drop.grants", "insert into pieces"),
                new Step("write about the sale", "drop.sale-mails", "update sales set told_at"),
                new Step("begin to number events", "event-sequencer", "insert into event_heads"),
                new Step("begin to read events", "collector-pieces", "insert into event_cursors"),
                new Step("show it in her rooms", "collector-pieces", "insert into collector_pieces"));

        static final List<Step> CUTS = List.of(
                new Step("the earlier try is closed in another transaction", "pay", "set close_wanted_at = coalesce"),
                new Step("money is heard of before it is booked", "notice of alipay", "insert into money_journal"),
                new Step("a number is given before its sale", "drop.sales", "insert into sales ("),
                new Step("a piece is granted before its claim knows", "drop.grants", "update claims set granted_at"),
                new Step("a mail is written before its sale knows", "drop.sale-mails", "update sales set told_at"));

        Bought(Ground ground) {
            super(ground, STEPS, CUTS, 3, Stage.Mode.RACE);
        }

        @Override
        void tell() {
            opens();
            Buyer ada = somebody("ada");
            claim(ada);
            tick(ada, "I give it up.");
            String card = begins(ada, Way.STRIPE_CARD);
            atTheHost(ada, card, "decline");
            hear();
            tick(ada, null);
            String alipay = begins(ada, Way.ALIPAY_PAGE);
            askTwice();
            atTheHost(ada, card, "pay"); // it is closed
            hear();
            atTheHost(ada, alipay, "pay");
            hear();
            Buyer bo = somebody("bo");
            claim(bo);
            tick(bo, "I give it up, too.");
            atTheHost(bo, begins(bo, Way.WECHAT_NATIVE), "pay");
            hear();
            buys(somebody("cai"), Way.STRIPE_CARD);
            work("drop.sales", "drop.grants", "drop.sale-mails");
        }
    }

    /** The last piece is held and not paid; the host is away when the hold ends. The next one gets it, and then the money comes. */
    static final class LetGo extends SaleStory {

        static final List<Step> STEPS = List.of(
                new Step("begin to end a hold", "drop.sale-ends", "update claims k set close_at"),
                new Step("want its payment closed", "drop.sale-ends", "set close_wanted_at = ?"),
                new Step("come again to a host that is away", "drop.sale-ends", "update claims set close_at"),
                new Step("close its payment", "drop.sale-ends", "update payments set state = ?"),
                new Step("free the unit", "drop.sale-ends", "delete from claims"),
                new Step("hear of late money", "notice of wechat", "state = 'paid'"),
                new Step("give late money back", "drop.sales", "insert into refunds"),
                new Step("ask for a refund", "refunds", "set tries = tries + 1"),
                new Step("keep that it is under way", "refunds", "update refunds set state = ?"),
                new Step("book what went back", "refunds", "state = 'done'"),
                new Step("write about a refund", "drop.sale-mails", "update refunds set told_at"));

        static final List<Step> CUTS = List.of(
                new Step("a hold is over before its unit is free", "drop.sale-ends", "update drop_stages set taken"),
                new Step("money goes back before it is owed", "drop.sales", "insert into money_journal"),
                new Step("a refund is done before it is booked", "refunds", "insert into money_journal"),
                new Step("a mail is written before its refund knows", "drop.sale-mails", "update refunds set told_at"));

        LetGo(Ground ground) {
            super(ground, STEPS, CUTS, 1, Stage.Mode.RACE);
        }

        @Override
        void tell() {
            opens();
            Buyer ada = somebody("ada");
            Buyer bo = somebody("bo");
            claim(ada);
            String page = begins(ada, Way.WECHAT_NATIVE);
            claim(bo); // all are held
            clock.move(HOLD);
            hosts.goWrong("{\"away\": true}");
            work("drop.sale-ends");
            hosts.goWrong("{\"away\": false}");
            clock.move(Duration.ofMinutes(1));
            work("drop.sale-ends");
            clock.move(Duration.ofSeconds(10)); // what failed comes again by itself
            work("drop.sale-ends");
            atTheHost(ada, page, "pay"); // it is closed
            buys(bo, Way.STRIPE_CARD);
            work("drop.sales");
            atTheHost(ada, page, "late");
            hear();
            work("drop.sales");
            hosts.goWrong("{\"refundsPend\": true}");
            work("refunds");
            work("drop.sale-mails");
            clock.move(Duration.ofHours(1));
            work("refunds");
        }
    }

    /**
     * An answer is lost, and what was told never came: an end is told of, one payment is found out by asking and one by closing; one pays
     * twice, and one way is refused.
     */
    static final class FoundOut extends SaleStory {

        static final List<Step> STEPS = List.of(
                new Step("hear of an end", "notice of stripe", "update payments set state = ?"),
                new Step("find out by asking", "payment-janitor", "state = 'paid'"),
                new Step("keep that a host refused", "pay", "update payments set state = ?"),
                new Step("hear of one try while another is open", "notice of wechat", "set close_wanted_at = coalesce"),
                new Step("give a second payment back", "drop.sales", "insert into refunds"),
                new Step("find out by closing", "drop.sale-ends", "state = 'paid'"));

        static final List<Step> CUTS = List.of(new Step(
                "what was asked for is heard of before it is booked", "payment-janitor", "insert into money_journal"));

        FoundOut(Ground ground) {
            super(ground, STEPS, CUTS, 4, Stage.Mode.RACE);
        }

        @Override
        void tell() {
            opens();
            Buyer dai = somebody("dai");
            claim(dai);
            begins(dai, Way.STRIPE_CARD);
            String other = begins(dai, Way.WECHAT_NATIVE);
            hosts.goWrong("{\"unansweredNext\": 1}");
            work("payment-janitor"); // the host closed the card's, and nobody hears its answer
            hear();
            atTheHost(dai, other, "pay");
            hear();
            Buyer ada = somebody("ada");
            claim(ada);
            atTheHost(ada, begins(ada, Way.STRIPE_CARD), "pay");
            hearNothing();
            clock.move(Duration.ofMinutes(2));
            askTwice();
            Buyer bo = somebody("bo");
            claim(bo);
            String wechat = begins(bo, Way.WECHAT_NATIVE);
            String alipay = begins(bo, Way.ALIPAY_WAP);
            atTheHost(bo, wechat, "pay");
            atTheHost(bo, alipay, "pay");
            hear();
            work("drop.sales");
            Buyer cai = somebody("cai");
            claim(cai);
            begins(cai, Way.WECHAT_JSAPI); // nobody knows who she is inside WeChat
            atTheHost(cai, begins(cai, Way.ALIPAY_PAGE), "pay");
            hearNothing();
            clock.move(HOLD);
            work("drop.sale-ends");
            work("drop.sales");
            work("refunds");
        }
    }

    /**
     * One gets a part back for goodwill, and the rest when she withdraws, as another one does; the staff give a third all of it, which does
     * not arrive and is tried again; a fourth's bank takes the money, and her piece comes back. The next morning a host's bill knows of a
     * payment that we do not.
     */
    static final class GivenBack extends SaleStory {

        static final List<Step> STEPS = List.of(
                new Step("hear again from Alipay", "notice of alipay", "insert into payment_notices"),
                new Step("give a part back", "goodwill", "insert into refunds"),
                new Step("withdraw", "withdraw", "insert into refunds"),
                new Step("give all back", "give all back", "insert into sale_returns"),
                new Step("hear that a refund failed", "notice of stripe", "update refunds set state = 'failed'"),
                new Step("try a refund again", "try again", "update refunds set state = 'again'"),
                new Step("hear of a dispute", "notice of stripe", "insert into disputes"),
                new Step("take a disputed piece back", "take back", "insert into sale_returns"),
                new Step("book a fee", "payment-bills", "insert into money_journal"),
                new Step("ask about what only a bill knows", "payment-bills", "update payments set ask_at"),
                new Step("keep how a day agreed", "payment-bills", "insert into reconciliations"));

        static final List<Step> CUTS = List.of(
                new Step("a part goes back before it is owed", "goodwill", "insert into money_journal"),
                new Step("a piece comes back before its sale knows", "withdraw", "insert into sale_returns"),
                new Step("all goes back before its sale knows", "give all back", "insert into sale_returns"),
                new Step(
                        "a day is done before its differences",
                        "payment-bills",
                        "insert into reconciliation_differences"));

        GivenBack(Ground ground) {
            super(ground, STEPS, CUTS, 5, Stage.Mode.RACE);
        }

        @Override
        void tell() {
            opens();
            Buyer ada = somebody("ada");
            Buyer bo = somebody("bo");
            Buyer cai = somebody("cai");
            buys(ada, Way.STRIPE_CARD);
            buys(bo, Way.WECHAT_NATIVE);
            Buyer dan = somebody("dan");
            String dansPage = buys(dan, Way.STRIPE_CARD);
            Buyer eve = somebody("eve");
            String evesPage = buys(eve, Way.STRIPE_CARD);
            claim(cai);
            String page = begins(cai, Way.ALIPAY_PAGE);
            work("drop.sales", "drop.grants");
            goodwill(ada, 1_000);
            withdraws(bo);
            withdraws(ada); // what is left of it
            givesAllBack(dan);
            work("refunds");
            atTheHost(dan, dansPage, "refund-fails");
            hear();
            triesAgain(dan);
            work("refunds");
            atTheHost(eve, evesPage, "dispute");
            hear();
            atTheHost(eve, evesPage, "dispute-lost");
            hear();
            takesBack(eve);
            clock.move(HOLD);
            work("drop.sale-ends");
            atTheHost(cai, page, "late");
            hearNothing();
            clock.move(Duration.ofHours(23)); // every bill of that day is written
            work("payment-bills");
            askTwice();
        }
    }

    /** Two stand in line for one piece: a colleague refuses the first while she could still pay, so the second is called, and pays; then he refuses her, too. */
    static final class InLine extends SaleStory {

        static final List<Step> STEPS = List.of(
                new Step("come into line", "come", "insert into queue_arrivals"),
                new Step("close the list", "drop.lists", "update queues set closed_at"),
                new Step("draw the lot", "drop.lots", "update queues set drawn_at"),
                new Step("call the first", "drop.calls", "insert into queue_calls"),
                new Step("call the next", "drop.calls, once more", "insert into queue_calls"),
                new Step("read events that show nothing", "collector-pieces", "update event_cursors"),
                new Step("doubt a claim", "doubt", "insert into claim_reviews"),
                new Step("refuse what is held", "refuse", "set hold_until = least"),
                new Step("write that somebody looks at it", "drop.sale-mails", "update sales set held_told_at"),
                new Step("refuse what was paid", "refuse", "insert into refunds"));

        static final List<Step> CUTS = List.of(
                new Step("a list is in the log before it is closed", "drop.lists", "update queues set closed_at"),
                new Step("a claim is refused before its unit is free", "refuse", "update drop_stages set taken"));

        InLine(Ground ground) {
            super(ground, STEPS, CUTS, 1, Stage.Mode.QUEUE);
        }

        @Override
        void tell() {
            Buyer ada = somebody("ada");
            Buyer bo = somebody("bo");
            comes(ada);
            comes(bo);
            opens();
            work("drop.lists");
            work("log-seal", "log-sign"); // no later than that
            clock.move(Duration.ofMinutes(2)); // the round is known
            work("drop.lots");
            // The lot may fall otherwise each time: from here on they are who they are by it.
            Buyer first = place(ada) == 1 ? ada : bo;
            Buyer second = first == ada ? bo : ada;
            first.name = "the first";
            second.name = "the second";
            work("drop.calls");
            claim(first);
            String page = begins(first, Way.WECHAT_NATIVE);
            doubts();
            refuses(first);
            work("drop.sale-ends");
            atTheHost(first, page, "pay"); // it is closed
            clock.move(Duration.ofMinutes(2));
            act("drop.calls, once more", () -> node().job("drop.calls").run());
            buys(second, Way.STRIPE_CARD);
            work("drop.sales");
            work("drop.grants"); // nothing, as long as she is doubted
            work("drop.sale-mails"); // she hears so
            refuses(second);
        }

        private void comes(Buyer buyer) {
            var heard = new ArrayList<Entrances.Coming>();
            act("come", () -> {
                Entrances.Coming coming = node().line().come(drop(), buyer.id, node().wire()::isDead);
                if (coming == null || coming.code().equals("drop.busy"))
                    throw new FaultTable.NotDone("nothing was heard");
                heard.add(coming);
            });
            answered(buyer, heard.getLast().code());
        }

        private int place(Buyer buyer) {
            return ground.books
                    .sql("select place from queue_arrivals where collector_id = :who")
                    .param("who", buyer.id.value())
                    .query(Integer.class)
                    .single();
        }

        private void doubts() {
            act("doubt", () -> node().bean(Reviews.class)
                    .holdYoung(drop().id(), drop().stages().getFirst(), Duration.ofDays(30)));
        }

        private void refuses(Buyer buyer) {
            // She has answered, so it need not wait until tomorrow.
            ground.books
                    .sql(
                            "update claim_reviews set appeal = 'I.', appealed_at = held_at where collector_id = :who and appeal is null")
                    .param("who", buyer.id.value())
                    .update();
            act("refuse", () -> node().bean(Reviews.class).refuse(drop(), buyer.id));
        }
    }
}
