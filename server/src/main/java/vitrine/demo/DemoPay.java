package vitrine.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import vitrine.payment.PayAccounts;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;

/**
 * The demo's accounts at the payment hosts, which the sandbox plays: their keys are made once and lie in {@code DIR/demo-pay.json}. Where
 * real ones were set up, those are used.
 */
@Component
class DemoPay {

    private static final String FILE = "demo-pay.json";

    private final DataFolder folder;
    private final Keys keys;
    private final PayAccounts accounts;
    private final JsonMapper json = JsonMapper.builder().build();

    DemoPay(DataFolder folder, Keys keys, PayAccounts accounts) {
        this.folder = folder;
        this.keys = keys;
        this.accounts = accounts;
    }

    /** Opens the accounts here, and returns what the sandbox must know to play their other side. */
    ObjectNode connect(String sandboxUrl) {
        JsonNode pairs = pairs();
        var weChat = new PayAccounts.WeChat(
                "1900000109",
                "wxdemo0000000000",
                "DEMO",
                pairs.path("merchant").path("private").asString(),
                secret("wechat", 32),
                pairs.path("wechat").path("public").asString(),
                "PUB_KEY_ID_DEMO",
                sandboxUrl,
                secret("wechat app", 32));
        var alipay = new PayAccounts.Alipay(
                "2021000000000109",
                "2088000000000109",
                pairs.path("app").path("private").asString(),
                pairs.path("alipay").path("public").asString(),
                sandboxUrl + "/alipay/gateway.do");
        var stripe = new PayAccounts.Stripe(
                "sk_test_" + secret("stripe key", 24),
                "pk_test_" + secret("stripe page", 24),
                "whsec_" + secret("stripe events", 32),
                sandboxUrl);
        accounts.rehearse(weChat, alipay, stripe);
        ObjectNode pay = json.createObjectNode();
        pay.putObject("wechat")
                .put("mchid", weChat.mchid())
                .put("appid", weChat.appid())
                .put("serial", weChat.serial())
                .put("merchantPublicKey", pairs.path("merchant").path("public").asString())
                .put("apiV3Key", weChat.apiV3Key())
                .put("platformKey", pairs.path("wechat").path("private").asString())
                .put("platformKeyId", weChat.publicKeyId())
                .put("appSecret", weChat.appSecret());
        pay.putObject("alipay")
                .put("appid", alipay.appid())
                .put("seller", alipay.seller())
                .put("appPublicKey", pairs.path("app").path("public").asString())
                .put("alipayKey", pairs.path("alipay").path("private").asString());
        pay.putObject("stripe")
                .put("key", stripe.key())
                .put("publishableKey", stripe.publishableKey())
                .put("webhookSecret", stripe.webhookSecret());
        return pay;
    }

    private String secret(String what, int letters) {
        byte[] mac = keys.mac("demo", ("pay " + what).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(mac).substring(0, letters);
    }

    private JsonNode pairs() {
        Path file = folder.resolve(FILE);
        try {
            if (Files.exists(file)) return json.readTree(Files.readAllBytes(file));
            ObjectNode made = json.createObjectNode();
            KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
            rsa.initialize(2048);
            for (String whose : new String[] {"merchant", "wechat", "app", "alipay"}) {
                KeyPair pair = rsa.generateKeyPair();
                made.putObject(whose)
                        .put("private", text(pair.getPrivate().getEncoded()))
                        .put("public", text(pair.getPublic().getEncoded()));
            }
            DataFolder.writeDurably(file, json.writeValueAsBytes(made));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(byte[] key) {
        return Base64.getEncoder().encodeToString(key);
    }
}
