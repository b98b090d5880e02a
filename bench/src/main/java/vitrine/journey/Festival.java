package vitrine.journey;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.VitrineServer;
import vitrine.launch.Node;
import vitrine.platform.FreePort;
import vitrine.platform.Settings;
import vitrine.sandbox.DrandNetwork;
import vitrine.sandbox.Sandbox;

/** The demo as {@code ./vitrine up} starts it, in this JVM: server, embedded database, sandbox, and a browser before it. */
final class Festival implements AutoCloseable {

    /** The shell first: it is the same engine without the window around each page, which costs more than most pages do. */
    private static final List<Path> CHROMIUM = List.of(
            Path.of("/usr/bin/chromium-headless-shell"),
            Path.of("/usr/bin/chromium"),
            Path.of("/usr/bin/chromium-browser"),
            Path.of("/usr/bin/google-chrome"));

    private final Node node;
    private final Sandbox sandbox;
    private final String sandboxUrl;
    private final Playwright playwright;
    private final Browser browser;

    private Festival(Node node, Sandbox sandbox, String sandboxUrl, Playwright playwright, Browser browser) {
        this.node = node;
        this.sandbox = sandbox;
        this.sandboxUrl = sandboxUrl;
        this.playwright = playwright;
        this.browser = browser;
    }

    static Festival open() throws IOException {
        return open(Map.of());
    }

    /** @param more of its environment */
    static Festival open(Map<String, String> more) throws IOException {
        Path data = Files.createTempDirectory(
                Files.createDirectories(Path.of("target").toAbsolutePath()), "journey-");
        int sandboxPort = FreePort.on("127.0.0.1");
        String sandboxUrl = "http://localhost:" + sandboxPort;
        Map<String, String> environment = new HashMap<>(more);
        environment.put("VITRINE_SANDBOX_URL", sandboxUrl);
        environment.put("VITRINE_BEACON_CHAIN", DrandNetwork.info());
        environment.put("VITRINE_BEACON_RELAYS", sandboxUrl + "/drand");
        Settings settings = Settings.of(
                List.of("--port", String.valueOf(FreePort.on("127.0.0.1")), "--data", data.toString()), environment);
        Node node = Node.start(VitrineServer.class, settings);
        Path config = data.resolve("sandbox.json");
        waitFor("the demo's shops", () -> Files.exists(config));
        Sandbox sandbox = Sandbox.start("127.0.0.1", sandboxPort, config, data.resolve("sandbox"), sandboxUrl);
        JdbcClient db = node.bean(JdbcClient.class);
        waitFor(
                "the demo's nine weeks",
                () -> db.sql("select count(*) from demo_steps where step = 'ready'")
                                .query(Long.class)
                                .single()
                        > 0);
        Playwright playwright = playwright();
        return new Festival(node, sandbox, sandboxUrl, playwright, chromium(playwright));
    }

    static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    /** The machine's own, which asks nobody for updates. */
    static Browser chromium(Playwright playwright) {
        return playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM.stream()
                                .filter(Files::isExecutable)
                                .findFirst()
                                .orElseThrow(() -> new IllegalStateException(
                                        "Chromium is missing: apt-get install chromium-headless-shell")))
                        .setArgs(List.of(
                                "--no-sandbox", "--disable-background-networking", "--disable-component-update")));
    }

    String url() {
        return node.address().toString();
    }

    String sandboxUrl() {
        return sandboxUrl;
    }

    Browser browser() {
        return browser;
    }

    Node node() {
        return node;
    }

    <T> T bean(Class<T> type) {
        return node.bean(type);
    }

    /** The address of a piece that somebody owns: the first of them, {@code moonrise-1}. */
    String ownedPiece() {
        return bean(JdbcClient.class).sql("""
                select c.slug || '-' || p.serial from pieces p
                join collectibles c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                where p.state = 'owned' order by c.slug, p.serial limit 1
                """).query(String.class).single();
    }

    /** Waits for something that other threads do. Fails by name, never silently. */
    static void waitFor(String what, BooleanSupplier done) {
        waitFor(() -> what, done);
    }

    /** @param what asked when it is too late */
    static void waitFor(Supplier<String> what, BooleanSupplier done) {
        long until = System.nanoTime() + 180_000_000_000L;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > until) throw new AssertionError("waited in vain for " + what.get());
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
        }
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
        sandbox.close();
        node.close();
    }
}
