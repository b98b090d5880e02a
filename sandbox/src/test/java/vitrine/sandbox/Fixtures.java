package vitrine.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import vitrine.sandbox.SandboxOrder.Discount;
import vitrine.sandbox.SandboxOrder.Wish;

/** The small known cast of the tests: the brand Lumen's shops, and Ada and Bo who buy there. */
final class Fixtures {
    static final Instant NOON = Instant.parse("2026-06-01T04:00:00Z");
    static final Buyer ADA = Buyer.withEmail(7, "Ada", "Lin", "ada@example.com", Buyer.SHANGHAI);
    static final Buyer BO = Buyer.withPhone(8, "Bo", "Wen", "+8610000000008", Buyer.SHANGHAI);

    /** RFC 8032, 7.1, test 1. */
    static final String RFC8032_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    static final String RFC8032_PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final String WHSK =
            "whsk_" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(RFC8032_SEED));
    static final String RSA = Keys.newRsa();

    private Fixtures() {}

    static List<Product> products(String currency) {
        long unit = Money.digits(currency) == 0 ? 1 : 100;
        return List.of(
                new Product("101", "CUP-1", new Text("青釉盖碗", "Celadon cup"), "tea", "Lumen", 199 * unit, null),
                new Product("102", "POT-1", new Text("听雨壶", "Rain pot"), "tea", "Lumen", 459 * unit, null),
                new Product("103", "CARD-1", new Text("明信片", "Postcard"), "paper", "Lumen Press", 0, null));
    }

    static ShopConfig shop(Source source, String currency) {
        var secret =
                switch (source) {
                    case SHOPIFY, WOOCOMMERCE -> "a shop's own secret";
                    case SALEOR -> RSA;
                    case STANDARD -> WHSEC + " " + WHSK;
                };
        return ShopConfig.of(
                source, "lumen-" + source.wire(), currency, secret, "http://vitrine.example", products(currency));
    }

    static SandboxOrder bought(ShopConfig shop) {
        return SandboxOrder.buy(
                        shop.shop(),
                        1001,
                        shop.currency(),
                        ADA,
                        List.of(
                                new Wish(shop.products().get(0), 3),
                                new Wish(shop.products().get(1), 1),
                                new Wish(shop.products().get(2), 1)),
                        new Discount("TENOFF", 10_00),
                        Money.minor("10", shop.currency()),
                        false,
                        NOON)
                .order();
    }

    static SandboxOrder paid(ShopConfig shop) {
        return bought(shop).pay(NOON.plusSeconds(60)).order();
    }

    static Event event(ShopConfig shop, SandboxOrder.Step step, String topic) {
        return Messages.events(shop, step).stream()
                .filter(event -> event.topic().equals(topic))
                .findFirst()
                .orElseThrow();
    }

    static JsonNode body(ShopConfig shop, SandboxOrder.Step step, String topic) {
        return Json.read(Messages.body(shop, event(shop, step, topic)));
    }

    static String resource(String path) {
        try (var in = Fixtures.class.getResourceAsStream("/" + path)) {
            return new String(java.util.Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
