package vitrine.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a payment host's message goes to its merchant. Whoever simulates takes them by hand, and brings each when it pleases. */
public interface PayPost {

    record Reply(int statusCode, String body) {}

    /** Null: no answer came. */
    @Nullable
    Reply send(String url, Map<String, String> headers, byte[] body);

    static PayPost by(HttpClient http) {
        return (url, headers, body) -> {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(5))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            headers.forEach(request::header);
            try {
                var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                return new Reply(answer.statusCode(), answer.body());
            } catch (IOException silent) {
                return null;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return null;
            }
        };
    }
}
