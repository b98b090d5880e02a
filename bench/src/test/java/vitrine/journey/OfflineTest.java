package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In the underground: no network, and a certificate to show. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class OfflineTest {

    @ParameterizedTest
    @ValueSource(strings = {"zh-CN", "en-GB"})
    void withoutANetworkTheCertificateThatWasLookedAtStillOpensAndTheRestSaysWhatIsWrong(
            String locale, Festival festival) {
        String piece = festival.ownedPiece();
        try (BrowserContext context = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale(locale))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/");
            Festival.waitFor("the worker to be in charge", () -> page.evaluate("!!navigator.serviceWorker.controller")
                    .equals(true));
            page.navigate(festival.url() + "/c/" + piece);
            String title = page.locator("h1").innerText();
            Festival.waitFor("the certificate to be kept", () -> page.evaluate(
                            "caches.open('certificates').then(c => c.match('/c/" + piece + "')).then(r => !!r)")
                    .equals(true));

            context.setOffline(true);
            page.navigate(festival.url() + "/campaigns");
            assertThat(page.locator("h1").innerText())
                    .isEqualTo(locale.startsWith("zh") ? "没有网络" : "There is no network");
            page.locator("[data-kept] a").first().click();
            page.waitForURL("**/c/" + piece);
            assertThat(page.locator("h1").innerText()).isEqualTo(title);
            assertThat(page.evaluate("[...document.styleSheets].some(s => s.cssRules.length > 0)"))
                    .as("with its styles")
                    .isEqualTo(true);
            page.navigate(festival.url() + "/verify");
            assertThat(page.locator("input[type=file]").count())
                    .as("the verifier")
                    .isPositive();

            context.setOffline(false);
            page.navigate(festival.url() + "/campaigns");
            assertThat(page.locator("h1").innerText()).isNotEqualTo(title);
        }
    }
}
