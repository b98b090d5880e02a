package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Each scheme against a vector or a signer that is not ours. */
class SignaturesTest {

    private final Readers readers = new Readers();

    @Test
    void shopifysPublishedVectorVerifiesAndAFlippedBitDoesNot() {
        JsonNode vector = Json.MAPPER.readTree(Messages.read("01-shopify/signed/vector.json"));
        byte[] body = Messages.read("01-shopify/signed/body.json");
        Map<String, String> headers = headers(
                "X-Shopify-Hmac-SHA256", vector.path("hmac_base64").stringValue(),
                "X-Shopify-Topic", "orders/paid",
                "X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043");
        KnownShop shop = Readers.shop("shopify", "USD", vector.path("secret").stringValue());
        var source = source("shopify");
        assertThat(source.verify(shop, headers::get, body, Instant.EPOCH))
                .isEqualTo(new Source.SignatureCheck.Genuine("b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", "orders/paid"));
        for (int bit = 0; bit < body.length * 8; bit += 37) {
            byte[] flipped = body.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(source.verify(shop, headers::get, flipped, Instant.EPOCH))
                    .isEqualTo(new Source.SignatureCheck.Wrong());
        }
        assertThat(source.verify(Readers.shop("shopify", "USD", "another"), headers::get, body, Instant.EPOCH))
                .isEqualTo(new Source.SignatureCheck.Wrong());
        assertThat(source.verify(shop, name -> null, body, Instant.EPOCH))
                .isInstanceOf(Source.SignatureCheck.Missing.class);
        // The old secret stays good beside the new one for as long as the shop says.
        assertThat(source.verify(
                        Readers.shop(
                                "shopify", "USD", "new", vector.path("secret").stringValue()),
                        headers::get,
                        body,
                        Instant.EPOCH))
                .isInstanceOf(Source.SignatureCheck.Genuine.class);
    }

    @Test
    void standardWebhooksVectorVerifiesInEveryHeaderForm() {
        JsonNode vector = Json.MAPPER.readTree(Messages.read("standard-webhooks-vector.json"));
        byte[] body = vector.path("payload").stringValue().getBytes(StandardCharsets.UTF_8);
        Instant then = Instant.ofEpochSecond(vector.path("timestamp").longValue());
        String secret = vector.path("secret").stringValue();
        Map<String, String> headers = headers(
                "webhook-id", vector.path("id").stringValue(),
                "webhook-timestamp", vector.path("timestamp").asString(),
                "webhook-signature", vector.path("signature").stringValue());
        var source = source("standard");
        KnownShop shop = Readers.shop("standard", "CNY", secret);
        var genuine = new Source.SignatureCheck.Genuine(vector.path("id").stringValue(), "");
        assertThat(source.verify(shop, headers::get, body, then)).isEqualTo(genuine);

        JsonNode forms = vector.path("other_forms");
        headers.put(
                "webhook-signature",
                forms.path("several signatures in one header (only the third is valid)")
                        .stringValue());
        assertThat(source.verify(shop, headers::get, body, then)).isEqualTo(genuine);
        String bare = forms.path("secret without prefix").stringValue();
        assertThat(source.verify(Readers.shop("standard", "CNY", bare), headers::get, body, then))
                .isEqualTo(genuine);
        for (JsonNode invalid : forms.path("invalid")) {
            headers.put("webhook-signature", invalid.stringValue());
            assertThat(source.verify(shop, headers::get, body, then)).isEqualTo(new Source.SignatureCheck.Wrong());
        }
    }

    @Test
    void standardWebhooksAreGoodForFiveMinutesEitherWay() {
        JsonNode vector = Json.MAPPER.readTree(Messages.read("standard-webhooks-vector.json"));
        byte[] body = vector.path("payload").stringValue().getBytes(StandardCharsets.UTF_8);
        long then = vector.path("timestamp").longValue();
        Map<String, String> headers = headers(
                "webhook-id", vector.path("id").stringValue(),
                "webhook-timestamp", String.valueOf(then),
                "webhook-signature", vector.path("signature").stringValue());
        KnownShop shop = Readers.shop("standard", "CNY", vector.path("secret").stringValue());
        var source = source("standard");
        for (long off : new long[] {-300, 0, 300}) {
            assertThat(source.verify(shop, headers::get, body, Instant.ofEpochSecond(then + off)))
                    .isInstanceOf(Source.SignatureCheck.Genuine.class);
        }
        for (long off : new long[] {-301, 301, 86_400}) {
            assertThat(source.verify(shop, headers::get, body, Instant.ofEpochSecond(then + off)))
                    .isEqualTo(new Source.SignatureCheck.OutOfTime(off, 300));
        }
    }

    @Test
    void standardWebhooksSignedWithAPrivateKeyVerifyByItsPublicHalf() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] raw = rawPublic((EdECPublicKey) pair.getPublic());
        KnownShop shop =
                Readers.shop("standard", "CNY", "whpk_" + Base64.getEncoder().encodeToString(raw));
        byte[] body = "{\"type\":\"order.paid\"}".getBytes(StandardCharsets.UTF_8);
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update("msg_1.1700000000.".getBytes(StandardCharsets.UTF_8));
        signer.update(body);
        String signature = Base64.getEncoder().encodeToString(signer.sign());
        Map<String, String> headers = headers(
                "webhook-id", "msg_1", "webhook-timestamp", "1700000000", "webhook-signature", "v1a," + signature);
        Instant then = Instant.ofEpochSecond(1_700_000_000);
        var source = source("standard");
        assertThat(source.verify(shop, headers::get, body, then)).isInstanceOf(Source.SignatureCheck.Genuine.class);
        headers.put("webhook-id", "msg_2");
        assertThat(source.verify(shop, headers::get, body, then)).isEqualTo(new Source.SignatureCheck.Wrong());
        headers.put("webhook-id", "msg_1");
        headers.put("webhook-signature", "v1," + signature);
        assertThat(source.verify(shop, headers::get, body, then)).isEqualTo(new Source.SignatureCheck.Wrong());
    }

    @Test
    void wooCommerceGreetsWithoutASignatureAndMayDoNothingElseWithoutOne() {
        KnownShop shop = Readers.shop("woocommerce", "USD", "secret");
        var source = source("woocommerce");
        byte[] greeting = "webhook_id=11".getBytes(StandardCharsets.UTF_8);
        assertThat(source.verify(shop, name -> null, greeting, Instant.EPOCH))
                .isEqualTo(new Source.SignatureCheck.Greeting());
        byte[] order = Messages.read("02-woocommerce/doc-order-727-processing.json");
        assertThat(source.verify(shop, name -> null, order, Instant.EPOCH))
                .isInstanceOf(Source.SignatureCheck.Missing.class);
    }

    @Test
    void saleorsSignatureVerifiesByTheShopsOwnKeySet() throws Exception {
        KeyPair pair = rsa();
        AtomicInteger fetched = new AtomicInteger();
        HttpServer shopServer = keySet((RSAPublicKey) pair.getPublic(), fetched);
        try {
            var source = new SaleorWebhooks(readers.people, new KeySets(Clock.systemUTC()));
            KnownShop shop =
                    saleor("http://127.0.0.1:" + shopServer.getAddress().getPort() + "/graphql/");
            byte[] body = Messages.read("03-other-platforms/saleor-order-fully-paid-subscription.json");
            Map<String, String> headers =
                    headers("Saleor-Signature", jws(pair, "one", body), "Saleor-Event", "order_fully_paid");
            var check = source.verify(shop, headers::get, body, Instant.EPOCH);
            assertThat(check).isInstanceOf(Source.SignatureCheck.Genuine.class);
            assertThat(source.verify(shop, headers::get, body, Instant.EPOCH)).isEqualTo(check); // the same delivery
            assertThat(fetched).hasValue(1);

            byte[] flipped = body.clone();
            flipped[flipped.length / 2] ^= 1;
            assertThat(source.verify(shop, headers::get, flipped, Instant.EPOCH))
                    .isEqualTo(new Source.SignatureCheck.Wrong());
            headers.put("Saleor-Signature", jws(rsa(), "one", body));
            assertThat(source.verify(shop, headers::get, body, Instant.EPOCH))
                    .isEqualTo(new Source.SignatureCheck.Wrong());
            // A made-up key id is looked for once in ten seconds, not each time.
            for (int i = 0; i < 20; i++) {
                headers.put("Saleor-Signature", jws(pair, "made-up-" + i, body));
                assertThat(source.verify(shop, headers::get, body, Instant.EPOCH))
                        .isEqualTo(new Source.SignatureCheck.Wrong());
            }
            assertThat(fetched.get()).isLessThanOrEqualTo(2);
        } finally {
            shopServer.stop(0);
        }
    }

    @Test
    void aSaleorWhoseKeysCannotBeFetchedIsAskedToComeAgainAndNotRefused() throws Exception {
        var source = new SaleorWebhooks(readers.people, new KeySets(Clock.systemUTC()));
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = headers("Saleor-Signature", jws(rsa(), "1", body));
        assertThat(source.verify(saleor("http://127.0.0.1:1"), headers::get, body, Instant.EPOCH))
                .isEqualTo(new Source.SignatureCheck.KeysOutOfReach());
        headers.put("Saleor-Signature", "eyJhbGciOiJub25lIn0..");
        assertThat(source.verify(saleor("http://127.0.0.1:1"), headers::get, body, Instant.EPOCH))
                .isEqualTo(new Source.SignatureCheck.Wrong());
    }

    @Test
    void saleorWithASecretKeySignsInHex() throws Exception {
        byte[] body = "{\"order\":{}}".getBytes(StandardCharsets.UTF_8);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("app secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        Map<String, String> headers = headers(
                "Saleor-Signature", HexFormat.of().formatHex(mac.doFinal(body)), "Saleor-Event", "ORDER_FULLY_PAID");
        var source = source("saleor");
        var check = source.verify(Readers.shop("saleor", "USD", "app secret"), headers::get, body, Instant.EPOCH);
        assertThat(check)
                .isInstanceOfSatisfying(Source.SignatureCheck.Genuine.class, genuine -> assertThat(genuine.topic())
                        .isEqualTo("order_fully_paid"));
        assertThat(source.verify(Readers.shop("saleor", "USD", ""), headers::get, body, Instant.EPOCH))
                .isEqualTo(new Source.SignatureCheck.Wrong());
    }

    private Source source(String name) {
        return java.util.Objects.requireNonNull(readers.sources.get(name));
    }

    private static Map<String, String> headers(String... pairs) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < pairs.length; i += 2) headers.put(pairs[i], pairs[i + 1]);
        return headers;
    }

    private static KnownShop saleor(String apiUrl) {
        Shop shop = Readers.shop("saleor", "USD").shop();
        return new KnownShop(
                new Shop(
                        shop.brand(),
                        shop.id(),
                        "saleor",
                        "lumen",
                        "Lumen",
                        Currency.getInstance("USD"),
                        7,
                        apiUrl,
                        null,
                        Instant.EPOCH),
                List.of(""),
                null,
                true);
    }

    private static KeyPair rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String jws(KeyPair pair, String kid, byte[] body) throws Exception {
        var url = Base64.getUrlEncoder().withoutPadding();
        String head = url.encodeToString(
                ("{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"],\"kid\":\"" + kid + "\",\"typ\":\"JWT\"}")
                        .getBytes(StandardCharsets.UTF_8));
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(pair.getPrivate());
        signer.update((head + ".").getBytes(StandardCharsets.UTF_8));
        signer.update(body);
        return head + ".." + url.encodeToString(signer.sign());
    }

    private static HttpServer keySet(RSAPublicKey key, AtomicInteger fetched) throws Exception {
        var url = Base64.getUrlEncoder().withoutPadding();
        byte[] modulus = key.getModulus().toByteArray();
        String set = "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"one\",\"n\":\""
                + url.encodeToString(modulus[0] == 0 ? Arrays.copyOfRange(modulus, 1, modulus.length) : modulus)
                + "\",\"e\":\"" + url.encodeToString(key.getPublicExponent().toByteArray()) + "\"}]}";
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/.well-known/jwks.json", exchange -> {
            fetched.incrementAndGet();
            byte[] bytes = set.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static byte[] rawPublic(EdECPublicKey key) {
        byte[] spki = key.getEncoded();
        return Arrays.copyOfRange(spki, spki.length - 32, spki.length);
    }
}
