package vitrine.payment;

import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The way to Stripe, as the SDK's own client goes it without a proxy, but for one header: what the SDK runs on. The SDK reads that from a
 * jar for each request; here it is read once (docs/decisions/stripe-java.md).
 */
final class StripeHttp extends HttpClient {

    private static final int SUCCESS = 200;
    private static final int SUCCESS_END = 300;

    private final String runsOn = buildXStripeClientUserAgentString();

    @Override
    public StripeResponse request(StripeRequest request) throws ApiConnectionException {
        try {
            HttpURLConnection connection = open(request);
            int status = connection.getResponseCode();
            @Nullable
            InputStream body = status >= SUCCESS && status < SUCCESS_END
                    ? connection.getInputStream()
                    : connection.getErrorStream();
            String said = text(body);
            // Stripe says something of each refusal; over an answer of nothing its SDK stumbles.
            if (said.isBlank()) throw new IOException("http-" + status + " and nothing said");
            return new StripeResponse(status, HttpHeaders.of(connection.getHeaderFields()), said);
        } catch (IOException e) {
            throw new ApiConnectionException("No answer from " + request.url().getHost() + ": " + e.getMessage(), e);
        }
    }

    private HttpURLConnection open(StripeRequest request) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) request.url().openConnection();
        connection.setConnectTimeout(request.options().getConnectTimeout());
        connection.setReadTimeout(request.options().getReadTimeout());
        connection.setUseCaches(false);
        request.headers()
                .map()
                .forEach((name, values) -> connection.setRequestProperty(name, String.join(",", values)));
        connection.setRequestProperty("User-Agent", buildUserAgentString(request));
        connection.setRequestProperty("X-Stripe-Client-User-Agent", runsOn);
        connection.setRequestMethod(request.method().name());
        if (request.content() != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", request.content().contentType());
            try (OutputStream out = connection.getOutputStream()) {
                out.write(request.content().byteArrayContent());
            }
        }
        return connection;
    }

    /** To its end, so that the connection can be used again. */
    private static String text(@Nullable InputStream body) throws IOException {
        if (body == null) return "";
        try (body) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
