package vitrine.campaign.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.rules.Cast.*;

import java.util.List;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.LineCount.Why;
import vitrine.shop.Order;
import vitrine.shop.OrderLine.Growth;

class CountTest {

    private static Count count(Offer offer, Order order) {
        return offer.count(order, List.of(), true);
    }

    @Test
    void onlyTheGoodsThatTheOfferNamesCount() {
        Count count =
                count(amountOf300(), order(1).of(lamp(19_900), shade(6_000)).paid());
        assertThat(count.counted()).isEqualTo(19_900);
        assertThat(count.lines()).extracting(LineCount::why).containsExactly(Why.COUNTED, Why.NOT_IN_OFFER);
        assertThat(count.lines()).extracting(LineCount::paidMinor).containsExactly(19_900L, 6_000L);
    }

    @Test
    void anOrderWithNothingOfItIsToldSo() {
        assertThat(count(amountOf300(), order(1).of(shade(90_000)).paid()).refusal())
                .isEqualTo(new Verdict.NothingMatches());
    }

    @Test
    void anEmptyConditionTakesEverything() {
        assertThat(count(
                                with(amountOf300(), Selector.ALL),
                                order(1).of(lamp(100), shade(200)).paid())
                        .counted())
                .isEqualTo(300);
    }

    @Test
    void goodsAreKnownBySkuOrByTheShopsProductInAnySpelling() {
        for (String good : List.of("LUM-1", " lum-1", "8100")) {
            assertThat(count(
                                    with(anyLamp(), Selector.goods(good)),
                                    order(1).of(lamp(100)).paid())
                            .counted())
                    .isEqualTo(1);
        }
        assertThat(count(
                                with(anyLamp(), Selector.goods("LUM-2")),
                                order(1).of(lamp(100)).paid())
                        .refusal())
                .isEqualTo(new Verdict.NothingMatches());
    }

    @Test
    void aLineMustFitEveryKindOfCondition() {
        var lampsOfHeron = new Selector(
                java.util.Set.of(), java.util.Set.of("lamp"), java.util.Set.of("Heron"), java.util.Set.of());
        assertThat(count(with(anyLamp(), lampsOfHeron), order(1).of(lamp(100)).paid())
                        .refusal())
                .isEqualTo(new Verdict.NothingMatches());
    }

    @Test
    void aTestOrderIsNeverRewarded() {
        assertThat(count(anyLamp(), order(1).of(lamp(100)).test().cancelled().paid())
                        .refusal())
                .isEqualTo(new Verdict.TestOrder());
    }

    @Test
    void aCancelledOrderBringsNothing() {
        assertThat(count(anyLamp(), order(1).of(lamp(100)).cancelled().paid()).refusal())
                .isEqualTo(new Verdict.Cancelled(day(1)));
    }

    @Test
    void anOrderCountsWhenItIsPaid() {
        assertThat(count(anyLamp(), order(1).of(lamp(100)).unpaid()).refusal()).isEqualTo(new Verdict.NotPaid());
    }

    @Test
    void anotherCurrencyIsShownAndNeverConverted() {
        assertThat(count(anyLamp(), order(1).of(lamp(100)).in("JPY").paid()).refusal())
                .isEqualTo(new Verdict.OtherCurrency("JPY", "CNY"));
    }

    @Test
    void theWindowGoesByTheTimeOfPaymentAndItsEndIsOutside() {
        Order first = order(1).of(lamp(100)).paid(JUNE.from());
        Order last = order(1).of(lamp(100)).paid(JUNE.until().minusMillis(1));
        Order late = order(1).of(lamp(100)).paid(JUNE.until());
        assertThat(count(anyLamp(), first).refusal()).isNull();
        assertThat(count(anyLamp(), last).refusal()).isNull();
        assertThat(count(anyLamp(), late).refusal())
                .isEqualTo(new Verdict.OutsideWindow(JUNE.until(), JUNE.from(), JUNE.until()));
    }

    @Test
    void whatIsPaidInAPauseBringsNothingAndWhatWasPaidBeforeStays() {
        var pause = List.of(new Pause(day(3), day(5)));
        assertThat(anyLamp().count(order(2).of(lamp(100)).paid(), pause, true).refusal())
                .isNull();
        assertThat(anyLamp().count(order(4).of(lamp(100)).paid(), pause, true).refusal())
                .isEqualTo(new Verdict.Paused(day(4), day(3)));
        assertThat(anyLamp().count(order(5).of(lamp(100)).paid(), pause, true).refusal())
                .isNull();
    }

    @Test
    void returnedUnitsDoNotCountEvenBeforeTheMoneyIsBack() {
        Order order = order(1).of(line("lamp", 3, 10_000, 1, 0, null)).paid();
        assertThat(count(amountOf300(), order).counted()).isEqualTo(6_667);
        assertThat(count(anyLamp(), order).counted()).isEqualTo(2);
        assertThat(count(anyLamp(), order).lines().getFirst().why()).isEqualTo(Why.COUNTED_IN_PART);
    }

    @Test
    void whatWasPaidBackDoesNotCountEvenIfNoGoodsCameBack() {
        Order order = order(1).of(line("lamp", 2, 40_000, 0, 15_000, null)).paid();
        assertThat(count(amountOf300(), order).counted()).isEqualTo(25_000);
        assertThat(count(anyLamp(), order).counted()).isEqualTo(2);
    }

    @Test
    void anOrderThatWentBackWhollyHasNothingLeft() {
        Order goods = order(1).of(line("lamp", 2, 40_000, 2, 40_000, null), shade(500))
                .paid();
        Order money = order(1).of(line("lamp", 2, 40_000, 0, 40_000, null)).paid();
        for (Order order : List.of(goods, money)) {
            assertThat(count(amountOf300(), order).refusal()).isEqualTo(new Verdict.NothingLeft());
            assertThat(count(anyLamp(), order).refusal()).isEqualTo(new Verdict.NothingLeft());
            assertThat(count(anyLamp(), order).lines().getFirst().why()).isEqualTo(Why.RETURNED);
        }
    }

    @Test
    void freeGoodsAreNoPurchase() {
        Count count = count(anyLamp(), order(1).of(lamps(2, 0)).paid());
        assertThat(count.refusal()).isEqualTo(new Verdict.NothingLeft());
        assertThat(count.lines().getFirst().why()).isEqualTo(Why.FREE);
    }

    @Test
    void anEditCountsUpwardOnlyInsideTheWindow() {
        Order inside = order(1).of(line("lamp", 1, 20_000, 0, 0, new Growth(1, 15_000, day(10))))
                .paid();
        Order after = order(1).of(line("lamp", 1, 20_000, 0, 0, new Growth(1, 15_000, JUNE.until())))
                .paid();
        assertThat(count(amountOf300(), inside).counted()).isEqualTo(35_000);
        assertThat(count(anyLamp(), inside).counted()).isEqualTo(2);
        assertThat(count(amountOf300(), after).counted()).isEqualTo(20_000);
        assertThat(count(anyLamp(), after).counted()).isEqualTo(1);
        assertThat(count(anyLamp(), after).lines().getFirst().why()).isEqualTo(Why.COUNTED_IN_PART);
    }

    @Test
    void aReturnTakesWhatWasAddedAfterTheWindowFirst() {
        Order order = order(1).of(line("lamp", 1, 20_000, 1, 15_000, new Growth(1, 15_000, JUNE.until())))
                .paid();
        assertThat(count(amountOf300(), order).counted()).isEqualTo(17_500);
        assertThat(count(anyLamp(), order).counted()).isEqualTo(1);
    }

    @Test
    void aLineAddedAfterTheWindowIsNamedAsSuch() {
        Order order = order(1).of(line("lamp", 0, 0, 0, 0, new Growth(1, 15_000, JUNE.until())))
                .paid();
        assertThat(count(anyLamp(), order).lines().getFirst().why()).isEqualTo(Why.ADDED_LATER);
    }
}
