package vitrine.shop;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Any other shop, by Standard Webhooks 1.0.0: HMAC-SHA-256 ({@code v1}) or Ed25519 ({@code v1a}) over {@code id.timestamp.body}.
 * A header may carry several signatures and a shop several secrets, so that either side can change its key without a gap. The
 * body is our own order, which docs/shops.md specifies.
 */
@Component
final class StandardWebhooks implements Source {

    static final long TOLERANCE_SECONDS = 300;
    private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

    private final People people;
    private final Map<String, PublicKey> publicKeys = new ConcurrentHashMap<>();

    StandardWebhooks(People people) {
        this.people = people;
    }

    @Override
    public String name() {
        return "standard";
    }

    @Override
    public Source.SignatureCheck verify(KnownShop shop, Headers headers, byte[] body, Instant now) {
        String id = headers.get("webhook-id");
        String timestamp = headers.get("webhook-timestamp");
        String claimed = headers.get("webhook-signature");
        if (id == null || id.isBlank()) return new Source.SignatureCheck.Missing("webhook-id");
        if (timestamp == null || timestamp.isBlank()) return new Source.SignatureCheck.Missing("webhook-timestamp");
        if (claimed == null || claimed.isBlank()) return new Source.SignatureCheck.Missing("webhook-signature");
        if (!timestamp.matches("[0-9]{1,12}")) return new Source.SignatureCheck.Wrong();
        byte[] head = Signatures.utf8(id + "." + timestamp + ".");
        if (!signed(shop.secrets(), claimed, head, body)) return new Source.SignatureCheck.Wrong();
        long off = now.getEpochSecond() - Long.parseLong(timestamp);
        if (Math.abs(off) > TOLERANCE_SECONDS) return new Source.SignatureCheck.OutOfTime(off, TOLERANCE_SECONDS);
        // The id is signed, so a repeat cannot be dressed up as another message.
        return new Source.SignatureCheck.Genuine(Signatures.deliveryId(id, "", body), "");
    }

    private boolean signed(List<String> secrets, String header, byte[] head, byte[] body) {
        List<byte[]> macs = new ArrayList<>();
        List<byte[]> signatures = new ArrayList<>();
        for (String part : header.strip().split("\\s+", 17)) {
            int comma = part.indexOf(',');
            byte[] value = comma < 0 ? null : Signatures.base64(part.substring(comma + 1));
            if (value == null || value.length == 0) continue;
            if (part.startsWith("v1,")) macs.add(value);
            if (part.startsWith("v1a,")) signatures.add(value);
        }
        boolean signed = false;
        for (String secret : secrets) {
            if (secret.startsWith("whpk_")) {
                for (byte[] signature : signatures) signed |= verifies(secret, signature, head, body);
            } else if (!macs.isEmpty()) {
                byte[] key = Signatures.base64(secret.startsWith("whsec_") ? secret.substring(6) : secret);
                if (key == null || key.length == 0) continue;
                byte[] right = Signatures.hmac(key, head, body);
                for (byte[] mac : macs) signed |= MessageDigest.isEqual(right, mac);
            }
        }
        return signed;
    }

    private boolean verifies(String publicKey, byte[] signature, byte[] head, byte[] body) {
        PublicKey key = publicKeys.computeIfAbsent(publicKey, StandardWebhooks::publicKey);
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(key);
            ed25519.update(head);
            ed25519.update(body);
            return ed25519.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // not a signature at all
        }
    }

    private static PublicKey publicKey(String text) {
        try {
            byte[] raw = Signatures.base64(text.substring("whpk_".length()));
            if (raw == null || raw.length != 32) throw new IllegalArgumentException("a whpk_ key has 32 bytes");
            byte[] spki = Arrays.copyOf(ED25519_SPKI, ED25519_SPKI.length + 32);
            System.arraycopy(raw, 0, spki, ED25519_SPKI.length, 32);
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no Ed25519 public key", e);
        }
    }

    /** What a secret of this source has to look like; null: it is fine. */
    static @Nullable String flaw(String secret) {
        try {
            if (secret.startsWith("whsk_")) return "private-key";
            if (secret.startsWith("whpk_")) {
                publicKey(secret);
                return null;
            }
        } catch (IllegalArgumentException e) {
            return "public-key";
        }
        byte[] key = Signatures.base64(secret.startsWith("whsec_") ? secret.substring(6) : secret);
        return key == null || key.length < 24 || key.length > 64 ? "secret-length" : null;
    }

    @Override
    public Reading read(KnownShop shop, String topic, JsonNode body, Instant receivedAt) {
        String type = Json.text(body, "type");
        if (type.isEmpty()) throw new Json.Unreadable("type is missing");
        if (!type.startsWith("order.")) return new Reading.Nothing("topic");
        JsonNode order = body.path("data").path("order");
        if (!order.isObject()) throw new Json.Unreadable("data.order is missing");
        Long at = Json.time(order, "updated_at");
        if (at == null) at = Json.time(body, "timestamp");
        var draft = new Draft(Json.text(order, "id"), at == null ? receivedAt.toEpochMilli() : at);
        Currency currency = Json.currency(Json.text(order, "currency"));
        draft.currency = draft.said(currency.getCurrencyCode());
        draft.number(Json.text(order, "number"));
        draft.test = order.path("test").booleanValue(false);
        draft.placed = Json.time(order, "created_at");
        Long paidAt = Json.time(order, "paid_at");
        if (paidAt != null) draft.paid(paidAt);
        else draft.unpaid();
        draft.cancelled(Json.time(order, "cancelled_at"));
        draft.confirmedAt = Json.time(order, "received_at");
        JsonNode buyer = order.path("buyer");
        String email = Json.text(buyer, "email");
        people.put(
                draft,
                shop.shop(),
                new People.Told(
                        email,
                        buyer.path("email_verified").booleanValue(false),
                        Json.text(buyer, "phone"),
                        Json.text(buyer, "country"),
                        Json.text(buyer, "id")));
        draft.listedAt = draft.at;
        for (JsonNode line : order.path("lines")) {
            draft.line(
                    Json.text(line, "id"),
                    0,
                    new OrderFacts.Look(
                            Json.units(line, "quantity"),
                            Math.max(0, Json.minor(line.path("total"), currency)),
                            line.path("ships").booleanValue(true),
                            Json.text(line, "sku"),
                            Json.text(line, "product_id"),
                            Json.text(line, "title"),
                            Json.text(line, "category"),
                            Json.text(line, "vendor")));
        }
        for (JsonNode parcel : order.path("fulfilments")) {
            Map<String, Integer> units = new HashMap<>();
            for (JsonNode part : parcel.path("lines")) {
                units.merge(Json.text(part, "line"), Json.units(part, "quantity"), Integer::sum);
            }
            String id = Json.text(parcel, "id");
            if (id.isEmpty()) throw new Json.Unreadable("a fulfilment has no id");
            draft.parcel(
                    id,
                    Json.time(parcel, "at"),
                    Json.time(parcel, "delivered_at"),
                    Json.text(parcel, "cancelled_at").isEmpty(),
                    units);
        }
        for (JsonNode refund : order.path("refunds")) {
            Map<String, OrderFacts.Back> backs = new HashMap<>();
            long named = 0;
            for (JsonNode part : refund.path("lines")) {
                long minor = Json.minor(part.path("amount"), currency);
                named += minor;
                backs.merge(
                        Json.text(part, "line"),
                        new OrderFacts.Back(Json.units(part, "quantity"), minor),
                        (a, b) -> new OrderFacts.Back(a.units() + b.units(), a.minor() + b.minor()));
            }
            String id = Json.text(refund, "id");
            if (id.isEmpty()) throw new Json.Unreadable("a refund has no id");
            long beside = Math.max(0, Json.minor(refund.path("amount"), currency) - named);
            draft.refunds.put(id, new OrderFacts.Refund(true, 0, beside, backs));
        }
        return new Reading.Facts(draft.facts());
    }

    @Override
    public Wanted wanted(String topic) {
        return Wanted.All.ALL;
    }

    @Override
    public List<String> setupSteps() {
        return List.of("bridge", "secret", "topics", "address", "api");
    }
}
