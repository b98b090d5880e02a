package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bench in short: what it says of correctness must hold on any machine; what it says of speed is not looked at. */
class QueueBenchTest {

    @Test
    void whoeverWaitsHasOnePlaceAndNobodyIsLetInOutOfTurn() {
        List<String> said = new ArrayList<>();
        assertThat(QueueBench.run(QueueBench.Plan.whole().brief(), said::add))
                .as(String.join("\n", said))
                .isTrue();
        assertThat(said)
                .contains(
                        "waiting: 2000",
                        "places_given_twice: 0",
                        "admitted_out_of_order: 0",
                        "tickets_used_twice: 0",
                        "wrong_answers: 0");
        assertThat(said.stream().map(line -> line.substring(0, line.indexOf(':'))))
                .contains("state_per_second", "admit_error_percent", "server_rss_mb");
    }
}
