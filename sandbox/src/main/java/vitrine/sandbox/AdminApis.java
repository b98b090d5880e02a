package vitrine.sandbox;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Comparator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a shop answers when it is asked for its orders, under {@code /shops/{shop}/…}: paged, limited and refusing like
 * the real ones.
 */
final class AdminApis {
    private final OrderBook shops;
    private final Shopify shopify = new Shopify();
    private final WooCommerce woocommerce = new WooCommerce();
    private final Standard standard = new Standard();
    private final SaleorApi saleor;

    AdminApis(OrderBook shops) {
        this.shops = shops;
        this.saleor = new SaleorApi(shops);
    }

    /** Null where the path is no API of this shop. */
    @Nullable
    Answer answer(ShopConfig shop, Call call) {
        return switch (shop.source()) {
            case SHOPIFY -> call.segment(2).equals("admin") ? shopify(shop, call) : null;
            case WOOCOMMERCE -> call.segment(2).equals("wp-json") ? woocommerce(shop, call) : null;
            case SALEOR -> {
                if (call.is("GET", "shops", "*", ".well-known", "jwks.json")) {
                    yield Answer.json(Saleor.jwks(shop.secret()));
                }
                yield call.is("POST", "shops", "*", "graphql") ? saleor.answer(shop, call) : null;
            }
            // The address of the storefront's list, too: a browser asks for text/html, a reconciler does not.
            case STANDARD -> call.is("GET", "shops", "*", "orders") && !call.wantsPage() ? standard(shop, call) : null;
        };
    }

    // --- Shopify: a cursor that remembers the question, in the Link header ------------------------------------------

    private Answer shopify(ShopConfig shop, Call call) {
        if (!same(call.header("X-Shopify-Access-Token"), shop.apiToken())) {
            return Answer.json(
                    401,
                    Json.object()
                            .put(
                                    "errors",
                                    "[API] Invalid API key or access token (unrecognized login or wrong password)"));
        }
        if (call.is("GET", "shops", "*", "admin", "api", "*", "orders.json")) {
            return shopifyOrders(shop, call);
        }
        if (call.method().equals("GET")
                && call.segment(5).equals("orders")
                && call.path().size() >= 7) {
            var wanted = call.segment(6).replace(".json", "");
            var order = shops.orders(shop.shop()).stream()
                    .filter(o -> String.valueOf(Shopify.orderId(shop, o)).equals(wanted))
                    .findFirst();
            if (order.isPresent() && call.path().size() == 7) {
                return Answer.json(Json.object().set("order", shopify.order(shop, order.get())));
            }
            if (order.isPresent() && call.path().size() == 8 && call.segment(7).equals("transactions.json")) {
                return Answer.json(Json.object().set("transactions", shopify.transactions(shop, order.get())));
            }
            if (order.isPresent() && call.path().size() == 10 && call.segment(9).equals("events.json")) {
                var events = Json.array();
                for (var fulfilment : shopify.order(shop, order.get()).path("fulfillments")) {
                    if (fulfilment.path("id").asString().equals(call.segment(8))
                            && fulfilment.path("shipment_status").asString("").equals("delivered")) {
                        int n = fulfilment.path("name").asString().indexOf('.') + 1;
                        int index = Integer.parseInt(
                                        fulfilment.path("name").asString().substring(n))
                                - 1;
                        events.add(shopify.deliveredEvent(
                                shop, order.get(), order.get().fulfilments().get(index)));
                    }
                }
                return Answer.json(Json.object().set("fulfillment_events", events));
            }
        }
        return Answer.json(404, Json.object().put("errors", "Not Found"));
    }

    private Answer shopifyOrders(ShopConfig shop, Call call) {
        int limit;
        try {
            limit = call.number("limit", 50, 250);
        } catch (Refused wrong) {
            return Answer.json(400, Json.object().put("errors", wrong.detail()));
        }
        var pageInfo = call.query().get("page_info");
        JsonNode question;
        if (pageInfo == null) {
            question = Json.object()
                    .put("min", call.query().get("updated_at_min"))
                    .put("max", call.query().get("updated_at_max"))
                    .put("status", call.query().getOrDefault("status", "open"))
                    .put("order", call.query().getOrDefault("order", "created_at desc"));
        } else {
            if (call.query().containsKey("updated_at_min") || call.query().containsKey("status")) {
                return Answer.json(
                        400, Json.object().put("errors", "only limit and fields can be passed beside page_info"));
            }
            question = cursor(pageInfo);
        }
        Predicate<SandboxOrder> asked;
        Comparator<Place> sorted;
        try {
            asked = between(text(question, "min"), text(question, "max"), shop.zone(), true);
            sorted = sorting(question.path("order").asString(""));
        } catch (DateTimeException wrong) {
            return Answer.json(400, Json.object().put("errors", "updated_at_min is no time"));
        } catch (Refused wrong) {
            return Answer.json(400, Json.object().put("errors", wrong.detail()));
        }
        // "open" is Shopify's default, and the classic trap: a reconciler has to ask for any.
        var status = question.path("status").asString("open");
        Predicate<SandboxOrder> inStatus = order -> switch (status) {
            case "any" -> true;
            case "cancelled" -> order.cancelledAt() != null;
            default -> order.cancelledAt() == null;
        };
        var place = place(question);
        var found = shops.orders(shop.shop()).stream()
                .filter(asked)
                .filter(inStatus)
                .sorted(Comparator.comparing(Place::of, sorted))
                .filter(order -> place == null || sorted.compare(place, Place.of(order)) < 0)
                .limit(limit + 1L)
                .toList();
        var page = found.subList(0, Math.min(limit, found.size()));
        var orders = Json.array();
        page.forEach(order -> orders.add(shopify.order(shop, order)));
        var answer = Answer.json(Json.object().set("orders", orders))
                .with("X-Shopify-API-Version", call.segment(4))
                .with("X-Shopify-Shop-Api-Call-Limit", "1/40");
        if (found.size() > limit) {
            var last = page.getLast();
            var next = ((ObjectNode) question.deepCopy())
                    .put("at", last.updatedAt().toString())
                    .put("number", last.number());
            var url = origin(shop, call) + "/admin/api/" + call.segment(4) + "/orders.json?limit=" + limit
                    + "&page_info=" + cursor(next);
            return answer.with("Link", "<" + url + ">; rel=\"next\"");
        }
        return answer;
    }

    /** Where an order stands, and a page ended: an order that changes between two pages hides no other. */
    private record Place(Instant at, long number) {
        static Place of(SandboxOrder order) {
            return new Place(order.updatedAt(), order.number());
        }
    }

    private static Comparator<Place> sorting(String order) {
        var words = order.split(" ", 2);
        var by =
                switch (words[0]) {
                    case "updated_at" -> Comparator.comparing(Place::at).thenComparing(Place::number);
                    case "created_at", "processed_at", "id" -> Comparator.comparing(Place::number);
                    default -> throw Refused.invalid("order.invalid", "orders are not sorted by " + order);
                };
        return words.length == 2 && words[1].equals("asc") ? by : by.reversed();
    }

    private static @Nullable Place place(JsonNode question) {
        try {
            var at = text(question, "at");
            return at == null
                    ? null
                    : new Place(Instant.parse(at), question.path("number").asLong(0));
        } catch (DateTimeException wrong) {
            throw Refused.invalid("cursor.invalid", "that cursor is not one of ours");
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.path(field).asString("") : null;
    }

    /** The address by which the caller knows this shop: what a page links to is where the caller already is. */
    private static String origin(ShopConfig shop, Call call) {
        var host = call.header("Host");
        var scheme = shop.baseUrl().startsWith("https:") ? "https://" : "http://";
        return host == null ? shop.baseUrl() : scheme + host + "/shops/" + shop.shop();
    }

    // --- WooCommerce: numbered pages, the wall clock of the site ----------------------------------------------------

    private Answer woocommerce(ShopConfig shop, Call call) {
        var credentials = Base64.getEncoder().encodeToString(Keys.utf8(shop.apiToken()));
        if (!same(call.header("Authorization"), "Basic " + credentials)) {
            return wooProblem(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
        }
        if (!call.method().equals("GET")
                || !call.segment(3).equals("wc")
                || !call.segment(4).equals("v3")
                || !call.segment(5).equals("orders")) {
            return wooProblem(404, "rest_no_route", "No route was found matching the URL and request method.");
        }
        if (call.path().size() == 6) {
            return wooOrders(shop, call);
        }
        var order = shops.orders(shop.shop()).stream()
                .filter(o -> String.valueOf(o.number()).equals(call.segment(6)))
                .findFirst();
        if (order.isEmpty()) {
            return wooProblem(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.");
        }
        if (call.path().size() == 8 && call.segment(7).equals("refunds")) {
            var refunds = Json.array();
            for (var refund : order.get().refunds().reversed()) {
                refunds.add(woocommerce.refund(shop, order.get(), refund));
            }
            return Answer.json(refunds)
                    .with("X-WP-Total", String.valueOf(refunds.size()))
                    .with("X-WP-TotalPages", "1");
        }
        return Answer.json(woocommerce.order(shop, order.get()));
    }

    private Answer wooOrders(ShopConfig shop, Call call) {
        int perPage;
        int page;
        try {
            perPage = call.number("per_page", 10, 100);
            page = call.number("page", 1, Integer.MAX_VALUE);
        } catch (Refused wrong) {
            return wooProblem(400, "rest_invalid_param", "Invalid parameter(s): " + wrong.detail());
        }
        boolean gmt = call.query().getOrDefault("dates_are_gmt", "false").equals("true");
        Predicate<SandboxOrder> asked;
        try {
            asked = between(
                    call.query().get("modified_after"),
                    call.query().get("modified_before"),
                    gmt ? ZoneOffset.UTC : shop.zone(),
                    false);
        } catch (DateTimeException wrong) {
            return wooProblem(400, "rest_invalid_param", "Invalid parameter(s): modified_after");
        }
        var found = "modified".equals(call.query().get("orderby"))
                ? shops.ordersByChange(shop.shop()).reversed()
                : shops.orders(shop.shop());
        if ("asc".equals(call.query().get("order"))) {
            found = found.reversed();
        }
        found = found.stream().filter(asked).toList();
        int pages = (found.size() + perPage - 1) / perPage;
        var orders = Json.array();
        found.stream()
                .skip((long) (page - 1) * perPage)
                .limit(perPage)
                .forEach(order -> orders.add(woocommerce.order(shop, order)));
        var answer = Answer.json(orders)
                .with("X-WP-Total", String.valueOf(found.size()))
                .with("X-WP-TotalPages", String.valueOf(pages));
        if (page < pages) {
            var url = origin(shop, call) + "/wp-json/wc/v3/orders?per_page=" + perPage + "&page=" + (page + 1);
            return answer.with("Link", "<" + url + ">; rel=\"next\"");
        }
        return answer;
    }

    private static Answer wooProblem(int status, String code, String message) {
        var problem = Json.object().put("code", code).put("message", message);
        problem.putObject("data").put("status", status);
        return Answer.json(status, problem);
    }

    // --- Any other shop: a cursor in the body -----------------------------------------------------------------------

    private Answer standard(ShopConfig shop, Call call) {
        if (!same(call.header("Authorization"), "Bearer " + shop.apiToken())) {
            throw Refused.unauthorized("a Bearer token is needed");
        }
        int limit = call.number("limit", 100, 500);
        var since = Instant.EPOCH;
        try {
            if (call.query().containsKey("changed_since")) {
                since = OffsetDateTime.parse(call.query().get("changed_since")).toInstant();
            }
        } catch (DateTimeException wrong) {
            throw Refused.invalid("parameter.invalid", "changed_since is an RFC 3339 time");
        }
        var earliest = since;
        long number = -1;
        var given = call.query().get("cursor");
        if (given != null) {
            var from = cursor(given);
            try {
                earliest = Instant.parse(from.path("at").asString(""));
                number = from.path("number").asLong(0);
            } catch (DateTimeException wrong) {
                throw Refused.invalid("cursor.invalid", "that cursor is not one of ours");
            }
        }
        var afterTime = earliest.truncatedTo(ChronoUnit.SECONDS);
        var afterNumber = number;
        var found = shops.ordersByChange(shop.shop()).stream()
                .filter(order -> {
                    int byTime =
                            order.updatedAt().truncatedTo(ChronoUnit.SECONDS).compareTo(afterTime);
                    return byTime > 0 || byTime == 0 && order.number() > afterNumber;
                })
                .limit(limit + 1L)
                .toList();
        var page = found.subList(0, Math.min(limit, found.size()));
        var body = Json.object();
        var orders = body.putArray("orders");
        page.forEach(order -> orders.add(standard.order(shop, order)));
        body.put(
                "next_cursor",
                found.size() > limit
                        ? cursor(Json.object()
                                .put(
                                        "at",
                                        page.getLast()
                                                .updatedAt()
                                                .truncatedTo(ChronoUnit.SECONDS)
                                                .toString())
                                .put("number", page.getLast().number()))
                        : null);
        return Answer.json(body);
    }

    // --- shared -----------------------------------------------------------------------------------------------------

    /** At the shops' resolution of a second; Shopify's and Saleor's ends count, WooCommerce's do not. */
    static Predicate<SandboxOrder> between(@Nullable String min, @Nullable String max, ZoneId wall, boolean endsCount) {
        var from = min == null ? Instant.MIN : time(min, wall);
        var to = max == null ? Instant.MAX : time(max, wall);
        return order -> {
            var at = order.updatedAt().truncatedTo(ChronoUnit.SECONDS);
            return at.isAfter(from) && at.isBefore(to) || endsCount && (at.equals(from) || at.equals(to));
        };
    }

    private static Instant time(String text, ZoneId wall) {
        var full = text.length() == 10 ? text + "T00:00:00" : text.replace(' ', '+');
        boolean offset = full.endsWith("Z") || full.lastIndexOf('+') > 10 || full.lastIndexOf('-') > 10;
        return offset
                ? OffsetDateTime.parse(full).toInstant()
                : LocalDateTime.parse(full).atZone(wall).toInstant();
    }

    private static String cursor(JsonNode node) {
        return URLEncoder.encode(
                Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(node)), StandardCharsets.US_ASCII);
    }

    private static JsonNode cursor(String text) {
        try {
            return Json.readObject(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException | Refused wrong) {
            throw Refused.invalid("cursor.invalid", "that cursor is not one of ours");
        }
    }

    static boolean same(@Nullable String given, String wanted) {
        return given != null && MessageDigest.isEqual(Keys.utf8(given), Keys.utf8(wanted));
    }
}
