package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WeChat lets a phone's browser in as narrowly as the real one does: from the merchant's own pages, and for five minutes. */
class PhonePaymentTest {
    private static final String SHOP = "https://shop.example";

    @TempDir
    Path folder;

    private final PayContracts contracts = PayContracts.make();
    private final HttpClient http = HttpClient.newHttpClient();
    private volatile Instant now = Instant.parse("2026-11-29T10:00:00Z");
    private Sandbox sandbox;

    @BeforeEach
    void open() throws Exception {
        var clock = new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public java.time.ZoneId getZone() {
                return java.time.ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
        sandbox = Sandbox.start(
                "127.0.0.1",
                0,
                contracts.write(folder.resolve("sandbox.json"), SHOP),
                folder.resolve("data"),
                null,
                clock,
                null);
    }

    @AfterEach
    void close() {
        sandbox.close();
        http.close();
    }

    @Test
    void aPhoneIsLetInFromTheMerchantsOwnPagesAlone() throws Exception {
        var address = address();
        assertThat(opened(address, SHOP + "/").statusCode()).isEqualTo(200);
        assertThat(opened(address, SHOP).statusCode()).isEqualTo(200);
        assertThat(opened(address, null).body()).contains("h5.referer-empty");
        assertThat(opened(address, SHOP + ".elsewhere.example/").body()).contains("h5.referer-unknown");
    }

    @Test
    void itsAddressOpensForFiveMinutesAndTheOrderStaysOpen() throws Exception {
        var address = address();
        now = now.plus(Duration.ofMinutes(5));
        assertThat(opened(address, SHOP + "/").statusCode()).isEqualTo(200);
        now = now.plusSeconds(1);
        assertThat(opened(address, SHOP + "/").body()).contains("h5.over");
        assertThat(opened(address.replace("via=h5", ""), null).statusCode())
                .as("whoever was let in before is still there")
                .isEqualTo(200);
    }

    private HttpResponse<String> opened(String address, @Nullable String from) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address));
        if (from != null) {
            request.header("Referer", from);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Of an order that lives for two hours. */
    private String address() throws Exception {
        Map<String, String> set = contracts.variables("");
        var body = Json.object()
                .put("mchid", set.get("VITRINE_PAY_WECHAT_MCHID"))
                .put("appid", set.get("VITRINE_PAY_WECHAT_APPID"))
                .put("out_trade_no", "order-1")
                .put("description", "Moonrise")
                .put("notify_url", SHOP + "/notify");
        body.putObject("amount").put("total", 1990).put("currency", "CNY");
        body.putObject("scene_info").put("payer_client_ip", "203.0.113.7");
        var text = new String(Json.bytes(body), StandardCharsets.UTF_8);
        var time = String.valueOf(Instant.now().getEpochSecond());
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(
                        Base64.getDecoder().decode(String.valueOf(set.get("VITRINE_PAY_WECHAT_KEY"))))));
        signature.update(("POST\n/v3/pay/transactions/h5\n" + time + "\nnonce\n" + text + "\n")
                .getBytes(StandardCharsets.UTF_8));
        var said =
                "WECHATPAY2-SHA256-RSA2048 mchid=\"%s\",nonce_str=\"nonce\",timestamp=\"%s\",serial_no=\"%s\",signature=\"%s\""
                        .formatted(
                                set.get("VITRINE_PAY_WECHAT_MCHID"),
                                time,
                                set.get("VITRINE_PAY_WECHAT_SERIAL"),
                                Base64.getEncoder().encodeToString(signature.sign()));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sandbox.port() + "/v3/pay/transactions/h5"))
                        .header("Authorization", said)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(text))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return Json.read(answer.body()).path("h5_url").asString();
    }
}
