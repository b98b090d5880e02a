package vitrine.shop;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Asks a shop's API: with time-outs, without redirects, and never more bytes than we can hold. */
@Component
final class ShopHttp {

    private static final int BYTES_MAX = 32 * 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration WAIT_MAX = Duration.ofMinutes(10);

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    sealed interface Reply {
        record Json(JsonNode body, HttpResponse<?> response) implements Reply {}

        record Not(OrderList.Answer answer) implements Reply {}
    }

    Reply get(URI address, String header, String value) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address).header(header, value).GET());
    }

    Reply post(URI address, String header, String value, JsonNode body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address)
                .header(header, value)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(vitrine.shop.Json.MAPPER.writeValueAsBytes(body))));
    }

    private Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = http.send(
                request.timeout(TIMEOUT)
                        .header("Accept", "application/json")
                        .header("User-Agent", "Vitrine")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            int status = response.statusCode();
            if (status == 429 || status == 503) return new Reply.Not(new OrderList.Answer.Later(wait(response)));
            if (status == 401 || status == 403) return failed("unauthorized", false);
            if (status != 200) return failed("status-" + status, status >= 400 && status < 500);
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) return failed("too-large", false);
            return new Reply.Json(vitrine.shop.Json.MAPPER.readTree(bytes), response);
        } catch (JacksonException e) {
            return failed("not-json", false);
        }
    }

    private static Reply failed(String reason, boolean cursorIsStale) {
        return new Reply.Not(new OrderList.Answer.Failed(reason, cursorIsStale));
    }

    private static Duration wait(HttpResponse<?> response) {
        Optional<String> said = response.headers().firstValue("Retry-After");
        if (said.isEmpty() || !said.get().strip().matches("[0-9]{1,6}([.][0-9]+)?")) return Duration.ofSeconds(30);
        Duration wait =
                Duration.ofMillis(Math.round(Double.parseDouble(said.get().strip()) * 1000));
        return wait.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : wait;
    }

    /** An address that a shop's answer names is followed only within that shop. */
    static @Nullable URI within(Shop shop, String address) {
        URI base = base(shop, "");
        URI next = URI.create(address);
        boolean same = base.getScheme().equals(next.getScheme())
                && base.getHost().equalsIgnoreCase(next.getHost())
                && base.getPort() == next.getPort();
        return same ? next : null;
    }

    static URI base(Shop shop, String path) {
        String base = shop.apiUrl();
        if (base == null) throw new IllegalStateException("this shop has no API address");
        return URI.create(base.replaceFirst("/+$", "") + path);
    }

    static String encoded(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
    }
}
