package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vitrine.platform.Money;

/** Paying, through each of the three gateways as the sandbox plays them. */
class PaymentsTest {

    private static PayTown town;
    private final UUID claim = UUID.randomUUID();

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @BeforeEach
    void nothingGoesWrong() throws Exception {
        town.clock.backToReal();
        town.goesWrong(
                "{\"host\": \"\", \"away\": false, \"dropNext\": 0, \"delayMillis\": 0, \"refundsPend\": false, \"settlesIn\": \"\"}");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whoPaysIsInTheBooksOnceAndWaitsToBeTakenUp(Way way) throws Exception {
        var before = town.balances();
        Started started = town.payments().start(town.wanted(claim, way, 1990));
        town.pays(started);
        PaymentState state = town.only(claim);
        assertThat(state.is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(state.late()).isFalse();
        var after = town.balances();
        String clearing = "clearing:" + way.text();
        assertThat(after.getOrDefault(clearing, 0L) - before.getOrDefault(clearing, 0L))
                .isEqualTo(1990);
        assertThat(town.payments().start(town.wanted(claim, way, 1990)))
                .isEqualTo(new Started.AlreadyPaid(state.payment()));
        assertThat(town.payments().brandsWithSettled()).contains(town.lumen);
        town.transactions().executeWithoutResult(status -> {
            var settled = town.payments().settled(town.lumen, town.waiting());
            assertThat(settled).extracting(Settled::purpose).contains(claim);
            town.payments()
                    .takenUp(town.lumen, settled.stream().map(Settled::payment).toList());
        });
        town.transactions()
                .executeWithoutResult(status -> assertThat(town.payments().settled(town.lumen, town.waiting()))
                        .isEmpty());
    }

    /** As WeChat's app looks at it: its documentation's four lines, under the merchant's key. */
    @Test
    void whatTheBridgeIsGivenIsSignedByTheMerchant() throws Exception {
        var bridge = (Started.CallBridge) town.payments().start(town.wanted(claim, Way.WECHAT_JSAPI, 1990));
        Map<String, String> given = bridge.parameters();
        var rsa = java.security.KeyFactory.getInstance("RSA");
        var key = (java.security.interfaces.RSAPrivateCrtKey)
                rsa.generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(java.util.Base64.getDecoder()
                        .decode(String.valueOf(town.contract.get("VITRINE_PAY_WECHAT_KEY")))));
        var check = java.security.Signature.getInstance("SHA256withRSA");
        check.initVerify(
                rsa.generatePublic(new java.security.spec.RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())));
        check.update("%s\n%s\n%s\n%s\n"
                .formatted(given.get("appId"), given.get("timeStamp"), given.get("nonceStr"), given.get("package"))
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(check.verify(java.util.Base64.getDecoder().decode(given.get("paySign"))))
                .isTrue();
        assertThat(given).containsEntry("signType", "RSA");
    }

    @Test
    void weChatSaysOnceWhoSomebodyIsAndNothingToWhoeverGuesses() throws Exception {
        WeChatPeople people = town.server.bean(WeChatPeople.class);
        var there =
                people.ask(town.server.address() + "/back?a=b&c=d", "a state").orElseThrow();
        var sent = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(there).build(), HttpResponse.BodyHandlers.discarding());
        String back = sent.headers().firstValue("Location").orElseThrow();
        assertThat(back)
                .startsWith(town.server.address() + "/back?a=b&c=d&code=")
                .endsWith("&state=a+state");
        String code = back.replaceAll(".*&code=([^&]*)&.*", "$1");
        assertThat(people.openid("guessed")).isEmpty();
        assertThat(people.openid(code)).get().asString().startsWith("o");
        assertThat(people.openid(code)).as("a second time").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void theSameClaimInTheSameWayIsTheSamePayment(Way way) throws Exception {
        Started first = town.payments().start(town.wanted(claim, way, 500));
        Started second = town.payments().start(town.wanted(claim, way, 500));
        assertThat(town.opened(second)).isEqualTo(town.opened(first));
        assertThat(town.payments().of(town.lumen, claim)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aLostCallbackIsFoundByAsking(Way way) throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, way, 700)));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.OPEN);
        town.later(Duration.ofSeconds(90));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatWasClosedCanNoLongerBePaid(Way way) throws Exception {
        Started started = town.payments().start(town.wanted(claim, way, 800));
        town.opened(started);
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void closingWhatWasPaidFindsTheMoney(Way way) throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, way, 900)));
        assertThat(town.payments().close(town.lumen, claim))
                .isEqualTo(new Closing.Paid(town.only(claim).payment()));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aUnitIsNotFreeWhileTheGatewayIsAway(Way way) throws Exception {
        town.opened(town.payments().start(town.wanted(claim, way, 900)));
        town.goesWrong("{\"away\": true}");
        assertThat(town.payments().close(town.lumen, claim)).isInstanceOf(Closing.Unknown.class);
        town.goesWrong("{\"away\": false}");
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void moneyThatComesAgainstTheGatewaysWordIsLateAndIsNotLost(Way way) throws Exception {
        Started started = town.payments().start(town.wanted(claim, way, 1100));
        town.opened(started);
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
        town.does(started, "late");
        PaymentState state = town.only(claim);
        assertThat(state.is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(state.late()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatWasPaidIsGivenBackInPartsAndNeverMoreThanThat(Way way) throws Exception {
        town.pays(town.payments().start(town.wanted(claim, way, 1000)));
        PaymentState paid = town.only(claim);
        var before = town.balances();
        var currency = paid.amount().currency();
        var part = new vitrine.platform.Money(400, currency);
        Refunding first = town.payments().refund(paid.payment(), part, "one of two");
        assertThat(town.payments().refund(paid.payment(), part, "one of two")).isEqualTo(first);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDING);
        town.drain();
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
        assertThat(town.payments().refund(paid.payment(), new vitrine.platform.Money(601, currency), "too much"))
                .isEqualTo(new Refunding.TooMuch(new vitrine.platform.Money(600, currency)));
        town.goesWrong("{\"refundsPend\": true}");
        town.payments().refund(paid.payment(), new vitrine.platform.Money(600, currency), "withdrawal");
        town.drain();
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDING);
        town.later(Duration.ofMinutes(1));
        town.later(Duration.ofMinutes(5));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
        var after = town.balances();
        String clearing = "clearing:" + way.text();
        assertThat(after.getOrDefault(clearing, 0L) - before.getOrDefault(clearing, 0L))
                .isEqualTo(-1000);
        assertThat(after.getOrDefault(MoneyJournal.REFUNDS, 0L)).isZero();
    }

    @Test
    void aGatewayThatIsAwayKeepsNoRefundOfAnother() throws Exception {
        List<PaymentId> slow = List.of(paid(Way.WECHAT_NATIVE), paid(Way.WECHAT_NATIVE));
        PaymentId quick = paid(Way.STRIPE_CARD);
        var cny = new Money(100, Currency.getInstance("CNY"));
        for (PaymentId one : slow) town.payments().refund(one, cny, "withdrawal");
        town.payments().refund(quick, new Money(100, Currency.getInstance("EUR")), "withdrawal");
        town.goesWrong("{\"host\": \"wechat\", \"away\": true}");
        town.server.bean(RefundJob.class).run();
        assertThat(refund(quick)).startsWith("done");
        assertThat(slow.stream().map(this::refund))
                .as("one was asked for, and the other is as if it had not been taken")
                .containsExactlyInAnyOrder("wanted 1", "wanted 0");
        town.goesWrong("{\"host\": \"\", \"away\": false}");
        town.later(Duration.ofSeconds(10));
        assertThat(slow.stream().map(this::refund)).allMatch(state -> state.startsWith("done"));
    }

    @Test
    void aRefundThatCannotBeReadKeepsNoOther() throws Exception {
        PaymentId bad = paid(Way.ALIPAY_PAGE);
        PaymentId good = paid(Way.ALIPAY_PAGE);
        var cny = new Money(100, Currency.getInstance("CNY"));
        town.payments().refund(bad, cny, "withdrawal");
        town.payments().refund(good, cny, "withdrawal");
        currency(bad, "ZZZ"); // which nobody can read
        town.server.bean(RefundJob.class).run();
        assertThat(refund(good)).startsWith("done");
        currency(bad, "CNY");
        town.later(Duration.ofSeconds(10));
        assertThat(refund(bad)).startsWith("done");
    }

    private PaymentId paid(Way way) throws Exception {
        UUID purpose = UUID.randomUUID();
        town.pays(town.payments().start(town.wanted(purpose, way, 1_000)));
        return town.only(purpose).payment();
    }

    private static void currency(PaymentId payment, String code) {
        town.db()
                .sql("update payments set currency = :code where payment_id = :id")
                .param("code", code)
                .param("id", payment.value())
                .update();
    }

    /** Its state, and how often it was tried. */
    private String refund(PaymentId payment) {
        return town.db()
                .sql("select state || ' ' || tries from refunds where payment_id = :id")
                .param("id", payment.value())
                .query(String.class)
                .single();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anAnswerThatWasLostIsTheSamePaymentAtTheNextTap(Way way) throws Exception {
        if (way.gateway().equals("alipay")) return; // nothing is sent to Alipay before its payer comes
        town.goesWrong("{\"unansweredNext\": 1}");
        assertThat(town.payments().start(town.wanted(claim, way, 300))).isInstanceOf(Started.GatewayAway.class);
        town.pays(town.payments().start(town.wanted(claim, way, 300)));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aUnitIsNotFreeWhileTheGatewayHasMoneyOfAnotherAmount(Way way) throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, way, 900)));
        town.db()
                .sql("update payments set amount = 901 where purpose = :claim")
                .param("claim", claim)
                .update();
        assertThat(town.payments().close(town.lumen, claim)).isInstanceOf(Closing.Unknown.class);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.OPEN);
        town.db()
                .sql("delete from payments where purpose = :claim")
                .param("claim", claim)
                .update();
    }

    @Test
    void whoChoosesAnotherWayPaysForTheSameThingAndTheFirstIsClosed() throws Exception {
        Started first = town.payments().start(town.wanted(claim, Way.WECHAT_NATIVE, 600));
        Started second = town.payments().start(town.wanted(claim, Way.ALIPAY_PAGE, 600));
        town.pays(second);
        town.drain();
        assertThat(town.payments().of(town.lumen, claim))
                .extracting(PaymentState::is)
                .isEqualTo(List.of(PaymentState.Is.CLOSED, PaymentState.Is.PAID));
        assertThat(town.opened(first)).isNotEmpty();
    }

    /** WeChat opens an address for phones for five minutes, and a hold may be longer. */
    @Test
    void anAddressForPhonesThatWeChatNoLongerOpensIsNotHandedOutAndTheNextTryHasAnother() throws Exception {
        Started first = town.payments().start(town.wanted(claim, Way.WECHAT_H5, 600));
        town.clock.advance(Duration.ofMinutes(3));
        assertThat(town.payments().tries(town.lumen, claim).goesOn()).isEqualTo(first);
        town.clock.advance(Duration.ofMinutes(1).plusSeconds(1));
        assertThat(town.payments().tries(town.lumen, claim).goesOn())
                .as("it may have been paid, and can be begun anew")
                .isEqualTo(new Started.Stale());
        Started second = town.payments().start(town.wanted(claim, Way.WECHAT_H5, 600));
        assertThat(second).isInstanceOf(Started.GoTo.class).isNotEqualTo(first);
        assertThat(town.payments().tries(town.lumen, claim).goesOn()).isEqualTo(second);
        town.drain();
        assertThat(town.payments().of(town.lumen, claim))
                .extracting(PaymentState::is)
                .as("the first is closed, so she cannot pay twice")
                .containsExactly(PaymentState.Is.CLOSED, PaymentState.Is.OPEN);
        town.pays(second);
        assertThat(town.payments().paid(town.lumen, claim)).isPresent();
    }

    @Test
    void whatIsPaidAfterItsAddressWasOverIsFoundBeforeAnotherTryIsOpen() throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, Way.WECHAT_H5, 600)));
        town.clock.advance(Duration.ofMinutes(4).plusSeconds(1));
        town.payments().start(town.wanted(claim, Way.WECHAT_H5, 600));
        town.drain();
        assertThat(town.payments().of(town.lumen, claim))
                .extracting(PaymentState::is)
                .containsExactly(PaymentState.Is.PAID, PaymentState.Is.CLOSED);
    }

    @Test
    void aCodeIsShownForNearlyTwoHours() {
        Wanted wanted = town.wanted(claim, Way.WECHAT_NATIVE, 600, Duration.ofHours(3));
        Started first = town.payments().start(wanted);
        town.clock.advance(Duration.ofMinutes(114));
        assertThat(town.payments().start(wanted)).isEqualTo(first);
        town.clock.advance(Duration.ofMinutes(2));
        assertThat(town.payments().start(wanted)).isNotEqualTo(first);
    }

    @Test
    void nobodyBeginsMoreThanTenTimesToPayForOneThing() throws Exception {
        Started last = null;
        for (int n = 0; n < Payments.TRIES_MAX; n++)
            last = town.payments().start(town.wanted(claim, n % 2 == 0 ? Way.ALIPAY_WAP : Way.ALIPAY_PAGE, 600));
        assertThat(town.payments().start(town.wanted(claim, Way.ALIPAY_WAP, 600)))
                .isEqualTo(new Started.TooOften(Payments.TRIES_MAX));
        assertThat(town.payments().of(town.lumen, claim)).hasSize(Payments.TRIES_MAX);
        town.pays(java.util.Objects.requireNonNull(last));
        assertThat(town.payments().paid(town.lumen, claim))
                .as("the last one can be paid")
                .isPresent();
    }

    @Test
    void whatIsOpenIsNotFailedByARefusalThatComesLate() {
        town.payments().start(town.wanted(claim, Way.WECHAT_NATIVE, 600));
        PaymentId open = town.only(claim).payment();
        PaymentRows rows = town.server.bean(PaymentRows.class);
        assertThat(rows.ended(open, Payment.State.FAILED, "late", town.clock.instant()))
                .isFalse();
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.OPEN);
    }

    @Test
    void anOrderThatWeChatSaysIsPaidIsAskedForAndNotCalledRefused() throws Exception {
        town.goesWrong("{\"dropNext\": 1}");
        town.pays(town.payments().start(town.wanted(claim, Way.WECHAT_NATIVE, 600)));
        // As if the answer that showed its code had never come.
        town.db()
                .sql("update payments set state = 'started', shown = null, opened_at = null where purpose = :claim")
                .param("claim", claim)
                .update();
        assertThat(town.payments().start(town.wanted(claim, Way.WECHAT_NATIVE, 600)))
                .isInstanceOf(Started.AlreadyPaid.class);
    }

    @Test
    void whatWasAskedForOftenIsAskedForAgainWhenItsDeadlineIsOver() {
        town.payments().start(town.wanted(claim, Way.WECHAT_NATIVE, 600));
        java.time.Instant deadline = town.only(claim).deadline();
        town.db()
                .sql("update payments set asked = 9, ask_at = :now where purpose = :claim")
                .param("now", java.sql.Timestamp.from(town.clock.instant()))
                .param("claim", claim)
                .update();
        town.drain();
        java.time.Instant next = town.db()
                .sql("select ask_at from payments where purpose = :claim")
                .param("claim", claim)
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .single();
        assertThat(java.time.Duration.between(deadline, next)).isBetween(Duration.ZERO, Duration.ofSeconds(2));
    }

    @Test
    void aWayWithoutAnAccountOrForAnotherCurrencyIsNotOffered() {
        var yen = new vitrine.platform.Money(500, java.util.Currency.getInstance("EUR"));
        assertThat(town.payments().ways(yen)).containsExactly(Way.STRIPE_CARD);
        assertThat(town.payments().ways(new Money(500, Currency.getInstance("CNY"))))
                .hasSize(6);
    }

    @Test
    void lessThanAServiceTakesIsPaidInTheOtherWaysOnly() {
        Money cheap = new Money(100, Currency.getInstance("CNY"));
        assertThat(town.payments().ways(cheap)).hasSize(5).doesNotContain(Way.STRIPE_CARD);
        assertThat(town.payments().start(town.wanted(claim, Way.STRIPE_CARD, 49)))
                .isEqualTo(new Started.NotOffered(Way.STRIPE_CARD));
        assertThat(town.payments().of(town.lumen, claim)).isEmpty();
    }

    /** Half a euro is enough, and what it comes to in the currency of the account is not: nobody here could know. */
    @Test
    void whatStripeRefusesToTakeIsOverAndKeepsNoUnitThoughItsAnswerWasLost() throws Exception {
        town.goesWrong("{\"settlesIn\": \"USD\", \"unansweredNext\": 1}");
        assertThat(town.payments().start(town.wanted(claim, Way.STRIPE_CARD, 50)))
                .isInstanceOf(Started.GatewayAway.class);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.STARTED);
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.CLOSED);
        UUID another = UUID.randomUUID();
        assertThat(town.payments().start(town.wanted(another, Way.STRIPE_CARD, 50)))
                .as("answered at once")
                .isEqualTo(new Started.NotOffered(Way.STRIPE_CARD));
        UUID third = UUID.randomUUID();
        town.goesWrong("{\"unansweredNext\": 1}");
        town.payments().start(town.wanted(third, Way.STRIPE_CARD, 50));
        town.later(Duration.ofSeconds(90));
        assertThat(town.only(third).is()).as("the janitor asked").isEqualTo(PaymentState.Is.CLOSED);
    }

    @Test
    void alipaysAddressCanBeOpenedUntilItsDeadlineSoTheUnitIsNotFreeBefore() throws Exception {
        Started started = town.payments().start(town.wanted(claim, Way.ALIPAY_WAP, 450));
        assertThat(town.payments().close(town.lumen, claim)).isInstanceOf(Closing.Unknown.class);
        town.clock.advance(Duration.ofMinutes(11));
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
        assertThat(started).isInstanceOf(Started.GoTo.class);
    }
}
