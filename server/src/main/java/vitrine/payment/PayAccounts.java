package vitrine.payment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import vitrine.platform.Setting;
import vitrine.platform.StartRefused;

/** Our accounts at the gateways: as set, and in a demo those of the rehearsal. A gateway without one is not offered. */
@Component
public class PayAccounts {

    /**
     * @param url null: the real hosts
     * @param appSecret null: nobody can pay inside WeChat, where who pays must be asked first
     */
    public record WeChat(
            String mchid,
            String appid,
            String serial,
            String privateKey,
            String apiV3Key,
            String publicKey,
            String publicKeyId,
            @Nullable String url,
            @Nullable String appSecret) {

        /** Never with its keys, wherever it is printed. */
        @Override
        public String toString() {
            return "WeChat[" + mchid + "]";
        }
    }

    /** @param url null: the real host */
    public record Alipay(
            String appid,
            String seller,
            String privateKey,
            String publicKey,
            @Nullable String url) {
        @Override
        public String toString() {
            return "Alipay[" + appid + "]";
        }
    }

    /** @param url null: the real host */
    public record Stripe(
            String key,
            String publishableKey,
            String webhookSecret,
            @Nullable String url) {
        @Override
        public String toString() {
            return "Stripe[" + publishableKey + "]";
        }
    }

    private final Environment environment;
    private volatile @Nullable WeChat weChat;
    private volatile @Nullable Alipay alipay;
    private volatile @Nullable Stripe stripe;

    PayAccounts(Environment environment) {
        this.environment = environment;
        this.weChat = weChatAsSet();
        this.alipay = alipayAsSet();
        this.stripe = stripeAsSet();
    }

    /** The demo's own accounts at the stand-in, for gateways that nobody set up. */
    public void rehearse(WeChat weChat, Alipay alipay, Stripe stripe) {
        if (this.weChat == null) this.weChat = weChat;
        if (this.alipay == null) this.alipay = alipay;
        if (this.stripe == null) this.stripe = stripe;
    }

    @Nullable
    WeChat weChat() {
        return weChat;
    }

    @Nullable
    Alipay alipay() {
        return alipay;
    }

    @Nullable
    Stripe stripe() {
        return stripe;
    }

    private @Nullable WeChat weChatAsSet() {
        if (!isSet(
                Setting.PAY_WECHAT_MCHID,
                Setting.PAY_WECHAT_APPID,
                Setting.PAY_WECHAT_SERIAL,
                Setting.PAY_WECHAT_KEY,
                Setting.PAY_WECHAT_APIV3_KEY,
                Setting.PAY_WECHAT_PUBLIC_KEY,
                Setting.PAY_WECHAT_PUBLIC_KEY_ID)) return null;
        return new WeChat(
                text(Setting.PAY_WECHAT_MCHID),
                text(Setting.PAY_WECHAT_APPID),
                text(Setting.PAY_WECHAT_SERIAL),
                privateKey(Setting.PAY_WECHAT_KEY),
                apiV3Key(),
                publicKey(Setting.PAY_WECHAT_PUBLIC_KEY),
                text(Setting.PAY_WECHAT_PUBLIC_KEY_ID),
                find(Setting.PAY_WECHAT_URL),
                find(Setting.PAY_WECHAT_APP_SECRET));
    }

    private @Nullable Alipay alipayAsSet() {
        if (!isSet(
                Setting.PAY_ALIPAY_APPID,
                Setting.PAY_ALIPAY_SELLER,
                Setting.PAY_ALIPAY_KEY,
                Setting.PAY_ALIPAY_PUBLIC_KEY)) return null;
        return new Alipay(
                text(Setting.PAY_ALIPAY_APPID),
                text(Setting.PAY_ALIPAY_SELLER),
                privateKey(Setting.PAY_ALIPAY_KEY),
                publicKey(Setting.PAY_ALIPAY_PUBLIC_KEY),
                find(Setting.PAY_ALIPAY_URL));
    }

    private @Nullable Stripe stripeAsSet() {
        if (!isSet(Setting.PAY_STRIPE_KEY, Setting.PAY_STRIPE_PUBLISHABLE_KEY, Setting.PAY_STRIPE_WEBHOOK_SECRET))
            return null;
        return new Stripe(
                text(Setting.PAY_STRIPE_KEY),
                text(Setting.PAY_STRIPE_PUBLISHABLE_KEY),
                text(Setting.PAY_STRIPE_WEBHOOK_SECRET),
                find(Setting.PAY_STRIPE_URL));
    }

    /** All of them or none: half an account takes nobody's money and looks as if it did. */
    private boolean isSet(Setting... settings) {
        List<String> missing = Arrays.stream(settings)
                .filter(setting -> find(setting) == null)
                .map(Setting::variable)
                .toList();
        if (missing.isEmpty() || missing.size() == settings.length) return missing.isEmpty();
        throw new StartRefused(
                StartRefused.CONFIGURATION,
                "Not set, though others of that account are: " + String.join(", ", missing));
    }

    private @Nullable String find(Setting setting) {
        String text = environment.getProperty(setting.property());
        return text == null || text.isBlank() ? null : text.strip();
    }

    private String text(Setting setting) {
        String text = find(setting);
        if (text == null) throw new IllegalStateException(setting.variable());
        return text;
    }

    /** A key's text, or {@code file:} and where it lies; with or without the lines around a PEM. */
    private String key(Setting setting) {
        String text = text(setting);
        try {
            if (text.startsWith("file:")) text = Files.readString(Path.of(text.substring("file:".length())));
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "%s: its file cannot be read: %s".formatted(setting.variable(), e.getMessage()),
                    e);
        }
        return text.replaceAll("-----[A-Z ]+-----|\\s", "");
    }

    /** Found at the start and not by the first payer: a key that is no key. */
    private String privateKey(Setting setting) {
        String key = key(setting);
        try {
            KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key)));
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw noKey(setting, "a private RSA key in PKCS#8");
        }
    }

    private String publicKey(Setting setting) {
        String key = key(setting);
        try {
            KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key)));
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw noKey(setting, "a public RSA key");
        }
    }

    /** Without the exception, which may quote the key. */
    private static StartRefused noKey(Setting setting, String wanted) {
        return new StartRefused(StartRefused.CONFIGURATION, setting.variable() + " is not " + wanted + ".");
    }

    private String apiV3Key() {
        String key = text(Setting.PAY_WECHAT_APIV3_KEY);
        if (key.getBytes(StandardCharsets.UTF_8).length != 32)
            throw noKey(Setting.PAY_WECHAT_APIV3_KEY, "32 characters");
        return key;
    }
}
