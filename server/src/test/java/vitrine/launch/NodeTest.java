package vitrine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
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
}
