package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.day;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vitrine.campaign.rules.Verdict;
import vitrine.drop.Stock;

/** A paid order becomes a piece. */
class GiftsTest {

    private final Stage stage = Stage.of(10);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void anOrderThatIsPaidHoldsAPieceAndThatIsReceivedBecomesOne() {
        stage.anyLamp();
        stage.hear(stage.order(1, "ada").lamp(39_900));
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 pending");
        assertThat(stage.verdict(1)).isEqualTo(new Verdict.Counted(1, 1, null));
        assertThat(stage.stock()).isEqualTo(new Stock(10, 9, 1, 0, 0, 0, 0));

        stage.hear(stage.again(1, "ada").lamp(39_900).received(day(1)));
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 ripe");
        stage.drain();
        assertThat(stage.entitlements("ada")).containsExactly("order:k1#1 granted");
        assertThat(stage.stock()).isEqualTo(new Stock(10, 9, 0, 1, 0, 0, 1));
    }
}
