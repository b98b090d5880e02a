package vitrine.sandbox;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Part;
import vitrine.sandbox.SandboxOrder.Wish;

/** The remote control, {@code /control/…}: JSON in, JSON out, for the demo's loader, tests and the curious. */
final class Control {
    private static final int PLAY_MAX = 50_000;

    private final SandboxConfig config;
    private final Shops shops;
    private final Courier courier;
    private final Standard plain = new Standard();

    Control(SandboxConfig config, Shops shops, Courier courier) {
        this.config = config;
        this.shops = shops;
        this.courier = courier;
    }

    Answer answer(Call call) throws InterruptedException {
        if (call.is("GET", "control", "health")) {
            return Answer.json(
                    Json.object().put("status", "up").put("shops", shops.all().size()));
        }
        if (call.is("GET", "control", "shops")) {
            return Answer.json(listShops());
        }
        if (call.is("GET", "control", "clock")) {
            return Answer.json(Json.object().put("now", shops.now().toString()));
        }
        if (call.is("POST", "control", "clock")) {
            var by = duration(Json.readObject(call.body()), "advance");
            return Answer.json(Json.object().put("now", shops.advance(by).toString()));
        }
        if (call.is("GET", "control", "switches")) {
            return Answer.json(switches());
        }
        if (call.is("POST", "control", "switches")) {
            var change = Json.readObject(call.body());
            for (var shop : shops.all()) {
                courier.set(shop.shop(), courier.switches(shop.shop()).with(change));
            }
            return Answer.json(switches());
        }
        if (call.is("POST", "control", "shops", "*", "switches")) {
            var shop = shops.shop(call.segment(2)).shop();
            courier.set(shop, courier.switches(shop).with(Json.readObject(call.body())));
            return Answer.json(Json.MAPPER.valueToTree(courier.switches(shop)));
        }
        if (call.is("POST", "control", "play")) {
            return play(Json.readObject(call.body()));
        }
        if (call.is("POST", "control", "burst")) {
            return burst(Json.readObject(call.body()));
        }
        if (call.is("POST", "control", "deliver-all")) {
            var body = Json.readObject(call.body());
            return Answer.json(Json.object().put("arrived", shops.deliverAll(optional(body, "shop"))));
        }
        if (call.is("POST", "control", "wait")) {
            var body = Json.readObject(call.body());
            boolean quiet = courier.quiet(Duration.ofSeconds(whole(body, "seconds", 60, 1, 3600)));
            return Answer.json(counts().put("quiet", quiet));
        }
        if (call.is("GET", "control", "counts")) {
            return Answer.json(counts());
        }
        if (call.is("GET", "control", "deliveries")) {
            return Answer.json(deliveries(call.query().get("shop"), call.number("limit", 100, 300)));
        }
        if (call.segment(1).equals("shops") && call.segment(3).equals("orders")) {
            return orders(call);
        }
        throw Refused.notFound(
                "control.unknown", "there is no " + call.method() + " /" + String.join("/", call.path()));
    }

    private Answer orders(Call call) {
        var shop = shops.shop(call.segment(2));
        if (call.is("POST", "control", "shops", "*", "orders")) {
            return Answer.json(201, view(shop, buy(shop, Json.readObject(call.body()))));
        }
        if (call.is("GET", "control", "shops", "*", "orders")) {
            var list = Json.object();
            var orders = list.putArray("orders");
            shops.orders(shop.shop()).stream()
                    .limit(call.number("limit", 100, 1000))
                    .forEach(order -> orders.add(view(shop, order)));
            return Answer.json(list);
        }
        if (call.is("GET", "control", "shops", "*", "orders", "*")) {
            return Answer.json(view(shop, shops.order(shop.shop(), call.orderNumber(4))));
        }
        if (call.method().equals("POST") && call.path().size() == 6) {
            return Answer.json(
                    view(shop, act(shop, call.orderNumber(4), call.segment(5), Json.readObject(call.body()))));
        }
        throw Refused.notFound(
                "control.unknown", "there is no " + call.method() + " /" + String.join("/", call.path()));
    }

    private SandboxOrder buy(ShopConfig shop, JsonNode body) {
        var wishes = new ArrayList<Wish>();
        for (var line : body.path("lines")) {
            wishes.add(new Wish(shop.product(required(line, "product")), whole(line, "quantity", 1, 1, 999)));
        }
        var buyer = buyer(shop, body.path("buyer"));
        Discount discount = null;
        if (body.hasNonNull("discount")) {
            var given = body.path("discount");
            discount = new Discount(
                    given.path("code").asString("DISCOUNT"), Money.minor(required(given, "amount"), shop.currency()));
        }
        long shipping = body.hasNonNull("shipping") ? Money.minor(required(body, "shipping"), shop.currency()) : 0;
        if (shipping < 0) {
            throw Refused.invalid("amount.invalid", "shipping is not negative");
        }
        var at = time(body);
        var order = shops.buy(
                shop, buyer, wishes, discount, shipping, body.path("test").asBoolean(false), at);
        return body.path("pay").asBoolean(true) ? shops.act(shop.shop(), order.number(), at, SandboxOrder::pay) : order;
    }

    static Buyer buyer(ShopConfig shop, JsonNode json) {
        var email = optional(json, "email");
        var phone = optional(json, "phone");
        if (email == null && phone == null) {
            throw Refused.invalid("buyer.invalid", "a buyer has an e-mail address or a phone number");
        }
        return buyer(
                shop,
                email,
                phone,
                json.path("verified").asBoolean(email != null),
                json.path("guest").asBoolean(false));
    }

    /** The shop's account of a person is found by e-mail, else by phone; both are checked for their form only. */
    static Buyer buyer(
            ShopConfig shop, @Nullable String email, @Nullable String phone, boolean verified, boolean guest) {
        if (email != null && !email.matches("[^@\\s]{1,64}@[^@\\s]{1,190}")) {
            throw Refused.invalid("buyer.invalid", "that is no e-mail address");
        }
        if (phone != null && !phone.matches("\\+?[0-9][0-9 ()-]{4,20}")) {
            throw Refused.invalid("buyer.invalid", "that is no phone number");
        }
        var key = email != null ? email.toLowerCase(Locale.ROOT) : String.valueOf(phone);
        var word = email != null ? key.substring(0, key.indexOf('@')).replaceAll("[^\\p{L}]", "") : "";
        var name = word.isEmpty()
                ? shop.language().equals("zh") ? "晓" : "Ada"
                : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
        long account =
                100_000_000L + Math.floorMod(Ids.uuid(shop.shop() + "/" + key).getMostSignificantBits(), 800_000_000L);
        return new Buyer(
                guest ? 0 : account,
                name,
                shop.language().equals("zh") ? "林" : "Lin",
                email,
                email != null && verified && !guest,
                phone,
                Buyer.homeFor(shop.currency()));
    }

    private SandboxOrder act(ShopConfig shop, long number, String verb, JsonNode body) {
        var at = time(body);
        var name = shop.shop();
        return switch (verb) {
            case "pay" -> shops.act(name, number, at, SandboxOrder::pay);
            case "fulfil" ->
                body.hasNonNull("lines")
                        ? shops.act(name, number, at, (o, when) -> o.fulfil(when, parts(body)))
                        : shops.act(name, number, at, SandboxOrder::fulfil);
            case "deliver" ->
                body.hasNonNull("fulfilment")
                        ? shops.act(
                                name, number, at, (o, when) -> o.deliver(when, whole(body, "fulfilment", 0, 0, 1000)))
                        : shops.arrive(name, number, at);
            case "return" -> shops.act(name, number, at, (o, when) -> giveBack(shop, o, when, body));
            case "edit" ->
                shops.act(
                        name,
                        number,
                        at,
                        (o, when) ->
                                o.edit(when, whole(body, "line", -1, -1, 999), whole(body, "quantity", -1, -1, 999)));
            case "cancel" -> shops.act(name, number, at, SandboxOrder::cancel);
            case "resend" -> {
                shops.resend(name, number, happened(required(body, "happened")));
                yield shops.order(name, number);
            }
            default ->
                throw Refused.notFound(
                        "verb.unknown", "an order can pay, fulfil, deliver, return, edit, cancel, resend; not " + verb);
        };
    }

    private static SandboxOrder.Step giveBack(ShopConfig shop, SandboxOrder order, Instant when, JsonNode body) {
        var note = body.path("note").asString("returned");
        if (body.hasNonNull("amount")) {
            return order.giveBackAmount(when, Money.minor(required(body, "amount"), shop.currency()), note);
        }
        return body.hasNonNull("lines") ? order.giveBack(when, parts(body), note) : order.giveBackAll(when, note);
    }

    private static SandboxOrder.Happened happened(String word) {
        try {
            return SandboxOrder.Happened.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw Refused.invalid("happened.unknown", "nothing is called " + word);
        }
    }

    private static List<Part> parts(JsonNode body) {
        var parts = new ArrayList<Part>();
        for (var line : body.path("lines")) {
            parts.add(new Part(whole(line, "line", -1, -1, 999), whole(line, "quantity", 1, 1, 999)));
        }
        return parts;
    }

    private Answer play(JsonNode body) throws InterruptedException {
        var wanted = new ArrayList<ShopConfig>();
        body.path("shops").forEach(name -> wanted.add(shops.shop(name.asString(""))));
        var cast = wanted.isEmpty() ? shops.all() : wanted;
        int fromDay = whole(body, "fromDay", 0, -3650, 3650);
        boolean moveClock = body.path("moveClock").asBoolean(fromDay >= 0);
        var from = shops.now().plus(Duration.ofDays(fromDay));
        var rough = body.hasNonNull("rough")
                ? shops.shop(required(body, "rough")).shop()
                : cast.get(Math.min(1, cast.size() - 1)).shop();
        var before = courier.switches(rough);
        if (body.path("roughly").asBoolean(true)) {
            courier.set(rough, new Switches(150, 100, 20, 0, 0, 0, 0));
        }
        Map<String, Long> steps;
        boolean quiet;
        try {
            steps = shops.play(
                    Crowd.play(
                            body.path("seed").asLong(1),
                            cast,
                            whole(body, "orders", 100, 1, PLAY_MAX),
                            from,
                            whole(body, "days", 7, 1, 366),
                            shops::nextNumber),
                    moveClock);
            quiet = courier.quiet(Duration.ofSeconds(whole(body, "seconds", 600, 1, 3600)));
        } finally {
            courier.set(rough, before);
        }
        var answer = counts();
        var happened = answer.putObject("steps");
        steps.forEach(happened::put);
        answer.put("rough", rough);
        answer.put("quiet", quiet);
        answer.put("now", shops.now().toString());
        return Answer.json(answer);
    }

    private Answer burst(JsonNode body) throws InterruptedException {
        var shop = shops.shop(required(body, "shop"));
        int orders = whole(body, "orders", 100, 1, PLAY_MAX);
        double rate = body.path("rate").asDouble(50);
        if (!(rate > 0 && rate <= 10_000)) {
            throw Refused.invalid("rate.invalid", "a rate is up to 10000 a second, not " + rate);
        }
        long begun = System.nanoTime();
        shops.burst(shop, orders, rate, 64);
        boolean quiet = courier.quiet(Duration.ofSeconds(whole(body, "seconds", 120, 1, 3600)));
        return Answer.json(counts().put("quiet", quiet).put("millis", (System.nanoTime() - begun) / 1_000_000));
    }

    private ObjectNode counts() {
        var node = Json.object();
        var total = node.putObject("total");
        var each = node.putObject("shops");
        courier.counts().forEach((shop, counts) -> {
            var mine = each.putObject(shop);
            counts.forEach((name, n) -> {
                mine.put(name, n);
                total.put(name, total.path(name).asLong(0) + n);
            });
        });
        return node;
    }

    private ObjectNode switches() {
        var node = Json.object();
        for (var shop : shops.all()) {
            node.set(shop.shop(), Json.MAPPER.valueToTree(courier.switches(shop.shop())));
        }
        return node;
    }

    private ObjectNode deliveries(@Nullable String shop, int limit) {
        var node = Json.object();
        var list = node.putArray("deliveries");
        courier.log().stream()
                .filter(d -> shop == null || shop.equals(d.shop()))
                .limit(limit)
                .forEach(d -> list.add(Json.MAPPER.<JsonNode>valueToTree(d)));
        return node;
    }

    private ObjectNode listShops() {
        var node = Json.object();
        node.put("server", config.server());
        var list = node.putArray("shops");
        for (var shop : shops.all()) {
            var s = list.addObject();
            s.put("source", shop.source().wire());
            s.put("shop", shop.shop());
            s.putObject("name")
                    .put("zh", shop.name().zh())
                    .put("en", shop.name().en());
            s.put("currency", shop.currency());
            s.put("inboxUrl", shop.inboxUrl());
            s.put("page", shop.baseUrl());
            if (shop.source() == Source.SALEOR) {
                s.put("jwksUrl", shop.baseUrl() + "/.well-known/jwks.json");
            }
            s.put("orders", shops.orders(shop.shop()).size());
            var products = s.putArray("products");
            for (var product : shop.products()) {
                products.addObject()
                        .put("id", product.id())
                        .put("sku", product.sku())
                        .put("price", Money.decimal(product.price(), shop.currency()));
            }
        }
        return node;
    }

    /** An order as the control shows it: the canonical order, and the ids that the source itself uses. */
    private ObjectNode view(ShopConfig shop, SandboxOrder order) {
        var node = plain.order(shop, order);
        node.put("shop", shop.shop());
        node.put("source", shop.source().wire());
        node.put(
                "source_id",
                switch (shop.source()) {
                    case SHOPIFY -> String.valueOf(Shopify.orderId(shop, order));
                    case WOOCOMMERCE -> String.valueOf(order.number());
                    case SALEOR -> Saleor.orderId(shop, order);
                    case STANDARD -> "ord_" + order.number();
                });
        node.put("goods_paid", Money.decimal(order.goodsPaid(), shop.currency()));
        node.put("page", shop.baseUrl() + "/orders/" + order.number());
        return node;
    }

    private static @Nullable Instant time(JsonNode body) {
        if (!body.hasNonNull("at")) {
            return null;
        }
        try {
            return OffsetDateTime.parse(required(body, "at")).toInstant();
        } catch (DateTimeException wrong) {
            throw Refused.invalid("at.invalid", "at is an RFC 3339 time");
        }
    }

    static Duration duration(JsonNode body, String field) {
        try {
            return Duration.parse(required(body, field));
        } catch (DateTimeException wrong) {
            throw Refused.invalid("duration.invalid", field + " is an ISO 8601 duration such as P1D");
        }
    }

    static int whole(JsonNode body, String field, int otherwise, int least, int most) {
        var node = body.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return otherwise;
        }
        if (!node.isInt() || node.asInt() < least || node.asInt() > most) {
            throw Refused.invalid(field + ".invalid", field + " is a whole number from " + least + " to " + most);
        }
        return node.asInt();
    }

    static String required(JsonNode body, String field) {
        var text = optional(body, field);
        if (text == null) {
            throw Refused.invalid(field + ".missing", field + " is missing");
        }
        return text;
    }

    static @Nullable String optional(JsonNode body, String field) {
        var node = body.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            throw Refused.invalid(field + ".invalid", field + " is a text");
        }
        return node.asString().isBlank() ? null : node.asString().strip();
    }
}
