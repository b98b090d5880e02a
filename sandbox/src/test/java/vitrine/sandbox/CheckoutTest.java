package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Somebody pays, is declined, thinks better of it, or pays for what is over. */
class CheckoutTest {
    @TempDir
    Path folder;

    private Receiver shop;
    private Sandbox sandbox;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void open() throws Exception {
        shop = new Receiver();
        start();
    }

    private void start() throws Exception {
        sandbox = Sandbox.start(
                "127.0.0.1",
                0,
                PayContracts.make().write(folder.resolve("sandbox.json"), shop.url()),
                folder.resolve("data"),
                null);
    }

    @AfterEach
    void close() {
        sandbox.close();
        shop.close();
        http.close();
    }

    private HttpResponse<String> send(String method, String path, String form, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sandbox.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(form));
        if (!form.isEmpty()) {
            request.header("Content-Type", "application/x-www-form-urlencoded");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode stripe(String method, String path, String form, String... headers) throws Exception {
        var all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Authorization";
        all[1] = "Bearer sk_test_rehearsal";
        return Json.read(send(method, "/stripe/v1" + path, form, all).body());
    }

    private String intent() throws Exception {
        return stripe("POST", "/payment_intents", "amount=1990&currency=eur&description=Moonrise")
                .path("id")
                .asString();
    }

    private String state(String intent) throws Exception {
        return stripe("GET", "/payment_intents/" + intent, "").path("status").asString();
    }

    @Test
    void thePageSaysInBothLanguagesWhatIsToBePaidAndOneButtonPays() throws Exception {
        var intent = intent();
        assertThat(send("GET", "/checkout/" + intent + "?lang=en", "").body())
                .contains("Moonrise", "Waiting to be paid", "Card by Stripe");
        assertThat(send("GET", "/checkout/" + intent + "?lang=zh", "").body()).contains("等待付款");
        assertThat(send("POST", "/checkout/" + intent + "/decline", "").statusCode())
                .isEqualTo(303);
        assertThat(state(intent)).isEqualTo("requires_payment_method");
        send("POST", "/checkout/" + intent + "/pay", "");
        assertThat(state(intent)).isEqualTo("succeeded");
        assertThat(send("POST", "/checkout/" + intent + "/pay", "").statusCode())
                .isEqualTo(409);
    }

    @Test
    void whatWasCancelledIsPaidOnlyAgainstItsOwnWord() throws Exception {
        var intent = intent();
        stripe("POST", "/payment_intents/" + intent + "/cancel", "");
        assertThat(send("POST", "/checkout/" + intent + "/pay", "").statusCode())
                .isEqualTo(409);
        send("POST", "/checkout/" + intent + "/late", "");
        assertThat(state(intent)).isEqualTo("succeeded");
    }

    @Test
    void theWayBackLeadsToTheMerchantAndNowhereElse() throws Exception {
        var intent = intent();
        assertThat(send("GET", "/checkout/" + intent + "?back=https%3A%2F%2Felsewhere.example%2F", "")
                        .body())
                .doesNotContain("elsewhere.example");
        assertThat(send("GET", "/checkout/" + intent + "?back=" + shop.url() + "/mine", "")
                        .body())
                .contains(shop.url() + "/mine");
    }

    @Test
    void aKeyGivesTheSameAnswerAndRefusesAnotherQuestion() throws Exception {
        var first = stripe("POST", "/payment_intents", "amount=500&currency=eur", "Idempotency-Key", "one");
        assertThat(stripe("POST", "/payment_intents", "amount=500&currency=eur", "Idempotency-Key", "one"))
                .isEqualTo(first);
        assertThat(stripe("POST", "/payment_intents", "amount=600&currency=eur", "Idempotency-Key", "one")
                        .path("error")
                        .path("type")
                        .asString())
                .isEqualTo("idempotency_error");
    }

    @Test
    void whoeverDoesNotSignIsNotHeard() throws Exception {
        assertThat(send("GET", "/v3/pay/transactions/out-trade-no/123456?mchid=1900000109", "")
                        .statusCode())
                .isEqualTo(401);
        assertThat(send("POST", "/alipay/gateway.do", "app_id=2021000000000109&method=alipay.trade.query&sign=AAAA")
                        .body())
                .contains("isv.invalid-signature");
        assertThat(send("GET", "/stripe/v1/payment_intents/pi_1", "").statusCode())
                .isEqualTo(401);
    }

    @Test
    void whatWasPaidIsKnownAfterARestart() throws Exception {
        var intent = intent();
        send("POST", "/checkout/" + intent + "/pay", "");
        sandbox.close();
        start();
        assertThat(state(intent)).isEqualTo("succeeded");
    }
}
