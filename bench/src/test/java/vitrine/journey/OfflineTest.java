package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** Whoever reads in the other language than the phone speaks: as chosen on a page, which only a cookie and the page know. */
    @ParameterizedTest
    @CsvSource({"zh-CN, en, zh", "en-GB, zh, en"})
    void aCertificateOpensInTheLanguageThatWasChosenAndNotInThePhones(
            String phone, String chosen, String phones, Festival festival) {
        String address = "/c/" + festival.ownedPiece();
        try (BrowserContext context = festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale(phone))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.navigate(festival.url() + "/");
            Festival.waitFor("the worker to be in charge", () -> page.evaluate("!!navigator.serviceWorker.controller")
                    .equals(true));
            page.navigate(festival.url() + address);
            assertThat(language(page)).isEqualTo(phones);
            isKept(page, address, phones);
            page.locator("header a[hreflang]").click();
            page.waitForURL(url -> url.contains("lang="));
            assertThat(language(page)).isEqualTo(chosen);
            String name = page.locator("h1").innerText();
            isKept(page, address, chosen);

            context.setOffline(true);
            page.navigate(festival.url() + address);
            assertThat(page.locator("h1").innerText()).isEqualTo(name);
            assertThat(language(page)).isEqualTo(chosen);
            page.navigate(festival.url() + "/campaigns");
            assertThat(language(page))
                    .as("and so does the page that says what is wrong")
                    .isEqualTo(chosen);
            page.locator("[data-kept] a").first().click();
            page.waitForURL("**" + address);
            assertThat(language(page)).isEqualTo(chosen);

            // The language is chosen back elsewhere: what was kept is still shown, as it was read.
            context.setOffline(false);
            page.navigate(festival.url() + "/");
            page.locator("header a[hreflang]").click();
            page.waitForURL(url -> url.contains("lang="));
            assertThat(language(page)).isEqualTo(phones);
            context.setOffline(true);
            page.navigate(festival.url() + address);
            assertThat(page.locator("h1").innerText()).isEqualTo(name);
        }
    }

    private static String language(Page page) {
        return page.locator("html").getAttribute("lang").substring(0, 2);
    }

    private static void isKept(Page page, String address, String language) {
        Festival.waitFor(
                "the certificate to be kept in " + language,
                () -> page.evaluate("""
                        ([path, lang]) => caches.open('certificates').then(c => c.match(path)).then(r => r ? r.text() : '')
                          .then(text => text.includes('<html lang="' + lang))""", java.util.List.of(address, language)).equals(true));
    }
}
