package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.at;
import static vitrine.campaign.Stage.day;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.util.List;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.Verdict;
import vitrine.drop.Stock;
import vitrine.proof.Json;
import vitrine.shop.Order;

/** A paid order becomes a piece, and follows its order until then and after. */
class GiftsTest {

    private final Stage stage = Stage.of(10);

    @Test
    void anOrderThatIsPaidHoldsAPieceAndThatIsReceivedBecomesOne() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(39_900));
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
        assertThat(stage.verdict(1)).isEqualTo(new Verdict.Counted(1, 1, null));
        assertThat(stage.stock()).isEqualTo(new Stock(10, 9, 1, 0, 0, 0, 0));

        stage.hear(stage.again(1, "ada").lamp(39_900).received());
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 ripe");
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 granted");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 9, 0, 1, 0, 0, 1));
    }

    @Test
    void whatIsReceivedWhenItIsFirstHeardOfHasItsPieceAtOnceAndTheNextInLineWaits() {
        stage.anyLamp();
        for (int buyer = 1; buyer <= 11; buyer++) {
            stage.hear(stage.order(buyer, "buyer " + buyer).lamp(39_900).received());
        }
        assertThat(stage.entitlements("buyer 1")).containsExactly("order:k1#1 granted");
        assertThat(stage.entitlements("buyer 10")).containsExactly("order:k10#1 granted");
        assertThat(stage.entitlements("buyer 11")).containsExactly("order:k11#1 waiting");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 0, 0, 10, 0, 0, 10));
        // Nothing is left for the workers to give.
        stage.drain();
        assertThat(stage.stock()).isEqualTo(new Stock(10, 0, 0, 10, 0, 0, 10));
    }

    @Test
    void theWaitIsCountedInWorkingDaysFromReceipt() {
        stage.publish("moonrise-nights", waiting(7));
        stage.hear(stage.order(1, "ada").lamp(39_900));
        stage.hear(stage.again(1, "ada").lamp(39_900).received(at("2026-06-11T18:00")));
        // Thursday 11 June: the Dragon Boat holiday of 19 to 21 June is not waited through.
        stage.clock.moveTo(at("2026-06-23T23:59"));
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
        stage.clock.moveTo(at("2026-06-24T00:00"));
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 granted");
    }

    @Test
    void aReturnBeforeTheWaitIsOverFreesTheUnit() {
        stage.clock.moveTo(day(1));
        stage.publish("moonrise-nights", waiting(7));
        stage.hear(stage.order(1, "ada").lamp(39_900).received());
        stage.hear(stage.again(1, "ada").lamp(39_900).received().cancelled());
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 lapsed");
        assertThat(stage.verdict(1)).isEqualTo(new Verdict.Cancelled(day(1)));
        assertThat(stage.stock()).isEqualTo(new Stock(10, 10, 0, 0, 0, 0, 0));
        stage.clock.moveTo(at("2026-07-30T00:00"));
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 lapsed");
    }

    @Test
    void aReturnThatArrivesWithTheLastDayIsSeenBeforeThePieceIsGiven() {
        stage.clock.moveTo(day(1));
        stage.publish("moonrise-nights", waiting(1));
        stage.hear(stage.order(1, "ada").lamp(39_900).received());
        // The shop's message is in, and its match has not run when the waiting time is over.
        stage.tell(
                stage.lumen,
                stage.again(1, "ada").lamp(39_900).received().cancelled().paid());
        stage.clock.moveTo(at("2026-07-30T00:00"));
        stage.run("entitlements-ripen");
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 lapsed");
    }

    @Test
    void aReturnAfterTheGrantTakesTheUnopenedPieceBackUnderItsSerial() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(39_900).received());
        stage.drain();
        stage.hear(stage.again(1, "ada").lamp(39_900).received().cancelled());
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 revoked");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 10, 0, 0, 0, 0, 1));
        stage.hear(stage.order(2, "bo").lamp(39_900).received());
        stage.drain();
        assertThat(stage.serials("bo")).containsExactly(1);
    }

    @Test
    void anOpenedPieceStaysAndCountsAgainstTheNextGift() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(39_900).received());
        stage.drain();
        stage.open(1);
        stage.hear(stage.again(1, "ada").lamp(39_900).received().cancelled());
        stage.hear(stage.order(2, "ada").lamp(39_900).received());
        stage.hear(stage.order(3, "ada").lamp(39_900).received());
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 kept", "order:k3#1 granted");
        assertThat(stage.verdict(2)).isEqualTo(new Verdict.SettlesKept(1, 0, 1));
    }

    @Test
    void aSumGrowsOverOrdersAndShrinksWithReturns() {
        stage.sumOf300();
        stage.hear(stage.order(1, "ada").lamp(15_000).received());
        stage.hear(stage.order(2, "bo").lamp(15_000).received());
        stage.hear(stage.order(3, "ada").lamp(15_000).received());
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 granted");
        assertThat(stage.entitlements("bo")).isEmpty();
        stage.hear(stage.again(1, "ada").line("lamp", 1, 15_000, 100).received());
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 revoked");
        stage.hear(stage.order(4, "ada").lamp(15_000).received());
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 revoked", "sum#2 granted");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 9, 0, 1, 0, 0, 1));
    }

    @Test
    void theSameMessageAgainChangesNothing() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(39_900).received());
        stage.drain();
        Stock before = stage.stock();
        stage.hear(stage.again(1, "ada").lamp(39_900).received());
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 granted");
        assertThat(stage.stock()).isEqualTo(before);
        assertThat(stage.count("verdict_history")).isZero();
    }

    @Test
    void anOlderStateOfAnOrderNeverOverwritesANewerOne() {
        stage.anyLamp();
        Order paid = stage.order(1, "ada").lamp(39_900).paid();
        Order cancelled = stage.again(1, "ada").lamp(39_900).cancelled().paid();
        stage.judge(stage.lumen, cancelled);
        stage.judge(stage.lumen, paid);
        assertThat(stage.entitlements("ada")).isEmpty();
        assertThat(stage.verdict(1)).isEqualTo(new Verdict.Cancelled(day(1)));
    }

    @Test
    void whatWasSaidBeforeIsKept() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(39_900));
        stage.hear(stage.again(1, "ada").lamp(39_900).cancelled());
        assertThat(stage.history()).containsExactly("1 campaign.counted");
    }

    // stock

    @Test
    void scarceUnitsGoToTheOrderThatReachedUsFirstAndInOneBatchToTheEarlierPayment() {
        stage.publish("moonrise-nights", with(stage.offer("quantity", "order", tier(1, 1)), "piecesMax", Json.of(2)));
        stage.hear(
                stage.order(1, "ada").lamp(100).on(9).batch(1).paid(),
                stage.order(2, "bo").lamp(100).on(5).batch(2).paid(),
                stage.order(3, "cy").lamp(100).on(4).batch(2).paid());
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
        assertThat(stage.entitlements("cy")).containsExactly("order:k3#1 pending");
        assertThat(stage.entitlements("bo")).containsExactly("order:k2#1 waiting");
    }

    @Test
    void theWaitingListGoesByTimeOfPaymentAndAReturnServesIt() {
        stage.publish("moonrise-nights", with(stage.offer("quantity", "order", tier(1, 1)), "piecesMax", Json.of(1)));
        stage.hear(stage.order(1, "ada").lamp(100));
        stage.hear(stage.order(3, "cy").lamp(100));
        stage.hear(stage.order(2, "bo").lamp(100));
        assertThat(stage.entitlements("cy")).containsExactly("order:k3#1 waiting");
        stage.hear(stage.again(1, "ada").lamp(100).cancelled());
        assertThat(stage.entitlements("bo")).containsExactly("order:k2#1 pending");
        assertThat(stage.entitlements("cy")).containsExactly("order:k3#1 waiting");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 9, 1, 0, 0, 0, 0));
    }

    @Test
    void whenTheStockIsEmptyTheLaterOrderWaitsAndTheUnitThatComesBackIsItsOwn() {
        stage.anyLamp();
        for (int n = 1; n <= 11; n++)
            stage.hear(stage.order(n, "buyer" + n).lamp(100).received());
        stage.drain();
        assertThat(stage.entitlements("buyer11")).containsExactly("order:k11#1 waiting");
        stage.hear(stage.again(4, "buyer4").lamp(100).received().cancelled());
        stage.drain();
        assertThat(stage.entitlements("buyer11")).containsExactly("order:k11#1 granted");
        assertThat(stage.serials("buyer11")).containsExactly(4);
        assertThat(stage.stock()).isEqualTo(new Stock(10, 0, 0, 10, 0, 0, 10));
    }

    @Test
    void anOrderThatCannotBeJudgedStandsAsideAndHoldsUpNobody() {
        stage.anyLamp();
        stage.tell(
                stage.lumen,
                stage.order(1, "ada").lamp(100).paid(),
                stage.order(2, "bo").lamp(100).paid());
        stage.tell(stage.lumen, stage.order(3, "cy").lamp(100).paid());
        stage.db()
                .sql("update orders set currency = 'nothing' where order_id = :id")
                .param("id", stage.id(1_002))
                .update();
        stage.match();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
        assertThat(stage.entitlements("cy")).containsExactly("order:k3#1 pending");
        assertThat(stage.count("orders_aside")).isEqualTo(1);
        assertThat(stage.count("order_changes")).isZero();
    }

    @Test
    void whatStoodAsideIsJudgedAgainWhenStaffAskAndStandsAsideNoMore() {
        stage.anyLamp();
        OrdersAside aside = stage.server.bean(OrdersAside.class);
        stage.tell(stage.lumen, stage.order(1, "ada").lamp(100).paid());
        currency(1, "nothing");
        double before = setAside();
        stage.match();
        assertThat(aside.of(stage.lumen, 10)).singleElement().satisfies(order -> {
            assertThat(order.number()).isEqualTo("#1");
            assertThat(order.error()).contains("IllegalArgumentException");
        });
        assertThat(setAside()).isEqualTo(before + 1);
        // Nothing was mended yet: it comes back.
        assertThat(aside.tryAgain(stage.lumen)).isEqualTo(1);
        stage.match();
        assertThat(aside.of(stage.lumen, 10)).hasSize(1);
        currency(1, "CNY");
        aside.tryAgain(stage.lumen);
        stage.match();
        assertThat(aside.of(stage.lumen, 10)).isEmpty();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
    }

    private void currency(int number, String code) {
        stage.db()
                .sql("update orders set currency = :code where order_id = :id")
                .param("code", code)
                .param("id", stage.id(1_000 + number))
                .update();
    }

    private double setAside() {
        return stage.server
                .bean(io.micrometer.core.instrument.MeterRegistry.class)
                .counter("vitrine.orders.aside")
                .count();
    }

    // buyers

    @Test
    void anOrderWithoutABuyerIsItsOwnAndStaysSo() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(100).byNobodyWeKnow().paid());
        stage.hear(stage.order(2, "ada").lamp(100).byNobodyWeKnow().paid());
        assertThat(stage.states()).containsExactly("pending", "pending");
        assertThat(stage.count("progress")).isEqualTo(2);
        stage.hear(stage.again(1, "ada").lamp(100));
        assertThat(stage.states()).containsExactly("pending", "pending");
        assertThat(stage.entitlements("ada")).isEmpty();
    }

    @Test
    void whenTwoTurnOutToBeOneTheirSumsGrowTogetherAndNothingIsTaken() {
        stage.house();
        stage.sumOf300();
        stage.hear(stage.order(1, "ada").lamp(20_000));
        stage.hear(stage.order(2, "ada at work").lamp(20_000));
        assertThat(stage.states()).isEmpty();
        stage.join("ada at work", "ada");
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 pending");
        stage.hear(stage.order(3, "ada at work").lamp(20_000));
        assertThat(stage.verdict(3)).isEqualTo(new Verdict.Counted(60_000, 0, null));
    }

    @Test
    void aLimitIsCountedAnewForThePersonAndTakesNothing() {
        stage.house();
        stage.publish(
                "moonrise-nights", with(stage.offer("quantity", "order", tier(1, 1)), "perCollector", Json.of(1)));
        stage.hear(stage.order(1, "ada").lamp(100).received());
        stage.hear(stage.order(2, "ada at work").lamp(100).received());
        stage.drain();
        stage.join("ada at work", "ada");
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 granted", "order:k2#1 granted");
        stage.hear(stage.order(3, "ada").lamp(100));
        assertThat(stage.verdict(3)).isEqualTo(new Verdict.LimitReached(1, 0, 2, 1));
    }

    @Test
    void anOrderThatComesWhileTheJoinIsNotYetReadWaitsForIt() {
        stage.house();
        stage.sumOf300();
        stage.hear(stage.order(1, "ada at work").lamp(20_000));
        stage.join("ada at work", "ada");
        stage.hear(
                stage.again(1, "ada at work").lamp(20_000),
                stage.order(2, "ada").lamp(20_000));
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 pending");
    }

    @Test
    void whoBoughtThreeHundredUnderTwoAddressesKeepsBothPiecesWhenSheIsKnownAsOne() {
        stage.house();
        stage.sumOf300();
        stage.hear(stage.order(1, "ada").lamp(30_000).received());
        stage.hear(stage.order(2, "ada at work").lamp(30_000).received());
        stage.drain();
        stage.join("ada at work", "ada");
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 granted", "sum#1 granted");
        // A later message does not take it either; what she buys from now on is summed as one person's.
        stage.hear(stage.order(3, "ada at work").lamp(30_000).received());
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 granted", "sum#1 granted");
        // What goes back takes its own piece with it.
        stage.hear(stage.again(2, "ada at work")
                .lamp(30_000)
                .received()
                .cancelled()
                .paid());
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 granted", "sum#1 revoked");
    }

    @Test
    void whatSheHadUnderHerOldAddressCountsBeforeTheCampaignHasHeardOfTheJoin() {
        stage.house();
        stage.publish(
                "moonrise-nights", with(stage.offer("quantity", "order", tier(1, 1)), "perCollector", Json.of(1)));
        stage.hear(stage.order(1, "ada at work").lamp(100).received());
        stage.join("ada at work", "ada");
        stage.hear(stage.order(2, "ada at work").lamp(100).received());
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 granted");
        assertThat(stage.verdict(2)).isEqualTo(new Verdict.LimitReached(1, 0, 1, 1));
    }

    @Test
    void whoIsJoinedWhileHerOrderIsBeingJudgedIsOneAfterwardsThoughTheServerDiesWithItsCommit() {
        stage.house();
        stage.sumOf300();
        stage.hear(stage.order(1, "ada").lamp(20_000));
        Order atWork = stage.order(2, "ada at work").lamp(20_000).paid();
        stage.tell(stage.lumen, atWork);
        stage.inOneTransaction(() -> {
            stage.server.bean(Matching.class).judge(stage.lumen, List.of(atWork));
            // She signs in, and her join is heard, while what was judged is not yet committed.
            meanwhile(() -> {
                stage.join("ada at work", "ada");
                stage.run("event-sequencer");
                stage.run("campaign-joins");
            });
        });
        // The process is gone with the commit. Another one does what its workers always do.
        stage.run("campaign-joins");
        stage.match();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 pending");
    }

    private static void meanwhile(Runnable act) {
        try {
            java.util.concurrent.CompletableFuture.runAsync(act).get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private Json.Obj waiting(int days) {
        return with(
                stage.offer("quantity", "order", tier(1, 1)),
                "waiting",
                Json.object("days", Json.of(days), "calendar", Json.of("cn")));
    }
}
