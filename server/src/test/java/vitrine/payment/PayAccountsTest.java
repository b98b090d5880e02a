package vitrine.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;
import vitrine.platform.Setting;
import vitrine.platform.StartRefused;
import vitrine.sandbox.PayContracts;

/** What an operator sets, and what stops the start before the first payer finds out. */
class PayAccountsTest {

    private static final Map<String, String> SET = PayContracts.make().variables("http://localhost:8090");

    private static MockEnvironment environment() {
        var environment = new MockEnvironment();
        for (Setting setting : Setting.values()) {
            String value = SET.get(setting.variable());
            if (value != null) environment.setProperty(setting.property(), value);
        }
        return environment;
    }

    @Test
    void aGatewayOfWhichNothingIsSetIsNotOffered() {
        var accounts = new PayAccounts(new MockEnvironment());
        assertThat(accounts.weChat()).isNull();
        assertThat(accounts.alipay()).isNull();
        assertThat(accounts.stripe()).isNull();
    }

    @Test
    void halfAnAccountStopsTheStartAndNamesWhatIsMissing() {
        var environment = environment();
        environment.setProperty(Setting.PAY_STRIPE_WEBHOOK_SECRET.property(), " ");
        assertThat(catchThrowable(() -> new PayAccounts(environment)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("VITRINE_PAY_STRIPE_WEBHOOK_SECRET");
    }

    @Test
    void aKeyThatIsNoKeyStopsTheStartAndIsNotRepeated() {
        for (Setting setting : new Setting[] {
            Setting.PAY_WECHAT_KEY,
            Setting.PAY_WECHAT_PUBLIC_KEY,
            Setting.PAY_WECHAT_APIV3_KEY,
            Setting.PAY_ALIPAY_KEY,
            Setting.PAY_ALIPAY_PUBLIC_KEY
        }) {
            var environment = environment();
            environment.setProperty(setting.property(), "c2VjcmV0IHRleHQ=");
            assertThat(catchThrowable(() -> new PayAccounts(environment)))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining(setting.variable())
                    .hasMessageNotContaining("c2VjcmV0");
        }
    }

    @Test
    void aKeyMayLieInAFileWithTheLinesOfAPem(@TempDir Path folder) throws Exception {
        String key = Objects.requireNonNull(SET.get("VITRINE_PAY_ALIPAY_KEY"));
        Path file = Files.writeString(
                folder.resolve("app.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + key.replaceAll("(.{64})", "$1\n") + "\n-----END PRIVATE KEY-----\n");
        var environment = environment();
        environment.setProperty(Setting.PAY_ALIPAY_KEY.property(), "file:" + file);
        assertThat(Objects.requireNonNull(new PayAccounts(environment).alipay()).privateKey())
                .isEqualTo(key);
    }

    @Test
    void anAccountIsNeverPrintedWithItsKeys() {
        var accounts = new PayAccounts(environment());
        assertThat(accounts.weChat() + " " + accounts.alipay() + " " + accounts.stripe())
                .doesNotContain(Objects.requireNonNull(SET.get("VITRINE_PAY_WECHAT_KEY")))
                .doesNotContain(Objects.requireNonNull(SET.get("VITRINE_PAY_WECHAT_APIV3_KEY")))
                .doesNotContain(Objects.requireNonNull(SET.get("VITRINE_PAY_ALIPAY_KEY")))
                .doesNotContain(Objects.requireNonNull(SET.get("VITRINE_PAY_STRIPE_KEY")))
                .doesNotContain(Objects.requireNonNull(SET.get("VITRINE_PAY_STRIPE_WEBHOOK_SECRET")));
    }
}
