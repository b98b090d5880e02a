package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;
import vitrine.payment.Reconciliation.Reason;
import vitrine.platform.Money;

/** Money that comes back to us after it was given back, and money that a buyer's bank takes: both in the books, and on the bill. */
class DisputesTest {

    private static final Money HER_MONEY = new Money(4_900, Currency.getInstance("EUR"));
    private static PayTown town;
    private UUID claim;

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @BeforeEach
    void clean() throws Exception {
        claim = UUID.randomUUID();
        town.clock.backToReal();
        town.goesWrong("{\"dropNext\": 0, \"refundsPend\": false, \"settlesIn\": \"\"}");
        for (String table : List.of("disputes", "refunds", "money_journal", "payments"))
            town.db().sql("delete from " + table).update();
        town.control("/forget", "");
    }

    private Started paid(Way way) throws Exception {
        Started started = town.payments().start(town.wanted(claim, way, HER_MONEY.minor()));
        town.pays(started);
        return started;
    }

    private PaymentId payment() {
        return town.only(claim).payment();
    }

    private Refunding back(long minor, Way way) {
        String currency = way == Way.STRIPE_CARD ? "EUR" : "CNY";
        return town.payments().refund(payment(), new Money(minor, Currency.getInstance(currency)), "withdrawn");
    }

    private Payments.RefundState refund() {
        return town.payments().refunds(payment()).getFirst();
    }

    private long sumOfAll() {
        return town.balances().values().stream().mapToLong(Long::longValue).sum();
    }

    private List<Reason> differences() {
        Gateway stripe = town.server.bean(Gateways.class).of(Way.STRIPE_CARD);
        LocalDate today = town.clock.instant().atZone(stripe.zone()).toLocalDate();
        Reconciliation reconciliation = town.server.bean(Reconciliation.class);
        assertThat(reconciliation.reconcile(today)).isEmpty();
        return reconciliation.of(today, null).stream()
                .filter(one -> one.gateway().equals("stripe"))
                .flatMap(one -> one.differences().stream())
                .map(Reconciliation.Difference::reason)
                .toList();
    }

    @Test
    void aRefundThatFailsAfterItWasDoneIsOwedAgainAndGoesBackAnewWhenStaffSaySo() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        back(900, Way.STRIPE_CARD);
        town.drain();
        assertThat(refund().doneAt()).isNotNull();
        town.does(started, "refund-fails");
        assertThat(refund().failed()).isTrue();
        assertThat(refund().why()).isEqualTo("expired_or_canceled_card");
        assertThat(town.balances().get(MoneyJournal.REFUNDS)).as("owed again").isEqualTo(-900);
        assertThat(differences()).as("the bill has it, too").isEmpty();
        assertThat(town.payments().refundAgain(town.lumen, refund().refund())).isTrue();
        town.drain();
        assertThat(refund().failed()).isFalse();
        assertThat(refund().doneAt()).isNotNull();
        assertThat(town.balances().get(MoneyJournal.REFUNDS)).isZero();
        assertThat(sumOfAll()).isZero();
        assertThat(differences()).isEmpty();
    }

    /** A node asked, and while its answer is on the way the gateway tells another that the same try failed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatComesAfterTheFailureOfItsTryDoesNotHideIt(boolean underWay) throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        back(900, Way.STRIPE_CARD);
        Refunds refunds = town.server.bean(Refunds.class);
        Refund asked = refunds.due(10).getFirst().refund();
        assertThat(refunds.failed("stripe", town.lumen, asked.id(), asked.number(), "expired_or_canceled_card"))
                .isEqualTo(Refunds.Failed.NOW);
        town.goesWrong("{\"refundsPend\": " + underWay + "}");
        refunds.give(asked);
        town.goesWrong("{\"refundsPend\": false}");
        town.does(started, "refund-fails");
        assertThat(refund().failed()).as("somebody must look").isTrue();
        assertThat(refund().why()).isEqualTo("expired_or_canceled_card");
        assertThat(town.balances().get(MoneyJournal.REFUNDS)).as("owed").isEqualTo(-900);
        assertThat(town.payments().refundAgain(town.lumen, refund().refund())).isTrue();
        town.drain();
        assertThat(refund().doneAt()).isNotNull();
        assertThat(town.balances().get(MoneyJournal.REFUNDS)).isZero();
        assertThat(sumOfAll()).isZero();
    }

    @Test
    void aFailedRefundOfWhichNobodyToldUsStandsOnTheBill() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        back(900, Way.STRIPE_CARD);
        town.drain();
        town.goesWrong("{\"dropNext\": 2}");
        town.does(started, "refund-fails");
        assertThat(refund().failed()).isFalse();
        assertThat(differences()).containsExactly(Reason.REFUND_FAILURE_NOT_BOOKED);
        assertThat(refund().failed()).isTrue();
        assertThat(differences()).isEmpty();
    }

    @Test
    void whatHerBankTakesBelongsToNobodyUntilItIsDecidedAndIsNotGivenBackTwice() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        town.does(started, "dispute");
        DisputeState open = town.payments().disputesUnderWay(town.lumen, 10).getFirst();
        assertThat(open.amount()).isEqualTo(HER_MONEY);
        assertThat(open.dueBy()).isEqualTo(open.openedAt().plus(Duration.ofDays(7)));
        assertThat(town.balances())
                .containsEntry(MoneyJournal.DISPUTES, 4_900L)
                .containsEntry("fees:stripe", 1_500L)
                .containsEntry(MoneyJournal.BRAND, -4_900L);
        assertThat(back(1, Way.STRIPE_CARD)).isEqualTo(new Refunding.TooMuch(new Money(0, HER_MONEY.currency())));
        assertThat(differences()).isEmpty();
        town.does(started, "dispute-won");
        assertThat(town.payments().disputesUnderWay(town.lumen, 10)).isEmpty();
        assertThat(town.balances()).containsEntry(MoneyJournal.DISPUTES, 0L).containsEntry(MoneyJournal.BRAND, -4_900L);
        assertThat(back(1, Way.STRIPE_CARD)).isInstanceOf(Refunding.Wanted.class);
        assertThat(differences()).isEmpty();
        assertThat(sumOfAll()).isZero();
    }

    /** An account in Hong Kong sells in euros: what it pays for a dispute is Hong Kong dollars. */
    @Test
    void theFeeForADisputeIsBookedInTheCurrencyInWhichTheAccountSettles() throws Exception {
        town.goesWrong("{\"settlesIn\": \"HKD\"}");
        town.does(paid(Way.STRIPE_CARD), "dispute");
        assertThat(town.journal().statement(town.lumen, null, null, java.time.ZoneId.of("UTC")))
                .filteredOn(one -> one.account().equals("fees:stripe"))
                .extracting(MoneyJournal.Balance::balance)
                .containsExactly(new Money(1_350, Currency.getInstance("HKD")));
        assertThat(town.payments().story(payment()).orElseThrow().state().disputed())
                .as("what her bank took is what she paid")
                .isEqualTo(HER_MONEY);
        assertThat(differences()).isEmpty();
        assertThat(town.journal().statement(town.lumen, null, null, java.time.ZoneId.of("UTC")))
                .filteredOn(one -> one.account().startsWith("fees:"))
                .as("and no line of it is in euros")
                .noneMatch(one -> one.balance().currency().equals(HER_MONEY.currency()));
        assertThat(sumOfAll()).isZero();
    }

    @Test
    void whoGivesInHasLostTheMoneyAndTheBrandBearsIt() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        town.does(started, "dispute");
        UUID dispute =
                town.payments().disputesUnderWay(town.lumen, 10).getFirst().id();
        assertThat(town.payments().giveIn(town.lumen, dispute)).isTrue();
        town.quiet();
        assertThat(town.payments().giveIn(town.lumen, dispute))
                .as("pressed twice")
                .isFalse();
        assertThat(town.payments().dispute(town.lumen, dispute).orElseThrow().isLost())
                .isTrue();
        assertThat(town.balances()).containsEntry(MoneyJournal.DISPUTES, 0L).containsEntry(MoneyJournal.BRAND, 0L);
        assertThat(differences()).isEmpty();
        assertThat(sumOfAll()).isZero();
    }

    @Test
    void aDisputeOfWhichNobodyToldUsIsBookedFromTheBill() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        town.goesWrong("{\"dropNext\": 2}");
        town.does(started, "dispute");
        assertThat(town.payments().disputesUnderWay(town.lumen, 10)).isEmpty();
        assertThat(differences()).containsExactly(Reason.DISPUTE_NOT_BOOKED);
        assertThat(town.payments().disputesUnderWay(town.lumen, 10)).hasSize(1);
        assertThat(differences()).isEmpty();
    }

    /** Events come in any order and more than once: an older one changes no state, and money is booked once. */
    @Test
    void itsEventsMayComeDoubledAndReordered() throws Exception {
        paid(Way.STRIPE_CARD);
        String intent =
                String.valueOf(town.payments().story(payment()).orElseThrow().gatewayId());
        var notices = new Notices(town, town.sandboxConfig);
        long now = town.clock.instant().getEpochSecond();
        byte[] opened = event("charge.dispute.created", "needs_response", intent, now, 1);
        byte[] won = event("charge.dispute.closed", "won", intent, now + 5, 2);
        for (byte[] body : List.of(won, opened, won, opened))
            assertThat(notices.stripe(body, town.clock.instant(), "").statusCode())
                    .isEqualTo(200);
        assertThat(town.payments().story(payment()).orElseThrow().disputes())
                .extracting(DisputeState::is)
                .containsExactly(DisputeState.Is.WON);
        assertThat(town.balances()).containsEntry(MoneyJournal.DISPUTES, 0L).containsEntry("fees:stripe", 1_500L);
        assertThat(sumOfAll()).isZero();
    }

    private static byte[] event(String type, String status, String intent, long at, int moves) {
        ObjectNode event = PayTown.JSON
                .createObjectNode()
                .put("id", "evt_" + type + at)
                .put("type", type)
                .put("created", at);
        ObjectNode dispute = event.putObject("data").putObject("object");
        dispute.put("id", "dp_1")
                .put("amount", 4_900)
                .put("currency", "eur")
                .put("payment_intent", intent)
                .put("reason", "fraudulent")
                .put("status", status)
                .put("created", at);
        var list = dispute.putArray("balance_transactions");
        list.addObject()
                .put("amount", -4_900)
                .put("currency", "eur")
                .put("fee", 1_500)
                .put("created", at);
        if (moves > 1)
            list.addObject()
                    .put("amount", 4_900)
                    .put("currency", "eur")
                    .put("fee", 0)
                    .put("created", at);
        return PayTown.JSON.writeValueAsBytes(event);
    }

    @Test
    void aRealRefundEventOfStripesThatIsNotOursIsAnsweredYesAndLeft() throws Exception {
        byte[] body = Files.readAllBytes(Path.of("src/test/resources/payments/stripe/charge.refund.updated.json"));
        assertThat(new Notices(town, town.sandboxConfig)
                        .stripe(body, town.clock.instant(), "")
                        .statusCode())
                .isEqualTo(200);
    }

    /** A refund that WeChat closed, for our account there was empty for a week, is never done under its number; the next try has another. */
    @Test
    void aRefundThatWeChatClosedGoesBackUnderAnotherNumber() throws Exception {
        Started started = paid(Way.WECHAT_NATIVE);
        town.goesWrong("{\"refundsPend\": true}");
        back(900, Way.WECHAT_NATIVE);
        town.drain();
        town.does(started, "refund-closed");
        town.later(Duration.ofMinutes(1));
        assertThat(refund().why()).isEqualTo("CLOSED");
        town.goesWrong("{\"refundsPend\": false}");
        town.payments().refundAgain(town.lumen, refund().refund());
        town.later(Duration.ofMinutes(1));
        assertThat(refund().doneAt()).isNotNull();
        assertThat(numbers()).isEqualTo(1);
        assertThat(town.balances()).containsEntry(MoneyJournal.REFUNDS, 0L);
    }

    /** Where her card is no more the money waits at WeChat: another refund would pay twice, so only its state is asked for again. */
    @Test
    void aRefundThatWaitsAtWeChatKeepsItsNumberUntilSomebodySendsItOnThere() throws Exception {
        Started started = paid(Way.WECHAT_NATIVE);
        town.goesWrong("{\"refundsPend\": true}");
        back(900, Way.WECHAT_NATIVE);
        town.drain();
        town.does(started, "refund-abnormal");
        town.later(Duration.ofMinutes(1));
        assertThat(refund().why()).isEqualTo("ABNORMAL");
        town.payments().refundAgain(town.lumen, refund().refund());
        town.later(Duration.ofMinutes(1));
        assertThat(refund().why()).as("still").isEqualTo("ABNORMAL");
        town.does(started, "refund-sent");
        town.payments().refundAgain(town.lumen, refund().refund());
        town.later(Duration.ofMinutes(1));
        assertThat(refund().doneAt()).isNotNull();
        assertThat(numbers()).isZero();
    }

    private int numbers() {
        return town.db()
                .sql("select renumbered from refunds")
                .query(Integer.class)
                .single();
    }

    @Test
    void anotherSumThanWasAskedForIsBookedAsWhatCameAndGoesBackWhole() throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        paid(Way.STRIPE_CARD);
        // As if less had been asked for: the gateway has more than that.
        town.db().sql("update payments set amount = 4000").update();
        town.payments().close(town.lumen, claim);
        assertThat(town.payments().ofAnotherSum(town.lumen, 10))
                .extracting(one -> one.state().other())
                .containsExactly(HER_MONEY);
        OtherSum asked = town.payments().askAboutOther(payment());
        assertThat(asked).isInstanceOf(OtherSum.Came.class);
        assertThat(town.payments().giveOtherBack((OtherSum.Came) asked)).isTrue();
        assertThat(town.payments().giveOtherBack((OtherSum.Came) asked))
                .as("pressed twice")
                .isFalse();
        assertThat(town.payments().close(town.lumen, claim))
                .as("the unit is free")
                .isEqualTo(new Closing.Closed());
        town.drain();
        assertThat(town.only(claim).refunded()).isEqualTo(HER_MONEY);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(town.payments().brandsWithSettled()).as("it buys nothing").isEmpty();
        assertThat(town.payments().askAboutOther(payment())).isEqualTo(new OtherSum.NotSo());
        assertThat(differences()).isEmpty();
        assertThat(sumOfAll()).isZero();
    }

    @Test
    void aNoticeAloneMovesNoMoneyWhereTheGatewaySaysThatNothingCame() throws Exception {
        town.payments().start(town.wanted(claim, Way.STRIPE_CARD, HER_MONEY.minor()));
        town.server.bean(PaymentRows.class).otherSum(payment(), new Money(4_899, HER_MONEY.currency()));
        assertThat(town.payments().askAboutOther(payment())).isEqualTo(new OtherSum.Nothing());
        assertThat(town.payments().ofAnotherSum(town.lumen, 10))
                .as("it may still come")
                .hasSize(1);
        town.payments().close(town.lumen, claim);
        assertThat(town.payments().ofAnotherSum(town.lumen, 10)).hasSize(1);
        assertThat(town.payments().askAboutOther(payment())).isEqualTo(new OtherSum.Over());
        assertThat(town.payments().ofAnotherSum(town.lumen, 10)).isEmpty();
        assertThat(town.payments().askAboutOther(payment())).isEqualTo(new OtherSum.NotSo());
    }
}
