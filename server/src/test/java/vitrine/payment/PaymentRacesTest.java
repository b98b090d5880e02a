package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import vitrine.platform.Money;

/** Two at once, and a node that dies between two steps. */
class PaymentRacesTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
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
    void now() {
        town.clock.backToReal();
    }

    private static <T> List<T> atOnce(List<Callable<T>> deeds) throws Exception {
        List<T> done = new ArrayList<>();
        try (var crowd = Executors.newFixedThreadPool(8)) {
            for (Future<T> one : crowd.invokeAll(deeds)) done.add(one.get());
        }
        return done;
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void manyTapsAtOnceAreOnePayment(Way way) throws Exception {
        List<Callable<Started>> taps = new ArrayList<>();
        for (int i = 0; i < 8; i++) taps.add(() -> town.payments().start(town.wanted(claim, way, 900)));
        atOnce(taps);
        Started again = town.payments().start(town.wanted(claim, way, 900));
        assertThat(town.payments().of(town.lumen, claim)).hasSize(1);
        town.pays(again);
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.PAID);
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void payingAndClosingAtOnceEndsInOneOfTheTwoAndBothSidesSayTheSame(Way way) throws Exception {
        for (int i = 0; i < 10; i++) {
            UUID one = UUID.randomUUID();
            Started started = town.payments().start(town.wanted(one, way, 900));
            String page = town.opened(started).replaceAll("\\?.*", "").substring("/checkout/".length());
            var ended = atOnce(
                    List.<Callable<Object>>of(() -> town.payments().close(town.lumen, one), () -> tryToPay(page)));
            town.quiet();
            boolean paidThere = trade(page).path("state").asString().equals("paid");
            var state = town.payments().of(town.lumen, one).getFirst();
            if (ended.getFirst() instanceof Closing.Closed)
                assertThat(paidThere).isFalse();
            assertThat(state.is()).isEqualTo(paidThere ? PaymentState.Is.PAID : PaymentState.Is.CLOSED);
            assertThat(state.late()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aNodeThatDiedBeforeTheGatewayHeardLeavesWhatTheDeadlineCloses(Way way) {
        var wanted = town.wanted(claim, way, 900);
        var id = new PaymentId(town.lumen, UUID.randomUUID());
        town.server
                .bean(PaymentRows.class)
                .insert(
                        new Payment(
                                id,
                                claim,
                                1,
                                town.ada,
                                way,
                                wanted.amount(),
                                "Moonrise",
                                null,
                                Payment.State.STARTED,
                                null,
                                null,
                                false,
                                0,
                                0,
                                null,
                                wanted.deadline(),
                                town.clock.instant(),
                                null,
                                false,
                                false,
                                0),
                        town.clock.instant().plusSeconds(60));
        town.later(Duration.ofMinutes(2));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.STARTED);
        for (int i = 0; i < 12; i++) town.later(Duration.ofMinutes(2));
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.CLOSED);
        assertThat(town.payments().close(town.lumen, claim)).isEqualTo(new Closing.Closed());
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void aNodeThatDiedBeforeItWroteTheRefundDownGivesBackOnce(Way way) throws Exception {
        town.pays(town.payments().start(town.wanted(claim, way, 900)));
        var paid = town.only(claim);
        town.payments().refund(paid.payment(), paid.amount(), "no unit was left");
        town.drain();
        // As if the node had died after the gateway's answer and before its own commit.
        town.db()
                .sql("update refunds set state = 'wanted', done_at = null, try_at = :now where payment_id = :id")
                .param("now", java.sql.Timestamp.from(town.clock.instant()))
                .param("id", paid.payment().value())
                .update();
        town.db()
                .sql("delete from money_journal where kind = 'refund-paid' and payment_id = :id")
                .param("id", paid.payment().value())
                .update();
        town.drain();
        assertThat(town.only(claim).is()).isEqualTo(PaymentState.Is.REFUNDED);
        assertThat(trade(paid.payment().orderNo(), way).path("refunded").asLong())
                .isEqualTo(900);
        assertThat(town.balances().getOrDefault(MoneyJournal.REFUNDS, 0L)).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"WECHAT_NATIVE", "ALIPAY_PAGE", "STRIPE_CARD"})
    void whoPaidTwiceGetsTheSecondBack(Way way) throws Exception {
        Started first = town.payments().start(town.wanted(claim, way, 900));
        town.opened(first);
        // Another price, so another try; the first one's page is still open in her other window.
        Started second = town.payments().start(town.wanted(claim, way, 901));
        town.pays(second);
        town.pays(first);
        var tries = town.payments().of(town.lumen, claim);
        assertThat(tries).extracting(PaymentState::is).containsOnly(PaymentState.Is.PAID);
        town.transactions().executeWithoutResult(status -> {
            var both = town.payments().settled(town.lumen, town.waiting()).stream()
                    .filter(one -> one.purpose().equals(claim))
                    .toList();
            assertThat(both).hasSize(2);
            Settled twice = both.getLast();
            town.payments()
                    .refund(twice.payment(), new Money(900, twice.amount().currency()), "paid twice");
            town.payments()
                    .takenUp(town.lumen, both.stream().map(Settled::payment).toList());
        });
        town.drain();
        assertThat(town.payments().of(town.lumen, claim))
                .extracting(one -> one.refunded().minor())
                .containsExactlyInAnyOrder(900L, 0L);
    }

    /** Whether the host took the money. */
    private static Boolean tryToPay(String page) throws Exception {
        var answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(
                                town.contract.get("VITRINE_PAY_STRIPE_URL") + "/control/pay/trades/" + page + "/pay"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() == 200;
    }

    /** What the host knows of a trade, by its page or our number. */
    private static JsonNode trade(String name) throws Exception {
        var answer = HTTP.send(
                HttpRequest.newBuilder(
                                URI.create(town.contract.get("VITRINE_PAY_STRIPE_URL") + "/control/pay/trades/" + name))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return PayTown.JSON.readTree(answer.body());
    }

    /** Stripe has numbers of its own. */
    private static JsonNode trade(String number, Way way) throws Exception {
        if (way != Way.STRIPE_CARD) return trade(number);
        return trade(town.db()
                .sql("select gateway_id from payments where payment_id = :id")
                .param("id", PaymentId.ofPlain(number))
                .query(String.class)
                .single());
    }
}
