package vitrine.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Business time. The server's demo clock rules it ({@code GET} answers {"now"}, {@code POST} {"advance":"P1D"} with the
 * demo key in X-Vitrine-Demo-Key moves it); without a clock address the sandbox keeps a clock of its own.
 */
final class DemoClock {
    private final @Nullable URI url;
    private final @Nullable String demoKey;
    private final HttpClient http;
    private final Clock real;
    private Duration ahead = Duration.ZERO;

    DemoClock(@Nullable String url, @Nullable String demoKey, HttpClient http, Clock real) {
        this.url = url == null ? null : URI.create(url);
        this.demoKey = demoKey;
        this.http = http;
        this.real = real;
    }

    Instant now() {
        if (url == null) {
            return own(Duration.ZERO);
        }
        return ask(HttpRequest.newBuilder(url).GET());
    }

    Instant advance(Duration by) {
        if (by.isNegative() || by.compareTo(Duration.ofDays(366)) > 0) {
            throw Refused.invalid("clock.invalid", "the clock moves forward, by a year at most, not by " + by);
        }
        if (url == null) {
            return own(by);
        }
        var request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(
                        Json.bytes(Json.object().put("advance", by.toString()))));
        if (demoKey != null) {
            request.header("X-Vitrine-Demo-Key", demoKey);
        }
        return ask(request);
    }

    private synchronized Instant own(Duration by) {
        ahead = ahead.plus(by);
        return real.instant().plus(ahead);
    }

    private Instant ask(HttpRequest.Builder request) {
        try {
            var answer =
                    http.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw Refused.of(502, "clock.refused", "the server's clock answered " + answer.statusCode());
            }
            return Instant.parse(Json.read(answer.body()).path("now").asString(""));
        } catch (IOException | DateTimeException silent) {
            throw Refused.of(502, "clock.silent", "the server's clock does not answer: " + silent.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Refused.of(503, "sandbox.stopping", "the sandbox is stopping");
        }
    }
}
