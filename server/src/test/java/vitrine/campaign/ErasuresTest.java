package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.drop.Stock;
import vitrine.identity.CollectorId;
import vitrine.identity.Departures;

/** Ada has her account erased while her orders still promise her something. */
class ErasuresTest {

    private final Stage stage = Stage.of(1);

    @BeforeEach
    void lumenGivesOnePiece() {
        // Who was erased is the house's news.
        stage.house();
        stage.anyLamp();
    }

    @Test
    void whatWasPromisedLapsesAndGoesToWhoeverWaits() {
        stage.hear(stage.order(1, "ada").lamp(39_900));
        stage.hear(stage.order(2, "bo").lamp(39_900));
        CollectorId ada = stage.collector("ada");
        erase(ada);
        assertThat(states(ada)).containsExactly("lapsed entitlement.buyer-erased");
        assertThat(stage.entitlements("bo")).containsExactly("order:k2#1 pending");
        assertThat(stage.stock()).isEqualTo(new Stock(1, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void aPlaceOnTheWaitingListIsGivenUp() {
        stage.hear(stage.order(1, "bo").lamp(39_900));
        stage.hear(stage.order(2, "ada").lamp(39_900));
        CollectorId ada = stage.collector("ada");
        erase(ada);
        assertThat(states(ada)).containsExactly("lapsed entitlement.buyer-erased");
        assertThat(stage.stock()).isEqualTo(new Stock(1, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void herOrderThatIsReceivedLaterEarnsNothingAndStopsNobody() {
        stage.hear(stage.order(1, "ada").lamp(39_900));
        CollectorId ada = stage.collector("ada");
        erase(ada);
        stage.hear(
                stage.again(1, "ada").lamp(39_900).received().paid(),
                stage.order(2, "bo").lamp(39_900).received().paid());
        stage.drain();
        assertThat(states(ada)).containsExactly("lapsed entitlement.buyer-erased");
        assertThat(stage.entitlements("bo")).containsExactly("order:k2#1 granted");
        assertThat(stage.count("orders_aside")).isZero();
    }

    @Test
    void aRightThatIsRipeTheMomentSheIsErasedLapsesAndTheOthersGetTheirs() {
        Stage wide = Stage.of(10);
        wide.anyLamp();
        wide.hear(wide.order(1, "ada").lamp(39_900));
        wide.hear(wide.order(2, "bo").lamp(39_900));
        wide.hear(
                wide.again(1, "ada").lamp(39_900).received().paid(),
                wide.again(2, "bo").lamp(39_900).received().paid());
        assertThat(wide.entitlements("ada")).containsExactly("order:k1#1 ripe");
        CollectorId ada = wide.collector("ada");
        wide.server.bean(Departures.class).erase(ada);
        // The worker that gives is there before anybody heard of it.
        wide.run("entitlements-award");
        assertThat(wide.entitlements("bo")).containsExactly("order:k2#1 granted");
        wide.drain();
        assertThat(states(ada)).containsExactly("lapsed entitlement.buyer-erased");
        assertThat(wide.stock()).isEqualTo(new Stock(10, 9, 0, 1, 0, 0, 1));
    }

    @Test
    void whatSheHadStaysAndStillGoesBackWithAReturn() {
        stage.hear(stage.order(1, "ada").lamp(39_900).received());
        CollectorId ada = stage.collector("ada");
        erase(ada);
        assertThat(states(ada)).containsExactly("granted ");
        stage.hear(stage.again(1, "ada").lamp(39_900).received().cancelled());
        stage.drain();
        assertThat(states(ada)).containsExactly("revoked entitlement.order-cancelled");
        assertThat(stage.stock()).isEqualTo(new Stock(1, 1, 0, 0, 0, 0, 1));
    }

    @Test
    void whoBuysWithTheSameAddressLaterIsSomebodyNew() {
        stage.hear(stage.order(1, "ada").lamp(39_900));
        CollectorId before = stage.collector("ada");
        erase(before);
        stage.hear(stage.order(3, "ada").lamp(39_900).received());
        stage.drain();
        assertThat(stage.collector("ada")).isNotEqualTo(before);
        assertThat(stage.entitlements("ada")).containsExactly("order:k3#1 granted");
        assertThat(states(before)).containsExactly("lapsed entitlement.buyer-erased");
    }

    /** Every unit is accounted for, whatever was first: the piece, or the wish to be gone. */
    @Test
    void manyWhoLeaveWhileTheirPiecesAreGivenLoseNoUnitAndStopNobody() throws Exception {
        Stage wide = Stage.of(40);
        wide.anyLamp();
        for (int n = 1; n <= 60; n++)
            wide.hear(wide.order(n, "buyer " + n).lamp(39_900).on(1 + n % 17));
        List<CollectorId> buyers = IntStream.rangeClosed(1, 60)
                .mapToObj(n -> wide.collector("buyer " + n))
                .toList();
        for (int n = 1; n <= 60; n++)
            wide.tell(
                    wide.lumen,
                    wide.again(n, "buyer " + n)
                            .lamp(39_900)
                            .on(1 + n % 17)
                            .received()
                            .paid());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var leaving = threads.submit(() -> {
                for (int n = 0; n < 60; n += 2)
                    wide.server.bean(Departures.class).erase(buyers.get(n));
            });
            var working = threads.submit(() -> {
                while (!leaving.isDone()) {
                    wide.run("campaign-match");
                    wide.run("entitlements-award");
                }
            });
            leaving.get();
            working.get();
        }
        wide.drain();
        List<String> erased = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int n = 0; n < 60; n++) (n % 2 == 0 ? erased : others).addAll(states(buyers.get(n)));
        assertThat(erased).hasSize(30).allMatch(state -> state.startsWith("granted") || state.endsWith("buyer-erased"));
        assertThat(others).hasSize(30).allMatch(state -> state.startsWith("granted") || state.startsWith("waiting"));
        long granted = java.util.stream.Stream.concat(erased.stream(), others.stream())
                .filter(state -> state.startsWith("granted"))
                .count();
        long waiting =
                others.stream().filter(state -> state.startsWith("waiting")).count();
        assertThat(wide.stock().held()).isZero();
        assertThat(wide.stock().granted()).isEqualTo((int) granted);
        assertThat(waiting == 0 || granted == 40)
                .as("nobody waits beside a free unit")
                .isTrue();
        assertThat(wide.count("orders_aside")).isZero();
    }

    private void erase(CollectorId who) {
        stage.server.bean(Departures.class).erase(who);
        stage.drain();
    }

    private List<String> states(CollectorId who) {
        return stage.db()
                .sql(
                        "select state || ' ' || coalesce(changed_why, '') from entitlements where collector_id = :id order by entitlement_id")
                .param("id", who.value())
                .query(String.class)
                .list();
    }
}
