package vitrine.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.sandbox.Fixtures.NOON;
import static vitrine.sandbox.Fixtures.bought;
import static vitrine.sandbox.Fixtures.event;
import static vitrine.sandbox.Fixtures.resource;
import static vitrine.sandbox.Fixtures.shop;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every signature is checked by a second implementation that stands in this file, and which is itself held against
 * published vectors: HMAC from its definition (RFC 2104), Ed25519 against a key of RFC 8032, RSA against the key set.
 */
class SignatureTest {
    @Test
    void theSecondImplementationAgreesWithThePublishedVectors() throws Exception {
        var shopify = Json.read(resource("vectors/shopify-vector.json"));
        assertThat(hmac(shopify.path("secret").asString().getBytes(UTF_8), resource("vectors/shopify-body.json")))
                .isEqualTo(shopify.path("hmac_base64").asString());
        var standard = Json.read(resource("vectors/standard-webhooks-vector.json"));
        var signed = standard.path("id").asString() + "."
                + standard.path("timestamp").asLong() + "."
                + standard.path("payload").asString();
        var key = Base64.getDecoder().decode(standard.path("secret").asString().substring("whsec_".length()));
        assertThat("v1," + hmac(key, signed))
                .isEqualTo(standard.path("signature").asString());
    }

    @Test
    void aShopifyMessageIsSignedOverItsRawBytes() throws Exception {
        var shop = shop(Source.SHOPIFY, "CNY");
        var paid = bought(shop).pay(NOON);
        var message = Messages.of(shop, event(shop, paid, "orders/paid"), NOON);
        assertThat(message.header("X-Shopify-Hmac-SHA256"))
                .isEqualTo(hmac(shop.secret().getBytes(UTF_8), new String(message.body(), UTF_8)));
        assertThat(message.headers())
                .containsEntry("X-Shopify-Topic", "orders/paid")
                .containsEntry("X-Shopify-API-Version", "2026-10")
                .containsEntry("X-Shopify-Webhook-Id", message.deliveryId())
                .containsKeys("X-Shopify-Shop-Domain", "X-Shopify-Event-Id", "X-Shopify-Triggered-At");
        assertThat(message.url()).isEqualTo("http://vitrine.example/in/shopify/lumen-shopify");
    }

    @Test
    void aWooCommerceMessageIsSignedOverItsRawBytes() throws Exception {
        var shop = shop(Source.WOOCOMMERCE, "CNY");
        var paid = bought(shop).pay(NOON);
        var message = Messages.of(shop, event(shop, paid, "order.updated"), NOON);
        assertThat(message.header("X-WC-Webhook-Signature"))
                .isEqualTo(hmac(shop.secret().getBytes(UTF_8), new String(message.body(), UTF_8)));
        assertThat(message.headers())
                .containsEntry("X-WC-Webhook-Topic", "order.updated")
                .containsEntry("X-WC-Webhook-Resource", "order")
                .containsEntry("X-WC-Webhook-Event", "updated")
                .containsEntry("X-WC-Webhook-Delivery-ID", message.deliveryId())
                .containsKeys("X-WC-Webhook-Source", "X-WC-Webhook-ID");
    }

    @Test
    void aSaleorMessageVerifiesWithTheKeyThatTheShopPublishes() throws Exception {
        var shop = shop(Source.SALEOR, "EUR");
        var paid = bought(shop).pay(NOON);
        var message = Messages.of(shop, event(shop, paid, "ORDER_FULLY_PAID"), NOON);
        var jws = message.header("Saleor-Signature").split("\\.", -1);
        assertThat(jws).hasSize(3);
        assertThat(jws[1]).as("the payload is detached").isEmpty();
        var header = Json.read(Base64.getUrlDecoder().decode(jws[0]));
        assertThat(header.path("alg").asString()).isEqualTo("RS256");
        assertThat(header.path("b64").asBoolean(true)).isFalse();

        var jwk = Saleor.jwks(shop.secret()).path("keys").path(0);
        assertThat(jwk.path("kid").asString()).isEqualTo(header.path("kid").asString());
        var key = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        new BigInteger(
                                1, Base64.getUrlDecoder().decode(jwk.path("n").asString())),
                        new BigInteger(
                                1, Base64.getUrlDecoder().decode(jwk.path("e").asString()))));
        var signed = join((jws[0] + ".").getBytes(UTF_8), message.body());
        assertThat(verifies("SHA256withRSA", key, signed, Base64.getUrlDecoder().decode(jws[2])))
                .isTrue();
        assertThat(message.headers())
                .containsEntry("Saleor-Event", "order_fully_paid")
                .containsKeys("Saleor-Domain", "Saleor-Api-Url");
    }

    @Test
    void aStandardMessageCarriesOneSignatureForEachOfTheShopsKeys() throws Exception {
        var shop = shop(Source.STANDARD, "CNY");
        var paid = bought(shop).pay(NOON);
        var message = Messages.of(shop, event(shop, paid, "order.paid"), NOON);
        assertThat(message.headers())
                .containsEntry("webhook-id", message.deliveryId())
                .containsEntry("webhook-timestamp", String.valueOf(NOON.getEpochSecond()));
        assertThat(message.deliveryId()).doesNotContain(".");
        var signatures = message.header("webhook-signature").split(" ");
        assertThat(signatures).hasSize(2);
        var prefix = message.deliveryId() + "." + NOON.getEpochSecond() + ".";
        var key = Base64.getDecoder().decode(Fixtures.WHSEC.substring("whsec_".length()));
        assertThat(signatures[0]).isEqualTo("v1," + hmac(key, prefix + new String(message.body(), UTF_8)));
        assertThat(signatures[1]).startsWith("v1a,");
        assertThat(verifies(
                        "Ed25519",
                        rfc8032Public(),
                        join(prefix.getBytes(UTF_8), message.body()),
                        Base64.getDecoder().decode(signatures[1].substring("v1a,".length()))))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void aRetryHasTheSameIdentityAndAnotherEventAnother(Source source) {
        var shop = shop(source, "CNY");
        var order = bought(shop);
        var paid = order.pay(NOON);
        var first = Messages.of(shop, Messages.events(shop, paid).getFirst(), NOON);
        var again = Messages.of(shop, Messages.events(shop, paid).getFirst(), NOON.plusSeconds(600));
        var next = Messages.of(
                shop, Messages.events(shop, paid.order().fulfil(NOON)).getFirst(), NOON);
        assertThat(again.deliveryId()).isEqualTo(first.deliveryId());
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(next.deliveryId()).isNotEqualTo(first.deliveryId());
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void aSpoiltMessageDiffersInItsSignatureAlone(Source source) {
        var shop = shop(source, "CNY");
        var good =
                Messages.of(shop, Messages.events(shop, bought(shop).pay(NOON)).getFirst(), NOON);
        var bad = good.withBadSignature();
        assertThat(bad.body()).isSameAs(good.body());
        var differing = good.headers().keySet().stream()
                .filter(name -> !good.header(name).equals(bad.header(name)))
                .toList();
        assertThat(differing).hasSize(1);
        var name = differing.getFirst();
        assertThat(bad.header(name)).hasSameSizeAs(good.header(name));
    }

    /** HMAC-SHA-256 from its definition: H(K xor opad, H(K xor ipad, text)). */
    private static String hmac(byte[] key, String text) throws Exception {
        var block = Arrays.copyOf(key.length > 64 ? sha256(key) : key, 64);
        var inner = block.clone();
        var outer = block.clone();
        for (int i = 0; i < 64; i++) {
            inner[i] ^= 0x36;
            outer[i] ^= 0x5c;
        }
        return Base64.getEncoder().encodeToString(sha256(join(outer, sha256(join(inner, text.getBytes(UTF_8))))));
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] join(byte[] a, byte[] b) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    private static PublicKey rfc8032Public() throws Exception {
        var der = HexFormat.of().parseHex("302a300506032b6570032100" + Fixtures.RFC8032_PUBLIC);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }

    private static boolean verifies(String algorithm, PublicKey key, byte[] signed, byte[] signature) throws Exception {
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(key);
        verifier.update(signed);
        return verifier.verify(signature);
    }
}
