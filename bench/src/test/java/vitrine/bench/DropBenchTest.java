package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bench in short: what it says of correctness must hold on any machine; what it says of speed is not looked at. */
class DropBenchTest {

    @Test
    void whatEverybodyWasToldStandsInTheRows() {
        List<String> said = new ArrayList<>();
        DropBench.Plan crowds =
                DropBench.Plan.whole().only(DropBench.Part.CROWDS).brief();
        assertThat(DropBench.run(crowds, said::add)).as(String.join("\n", said)).isTrue();
        assertThat(said)
                .contains(
                        "fsync: on",
                        "lost_acknowledged: 0",
                        "unexplained: 0",
                        "oversold: 0",
                        "duplicates: 0",
                        "gaps: 0",
                        "winners_told_sold_out: 0",
                        "violations: 0");
    }

    @Test
    void anAirdropWhoseServerIsKilledAtHalfGivesEachOfItsPeopleOnePiece() {
        List<String> said = new ArrayList<>();
        DropBench.Plan airdrop =
                DropBench.Plan.whole().only(DropBench.Part.AIRDROP).brief();
        assertThat(DropBench.run(airdrop, said::add))
                .as(String.join("\n", said))
                .isTrue();
        assertThat(said)
                .contains(
                        "airdrop_lines: 5000",
                        "airdrop_lost: 0",
                        "airdrop_doubled: 0",
                        "airdrop_named_again: 50",
                        "airdrop_violations: 0");
    }

    @Test
    void theFirstSecondIsHeldAgainstTheRowsToo() {
        List<String> said = new ArrayList<>();
        DropBench.Plan first =
                DropBench.Plan.whole().only(DropBench.Part.FIRST_SECOND).brief();
        assertThat(DropBench.run(first, said::add)).as(String.join("\n", said)).isTrue();
        assertThat(said)
                .contains("first_second_won: 200", "first_second_lost_acknowledged: 0", "first_second_violations: 0");
    }
}
