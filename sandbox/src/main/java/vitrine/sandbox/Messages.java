package vitrine.sandbox;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each kind of shop says and how it signs it, as pure functions: the same arguments give the same bytes. For
 * tests, the simulator and the load driver, which deliver by themselves.
 */
public final class Messages {
    private static final Map<Source, Dialect> DIALECTS = Map.of(
            Source.SHOPIFY, new Shopify(),
            Source.WOOCOMMERCE, new WooCommerce(),
            Source.SALEOR, new Saleor(),
            Source.STANDARD, new Standard());

    private Messages() {}

    /** The messages that a shop of this kind sends for a step, in its order; none if it has no word for it. */
    public static List<Event> events(ShopConfig shop, SandboxOrder.Step step) {
        return dialect(shop).topics(step).stream()
                .filter(topic -> shop.topics().isEmpty() || shop.topics().contains(topic))
                .map(topic -> new Event(topic, step))
                .toList();
    }

    /** The body as UTF-8 JSON, complete as the real shop sends it. */
    public static byte[] body(ShopConfig shop, Event event) {
        return Json.bytes(dialect(shop).body(shop, event));
    }

    /** Signs any body as this shop's message for the event; {@code signedAt} is real time, bodies carry business time. */
    public static Message sign(ShopConfig shop, Event event, byte[] body, Instant signedAt) {
        return sign(shop, event.topic(), event.name(), body, signedAt);
    }

    /** Signs a body that belongs to no sandbox order, under a delivery id made from {@code name}. */
    public static Message sign(ShopConfig shop, String topic, String name, byte[] body, Instant signedAt) {
        var dialect = dialect(shop);
        var deliveryId = dialect.deliveryId(name);
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Content-Type", "application/json");
        headers.putAll(dialect.headers(shop, topic, name, deliveryId, body, signedAt));
        return new Message("POST", shop.inboxUrl(), topic, deliveryId, headers, body);
    }

    public static Message of(ShopConfig shop, Event event, Instant signedAt) {
        return sign(shop, event, body(shop, event), signedAt);
    }

    static Dialect dialect(ShopConfig shop) {
        var dialect = DIALECTS.get(shop.source());
        if (dialect == null) {
            throw new IllegalStateException(
                    "no dialect for " + shop.source().name().toLowerCase(Locale.ROOT));
        }
        return dialect;
    }
}
