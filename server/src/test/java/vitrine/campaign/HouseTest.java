package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.plan;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.Verdict;
import vitrine.catalog.Brand;
import vitrine.drop.Allotments;
import vitrine.drop.Stock;
import vitrine.identity.Departures;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.proof.Json;

/** The house sums over brands, and gives what one of them allotted. */
class HouseTest {

    private final Stage stage = Stage.of(10);
    private final BrandId house = stage.house();
    private final BrandId heron = stage.catalog()
            .addBrand(
                    Brand.Kind.BRAND, "heron" + stage.nth, new Bilingual("鹭", "Heron"), new Bilingual("", ""), "plain");

    @BeforeEach
    void lampsOfBothBrandsFor300GiveOneOfFour() {
        stage.server.bean(Allotments.class).allot(house, stage.moonrise, 4);
        var both = Json.object(
                "brands",
                Json.of(List.of(Json.of(stage.lumen.toString()), Json.of(heron.toString()))),
                "categories",
                Json.of(List.of(Json.of("lamp"))));
        CampaignId id = stage.draft(
                house, "isle", plan(with(stage.offer("amount", "cumulative", tier(30_000, 1)), "when", both)));
        assertThat(stage.campaigns().publish(id)).isInstanceOf(Publication.Published.class);
    }

    @Test
    void ordersOfTwoBrandsMakeOneSumAndThePieceComesFromTheBrandsStock() {
        buy(1, stage.lumen, 15_000);
        buy(2, heron, 15_000);
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 ripe");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 6, 4, 0, 0, 0, 0));
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 granted");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 6, 3, 1, 0, 0, 1));
        assertThat(stage.serials("ada")).containsExactly(1);
        assertThat(free()).isEqualTo(3);
    }

    @Test
    void aBrandThatDoesNotTakePartIsNotLookedAt() {
        BrandId owl = stage.catalog()
                .addBrand(
                        Brand.Kind.BRAND, "owl" + stage.nth, new Bilingual("鸮", "Owl"), new Bilingual("", ""), "plain");
        buy(1, owl, 90_000);
        assertThat(stage.entitlements("ada")).isEmpty();
        assertThat(stage.db()
                        .sql("select count(*) from verdicts where order_brand_id = :owl")
                        .param("owl", owl.value())
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aReturnTakesTheUnopenedPieceBackIntoTheAllotment() {
        buy(1, stage.lumen, 30_000);
        stage.drain();
        refund(1, stage.lumen, 30_000);
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 revoked");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 6, 4, 0, 0, 0, 1));
        assertThat(free()).isEqualTo(4);
        assertThat(stage.serials("ada")).isEmpty();
    }

    @Test
    void anOpenedPieceIsKeptAndStandsForTheNext() {
        buy(1, stage.lumen, 30_000);
        stage.drain();
        stage.open(1);
        refund(1, stage.lumen, 30_000);
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 kept");
        buy(2, heron, 30_000);
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 kept");
        buy(3, heron, 30_000);
        assertThat(stage.verdict(3)).isInstanceOf(Verdict.Counted.class);
    }

    @Test
    void aReturnWhileThePieceIsBeingGivenAsksForItBack() {
        buy(1, stage.lumen, 30_000);
        // The house has begun to award and the stock's brand may have given the piece: then the process died.
        stage.db()
                .sql("update entitlements set award_begun_at = now() where collector_id = :ada")
                .param("ada", stage.collector("ada").value())
                .update();
        refund(1, stage.lumen, 30_000);
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 ripe");
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("sum#1 revoked");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 6, 4, 0, 0, 0, 1));
        assertThat(free()).isEqualTo(4);
    }

    @Test
    void whatTheHousePromisedSomebodyWhoIsErasedLapses() {
        buy(1, stage.lumen, 30_000);
        var ada = stage.collector("ada");
        stage.server.bean(Departures.class).erase(ada);
        stage.drain();
        assertThat(states(ada)).containsExactly("lapsed");
        assertThat(free()).isEqualTo(4);
    }

    @Test
    void aPieceThatTheHouseHadBegunToGiveHerIsGivenUnderAKeyThatNobodyHas() {
        buy(1, stage.lumen, 30_000);
        var ada = stage.collector("ada");
        stage.db()
                .sql("update entitlements set award_begun_at = now() where collector_id = :ada")
                .param("ada", ada.value())
                .update();
        stage.server.bean(Departures.class).erase(ada);
        stage.drain();
        assertThat(states(ada)).containsExactly("granted");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 6, 3, 1, 0, 0, 1));
        // And a return takes it back like any other.
        stage.tell(
                house,
                stage.again(1, "ada")
                        .from(stage.lumen)
                        .line("lamp", 1, 30_000, 30_000)
                        .received()
                        .paid());
        stage.match();
        stage.drain();
        assertThat(states(ada)).containsExactly("revoked");
        assertThat(free()).isEqualTo(4);
    }

    private List<String> states(vitrine.identity.CollectorId who) {
        return stage.db()
                .sql("select state from entitlements where collector_id = :id order by entitlement_id")
                .param("id", who.value())
                .query(String.class)
                .list();
    }

    @Test
    void whoComesAfterTheAllotmentIsGivenOutWaitsUntilItGrows() {
        for (int n = 1; n <= 5; n++) {
            stage.tell(
                    house,
                    stage.order(n, "buyer" + n)
                            .from(stage.lumen)
                            .lamp(30_000)
                            .received()
                            .paid());
            stage.match();
        }
        assertThat(stage.entitlements("buyer5")).containsExactly("sum#1 waiting");
        stage.server.bean(Allotments.class).allot(house, stage.moonrise, 5);
        stage.drain();
        assertThat(stage.entitlements("buyer5")).containsExactly("sum#1 granted");
    }

    private void buy(int number, BrandId brand, long paid) {
        stage.tell(
                house,
                stage.order(number, "ada").from(brand).lamp(paid).received().paid());
        stage.match();
    }

    private void refund(int number, BrandId brand, long paid) {
        stage.tell(
                house,
                stage.again(number, "ada")
                        .from(brand)
                        .line("lamp", 1, paid, paid)
                        .received()
                        .paid());
        stage.match();
    }

    private int free() {
        return stage.server.bean(Allotments.class).free(house, stage.moonrise);
    }
}
