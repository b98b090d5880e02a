package vitrine.sandbox;

import tools.jackson.databind.JsonNode;

/**
 * What goes wrong between the payment hosts and the merchant. {@code …Next} counts down from the next callback or answer on.
 *
 * @param host the one that is away or slow, by its name; empty: all are
 * @param away the hosts answer 503
 * @param unansweredNext a request is done, and its answer is lost
 * @param slowMillis before each answer
 * @param delayMillis before each callback
 * @param signTestNext callbacks with WeChat's probe in place of their signature, before the real ones
 * @param badAnswerNext answers that were not signed by whom they come from: WeChat's with its probe, Alipay's with another key
 * @param wrongAmountNext callbacks that say one minor unit less
 * @param garbledBill WeChat's bill has amounts that are none
 * @param payerBusyNext closings that find a payer who is just paying: they are refused, and whoever asks then hears so
 * @param feesBack what a host kept comes back with a refund, in parts as the money does
 * @param settlesIn Stripe's account settles in this currency, at nine for ten; empty: in the price's
 * @param refundsPend a refund is under way first, and done when it is asked for
 */
record PaySwitches(
        String host,
        boolean away,
        int unansweredNext,
        long slowMillis,
        long delayMillis,
        int dropPercent,
        int dropNext,
        int doublePercent,
        int badSignatureNext,
        int signTestNext,
        int badAnswerNext,
        int wrongAmountNext,
        int payerBusyNext,
        boolean garbledBill,
        boolean feesBack,
        String settlesIn,
        boolean refundsPend) {
    static final PaySwitches OFF = new PaySwitches("", false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false, "", false);

    /** Whether that host is meant. */
    boolean mean(String name) {
        return host.isEmpty() || host.equals(name);
    }

    /** Only what the JSON names is changed. */
    PaySwitches with(JsonNode json) {
        for (var field : json.propertyNames()) {
            if (!Json.MAPPER.valueToTree(this).has(field)) {
                throw Refused.invalid("switch.unknown", "there is no switch " + field);
            }
        }
        return new PaySwitches(
                json.path("host").asString(host),
                json.path("away").asBoolean(away),
                json.path("unansweredNext").asInt(unansweredNext),
                json.path("slowMillis").asLong(slowMillis),
                json.path("delayMillis").asLong(delayMillis),
                json.path("dropPercent").asInt(dropPercent),
                json.path("dropNext").asInt(dropNext),
                json.path("doublePercent").asInt(doublePercent),
                json.path("badSignatureNext").asInt(badSignatureNext),
                json.path("signTestNext").asInt(signTestNext),
                json.path("badAnswerNext").asInt(badAnswerNext),
                json.path("wrongAmountNext").asInt(wrongAmountNext),
                json.path("payerBusyNext").asInt(payerBusyNext),
                json.path("garbledBill").asBoolean(garbledBill),
                json.path("feesBack").asBoolean(feesBack),
                json.path("settlesIn").asString(settlesIn),
                json.path("refundsPend").asBoolean(refundsPend));
    }
}
