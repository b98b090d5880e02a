package vitrine.shop;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Any other shop, or the bridge before it: {@code GET {api}/orders?changed_since=&cursor=}, as docs/shops.md specifies. */
@Component
final class StandardOrders implements OrderList {

    @Override
    public String source() {
        return "standard";
    }

    @Override
    public Answer page(KnownShop shop, Instant since, @Nullable String cursor, ShopHttp http)
            throws IOException, InterruptedException {
        String question = "/orders?changed_since="
                + ShopHttp.encoded(since.truncatedTo(ChronoUnit.SECONDS).toString())
                + (cursor == null ? "" : "&cursor=" + ShopHttp.encoded(cursor));
        String token = shop.apiToken() == null ? "" : shop.apiToken();
        return switch (http.get(ShopHttp.base(shop.shop(), question), "Authorization", "Bearer " + token)) {
            case ShopHttp.Reply.Not not -> not.answer();
            case ShopHttp.Reply.Json json -> {
                List<Changed> orders = new ArrayList<>();
                for (JsonNode order : json.body().path("orders")) {
                    ObjectNode message = Json.MAPPER.createObjectNode().put("type", "order.updated");
                    message.putObject("data").set("order", order);
                    orders.add(new Changed(Json.text(order, "id"), Json.time(order, "updated_at"), message));
                }
                String next = Json.text(json.body(), "next_cursor");
                yield new Answer.Page("order.updated", orders, next.isEmpty() ? null : next);
            }
        };
    }
}
