package vitrine.shop;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * WooCommerce. Signed with HMAC-SHA-256 over the raw body. It only knows order.created and order.updated; the state is in
 * {@code status}. Line totals are without tax also where price tags include it, so there paid = total + total_tax.
 *
 * <p>It verifies no e-mail of a guest; the billing address is the one that its receipts go to, and counts.
 */
@Component
final class WooCommerceWebhooks implements Source {

    private static final String SIGNATURE = "X-WC-Webhook-Signature";
    private static final Pattern GREETING = Pattern.compile("webhook_id=[0-9]{1,20}");

    private static final Wanted WANTED = Wanted.allBut(Set.of(
            "_links",
            "taxes",
            "tax_lines",
            "shipping_lines",
            "coupon_lines",
            "fee_lines",
            "shipping",
            "image",
            "customer_user_agent",
            "payment_url",
            "cart_hash"));

    private final People people;

    WooCommerceWebhooks(People people) {
        this.people = people;
    }

    @Override
    public String name() {
        return "woocommerce";
    }

    @Override
    public SignatureCheck verify(KnownShop shop, Headers headers, byte[] body, Instant now) {
        String claimed = headers.get(SIGNATURE);
        if (claimed == null || claimed.isBlank()) {
            // When a webhook is made, WooCommerce says hello with a form of one field and without a signature.
            boolean greets = body.length < 40
                    && GREETING.matcher(new String(body, StandardCharsets.UTF_8).strip())
                            .matches();
            return greets ? new SignatureCheck.Greeting() : new SignatureCheck.Missing(SIGNATURE);
        }
        byte[] mac = Signatures.base64(claimed);
        if (mac == null || !Signatures.signedByOne(shop.secrets(), mac, body)) return new SignatureCheck.Wrong();
        String topic = headers.get("X-WC-Webhook-Topic");
        topic = topic == null ? "" : topic;
        return new SignatureCheck.Genuine(
                Signatures.deliveryId(headers.get("X-WC-Webhook-Delivery-ID"), topic, body), topic);
    }

    @Override
    public Reading read(KnownShop shop, String topic, JsonNode order, Instant receivedAt) {
        if (!topic.equals("order.created") && !topic.equals("order.updated") && !topic.equals("order.restored")) {
            return new Reading.Nothing("topic");
        }
        Long at = Json.time(order, "date_modified_gmt", "date_created_gmt");
        var draft = new Draft(Json.text(order, "id"), at == null ? receivedAt.toEpochMilli() : at);
        Currency currency = Json.currency(Json.text(order, "currency"));
        draft.currency = draft.said(currency.getCurrencyCode());
        draft.number(Json.text(order, "number", "id"));
        draft.placed = Json.time(order, "date_created_gmt");
        Long paidAt = Json.time(order, "date_paid_gmt");
        Long completedAt = Json.time(order, "date_completed_gmt");
        String status = Json.text(order, "status");
        draft.cancelled(status.equals("cancelled") ? Long.valueOf(draft.at) : null);
        switch (status) {
            case "processing", "completed", "refunded" -> draft.paid(paidAt != null ? paidAt : completedAt);
            case "pending", "on-hold", "failed", "checkout-draft" -> draft.unpaid();
            default -> {
                // Cancelled, or a status that a plugin made: whether it was paid says the date alone.
                if (paidAt != null) draft.paid(paidAt);
            }
        }
        // The shop's people call an order completed when the buyer has the goods; there is no other word for it.
        if (status.equals("completed")) draft.confirmedAt = completedAt == null ? Long.valueOf(draft.at) : completedAt;
        if (status.equals("refunded")) draft.refundedAllAt = draft.at;
        JsonNode billing = order.path("billing");
        String customer = Json.text(order, "customer_id");
        people.put(
                draft,
                shop.shop(),
                new People.Told(
                        Json.text(billing, "email"),
                        true,
                        Json.text(billing, "phone"),
                        Json.text(billing, "country"),
                        customer.equals("0") ? "" : customer));
        for (JsonNode meta : order.path("meta_data")) {
            if (Json.text(meta, "key").equals("_wcpay_mode")
                    && Json.text(meta, "value").equals("test")) {
                draft.test = true;
            }
        }
        boolean taxIncluded = order.path("prices_include_tax").booleanValue(false);
        draft.listedAt = draft.at;
        for (JsonNode line : order.path("line_items")) {
            draft.line(
                    Json.text(line, "id"),
                    0,
                    new OrderFacts.Look(
                            Json.units(line, "quantity"),
                            Math.max(0, money(line, currency, taxIncluded)),
                            true,
                            Json.text(line, "sku"),
                            Json.text(line, "product_id"),
                            Json.text(line, "name"),
                            meta(line, "_category", "category"),
                            meta(line, "_brand", "brand")));
        }
        for (JsonNode refund : order.path("refunds")) refund(draft, refund, currency, taxIncluded);
        return new Reading.Facts(draft.facts());
    }

    /**
     * An order announces a refund as id and sum; the lines of it are in the refund's own object, which the reconciling reader
     * puts in its place. Whichever comes first, the detailed one counts.
     */
    private static void refund(Draft draft, JsonNode refund, Currency currency, boolean taxIncluded) {
        String id = Json.text(refund, "id");
        if (id.isEmpty()) throw new Json.Unreadable("a refund has no id");
        if (!refund.has("line_items")) {
            long sum = Math.abs(Json.minor(refund.path("total"), currency));
            draft.refunds.put(id, new OrderFacts.Refund(false, sum, 0, Map.of()));
            return;
        }
        Map<String, OrderFacts.Back> backs = new HashMap<>();
        for (JsonNode line : refund.path("line_items")) {
            backs.merge(
                    meta(line, "_refunded_item_id"),
                    new OrderFacts.Back(
                            Math.abs(Json.units(line, "quantity")), Math.abs(money(line, currency, taxIncluded))),
                    (a, b) -> new OrderFacts.Back(a.units() + b.units(), a.minor() + b.minor()));
        }
        long beside = backs.isEmpty() ? Math.abs(Json.minor(refund.path("amount"), currency)) : 0;
        draft.refunds.put(id, new OrderFacts.Refund(true, 0, beside, backs));
    }

    private static long money(JsonNode line, Currency currency, boolean taxIncluded) {
        long net = Json.minor(line.path("total"), currency);
        return taxIncluded ? net + Json.minor(line.path("total_tax"), currency) : net;
    }

    private static String meta(JsonNode line, String... keys) {
        for (JsonNode meta : line.path("meta_data")) {
            String key = Json.text(meta, "key");
            for (String wanted : keys) if (key.equals(wanted)) return Json.text(meta, "value");
        }
        return "";
    }

    @Override
    public Wanted wanted(String topic) {
        return WANTED;
    }

    @Override
    public List<String> setupSteps() {
        return List.of("webhooks", "secret", "topics", "address", "api");
    }
}
