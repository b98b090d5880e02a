package vitrine.sandbox;

import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * One shop: what it sells, where it sends its messages and what it signs them with.
 *
 * <p>{@code secret} is the webhook secret as that kind of shop has it: any text for Shopify and WooCommerce; for
 * {@code standard} one or more of {@code whsec_…} (v1) and {@code whsk_…} (v1a), separated by a blank, each of which
 * signs; for Saleor the RSA private key, PKCS#8 in base64. {@code topics} limits what the shop is subscribed to; empty
 * is everything.
 */
public record ShopConfig(
        Source source,
        String shop,
        Text name,
        String currency,
        String secret,
        String apiToken,
        List<Product> products,
        String inboxUrl,
        String baseUrl,
        String domain,
        ZoneId zone,
        Tax tax,
        Set<String> topics) {
    public ShopConfig {
        products = List.copyOf(products);
        topics = Set.copyOf(topics);
        if (!shop.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw Refused.invalid("shop.invalid", "a shop is a word of a-z, 0-9 and -, not " + shop);
        }
        Money.digits(currency);
    }

    /** A shop for code that signs and delivers itself: the usual tax and time zone of its currency, all topics. */
    public static ShopConfig of(
            Source source, String shop, String currency, String secret, String server, List<Product> products) {
        return new ShopConfig(
                source,
                shop,
                Text.same(shop),
                currency,
                secret,
                "token-" + shop,
                products,
                server + "/in/" + source.wire() + "/" + shop,
                "http://localhost/shops/" + shop,
                domainOf(source, shop),
                zoneOf(currency),
                Tax.usualFor(currency),
                Set.of());
    }

    public ShopConfig withTax(Tax other) {
        return new ShopConfig(
                source, shop, name, currency, secret, apiToken, products, inboxUrl, baseUrl, domain, zone, other,
                topics);
    }

    /** The language of the shop's own messages. */
    public String language() {
        return currency.equals("CNY") ? "zh" : "en";
    }

    /** A shop has one name for a thing; one that sells in China and is read elsewhere, too, writes both into it. */
    public String title(Product product) {
        var name = product.name();
        return language().equals("zh") && !name.zh().equals(name.en())
                ? name.zh() + " " + name.en()
                : name.in(language());
    }

    public Product product(String idOrSku) {
        return products.stream()
                .filter(p -> p.id().equals(idOrSku) || p.sku().equals(idOrSku))
                .findFirst()
                .orElseThrow(() -> Refused.invalid("product.unknown", shop + " does not sell " + idOrSku));
    }

    static String domainOf(Source source, String shop) {
        return switch (source) {
            case SHOPIFY -> shop + ".myshopify.example";
            case SALEOR -> shop + ".saleor.example";
            case WOOCOMMERCE, STANDARD -> shop + ".example.com";
        };
    }

    static ZoneId zoneOf(String currency) {
        return switch (currency) {
            case "CNY" -> ZoneId.of("Asia/Shanghai");
            case "JPY" -> ZoneId.of("Asia/Tokyo");
            case "EUR" -> ZoneId.of("Europe/Paris");
            case "USD" -> ZoneId.of("America/New_York");
            default -> ZoneId.of("UTC");
        };
    }
}
