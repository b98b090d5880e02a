package vitrine.simulate;

import java.time.Duration;
import java.util.List;
import vitrine.payment.Way;
import vitrine.simulate.FaultTable.Step;

/** The ways that a payment can go, each as a story of its own, with every transaction on it. */
final class SaleStories {

    private SaleStories() {}

    static List<SaleStory> all(Ground ground) {
        return List.of(new Bought(ground), new LetGo(ground), new FoundOut(ground), new GivenBack(ground));
    }

    /** Three pay, each at another host; the first is declined and takes another way. */
    static final class Bought extends SaleStory {

        Bought(Ground ground) {
            super(ground, 3);
        }

        @Override
        public List<Step> steps() {
            return List.of(
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
        }

        @Override
        void tell() {
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

        LetGo(Ground ground) {
            super(ground, 1);
        }

        @Override
        public List<Step> steps() {
            return List.of(
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
        }

        @Override
        void tell() {
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

    /** What the hosts told never came: one is found out by asking, one by closing; one pays twice, and one way is refused. */
    static final class FoundOut extends SaleStory {

        FoundOut(Ground ground) {
            super(ground, 3);
        }

        @Override
        public List<Step> steps() {
            return List.of(
                    new Step("find out by asking", "payment-janitor", "state = 'paid'"),
                    new Step("keep that a host refused", "pay", "update payments set state = ?"),
                    new Step("hear of one try while another is open", "notice of wechat", "set close_wanted_at = coalesce"),
                    new Step("give a second payment back", "drop.sales", "insert into refunds"),
                    new Step("find out by closing", "drop.sale-ends", "state = 'paid'"));
        }

        @Override
        void tell() {
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

    /** Three bought: one withdraws, one gets a part for goodwill; the next morning the hosts' bills know of a payment that we do not. */
    static final class GivenBack extends SaleStory {

        GivenBack(Ground ground) {
            super(ground, 3);
        }

        @Override
        public List<Step> steps() {
            return List.of(
                    new Step("give a part back", "goodwill", "insert into refunds"),
                    new Step("withdraw", "withdraw", "insert into refunds"),
                    new Step("book a fee", "payment-bills", "insert into money_journal"),
                    new Step("ask about what only a bill knows", "payment-bills", "update payments set ask_at"),
                    new Step("keep how a day agreed", "payment-bills", "insert into reconciliations"));
        }

        @Override
        void tell() {
            Buyer ada = somebody("ada");
            Buyer bo = somebody("bo");
            Buyer cai = somebody("cai");
            buys(ada, Way.STRIPE_CARD);
            buys(bo, Way.WECHAT_NATIVE);
            claim(cai);
            String page = begins(cai, Way.ALIPAY_PAGE);
            work("drop.sales", "drop.grants");
            goodwill(ada, 1_000);
            withdraws(bo);
            work("refunds");
            clock.move(HOLD);
            work("drop.sale-ends");
            atTheHost(cai, page, "late");
            hearNothing();
            clock.move(Duration.ofHours(23)); // every bill of that day is written
            work("payment-bills");
            askTwice();
        }
    }
}
