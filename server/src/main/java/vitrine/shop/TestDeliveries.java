package vitrine.shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BrandId;
import vitrine.platform.Settings;

/**
 * "Send a test": a message as the shop would sign it, through our own public address, so that name, proxy, secret and database
 * are tried together. It makes one test order a shop, marked as such, which no campaign ever rewards.
 */
@Component
public class TestDeliveries {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String KEY = "vitrine-test";

    private final Shops shops;
    private final Deliveries deliveries;
    private final Settings settings;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    TestDeliveries(Shops shops, Deliveries deliveries, Settings settings, Clock clock) {
        this.shops = shops;
        this.deliveries = deliveries;
        this.settings = settings;
        this.clock = clock;
    }

    public sealed interface Result {
        record Arrived(Delivery delivery) implements Result {}

        /** @param code of the inbox's problem; empty when something before it answered */
        record Refused(int status, String code) implements Result {}

        record OutOfReach(URI address) implements Result {}

        /** The shop signs with a key that only it has: send the test from there. */
        record OnlyTheShopCanSign() implements Result {}
    }

    public Result send(BrandId brand, ShopId id) {
        KnownShop known = shops.known(id);
        if (known == null || !known.shop().brand().equals(brand)) throw new IllegalArgumentException("no such shop");
        Shop shop = known.shop();
        Optional<String> secret = known.secrets().stream()
                .filter(one -> !one.isEmpty() && !one.startsWith("whpk_"))
                .findFirst();
        if (secret.isEmpty() || shop.source().equals("saleor")) return new Result.OnlyTheShopCanSign();
        String deliveryId = "vitrine-test-" + clock.millis();
        byte[] body = Json.MAPPER.writeValueAsBytes(message(shop));
        URI address = URI.create(settings.baseUrl().toString().replaceFirst("/+$", "") + shop.inboxPath());
        var request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers(shop, secret.get(), deliveryId, body).forEach(request::header);
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) return new Result.Refused(response.statusCode(), code(response.body()));
            return deliveries
                    .find(brand, id, deliveryId)
                    .<Result>map(Result.Arrived::new)
                    .orElseGet(() -> new Result.Refused(200, "")); // somebody else answers at our address
        } catch (IOException e) {
            return new Result.OutOfReach(address);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result.OutOfReach(address);
        }
    }

    private static String code(String body) {
        try {
            return Json.text(Json.MAPPER.readTree(body), "code");
        } catch (JacksonException e) {
            return "";
        }
    }

    private Map<String, String> headers(Shop shop, String secret, String deliveryId, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        Base64.Encoder base64 = Base64.getEncoder();
        switch (shop.source()) {
            case "shopify" -> {
                headers.put("X-Shopify-Topic", "orders/updated");
                headers.put("X-Shopify-Webhook-Id", deliveryId);
                headers.put(
                        "X-Shopify-Hmac-SHA256", base64.encodeToString(Signatures.hmac(Signatures.utf8(secret), body)));
            }
            case "woocommerce" -> {
                headers.put("X-WC-Webhook-Topic", "order.updated");
                headers.put("X-WC-Webhook-Delivery-ID", deliveryId);
                headers.put(
                        "X-WC-Webhook-Signature",
                        base64.encodeToString(Signatures.hmac(Signatures.utf8(secret), body)));
            }
            default -> {
                String timestamp = String.valueOf(clock.instant().getEpochSecond());
                byte[] key = Signatures.base64(secret.startsWith("whsec_") ? secret.substring(6) : secret);
                byte[] head = Signatures.utf8(deliveryId + "." + timestamp + ".");
                headers.put("webhook-id", deliveryId);
                headers.put("webhook-timestamp", timestamp);
                headers.put(
                        "webhook-signature",
                        "v1," + base64.encodeToString(Signatures.hmac(key == null ? new byte[1] : key, head, body)));
            }
        }
        return headers;
    }

    /** An order of one thing that costs nothing, in the shop's own words. */
    private ObjectNode message(Shop shop) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        String currency = shop.currency().getCurrencyCode();
        ObjectNode order = Json.MAPPER.createObjectNode();
        order.put("id", KEY).put("number", "TEST").put("currency", currency).put("test", true);
        switch (shop.source()) {
            case "shopify" -> {
                order.put("name", "TEST").put("financial_status", "pending");
                order.put("created_at", now.toString()).put("updated_at", now.toString());
                order.putArray("line_items")
                        .addObject()
                        .put("id", "1")
                        .put("title", "Test")
                        .put("quantity", 1)
                        .put("price", "0");
                return order;
            }
            case "woocommerce" -> {
                String wall = now.toString().replace("Z", "");
                order.put("status", "pending").put("date_created_gmt", wall).put("date_modified_gmt", wall);
                order.putArray("meta_data")
                        .addObject()
                        .put("key", "_wcpay_mode")
                        .put("value", "test");
                order.putArray("line_items")
                        .addObject()
                        .put("id", "1")
                        .put("name", "Test")
                        .put("quantity", 1)
                        .put("total", "0");
                return order;
            }
            default -> {
                order.put("created_at", now.toString()).put("updated_at", now.toString());
                order.putArray("lines")
                        .addObject()
                        .put("id", "1")
                        .put("title", "Test")
                        .put("quantity", 1)
                        .put("total", "0");
                ObjectNode message = Json.MAPPER
                        .createObjectNode()
                        .put("type", "order.updated")
                        .put("timestamp", now.toString());
                message.putObject("data").set("order", order);
                return message;
            }
        }
    }
}
