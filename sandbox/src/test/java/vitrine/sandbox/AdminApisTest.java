package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A reconciler reads each shop page by page, from a moment on, and misses no order and reads none twice. */
class AdminApisTest {
    private static final String WOO = "Basic "
            + Base64.getEncoder().encodeToString("ck_1:cs_1".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    private static final String ORDERS = """
            query Changed($since: DateTime!, $after: String) {
              orders(first: 3, after: $after, filter: {updatedAt: {gte: $since}}) {
                totalCount
                pageInfo { hasNextPage endCursor }
                edges { node { ...Some } }
              }
            }
            fragment Some on Order { id number paid: isPaid lines { productSku quantity } }
            """;

    @TempDir
    static Path folder;

    private static RunningSandbox shops;

    /** Seven orders on seven days; the first is cancelled on the last day. */
    @BeforeAll
    static void sevenOrders() throws Exception {
        shops = new RunningSandbox(folder.resolve("data"));
        for (var source : Source.values()) {
            for (int day = 1; day <= 7; day++) {
                shops.post(
                        "/control/shops/" + source.wire() + "/orders",
                        "{\"buyer\":{\"email\":\"ada@example.com\"},\"lines\":[{\"product\":\"101\",\"quantity\":2}],"
                                + "\"at\":\"2026-05-0" + day + "T10:00:00Z\"}");
            }
            shops.post("/control/shops/" + source.wire() + "/orders/1001/cancel", "{\"at\":\"2026-05-07T12:00:00Z\"}");
            shops.post(
                    "/control/shops/" + source.wire() + "/orders/1002/return",
                    "{\"lines\":[{\"line\":0,\"quantity\":1}],\"at\":\"2026-05-02T12:00:00Z\"}");
        }
        shops.quiet();
    }

    @AfterAll
    static void close() {
        shops.close();
    }

    @Test
    void shopifyPagesByTheLinkHeader() throws Exception {
        var numbers = new ArrayList<String>();
        var next = shops.url("/shops/shopify/admin/api/2026-10/orders.json?status=any&limit=3&order=updated_at+asc"
                + "&updated_at_min=2026-05-01T18:00:00%2B08:00");
        int pages = 0;
        while (next != null) {
            var answer = shops.get(next, "X-Shopify-Access-Token", "token");
            assertThat(answer.statusCode()).isEqualTo(200);
            Json.read(answer.body())
                    .path("orders")
                    .forEach(o -> numbers.add(o.path("name").asString()));
            next = answer.headers()
                    .firstValue("Link")
                    .map(AdminApisTest::nextOf)
                    .orElse(null);
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(numbers).containsExactly("#1002", "#1003", "#1004", "#1005", "#1006", "#1007", "#1001");
    }

    private static String nextOf(String link) {
        var matcher = Pattern.compile("<([^>]+)>; rel=\"next\"").matcher(link);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void shopifyLeavesOutCancelledOrdersUnlessAskedForAny() throws Exception {
        var open =
                Json.read(shops.get("/shops/shopify/admin/api/2026-10/orders.json", "X-Shopify-Access-Token", "token")
                        .body());
        assertThat(open.path("orders")).hasSize(6);
    }

    @Test
    void whatChangedSinceIsWhatIsListed() throws Exception {
        var shopify = Json.read(shops.get(
                        "/shops/shopify/admin/api/2026-10/orders.json?status=any&updated_at_min=2026-05-07T00:00:00Z",
                        "X-Shopify-Access-Token",
                        "token")
                .body());
        assertThat(names(shopify.path("orders"), "name")).containsExactlyInAnyOrder("#1001", "#1007");
        var woo = Json.read(shops.get(
                        "/shops/woocommerce/wp-json/wc/v3/orders?modified_after=2026-05-07T00:00:00&dates_are_gmt=true",
                        "Authorization",
                        WOO)
                .body());
        assertThat(names(woo, "number")).containsExactlyInAnyOrder("1001", "1007");
        var standard = Json.read(
                shops.get("/shops/standard/orders?changed_since=2026-05-07T00:00:00Z", "Authorization", "Bearer token")
                        .body());
        assertThat(names(standard.path("orders"), "number")).containsExactly("1007", "1001");
    }

    @Test
    void wooCommerceReadsTimesOnItsOwnWallClockUnlessTold() throws Exception {
        // The order of 7 May was paid at 10:00:01 UTC, which is 18:00:01 in the shop.
        var wall = shops.get(
                "/shops/woocommerce/wp-json/wc/v3/orders?modified_after=2026-05-07T18:00:00", "Authorization", WOO);
        assertThat(names(Json.read(wall.body()), "number")).containsExactlyInAnyOrder("1001", "1007");
        var later = shops.get(
                "/shops/woocommerce/wp-json/wc/v3/orders?modified_after=2026-05-07T18:30:00", "Authorization", WOO);
        assertThat(names(Json.read(later.body()), "number")).containsExactly("1001");
    }

    @Test
    void afterASecondIsWithoutThatSecondInWooCommerceAndWithItElsewhere() throws Exception {
        // The order of 7 May was paid, and changed last, at 10:00:01 UTC.
        var woo = shops.get(
                "/shops/woocommerce/wp-json/wc/v3/orders?modified_after=2026-05-07T10:00:01&dates_are_gmt=true",
                "Authorization",
                WOO);
        assertThat(names(Json.read(woo.body()), "number")).containsExactly("1001");
        var shopify = shops.get(
                "/shops/shopify/admin/api/2026-10/orders.json?status=any&updated_at_min=2026-05-07T10:00:01Z",
                "X-Shopify-Access-Token",
                "token");
        assertThat(names(Json.read(shopify.body()).path("orders"), "name")).containsExactly("#1007", "#1001");
    }

    @Test
    void wooCommercePagesByNumber() throws Exception {
        var numbers = new ArrayList<String>();
        for (int page = 1; page <= 3; page++) {
            var answer =
                    shops.get("/shops/woocommerce/wp-json/wc/v3/orders?per_page=3&page=" + page, "Authorization", WOO);
            assertThat(answer.headers().firstValue("X-WP-TotalPages")).contains("3");
            assertThat(answer.headers().firstValue("X-WP-Total")).contains("7");
            numbers.addAll(names(Json.read(answer.body()), "number"));
        }
        assertThat(numbers).containsExactlyInAnyOrder("1001", "1002", "1003", "1004", "1005", "1006", "1007");
    }

    @Test
    void wooCommerceTellsTheLinesOfARefundOnlyHere() throws Exception {
        var order = Json.read(shops.get("/shops/woocommerce/wp-json/wc/v3/orders/1002", "Authorization", WOO)
                .body());
        assertThat(order.path("refunds").path(0).path("total").asString()).isEqualTo("-199.00");
        assertThat(order.path("refunds").path(0).has("line_items")).isFalse();
        var refunds = Json.read(shops.get("/shops/woocommerce/wp-json/wc/v3/orders/1002/refunds", "Authorization", WOO)
                .body());
        var line = refunds.path(0).path("line_items").path(0);
        assertThat(line.path("quantity").asInt()).isEqualTo(-1);
        assertThat(line.path("meta_data").path(0).path("value").asString())
                .isEqualTo(order.path("line_items").path(0).path("id").asString());
    }

    @Test
    void saleorPagesByCursorAndAnswersWhatWasAsked() throws Exception {
        var numbers = new ArrayList<String>();
        var variables = Json.object().put("since", "2026-05-01T00:00:00+00:00");
        JsonNode page;
        int pages = 0;
        do {
            page = graphql(ORDERS, variables).path("data").path("orders");
            page.path("edges")
                    .forEach(e -> numbers.add(e.path("node").path("number").asString()));
            variables.put("after", page.path("pageInfo").path("endCursor").asString(""));
            pages++;
        } while (page.path("pageInfo").path("hasNextPage").asBoolean(false));
        assertThat(pages).isEqualTo(3);
        assertThat(page.path("totalCount").asInt()).isEqualTo(7);
        assertThat(numbers).containsExactly("1001", "1002", "1003", "1004", "1005", "1006", "1007");
        var node = page.path("edges").path(0).path("node");
        assertThat(node.propertyNames()).containsExactly("id", "number", "paid", "lines");
        assertThat(node.path("lines").path(0).propertyNames()).containsExactly("productSku", "quantity");

        var one = graphql("{ order(id: \"" + node.path("id").asString() + "\") { number } }", Json.object());
        assertThat(one.path("data").path("order").path("number").asString()).isEqualTo("1007");
    }

    @Test
    void saleorNamesTheFieldThatItDoesNotHave() throws Exception {
        var answer = graphql("{ orders(first: 1) { edges { node { colour } } } }", Json.object());
        assertThat(answer.path("errors").path(0).path("message").asString())
                .isEqualTo("Cannot query field \"colour\" on type \"node\".");
        for (var broken :
                List.of("{ orders(first: 1) {", "{ orders { totalCount } }", "mutation { x }", "", "{ a(b: }")) {
            assertThat(graphql(broken, Json.object()).has("errors")).as(broken).isTrue();
        }
    }

    private static JsonNode graphql(String query, JsonNode variables) throws Exception {
        var body = Json.object().put("query", query);
        body.set("variables", variables);
        var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create(shops.url("/shops/saleor/graphql/")))
                .header("Authorization", "Bearer token")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)));
        return Json.read(shops.send(request).body());
    }

    @Test
    void anyOtherShopPagesByACursorInTheBody() throws Exception {
        var numbers = new ArrayList<String>();
        var path = "/shops/standard/orders?limit=3";
        var cursor = "";
        do {
            var answer = Json.read(
                    shops.get(path + cursor, "Authorization", "Bearer token").body());
            numbers.addAll(names(answer.path("orders"), "number"));
            cursor = answer.hasNonNull("next_cursor")
                    ? "&cursor=" + answer.path("next_cursor").asString()
                    : "";
        } while (!cursor.isEmpty());
        assertThat(numbers).containsExactly("1002", "1003", "1004", "1005", "1006", "1007", "1001");
    }

    @Test
    void withoutTheShopsOwnTokenThereIsNothingToRead() throws Exception {
        assertThat(shops.get("/shops/shopify/admin/api/2026-10/orders.json").statusCode())
                .isEqualTo(401);
        assertThat(shops.get("/shops/shopify/admin/api/2026-10/orders.json", "X-Shopify-Access-Token", "no")
                        .statusCode())
                .isEqualTo(401);
        assertThat(shops.get("/shops/woocommerce/wp-json/wc/v3/orders").statusCode())
                .isEqualTo(401);
        assertThat(shops.get("/shops/standard/orders", "Authorization", "Bearer no")
                        .statusCode())
                .isEqualTo(401);
        assertThat(shops.get("/shops/standard/orders").statusCode()).isEqualTo(401);
        assertThat(shops.postRaw("/shops/saleor/graphql/", "{\"query\":\"{ orders(first: 1) { totalCount } }\"}")
                        .body())
                .contains("PermissionDenied");
    }

    @Test
    void aParameterThatIsNoneIsRefusedInTheShopsOwnWay() throws Exception {
        assertThat(shops.get(
                                "/shops/shopify/admin/api/2026-10/orders.json?limit=251",
                                "X-Shopify-Access-Token",
                                "token")
                        .statusCode())
                .isEqualTo(400);
        assertThat(shops.get("/shops/woocommerce/wp-json/wc/v3/orders?per_page=101", "Authorization", WOO)
                        .body())
                .contains("rest_invalid_param");
        assertThat(shops.get("/shops/standard/orders?cursor=%21", "Authorization", "Bearer token")
                        .body())
                .contains("cursor.invalid");
        assertThat(shops.get("/shops/standard/orders?cursor=e30", "Authorization", "Bearer token")
                        .body())
                .contains("cursor.invalid");
        assertThat(shops.get("/shops/standard/orders?changed_since=x", "Authorization", "Bearer token")
                        .statusCode())
                .isEqualTo(400);
    }

    private static List<String> names(JsonNode orders, String field) {
        var names = new ArrayList<String>();
        orders.forEach(order -> names.add(order.path(field).asString()));
        return names;
    }
}
