package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vitrine.platform.Money;

/** Somebody gives money back at a gateway's own pages, where we were refused: she gets it once, and the books say so. */
class SettledByHandTest {

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
        // Else what a gateway still has to say of the test before finds no payment, and is said again for a minute.
        town.quiet();
        claim = UUID.randomUUID();
        town.clock.backToReal();
        for (String table : List.of("refunds", "money_journal", "payments"))
            town.db().sql("delete from " + table).update();
    }

    private Started paid(Way way) throws Exception {
        Started started = town.payments().start(town.wanted(claim, way, 4_900));
        town.pays(started);
        return started;
    }

    private PaymentId payment() {
        return town.only(claim).payment();
    }

    private void wants(long minor, String reason) {
        Currency currency = town.only(claim).amount().currency();
        assertThat(town.payments().refund(payment(), new Money(minor, currency), reason))
                .isInstanceOf(Refunding.Wanted.class);
        town.drain();
    }

    private Payments.RefundState refund() {
        return town.payments().refunds(payment()).getLast();
    }

    private void again() {
        assertThat(town.payments().refundAgain(town.lumen, refund().refund())).isTrue();
        town.later(Duration.ofSeconds(1));
    }

    private boolean saidToBeByHand() {
        return town.payments().refundedByHand(town.lumen, refund().refund());
    }

    /** What the gateway gave back of it in all. */
    private long givenThere(Started started) throws Exception {
        // Being asked, it says so again, signed at the real hour: ten minutes ahead that is refused, and repeated for
        // minutes.
        town.clock.backToReal();
        String page = town.opened(started).replaceAll("\\?.*", "").substring("/checkout/".length());
        return town.control("/trades/" + page + "/again", "").path("refunded").asLong();
    }

    private long owed() {
        return -town.balances().getOrDefault(MoneyJournal.REFUNDS, 0L);
    }

    @ParameterizedTest
    @EnumSource(names = {"STRIPE_CARD", "ALIPAY_PAGE"})
    void whatWasGivenBackWholeAtTheGatewayIsSettledWhenItIsTriedAgain(Way way) throws Exception {
        Started started = paid(way);
        town.does(started, "give-back");
        wants(4_900, "withdrawn");
        assertThat(refund().failed()).as("there is nothing left to give").isTrue();
        assertThat(owed()).isEqualTo(4_900);
        assertThat(town.only(claim).is()).as("nobody says that she has it").isEqualTo(PaymentState.Is.OWED);
        again();
        assertThat(refund().doneAt()).isNotNull();
        assertThat(refund().byHand()).isTrue();
        assertThat(owed()).isZero();
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
    }

    /** WeChat says that something went back, and not how much: nothing of it was ours, so people say what it was. */
    @Test
    void whatWasGivenBackAtWeChatWaitsForAWordOfThePeople() throws Exception {
        Started started = paid(Way.WECHAT_NATIVE);
        town.does(started, "give-back");
        wants(4_900, "withdrawn");
        again();
        assertThat(refund().why()).isEqualTo("given-elsewhere");
        assertThat(owed()).isEqualTo(4_900);
        assertThat(saidToBeByHand()).isTrue();
        assertThat(saidToBeByHand()).as("pressed twice").isFalse();
        assertThat(refund().byHand()).isTrue();
        assertThat(owed()).isZero();
        assertThat(town.balances().get("clearing:wechat-native")).isZero();
    }

    @Test
    void aPartThatWasGivenBackByHandIsNotGivenASecondTime() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        wants(900, "goodwill");
        town.does(started, "refund-fails");
        town.does(started, "give-back-900");
        again();
        assertThat(refund().why()).isEqualTo("given-elsewhere");
        assertThat(givenThere(started)).isEqualTo(900);
        assertThat(saidToBeByHand()).isTrue();
        town.later(Duration.ofMinutes(10));
        assertThat(givenThere(started)).as("nothing is sent any more").isEqualTo(900);
        assertThat(owed()).isZero();
        assertThat(town.balances().get("clearing:stripe-card")).isEqualTo(4_000);
    }

    /**
     * Whether that went by the gateway or by a bank nobody knows here, and a gateway's sum alone cannot tell it from what went back of
     * this one.
     */
    @Test
    void whatIsBookedByHandIsNamedBesideALaterRefundThatIsRefusedAndNothingIsSent() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        wants(900, "goodwill");
        town.does(started, "refund-fails");
        assertThat(saidToBeByHand()).as("by a bank").isTrue();
        wants(900, "not-as-described");
        town.does(started, "refund-fails");
        town.does(started, "give-back-900");
        again();
        assertThat(refund().why()).isEqualTo("given-elsewhere");
        assertThat(refund().isGivenElsewhere()).isTrue();
        assertThat(refund().bookedByHand().minor()).isEqualTo(900);
        town.later(Duration.ofMinutes(10));
        assertThat(givenThere(started)).as("once, by the people").isEqualTo(900);
        assertThat(saidToBeByHand()).isTrue();
        assertThat(owed()).isZero();
    }

    /** What went back on our own word is no reason to wait for anybody, though WeChat's order says only that something did. */
    @ParameterizedTest
    @EnumSource(names = {"STRIPE_CARD", "WECHAT_NATIVE"})
    void anEarlierRefundOfOursHoldsUpNoOther(Way way) throws Exception {
        Started started = paid(way);
        wants(1_000, "goodwill");
        assertThat(refund().doneAt()).isNotNull();
        town.goesWrong("{\"refundsPend\": true}");
        wants(2_000, "not-as-described");
        town.goesWrong("{\"refundsPend\": false}");
        town.does(started, way == Way.STRIPE_CARD ? "refund-fails" : "refund-closed");
        town.later(Duration.ofMinutes(1));
        assertThat(refund().failed()).isTrue();
        again();
        town.later(Duration.ofMinutes(1));
        assertThat(refund().doneAt()).isNotNull();
        assertThat(refund().byHand()).isFalse();
        assertThat(owed()).isZero();
        assertThat(givenThere(started)).isEqualTo(3_000);
    }

    @Test
    void aRefundThatIsNotRefusedIsNotSettledByHand() throws Exception {
        Started started = paid(Way.STRIPE_CARD);
        wants(900, "goodwill");
        assertThat(refund().doneAt()).isNotNull();
        assertThat(saidToBeByHand()).isFalse();
        assertThat(refund().byHand()).isFalse();
    }
}
