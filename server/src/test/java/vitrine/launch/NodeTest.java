package vitrine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitrine.platform.Settings;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class NodeTest {
    @Test
    void aNodeSaysThatItIsWellOnAPortForTheOperatorAlone() throws Exception {
        try (var database = TestDatabase.fresh();
                var server = TestServer.start(database);
                var http = HttpClient.newHttpClient()) {
            var health = http.send(
                    HttpRequest.newBuilder(server.managementAddress().resolve("/actuator/health"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("UP");
            var metrics = http.send(
                    HttpRequest.newBuilder(server.managementAddress().resolve("/actuator/prometheus"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(metrics.body()).contains("hikaricp_connections");
            var outside = http.send(
                    HttpRequest.newBuilder(server.address().resolve("/actuator/health"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(outside.statusCode()).isEqualTo(404);
        }
    }

    @Test
    void everyMetricOfOursIsInTheDocumentation() throws Exception {
        try (var database = TestDatabase.fresh();
                var server = TestServer.start(database);
                var http = HttpClient.newHttpClient()) {
            var refused = http.send(
                    HttpRequest.newBuilder(server.address().resolve("/in/shopify/nobody"))
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(404);
            var metrics = http.send(
                            HttpRequest.newBuilder(server.managementAddress().resolve("/actuator/prometheus"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            assertThat(metrics)
                    .contains("vitrine_inbox_refused_total{code=\"shop.unknown\",source=\"unknown\"} 1.0")
                    .contains("vitrine_backlog_rows{queue=\"deliveries\"} 0.0");
            var page = Files.readString(Path.of("..", "docs", "operations.md"));
            assertThat(metrics.lines()
                            .filter(line -> line.startsWith("# HELP vitrine_"))
                            .map(line -> line.split(" ")[2]))
                    .isNotEmpty()
                    .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        }
    }

    @Test
    void theDoctorFindsARunningServerWell() {
        try (var database = TestDatabase.fresh();
                var server = TestServer.start(database)) {
            var findings = Doctor.examine(server.bean(Settings.class), Clock.systemUTC());
            assertThat(findings)
                    .filteredOn(finding -> List.of("server", "clock", "durability", "schema", "log")
                            .contains(finding.what()))
                    .isNotEmpty()
                    .allSatisfy(finding ->
                            assertThat(finding.how()).as(finding.line()).isEqualTo(Doctor.How.OK));
            assertThat(findings)
                    .as("a server without a backup is told so, or has no key yet")
                    .anySatisfy(finding -> {
                        assertThat(finding.what()).contains("key");
                        assertThat(finding.how()).isNotEqualTo(Doctor.How.OK);
                    });
        }
    }
}
