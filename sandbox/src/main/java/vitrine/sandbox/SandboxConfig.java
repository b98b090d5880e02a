package vitrine.sandbox;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The configuration file: the server to send to, its demo clock, the shops, and the witnesses of its logs.
 *
 * <p>{@code orderPage} is the address of the server's page for one order, with {server}, {source}, {shop}, {number} and
 * {lang} in it. {@code personKey} signs what the page for one human says. {@code retryScale} shortens the waits of the shops' own retries: 0.01 makes four hours 144 seconds.
 */
public record SandboxConfig(
        String server,
        @Nullable String clockUrl,
        @Nullable String demoKey,
        String orderPage,
        double retryScale,
        List<ShopConfig> shops,
        List<String> logs,
        List<WitnessConfig> witnesses,
        @Nullable String personKey,
        PayConfig pay) {

    /** {@code signer} is the private key, in the text form of Go's note package with type 0x04. */
    record WitnessConfig(String name, String signer) {}

    static final String ORDER_PAGE = "{server}/pickup?source={source}&shop={shop}&order={number}&lang={lang}";

    /** Reads the file; keys that Saleor shops lack are made once and kept beside the data, private to their owner. */
    static SandboxConfig read(Path file, String publicUrl, Path data) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw Refused.invalid("config.missing", "there is no configuration at " + file);
        }
        return of(Json.read(Files.readAllBytes(file)), publicUrl, data);
    }

    static SandboxConfig of(JsonNode json, String publicUrl, Path data) throws IOException {
        var server = text(json, "server").replaceAll("/+$", "");
        var shops = new ArrayList<ShopConfig>();
        var names = new HashSet<String>();
        for (var shop : json.path("shops")) {
            var config = shop(shop, server, publicUrl, data);
            if (!names.add(config.shop())) {
                throw Refused.invalid("shop.doubled", "two shops are called " + config.shop());
            }
            shops.add(config);
        }
        var pay = PayConfig.of(json.path("pay"), server);
        if (shops.isEmpty() && pay.isEmpty()) {
            throw Refused.invalid("shops.none", "shops is a list of at least one shop, where pay is missing");
        }
        double retryScale = json.path("retryScale").asDouble(0.01);
        if (!(retryScale >= 0 && retryScale <= 1)) {
            throw Refused.invalid("retryScale.invalid", "retryScale is 0 to 1, not " + retryScale);
        }
        var logs = new ArrayList<String>();
        json.path("logs").forEach(log -> logs.add(log.asString()));
        var witnesses = new ArrayList<WitnessConfig>();
        for (var witness : json.path("witnesses")) {
            var name = text(witness, "name");
            if (!name.matches("[a-z0-9-]{1,40}"))
                throw Refused.invalid("witness.name", "no name for a witness: " + name);
            witnesses.add(new WitnessConfig(name, text(witness, "signer")));
        }
        return new SandboxConfig(
                server,
                optional(json, "clockUrl"),
                optional(json, "demoKey"),
                json.path("orderPage").asString(ORDER_PAGE),
                retryScale,
                List.copyOf(shops),
                List.copyOf(logs),
                List.copyOf(witnesses),
                optional(json, "personKey"),
                pay);
    }

    private static ShopConfig shop(JsonNode json, String server, String publicUrl, Path data) throws IOException {
        var source = Source.of(text(json, "source"));
        var slug = text(json, "shop");
        var currency = text(json, "currency");
        var secret = optional(json, "secret");
        if (secret == null || secret.isBlank()) {
            if (source != Source.SALEOR) {
                throw Refused.invalid("secret.missing", "shop " + slug + " has no secret");
            }
            secret = rsaKeyOf(slug, data);
        }
        var products = new ArrayList<Product>();
        for (var product : json.path("products")) {
            products.add(product(product, currency, slug));
        }
        if (products.isEmpty()) {
            throw Refused.invalid("products.none", "shop " + slug + " has no products");
        }
        var topics = new HashSet<String>();
        json.path("topics").forEach(topic -> topics.add(topic.asString()));
        var config = new ShopConfig(
                source,
                slug,
                bilingual(json.path("name"), slug),
                currency,
                secret,
                text(json, "apiToken"),
                products,
                json.path("inboxUrl").asString(server + "/in/" + source.wire() + "/" + slug),
                publicUrl + "/shops/" + slug,
                json.path("domain").asString(ShopConfig.domainOf(source, slug)),
                zone(json, currency),
                tax(json, currency),
                topics);
        // A secret that cannot sign is found now, not at the first order.
        Messages.sign(config, "check", "check", new byte[0], java.time.Instant.EPOCH);
        return config;
    }

    private static Product product(JsonNode json, String currency, String shop) {
        var price = json.path("price");
        return new Product(
                text(json, "id"),
                text(json, "sku"),
                bilingual(json.path("name"), text(json, "sku")),
                json.path("category").asString(""),
                json.path("vendor").asString(shop),
                // A number is minor units, as our own files have it; a string is a price tag.
                price.isIntegralNumber() ? price.asLong() : Money.minor(text(json, "price"), currency),
                json.hasNonNull("earns") ? bilingual(json.path("earns"), "") : null);
    }

    private static Text bilingual(JsonNode json, String otherwise) {
        if (json.isString()) {
            return Text.same(json.asString());
        }
        var en = json.path("en").asString(otherwise);
        return new Text(json.path("zh").asString(en), en);
    }

    private static ZoneId zone(JsonNode json, String currency) {
        var zone = optional(json, "zone");
        try {
            return zone == null ? ShopConfig.zoneOf(currency) : ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw Refused.invalid("zone.unknown", zone + " is no time zone");
        }
    }

    private static Tax tax(JsonNode json, String currency) {
        var usual = Tax.usualFor(currency);
        if (!json.hasNonNull("tax")) {
            return usual;
        }
        var tax = json.path("tax");
        return new Tax(
                new BigDecimal(tax.path("rate").asString("0")),
                tax.path("included").asBoolean(usual.included()),
                tax.path("title").asString("VAT"));
    }

    private static String rsaKeyOf(String shop, Path data) throws IOException {
        var file = data.resolve("keys").resolve(shop + ".pkcs8");
        if (!Files.exists(file)) {
            Folders.makePrivate(file.getParent());
            Folders.replace(file, Keys.utf8(Keys.newRsa()));
        }
        return Files.readString(file);
    }

    private static String text(JsonNode json, String field) {
        var text = optional(json, field);
        if (text == null || text.isBlank()) {
            throw Refused.invalid("config.invalid", field + " is missing");
        }
        return text;
    }

    private static @Nullable String optional(JsonNode json, String field) {
        return json.hasNonNull(field) ? json.path(field).asString() : null;
    }

    ShopConfig shop(String name) {
        return shops.stream()
                .filter(shop -> shop.shop().equals(name))
                .findFirst()
                .orElseThrow(() -> Refused.notFound("shop.unknown", "there is no shop " + name));
    }
}
