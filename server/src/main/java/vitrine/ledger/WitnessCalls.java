package vitrine.ledger;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.springframework.stereotype.Component;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Parsed;
import vitrine.proof.WitnessAnswer;

/** Asks witnesses, over HTTP (C2SP tlog-witness). Nothing that they say can throw: what is not an answer is a refusal. */
@Component
class WitnessCalls {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** Refused with status 0: it did not answer, or not in the protocol's words. */
    WitnessAnswer ask(String url, AddCheckpoint request) {
        try {
            var address = URI.create((url.endsWith("/") ? url : url + "/") + "add-checkpoint");
            var answer = http.send(
                    HttpRequest.newBuilder(address)
                            .timeout(TIMEOUT)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                var bytes = body.readNBytes(WitnessAnswer.BODY_BYTES_MAX + 1);
                var type = answer.headers().firstValue("Content-Type").orElse(null);
                return switch (WitnessAnswer.read(answer.statusCode(), type, bytes)) {
                    case Parsed.Ok<WitnessAnswer> read -> read.value();
                    case Parsed.Bad<WitnessAnswer> bad -> new WitnessAnswer.Refused(0, bad.code(), bad.detail());
                };
            }
        } catch (IOException | IllegalArgumentException e) {
            return new WitnessAnswer.Refused(0, "witness.away", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new WitnessAnswer.Refused(0, "witness.away", "interrupted");
        }
    }
}
