package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentCreateParams;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever stands at the other end, a call ends in an answer of Stripe's or in an exception of its SDK, which our code knows. */
class StripeHttpTest {

    private interface Answer {
        void to(HttpExchange call) throws IOException;
    }

    private HttpServer host;
    private volatile Answer answer = says(500, "");
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws IOException {
        host = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        host.createContext("/", call -> {
            String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            heard.add(call.getRequestMethod() + " " + call.getRequestURI() + " " + body + " "
                    + call.getRequestHeaders().getFirst("Idempotency-Key") + " "
                    + call.getRequestHeaders().getFirst("X-Stripe-Client-User-Agent"));
            try (call) {
                answer.to(call);
            }
        });
        host.start();
    }

    @AfterEach
    void close() {
        host.stop(0);
    }

    private PaymentIntent make() throws StripeException {
        return StripeClient.builder()
                .setApiKey("sk_test_of_nobody")
                .setApiBase("http://localhost:" + host.getAddress().getPort())
                .setHttpClient(new StripeHttp())
                .setConnectTimeout(2_000)
                .setReadTimeout(500)
                .setMaxNetworkRetries(0)
                .build()
                .v1()
                .paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(1_200L)
                        .setCurrency("eur")
                        .setDescription("月出 Moonrise")
                        .build());
    }

    private static Answer says(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return call -> {
            call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            call.getResponseBody().write(bytes);
        };
    }

    @Test
    void whatIsAskedAndAnsweredComesThroughInEveryScript() throws Exception {
        answer = says(200, "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"description\":\"月出 Moonrise\"}");
        assertThat(make().getDescription()).isEqualTo("月出 Moonrise");
        make();
        assertThat(heard).hasSize(2).allSatisfy(call -> assertThat(call)
                .startsWith("POST /v1/payment_intents ")
                .contains("amount=1200", "currency=eur", "description=%E6%9C%88%E5%87%BA")
                .contains("\"bindings.version\"", "\"lang\":\"Java\""));
    }

    @Test
    void whatStripeRefusesIsToldWithItsCode() {
        answer = says(
                400,
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"amount_too_small\",\"message\":\"no\"}}");
        assertThatThrownBy(this::make)
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("amount_too_small"));
    }

    @ParameterizedTest
    @CsvSource({"302, ''", "404, ''", "500, ''", "502, <html>Bad Gateway</html>", "200, <html>Welcome</html>", "429, {}"
    })
    void whoeverElseAnswersIsAnExceptionOfTheSdk(int status, String body) {
        answer = says(status, body);
        assertThatThrownBy(this::make).isInstanceOf(StripeException.class);
    }

    @Test
    void aBodyThatStopsHalfWayAndAHostThatKeepsSilentAreNoConnection() {
        answer = call -> {
            call.sendResponseHeaders(200, 100);
            call.getResponseBody().write("{\"id\":".getBytes(StandardCharsets.UTF_8));
            call.getResponseBody().flush();
        };
        assertThatThrownBy(this::make).isInstanceOf(ApiConnectionException.class);
        answer = call -> {
            try {
                Thread.sleep(1_500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        assertThatThrownBy(this::make).isInstanceOf(ApiConnectionException.class);
    }

    @Test
    void aHostThatIsNotThereIsNoConnection() {
        host.stop(0);
        assertThatThrownBy(this::make)
                .isInstanceOf(ApiConnectionException.class)
                .hasMessageContaining("localhost");
    }
}
