package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bench in short: what it says of correctness must hold on any machine; what it says of speed is not looked at. */
class PricedBenchTest {

    @Test
    void whoPaidHasAPieceAndWhoHasAPiecePaid() {
        List<String> said = new ArrayList<>();
        assertThat(PricedBench.run(PricedBench.Plan.whole().brief(), said::add))
                .as(String.join("\n", said))
                .isTrue();
        assertThat(said)
                .contains(
                        "fsync: on",
                        "payments: 240",
                        "lost_payments: 0",
                        "paid_without_piece: 0",
                        "piece_without_payment: 0",
                        "journal_sum: 0",
                        "journal_less_services: 0",
                        "wrong_answers: 0",
                        "violations: 0");
        assertThat(said.stream().map(line -> line.substring(0, line.indexOf(':'))))
                .contains("stripe_paid_per_second", "wechat_paid_per_second", "alipay_paid_per_second");
    }
}
