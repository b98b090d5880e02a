package vitrine.sandbox;

import static vitrine.sandbox.Keys.utf8;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.sandbox.SandboxOrder.Line;
import vitrine.sandbox.SandboxOrder.Refund;

/**
 * WooCommerce, REST API v3. Its only words are order.created and order.updated; the state is in {@code status}. Line
 * totals are always without tax, also where the price tags include it ({@code prices_include_tax}): paid for a line is
 * {@code total + total_tax}. A refund is announced as id and sum; its lines are to be read from the refunds of the
 * API. It knows no delivery, and repeats nothing.
 */
final class WooCommerce implements Dialect {
    @Override
    public List<String> topics(SandboxOrder.Step step) {
        return switch (step.happened()) {
            case BOUGHT -> List.of("order.created");
            case PAID, FULFILLED, REFUNDED, EDITED, CANCELLED -> List.of("order.updated");
            case DELIVERED -> List.of();
        };
    }

    @Override
    public ObjectNode body(ShopConfig shop, Event event) {
        return order(shop, event.order());
    }

    @Override
    public String deliveryId(String name) {
        return Ids.hex(name, 32);
    }

    @Override
    public Map<String, String> headers(
            ShopConfig shop, String topic, String name, String deliveryId, byte[] body, Instant signedAt) {
        var words = topic.split("\\.", 2);
        return Map.of(
                "X-WC-Webhook-Source",
                shop.baseUrl() + "/",
                "X-WC-Webhook-Topic",
                topic,
                "X-WC-Webhook-Resource",
                words[0],
                "X-WC-Webhook-Event",
                words[words.length - 1],
                "X-WC-Webhook-Signature",
                Keys.hmacBase64(utf8(shop.secret()), body),
                "X-WC-Webhook-ID",
                topic.equals("order.created") ? "11" : "12",
                "X-WC-Webhook-Delivery-ID",
                deliveryId,
                "User-Agent",
                "WooCommerce/10.3.5 Hookshot (WordPress/6.8.3)");
    }

    @Override
    public List<Duration> retries() {
        return List.of();
    }

    @Override
    public boolean repeatsAfter(int status) {
        return false;
    }

    ObjectNode order(ShopConfig shop, SandboxOrder order) {
        var tax = shop.tax();
        long shown = order.goodsTotal();
        long goodsTax = taxOfLines(shop, order);
        long total = shown + (tax.included() ? 0 : goodsTax) + order.shipping();
        long discountNet = 0;
        long discountTax = 0;
        for (var line : order.lines()) {
            discountNet += tax.net(line.gross()) - tax.net(line.total());
            discountTax += tax.of(line.gross()) - tax.of(line.total());
        }
        var o = Json.object();
        o.put("id", order.number());
        o.put("parent_id", 0);
        o.put("status", status(order));
        o.put("currency", order.currency());
        o.put("version", "10.3.5");
        o.put("prices_include_tax", tax.included() && !tax.none());
        dates(o, "date_created", shop, order.createdAt());
        dates(o, "date_modified", shop, order.updatedAt());
        put(o, order, "discount_total", discountNet);
        put(o, order, "discount_tax", discountTax);
        put(o, order, "shipping_total", order.shipping());
        put(o, order, "shipping_tax", 0);
        put(o, order, "cart_tax", goodsTax);
        put(o, order, "total", total);
        put(o, order, "total_tax", goodsTax);
        o.put("customer_id", order.buyer().id());
        o.put("order_key", "wc_order_" + Ids.hex("key:" + shop.shop() + order.number(), 13));
        o.set("billing", address(order, true));
        o.set("shipping", address(order, false));
        o.put("payment_method", "woocommerce_payments");
        o.put("payment_method_title", "Credit / debit card");
        o.put(
                "transaction_id",
                order.paidAt() == null ? "" : "pi_" + Ids.hex("pi:" + shop.shop() + order.number(), 24));
        o.put("customer_ip_address", "203.0.113.7");
        o.put("customer_user_agent", "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko)");
        o.put("created_via", "checkout");
        o.put("customer_note", "");
        dates(
                o,
                "date_completed",
                shop,
                order.wholeSent() ? order.fulfilments().getLast().at() : null);
        dates(o, "date_paid", shop, order.paidAt());
        o.put("cart_hash", Ids.hex("cart:" + shop.shop() + order.number(), 32));
        o.put("number", String.valueOf(order.number()));
        var meta = o.putArray("meta_data");
        meta.addObject()
                .put("id", order.number() * 50 + 1)
                .put("key", "_download_permissions_granted")
                .put("value", "yes");
        meta.addObject()
                .put("id", order.number() * 50 + 2)
                .put("key", "_wcpay_mode")
                .put("value", order.test() ? "test" : "prod");
        var lines = o.putArray("line_items");
        for (int i = 0; i < order.lines().size(); i++) {
            lines.add(line(shop, order, i));
        }
        var taxes = o.putArray("tax_lines");
        if (!tax.none()) {
            taxes.addObject()
                    .put("id", itemId(order, 40))
                    .put("rate_code", order.buyer().address().countryCode() + "-" + tax.title() + "-1")
                    .put("rate_id", 75)
                    .put("label", tax.title())
                    .put("compound", false)
                    .put("tax_total", decimal(order, goodsTax))
                    .put("shipping_tax_total", decimal(order, 0))
                    .put("rate_percent", tax.rate().movePointRight(2))
                    .set("meta_data", Json.array());
        }
        var shipping = o.putArray("shipping_lines").addObject();
        shipping.put("id", itemId(order, 41));
        shipping.put("method_title", "Flat rate");
        shipping.put("method_id", "flat_rate");
        shipping.put("instance_id", "1");
        put(shipping, order, "total", order.shipping());
        put(shipping, order, "total_tax", 0);
        shipping.putArray("taxes");
        shipping.putArray("meta_data");
        o.putArray("fee_lines");
        var coupons = o.putArray("coupon_lines");
        if (order.discountCode() != null) {
            coupons.addObject()
                    .put("id", itemId(order, 42))
                    .put("code", order.discountCode())
                    .put("discount", decimal(order, discountNet))
                    .put("discount_tax", decimal(order, discountTax))
                    .put("discount_type", "fixed_cart")
                    .set("meta_data", Json.array());
        }
        var refunds = o.putArray("refunds");
        // The newest first, as the shop lists them.
        for (var refund : order.refunds().reversed()) {
            refunds.addObject()
                    .put("id", refundId(order, refund))
                    .put("reason", refund.note())
                    .put("total", decimal(order, -money(shop, refund)));
        }
        o.put("payment_url", shop.baseUrl() + "/checkout/order-pay/" + order.number() + "/?pay_for_order=true");
        o.put("is_editable", order.paidAt() == null);
        o.put("needs_payment", order.paidAt() == null && order.cancelledAt() == null);
        o.put("needs_processing", true);
        o.put("currency_symbol", symbol(order.currency()));
        var links = o.putObject("_links");
        var api = shop.baseUrl() + "/wp-json/wc/v3/orders";
        links.putArray("self").addObject().put("href", api + "/" + order.number());
        links.putArray("collection").addObject().put("href", api);
        if (order.buyer().id() != 0) {
            links.putArray("customer")
                    .addObject()
                    .put(
                            "href",
                            shop.baseUrl() + "/wp-json/wc/v3/customers/"
                                    + order.buyer().id());
        }
        return o;
    }

    /** What GET /wp-json/wc/v3/orders/{id}/refunds lists: here are the lines, with negative quantities. */
    ObjectNode refund(ShopConfig shop, SandboxOrder order, Refund refund) {
        var n = Json.object();
        n.put("id", refundId(order, refund));
        dates(n, "date_created", shop, refund.at());
        n.put("amount", decimal(order, money(shop, refund)));
        n.put("reason", refund.note());
        n.put("refunded_by", 1);
        n.put("refunded_payment", true);
        n.putArray("meta_data");
        var lines = n.putArray("line_items");
        for (int i = 0; i < refund.parts().size(); i++) {
            var part = refund.parts().get(i);
            var line = order.lines().get(part.line());
            long net = shop.tax().net(part.amount());
            long tax = shop.tax().of(part.amount());
            var l = lines.addObject();
            l.put("id", refundId(order, refund) * 20 + i);
            l.put("name", shop.title(line.product()));
            l.put("product_id", line.product().number());
            l.put("variation_id", 0);
            l.put("quantity", -part.quantity());
            l.put("tax_class", "");
            put(l, order, "subtotal", -net);
            put(l, order, "subtotal_tax", -tax);
            put(l, order, "total", -net);
            put(l, order, "total_tax", -tax);
            l.set("taxes", taxes(shop, order, -tax, -tax));
            l.putArray("meta_data")
                    .addObject()
                    .put("id", refundId(order, refund) * 50 + i)
                    .put("key", "_refunded_item_id")
                    .put("value", String.valueOf(itemId(order, part.line() + 1)));
            l.put("sku", line.product().sku());
            l.put("price", Money.number(-net, order.currency()));
        }
        var shippingLines = n.putArray("shipping_lines");
        if (refund.shipping() > 0) {
            var s = shippingLines.addObject();
            s.put("id", refundId(order, refund) * 20 + 19);
            s.put("method_title", "Flat rate");
            s.put("method_id", "flat_rate");
            put(s, order, "total", -refund.shipping());
            put(s, order, "total_tax", 0);
            s.putArray("taxes");
            s.putArray("meta_data");
        }
        n.putArray("tax_lines");
        n.putArray("fee_lines");
        var links = n.putObject("_links");
        var api = shop.baseUrl() + "/wp-json/wc/v3/orders/" + order.number();
        links.putArray("self").addObject().put("href", api + "/refunds/" + refundId(order, refund));
        links.putArray("collection").addObject().put("href", api + "/refunds");
        links.putArray("up").addObject().put("href", api);
        return n;
    }

    private ObjectNode line(ShopConfig shop, SandboxOrder order, int index) {
        var line = order.lines().get(index);
        var tax = shop.tax();
        var n = Json.object();
        n.put("id", itemId(order, index + 1));
        n.put("name", shop.title(line.product()));
        n.put("product_id", line.product().number());
        n.put("variation_id", 0);
        n.put("quantity", line.quantity());
        n.put("tax_class", "");
        put(n, order, "subtotal", tax.net(line.gross()));
        put(n, order, "subtotal_tax", tax.of(line.gross()));
        put(n, order, "total", tax.net(line.total()));
        put(n, order, "total_tax", tax.of(line.total()));
        n.set("taxes", taxes(shop, order, tax.of(line.total()), tax.of(line.gross())));
        // An order line has no category and no brand; a small plugin keeps both as meta, as many shops do.
        var meta = n.putArray("meta_data");
        meta.addObject()
                .put("id", itemId(order, index + 1) * 10 + 1)
                .put("key", "_category")
                .put("value", line.product().category())
                .put("display_key", "_category")
                .put("display_value", line.product().category());
        meta.addObject()
                .put("id", itemId(order, index + 1) * 10 + 2)
                .put("key", "_brand")
                .put("value", line.product().vendor())
                .put("display_key", "_brand")
                .put("display_value", line.product().vendor());
        n.put("sku", line.product().sku());
        n.put("global_unique_id", "");
        n.put(
                "price",
                Money.number(tax.net(line.total()), order.currency())
                        .divide(BigDecimal.valueOf(line.quantity()), MathContext.DECIMAL32));
        n.putObject("image").put("id", "").put("src", "");
        n.putNull("parent_name");
        return n;
    }

    private static ArrayNode taxes(ShopConfig shop, SandboxOrder order, long total, long subtotal) {
        var taxes = Json.array();
        if (!shop.tax().none()) {
            taxes.addObject()
                    .put("id", 75)
                    .put("total", decimal(order, total))
                    .put("subtotal", decimal(order, subtotal));
        }
        return taxes;
    }

    private static String status(SandboxOrder order) {
        if (order.cancelledAt() != null) {
            return order.paidAt() == null ? "cancelled" : "refunded";
        }
        if (order.paidAt() == null) {
            return "pending";
        }
        if (!order.refunds().isEmpty() && order.goodsPaid() == 0) {
            return "refunded";
        }
        return order.wholeSent() ? "completed" : "processing";
    }

    /** The money of a refund: goods as shown, the tax on top of them, and the shipping. */
    private static long money(ShopConfig shop, Refund refund) {
        long onTop = refund.parts().stream()
                .mapToLong(p -> shop.tax().onTop(p.amount()))
                .sum();
        return refund.amount() + onTop + refund.shipping();
    }

    private static long taxOfLines(ShopConfig shop, SandboxOrder order) {
        return order.lines().stream().mapToLong(Line::total).map(shop.tax()::of).sum();
    }

    private static ObjectNode address(SandboxOrder order, boolean billing) {
        var buyer = order.buyer();
        var a = buyer.address();
        var n = Json.object();
        n.put("first_name", buyer.firstName());
        n.put("last_name", buyer.lastName());
        n.put("company", "");
        n.put("address_1", a.line());
        n.put("address_2", a.district());
        n.put("city", a.city());
        n.put("state", a.provinceCode());
        n.put("postcode", a.zip());
        n.put("country", a.countryCode());
        if (billing) {
            n.put("email", buyer.email() == null ? "" : buyer.email());
        }
        n.put("phone", buyer.phone() == null ? "" : buyer.phone());
        return n;
    }

    private static void dates(ObjectNode node, String name, ShopConfig shop, @Nullable Instant at) {
        node.put(name, Json.wall(at, shop.zone()));
        node.put(name + "_gmt", Json.wall(at, ZoneOffset.UTC));
    }

    private static void put(ObjectNode node, SandboxOrder order, String name, long amount) {
        node.put(name, decimal(order, amount));
    }

    private static String decimal(SandboxOrder order, long amount) {
        return Money.decimal(amount, order.currency());
    }

    private static String symbol(String currency) {
        return switch (currency) {
            case "CNY", "JPY" -> "¥";
            case "EUR" -> "€";
            case "GBP" -> "£";
            default -> "$";
        };
    }

    static long itemId(SandboxOrder order, int n) {
        return order.number() * 50 + n;
    }

    static long refundId(SandboxOrder order, Refund refund) {
        return 900_000 + order.number() * 50 + refund.n();
    }
}
