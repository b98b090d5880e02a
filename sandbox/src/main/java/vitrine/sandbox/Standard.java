package vitrine.sandbox;

import static vitrine.sandbox.Keys.utf8;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any other shop, by Standard Webhooks 1.0.0 and our own canonical order, which docs/sandbox.md specifies. A secret
 * {@code whsec_} signs as v1, a {@code whsk_} key as v1a; several keys give several signatures in one header.
 */
final class Standard implements Dialect {
    @Override
    public List<String> topics(SandboxOrder.Step step) {
        return switch (step.happened()) {
            case BOUGHT, EDITED -> List.of("order.updated");
            case PAID -> List.of("order.paid");
            case FULFILLED -> List.of("order.fulfilled");
            case DELIVERED -> List.of("order.delivered");
            case REFUNDED -> List.of("order.refunded");
            case CANCELLED -> List.of("order.cancelled");
        };
    }

    @Override
    public ObjectNode body(ShopConfig shop, Event event) {
        var body = Json.object();
        body.put("type", event.topic());
        body.put("timestamp", utc(event.order().updatedAt()));
        body.putObject("data").set("order", order(shop, event.order()));
        return body;
    }

    ObjectNode order(ShopConfig shop, SandboxOrder order) {
        var currency = order.currency();
        var node = Json.object();
        node.put("id", "ord_" + order.number());
        node.put("number", String.valueOf(order.number()));
        node.put("currency", currency);
        node.put("created_at", utc(order.createdAt()));
        node.put("updated_at", utc(order.updatedAt()));
        node.put("paid_at", utc(order.paidAt()));
        node.put("cancelled_at", utc(order.cancelledAt()));
        node.put("test", order.test());
        var buyer = node.putObject("buyer");
        buyer.put("id", order.buyer().id() == 0 ? null : "cus_" + order.buyer().id());
        buyer.put("email", order.buyer().email());
        buyer.put("email_verified", order.buyer().emailVerified());
        buyer.put("phone", order.buyer().phone());
        buyer.put("country", order.buyer().address().countryCode());
        buyer.put("name", order.buyer().fullName());
        var lines = node.putArray("lines");
        for (int i = 0; i < order.lines().size(); i++) {
            var line = order.lines().get(i);
            var product = line.product();
            lines.addObject()
                    .put("id", lineId(order, i))
                    .put("sku", product.sku())
                    .put("product_id", product.id())
                    .put("title", shop.title(product))
                    .put("category", product.category())
                    .put("vendor", product.vendor())
                    .put("quantity", line.quantity())
                    .put("unit_price", Money.decimal(line.unitPrice(), currency))
                    .put("discount", Money.decimal(line.discount(), currency))
                    .put("total", Money.decimal(line.total(), currency));
        }
        node.put("shipping", Money.decimal(order.shipping(), currency));
        var fulfilments = node.putArray("fulfilments");
        for (var fulfilment : order.fulfilments()) {
            var parcel = fulfilments.addObject();
            parcel.put("id", "ful_" + order.number() + "_" + fulfilment.n());
            parcel.put("at", utc(fulfilment.at()));
            parcel.put("delivered_at", utc(fulfilment.deliveredAt()));
            var parts = parcel.putArray("lines");
            for (var part : fulfilment.parts()) {
                parts.addObject().put("line", lineId(order, part.line())).put("quantity", part.quantity());
            }
        }
        var refunds = node.putArray("refunds");
        for (var refund : order.refunds()) {
            var back = refunds.addObject();
            back.put("id", "ref_" + order.number() + "_" + refund.n());
            back.put("at", utc(refund.at()));
            back.put("amount", Money.decimal(refund.amount(), currency));
            back.put("shipping", Money.decimal(refund.shipping(), currency));
            back.put("note", refund.note());
            var parts = back.putArray("lines");
            for (var part : refund.parts()) {
                parts.addObject()
                        .put("line", lineId(order, part.line()))
                        .put("quantity", part.quantity())
                        .put("amount", Money.decimal(part.amount(), currency));
            }
        }
        return node;
    }

    private static String lineId(SandboxOrder order, int line) {
        return "line_" + order.number() + "_" + (line + 1);
    }

    static @Nullable String utc(@Nullable Instant at) {
        return at == null
                ? null
                : at.truncatedTo(ChronoUnit.SECONDS)
                        .atOffset(ZoneOffset.UTC)
                        .toInstant()
                        .toString();
    }

    @Override
    public String deliveryId(String name) {
        return "msg_" + Ids.base64url(name, 27);
    }

    @Override
    public Map<String, String> headers(
            ShopConfig shop, String topic, String name, String deliveryId, byte[] body, Instant signedAt) {
        var timestamp = String.valueOf(signedAt.getEpochSecond());
        var prefix = utf8(deliveryId + "." + timestamp + ".");
        var signatures = new ArrayList<String>();
        for (var key : shop.secret().strip().split("\\s+")) {
            signatures.add(
                    key.startsWith("whsk_")
                            ? "v1a,"
                                    + Base64.getEncoder()
                                            .encodeToString(Keys.sign("Ed25519", Keys.ed25519(key), prefix, body))
                            : "v1," + Keys.hmacBase64(Keys.base64("whsec_", key), prefix, body));
        }
        return Map.of(
                "webhook-id",
                deliveryId,
                "webhook-timestamp",
                timestamp,
                "webhook-signature",
                String.join(" ", signatures),
                "User-Agent",
                "Vitrine-Sandbox/1.0");
    }

    @Override
    public List<Duration> retries() {
        return List.of(
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(30),
                Duration.ofHours(2),
                Duration.ofHours(5),
                Duration.ofHours(10),
                Duration.ofHours(14),
                Duration.ofHours(20),
                Duration.ofHours(24));
    }

    /** 410 means "never again". */
    @Override
    public boolean repeatsAfter(int status) {
        return status != 410 && (status < 200 || status > 299);
    }
}
