package vitrine.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The stand-in for the outside world, by its remote control. */
final class Sandbox {

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final String url;

    Sandbox(String url) {
        this.url = url;
    }

    boolean isUp() throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(URI.create(url + "/control/health"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets its shops live through some days from now on, moving the demo's clock as it goes. Returns what happened, as JSON. */
    String play(long seed, int orders, int days) throws IOException, InterruptedException {
        String body = "{\"seed\":%d,\"orders\":%d,\"fromDay\":0,\"days\":%d}".formatted(seed, orders, days);
        var request = HttpRequest.newBuilder(URI.create(url + "/control/play"))
                .timeout(Duration.ofMinutes(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException("the sandbox did not play: " + answer.body());
        return answer.body();
    }
}
