package vitrine.sandbox;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The accounts at the three payment hosts that the sandbox plays: what both sides of a real contract would know, and the private keys
 * of the hosts' side. Each may be left out.
 */
record PayConfig(
        @Nullable WeChat weChat,
        @Nullable Alipay alipay,
        @Nullable Stripe stripe) {

    /**
     * {@code platformKey} is the private key of "WeChat Pay"; {@code merchantPublicKey} checks what the merchant signs; {@code appSecret}
     * is empty where nobody may ask who somebody is.
     */
    record WeChat(
            String mchid,
            String appid,
            String serial,
            String merchantPublicKey,
            String apiV3Key,
            String platformKey,
            String platformKeyId,
            String appSecret) {}

    record Alipay(String appid, String seller, String appPublicKey, String alipayKey) {}

    record Stripe(String key, String publishableKey, String webhookSecret, String webhookUrl) {}

    static PayConfig of(JsonNode json, String server) {
        var weChat = json.path("wechat");
        var alipay = json.path("alipay");
        var stripe = json.path("stripe");
        return new PayConfig(
                weChat.isObject()
                        ? new WeChat(
                                text(weChat, "mchid"),
                                text(weChat, "appid"),
                                text(weChat, "serial"),
                                text(weChat, "merchantPublicKey"),
                                text(weChat, "apiV3Key"),
                                text(weChat, "platformKey"),
                                text(weChat, "platformKeyId"),
                                weChat.path("appSecret").asString(""))
                        : null,
                alipay.isObject()
                        ? new Alipay(
                                text(alipay, "appid"),
                                text(alipay, "seller"),
                                text(alipay, "appPublicKey"),
                                text(alipay, "alipayKey"))
                        : null,
                stripe.isObject()
                        ? new Stripe(
                                text(stripe, "key"),
                                text(stripe, "publishableKey"),
                                text(stripe, "webhookSecret"),
                                stripe.path("webhookUrl").asString(server + "/pay/stripe/webhook"))
                        : null);
    }

    boolean isEmpty() {
        return weChat == null && alipay == null && stripe == null;
    }

    private static String text(JsonNode json, String field) {
        var text = json.path(field).asString("");
        if (text.isBlank()) {
            throw Refused.invalid("config.invalid", field + " is missing");
        }
        return text;
    }
}
