package vitrine.shop;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A kind of shop: how its messages are signed, and what they say. */
interface Source {

    /** The word in the inbox address. */
    String name();

    /** Looks at the raw bytes only, in constant time, before anything reads them. */
    SignatureCheck verify(KnownShop shop, Headers headers, byte[] body, Instant now);

    /**
     * What a message of this topic says about an order.
     *
     * @param receivedAt stands in where the message does not say when it was written
     * @throws Json.Unreadable JSON, but not what this source says it sends
     */
    Reading read(KnownShop shop, String topic, JsonNode body, Instant receivedAt);

    /** All that {@link #read} looks into. A name too many costs time, one that is missing costs an order. */
    Wanted wanted(String topic);

    /** What staff have to do in the shop's own administration, in order; message keys under {@code shop.setup}. */
    List<String> setupSteps();

    @FunctionalInterface
    interface Headers {
        @Nullable
        String get(String name);
    }

    sealed interface SignatureCheck {
        /** @param deliveryId the same when the shop sends the same message again */
        record Genuine(String deliveryId, String topic) implements SignatureCheck {}

        /** A greeting without content, which the source does not sign: answered politely, kept nowhere. */
        record Greeting() implements SignatureCheck {}

        record Missing(String header) implements SignatureCheck {}

        record Wrong() implements SignatureCheck {}

        /** Genuine or not: too old or too new to be looked at. */
        record OutOfTime(long secondsOff, long secondsMax) implements SignatureCheck {}

        /** The shop's public keys could not be fetched just now; the sender should come again. */
        record KeysOutOfReach() implements SignatureCheck {}
    }

    sealed interface Reading {
        record Facts(OrderFacts facts) implements Reading {}

        /** Understood, and nothing for us in it; the reason is a stable word. */
        record Nothing(String reason) implements Reading {}
    }
}
