package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.identity.CollectorId;
import vitrine.payment.PayTown;
import vitrine.payment.Started;
import vitrine.payment.Way;

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
