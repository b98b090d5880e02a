package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an edit, a return, a parcel and a payment do to an order. Times are hours after it was made. */
class ReckoningTest {

    private static final Instant MADE = Instant.parse("2026-11-01T08:00:00Z");

    @Test
    void anEditUpwardGrowsTheLineWithTheHourOfTheEdit() {
        var paid = list(1, "1", look(2, 200_00));
        paid.paid(at(1));
        var edited = list(30, "1", look(3, 300_00));
        edited.paid(at(1));
        for (var order : new Reckoning[] {
            Readers.order(paid.facts(), edited.facts()), Readers.order(edited.facts(), paid.facts())
        }) {
            OrderLine line = order.lines().getFirst();
            assertThat(line.quantity()).isEqualTo(2);
            assertThat(line.paidMinor()).isEqualTo(200_00);
            assertThat(line.grew()).isEqualTo(new OrderLine.Growth(1, 100_00, Instant.ofEpochMilli(at(30))));
        }
    }

    @Test
    void aLineThatWasAddedAfterPaymentIsAllGrowth() {
        var paid = list(1, "1", look(1, 100_00));
        paid.paid(at(1));
        var edited = list(5, "1", look(1, 100_00));
        edited.line("2", 0, look(1, 50_00));
        OrderLine added = Readers.order(paid.facts(), edited.facts()).lines().get(1);
        assertThat(added.quantity()).isZero();
        assertThat(added.paidMinor()).isZero();
        assertThat(added.grew()).isEqualTo(new OrderLine.Growth(1, 50_00, Instant.ofEpochMilli(at(5))));
    }

    @Test
    void anEditDownwardIsAReturnAndALineThatIsGoneIsReturnedWhole() {
        var paid = list(1, "1", look(3, 300_00));
        paid.line("2", 0, look(1, 80_00));
        paid.paid(at(1));
        var edited = list(9, "1", look(2, 200_00));
        var order = Readers.order(edited.facts(), paid.facts());
        assertThat(order.lines().get(0).returned()).isEqualTo(1);
        assertThat(order.lines().get(0).refundedMinor()).isEqualTo(100_00);
        assertThat(order.lines().get(1).returned()).isEqualTo(1);
        assertThat(order.lines().get(1).refundedMinor()).isEqualTo(80_00);
    }

    @Test
    void whatChangedBeforePaymentIsNoGrowth() {
        var made = list(0, "1", look(1, 100_00));
        made.unpaid();
        var edited = list(2, "1", look(4, 400_00));
        edited.unpaid();
        var editedBack = list(3, "1", look(1, 100_00));
        editedBack.unpaid();
        var paid = list(4, "1", look(1, 100_00));
        paid.paid(at(4));
        OrderLine line = Readers.order(paid.facts(), editedBack.facts(), edited.facts(), made.facts())
                .lines()
                .getFirst();
        assertThat(line.quantity()).isEqualTo(1);
        assertThat(line.grew()).isNull();
        assertThat(line.returned()).isZero();
    }

    @Test
    void onlyTheEditIsKnownSoItIsWhatWasPaid() {
        var edited = list(30, "1", look(3, 300_00));
        edited.paid(at(1));
        OrderLine line = Readers.order(edited.facts()).lines().getFirst();
        assertThat(line.quantity()).isEqualTo(3);
        assertThat(line.grew()).isNull();
    }

    @Test
    void anAmountOnlyRefundIsSpreadToTheLastCentByLargestRemainder() {
        var paid = list(1, "1", look(1, 33_33));
        paid.line("2", 0, look(1, 33_33));
        paid.line("3", 0, look(1, 33_34));
        paid.paid(at(1));
        paid.refunds.put("r", new OrderFacts.Refund(true, 0, 10_00, Map.of()));
        var lines = Readers.order(paid.facts()).lines();
        assertThat(lines.stream().mapToLong(OrderLine::refundedMinor).sum()).isEqualTo(10_00);
        assertThat(lines).extracting(OrderLine::refundedMinor).containsExactly(333L, 333L, 334L);
        assertThat(lines).allMatch(line -> line.returned() == 0);
    }

    @Test
    void aRefundLargerThanTheGoodsWasAlsoForShippingAndTakesNoMoreThanTheGoods() {
        var paid = list(1, "1", look(2, 50_00));
        paid.paid(at(1));
        paid.refunds.put("r", new OrderFacts.Refund(true, 0, 60_00, Map.of()));
        OrderLine line = Readers.order(paid.facts()).lines().getFirst();
        assertThat(line.refundedMinor()).isEqualTo(50_00);
        assertThat(line.returned()).isEqualTo(2); // nothing of it is paid for any more
    }

    @Test
    void twoPartRefundsOfOneLineAddUp() {
        var paid = list(1, "1", look(3, 300_00));
        paid.paid(at(1));
        var first = new Draft("o", at(20));
        first.refunds.put("a", new OrderFacts.Refund(true, 0, 0, Map.of("1", new OrderFacts.Back(1, 100_00))));
        var second = new Draft("o", at(21));
        second.refunds.put("b", new OrderFacts.Refund(true, 0, 0, Map.of("1", new OrderFacts.Back(1, 90_00))));
        OrderLine line = Readers.order(second.facts(), first.facts(), first.facts(), paid.facts())
                .lines()
                .getFirst();
        assertThat(line.returned()).isEqualTo(2);
        assertThat(line.refundedMinor()).isEqualTo(200_00); // two of three went back, whatever fee the shop kept
    }

    @Test
    void anOrderInTwoParcelsIsReceivedWithTheSecond() {
        var paid = list(1, "1", look(2, 200_00));
        paid.paid(at(1));
        var first = new Draft("o", at(10));
        first.parcel("a", at(10), at(30), true, Map.of("1", 1));
        assertThat(Readers.order(paid.facts(), first.facts()).receiptAt()).isNull();
        var second = new Draft("o", at(20));
        second.parcel("b", at(20), null, true, Map.of("1", 1));
        assertThat(Readers.order(paid.facts(), first.facts(), second.facts()).receiptAt())
                .isEqualTo(at(20) + Duration.ofDays(7).toMillis());
        var arrived = new Draft("o", at(44));
        arrived.parcels.put("b", new OrderFacts.Parcel(null, at(44), null, Map.of()));
        assertThat(Readers.order(arrived.facts(), second.facts(), first.facts(), paid.facts())
                        .receiptAt())
                .isEqualTo(at(44));
    }

    @Test
    void aParcelThatWasCalledBackIsNoReceipt() {
        var paid = list(1, "1", look(1, 100_00));
        paid.paid(at(1));
        var sent = new Draft("o", at(10));
        sent.parcel("a", at(10), null, true, Map.of("1", 1));
        var calledBack = new Draft("o", at(11));
        calledBack.parcel("a", at(10), null, false, Map.of("1", 1));
        assertThat(Readers.order(calledBack.facts(), sent.facts(), paid.facts()).receiptAt())
                .isNull();
    }

    @Test
    void aPaymentThatCameLateIsNotDatedBackToTheOrder() {
        var made = list(0, "1", look(1, 100_00));
        made.placed = at(0);
        made.unpaid();
        var paid = list(48, "1", look(1, 100_00));
        paid.placed = at(0);
        paid.paid(null);
        assertThat(Readers.order(paid.facts(), made.facts()).paidAt()).isEqualTo(at(48));
        assertThat(Readers.order(paid.facts()).paidAt()).isEqualTo(at(0));
    }

    @Test
    void theNewestWordOnCancellationCounts() {
        var paid = list(1, "1", look(1, 100_00));
        paid.cancelled(at(1));
        var reopened = list(5, "1", look(1, 100_00));
        reopened.cancelled((Long) null);
        assertThat(Readers.order(reopened.facts(), paid.facts()).cancelledAt()).isNull();
        assertThat(Readers.order(paid.facts()).cancelledAt()).isEqualTo(at(1));
    }

    private static Draft list(int hour, String line, OrderFacts.Look look) {
        var draft = new Draft("o", at(hour));
        draft.listedAt = draft.at;
        draft.line(line, 0, look);
        return draft;
    }

    private static OrderFacts.Look look(int quantity, long minor) {
        return new OrderFacts.Look(quantity, minor, true, "CUP", "101", "Cup", "tea", "Lumen");
    }

    private static long at(int hour) {
        return MADE.plus(Duration.ofHours(hour)).toEpochMilli();
    }
}
