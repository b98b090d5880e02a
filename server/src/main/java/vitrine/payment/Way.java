package vitrine.payment;

import java.util.Locale;

/** How somebody pays: a gateway, and the door of it that fits her device. */
public enum Way {
    /** A code on the screen, scanned with a phone. */
    WECHAT_NATIVE("wechat"),
    /** From a phone's browser into the WeChat app. */
    WECHAT_H5("wechat"),
    /** Inside WeChat. */
    WECHAT_JSAPI("wechat"),
    ALIPAY_PAGE("alipay"),
    /** From a phone's browser into the Alipay app. */
    ALIPAY_WAP("alipay"),
    STRIPE_CARD("stripe");

    private final String gateway;

    Way(String gateway) {
        this.gateway = gateway;
    }

    public String gateway() {
        return gateway;
    }

    /** {@code wechat-native}: in message keys, in the journal's accounts, in addresses. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Way of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
