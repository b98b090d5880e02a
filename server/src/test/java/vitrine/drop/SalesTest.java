package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Currency;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.drop.Sales.Paying;
import vitrine.drop.Sales.Sale;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.Money;

/** A drop with a price: nobody is charged without a unit, and no unit goes unpaid. */
class SalesTest {

    private PayTown town;
    private Saleroom room;
    private CollectorId ada;
    private CollectorId bo;

    @BeforeEach
    void aDropOfTwo() {
        town = new PayTown();
        room = new Saleroom(town, "moonrise", 2);
        ada = room.somebody("ada");
        bo = room.somebody("bo");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void whoPaysInTimeHasANumberedPieceAndTheBooksHaveTheMoney(Way way) throws Exception {
        room.opens(way);
        Claim held = room.claims(ada, 1);
        assertThat(held.serial()).as("no number before the money").isNull();
        town.pays(room.begins(ada, held, way));
        town.drain();
        assertThat(room.sale(ada, held).serial()).isEqualTo(1);
        assertThat(room.stock()).isEqualTo(new Stock(2, 1, 0, 1, 0, 0, 1));
        assertThat(room.pays(ada, held, way)).as("paid once is enough").isEqualTo(new Paying.Sold(1));
        assertThat(town.balances(room.lumen).values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isZero();
        assertThat(room.sold()).isEqualTo(1);
    }

    @Test
    void whoLetsItBeGivesUnitAndLimitBackOnlyAfterTheGatewayClosedThePayment() throws Exception {
        room.opens(Way.ALIPAY_PAGE);
        Claim held = room.claims(ada, 1);
        town.opened(room.begins(ada, held, Way.ALIPAY_PAGE));
        town.goesWrong("{\"away\": true}");
        town.later(Saleroom.HOLD.plusSeconds(1));
        assertThat(room.stock()).as("nobody knows whether she paid").isEqualTo(new Stock(2, 1, 1, 0, 0, 0, 0));
        assertThat(room.pays(ada, held, Way.ALIPAY_PAGE)).isEqualTo(new Paying.TooLate());
        town.goesWrong("{\"away\": false}");
        town.later(Duration.ofSeconds(10));
        assertThat(room.stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
        assertThat(room.sale(ada, held).ended()).isTrue();
        assertThat(room.claims(ada, 2).nth()).as("her limit came back with it").isEqualTo(1);
    }

    @Test
    void aGatewayThatHangsKeepsNobodyElsesUnit() throws Exception {
        room.opens(Way.ALIPAY_PAGE);
        town.opened(room.begins(ada, room.claims(ada, 1), Way.WECHAT_NATIVE));
        town.opened(room.begins(bo, room.claims(bo, 1), Way.ALIPAY_PAGE));
        town.goesWrong("{\"host\": \"wechat\", \"slowMillis\": 12000}");
        town.clock.advance(Saleroom.HOLD.plusSeconds(1));
        SaleEnds ends = town.server.bean(SaleEnds.class);
        Thread round = Thread.ofVirtual().start(ends::run);
        while (round.isAlive() && Integer.valueOf(0).equals(room.stock().available())) Thread.sleep(20);
        assertThat(round.isAlive()).as("WeChat has not answered so far").isTrue();
        assertThat(room.stock()).as("and Bo's is free").isEqualTo(new Stock(2, 1, 1, 0, 0, 0, 0));
        town.goesWrong("{\"host\": \"\", \"slowMillis\": 0}");
        round.join();
        town.later(Duration.ofSeconds(20));
        assertThat(room.stock().available()).isEqualTo(2);
    }

    @Test
    void aGatewayThatGivesNoAnswerIsNotAskedForEveryHold() throws Exception {
        Saleroom large = new Saleroom(town, "dusk", 5);
        large.opens(Way.ALIPAY_PAGE);
        for (int i = 0; i < 5; i++) {
            CollectorId one = large.somebody("one-" + i);
            town.opened(large.begins(one, large.claims(one, 1), Way.ALIPAY_PAGE));
        }
        town.goesWrong("{\"unansweredNext\": 50}");
        town.clock.advance(Saleroom.HOLD.plusSeconds(1));
        SaleEnds ends = town.server.bean(SaleEnds.class);
        ends.run();
        ends.run();
        assertThat(town.left("unansweredNext"))
                .as("two at once, and then no more")
                .isGreaterThanOrEqualTo(48);
        assertThat(large.stock().available()).isZero();
        town.goesWrong("{\"unansweredNext\": 0}");
        town.later(Duration.ofSeconds(20));
        assertThat(large.stock().available()).isEqualTo(5);
    }

    @Test
    void aHoldThatCannotBeEndedKeepsNobodyElsesUnit() throws Exception {
        room.opens(Way.ALIPAY_PAGE);
        town.opened(room.begins(ada, room.claims(ada, 1), Way.ALIPAY_PAGE));
        town.opened(room.begins(bo, room.claims(bo, 1), Way.ALIPAY_PAGE));
        town.db()
                .sql("update payments set currency = 'ZZZ' where payer = :ada") // as nobody can read it
                .param("ada", ada.value())
                .update();
        town.clock.advance(Saleroom.HOLD.plusSeconds(1));
        town.server.bean(SaleEnds.class).run();
        assertThat(room.stock()).isEqualTo(new Stock(2, 1, 1, 0, 0, 0, 0));
    }

    @Test
    void moneyThatCannotBeTakenUpKeepsNobodyElsesPiece() throws Exception {
        room.opens(Way.ALIPAY_PAGE);
        town.pays(room.begins(ada, room.claims(ada, 1), Way.ALIPAY_PAGE));
        town.pays(room.begins(bo, room.claims(bo, 1), Way.ALIPAY_PAGE));
        town.db()
                .sql("update payments set currency = 'ZZZ' where payer = :ada") // as nobody can read it
                .param("ada", ada.value())
                .update();
        SalesTaken taken = town.server.bean(SalesTaken.class);
        assertThat(taken.run()).isTrue();
        assertThat(room.sold()).as("Bo's, and hers is put off").isEqualTo(1);
        assertThat(taken.run()).isFalse();
        town.db().sql("update payments set currency = 'CNY'").update();
        town.later(Duration.ofMinutes(2));
        assertThat(room.sold()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aUnitStaysHeldWhileItsPayerIsPaying(Way way) throws Exception {
        room.opens(way);
        Claim held = room.claims(ada, 1);
        Started begun = room.begins(ada, held, way);
        town.opened(begun);
        town.goesWrong("{\"payerBusyNext\": 1, \"dropNext\": 1}");
        town.clock.advance(Saleroom.HOLD.plusSeconds(1));
        town.server.bean(SaleEnds.class).run();
        assertThat(room.stock()).as("refused to close").isEqualTo(new Stock(2, 1, 1, 0, 0, 0, 0));
        town.does(begun, "pay");
        for (int n = 0; n < 2; n++) town.later(Duration.ofSeconds(10));
        assertThat(room.sale(ada, held).serial())
                .as("whose money was under way")
                .isEqualTo(1);
        assertThat(room.stock().granted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE"})
    void anAnswerThatSomebodyElseSignedFreesNothing(Way way) throws Exception {
        room.opens(way);
        Claim held = room.claims(ada, 1);
        town.opened(room.begins(ada, held, way));
        town.goesWrong("{\"badAnswerNext\": 1}");
        town.clock.advance(Saleroom.HOLD.plusSeconds(1));
        town.server.bean(SaleEnds.class).run();
        assertThat(town.left("badAnswerNext")).isZero();
        assertThat(room.stock()).isEqualTo(new Stock(2, 1, 1, 0, 0, 0, 0));
        town.later(Duration.ofSeconds(20));
        assertThat(room.stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
    }

    @Test
    void whoNeverBeganToPayNeedsNoGatewayToGiveTheUnitBack() throws Exception {
        room.opens(Way.ALIPAY_PAGE);
        room.claims(ada, 1);
        town.goesWrong("{\"away\": true}");
        town.later(Saleroom.HOLD.plusSeconds(1));
        assertThat(room.stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void whoPaidInTheLastMomentHasItThoughNobodySaidSo(Way way) throws Exception {
        room.opens(way);
        Claim held = room.claims(ada, 1);
        Started begun = room.begins(ada, held, way);
        town.goesWrong("{\"dropNext\": 1}"); // the callback is lost
        town.pays(begun);
        town.later(Saleroom.HOLD.plusSeconds(1));
        town.drain();
        assertThat(room.sale(ada, held).serial()).isEqualTo(1);
        assertThat(room.stock().granted()).isEqualTo(1);
    }

    /** With Alipay, whose notices have no age: the server's clock is ahead of the sandbox's here. */
    @Test
    void moneyThatComesAgainstAGatewaysWordGoesBackByItself() throws Exception {
        Way way = Way.ALIPAY_PAGE;
        room.opens(way);
        Claim held = room.claims(ada, 1);
        Started begun = room.begins(ada, held, way);
        town.opened(begun);
        town.later(Saleroom.HOLD.plusSeconds(1));
        assertThat(room.stock().available()).as("closed, so the unit is free").isEqualTo(2);
        town.does(begun, "late");
        town.later(Duration.ofSeconds(30));
        Sale over = room.sale(ada, held);
        assertThat(over.serial()).isNull();
        assertThat(over.returned())
                .hasValueSatisfying(back -> assertThat(back.refunded()).isEqualTo(Saleroom.price(way)));
        assertThat(room.stock()).isEqualTo(new Stock(2, 2, 0, 0, 0, 0, 0));
        assertThat(room.sold()).isZero();
    }

    @Test
    void whoChangesHerMindHowToPayPaysForTheSameHoldAndOnlyOnce() throws Exception {
        room.opens(Way.ALIPAY_PAGE);
        Claim held = room.claims(ada, 1);
        Started first = room.begins(ada, held, Way.WECHAT_NATIVE);
        town.opened(first);
        Started second = room.begins(ada, held, Way.ALIPAY_PAGE);
        town.pays(second);
        town.drain();
        town.does(first, "late"); // and the other one as well
        town.later(Duration.ofSeconds(30));
        Sale sale = room.sale(ada, held);
        assertThat(sale.serial()).isEqualTo(1);
        assertThat(sale.tries()).hasSize(2);
        assertThat(sale.tries().getFirst().refunded())
                .as("the second time comes back")
                .isEqualTo(Saleroom.price(Way.ALIPAY_PAGE));
        assertThat(sale.tries().getLast().refunded().minor()).isZero();
        assertThat(room.sold()).isEqualTo(1);
    }

    @Test
    void nobodyPaysForWhatSomebodyElseHolds() {
        room.opens(Way.ALIPAY_PAGE);
        Claim held = room.claims(ada, 1);
        assertThat(room.pays(bo, held, Way.ALIPAY_PAGE)).isEqualTo(new Paying.NotHeld());
    }

    @Test
    void inTheLastMomentNobodyBeginsToPay() {
        room.opens(Way.ALIPAY_PAGE);
        Claim held = room.claims(ada, 1);
        town.clock.advance(Saleroom.HOLD.minusSeconds(115));
        assertThat(room.pays(ada, held, Way.ALIPAY_PAGE)).isEqualTo(new Paying.TooLate());
    }

    @Test
    void aHoldInWhichNobodyCouldPayIsNotPublished() {
        StageDraft it = room.stage(Saleroom.price(Way.ALIPAY_PAGE));
        StageDraft brief = new StageDraft(
                        null,
                        it.name(),
                        it.collectible(),
                        it.opensAt(),
                        it.closesAt(),
                        null,
                        1,
                        "everyone",
                        null,
                        2,
                        "free",
                        false,
                        false)
                .at(Saleroom.price(Way.ALIPAY_PAGE));
        assertThat(town.server
                        .bean(DropPlans.class)
                        .check(room.lumen, new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(brief))))
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.hold-too-short-to-pay");
    }

    @Test
    void aPriceThatNobodyCanTakeIsNotPublished() {
        StageDraft stage = room.stage(new Money(9_900, Currency.getInstance("KWD")));
        assertThat(town.server
                        .bean(DropPlans.class)
                        .check(room.lumen, new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(stage))))
                .extracting(DropPlans.Problem::code)
                .containsExactly("drop.nobody-takes-money");
    }

    @Test
    void aPriceBelowWhatAnybodyTakesIsNotPublishedAndTheLeastIsNamed() {
        StageDraft stage = room.stage(new Money(49, Currency.getInstance("EUR")));
        assertThat(town.server
                        .bean(DropPlans.class)
                        .check(room.lumen, new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(stage))))
                .containsExactly(new DropPlans.Problem("drop.price-too-small-to-pay", "stages[0].price", "EUR 0.50"));
    }
}
