package vitrine.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Accounts at the three payment hosts that were made for a rehearsal, with the keys of both sides: what tests, the simulator and the
 * bench configure a server and a sandbox with.
 */
public final class PayContracts {
    private static final String MCHID = "1900000109";
    private static final String WECHAT_APP = "wxd678efh567hg6787";
    private static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    private static final String PLATFORM_KEY_ID = "PUB_KEY_ID_0119000001092026112900000000000001";
    private static final String WECHAT_APP_SECRET = "rehearsal-secret-of-the-app";
    private static final String API_V3_KEY = "a rehearsal's key of 32 letters.";
    private static final String ALIPAY_APP = "2021000000000109";
    private static final String SELLER = "2088000000000109";
    private static final String STRIPE_KEY = "sk_test_rehearsal";
    private static final String STRIPE_PUBLISHABLE = "pk_test_rehearsal";
    private static final String STRIPE_SECRET = "whsec_rehearsal";

    private final KeyPair merchant = pair();
    private final KeyPair platform = pair();
    private final KeyPair app = pair();
    private final KeyPair alipay = pair();

    private PayContracts() {}

    public static PayContracts make() {
        return new PayContracts();
    }

    /** The configuration of a sandbox that plays these hosts and no shop. */
    public Path write(Path file, String server) throws IOException {
        var root = Json.object().put("server", server).put("retryScale", 0.001);
        var pay = root.putObject("pay");
        pay.putObject("wechat")
                .put("mchid", MCHID)
                .put("appid", WECHAT_APP)
                .put("serial", SERIAL)
                .put("merchantPublicKey", text(merchant.getPublic().getEncoded()))
                .put("apiV3Key", API_V3_KEY)
                .put("platformKey", text(platform.getPrivate().getEncoded()))
                .put("platformKeyId", PLATFORM_KEY_ID)
                .put("appSecret", WECHAT_APP_SECRET);
        pay.putObject("alipay")
                .put("appid", ALIPAY_APP)
                .put("seller", SELLER)
                .put("appPublicKey", text(app.getPublic().getEncoded()))
                .put("alipayKey", text(alipay.getPrivate().getEncoded()));
        pay.putObject("stripe")
                .put("key", STRIPE_KEY)
                .put("publishableKey", STRIPE_PUBLISHABLE)
                .put("webhookSecret", STRIPE_SECRET);
        return Files.write(file, Json.bytes(root));
    }

    /** The server's settings, by their variables. */
    public Map<String, String> variables(String sandbox) {
        var variables = new LinkedHashMap<String, String>();
        variables.put("VITRINE_PAY_WECHAT_MCHID", MCHID);
        variables.put("VITRINE_PAY_WECHAT_APPID", WECHAT_APP);
        variables.put("VITRINE_PAY_WECHAT_SERIAL", SERIAL);
        variables.put("VITRINE_PAY_WECHAT_KEY", text(merchant.getPrivate().getEncoded()));
        variables.put("VITRINE_PAY_WECHAT_APIV3_KEY", API_V3_KEY);
        variables.put("VITRINE_PAY_WECHAT_PUBLIC_KEY", text(platform.getPublic().getEncoded()));
        variables.put("VITRINE_PAY_WECHAT_PUBLIC_KEY_ID", PLATFORM_KEY_ID);
        variables.put("VITRINE_PAY_WECHAT_APP_SECRET", WECHAT_APP_SECRET);
        variables.put("VITRINE_PAY_WECHAT_URL", sandbox);
        variables.put("VITRINE_PAY_ALIPAY_APPID", ALIPAY_APP);
        variables.put("VITRINE_PAY_ALIPAY_SELLER", SELLER);
        variables.put("VITRINE_PAY_ALIPAY_KEY", text(app.getPrivate().getEncoded()));
        variables.put("VITRINE_PAY_ALIPAY_PUBLIC_KEY", text(alipay.getPublic().getEncoded()));
        variables.put("VITRINE_PAY_ALIPAY_URL", sandbox + "/alipay/gateway.do");
        variables.put("VITRINE_PAY_STRIPE_KEY", STRIPE_KEY);
        variables.put("VITRINE_PAY_STRIPE_PUBLISHABLE_KEY", STRIPE_PUBLISHABLE);
        variables.put("VITRINE_PAY_STRIPE_WEBHOOK_SECRET", STRIPE_SECRET);
        variables.put("VITRINE_PAY_STRIPE_URL", sandbox);
        return variables;
    }

    private static KeyPair pair() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }

    private static String text(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }
}
