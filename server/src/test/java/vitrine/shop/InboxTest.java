package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import vitrine.platform.BrandId;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Deliveries over real HTTP into a whole server. */
class InboxTest {

    private static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    static TestDatabase database;
    static TestServer server;
    static HttpClient http;
    static BrandId lumen;

    @BeforeAll
    static void start() {
        System.setProperty("vitrine.jobs", "manual");
        database = TestDatabase.fresh();
        server = TestServer.start(database);
        http = HttpClient.newHttpClient();
        lumen = new BrandId(UUID.randomUUID());
        shop("shopify", "lumen", "USD", "the shop's secret");
        shop("woocommerce", "lumen", "USD", "woo secret");
        shop("standard", "lumen", "CNY", WHSEC);
    }

    @AfterAll
    static void stop() {
        System.clearProperty("vitrine.jobs");
        http.close();
        server.close();
        database.close();
    }

    static Shop shop(String source, String slug, String currency, String secret) {
        var created = server.bean(Shops.class)
                .create(new Shops.NewShop(
                        lumen, source, slug, "Lumen", Currency.getInstance(currency), 7, secret, null, null));
        return ((Shops.Creation.Created) created).shop();
    }

    @Test
    void aPaidOrderOfShopifyIsKeptAndBecomesAnOrder() throws Exception {
        byte[] body = Messages.read("01-shopify/doc-orders-fulfilled-1073459978.json");
        assertThat(shopify("delivery-1", "orders/fulfilled", body, sign("the shop's secret", body))
                        .statusCode())
                .isEqualTo(200);
        drain();
        Order order = order("#1002", "1073459978");
        assertThat(order.lines()).hasSize(1);
        assertThat(order.lines().getFirst().paidMinor()).isEqualTo(199_00);
        assertThat(order.paidAt()).isEqualTo(Instant.parse("2024-10-02T14:04:38Z"));
        assertThat(order.receiptAt()).isEqualTo(Instant.parse("2024-10-09T14:04:38Z"));
        var changes = server.bean(OrderChanges.class);
        assertThat(changes.audiences()).contains(lumen);
    }

    @Test
    void anOrderOfAnyOtherShopIsKeptAndBecomesAnOrder() throws Exception {
        byte[] body = """
                {"type": "order.paid", "timestamp": "2026-06-01T04:01:00Z", "data": {"order": {
                    "id": "ord_7", "number": "7", "currency": "CNY", "created_at": "2026-06-01T04:00:00Z",
                    "updated_at": "2026-06-01T04:01:00Z", "paid_at": "2026-06-01T04:01:00Z", "test": false,
                    "buyer": {"id": "cus_7", "email": null, "phone": "+8613800000000"},
                    "lines": [{"id": "l1", "sku": "CUP-1", "product_id": "101", "title": "青釉盖碗", "category": "tea",
                        "vendor": "Lumen", "quantity": 3, "total": "587.00"}]}}}
                """.getBytes(StandardCharsets.UTF_8);
        assertThat(standard("msg_7", Instant.now(), body).statusCode()).isEqualTo(200);
        drain();
        Order order = order("7", "ord_7");
        assertThat(order.lines().getFirst().paidMinor()).isEqualTo(587_00);
        assertThat(order.buyer()).isNotNull();
        var shop = server.bean(Shops.class).find("standard", "lumen").orElseThrow();
        assertThat(server.bean(Orders.class).pickUp(shop, "7", "0000")).contains(order);
        assertThat(server.bean(Orders.class).pickUp(shop, "7", "0001")).isEmpty();
    }

    private static Order order(String number, String key) {
        List<Order> orders = server.bean(Orders.class).byNumber(lumen, number);
        return orders.stream().filter(o -> o.key().equals(key)).findFirst().orElseThrow();
    }

    static void drain() {
        server.bean(vitrine.platform.Jobs.class).drain();
    }

    static HttpResponse<String> shopify(String id, String topic, byte[] body, String signature) throws Exception {
        var headers = new LinkedHashMap<String, String>();
        headers.put("X-Shopify-Topic", topic);
        headers.put("X-Shopify-Webhook-Id", id);
        headers.put("X-Shopify-Hmac-SHA256", signature);
        return post("shopify/lumen", headers, body);
    }

    static HttpResponse<String> standard(String id, Instant at, byte[] body) throws Exception {
        String head = id + "." + at.getEpochSecond() + ".";
        byte[] signed = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.UTF_8), 0, signed, 0, head.length());
        System.arraycopy(body, 0, signed, head.length(), body.length);
        String mac = sign(Base64.getDecoder().decode(WHSEC.substring(6)), signed);
        return post(
                "standard/lumen",
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        String.valueOf(at.getEpochSecond()),
                        "webhook-signature",
                        "v1," + mac),
                body);
    }

    static HttpResponse<String> post(String address, Map<String, String> headers, byte[] body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.address() + "/in/" + address))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static String sign(String secret, byte[] body) throws Exception {
        return sign(secret.getBytes(StandardCharsets.UTF_8), body);
    }

    static String sign(byte[] secret, byte[] body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }
}
