package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.PaymentId;
import vitrine.payment.PaymentState;
import vitrine.payment.Started;
import vitrine.payment.Way;
import vitrine.platform.Money;
import vitrine.testing.TestServer;

/** The page on which one pays goes on looking until it is known how it ended. */
class PayPageTest {

    private static final Way ALIPAY = Way.ALIPAY_PAGE;

    private PayTown town;
    private CollectorId ada;
    private Saleroom room;
    private Claim held;
    private Visitor she;
    private String page;

    @BeforeEach
    void sheHoldsOne() {
        town = new PayTown();
        room = new Saleroom(town, "moonrise", 1);
        ada = room.somebody("ada");
        she = Visitor.signedIn(town, "ada@example.com");
        room.opens(ALIPAY);
        held = room.claims(ada, 1);
        page = "/d/moonrise-sale/pay/" + held.id();
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void betweenTheLastMomentToPayAndTheEndOfTheHoldSheWaitsForWhatTheGatewaySays() throws Exception {
        Started begun = room.begins(ada, held, ALIPAY);
        town.opened(begun);
        assertThat(she.page(page)).contains("data-state=\"under-way\"");
        town.goesWrong("{\"dropNext\": 1}");
        town.does(begun, "pay");
        town.clock.advance(Saleroom.HOLD.minusSeconds(20));
        assertThat(room.sale(ada, held).goesOn()).as("over at the gateway").isNull();
        assertThat(she.page(page))
                .contains("data-state=\"closing\"", "data-every=\"2\"", "http-equiv=\"refresh\"")
                .contains("The time to pay is over. We are asking the payment service whether you paid in time")
                .doesNotContain("How would you like to pay?");
        assertThat(she.page(page + "/state.json")).contains("closing");
        town.later(Duration.ofSeconds(30));
        town.drain();
        assertThat(she.page(page)).contains("data-state=\"sold\"");
    }

    /** What the script does with it stands in web/test/card.test.mjs. */
    @Test
    void aRealStripeAccountPutsStripesOwnFieldsOnThePageAndLetsNobodyElseIn() throws Exception {
        var dear = new Saleroom(town, "sunset", 1);
        CollectorId bo = dear.somebody("bo");
        dear.opens(Way.STRIPE_CARD);
        Claim hers = dear.claims(bo, 1);
        var card = (Started.Card) dear.begins(bo, hers, Way.STRIPE_CARD);
        try (TestServer real = town.withRealAccounts()) {
            HttpResponse<String> answer = Visitor.signedIn(town, real, "bo@example.com", "en")
                    .get("/d/" + dear.open().slug() + "/pay/" + hers.id());
            assertThat(answer.body())
                    .contains(
                            "data-card=\"" + card.clientSecret() + "\"",
                            "data-key=\"" + card.publishableKey() + "\"",
                            "data-fields",
                            "The payment service does not answer.")
                    .doesNotContain("/checkout/");
            assertThat(answer.headers()
                            .firstValue("Content-Security-Policy")
                            .orElseThrow()
                            .split("; "))
                    .contains(
                            "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
                            "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
                            "connect-src 'self' https://api.stripe.com",
                            "default-src 'none'");
        }
    }

    /** WeChat opens an address for phones for five minutes, and her hold is longer. */
    @Test
    void anOpenPageHearsThatWeChatNoLongerOpensItsAddressAndSheMayBeginAnew() {
        room.begins(ada, held, Way.WECHAT_H5);
        assertThat(she.page(page)).contains("data-state=\"under-way\"", "Go on to the payment");
        town.clock.advance(Duration.ofMinutes(3));
        assertThat(she.page(page + "/state.json")).contains("under-way");
        town.clock.advance(Duration.ofMinutes(1).plusSeconds(1));
        assertThat(she.page(page + "/state.json"))
                .as("another word than the page's, which is therefore read again")
                .contains("stale");
        assertThat(she.page(page))
                .contains(
                        "data-state=\"stale\"", "What you began can no longer be opened", "How would you like to pay?")
                .doesNotContain("Go on to the payment");
        room.begins(ada, held, Way.WECHAT_H5);
        assertThat(she.page(page + "/state.json")).as("begun anew").contains("under-way");
    }

    /** The payment that did not buy it comes back whole, whatever goes back of the one that did; and each says how far it is. */
    @ParameterizedTest
    @CsvSource({
        "en, You paid twice, 'The payment service did not take our refund of ¥99.00.', ¥9.00 of what you paid was given back",
        "zh, 你付了两次, 支付方没有受理 99.00, 你付的款里有 9.00"
    })
    void whoPaidTwiceReadsWhatBecameOfTheSecondSumAndOfAPartOfTheFirst(
            String language, String twice, String owed, String part) throws Exception {
        Started first = room.begins(ada, held, ALIPAY);
        town.opened(first);
        Started second = room.begins(ada, held, Way.WECHAT_NATIVE);
        town.pays(first);
        town.drain();
        PaymentId sold =
                town.payments().paid(room.lumen, held.id()).orElseThrow().payment();
        town.does(second, "late");
        town.does(second, "give-back"); // so that nothing is left for us to give
        town.drain();
        town.payments().refund(sold, new Money(900, Saleroom.price(ALIPAY).currency()), "goodwill");
        town.drain();
        assertThat(room.sale(ada, held).tries())
                .extracting(PaymentState::is)
                .containsExactly(PaymentState.Is.PAID, PaymentState.Is.OWED);
        she.get("/?lang=" + language);
        assertThat(she.page(page))
                .contains("data-state=\"sold\"", twice, owed, part)
                .doesNotContain("comes back to you", "¥9.00 is on its way");
    }

    @Test
    void whoHasNotBegunToPayHearsWhenHerHoldEndsAndKeepsHerTickUntilThen() {
        assertThat(she.page(page))
                .contains("data-state=\"choose\"", "data-every=\"5\"", "name=\"waives\"")
                .as("without a script nothing is read again under her hands")
                .doesNotContain("http-equiv=\"refresh\"");
        town.clock.advance(Saleroom.HOLD.minusSeconds(20));
        assertThat(she.page(page + "/state.json")).as("she may look still").contains("choose");
        town.clock.advance(Duration.ofSeconds(30));
        assertThat(she.page(page + "/state.json")).contains("closing");
        town.later(Duration.ofSeconds(10));
        assertThat(she.page(page)).contains("data-state=\"over\"", "data-every=\"0\"", "nothing was charged");
    }
}
