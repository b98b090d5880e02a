package vitrine.shop;

import java.time.Instant;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Shopify. Signed with HMAC-SHA-256 over the raw body; no timestamp is signed, so there is no tolerance. The delivery is
 * X-Shopify-Webhook-Id, which stays the same in its retries.
 *
 * <p>The shop's currency counts ({@code shop_money}), never the one in which the buyer was shown prices.
 */
@Component
final class ShopifyWebhooks implements Source {

    private static final String SIGNATURE = "X-Shopify-Hmac-SHA256";

    private static final Wanted MONEY = Wanted.only().and("shop_money", Wanted.only("amount", "currency_code"));

    private static final Wanted LINE = Wanted.only(
                    "id",
                    "quantity",
                    "current_quantity",
                    "price",
                    "gift_card",
                    "requires_shipping",
                    "sku",
                    "product_id",
                    "title",
                    "name",
                    "vendor",
                    "product_type",
                    "category")
            .and("price_set", MONEY)
            .and("discount_allocations", Wanted.only("amount").and("amount_set", MONEY))
            .and("properties", Wanted.only("name", "value"));

    private static final Wanted FULFILMENT = Wanted.only(
                    "id", "order_id", "status", "shipment_status", "created_at", "updated_at")
            .and("line_items", Wanted.only("id", "quantity"));

    private static final Wanted REFUND = Wanted.only("id", "order_id", "created_at", "processed_at")
            .and(
                    "refund_line_items",
                    Wanted.only("line_item_id", "quantity", "subtotal").and("subtotal_set", MONEY))
            .and("order_adjustments", Wanted.only("kind", "amount").and("amount_set", MONEY))
            .and("transactions", Wanted.only("kind", "status", "currency", "amount"));

    private static final Wanted ADDRESS = Wanted.only("country_code", "phone");

    private static final Wanted ORDER = Wanted.only(
                    "id",
                    "created_at",
                    "updated_at",
                    "processed_at",
                    "cancelled_at",
                    "currency",
                    "name",
                    "order_number",
                    "test",
                    "financial_status",
                    "email",
                    "contact_email",
                    "phone")
            .and("customer", Wanted.only("id", "email", "verified_email", "phone"))
            .and("shipping_address", ADDRESS)
            .and("billing_address", ADDRESS)
            .and("line_items", LINE)
            .and("fulfillments", FULFILMENT)
            .and("refunds", REFUND);

    private static final Wanted FULFILMENT_EVENT =
            Wanted.only("order_id", "fulfillment_id", "status", "happened_at", "created_at");

    private static final Wanted TRANSACTION =
            Wanted.only("order_id", "kind", "status", "test", "processed_at", "created_at");

    private final People people;

    ShopifyWebhooks(People people) {
        this.people = people;
    }

    @Override
    public String name() {
        return "shopify";
    }

    @Override
    public SignatureCheck verify(KnownShop shop, Headers headers, byte[] body, Instant now) {
        String claimed = headers.get(SIGNATURE);
        if (claimed == null || claimed.isBlank()) return new SignatureCheck.Missing(SIGNATURE);
        byte[] mac = Signatures.base64(claimed);
        if (mac == null || !Signatures.signedByOne(shop.secrets(), mac, body)) return new SignatureCheck.Wrong();
        String topic = headers.get("X-Shopify-Topic");
        topic = topic == null ? "" : topic;
        return new SignatureCheck.Genuine(
                Signatures.deliveryId(headers.get("X-Shopify-Webhook-Id"), topic, body), topic);
    }

    @Override
    public Reading read(KnownShop shop, String topic, JsonNode body, Instant receivedAt) {
        return switch (topic) {
            case "orders/create",
                    "orders/paid",
                    "orders/updated",
                    "orders/fulfilled",
                    "orders/partially_fulfilled",
                    "orders/cancelled" -> order(shop, topic, body, receivedAt);
            case "refunds/create" -> refund(shop, body, receivedAt);
            case "fulfillments/create", "fulfillments/update" -> fulfilment(body, receivedAt);
            case "fulfillment_events/create" -> fulfilmentEvent(body, receivedAt);
            case "order_transactions/create" -> transaction(body, receivedAt);
            case ShopifyOrders.NOT_TOLD -> notTold(body, receivedAt);
            default -> new Reading.Nothing("topic");
        };
    }

    private Reading order(KnownShop shop, String topic, JsonNode order, Instant receivedAt) {
        Long updated = Json.time(order, "updated_at", "created_at");
        var draft = new Draft(Json.text(order, "id"), updated == null ? receivedAt.toEpochMilli() : updated);
        Currency currency = Json.currency(Json.text(order, "currency"));
        draft.currency = draft.said(currency.getCurrencyCode());
        draft.number(Json.text(order, "name", "order_number"));
        draft.test = order.path("test").booleanValue(false);
        draft.placed = Json.time(order, "processed_at", "created_at");
        switch (Json.text(order, "financial_status")) {
            case "paid", "partially_refunded", "refunded" -> draft.paid(paidLater(topic, draft) ? draft.at : null);
            case "pending", "authorized", "partially_paid" -> draft.unpaid();
            default -> {} // voided, expired: was never paid, and never will be
        }
        if (Json.text(order, "financial_status").equals("refunded")) draft.refundedAllAt = draft.at;
        draft.cancelled(Json.time(order, "cancelled_at"));
        JsonNode customer = order.path("customer");
        boolean verified = customer.path("verified_email").booleanValue(false);
        String customerEmail = Json.text(customer, "email");
        people.put(
                draft,
                shop.shop(),
                new People.Told(
                        verified && !customerEmail.isEmpty()
                                ? customerEmail
                                : Json.text(order, "email", "contact_email"),
                        verified && !customerEmail.isEmpty(),
                        phone(order),
                        Json.text(
                                order.path("shipping_address").isObject()
                                        ? order.path("shipping_address")
                                        : order.path("billing_address"),
                                "country_code"),
                        Json.text(customer, "id")));
        draft.listedAt = draft.at;
        for (JsonNode line : order.path("line_items")) line(draft, line, currency);
        for (JsonNode parcel : order.path("fulfillments")) parcel(draft, parcel);
        for (JsonNode refund : order.path("refunds")) refund(draft, refund, currency);
        return new Reading.Facts(draft.facts());
    }

    /** The message of a payment itself says when it was, where that was no part of the checkout. */
    private static boolean paidLater(String topic, Draft draft) {
        return topic.equals("orders/paid")
                && draft.placed != null
                && draft.at - draft.placed > OrderFacts.CHECKOUT_MILLIS;
    }

    private static String phone(JsonNode order) {
        String phone = Json.text(order, "phone");
        if (phone.isEmpty()) phone = Json.text(order.path("shipping_address"), "phone");
        if (phone.isEmpty()) phone = Json.text(order.path("billing_address"), "phone");
        return phone.isEmpty() ? Json.text(order.path("customer"), "phone") : phone;
    }

    private static void line(Draft draft, JsonNode line, Currency currency) {
        int quantity = Json.units(line, "quantity");
        long minor = Math.multiplyExact(shopMoney(line, "price", currency), (long) quantity);
        for (JsonNode allocation : line.path("discount_allocations")) {
            minor -= shopMoney(allocation, "amount", currency);
        }
        // A gift card that is bought is money changed into other money; what is bought with it later counts in full.
        if (line.path("gift_card").booleanValue(false)) minor = 0;
        JsonNode current = line.path("current_quantity");
        draft.line(
                Json.text(line, "id"),
                current.isNumber() ? quantity - current.intValue() : 0,
                new OrderFacts.Look(
                        quantity,
                        Math.max(0, minor),
                        line.path("requires_shipping").booleanValue(true),
                        Json.text(line, "sku"),
                        Json.text(line, "product_id"),
                        Json.text(line, "title", "name"),
                        category(line),
                        Json.text(line, "vendor")));
    }

    /** An order line knows no category; themes and apps put it into a hidden line property. */
    private static String category(JsonNode line) {
        for (JsonNode property : line.path("properties")) {
            String name = Json.text(property, "name");
            if (name.equals("_category") || name.equals("category")) return Json.text(property, "value");
        }
        return Json.text(line, "product_type", "category");
    }

    private static void parcel(Draft draft, JsonNode parcel) {
        Map<String, Integer> units = new HashMap<>();
        for (JsonNode line : parcel.path("line_items")) {
            units.merge(Json.text(line, "id"), Json.units(line, "quantity"), Integer::sum);
        }
        boolean delivered = Json.text(parcel, "shipment_status").equals("delivered");
        String id = Json.text(parcel, "id");
        if (id.isEmpty()) throw new Json.Unreadable("a fulfilment has no id");
        Long updated = Json.time(parcel, "updated_at", "created_at");
        draft.parcels.put(
                id,
                new OrderFacts.Parcel(
                        Json.time(parcel, "created_at"),
                        delivered ? updated : null,
                        new OrderFacts.Said(
                                updated == null ? draft.at : updated,
                                Json.text(parcel, "status").equals("success") ? "1" : "0"),
                        units));
    }

    private static void refund(Draft draft, JsonNode refund, Currency currency) {
        Map<String, OrderFacts.Back> lines = new HashMap<>();
        for (JsonNode back : refund.path("refund_line_items")) {
            lines.merge(
                    Json.text(back, "line_item_id"),
                    new OrderFacts.Back(Json.units(back, "quantity"), shopMoney(back, "subtotal", currency)),
                    (a, b) -> new OrderFacts.Back(a.units() + b.units(), a.minor() + b.minor()));
        }
        long beside = 0;
        long shipping = 0;
        for (JsonNode adjustment : refund.path("order_adjustments")) {
            long amount = -shopMoney(adjustment, "amount", currency);
            if (Json.text(adjustment, "kind").equals("shipping_refund")) shipping += Math.max(0, amount);
            else if (amount > 0) beside += amount; // more than the goods' worth; less is a fee that the shop kept
        }
        if (lines.isEmpty() && beside == 0) {
            for (JsonNode transaction : refund.path("transactions")) {
                boolean paidBack = Json.text(transaction, "kind").equals("refund")
                        && Json.text(transaction, "status").equals("success");
                // A transaction is in the buyer's currency where that is another one; then its sum is not the shop's.
                String in = Json.text(transaction, "currency");
                if (paidBack && (in.isEmpty() || in.equals(currency.getCurrencyCode()))) {
                    beside += Json.minor(transaction.path("amount"), currency);
                }
            }
            beside = Math.max(0, beside - shipping);
        }
        String id = Json.text(refund, "id");
        if (id.isEmpty()) throw new Json.Unreadable("a refund has no id");
        draft.refunds.put(id, new OrderFacts.Refund(true, 0, beside, lines));
    }

    private static Reading refund(KnownShop shop, JsonNode refund, Instant receivedAt) {
        Long at = Json.time(refund, "processed_at", "created_at");
        var draft = new Draft(Json.text(refund, "order_id"), at == null ? receivedAt.toEpochMilli() : at);
        refund(draft, refund, refundCurrency(refund, shop.shop().currency()));
        return new Reading.Facts(draft.facts());
    }

    private static Currency refundCurrency(JsonNode refund, Currency shopCurrency) {
        for (JsonNode back : refund.path("refund_line_items")) {
            String code = Json.text(back.path("subtotal_set").path("shop_money"), "currency_code");
            if (!code.isEmpty()) return Json.currency(code);
        }
        return shopCurrency;
    }

    private static Reading fulfilment(JsonNode fulfilment, Instant receivedAt) {
        Long at = Json.time(fulfilment, "updated_at", "created_at");
        var draft = new Draft(Json.text(fulfilment, "order_id"), at == null ? receivedAt.toEpochMilli() : at);
        parcel(draft, fulfilment);
        return new Reading.Facts(draft.facts());
    }

    private static Reading fulfilmentEvent(JsonNode event, Instant receivedAt) {
        String status = Json.text(event, "status");
        if (status.isEmpty()) throw new Json.Unreadable("a fulfilment event has no status");
        if (!status.equals("delivered")) return new Reading.Nothing("on-its-way");
        Long at = Json.time(event, "happened_at", "created_at");
        var draft = new Draft(Json.text(event, "order_id"), at == null ? receivedAt.toEpochMilli() : at);
        draft.parcels.put(Json.text(event, "fulfillment_id"), new OrderFacts.Parcel(null, draft.at, null, Map.of()));
        return new Reading.Facts(draft.facts());
    }

    /** It sharpens the instant of payment; that all is paid only the order itself says. */
    private static Reading transaction(JsonNode transaction, Instant receivedAt) {
        String kind = Json.text(transaction, "kind");
        boolean pays = (kind.equals("sale") || kind.equals("capture"))
                && Json.text(transaction, "status").equals("success");
        if (!pays) return new Reading.Nothing("no-payment");
        Long at = Json.time(transaction, "processed_at", "created_at");
        var draft = new Draft(Json.text(transaction, "order_id"), at == null ? receivedAt.toEpochMilli() : at);
        draft.paidAt = draft.at;
        draft.test = transaction.path("test").booleanValue(false);
        return new Reading.Facts(draft.facts());
    }

    private static Reading notTold(JsonNode asked, Instant receivedAt) {
        var draft = new Draft(Json.text(asked, "order_id"), receivedAt.toEpochMilli());
        Long at = Json.time(asked, "asked_at");
        draft.notToldAt = at == null ? receivedAt.toEpochMilli() : at;
        return new Reading.Facts(draft.facts());
    }

    private static long shopMoney(JsonNode node, String name, Currency currency) {
        JsonNode set = node.path(name + "_set").path("shop_money").path("amount");
        return Json.minor(set.isMissingNode() || set.isNull() ? node.path(name) : set, currency);
    }

    @Override
    public Wanted wanted(String topic) {
        return switch (topic) {
            case "refunds/create" -> REFUND;
            case "fulfillments/create", "fulfillments/update" -> FULFILMENT;
            case "fulfillment_events/create" -> FULFILMENT_EVENT;
            case "order_transactions/create" -> TRANSACTION;
            case ShopifyOrders.NOT_TOLD -> Wanted.only("order_id", "asked_at");
            default -> ORDER;
        };
    }

    @Override
    public List<String> setupSteps() {
        return List.of("app", "secret", "topics", "address", "api");
    }
}
