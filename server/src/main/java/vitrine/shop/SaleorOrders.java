package vitrine.shop;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Saleor's GraphQL list; it asks for the same fields that its subscription delivers. */
@Component
final class SaleorOrders implements OrderList {

    /** What a message of an order has to hold; staff copy it into the subscription. */
    static final String ORDER = """
            fragment Money on TaxedMoney { gross { amount currency } net { amount currency } }
            fragment Order on Order {
              id number status created updatedAt isPaid paymentStatus displayGrossPrices userEmail
              metadata { key value }
              user { id email isConfirmed }
              billingAddress { phone country { country } }
              shippingAddress { phone country { country } }
              lines {
                id productName variantName productSku productVariantId quantity isShippingRequired
                totalPrice { ...Money }
                variant { product { id category { slug name } attributes { attribute { slug } values { name } } } }
              }
              subtotal { ...Money } shippingPrice { ...Money } total { ...Money }
              totalRefunded { amount currency }
              fulfillments { id status created lines { quantity orderLine { id } } }
              grantedRefunds { id createdAt status amount { amount currency } lines { quantity orderLine { id } } }
              transactions { createdAt chargedAmount { amount currency } }
            }
            """;

    private static final String QUERY = """
            query ChangedOrders($since: DateTime!, $after: String) {
              orders(first: 50, after: $after, filter: {updatedAt: {gte: $since}}) {
                pageInfo { hasNextPage endCursor }
                edges { node { ...Order } }
              }
            }
            """ + ORDER;

    @Override
    public String source() {
        return "saleor";
    }

    @Override
    public Answer page(KnownShop shop, Instant since, @Nullable String cursor, ShopHttp http)
            throws IOException, InterruptedException {
        ObjectNode question = Json.MAPPER.createObjectNode().put("query", QUERY);
        ObjectNode variables = question.putObject("variables").put("since", since.toString());
        if (cursor != null) variables.put("after", cursor);
        var address = ShopHttp.base(shop.shop(), "").toString().replaceFirst("/graphql$", "") + "/graphql/";
        String token = shop.apiToken() == null ? "" : shop.apiToken();
        return switch (http.post(java.net.URI.create(address), "Authorization", "Bearer " + token, question)) {
            case ShopHttp.Reply.Not not -> not.answer();
            case ShopHttp.Reply.Json json when !json.body().path("errors").isEmpty() -> refused(json.body());
            case ShopHttp.Reply.Json json -> {
                JsonNode list = json.body().path("data").path("orders");
                List<Changed> orders = new ArrayList<>();
                for (JsonNode edge : list.path("edges")) {
                    JsonNode order = edge.path("node");
                    orders.add(new Changed(
                            Json.text(order, "id"),
                            Json.time(order, "updatedAt"),
                            Json.MAPPER.createObjectNode().set("order", order)));
                }
                JsonNode page = list.path("pageInfo");
                boolean more = page.path("hasNextPage").booleanValue(false);
                yield new Answer.Page("order_updated", orders, more ? Json.text(page, "endCursor") : null);
            }
        };
    }

    /** GraphQL answers 200 and says in the body that it refused. */
    private static Answer refused(JsonNode body) {
        String code = Json.text(body.path("errors").path(0).path("extensions").path("exception"), "code");
        return new Answer.Failed(code.equals("PermissionDenied") ? "unauthorized" : "query-refused", true);
    }
}
