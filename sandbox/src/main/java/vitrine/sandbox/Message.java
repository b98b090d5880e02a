package vitrine.sandbox;

import java.util.Map;
import java.util.TreeMap;

/**
 * A signed message, ready for any HTTP client. {@code deliveryId} is what the receiver should treat as the identity
 * of the delivery; {@code body} is not copied, and its bytes are what was signed.
 */
public record Message(
        String method, String url, String topic, String deliveryId, Map<String, String> headers, byte[] body) {
    /** A header that this kind of message always has; names are case-insensitive. */
    public String header(String name) {
        var value = headers.get(name);
        if (value == null) {
            throw new IllegalArgumentException(topic + " has no header " + name);
        }
        return value;
    }

    /** The same message under a signature that does not verify. */
    public Message withBadSignature() {
        var spoilt = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, value) -> spoilt.put(name, isSignature(name) ? spoil(value) : value));
        return new Message(method, url, topic, deliveryId, spoilt, body);
    }

    private static boolean isSignature(String name) {
        return name.equals("X-Shopify-Hmac-SHA256")
                || name.equals("X-WC-Webhook-Signature")
                || name.equals("Saleor-Signature")
                || name.equals("webhook-signature");
    }

    /** Changes one character in the middle of each signature: still well-formed, no longer true. */
    private static String spoil(String value) {
        var parts = value.split(" ", -1);
        for (int i = 0; i < parts.length; i++) {
            int at = parts[i].length() - 8;
            parts[i] =
                    parts[i].substring(0, at) + (parts[i].charAt(at) == 'A' ? 'B' : 'A') + parts[i].substring(at + 1);
        }
        return String.join(" ", parts);
    }
}
