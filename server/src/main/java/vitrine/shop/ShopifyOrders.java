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

/** Shopify's REST list. Without {@code status=any} it would leave out every closed and cancelled order. */
@Component
final class ShopifyOrders implements OrderList {

    private static final String VERSION = "2026-10";
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>;\\s*rel=\"?next\"?");

    @Override
    public String source() {
        return "shopify";
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
        String token = shop.apiToken() == null ? "" : shop.apiToken();
        return switch (http.get(address, "X-Shopify-Access-Token", token)) {
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
