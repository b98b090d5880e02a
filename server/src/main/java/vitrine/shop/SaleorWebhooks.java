package vitrine.shop;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Currency;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Saleor. Signed with a detached JWS (RS256, RFC 7797) by a key of the shop's own key set, or, where the app was given a secret
 * key, with HMAC-SHA-256 in hex.
 *
 * <p>Saleor names no delivery, and its event header is not signed. So the delivery is the digest of the signed body and the
 * event: a retry sends the same bytes and is the same delivery; two changes of an order never have the same bytes, for the
 * order's updatedAt is in them.
 */
@Component
final class SaleorWebhooks implements Source {

    private static final String SIGNATURE = "Saleor-Signature";

    private static final Wanted WANTED = Wanted.allBut(Set.of(
            "thumbnail",
            "privateMetadata",
            "private_metadata",
            "unitPrice",
            "undiscountedUnitPrice",
            "undiscountedTotal",
            "unitDiscount",
            "weight",
            "paymentMethodDetails",
            "first_image",
            "images",
            "channel_listings",
            "redirectUrl",
            "shippingPrice",
            "shipping_methods"));

    private final People people;
    private final KeySets keySets;

    SaleorWebhooks(People people, KeySets keySets) {
        this.people = people;
        this.keySets = keySets;
    }

    @Override
    public String name() {
        return "saleor";
    }

    @Override
    public SignatureCheck verify(KnownShop shop, Headers headers, byte[] body, Instant now) {
        String claimed = headers.get(SIGNATURE);
        if (claimed == null || claimed.isBlank()) return new SignatureCheck.Missing(SIGNATURE);
        String event = headers.get("Saleor-Event");
        if (event == null) event = headers.get("X-Saleor-Event");
        event = event == null ? "" : event.strip().toLowerCase(Locale.ROOT);
        var genuine = new SignatureCheck.Genuine("digest:" + Signatures.digest(event, body), event);
        if (claimed.indexOf('.') < 0) {
            byte[] mac = hex(claimed.strip());
            return mac != null && Signatures.signedByOne(shop.secrets(), mac, body)
                    ? genuine
                    : new SignatureCheck.Wrong();
        }
        String[] parts = claimed.strip().split("\\.", -1);
        if (parts.length != 3 || !parts[1].isEmpty()) return new SignatureCheck.Wrong();
        JsonNode head = head(parts[0]);
        byte[] signature = base64url(parts[2]);
        // Only RS256 over the unencoded body: an algorithm that the sender may choose is no signature.
        boolean understood = head != null
                && signature != null
                && Json.text(head, "alg").equals("RS256")
                && understands(head.path("crit"));
        if (!understood || head == null || signature == null) return new SignatureCheck.Wrong();
        boolean encoded = head.path("b64").booleanValue(true);
        byte[] payload = encoded ? Base64.getUrlEncoder().withoutPadding().encode(body) : body;
        return switch (keySets.find(shop.shop(), Json.text(head, "kid"))) {
            case KeySets.Found found ->
                verifies(found.key(), Signatures.utf8(parts[0] + "."), payload, signature)
                        ? genuine
                        : new SignatureCheck.Wrong();
            case KeySets.NoSuchKey none -> new SignatureCheck.Wrong();
            case KeySets.OutOfReach out -> new SignatureCheck.KeysOutOfReach();
        };
    }

    private static boolean understands(JsonNode critical) {
        for (JsonNode name : critical) if (!name.asString().equals("b64")) return false;
        return true;
    }

    private static @Nullable JsonNode head(String part) {
        byte[] json = base64url(part);
        if (json == null) return null;
        try {
            JsonNode head = Json.MAPPER.readTree(json);
            return head.isObject() ? head : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static boolean verifies(PublicKey key, byte[] head, byte[] payload, byte[] signature) {
        try {
            var rsa = java.security.Signature.getInstance("SHA256withRSA");
            rsa.initVerify(key);
            rsa.update(head);
            rsa.update(payload);
            return rsa.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // not a signature at all
        }
    }

    private static byte @Nullable [] base64url(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte @Nullable [] hex(String text) {
        try {
            return HexFormat.of().parseHex(text.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public Reading read(KnownShop shop, String topic, JsonNode body, Instant receivedAt) {
        if (!topic.isEmpty() && !topic.startsWith("order_") && !topic.startsWith("notify")) {
            return new Reading.Nothing("topic");
        }
        JsonNode root = body.isArray() && !body.isEmpty() ? body.get(0) : body;
        JsonNode order = root.path("order");
        if (!order.isObject()) order = root.path("payload").path("order");
        if (!order.isObject()) order = root.path("data").path("order");
        if (!order.isObject() && Json.text(root, "type").equals("Order")) order = root;
        if (!order.isObject()) throw new Json.Unreadable("order is missing");
        boolean legacy = order.has("total_gross_amount");
        return new Reading.Facts(
                legacy ? legacy(shop, topic, root, order, receivedAt) : subscribed(shop, topic, order, receivedAt));
    }

    /** The answer of a subscription query: camelCase, amounts as numbers in objects. */
    private OrderFacts subscribed(KnownShop shop, String topic, JsonNode order, Instant receivedAt) {
        Long at = Json.time(order, "updatedAt");
        var draft = new Draft(Json.text(order, "id"), at == null ? receivedAt.toEpochMilli() : at);
        boolean gross = order.path("displayGrossPrices").booleanValue(true);
        String code = Json.text(order.path("total").path("gross"), "currency");
        if (code.isEmpty()) throw new Json.Unreadable("total.gross is missing");
        Currency currency = Json.currency(code);
        draft.currency = draft.said(code);
        draft.number(Json.text(order, "number"));
        draft.placed = Json.time(order, "created");
        boolean paid = topic.equals("order_fully_paid")
                || topic.equals("order_fulfilled")
                || order.path("isPaid").booleanValue(false)
                || List.of("FULLY_CHARGED", "PARTIALLY_REFUNDED", "FULLY_REFUNDED")
                        .contains(Json.text(order, "paymentStatus"));
        Long charged = null;
        for (JsonNode transaction : order.path("transactions")) {
            Long when = Json.time(transaction, "createdAt");
            if (when != null) charged = charged == null ? when : Math.max(charged, when);
        }
        if (paid) draft.paid(charged);
        else if (order.has("isPaid") || order.has("paymentStatus")) draft.unpaid();
        String status = Json.text(order, "status");
        // A message that does not tell the status says nothing about it.
        if (topic.equals("order_cancelled") || status.equals("CANCELED")) draft.cancelled(draft.at);
        else if (!status.isEmpty() && at != null) draft.cancelled((Long) null);
        if (topic.equals("order_fully_refunded")
                || Json.text(order, "paymentStatus").equals("FULLY_REFUNDED")) {
            draft.refundedAllAt = draft.at;
        }
        markTest(draft, order);
        JsonNode user = order.path("user");
        JsonNode confirmed = user.path("isConfirmed");
        String userEmail = Json.text(user, "email");
        JsonNode address =
                order.path("shippingAddress").isObject() ? order.path("shippingAddress") : order.path("billingAddress");
        people.put(
                draft,
                shop.shop(),
                new People.Told(
                        userEmail.isEmpty() ? Json.text(order, "userEmail") : userEmail,
                        confirmed.booleanValue(true),
                        Json.text(address, "phone"),
                        Json.text(address.path("country"), "code"),
                        Json.text(user, "id")));
        if (order.path("lines").isArray()) {
            draft.listedAt = draft.at;
            long[] minors = shareOfSubtotal(order, gross, currency);
            int i = 0;
            for (JsonNode line : order.path("lines")) line(draft, line, minors[i++]);
        }
        boolean named = false;
        for (JsonNode parcel : order.path("fulfillments")) named |= parcel(draft, parcel);
        if (!named && (topic.equals("order_fulfilled") || status.equals("FULFILLED"))) draft.fulfilledAt = draft.at;
        for (JsonNode refund : order.path("grantedRefunds")) grantedRefund(draft, refund, currency);
        boolean refundsKnown = order.has("grantedRefunds");
        long back = Json.minor(order.path("totalRefunded").path("amount"), currency);
        // An older subscription tells the sum only; it is one refund that grows.
        if (!refundsKnown && back > 0) {
            draft.refunds.put("total", new OrderFacts.Refund(false, back, 0, Map.of()));
        }
        return draft.facts();
    }

    private static void markTest(Draft draft, JsonNode order) {
        for (JsonNode entry : order.path("metadata")) {
            if (Json.text(entry, "key").equals("test")
                    && Json.text(entry, "value").equals("true")) draft.test = true;
        }
    }

    /** A voucher for the whole order is in the subtotal, not always in the lines: then the lines share it by what they cost. */
    private static long[] shareOfSubtotal(JsonNode order, boolean gross, Currency currency) {
        JsonNode lines = order.path("lines");
        String side = gross ? "gross" : "net";
        long[] minors = new long[lines.size()];
        long sum = 0;
        for (int i = 0; i < minors.length; i++) {
            minors[i] = Math.max(
                    0, Json.minor(lines.get(i).path("totalPrice").path(side).path("amount"), currency));
            sum += minors[i];
        }
        JsonNode subtotal = order.path("subtotal").path(side).path("amount");
        long paid = Json.minor(subtotal, currency);
        boolean told = subtotal.isNumber() || subtotal.isString();
        return told && paid >= 0 && paid < sum ? Reckoning.byLargestRemainder(paid, minors) : minors;
    }

    private static void line(Draft draft, JsonNode line, long minor) {
        JsonNode product = line.path("variant").path("product");
        String id = Json.text(product, "id");
        String variant = Json.text(line, "variantName");
        draft.line(
                Json.text(line, "id"),
                0,
                new OrderFacts.Look(
                        Json.units(line, "quantity"),
                        minor,
                        line.path("isShippingRequired").booleanValue(true),
                        Json.text(line, "productSku"),
                        id.isEmpty() ? Json.text(line, "productVariantId") : id,
                        Json.text(line, "productName") + (variant.isEmpty() ? "" : " · " + variant),
                        Json.text(product.path("category"), "slug", "name"),
                        brand(product)));
    }

    private static String brand(JsonNode product) {
        for (JsonNode attribute : product.path("attributes")) {
            String slug = Json.text(attribute.path("attribute"), "slug");
            if (!slug.equals("brand") && !slug.equals("vendor")) continue;
            for (JsonNode value : attribute.path("values")) return Json.text(value, "name");
        }
        return "";
    }

    private static boolean parcel(Draft draft, JsonNode parcel) {
        String id = Json.text(parcel, "id");
        String status = Json.text(parcel, "status");
        Map<String, Integer> units = new HashMap<>();
        for (JsonNode part : parcel.path("lines")) {
            units.merge(Json.text(part.path("orderLine"), "id"), Json.units(part, "quantity"), Integer::sum);
        }
        if (id.isEmpty() || units.isEmpty()) return false;
        // What comes back is listed as a fulfilment too, under a word of its own.
        if (!status.isEmpty() && !status.equals("FULFILLED") && !status.equals("CANCELED")) return false;
        Long created = Json.time(parcel, "created");
        draft.parcel(id, created == null ? Long.valueOf(draft.at) : created, null, !status.equals("CANCELED"), units);
        return true;
    }

    private static void grantedRefund(Draft draft, JsonNode refund, Currency currency) {
        String status = Json.text(refund, "status");
        if (!status.isEmpty() && !status.equals("SUCCESS")) return;
        String id = Json.text(refund, "id");
        if (id.isEmpty()) throw new Json.Unreadable("a refund has no id");
        Map<String, OrderFacts.Back> backs = new HashMap<>();
        for (JsonNode part : refund.path("lines")) {
            backs.merge(
                    Json.text(part.path("orderLine"), "id"),
                    new OrderFacts.Back(Json.units(part, "quantity"), 0),
                    (a, b) -> new OrderFacts.Back(a.units() + b.units(), 0));
        }
        long beside = backs.isEmpty() ? Json.minor(refund.path("amount").path("amount"), currency) : 0;
        draft.refunds.put(id, new OrderFacts.Refund(true, 0, beside, backs));
    }

    /** The older payloads: snake_case, amounts as text. */
    private OrderFacts legacy(KnownShop shop, String topic, JsonNode root, JsonNode order, Instant receivedAt) {
        Long at = Json.time(order.path("meta"), "issued_at");
        var draft = new Draft(Json.text(order, "id"), at == null ? receivedAt.toEpochMilli() : at);
        String code = Json.text(order, "currency");
        if (code.isEmpty()) code = Json.text(order.path("channel"), "currency_code");
        Currency currency = Json.currency(code);
        boolean gross = order.path("display_gross_prices").booleanValue(true);
        String side = gross ? "gross" : "net";
        draft.currency = draft.said(currency.getCurrencyCode());
        draft.number(Json.text(order, "number", "token", "id"));
        draft.placed = Json.time(order, "created");
        JsonNode payment = root.path("payload").path("payment");
        if (topic.equals("order_fully_paid")
                || topic.equals("order_fulfilled")
                || Json.text(payment, "charge_status").equals("fully-charged")) {
            draft.paid(Json.time(payment, "modified"));
        }
        String status = Json.text(order, "status").toLowerCase(Locale.ROOT);
        if (topic.equals("order_cancelled") || status.equals("canceled")) draft.cancelled(draft.at);
        if (topic.equals("order_fully_refunded")) draft.refundedAllAt = draft.at;
        if (topic.equals("order_fulfilled") || status.equals("fulfilled")) draft.fulfilledAt = draft.at;
        people.put(
                draft,
                shop.shop(),
                new People.Told(
                        Json.text(order, "user_email", "email"),
                        true,
                        Json.text(order.path("shipping_address"), "phone"),
                        Json.text(order.path("shipping_address"), "country"),
                        ""));
        JsonNode lines = order.path("lines");
        long[] minors = new long[lines.size()];
        long sum = 0;
        for (int i = 0; i < minors.length; i++) {
            minors[i] = Math.max(0, Json.minor(lines.get(i).path("total_" + side + "_amount"), currency));
            sum += minors[i];
        }
        long goods = Json.minor(order.path("total_" + side + "_amount"), currency)
                - Json.minor(order.path("shipping_price_" + side + "_amount"), currency);
        if (goods >= 0 && goods < sum) minors = Reckoning.byLargestRemainder(goods, minors);
        draft.listedAt = draft.at;
        int i = 0;
        for (JsonNode line : lines) {
            String variant = Json.text(line, "variant_name");
            draft.line(
                    Json.text(line, "id"),
                    0,
                    new OrderFacts.Look(
                            Json.units(line, "quantity"),
                            minors[i++],
                            line.path("is_shipping_required").booleanValue(true),
                            Json.text(line, "product_sku"),
                            Json.text(line.path("product"), "id"),
                            Json.text(line, "product_name") + (variant.isEmpty() ? "" : " · " + variant),
                            "",
                            ""));
        }
        return draft.facts();
    }

    @Override
    public Wanted wanted(String topic) {
        return WANTED;
    }

    @Override
    public List<String> setupSteps() {
        return List.of("app", "subscription", "topics", "address", "api");
    }
}
