package vitrine.shop;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Shopify's REST list. Without {@code status=any} it would leave out every closed and cancelled order. An order says that it is paid
 * and not when; its transactions do.
 */
@Component
final class ShopifyOrders implements OrderList {

    private static final String VERSION = "2026-10";
    /** Our own note beside the shop's messages. */
    static final String NOT_TOLD = "payments/not-told";

    private static final String TOKEN = "X-Shopify-Access-Token";
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>;\\s*rel=\"?next\"?");

    @Override
    public String source() {
        return "shopify";
    }

    @Override
    public boolean knowsPaymentsApart() {
        return true;
    }

    @Override
    public String notTold() {
        return NOT_TOLD;
    }

    @Override
    public Answer payments(KnownShop shop, String orderKey, ShopHttp http) throws IOException, InterruptedException {
        URI address = ShopHttp.base(
                shop.shop(), "/admin/api/" + VERSION + "/orders/" + ShopHttp.encoded(orderKey) + "/transactions.json");
        return switch (http.get(address, TOKEN, token(shop))) {
            case ShopHttp.Reply.Not not -> not.answer();
            case ShopHttp.Reply.Json json -> {
                List<Changed> payments = new ArrayList<>();
                for (JsonNode one : json.body().path("transactions")) {
                    if (!Json.text(one, "order_id").equals(orderKey)) continue;
                    payments.add(new Changed(orderKey, Json.time(one, "processed_at", "created_at"), one));
                }
                yield new Answer.Page("order_transactions/create", payments, null);
            }
        };
    }

    private static String token(KnownShop shop) {
        return shop.apiToken() == null ? "" : shop.apiToken();
    }

    @Override
    public Answer page(KnownShop shop, Instant since, @Nullable String cursor, ShopHttp http)
            throws IOException, InterruptedException {
        URI address = cursor == null
                ? ShopHttp.base(
                        shop.shop(),
                        "/admin/api/" + VERSION
                                + "/orders.json?status=any&limit=250&order=updated_at+asc&updated_at_min="
                                + ShopHttp.encoded(since.toString()))
                : ShopHttp.within(shop.shop(), cursor);
        if (address == null) return new Answer.Failed("cursor-elsewhere", true);
        return switch (http.get(address, TOKEN, token(shop))) {
            case ShopHttp.Reply.Not not -> not.answer();
            case ShopHttp.Reply.Json json -> {
                List<Changed> orders = new ArrayList<>();
                for (JsonNode order : json.body().path("orders")) {
                    orders.add(new Changed(Json.text(order, "id"), Json.time(order, "updated_at"), order));
                }
                String links = String.join(",", json.response().headers().allValues("Link"));
                Matcher next = NEXT.matcher(links);
                yield new Answer.Page("orders/updated", orders, next.find() ? next.group(1) : null);
            }
        };
    }
}
