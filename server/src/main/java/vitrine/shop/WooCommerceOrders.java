package vitrine.shop;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * WooCommerce's REST list, by time of change. A numbered page would skip an order when one before it changes meanwhile, so the
 * next page asks from the last change on; only many changes within one second turn pages. Refunds are read one by one, for the
 * order itself names no lines of them.
 */
@Component
final class WooCommerceOrders implements OrderList {

    private static final int PAGE = 50;

    @Override
    public String source() {
        return "woocommerce";
    }

    @Override
    public Answer page(KnownShop shop, Instant since, @Nullable String cursor, ShopHttp http)
            throws IOException, InterruptedException {
        String[] place = cursor == null ? new String[] {since.toString(), "1"} : cursor.split("#", 2);
        Instant from = Instant.parse(place[0]);
        int number = Integer.parseInt(place[1]);
        // "After" leaves out the very second.
        String after =
                from.minusSeconds(1).truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", "");
        String authorization = "Basic "
                + Base64.getEncoder().encodeToString(Signatures.utf8(shop.apiToken() == null ? "" : shop.apiToken()));
        var reply = http.get(
                ShopHttp.base(
                        shop.shop(),
                        "/wp-json/wc/v3/orders?orderby=modified&order=asc&dates_are_gmt=true&per_page=" + PAGE
                                + "&page=" + number + "&modified_after=" + ShopHttp.encoded(after)),
                "Authorization",
                authorization);
        if (reply instanceof ShopHttp.Reply.Not not) return not.answer();
        if (!(reply instanceof ShopHttp.Reply.Json json) || !json.body().isArray()) {
            return new Answer.Failed("not-a-list", true);
        }
        List<Changed> orders = new ArrayList<>();
        for (JsonNode order : json.body()) {
            JsonNode message = order;
            if (!order.path("refunds").isEmpty() && order instanceof ObjectNode whole) {
                var refunds = http.get(
                        ShopHttp.base(
                                shop.shop(),
                                "/wp-json/wc/v3/orders/" + ShopHttp.encoded(Json.text(order, "id"))
                                        + "/refunds?per_page=100"),
                        "Authorization",
                        authorization);
                if (refunds instanceof ShopHttp.Reply.Not not) return not.answer();
                if (refunds instanceof ShopHttp.Reply.Json detailed && detailed.body() instanceof ArrayNode all) {
                    message = whole.set("refunds", all);
                }
            }
            orders.add(new Changed(Json.text(order, "id"), Json.time(order, "date_modified_gmt"), message));
        }
        return new Answer.Page("order.updated", orders, next(orders, from, number));
    }

    private static @Nullable String next(List<Changed> orders, Instant from, int number) {
        if (orders.size() < PAGE) return null;
        Long last = orders.getLast().at();
        boolean moved = last != null && Json.instant(last).isAfter(from.plusSeconds(1));
        return moved && last != null ? Json.instant(last) + "#1" : from + "#" + (number + 1);
    }
}
