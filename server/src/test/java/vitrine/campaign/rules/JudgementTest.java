package vitrine.campaign.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.rules.Cast.*;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.Cast.Story;
import vitrine.campaign.rules.Earning.Every;
import vitrine.campaign.rules.Earning.Tier;
import vitrine.campaign.rules.Earning.Tiers;
import vitrine.campaign.rules.Offer.Basis;
import vitrine.campaign.rules.Offer.Measure;

class JudgementTest {

    private static final Tiers ONE_AND_THREE = new Tiers(List.of(new Tier(30_000, 1), new Tier(60_000, 3)));

    private static Offer tiers() {
        return offer(Measure.AMOUNT, Basis.ORDER, ONE_AND_THREE, null);
    }

    private static Offer lampsUpTo(int perCollector) {
        return offer(Measure.QUANTITY, Basis.ORDER, Tiers.of(1, 1), perCollector);
    }

    // tiers

    @Test
    void anOrderBelowTheTierIsToldWhatIsMissingAndUntilWhen() {
        Story ada = new Story(amountOf300()).hears(order(1).of(lamp(25_900)));
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.ShortOfTier(25_900, 30_000, 1, JUNE.until()));
        assertThat(((Verdict.ShortOfTier) ada.verdict(1)).missing()).isEqualTo(4_100);
        assertThat(ada.pieces()).isZero();
    }

    @Test
    void aTierSaysHowManyPiecesThereAreInAll() {
        assertThat(new Story(tiers()).hears(order(1).of(lamp(30_000))).pieces()).isEqualTo(1);
        assertThat(new Story(tiers()).hears(order(1).of(lamp(59_999))).pieces()).isEqualTo(1);
        assertThat(new Story(tiers()).hears(order(1).of(lamp(60_000))).pieces()).isEqualTo(3);
        assertThat(new Story(tiers()).hears(order(1).of(lamp(900_000))).pieces())
                .isEqualTo(3);
    }

    @Test
    void aCountedOrderIsToldTheNextTier() {
        Story ada = new Story(tiers()).hears(order(1).of(lamp(35_000)));
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.Counted(35_000, 1, new Tier(60_000, 3)));
    }

    @Test
    void everyThreeHundredGivesOne() {
        Offer every = offer(Measure.AMOUNT, Basis.ORDER, new Every(30_000), null);
        Story ada = new Story(every).hears(order(1).of(lamp(65_000)));
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.Counted(65_000, 2, new Tier(90_000, 3)));
        assertThat(ada.pieces()).isEqualTo(2);
    }

    @Test
    void ordersOfOneBuyerStandEachForThemselvesUnlessTheOfferSums() {
        Story each = new Story(amountOf300()).hears(order(1).of(lamp(20_000))).hears(order(2).of(lamp(20_000)));
        assertThat(each.pieces()).isZero();
        Story sum = new Story(sumOf300()).hears(order(1).of(lamp(20_000))).hears(order(2).of(lamp(20_000)));
        assertThat(sum.pieces()).isEqualTo(1);
    }

    @Test
    void theSameMessageTwiceChangesNothing() {
        Story ada = new Story(tiers()).hears(order(1).of(lamp(60_000)));
        Judgement first = ada.last;
        ada.hears(order(1).of(lamp(60_000)));
        assertThat(ada.last.gifts()).isEmpty();
        assertThat(ada.last.takenBack()).isEmpty();
        assertThat(ada.last.verdicts()).isEqualTo(first.verdicts());
        assertThat(ada.pieces()).isEqualTo(3);
    }

    // sums

    @Test
    void eachOrderOfASumIsToldHowFarTheSumWasWithIt() {
        Story ada = new Story(sumOf300())
                .hears(order(1).of(lamp(10_000)))
                .hears(order(2).of(lamp(15_900)))
                .hears(order(3).of(lamp(4_100)));
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.ShortOfTier(10_000, 30_000, 1, JUNE.until()));
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.ShortOfTier(25_900, 30_000, 1, JUNE.until()));
        assertThat(ada.verdict(3)).isEqualTo(new Verdict.Counted(30_000, 1, null));
        assertThat(ada.last.counted()).isEqualTo(30_000);
    }

    @Test
    void thePieceOfASumBelongsToTheOrderThatCompletedItWhateverCameFirst() {
        List<Counting> orders = new ArrayList<>();
        for (int n : List.of(3, 1, 2)) orders.add(new Counting(ref(n), day(n), null, 15_000));
        Judgement judgement = sumOf300().judge(orders, List.of());
        assertThat(judgement.gifts()).extracting(Judgement.Gift::order).containsExactly(ref(2));
    }

    @Test
    void aPieceOfASumIsDueWhenEveryOrderInItIs() {
        Judgement one = sumOf300()
                .judge(
                        List.of(
                                new Counting(ref(1), day(1), day(9), 15_000),
                                new Counting(ref(2), day(2), day(4), 15_000)),
                        List.of());
        assertThat(one.gifts()).extracting(Judgement.Gift::due).containsExactly(day(9));
        Judgement none = sumOf300()
                .judge(
                        List.of(
                                new Counting(ref(1), day(1), null, 15_000),
                                new Counting(ref(2), day(2), day(4), 15_000)),
                        List.of());
        assertThat(none.gifts().getFirst().due()).isNull();
    }

    @Test
    void returnsAreSubtractedFromTheSum() {
        Story ada = new Story(sumOf300())
                .hears(order(1).of(lamp(15_000)))
                .hears(order(2).of(lamp(15_000)))
                .hears(order(1).of(line("lamp", 1, 15_000, 1, 15_000, null)));
        assertThat(ada.states()).containsExactly(State.REVOKED);
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.ShortOfTier(15_000, 30_000, 1, JUNE.until()));
        ada.hears(order(3).of(lamp(15_000)));
        assertThat(ada.states()).containsExactly(State.REVOKED, State.GRANTED);
    }

    @Test
    void aSumThatStaysAboveTheTierKeepsItsPieceWhenTheOrderThatCompletedItGoesBack() {
        Story ada = new Story(sumOf300())
                .hears(order(1).of(lamp(20_000)))
                .hears(order(2).of(lamp(20_000)))
                .hears(order(3).of(lamp(20_000)))
                .hears(order(2).of(lamp(20_000)).cancelled());
        assertThat(ada.states()).containsExactly(State.GRANTED);
    }

    // limits

    @Test
    void aLimitIsSaidWithWhatSheHoldsAndWhatIsAllowed() {
        Story ada = new Story(lampsUpTo(1)).hears(order(1).of(lamp(100))).hears(order(2).of(lamp(100)));
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.Counted(1, 1, null));
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.LimitReached(1, 0, 1, 1));
        assertThat(ada.pieces()).isEqualTo(1);
    }

    @Test
    void aLimitCutsATierAndSaysSo() {
        Story ada = new Story(offer(Measure.AMOUNT, Basis.ORDER, ONE_AND_THREE, 2)).hears(order(1).of(lamp(60_000)));
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.LimitReached(60_000, 2, 2, 2));
        assertThat(ada.pieces()).isEqualTo(2);
    }

    @Test
    void aLimitOfASumIsSaidToTheOrdersAboveIt() {
        Story ada = new Story(offer(Measure.AMOUNT, Basis.CUMULATIVE, new Every(10_000), 2))
                .hears(order(1).of(lamp(15_000)))
                .hears(order(2).of(lamp(15_000)))
                .hears(order(3).of(lamp(15_000)));
        assertThat(ada.pieces()).isEqualTo(2);
        assertThat(ada.verdict(1)).isEqualTo(new Verdict.Counted(15_000, 1, new Tier(20_000, 2)));
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.LimitReached(30_000, 1, 2, 2));
        assertThat(ada.verdict(3)).isEqualTo(new Verdict.LimitReached(45_000, 0, 2, 2));
    }

    @Test
    void aReturnMakesRoomUnderTheLimit() {
        Story ada = new Story(lampsUpTo(1))
                .hears(order(1).of(lamp(100)))
                .hears(order(2).of(lamp(100)))
                .hears(order(1).of(lamp(100)).cancelled());
        assertThat(ada.states()).containsExactly(State.REVOKED, State.GRANTED);
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.Counted(1, 1, null));
    }

    @Test
    void anOrderPaidEarlierThatReachesUsLaterTakesNothingFromTheOneThatHasItsPiece() {
        Story ada = new Story(lampsUpTo(1)).hears(order(5).of(lamp(100))).hears(order(2).of(lamp(100)));
        assertThat(ada.states()).containsExactly(State.GRANTED);
        assertThat(ada.verdict(5)).isEqualTo(new Verdict.Counted(1, 1, null));
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.LimitReached(1, 0, 1, 1));
    }

    @Test
    void whenTwoTurnOutToBeOnePersonNothingIsTakenAndNothingAdded() {
        var had = List.of(
                new Entitled(id(1), ref(1), State.GRANTED, day(1), true),
                new Entitled(id(2), ref(2), State.PENDING, day(2), true));
        var orders = List.of(
                new Counting(ref(1), day(1), null, 1),
                new Counting(ref(2), day(2), null, 1),
                new Counting(ref(3), day(3), null, 1));
        Judgement joined = lampsUpTo(1).judge(orders, had);
        assertThat(joined.takenBack()).isEmpty();
        assertThat(joined.kept()).isEmpty();
        assertThat(joined.gifts()).isEmpty();
        assertThat(joined.verdicts().get(ref(3))).isEqualTo(new Verdict.LimitReached(1, 0, 2, 1));
    }

    @Test
    void whatStaffWithdrewLeavesNoGapIsNoDebtAndCountsAgainstNoLimit() {
        var withdrawn = new Entitled(id(1), ref(1), State.LAPSED, day(1), true, true);
        var first = new Counting(ref(1), day(1), null, 1);
        var second = new Counting(ref(2), day(2), null, 1);
        assertThat(lampsUpTo(1).judge(List.of(first), List.of(withdrawn)).gifts())
                .as("its order earns no other one")
                .isEmpty();
        Judgement next = lampsUpTo(1).judge(List.of(first, second), List.of(withdrawn));
        assertThat(next.gifts())
                .as("another order does")
                .extracting(Judgement.Gift::order)
                .containsExactly(ref(2));
        Judgement returned = lampsUpTo(1).judge(List.of(second), List.of(withdrawn));
        assertThat(returned.gifts())
                .as("and owes nothing when the first goes back")
                .hasSize(1);
        var putBack = new Entitled(id(1), ref(1), State.LAPSED, day(1), true);
        assertThat(lampsUpTo(1).judge(List.of(first), List.of(putBack)).gifts())
                .as("put back, its place is free")
                .hasSize(1);
    }

    private static final Instant RECEIVED = day(20);

    /** Ada paid 300 for her first lamp and, under another address, 300 for her second: either alone earned a piece. */
    private static List<Counting> boughtAsTwo(long first, long second) {
        return List.of(
                new Counting(ref(1), day(1), RECEIVED, first, id(1)),
                new Counting(ref(2), day(2), RECEIVED, second, id(2)));
    }

    private static final List<Entitled> OF_BOTH = List.of(
            new Entitled(id(11), ref(1), State.GRANTED, day(1), true),
            new Entitled(id(12), ref(2), State.PENDING, day(2), true));

    @Test
    void whatSheHadAsTwoIsNotTakenWhenTheSumOfBothEarnsLess() {
        Judgement one = sumOf300().judge(boughtAsTwo(30_000, 30_000), OF_BOTH);
        assertThat(one.takenBack()).isEmpty();
        assertThat(one.gifts()).isEmpty();
        assertThat(one.pieces()).isEqualTo(2);
        assertThat(one.counted()).isEqualTo(60_000);
        assertThat(one.promised()).containsExactly(new Judgement.Promise(id(12), ref(2), day(2), RECEIVED));
    }

    @Test
    void whatGoesBackIsSubtractedFromTheIdThatHadBoughtIt() {
        Judgement less = sumOf300().judge(boughtAsTwo(30_000, 29_999), OF_BOTH);
        assertThat(less.takenBack()).containsExactly(id(12));
        assertThat(less.pieces()).isEqualTo(1);
    }

    @Test
    void whoIsKnownAsOneEarnsByTheSumAndNotTwice() {
        Judgement one = sumOf300().judge(boughtAsTwo(30_000, 30_000), List.of());
        assertThat(one.gifts()).hasSize(1);
    }

    // returns

    @Test
    void aPartReturnTakesTheLatestPieceOfThatOrder() {
        Story ada = new Story(tiers())
                .hears(order(1).of(lamp(60_000)))
                .hears(order(2).of(lamp(60_000)))
                .hears(order(1).of(line("lamp", 1, 60_000, 0, 20_000, null)));
        assertThat(ada.states())
                .containsExactly(
                        State.GRANTED, State.REVOKED, State.REVOKED, State.GRANTED, State.GRANTED, State.GRANTED);
    }

    @Test
    void anUnopenedPieceOfTheOrderGoesBackBeforeAnOpenedOne() {
        Story ada = new Story(tiers()).hears(order(1).of(lamp(60_000)));
        ada.opens(3).opens(2).hears(order(1).of(line("lamp", 1, 60_000, 0, 20_000, null)));
        assertThat(ada.states()).containsExactly(State.REVOKED, State.GRANTED, State.KEPT);
    }

    @Test
    void anOpenedPieceStaysAndCountsAgainstTheNextGift() {
        Story ada = new Story(anyLamp()).hears(order(1).of(lamp(100)));
        ada.opens(1).hears(order(1).of(lamp(100)).cancelled());
        assertThat(ada.states()).containsExactly(State.KEPT);
        ada.hears(order(2).of(lamp(100)));
        assertThat(ada.states()).containsExactly(State.KEPT);
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.SettlesKept(1, 0, 1));
        ada.hears(order(3).of(lamp(100)));
        assertThat(ada.states()).containsExactly(State.KEPT, State.GRANTED);
        assertThat(ada.verdict(2)).isEqualTo(new Verdict.SettlesKept(1, 0, 1));
        assertThat(ada.verdict(3)).isEqualTo(new Verdict.Counted(1, 1, null));
    }

    @Test
    void nothingThatWasGivenBeforeIsTakenForAKeptPiece() {
        Story ada = new Story(anyLamp()).hears(order(1).of(lamp(100))).hears(order(2).of(lamp(100)));
        ada.opens(1).hears(order(1).of(lamp(100)).cancelled());
        assertThat(ada.states()).containsExactly(State.KEPT, State.GRANTED);
        ada.hears(order(3).of(lamp(100)));
        assertThat(ada.verdict(3)).isEqualTo(new Verdict.SettlesKept(1, 0, 1));
        assertThat(ada.pieces()).isEqualTo(2);
    }

    @Test
    void aPieceKeptOutOfASumIsEarnedBackByTheSum() {
        Offer every = offer(Measure.AMOUNT, Basis.CUMULATIVE, new Every(10_000), null);
        Story ada = new Story(every).hears(order(1).of(lamp(10_000)));
        ada.opens(1).hears(order(1).of(lamp(10_000)).cancelled());
        ada.hears(order(2).of(lamp(10_000)));
        assertThat(ada.states()).containsExactly(State.KEPT);
        ada.hears(order(3).of(lamp(10_000)));
        assertThat(ada.states()).containsExactly(State.KEPT, State.GRANTED);
    }

    @Test
    void aSumTakesThePieceOfTheReturnedOrderFirst() {
        Offer every = offer(Measure.AMOUNT, Basis.CUMULATIVE, new Every(10_000), null);
        Story ada = new Story(every)
                .hears(order(1).of(lamp(10_000)))
                .hears(order(2).of(lamp(10_000)))
                .hears(order(3).of(lamp(10_000)))
                .hears(order(2).of(lamp(10_000)).cancelled());
        assertThat(ada.states()).containsExactly(State.GRANTED, State.REVOKED, State.GRANTED);
    }

    @Test
    void aKeptPieceStillCountsAsOneOfHers() {
        Story ada = new Story(lampsUpTo(1)).hears(order(1).of(lamp(100)));
        ada.opens(1)
                .hears(order(1).of(lamp(100)).cancelled())
                .hears(order(2).of(lamp(100)))
                .hears(order(3).of(lamp(100)));
        assertThat(ada.pieces()).isEqualTo(1);
        assertThat(ada.verdict(3)).isEqualTo(new Verdict.LimitReached(1, 0, 1, 1));
    }

    @Test
    void anOrderThatGrowsInsideTheWindowEarnsWhatIsMissing() {
        Story ada = new Story(tiers())
                .hears(order(1).of(lamp(30_000)))
                .hears(order(1).of(
                                line("lamp", 1, 30_000, 0, 0, new vitrine.shop.OrderLine.Growth(1, 30_000, day(10)))));
        assertThat(ada.states()).containsExactly(State.GRANTED, State.GRANTED, State.GRANTED);
    }

    // dates

    @Test
    void aPromiseMovesWithTheReceipt() {
        Offer offer = with(anyLamp(), Waiting.workingDays(1));
        var pending = List.of(new Entitled(id(1), ref(1), State.PENDING, day(1), true));
        Instant wednesday = at("2026-06-10T15:00");
        Judgement judgement = offer.judge(List.of(new Counting(ref(1), day(1), wednesday, 1)), pending);
        assertThat(judgement.gifts()).isEmpty();
        assertThat(judgement.promised())
                .containsExactly(new Judgement.Promise(id(1), ref(1), day(1), at("2026-06-12T00:00")));
    }

    /** Whatever comes in whatever order, with whatever opened in between: she never has more than she earned, kept ones aside. */
    @Test
    void whateverHappensTheBooksBalance() {
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new java.util.Random(seed);
            Basis basis = random.nextBoolean() ? Basis.ORDER : Basis.CUMULATIVE;
            Earning earning = random.nextBoolean() ? ONE_AND_THREE : new Every(20_000);
            Integer limit = random.nextBoolean() ? null : 1 + random.nextInt(4);
            Offer offer = offer(Measure.AMOUNT, basis, earning, limit);
            Story ada = new Story(offer);
            for (int step = 0; step < 12; step++) {
                int number = 1 + random.nextInt(5);
                long paid = 10_000L * (1 + number);
                var line = line(
                        "lamp", 1, paid, 0, random.nextInt(3) == 0 ? 10_000L * random.nextInt(number + 2) : 0, null);
                var order = order(number).of(line);
                if (random.nextInt(6) == 0) order.cancelled();
                if (!ada.states().isEmpty() && random.nextInt(3) == 0)
                    ada.opens(1 + random.nextInt(ada.states().size()));
                ada.hears(order);
                int earned = basis == Basis.CUMULATIVE
                        ? earning.pieces(ada.last.counted())
                        : ada.last.verdicts().values().stream()
                                .mapToInt(v -> earning.pieces(
                                        switch (v) {
                                            case Verdict.ShortOfTier s -> s.got();
                                            case Verdict.Counted c -> c.got();
                                            case Verdict.LimitReached l -> l.got();
                                            case Verdict.SettlesKept s -> s.got();
                                        }))
                                .sum();
                long live = ada.states().stream().filter(State::isLive).count();
                long kept = ada.states().stream().filter(s -> s == State.KEPT).count();
                String story = "seed " + seed + " step " + step + " " + ada.states();
                assertThat(live).as(story).isLessThanOrEqualTo(earned);
                assertThat((long) ada.last.pieces()).as(story).isEqualTo(live + kept);
                if (limit == null) assertThat(live + kept).as(story).isGreaterThanOrEqualTo(earned);
                else assertThat(live + kept).as(story).isGreaterThanOrEqualTo(Math.min(limit, earned));
                if (limit != null) assertThat(live + kept).as(story).isLessThanOrEqualTo(limit);
                Story again = ada.hears(order);
                assertThat(again.last.gifts()).as(story).isEmpty();
                assertThat(again.last.takenBack()).as(story).isEmpty();
            }
        }
    }
}
