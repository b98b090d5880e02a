package vitrine.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Keys;

/** The four kinds of shop without a server around them. */
final class Readers {

    static final Instant RECEIVED = Instant.parse("2026-11-01T00:00:00Z");

    final Keys keys;
    final BuyerKeys buyers;
    final People people;
    final Map<String, Source> sources;

    Readers() {
        try {
            keys = new Keys(Files.createTempDirectory("keys"), Map.of(), new SecureRandom());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        buyers = new BuyerKeys(keys);
        people = new People(buyers, keys);
        sources = Map.of(
                "shopify", new ShopifyWebhooks(people),
                "woocommerce", new WooCommerceWebhooks(people),
                "saleor", new SaleorWebhooks(people, new KeySets(Clock.systemUTC())),
                "standard", new StandardWebhooks(people));
    }

    static KnownShop shop(String source, String currency, String... secrets) {
        return new KnownShop(
                new Shop(
                        new BrandId(new UUID(1, 1)),
                        new ShopId(new UUID(1, 2)),
                        source,
                        "lumen",
                        "Lumen",
                        Currency.getInstance(currency),
                        7,
                        null,
                        null,
                        RECEIVED),
                List.of(secrets),
                null,
                true);
    }

    Source.Reading read(String source, String topic, JsonNode body) {
        return java.util.Objects.requireNonNull(sources.get(source)).read(shop(source, "USD"), topic, body, RECEIVED);
    }

    OrderFacts facts(String source, String topic, JsonNode body) {
        return ((Source.Reading.Facts) read(source, topic, body)).facts();
    }

    OrderFacts facts(String source, String topic, String fixture) {
        return facts(source, topic, Json.MAPPER.readTree(Messages.read(fixture)));
    }

    static Reckoning order(OrderFacts first, OrderFacts... more) {
        OrderFacts all = first;
        for (OrderFacts one : more) all = all.join(one);
        return Reckoning.of(all, "USD", 7);
    }
}
