package vitrine.sandbox;

import static vitrine.sandbox.Keys.utf8;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;
import vitrine.sandbox.SandboxOrder.Refund;

/**
 * Saleor 3.2x with subscription webhooks: the body is what the subscription asked for ({@code docs/sandbox.md} has the
 * query), camelCase, amounts as numbers. Signed with a detached JWS (RFC 7797, b64 false) by the shop's RSA key, whose
 * public part lies at {@code /.well-known/jwks.json}. It names no delivery: the same body under the same event is the
 * same delivery. It knows no receipt of a parcel.
 */
final class Saleor implements Dialect {
    @Override
    public List<String> topics(SandboxOrder.Step step) {
        return switch (step.happened()) {
            case BOUGHT -> List.of("ORDER_CREATED");
            case PAID -> List.of("ORDER_FULLY_PAID");
            case FULFILLED -> List.of(step.order().wholeSent() ? "ORDER_FULFILLED" : "ORDER_UPDATED");
            case DELIVERED -> List.of();
            case REFUNDED -> refunded(step);
            case EDITED ->
                step.delta() < 0 && step.order().paidAt() != null ? refunded(step) : List.of("ORDER_UPDATED");
            case CANCELLED -> {
                var topics = new ArrayList<>(List.of("ORDER_CANCELLED"));
                if (step.subject() >= 0) {
                    topics.addAll(refunded(step));
                }
                yield List.copyOf(topics);
            }
        };
    }

    private static List<String> refunded(SandboxOrder.Step step) {
        return step.order().goodsPaid() == 0
                ? List.of("ORDER_REFUNDED", "ORDER_FULLY_REFUNDED")
                : List.of("ORDER_REFUNDED");
    }

    @Override
    public ObjectNode body(ShopConfig shop, Event event) {
        var body = Json.object();
        body.set("order", order(shop, event.order()));
        return body;
    }

    @Override
    public String deliveryId(String name) {
        return Ids.uuid(name).toString();
    }

    @Override
    public Map<String, String> headers(
            ShopConfig shop, String topic, String name, String deliveryId, byte[] body, Instant signedAt) {
        var event = topic.toLowerCase(Locale.ROOT);
        return Map.of(
                "Saleor-Event",
                event,
                "Saleor-Domain",
                shop.domain(),
                "Saleor-Api-Url",
                shop.baseUrl() + "/graphql/",
                "Saleor-Signature",
                detachedJws(shop.secret(), body),
                "X-Saleor-Event",
                event,
                "X-Saleor-Domain",
                shop.domain(),
                "User-Agent",
                "Saleor/3.22");
    }

    static String detachedJws(String pkcs8, byte[] body) {
        var url = Base64.getUrlEncoder().withoutPadding();
        var header = url.encodeToString(
                utf8("{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"1\",\"typ\":\"JWT\"}"));
        var signature = Keys.sign("SHA256withRSA", Keys.rsa(pkcs8), utf8(header + "."), body);
        return header + ".." + url.encodeToString(signature);
    }

    /** The key set that Saleor serves at {@code /.well-known/jwks.json}. */
    static ObjectNode jwks(String pkcs8) {
        var key = Keys.rsaWithPublicPart(pkcs8);
        var set = Json.object();
        var jwk = set.putArray("keys").addObject();
        jwk.put("kty", "RSA");
        jwk.putArray("key_ops").add("verify");
        jwk.put("n", base64url(key.getModulus().toByteArray()));
        jwk.put("e", base64url(key.getPublicExponent().toByteArray()));
        jwk.put("use", "sig");
        jwk.put("kid", "1");
        return set;
    }

    private static String base64url(byte[] unsigned) {
        int from = unsigned[0] == 0 && unsigned.length > 1 ? 1 : 0;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(java.util.Arrays.copyOfRange(unsigned, from, unsigned.length));
    }

    /** Ten seconds, then twice as long each time; five tries in all. */
    @Override
    public List<Duration> retries() {
        return List.of(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(40), Duration.ofSeconds(80));
    }

    /** A refusal is final; only silence and a broken receiver are tried again. */
    @Override
    public boolean repeatsAfter(int status) {
        return status < 200 || status >= 500;
    }

    ObjectNode order(ShopConfig shop, SandboxOrder order) {
        var buyer = order.buyer();
        var currency = order.currency();
        var chinese = shop.language().equals("zh");
        var o = Json.object();
        long charged = order.lines().stream()
                        .mapToLong(line -> shop.tax().gross(line.total()))
                        .sum()
                + order.shipping();
        long refunded = order.refunds().stream().mapToLong(r -> money(shop, r)).sum();

        o.put("id", orderId(shop, order));
        o.put("number", String.valueOf(order.number()));
        o.put("status", status(order));
        o.put("languageCodeEnum", chinese ? "ZH_HANS" : "EN");
        o.put("created", time(order.createdAt()));
        o.put("updatedAt", time(order.updatedAt()));
        o.put("isPaid", order.paidAt() != null);
        o.put("paymentStatus", paymentStatus(order));
        o.put("chargeStatus", order.paidAt() == null ? "NONE" : "FULL");
        o.put("redirectUrl", shop.baseUrl() + "/orders/" + order.number());
        o.put("displayGrossPrices", true);
        o.put("isShippingRequired", true);
        o.put("shippingMethodName", chinese ? "标准快递" : "Standard Shipping (3-5 business days)");
        o.put("userEmail", buyer.email() == null ? "" : buyer.email());
        var metadata = o.putArray("metadata");
        // Saleor has no test orders; a shop marks them itself.
        if (order.test()) {
            metadata.addObject().put("key", "test").put("value", "true");
        }
        o.putArray("privateMetadata")
                .addObject()
                .put("key", "internal_order_source")
                .put("value", "web_checkout");
        o.putObject("channel")
                .put("slug", "default-channel")
                .put("name", shop.name().in(shop.language()));
        if (buyer.id() == 0) {
            o.putNull("user");
        } else {
            o.putObject("user")
                    .put("id", Ids.global("User", buyer.id()))
                    .put("email", buyer.email() == null ? "" : buyer.email())
                    .put("firstName", buyer.firstName())
                    .put("lastName", buyer.lastName())
                    .put("isConfirmed", buyer.emailVerified())
                    .put("languageCode", chinese ? "ZH_HANS" : "EN");
        }
        o.set("billingAddress", address(buyer));
        o.set("shippingAddress", address(buyer));
        var lines = o.putArray("lines");
        for (int i = 0; i < order.lines().size(); i++) {
            lines.add(line(shop, order, i));
        }
        o.set("subtotal", sum(shop, order, SandboxOrder.Line::total, 0));
        o.set("shippingPrice", sum(shop, order, line -> 0, order.shipping()));
        o.set("undiscountedTotal", sum(shop, order, SandboxOrder.Line::gross, order.shipping()));
        o.set("total", sum(shop, order, SandboxOrder.Line::total, order.shipping()));
        o.set("totalCharged", amount(order.paidAt() == null ? 0 : charged, currency));
        o.set("totalRefunded", amount(refunded, currency));
        var fulfilments = o.putArray("fulfillments");
        for (var fulfilment : order.fulfilments()) {
            var f = fulfilments.addObject();
            f.put("id", Ids.global("Fulfillment", order.number() * 100 + fulfilment.n()));
            f.put("fulfillmentOrder", fulfilment.n());
            f.put("status", "FULFILLED");
            f.put("trackingNumber", "EX" + order.number() + "0" + fulfilment.n());
            f.put("created", time(fulfilment.at()));
            var parts = f.putArray("lines");
            for (var part : fulfilment.parts()) {
                parts.addObject()
                        .put("id", Ids.global("FulfillmentLine", order.number() * 1000 + part.line()))
                        .put("quantity", part.quantity())
                        .putObject("orderLine")
                        .put("id", lineId(shop, order, part.line()));
            }
        }
        var refunds = o.putArray("grantedRefunds");
        for (var refund : order.refunds()) {
            var r = refunds.addObject();
            r.put("id", Ids.global("OrderGrantedRefund", order.number() * 100 + refund.n()));
            r.put("createdAt", time(refund.at()));
            r.put("status", "SUCCESS");
            r.set("amount", amount(money(shop, refund), currency));
            r.put("reason", refund.note());
            r.put("shippingCostsIncluded", refund.shipping() > 0);
            var parts = r.putArray("lines");
            for (var part : refund.parts()) {
                parts.addObject()
                        .put("id", Ids.global("OrderGrantedRefundLine", order.number() * 1000 + part.line()))
                        .put("quantity", part.quantity())
                        .putObject("orderLine")
                        .put("id", lineId(shop, order, part.line()));
            }
        }
        var transactions = o.putArray("transactions");
        if (order.paidAt() != null) {
            var t = transactions.addObject();
            t.put("createdAt", time(order.paidAt()));
            t.set("chargedAmount", amount(charged - refunded, currency));
            t.set("authorizedAmount", amount(0, currency));
            t.set("refundedAmount", amount(refunded, currency));
            t.putObject("paymentMethodDetails")
                    .put("__typename", "CardPaymentMethodDetails")
                    .put("name", "Credit card")
                    .put("brand", "visa")
                    .put("lastDigits", "4242")
                    .put("expMonth", 12)
                    .put("expYear", 2030);
        }
        return o;
    }

    private ObjectNode line(ShopConfig shop, SandboxOrder order, int index) {
        var line = order.lines().get(index);
        var product = line.product();
        var currency = order.currency();
        var title = shop.title(product);
        var n = Json.object();
        n.put("id", lineId(shop, order, index));
        n.put("productName", title);
        n.put("variantName", "");
        n.put("productSku", product.sku());
        n.put("productVariantId", Ids.global("Product", product.id(), "ProductVariant"));
        n.put("quantity", line.quantity());
        n.putObject("thumbnail")
                .put("url", "https://cdn.example.com/thumbnails/" + product.sku() + "-150.webp")
                .put("alt", title);
        n.set("unitPrice", perUnit(shop, line.total(), line.quantity(), currency));
        n.set("totalPrice", taxed(shop, line.total(), currency));
        n.put("isShippingRequired", true);
        n.put("translatedProductName", title);
        n.put("translatedVariantName", "");
        n.put("quantityFulfilled", order.sent(index));
        n.put("taxRate", shop.tax().rate().movePointRight(2));
        var discountPerUnit = Money.number(line.discount(), currency)
                .divide(BigDecimal.valueOf(line.quantity()), Money.digits(currency), RoundingMode.HALF_UP);
        n.put("unitDiscountValue", discountPerUnit);
        n.put("unitDiscountReason", line.discount() == 0 ? null : "Voucher code: " + order.discountCode());
        n.put("unitDiscountType", line.discount() == 0 ? null : "FIXED");
        n.putObject("unitDiscount").put("amount", discountPerUnit).put("currency", currency);
        n.set("undiscountedUnitPrice", taxed(shop, line.unitPrice(), currency));
        var variant = n.putObject("variant");
        variant.putNull("preorder");
        variant.putObject("weight").put("unit", "KG").put("value", new BigDecimal("0.25"));
        variant.putArray("attributes");
        var p = variant.putObject("product");
        p.put("id", Ids.global("Product", product.id(), "Product"));
        p.putObject("category").put("slug", product.category()).put("name", product.category());
        var brand = p.putArray("attributes").addObject();
        brand.putObject("attribute")
                .put("id", Ids.global("Attribute", 2))
                .put("name", "Brand")
                .put("slug", "brand");
        brand.putArray("values")
                .addObject()
                .put("id", Ids.global("AttributeValue", product.vendor()))
                .put("name", product.vendor())
                .put("slug", product.vendor().toLowerCase(Locale.ROOT).replaceAll("[^\\p{Alnum}]+", "-"))
                .putNull("file");
        n.putArray("metadata");
        n.putArray("privateMetadata");
        return n;
    }

    private static ObjectNode address(Buyer buyer) {
        var a = buyer.address();
        var n = Json.object();
        n.put("firstName", buyer.firstName());
        n.put("lastName", buyer.lastName());
        n.put("companyName", "");
        n.put("streetAddress1", a.line());
        n.put("streetAddress2", "");
        n.put("city", a.city());
        n.put("cityArea", a.district());
        n.put("postalCode", a.zip());
        n.put("countryArea", a.provinceCode());
        n.putObject("country").put("code", a.countryCode()).put("country", a.country());
        n.put("phone", buyer.phone() == null ? "" : buyer.phone());
        return n;
    }

    private static String status(SandboxOrder order) {
        if (order.cancelledAt() != null) {
            return "CANCELED";
        }
        if (order.fulfilments().isEmpty()) {
            return "UNFULFILLED";
        }
        if (order.wholeReturned()) {
            return "RETURNED";
        }
        if (order.refunds().stream().anyMatch(r -> !r.parts().isEmpty())) {
            return "PARTIALLY_RETURNED";
        }
        return order.wholeSent() ? "FULFILLED" : "PARTIALLY_FULFILLED";
    }

    private static String paymentStatus(SandboxOrder order) {
        if (order.paidAt() == null) {
            return "NOT_CHARGED";
        }
        if (order.refunds().isEmpty()) {
            return "FULLY_CHARGED";
        }
        return order.goodsPaid() == 0 ? "FULLY_REFUNDED" : "PARTIALLY_REFUNDED";
    }

    private static long money(ShopConfig shop, Refund refund) {
        long onTop = refund.parts().stream()
                .mapToLong(p -> shop.tax().onTop(p.amount()))
                .sum();
        return refund.amount() + onTop + refund.shipping();
    }

    /** The lines with their tax, each rounded by itself, and an untaxed amount such as shipping beside them. */
    private static ObjectNode sum(
            ShopConfig shop, SandboxOrder order, ToLongFunction<SandboxOrder.Line> shown, long untaxed) {
        long gross = untaxed;
        long net = untaxed;
        for (var line : order.lines()) {
            gross += shop.tax().gross(shown.applyAsLong(line));
            net += shop.tax().net(shown.applyAsLong(line));
        }
        return money(gross, net, order.currency());
    }

    private static ObjectNode taxed(ShopConfig shop, long shown, String currency) {
        return money(shop.tax().gross(shown), shop.tax().net(shown), currency);
    }

    private static ObjectNode money(long gross, long net, String currency) {
        var n = Json.object();
        n.set("gross", amount(gross, currency));
        n.set("net", amount(net, currency));
        n.set("tax", amount(gross - net, currency));
        return n;
    }

    private static ObjectNode perUnit(ShopConfig shop, long shown, int quantity, String currency) {
        return taxed(
                shop,
                Money.rounded(BigDecimal.valueOf(shown).divide(BigDecimal.valueOf(quantity), 4, RoundingMode.HALF_UP)),
                currency);
    }

    private static ObjectNode amount(long minor, String currency) {
        return Json.object().put("amount", Money.number(minor, currency)).put("currency", currency);
    }

    static @Nullable String time(@Nullable Instant at) {
        return Json.offset(at, ZoneOffset.UTC);
    }

    static String orderId(ShopConfig shop, SandboxOrder order) {
        return Ids.global("Order", Ids.uuid("order:" + shop.shop() + "/" + order.number()));
    }

    private static String lineId(ShopConfig shop, SandboxOrder order, int line) {
        return Ids.global("OrderLine", Ids.uuid("line:" + shop.shop() + "/" + order.number() + "/" + line));
    }
}
