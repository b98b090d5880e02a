package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vitrine.platform.Money;

/** The gateways' own bills held against our books. */
class ReconciliationTest {

    private PayTown town;
    private final UUID claim = UUID.randomUUID();

    @BeforeEach
    void open() {
        town = new PayTown();
    }

    @AfterEach
    void close() {
        town.close();
    }

    private Reconciliation.Checked reconciled(Way way) {
        Gateway gateway = town.server.bean(Gateways.class).of(way);
        LocalDate today = town.clock.instant().atZone(gateway.zone()).toLocalDate();
        Reconciliation reconciliation = town.server.bean(Reconciliation.class);
        assertThat(reconciliation.reconcile(today)).isEmpty();
        return reconciliation.of(today, null).stream()
                .filter(one -> one.gateway().equals(gateway.name()))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aDayOnWhichAllWentWellAgreesAndItsFeesAreBookedOnce(Way way) throws Exception {
        town.pays(town.payments().start(town.wanted(claim, way, 10_000)));
        var paid = town.only(claim);
        town.payments().refund(paid.payment(), new Money(2_500, paid.amount().currency()), "withdrawal");
        town.drain();
        var checked = reconciled(way);
        assertThat(checked.differences()).isEmpty();
        assertThat(checked.lines()).isEqualTo(2);
        assertThat(checked.agreed()).isEqualTo(2);
        reconciled(way);
        long fee = way == Way.STRIPE_CARD ? 320 : 60;
        assertThat(town.balances().get("fees:" + way.gateway())).isEqualTo(fee);
        assertThat(town.balances().get("clearing:" + way.text())).isEqualTo(7_500 - fee);
        assertThat(town.balances().get(MoneyJournal.BRAND)).isEqualTo(-7_500);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void moneyOnTheBillThatNobodyToldUsOfIsNamedAndAskedFor(Way way) throws Exception {
        Started started = town.payments().start(town.wanted(claim, way, 4_000));
        town.opened(started);
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
        town.goesWrong("{\"dropNext\": 1}");
        town.does(started, "late");
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.CLOSED);
        var found = reconciled(way).differences();
        assertThat(found)
                .extracting(Reconciliation.Difference::reason)
                .isEqualTo(List.of(Reconciliation.Reason.PAYMENT_NOT_BOOKED));
        assertThat(found.getFirst().brand()).isEqualTo(town.lumen);
        town.drain();
        assertThat(town.only(claim).late()).isTrue();
        assertThat(reconciled(way).differences()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aLineThatIsNotOursAndOneThatIsNotTheirsAreTwoDifferences(Way way) throws Exception {
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        // As if our row had another number: one side knows nothing of the other's.
        town.db()
                .sql("update payments set payment_id = :other, paid_at = :noon")
                .param("other", UUID.randomUUID())
                .param("noon", java.sql.Timestamp.from(noonOfToday(way)))
                .update();
        town.clock.advance(
                Duration.between(town.clock.instant(), noonOfToday(way).plusSeconds(3600)));
        assertThat(reconciled(way).differences())
                .extracting(Reconciliation.Difference::reason)
                .isEqualTo(List.of(Reconciliation.Reason.UNKNOWN_PAYMENT, Reconciliation.Reason.PAYMENT_NOT_ON_BILL));
    }

    @Test
    void whatOtherShopsOfOneAccountTakeIsCountedAndDiffersFromNothing() throws Exception {
        Way way = Way.STRIPE_CARD;
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
        anotherShopSells(2_500);
        var checked = reconciled(way);
        assertThat(checked.differences()).isEmpty();
        assertThat(checked.lines()).isEqualTo(1);
        assertThat(checked.agreed()).isEqualTo(1);
        assertThat(checked.others()).isEqualTo(1);
    }

    /** It has no number of ours, and is about a payment of ours. */
    @Test
    void whatWasGivenBackAtStripesOwnPagesIsADifferenceThoughItNamesNoRefundOfOurs() throws Exception {
        Started started = town.payments().start(town.wanted(claim, Way.STRIPE_CARD, 4_000));
        town.pays(started);
        town.does(started, "give-back");
        var checked = reconciled(Way.STRIPE_CARD);
        assertThat(checked.differences())
                .extracting(Reconciliation.Difference::reason)
                .containsExactly(Reconciliation.Reason.UNKNOWN_REFUND);
        assertThat(checked.others()).isZero();
    }

    private void anotherShopSells(long minor) throws Exception {
        var answer = java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(java.net.URI.create(
                                        town.contract.get("VITRINE_PAY_STRIPE_URL") + "/stripe/v1/payment_intents"))
                                .header("Authorization", "Bearer " + town.contract.get("VITRINE_PAY_STRIPE_KEY"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                        "amount=" + minor + "&currency=eur&payment_method_types[]=card"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        town.control(
                "/trades/" + PayTown.JSON.readTree(answer.body()).path("id").asString() + "/pay", "");
        town.quiet();
    }

    /** A bill said that something came, and its gateway says for good that nothing did. */
    @Test
    void aClosedPaymentThatItsGatewayKnowsToBeClosedIsNotAskedAboutForEver() throws Exception {
        town.opened(town.payments().start(town.wanted(claim, Way.ALIPAY_PAGE, 4_000)));
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
        town.db()
                .sql("update payments set ask_at = :now")
                .param("now", java.sql.Timestamp.from(town.clock.instant()))
                .update();
        town.later(Duration.ofMinutes(15));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.CLOSED);
        assertThat(town.db()
                        .sql("select count(*) from payments where ask_at is not null")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    private java.time.Instant noonOfToday(Way way) {
        var zone = town.server.bean(Gateways.class).of(way).zone();
        return java.time.Instant.now()
                .atZone(zone)
                .toLocalDate()
                .atTime(12, 0)
                .atZone(zone)
                .toInstant();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void anotherAmountOnTheBillIsSaidWithBothNumbers(Way way) throws Exception {
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        town.db().sql("update payments set amount = 4001").update();
        var differences = reconciled(way).differences();
        assertThat(differences)
                .extracting(Reconciliation.Difference::reason)
                .isEqualTo(List.of(Reconciliation.Reason.AMOUNT_DIFFERS));
        assertThat(differences.getFirst().ours()).extracting(Money::minor).isEqualTo(4001L);
        assertThat(differences.getFirst().theirs()).extracting(Money::minor).isEqualTo(4000L);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aFeeThatComesBackWithARefundIsBookedOnce(Way way) throws Exception {
        town.goesWrong("{\"feesBack\": true}");
        town.pays(town.payments().start(town.wanted(claim, way, 10_000)));
        var paid = town.only(claim);
        town.payments().refund(paid.payment(), new Money(5_000, paid.amount().currency()), "withdrawal");
        town.drain();
        assertThat(reconciled(way).differences()).isEmpty();
        reconciled(way);
        long kept = way == Way.STRIPE_CARD ? 160 : 30;
        assertThat(town.balances().get("fees:" + way.gateway())).isEqualTo(kept);
        assertThat(town.balances().get("clearing:" + way.text())).isEqualTo(5_000 - kept);
    }

    @Test
    void anAccountThatSettlesInAnotherCurrencyAgreesAndItsFeesAreInThat() throws Exception {
        town.goesWrong("{\"settlesIn\": \"USD\"}");
        town.pays(town.payments().start(town.wanted(claim, Way.STRIPE_CARD, 10_000)));
        assertThat(reconciled(Way.STRIPE_CARD).differences()).isEmpty();
        var fees = town.journal().statement(town.lumen, null, null, java.time.ZoneOffset.UTC).stream()
                .filter(one -> one.account().equals("fees:stripe"))
                .map(MoneyJournal.Balance::balance)
                .toList();
        assertThat(fees).containsExactly(new Money(288, java.util.Currency.getInstance("USD")));
    }

    @Test
    void aDayThatWasComparedBeforeItWasOverIsComparedAgain() throws Exception {
        Way way = Way.ALIPAY_PAGE;
        LocalDate today = town.clock.instant().atZone(zone(way)).toLocalDate();
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        assertThat(reconciled(way).written()).isFalse();
        UUID later = UUID.randomUUID();
        Started unheard = town.payments().start(town.wanted(later, way, 5_000));
        town.opened(unheard);
        assertThat(town.payments().close(town.lumen, later)).isEqualTo(new Closing.Closed());
        town.goesWrong("{\"dropNext\": 1}");
        town.does(unheard, "late");
        noonIn(way, 1);
        BillsJob job = town.server.bean(BillsJob.class);
        job.run();
        var checked = checked(way, today);
        assertThat(differences(today)).containsExactly(Reconciliation.Reason.PAYMENT_NOT_BOOKED);
        town.drain();
        assertThat(town.only(later).late()).as("the bill had it asked for").isTrue();
        assertThat(town.balances().get("fees:alipay")).isEqualTo(24);
        // By itself, and not before there was time to ask.
        job.run();
        assertThat(differences(today)).hasSize(1);
        town.clock.advance(Duration.ofMinutes(10));
        job.run();
        assertThat(differences(today)).isEmpty();
        assertThat(town.balances().get("fees:alipay")).isEqualTo(24 + 30);
        assertThat(checked.lines()).isEqualTo(2);
        assertThat(checked.written()).isTrue();
        assertThat(town.server.bean(Reconciliation.class).reconcile(today.plusDays(9)))
                .isEmpty();
        assertThat(of(today.plusDays(9))).as("it has not begun").isEmpty();
    }

    @Test
    void aBillWithoutALineIsNotThereYetWhereWeHavePaymentsAndADifferenceADayLater() throws Exception {
        Way way = Way.ALIPAY_PAGE;
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        LocalDate tomorrow =
                town.clock.instant().atZone(zone(way)).toLocalDate().plusDays(1);
        paidAt(tomorrow.atTime(12, 0), way);
        noonIn(way, 2);
        BillsJob job = town.server.bean(BillsJob.class);
        job.run();
        assertThat(of(tomorrow)).doesNotContain("alipay");
        noonIn(way, 3);
        job.run();
        assertThat(differences(tomorrow)).containsExactly(Reconciliation.Reason.PAYMENT_NOT_ON_BILL);
    }

    @Test
    void whatHappenedAroundMidnightIsLookedForOnEitherDaysBill() throws Exception {
        Way way = Way.ALIPAY_PAGE;
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        LocalDate tomorrow =
                town.clock.instant().atZone(zone(way)).toLocalDate().plusDays(1);
        noonIn(way, 2);
        paidAt(tomorrow.atTime(0, 20), way);
        Reconciliation reconciliation = town.server.bean(Reconciliation.class);
        reconciliation.reconcile(tomorrow);
        assertThat(differences(tomorrow))
                .as("it stands on the bill of the day before")
                .isEmpty();
        town.db()
                .sql("update payments set payment_id = :other")
                .param("other", UUID.randomUUID())
                .update();
        reconciliation.reconcile(tomorrow);
        assertThat(differences(tomorrow)).containsExactly(Reconciliation.Reason.PAYMENT_NOT_ON_BILL);
        paidAt(tomorrow.minusDays(1).atTime(23, 30), way);
        reconciliation.reconcile(tomorrow);
        assertThat(differences(tomorrow)).containsExactly(Reconciliation.Reason.PAYMENT_NOT_ON_BILL);
    }

    /** WeChat writes a refund on the bill of the day that accepted it, and on no other, whenever it reaches the payer. */
    @Test
    void aRefundAcceptedBeforeMidnightAndDoneAfterItAgreesOnTheDayThatAcceptedIt() throws Exception {
        inAWorldOfOneClock();
        LocalDate day = evening();
        town.goesWrong("{\"refundsPend\": true}");
        town.payments().refund(town.only(claim).payment(), town.only(claim).amount(), "withdrawal");
        town.drain();
        town.later(Duration.ofHours(3));
        town.later(Duration.ofMinutes(10));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(doneOn()).isEqualTo(day.plusDays(1));
        assertAgrees(day, 2);
        assertAgrees(day.plusDays(1), 0);
    }

    @Test
    void aRefundThatIsStillUnderWayWhenItsBillIsWrittenIsNoDifferenceThenOrLater() throws Exception {
        inAWorldOfOneClock();
        LocalDate day = evening();
        town.goesWrong("{\"refundsPend\": true}");
        town.payments().refund(town.only(claim).payment(), town.only(claim).amount(), "withdrawal");
        town.drain();
        assertAgrees(day, 2);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDING);
        town.later(Duration.ofHours(1));
        town.later(Duration.ofHours(1));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(doneOn()).isEqualTo(day.plusDays(1));
        assertAgrees(day.plusDays(1), 0);
        assertThat(town.server.bean(Reconciliation.class).reconcile(day)).isEmpty();
        assertThat(wechat(day).differences()).as("looked at again").isEmpty();
    }

    /** Alipay did it at once; the answer was lost, and we hear of it in the small hours. */
    @Test
    void aRefundWhoseAnswerWasLostBeforeMidnightAgreesOnTheDayOnWhichAlipayDidIt() throws Exception {
        inAWorldOfOneClock();
        LocalDate day = evening(Way.ALIPAY_PAGE);
        town.goesWrong("{\"unansweredNext\": 1}");
        town.payments().refund(town.only(claim).payment(), town.only(claim).amount(), "withdrawal");
        town.drain();
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDING);
        town.later(Duration.ofHours(3));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(doneOn()).isEqualTo(day);
        assertAgrees(Way.ALIPAY_PAGE, day, 2);
        assertAgrees(Way.ALIPAY_PAGE, day.plusDays(1), 0);
    }

    @Test
    void aRefundThatTheBillOfItsDayDoesNotHaveIsADifference() throws Exception {
        inAWorldOfOneClock();
        LocalDate day = evening();
        town.payments().refund(town.only(claim).payment(), town.only(claim).amount(), "withdrawal");
        town.drain();
        // As if it had been accepted a day before: that bill has no such line.
        town.db()
                .sql("update refunds set billed_at = :noon")
                .param(
                        "noon",
                        java.sql.Timestamp.from(day.minusDays(1)
                                .atTime(12, 0)
                                .atZone(zone(Way.WECHAT_NATIVE))
                                .toInstant()))
                .update();
        noon(day.plusDays(1));
        town.server
                .bean(Reconciliation.class)
                .check(town.server.bean(Gateways.class).of(Way.WECHAT_NATIVE), day.minusDays(1));
        assertThat(wechat(day.minusDays(1)).differences())
                .extracting(Reconciliation.Difference::reason)
                .isEqualTo(List.of(Reconciliation.Reason.REFUND_NOT_ON_BILL));
    }

    private void inAWorldOfOneClock() {
        town.close();
        town = PayTown.ofOneClock();
    }

    /** It is half past ten on some evening, and Ada paid in the hour before. */
    private LocalDate evening() throws Exception {
        return evening(Way.WECHAT_NATIVE);
    }

    private LocalDate evening(Way way) throws Exception {
        var zone = zone(way);
        LocalDate day = town.clock.instant().atZone(zone).toLocalDate().plusDays(1);
        town.clock.advance(Duration.between(
                town.clock.instant(), day.atTime(22, 0).atZone(zone).toInstant()));
        town.pays(town.payments().start(town.wanted(claim, way, 10_000)));
        town.drain();
        town.clock.advance(Duration.ofMinutes(30));
        return day;
    }

    private LocalDate doneOn() {
        return town.db()
                .sql("select done_at from refunds")
                .query(java.sql.Timestamp.class)
                .single()
                .toInstant()
                .atZone(zone(Way.WECHAT_NATIVE))
                .toLocalDate();
    }

    private void noon(LocalDate day) {
        var noon = day.atTime(12, 0).atZone(zone(Way.WECHAT_NATIVE)).toInstant();
        if (town.clock.instant().isBefore(noon)) town.clock.advance(Duration.between(town.clock.instant(), noon));
    }

    /** Its bill is written, and read by the job that reads it every morning. */
    private void assertAgrees(LocalDate day, int lines) {
        assertAgrees(Way.WECHAT_NATIVE, day, lines);
    }

    private void assertAgrees(Way way, LocalDate day, int lines) {
        noon(day.plusDays(1));
        town.server.bean(BillsJob.class).run();
        assertThat(checked(way, day).differences()).as("%s", day).isEmpty();
        assertThat(checked(way, day).lines()).isEqualTo(lines);
    }

    private Reconciliation.Checked wechat(LocalDate day) {
        return checked(Way.WECHAT_NATIVE, day);
    }

    private Reconciliation.Checked checked(Way way, LocalDate day) {
        return town.server.bean(Reconciliation.class).of(day, null).stream()
                .filter(one -> one.gateway().equals(way.gateway()))
                .findFirst()
                .orElseThrow();
    }

    private void paidAt(java.time.LocalDateTime when, Way way) {
        town.db()
                .sql("update payments set paid_at = :when")
                .param("when", java.sql.Timestamp.from(when.atZone(zone(way)).toInstant()))
                .update();
    }

    private List<Reconciliation.Reason> differences(LocalDate day) {
        return town.server.bean(Reconciliation.class).of(day, null).stream()
                .filter(one -> one.gateway().equals("alipay"))
                .flatMap(one -> one.differences().stream())
                .map(Reconciliation.Difference::reason)
                .toList();
    }

    @Test
    void aDayThatWasMissedIsComparedAsSoonAsItsBillIsThere() throws Exception {
        Way way = Way.ALIPAY_PAGE;
        town.pays(town.payments().start(town.wanted(claim, way, 4_000)));
        LocalDate paidOn = town.clock.instant().atZone(zone(way)).toLocalDate();
        BillsJob job = town.server.bean(BillsJob.class);
        town.goesWrong("{\"away\": true}");
        noonIn(way, 1);
        job.run();
        assertThat(of(paidOn)).isEmpty();
        town.goesWrong("{\"away\": false}");
        noonIn(way, 2);
        job.run();
        assertThat(of(paidOn)).contains("alipay");
        assertThat(of(paidOn.minusDays(1))).as("before the first payment").doesNotContain("alipay");
    }

    @Test
    void aBillThatCannotBeReadIsSaidAndKeepsNoOtherGatewaysBill() throws Exception {
        inAWorldOfOneClock();
        noonIn(Way.WECHAT_NATIVE, 1); // the same day at each gateway, whatever hour it is
        town.pays(town.payments().start(town.wanted(claim, Way.WECHAT_NATIVE, 4_000)));
        LocalDate today = town.clock.instant().atZone(zone(Way.WECHAT_NATIVE)).toLocalDate();
        town.goesWrong("{\"garbledBill\": true}");
        assertThat(town.server.bean(Reconciliation.class).reconcile(today))
                .containsExactly(new Reconciliation.NotRead("wechat", "bill-unreadable"));
        assertThat(of(today)).containsExactly("alipay", "stripe");
    }

    private java.time.ZoneId zone(Way way) {
        return town.server.bean(Gateways.class).of(way).zone();
    }

    /** The clock goes on to the noon of some day after today. */
    private void noonIn(Way way, int days) {
        town.clock.advance(
                Duration.between(town.clock.instant(), noonOfToday(way).plus(Duration.ofDays(days))));
    }

    private List<String> of(LocalDate day) {
        return town.server.bean(Reconciliation.class).of(day, null).stream()
                .map(Reconciliation.Checked::gateway)
                .toList();
    }
}
