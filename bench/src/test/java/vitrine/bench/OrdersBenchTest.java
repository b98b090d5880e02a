package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bench in short: what it says of correctness must hold on any machine; what it says of speed is not looked at. */
class OrdersBenchTest {

    @Test
    void everyOrderThatWasTakenIsOnePieceInTheSignedLog() {
        List<String> said = new ArrayList<>();
        OrdersBench.Outcome outcome = OrdersBench.run(OrdersBench.Plan.whole().brief(), said::add);
        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.taken()).isGreaterThan(300);
        assertThat(outcome.lost()).isZero();
        assertThat(outcome.doubled()).isZero();
        assertThat(said.stream().map(line -> line.substring(0, line.indexOf(':'))))
                .contains(
                        "fsync",
                        "deliveries_per_second",
                        "orders_to_sealed_per_second",
                        "lag_p99_ms",
                        "burst_catch_up_seconds",
                        "cpu_us_per_order",
                        "driver_cpu_share",
                        "server_rss_mb",
                        "lost",
                        "doubled");
        assertThat(said).contains("fsync: on").allMatch(line -> line.matches("[a-z0-9_]+: ([0-9.]+|on)"));
    }

    @Test
    void theBodiesAreTheVeryBytesThatTheShopWouldWrite() {
        var bodies = new OrderBodies(OrderBodies.shop("lumen", "secret"), Instant.parse("2026-06-01T10:00:00Z"), 5, 7);
        assertThat(bodies.averageBytes()).isBetween(18_500.0, 22_000.0);
        for (long number = OrderBodies.FIRST; number < OrderBodies.FIRST + 3_000_000; number += 199_999) {
            assertThat(bodies.same(number)).as("order %s", number).isTrue();
        }
    }
}
