package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import vitrine.drop.Stock;
import vitrine.proof.Json;
import vitrine.shop.Order;
import vitrine.testing.TestServer;

/** Two servers match and award at once on one database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoNodesTest {

    private TestServer second;

    @BeforeAll
    void start() {
        second = Stage.start(beans -> {});
    }

    @AfterAll
    void stop() {
        second.close();
    }

    /** As {@code vitrine_verdicts_total} over all codes. */
    private static double said(TestServer server) {
        return server.bean(MeterRegistry.class).find("vitrine.verdicts").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    @Test
    void oneBuyersOrdersOnTwoNodesMakeOneSum() throws Exception {
        Stage stage = Stage.of(1_000);
        stage.publish("moonrise-nights", offer(stage, "cumulative"));
        Map<String, Long> spent = new HashMap<>();
        double before = said(stage.server) + said(second);
        var random = new Random(7);
        for (int wave = 0; wave < 6; wave++) {
            List<Order> orders = new ArrayList<>();
            for (int n = 1; n <= 40; n++) {
                int number = wave * 40 + n;
                String buyer = "buyer" + random.nextInt(5);
                long paid = 100L * (1 + random.nextInt(5));
                spent.merge(buyer, paid, Long::sum);
                orders.add(stage.order(number, buyer)
                        .on(1 + number % 18)
                        .lamp(paid)
                        .received()
                        .paid());
            }
            stage.tell(stage.lumen, orders.toArray(Order[]::new));
            onBoth(stage, "campaign-match", "entitlements-award");
        }
        stage.drain();
        assertThat(said(stage.server) + said(second))
                .as("each verdict is counted once, on the node that committed it")
                .isGreaterThanOrEqualTo(before + 240);
        spent.forEach((buyer, sum) -> assertThat(stage.entitlements(buyer))
                .as("%s spent %d", buyer, sum)
                .hasSize(Math.toIntExact(sum / 1_000))
                .allMatch(e -> e.endsWith("granted")));
        int given = spent.values().stream()
                .mapToInt(sum -> Math.toIntExact(sum / 1_000))
                .sum();
        assertThat(stage.stock()).isEqualTo(new Stock(1_000, 1_000 - given, 0, given, 0, 0, given));
    }

    @Test
    void theLastUnitIsPromisedOnceWhileOrdersComeAndGo() throws Exception {
        Stage stage = Stage.of(20);
        stage.publish(
                "moonrise-nights", with(stage.offer("quantity", "order", tier(1, 1)), "perCollector", Json.of(2)));
        var random = new Random(11);
        for (int wave = 0; wave < 6; wave++) {
            List<Order> orders = new ArrayList<>();
            for (int n = 1; n <= 25; n++) {
                int number = 1 + random.nextInt(60);
                var order = stage.order(number, "buyer" + number % 30).lamp(100);
                if (random.nextBoolean()) order.received();
                if (random.nextInt(4) == 0) order.cancelled();
                orders.add(order.paid());
            }
            stage.tell(stage.lumen, orders.toArray(Order[]::new));
            onBoth(stage, "campaign-match", "entitlements-award", "waiting-list");
        }
        stage.drain();
        long held = stage.states().stream()
                .filter(s -> s.equals("pending") || s.equals("ripe"))
                .count();
        long granted = stage.states().stream().filter(s -> s.equals("granted")).count();
        long waiting = stage.states().stream().filter(s -> s.equals("waiting")).count();
        Stock stock = stage.stock();
        assertThat((long) stock.held()).isEqualTo(held);
        assertThat((long) stock.granted()).isEqualTo(granted);
        if (waiting > 0)
            assertThat(stock.available())
                    .as("nobody waits while there are units")
                    .isZero();
    }

    private static Json.Obj offer(Stage stage, String basis) {
        var members = new java.util.TreeMap<>(stage.offer("amount", basis).members());
        members.remove("tiers");
        members.put("every", Json.of(1_000));
        return new Json.Obj(members);
    }

    private void onBoth(Stage stage, String... workers) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2 * workers.length)) {
            List<Future<?>> running = new ArrayList<>();
            for (Stage node : List.of(stage, stage.on(second))) {
                for (String worker : workers) {
                    running.add(threads.submit(() -> {
                        while (node.run(worker)) {}
                    }));
                }
            }
            for (Future<?> each : running) each.get();
        }
    }
}
