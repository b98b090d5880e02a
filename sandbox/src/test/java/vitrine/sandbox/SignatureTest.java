package vitrine.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.sandbox.Fixtures.NOON;
import static vitrine.sandbox.Fixtures.bought;
import static vitrine.sandbox.Fixtures.event;
import static vitrine.sandbox.Fixtures.resource;
import static vitrine.sandbox.Fixtures.shop;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every signature is checked by a second implementation, which is itself held against published vectors. */
class SignatureTest {
    @Test
    void theSecondImplementationAgreesWithThePublishedVectors() throws Exception {
        var shopify = Json.read(resource("vectors/shopify-vector.json"));
        assertThat(IndependentCheck.hmac(
                        shopify.path("secret").asString().getBytes(UTF_8),
                        resource("vectors/shopify-body.json").getBytes(UTF_8)))
                .isEqualTo(shopify.path("hmac_base64").asString());
        var standard = Json.read(resource("vectors/standard-webhooks-vector.json"));
        var signed = standard.path("id").asString() + "."
                + standard.path("timestamp").asLong() + "."
                + standard.path("payload").asString();
        var key = Base64.getDecoder().decode(standard.path("secret").asString().substring("whsec_".length()));
        assertThat("v1," + IndependentCheck.hmac(key, signed.getBytes(UTF_8)))
                .isEqualTo(standard.path("signature").asString());
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void everyMessageOfALifeVerifies(Source source) throws Exception {
        var shop = shop(source, "CNY");
        var jwks = source == Source.SALEOR ? Saleor.jwks(shop.secret()) : Json.object();
        var paid = bought(shop).pay(NOON);
        var sent = paid.order().fulfil(NOON);
        var arrived = sent.order().deliver(NOON, 0);
        var returned = arrived.order().giveBackAll(NOON, "七天无理由");
        for (var step : java.util.List.of(
                paid, paid.order().edit(NOON, 0, 5), paid.order().cancel(NOON), sent, arrived, returned)) {
            for (var event : Messages.events(shop, step)) {
                var message = Messages.of(shop, event, NOON);
                assertThat(IndependentCheck.verifies(source, shop.secret(), jwks, message::header, message.body()))
                        .as(event.name())
                        .isTrue();
                assertThat(IndependentCheck.verifies(
                                source, shop.secret(), jwks, message.withBadSignature()::header, message.body()))
                        .as(event.name() + " with a bad signature")
                        .isFalse();
            }
        }
    }

    @Test
    void aShopifyMessageCarriesShopifysHeaders() {
        var shop = shop(Source.SHOPIFY, "CNY");
        var message = Messages.of(shop, event(shop, bought(shop).pay(NOON), "orders/paid"), NOON);
        assertThat(message.headers())
                .containsEntry("X-Shopify-Topic", "orders/paid")
                .containsEntry("X-Shopify-API-Version", "2026-10")
                .containsEntry("X-Shopify-Webhook-Id", message.deliveryId())
                .containsEntry("Content-Type", "application/json")
                .containsKeys("X-Shopify-Shop-Domain", "X-Shopify-Event-Id", "X-Shopify-Triggered-At");
        assertThat(message.url()).isEqualTo("http://vitrine.example/in/shopify/lumen-shopify");
    }

    @Test
    void aWooCommerceMessageCarriesWooCommercesHeaders() {
        var shop = shop(Source.WOOCOMMERCE, "CNY");
        var message = Messages.of(shop, event(shop, bought(shop).pay(NOON), "order.updated"), NOON);
        assertThat(message.headers())
                .containsEntry("X-WC-Webhook-Topic", "order.updated")
                .containsEntry("X-WC-Webhook-Resource", "order")
                .containsEntry("X-WC-Webhook-Event", "updated")
                .containsEntry("X-WC-Webhook-Delivery-ID", message.deliveryId())
                .containsKeys("X-WC-Webhook-Source", "X-WC-Webhook-ID");
    }

    @Test
    void aSaleorMessageNamesItsEventAndItsShop() {
        var shop = shop(Source.SALEOR, "EUR");
        var message = Messages.of(shop, event(shop, bought(shop).pay(NOON), "ORDER_FULLY_PAID"), NOON);
        assertThat(message.headers())
                .containsEntry("Saleor-Event", "order_fully_paid")
                .containsEntry("Saleor-Domain", shop.domain())
                .containsEntry("Saleor-Api-Url", shop.baseUrl() + "/graphql/");
    }

    @Test
    void aStandardMessageCarriesRealTimeAndOneSignatureForEachKey() {
        var shop = shop(Source.STANDARD, "CNY");
        var signedAt = NOON.plusSeconds(86_400);
        var message = Messages.of(shop, event(shop, bought(shop).pay(NOON), "order.paid"), signedAt);
        assertThat(message.headers())
                .containsEntry("webhook-id", message.deliveryId())
                .containsEntry("webhook-timestamp", String.valueOf(signedAt.getEpochSecond()));
        assertThat(message.deliveryId()).doesNotContain(".");
        assertThat(message.header("webhook-signature")).matches("v1,[^ ]+ v1a,[^ ]+");
        assertThat(Json.read(message.body()).path("timestamp").asString())
                .as("the body carries business time")
                .isEqualTo("2026-06-01T04:00:01Z");
    }

    @ParameterizedTest
    @EnumSource(Source.class)
    void aRetryHasTheSameIdentityAndAnotherEventAnother(Source source) {
        var shop = shop(source, "CNY");
        var paid = bought(shop).pay(NOON);
        var first = Messages.of(shop, Messages.events(shop, paid).getFirst(), NOON);
        var again = Messages.of(shop, Messages.events(shop, paid).getFirst(), NOON.plusSeconds(600));
        var next = Messages.of(
                shop, Messages.events(shop, paid.order().fulfil(NOON)).getFirst(), NOON);
        assertThat(again.deliveryId()).isEqualTo(first.deliveryId());
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(next.deliveryId()).isNotEqualTo(first.deliveryId());
    }
}
