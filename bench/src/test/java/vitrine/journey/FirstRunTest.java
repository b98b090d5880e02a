package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vitrine.VitrineServer;
import vitrine.identity.FirstOperator;
import vitrine.launch.Node;
import vitrine.platform.Settings;
import vitrine.sandbox.Sandbox;

/**
 * An empty installation, and somebody who has read nothing: from the link on the console to the first brand, the first shop, the first
 * collectible, the first campaign, and the first order that earns a piece. What the desk says is next is all that is followed.
 */
@Tag("browser")
class FirstRunTest {

    /** Not the one that is preset. */
    private static final String ZONE = "Europe/Berlin";

    @ParameterizedTest
    @ValueSource(strings = {"en-GB", "zh-CN"})
    void theDeskLeadsFromAnEmptyHouseToTheFirstGift(String locale) throws IOException {
        Path data = Files.createTempDirectory(
                Files.createDirectories(Path.of("target").toAbsolutePath()), "first-run-");
        Settings settings = Settings.of(
                List.of("--no-demo", "--port", "0", "--data", data.toString()), Map.of("VITRINE_ZONE", ZONE));
        List<String> wrong = new ArrayList<>();
        try (Node node = Node.start(VitrineServer.class, settings);
                Playwright playwright = Festival.playwright();
                Browser browser = Festival.chromium(playwright);
                BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setLocale(locale))) {
            Page page = context.newPage();
            page.setDefaultTimeout(60_000);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) wrong.add(message.text() + " at " + message.location());
            });
            String link = node.bean(FirstOperator.class).link().orElseThrow();
            String home = node.address().toString();
            page.navigate(home + URI.create(link).getPath());
            judge(page, "first-operator", wrong);
            page.locator("#name").fill("Robin");
            page.locator("#address").fill("robin@example.com");
            page.locator("form[action^='/first-operator/'] button").click();

            page.waitForURL("**/desk");
            judge(page, "desk", wrong);
            page.locator("#nameZh").fill("灯屋");
            page.locator("#nameEn").fill("Lamp House");
            page.locator("#begin form button").click();

            page.waitForURL("**/desk/lamp-house*");
            judge(page, "overview", wrong);
            page.locator("#first-gift .now a").click();
            page.locator("#source").selectOption("standard");
            page.locator("#new [name=name]").fill("Lamp shop");
            page.locator("#new [name=slug]").fill("lamp-shop");
            page.locator("#new form button").click();
            page.locator("code.once", new Page.LocatorOptions().setHasText("whsec_"))
                    .waitFor();
            // Who has no shop at hand is told how to start one: the sandbox, with what this page has written for it.
            page.locator("#trial summary").click();
            judge(page, "shop", wrong);
            String trial = page.locator("#trial-config").innerText();
            assertThat(trial).contains("whsec_").contains("\"shop\": \"lamp-shop\"");
            assertThat(page.locator("#trial-command").innerText()).contains("java -jar sandbox.jar");
            Path config = Files.writeString(data.resolve("trial.json"), trial);

            next(page, home);
            page.locator("main a[href*='/shops/standard/lamp-shop']").first().click();
            page.locator("form[action$='/test'] button").click();
            page.locator("#tested.note--good").waitFor();

            next(page, home);
            page.locator("#nameZh").fill("月灯");
            page.locator("#nameEn").fill("Moon lamp");
            page.locator("#new button").click();
            page.locator("#files").waitFor();
            DeskJourneyTest.makeCollectible(page, "eave-bell.webp");

            next(page, home);
            DeskJourneyTest.makeCampaign(page, "月灯", "Moon lamp", Instant.now());

            assertThat(page.locator("#zone").inputValue())
                    .as("the times of a campaign are the installation's")
                    .isEqualTo(ZONE);

            page.navigate(home + "/desk/lamp-house");
            assertThat(page.locator("#first-gift .done").count()).isEqualTo(4);
            try (Sandbox sandbox = Sandbox.start("127.0.0.1", 0, config, data.resolve("trial"), null)) {
                page.navigate("http://localhost:" + sandbox.port() + "/shops/lamp-shop");
                page.locator("button[name=product]").first().click();
                page.waitForURL("**/orders/**");
                Festival.waitFor("the first gift", () -> {
                    page.navigate(home + "/desk/lamp-house/entitlements");
                    return page.locator("#list a[href*='/entitlements/']").count() == 1;
                });
            }
            page.navigate(home + "/desk/lamp-house");
            assertThat(page.locator("#first-gift").count())
                    .as("what was to be done is done")
                    .isZero();
            assertThat(wrong).isEmpty();
            assertThat(Objects.requireNonNull(
                                    page.navigate(home + URI.create(link).getPath()))
                            .status())
                    .as("the link of the console was good once")
                    .isEqualTo(410);
        }
    }

    /** What the overview says is next. */
    private static void next(Page page, String home) {
        page.navigate(home + "/desk/lamp-house");
        page.locator("#first-gift .now a").click();
        page.waitForLoadState();
    }

    private static void judge(Page page, String name, List<String> wrong) throws IOException {
        for (Object found : (List<?>) page.evaluate(PagesTest.axe())) wrong.add(name + ": " + found);
        for (String found : PagesTest.sticksOut(page)) wrong.add(name + ": " + found);
    }
}
