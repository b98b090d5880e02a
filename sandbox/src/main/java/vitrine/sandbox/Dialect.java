package vitrine.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** How one kind of shop speaks: its topics, its bodies, its headers, and how often it repeats itself. */
sealed interface Dialect permits Shopify, WooCommerce, Saleor, Standard {
    List<String> topics(SandboxOrder.Step step);

    ObjectNode body(ShopConfig shop, Event event);

    String deliveryId(String name);

    Map<String, String> headers(
            ShopConfig shop, String topic, String name, String deliveryId, byte[] body, Instant signedAt);

    /** The waits before the second, third … try. */
    List<Duration> retries();

    boolean repeatsAfter(int status);
}
