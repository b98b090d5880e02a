package vitrine.sandbox;

import static vitrine.sandbox.Keys.utf8;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.sandbox.SandboxOrder.Fulfilment;
import vitrine.sandbox.SandboxOrder.Line;
import vitrine.sandbox.SandboxOrder.Refund;

/**
 * Shopify, Admin API 2026-10. Amounts are strings; a discount code lies in a line's {@code discount_allocations} while
 * its {@code total_discount} stays 0; {@code quantity} is what was bought and {@code current_quantity} what is left;
 * an order that is edited is announced by a small {@code order_edit}, with no order in it.
 */
final class Shopify implements Dialect {
    static final String API_VERSION = "2026-10";
    private static final long SHOP_ID = 548_380_009L;
    private static final String AGENT =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
                    + " Mobile/15E148 Safari/604.1";

    @Override
    public List<String> topics(SandboxOrder.Step step) {
        return switch (step.happened()) {
            case BOUGHT -> List.of("orders/create");
            case PAID -> List.of("orders/paid", "orders/updated");
            case FULFILLED ->
                List.of(step.order().wholeSent() ? "orders/fulfilled" : "orders/partially_fulfilled", "orders/updated");
            case DELIVERED -> List.of("fulfillment_events/create", "orders/updated");
            case REFUNDED -> List.of("refunds/create", "orders/updated");
            case EDITED ->
                step.delta() < 0 && step.order().paidAt() != null
                        ? List.of("orders/edited", "refunds/create", "orders/updated")
                        : List.of("orders/edited", "orders/updated");
            case CANCELLED ->
                step.subject() < 0
                        ? List.of("orders/cancelled", "orders/updated")
                        : List.of("orders/cancelled", "refunds/create", "orders/updated");
        };
    }

    @Override
    public ObjectNode body(ShopConfig shop, Event event) {
        var order = event.order();
        var shape = new Shape(shop, order);
        return switch (event.topic()) {
            case "fulfillment_events/create" ->
                shape.delivered(order.fulfilments().get(event.step().subject()));
            case "refunds/create" -> shape.refund(order.refunds().getLast());
            case "orders/edited" -> shape.edit(event.step());
            default -> shape.whole();
        };
    }

    ObjectNode order(ShopConfig shop, SandboxOrder order) {
        return new Shape(shop, order).whole();
    }

    ObjectNode deliveredEvent(ShopConfig shop, SandboxOrder order, Fulfilment fulfilment) {
        return new Shape(shop, order).delivered(fulfilment);
    }

    /** The sale, once it is paid, and what was paid back of it, the oldest first. */
    ArrayNode transactions(ShopConfig shop, SandboxOrder order) {
        return new Shape(shop, order).transactions();
    }

    static long orderId(ShopConfig shop, SandboxOrder order) {
        return 5_000_000_000_000L + Ids.slot(shop.shop()) / 10 + order.number();
    }

    @Override
    public String deliveryId(String name) {
        return Ids.uuid(name).toString();
    }

    @Override
    public Map<String, String> headers(
            ShopConfig shop, String topic, String name, String deliveryId, byte[] body, Instant signedAt) {
        return Map.of(
                "X-Shopify-Topic",
                topic,
                "X-Shopify-Hmac-SHA256",
                Keys.hmacBase64(utf8(shop.secret()), body),
                "X-Shopify-Shop-Domain",
                shop.domain(),
                "X-Shopify-API-Version",
                API_VERSION,
                "X-Shopify-Webhook-Id",
                deliveryId,
                "X-Shopify-Event-Id",
                Ids.uuid("event:" + name).toString(),
                "X-Shopify-Triggered-At",
                signedAt.toString(),
                "User-Agent",
                "Shopify-Captain-Hook");
    }

    /** Eight more tries in four hours, each time longer apart. */
    @Override
    public List<Duration> retries() {
        return List.of(
                Duration.ofMinutes(1),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5),
                Duration.ofMinutes(12),
                Duration.ofMinutes(25),
                Duration.ofMinutes(45),
                Duration.ofMinutes(65),
                Duration.ofMinutes(85));
    }

    @Override
    public boolean repeatsAfter(int status) {
        return status < 200 || status > 299;
    }

    private record Shape(ShopConfig shop, SandboxOrder order) {
        ObjectNode whole() {
            var o = Json.object();
            var buyer = order.buyer();
            var token = Ids.hex("token:" + shop.shop() + order.number(), 32);
            long gross = order.lines().stream().mapToLong(Line::gross).sum();
            long discount = order.lines().stream().mapToLong(Line::discount).sum();
            long subtotal = gross - discount;
            long tax = taxOf(i -> order.lines().get(i).total());
            long onTop = shop.tax().included() ? 0 : tax;
            long total = subtotal + onTop + order.shipping();
            long currentSubtotal = 0;
            long currentDiscounts = 0;
            for (int i = 0; i < order.lines().size(); i++) {
                currentSubtotal += keptAmount(i);
                currentDiscounts += order.lines().get(i).unitPrice() * order.kept(i) - keptAmount(i);
            }
            long currentTax = taxOf(this::keptAmount);
            boolean cancelledWhole = order.cancelledAt() != null;
            long currentTotal =
                    cancelledWhole ? 0 : currentSubtotal + (shop.tax().included() ? 0 : currentTax) + order.shipping();

            o.put("id", orderId(shop, order));
            o.put("admin_graphql_api_id", gid("Order", orderId(shop, order)));
            o.put("app_id", 580_111L);
            o.put("browser_ip", "203.0.113.7");
            o.put("buyer_accepts_marketing", false);
            o.put("cancel_reason", order.cancelledAt() == null ? null : "customer");
            o.put("cancelled_at", time(order.cancelledAt()));
            o.put("cart_token", Ids.hex("cart:" + token, 32));
            o.put("checkout_id", 37_000_000_000_000L + order.number());
            o.put("checkout_token", Ids.hex("checkout:" + token, 32));
            o.putObject("client_details")
                    .put("accept_language", shop.language().equals("zh") ? "zh-CN" : "en-US")
                    .putNull("browser_height")
                    .put("browser_ip", "203.0.113.7")
                    .putNull("browser_width")
                    .putNull("session_hash")
                    .put("user_agent", AGENT);
            o.put("closed_at", (String) null);
            o.put("confirmation_number", Ids.hex("confirmation:" + token, 9).toUpperCase(Locale.ROOT));
            o.put("confirmed", true);
            o.put("contact_email", buyer.email());
            o.put("created_at", time(order.createdAt()));
            o.put("currency", order.currency());
            money(o, "current_subtotal_price", currentSubtotal);
            o.putNull("current_total_additional_fees_set");
            money(o, "current_total_discounts", currentDiscounts);
            o.putNull("current_total_duties_set");
            money(o, "current_total_price", currentTotal);
            money(o, "current_total_tax", currentTax);
            o.put("customer_locale", shop.language().equals("zh") ? "zh-CN" : "en");
            o.putNull("device_id");
            var codes = o.putArray("discount_codes");
            if (order.discountCode() != null) {
                codes.addObject()
                        .put("code", order.discountCode())
                        .put("amount", decimal(discount))
                        .put("type", "fixed_amount");
            }
            o.put("email", buyer.email() == null ? "" : buyer.email());
            o.put("estimated_taxes", false);
            o.put("financial_status", financialStatus());
            o.put("fulfillment_status", fulfilmentStatus());
            o.put("landing_site", "/");
            o.putNull("landing_site_ref");
            o.putNull("location_id");
            o.putNull("merchant_of_record_app_id");
            o.put("name", "#" + order.number());
            o.putNull("note");
            var attributes = o.putArray("note_attributes");
            attributes.addObject().put("name", "gift card text").put("value", "谢谢 · thank you");
            attributes.addObject().put("name", "wrap").put("value", "plain paper");
            o.put("number", order.number() - 1000);
            o.put("order_number", order.number());
            o.put(
                    "order_status_url",
                    "https://" + shop.domain() + "/" + SHOP_ID + "/orders/" + token + "/authenticate?key="
                            + Ids.hex("status:" + token, 32));
            o.putNull("original_total_additional_fees_set");
            o.putNull("original_total_duties_set");
            o.putArray("payment_gateway_names").add("bogus");
            o.put("phone", buyer.phone());
            o.putNull("po_number");
            o.put("presentment_currency", order.currency());
            o.put("processed_at", time(order.createdAt()));
            o.put("reference", Ids.hex("reference:" + token, 32));
            o.put("referring_site", "https://www.example.com/");
            o.putNull("source_identifier");
            o.put("source_name", "web");
            o.putNull("source_url");
            money(o, "subtotal_price", subtotal);
            o.put("tags", "");
            o.put("tax_exempt", false);
            o.set("tax_lines", taxLines(tax));
            o.put("taxes_included", shop.tax().included());
            o.put("test", order.test());
            o.put("token", token);
            money(o, "total_discounts", discount);
            money(o, "total_line_items_price", gross);
            o.put("total_outstanding", decimal(order.paidAt() == null && !cancelledWhole ? total : 0));
            money(o, "total_price", total);
            o.set("total_shipping_price_set", set(order.shipping()));
            money(o, "total_tax", tax);
            o.put("total_tip_received", decimal(0));
            o.put("total_weight", 200L * order.lines().size());
            o.put("updated_at", time(order.updatedAt()));
            o.putNull("user_id");
            o.set("billing_address", address());
            if (buyer.id() == 0) {
                o.putNull("customer");
            } else {
                o.set("customer", customer());
            }
            var applications = o.putArray("discount_applications");
            if (order.discountCode() != null) {
                applications
                        .addObject()
                        .put("target_type", "line_item")
                        .put("type", "discount_code")
                        .put("value", decimal(discount))
                        .put("value_type", "fixed_amount")
                        .put("allocation_method", "across")
                        .put("target_selection", "all")
                        .put("code", order.discountCode());
            }
            var fulfilments = o.putArray("fulfillments");
            order.fulfilments().forEach(f -> fulfilments.add(fulfilment(f)));
            var lines = o.putArray("line_items");
            for (int i = 0; i < order.lines().size(); i++) {
                lines.add(line(i, order.lines().get(i).quantity()));
            }
            o.putNull("payment_terms");
            var refunds = o.putArray("refunds");
            order.refunds().forEach(r -> refunds.add(refund(r)));
            o.set("shipping_address", address());
            var shipping = o.putArray("shipping_lines").addObject();
            shipping.put("id", 4_100_000_000_000L + order.number());
            shipping.putNull("carrier_identifier");
            shipping.put("code", "Standard");
            money(shipping, "discounted_price", order.shipping());
            shipping.putNull("phone");
            money(shipping, "price", order.shipping());
            shipping.putNull("requested_fulfillment_service_id");
            shipping.put("source", "shopify");
            shipping.put("title", "Standard");
            shipping.putArray("tax_lines");
            shipping.putArray("discount_allocations");
            return o;
        }

        /** {@code quantity} differs from the line's own where a fulfilment sends a part of it. */
        ObjectNode line(int index, int quantity) {
            var line = order.lines().get(index);
            var product = line.product();
            var n = Json.object();
            n.put("id", lineId(index));
            n.put("admin_graphql_api_id", gid("LineItem", lineId(index)));
            n.put("current_quantity", order.kept(index));
            n.put("fulfillable_quantity", order.fulfillable(index));
            n.put("fulfillment_service", "manual");
            n.put(
                    "fulfillment_status",
                    order.sent(index) == 0 ? null : order.fulfillable(index) > 0 ? "partial" : "fulfilled");
            n.put("gift_card", false);
            n.put("grams", 200);
            n.put("name", shop.title(product));
            money(n, "price", line.unitPrice());
            n.put("product_exists", true);
            n.put("product_id", product.number());
            // An order line has no category. A theme can add one as a hidden line property, and this shop's theme does.
            n.putArray("properties").addObject().put("name", "_category").put("value", product.category());
            n.put("quantity", quantity);
            n.put("requires_shipping", true);
            n.put("sku", product.sku());
            n.put("taxable", !shop.tax().none());
            n.put("title", shop.title(product));
            money(n, "total_discount", 0);
            n.put("variant_id", product.number() + 1_000_000);
            n.put("variant_inventory_management", "shopify");
            n.putNull("variant_title");
            n.put("vendor", product.vendor());
            n.set("tax_lines", taxLines(shop.tax().of(line.total())));
            n.putArray("duties");
            var allocations = n.putArray("discount_allocations");
            if (line.discount() > 0) {
                var allocation = allocations.addObject();
                allocation.put("amount", decimal(line.discount()));
                allocation.set("amount_set", set(line.discount()));
                allocation.put("discount_application_index", 0);
            }
            return n;
        }

        ObjectNode fulfilment(Fulfilment f) {
            var n = Json.object();
            var tracking = "EX" + order.number() + "0" + f.n();
            n.put("id", fulfilmentId(f));
            n.put("admin_graphql_api_id", gid("Fulfillment", fulfilmentId(f)));
            n.put("created_at", time(f.at()));
            n.put("location_id", 655_441_491L);
            n.put("name", "#" + order.number() + "." + f.n());
            n.put("order_id", orderId(shop, order));
            n.putObject("origin_address");
            n.putObject("receipt");
            n.put("service", "manual");
            n.put("shipment_status", f.deliveredAt() == null ? null : "delivered");
            n.put("status", "success");
            n.put("tracking_company", "Example Express");
            n.put("tracking_number", tracking);
            n.putArray("tracking_numbers").add(tracking);
            n.put("tracking_url", "https://express.example.com/" + tracking);
            n.putArray("tracking_urls").add("https://express.example.com/" + tracking);
            n.put("updated_at", time(f.deliveredAt() == null ? f.at() : f.deliveredAt()));
            var lines = n.putArray("line_items");
            for (var part : f.parts()) {
                lines.add(line(part.line(), part.quantity()));
            }
            return n;
        }

        ObjectNode delivered(Fulfilment f) {
            var n = Json.object();
            long id = fulfilmentId(f) + 40_000_000_000_000L;
            var at = time(f.deliveredAt());
            n.put("id", id);
            n.put("fulfillment_id", fulfilmentId(f));
            n.put("status", "delivered");
            n.put("message", "Delivered");
            n.put("happened_at", at);
            n.put("city", order.buyer().address().city());
            n.put("province", order.buyer().address().province());
            n.put("country", order.buyer().address().countryCode());
            n.put("zip", order.buyer().address().zip());
            n.putNull("address1");
            n.putNull("latitude");
            n.putNull("longitude");
            n.put("shop_id", SHOP_ID);
            n.put("created_at", at);
            n.put("updated_at", at);
            n.putNull("estimated_delivery_at");
            n.put("order_id", orderId(shop, order));
            n.put("admin_graphql_api_id", gid("FulfillmentEvent", id));
            return n;
        }

        ObjectNode refund(Refund r) {
            var n = Json.object();
            long id = numbered(900_000_000_000L, r.n());
            boolean restock = !r.parts().isEmpty();
            long refundTax = 0;
            for (var part : r.parts()) {
                refundTax += shop.tax().onTop(part.amount());
            }
            n.put("id", id);
            n.put("order_id", orderId(shop, order));
            n.put("created_at", time(r.at()));
            n.put("note", r.note());
            n.putNull("user_id");
            n.put("processed_at", time(r.at()));
            n.put("restock", restock);
            n.putArray("duties");
            n.set("total_duties_set", set(0));
            n.putArray("additional_fees");
            n.set("total_additional_fees_set", set(0));
            n.putNull("return");
            n.put("admin_graphql_api_id", gid("Refund", id));
            var lines = n.putArray("refund_line_items");
            for (int i = 0; i < r.parts().size(); i++) {
                var part = r.parts().get(i);
                long tax = shop.tax().of(part.amount());
                var l = lines.addObject();
                l.put("id", id + 100_000_000_000_000L + i);
                l.put("line_item_id", lineId(part.line()));
                l.put("location_id", 655_441_491L);
                l.put("quantity", part.quantity());
                l.put("restock_type", r.note().equals("cancelled") ? "cancel" : "return");
                l.put("subtotal", Money.number(part.amount(), order.currency()));
                l.set("subtotal_set", set(part.amount()));
                l.put("total_tax", Money.number(tax, order.currency()));
                l.set("total_tax_set", set(tax));
                l.set(
                        "line_item",
                        line(part.line(), order.lines().get(part.line()).quantity()));
            }
            long money = r.amount() + refundTax + r.shipping();
            var transactions = n.putArray("transactions");
            if (money > 0) {
                transactions.add(transaction(id + 5_800_000_000_000L, "refund", r.at(), money, "." + (r.n() + 1))
                        .put("parent_id", saleId()));
            }
            // What the lines do not explain: shipping given back, or money given without goods.
            var adjustments = n.putArray("order_adjustments");
            if (r.shipping() > 0) {
                adjustments.add(adjustment(id, r, 0, "shipping_refund", "Shipping refund", -r.shipping()));
            }
            if (r.amount() != r.partsAmount()) {
                adjustments.add(
                        adjustment(id, r, 1, "refund_discrepancy", "Refund discrepancy", r.partsAmount() - r.amount()));
            }
            return n;
        }

        private long saleId() {
            return 6_600_000_000_000L + order.number();
        }

        ArrayNode transactions() {
            var all = Json.array();
            if (order.paidAt() != null) {
                all.add(transaction(
                        saleId(),
                        "sale",
                        order.paidAt(),
                        order.lines().stream().mapToLong(Line::total).sum() + order.shipping(),
                        ""));
            }
            order.refunds().forEach(r -> refund(r).path("transactions").forEach(all::add));
            return all;
        }

        private ObjectNode transaction(long id, String kind, Instant at, long money, String nth) {
            var n = Json.object();
            n.put("id", id);
            n.put("order_id", orderId(shop, order));
            n.put("kind", kind);
            n.put("gateway", "bogus");
            n.put("status", "success");
            n.put("message", "Bogus Gateway: Forced success");
            n.put("created_at", time(at));
            n.put("test", order.test());
            n.putNull("authorization");
            n.putNull("location_id");
            n.putNull("user_id");
            n.putNull("parent_id");
            n.put("processed_at", time(at));
            n.putNull("device_id");
            n.putNull("error_code");
            n.put("source_name", "1830279");
            n.putObject("receipt");
            n.put("amount", decimal(money));
            n.put("currency", order.currency());
            n.put("payment_id", "#" + order.number() + nth);
            var unsettled = n.putObject("total_unsettled_set");
            for (var side : List.of("presentment_money", "shop_money")) {
                unsettled.putObject(side).put("amount", decimal(0)).put("currency", order.currency());
            }
            n.put("manual_payment_gateway", false);
            n.put("admin_graphql_api_id", gid("OrderTransaction", id));
            return n;
        }

        private ObjectNode adjustment(long refundId, Refund r, int nth, String kind, String reason, long amount) {
            var n = Json.object();
            n.put("id", refundId + 7_000_000_000_000L + nth);
            n.put("order_id", orderId(shop, order));
            n.put("refund_id", refundId);
            n.put("amount", decimal(amount));
            n.put("tax_amount", decimal(0));
            n.put("kind", kind);
            n.put("reason", reason);
            n.set("amount_set", set(amount));
            n.set("tax_amount_set", set(0));
            return n;
        }

        ObjectNode edit(SandboxOrder.Step step) {
            var n = Json.object();
            var edit = n.putObject("order_edit");
            edit.put("id", 20_000_000_000L + order.number() * 100 + order.steps());
            edit.putNull("app_id");
            edit.put("created_at", time(order.updatedAt()));
            edit.put("notify_customer", false);
            edit.put("order_id", orderId(shop, order));
            edit.putNull("reason");
            edit.put("staff_note", "");
            edit.putNull("user_id");
            edit.put("committed_at", time(order.updatedAt()));
            var lines = edit.putObject("line_items");
            var additions = lines.putArray("additions");
            var removals = lines.putArray("removals");
            (step.delta() > 0 ? additions : removals)
                    .addObject()
                    .put("id", lineId(step.subject()))
                    .put("delta", Math.abs(step.delta()));
            var discounts = edit.putObject("discounts").putObject("line_item");
            discounts.putArray("additions");
            discounts.putArray("removals");
            var shipping = edit.putObject("shipping_lines");
            shipping.putArray("additions");
            shipping.putArray("removals");
            return n;
        }

        private ObjectNode address() {
            var buyer = order.buyer();
            var a = buyer.address();
            var n = Json.object();
            n.put("first_name", buyer.firstName());
            n.put("address1", a.line());
            n.put("phone", buyer.phone());
            n.put("city", a.city());
            n.put("zip", a.zip());
            n.put("province", a.province());
            n.put("country", a.country());
            n.put("last_name", buyer.lastName());
            n.put("address2", a.district());
            n.putNull("company");
            n.putNull("latitude");
            n.putNull("longitude");
            n.put("name", buyer.fullName());
            n.put("country_code", a.countryCode());
            n.put("province_code", a.provinceCode());
            return n;
        }

        private ObjectNode customer() {
            var buyer = order.buyer();
            var a = buyer.address();
            long id = 7_000_000_000_000L + Ids.slot(shop.shop()) / 10 + buyer.id();
            var since = time(order.createdAt());
            var n = Json.object();
            n.put("id", id);
            n.put("email", buyer.email());
            n.put("created_at", since);
            n.put("updated_at", since);
            n.put("first_name", buyer.firstName());
            n.put("last_name", buyer.lastName());
            n.put("state", "enabled");
            n.putNull("note");
            n.put("verified_email", buyer.emailVerified());
            n.putNull("multipass_identifier");
            n.put("tax_exempt", false);
            n.put("phone", buyer.phone());
            n.putObject("email_marketing_consent")
                    .put("state", "not_subscribed")
                    .put("opt_in_level", "single_opt_in")
                    .putNull("consent_updated_at");
            n.putObject("sms_marketing_consent")
                    .put("state", "not_subscribed")
                    .put("opt_in_level", "single_opt_in")
                    .putNull("consent_updated_at")
                    .put("consent_collected_from", "SHOPIFY");
            n.put("tags", "");
            n.put("currency", order.currency());
            n.putArray("tax_exemptions");
            n.put("admin_graphql_api_id", gid("Customer", id));
            var home = n.putObject("default_address");
            home.put("id", id + 1);
            home.put("customer_id", id);
            home.put("first_name", buyer.firstName());
            home.put("last_name", buyer.lastName());
            home.putNull("company");
            home.put("address1", a.line());
            home.put("address2", a.district());
            home.put("city", a.city());
            home.put("province", a.province());
            home.put("country", a.country());
            home.put("zip", a.zip());
            home.put("phone", buyer.phone());
            home.put("name", buyer.fullName());
            home.put("province_code", a.provinceCode());
            home.put("country_code", a.countryCode());
            home.put("country_name", a.country());
            home.put("default", true);
            return n;
        }

        private String financialStatus() {
            if (order.paidAt() == null) {
                return order.cancelledAt() == null ? "pending" : "voided";
            }
            if (order.refunds().isEmpty()) {
                return "paid";
            }
            return order.goodsPaid() == 0 ? "refunded" : "partially_refunded";
        }

        private @Nullable String fulfilmentStatus() {
            return order.fulfilments().isEmpty() ? null : order.wholeSent() ? "fulfilled" : "partial";
        }

        private long keptAmount(int line) {
            return order.lines().get(line).total()
                    - order.refunds().stream()
                            .flatMap(r -> r.parts().stream())
                            .filter(p -> p.line() == line)
                            .mapToLong(SandboxOrder.RefundPart::amount)
                            .sum();
        }

        private long taxOf(java.util.function.IntToLongFunction amount) {
            long tax = 0;
            for (int i = 0; i < order.lines().size(); i++) {
                tax += shop.tax().of(amount.applyAsLong(i));
            }
            return tax;
        }

        private ArrayNode taxLines(long tax) {
            var lines = Json.array();
            if (!shop.tax().none()) {
                var line = lines.addObject();
                line.putNull("channel_liable");
                line.put("price", decimal(tax));
                line.set("price_set", set(tax));
                line.put("rate", shop.tax().rate());
                line.put("title", shop.tax().title());
            }
            return lines;
        }

        private void money(ObjectNode node, String name, long amount) {
            node.put(name, decimal(amount));
            node.set(name + "_set", set(amount));
        }

        private ObjectNode set(long amount) {
            var set = Json.object();
            for (var side : List.of("shop_money", "presentment_money")) {
                set.putObject(side).put("amount", decimal(amount)).put("currency_code", order.currency());
            }
            return set;
        }

        private String decimal(long amount) {
            return Money.decimal(amount, order.currency());
        }

        private @Nullable String time(@Nullable Instant at) {
            return Json.offset(at, shop.zone());
        }

        private long lineId(int index) {
            return numbered(14_000_000_000_000L, index + 1);
        }

        private long fulfilmentId(Fulfilment f) {
            return numbered(5_100_000_000_000L, f.n());
        }

        private long numbered(long base, int n) {
            return base + Ids.slot(shop.shop()) / 10 + order.number() * 100 + n;
        }

        private static String gid(String type, long id) {
            return "gid://shopify/" + type + "/" + id;
        }
    }
}
