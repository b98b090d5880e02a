package vitrine.shop;

import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Reads a genuine message into what is kept of it; the same for the inbox, a replay and the reconciling reader. */
@Component
final class Readings {

    private static final int TOPIC_MAX = 80;

    private final Shops shops;
    private final DeliveryBodies bodies;

    Readings(Shops shops, DeliveryBodies bodies) {
        this.shops = shops;
        this.bodies = bodies;
    }

    Delivered read(KnownShop shop, String deliveryId, String topic, JsonNode json, byte[] body, Instant receivedAt) {
        String kept = topic.length() > TOPIC_MAX ? topic.substring(0, TOPIC_MAX) : topic;
        byte[] sealed = bodies.seal(body);
        return switch (reading(shop, topic, json, receivedAt)) {
            case Known(Source.Reading.Facts(OrderFacts facts)) ->
                new Delivered(shop.shop(), deliveryId, kept, "readable", null, facts.key(), facts.json(), sealed);
            case Known(Source.Reading.Nothing(String reason)) ->
                new Delivered(shop.shop(), deliveryId, kept, "ignored", reason, null, null, sealed);
            case Unknown(String reason) ->
                new Delivered(shop.shop(), deliveryId, kept, "unreadable", reason, null, null, sealed);
        };
    }

    sealed interface Outcome {}

    record Known(Source.Reading reading) implements Outcome {}

    record Unknown(String reason) implements Outcome {}

    Outcome reading(KnownShop shop, String topic, JsonNode json, Instant receivedAt) {
        try {
            return new Known(shops.source(shop.shop().source()).read(shop, topic, json, receivedAt));
        } catch (Json.Unreadable e) {
            return new Unknown(String.valueOf(e.getMessage()));
        } catch (ArithmeticException e) {
            return new Unknown("an amount is out of range");
        }
    }
}
