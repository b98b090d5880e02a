package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.sandbox.Fixtures.NOON;
import static vitrine.sandbox.Fixtures.body;
import static vitrine.sandbox.Fixtures.bought;
import static vitrine.sandbox.Fixtures.paid;
import static vitrine.sandbox.Fixtures.resource;
import static vitrine.sandbox.Fixtures.shop;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import vitrine.sandbox.SandboxOrder.Part;

/** Bodies have every field of the shops' own documentation samples, with the same JSON types. */
class ShapeTest {
    @Test
    void aShopifyOrderHasEveryFieldOfTheDocumentedOne() {
        var shop = shop(Source.SHOPIFY, "USD");
        var step = paid(shop).fulfil(NOON).order().giveBack(NOON, List.of(new Part(0, 1)), "too small");
        // The sample's gateway receipt and its free shipping belong to that one order.
        assertShape(
                "shopify-order.txt",
                body(shop, step, "orders/updated"),
                Set.of("fulfillments[].receipt.authorization", "fulfillments[].receipt.testcase"));
    }

    @Test
    void aShopifyRefundHasEveryFieldOfTheDocumentedOne() {
        var shop = shop(Source.SHOPIFY, "USD");
        var step = paid(shop).giveBack(NOON, List.of(new Part(0, 1)), "wrong size");
        assertShape("shopify-refund.txt", body(shop, step, "refunds/create"), Set.of());
    }

    @Test
    void aShopifyDeliveryHasEveryFieldOfTheDocumentedFulfilmentEvent() {
        var shop = shop(Source.SHOPIFY, "USD");
        var step = paid(shop).fulfil(NOON).order().deliver(NOON, 0);
        var body = body(shop, step, "fulfillment_events/create");
        assertShape("shopify-fulfillment-event.txt", body, Set.of());
        assertThat(body.path("status").asString()).isEqualTo("delivered");
    }

    @Test
    void aWooCommerceOrderHasEveryFieldOfTheDocumentedOne() {
        var shop = shop(Source.WOOCOMMERCE, "USD");
        var step = paid(shop).giveBackAmount(NOON, 500, "chipped");
        // The documentation still shows the key "refund", which the shop itself writes as "reason"; and two notes of
        // its sample order.
        assertShape(
                "woocommerce-order.txt",
                body(shop, step, "order.updated"),
                Set.of(
                        "refunds[].refund",
                        "shipping_lines[].meta_data[]",
                        "shipping_lines[].meta_data[].id",
                        "shipping_lines[].meta_data[].key",
                        "shipping_lines[].meta_data[].value"));
    }

    @Test
    void aWooCommerceRefundHasEveryFieldOfTheDocumentedOne() {
        var shop = shop(Source.WOOCOMMERCE, "USD");
        var order = paid(shop).giveBack(NOON, List.of(new Part(0, 2)), "late").order();
        assertShape(
                "woocommerce-refund.txt",
                Json.read(Json.bytes(
                        new WooCommerce().refund(shop, order, order.refunds().getFirst()))),
                Set.of());
    }

    @Test
    void aSaleorOrderHasEveryFieldOfTheSubscriptionSample() {
        var shop = shop(Source.SALEOR, "USD");
        // The sample was also paid with a gift card, and its variants had attributes of their own.
        assertShape(
                "saleor-order.txt",
                body(shop, bought(shop).pay(NOON), "ORDER_FULLY_PAID"),
                Set.of("order.transactions[].paymentMethodDetails.lastChars"),
                "order.lines[].variant.attributes[]",
                "order.metadata[]");
    }

    @Test
    void aShopifyOrderOfSeveralLinesIsAsLargeAsARealOne() {
        var shop = shop(Source.SHOPIFY, "CNY");
        var order = paid(shop).fulfil(NOON).order();
        var step = order.giveBack(NOON, List.of(new Part(0, 1)), "too small");
        assertThat(Messages.body(shop, Fixtures.event(shop, step, "orders/updated")).length)
                .isBetween(15_000, 30_000);
    }

    private static void assertShape(String expected, JsonNode body, Set<String> left, String... leftTrees) {
        var ours = new TreeMap<String, Set<String>>();
        walk(body, "", ours);
        var missing = new TreeSet<String>();
        for (var row : resource("shapes/" + expected).lines().toList()) {
            var path = row.substring(0, row.indexOf(' '));
            if (left.contains(path) || List.of(leftTrees).stream().anyMatch(path::startsWith)) {
                continue;
            }
            var types = Set.of(row.substring(row.indexOf(' ') + 1).split("\\|"));
            var found = ours.get(path);
            if (found == null) {
                missing.add(path);
            } else if (found.stream().noneMatch(type -> fits(type, types))) {
                missing.add(path + " is " + found + ", documented " + types);
            }
        }
        assertThat(missing).isEmpty();
    }

    /** Null says nothing about a type, on either side. */
    private static boolean fits(String ours, Set<String> documented) {
        return documented.contains(ours) || ours.equals("null") || documented.equals(Set.of("null"));
    }

    private static void walk(JsonNode node, String path, Map<String, Set<String>> out) {
        var type = node.isObject()
                ? "object"
                : node.isArray()
                        ? "array"
                        : node.isNull() ? "null" : node.isNumber() ? "number" : node.isBoolean() ? "boolean" : "string";
        out.computeIfAbsent(path, p -> new TreeSet<>()).add(type);
        if (node.isObject()) {
            node.properties()
                    .forEach(e -> walk(e.getValue(), path.isEmpty() ? e.getKey() : path + "." + e.getKey(), out));
        } else if (node.isArray()) {
            node.forEach(element -> walk(element, path + "[]", out));
        }
    }
}
