package vitrine.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The running sandbox: {@code java -jar sandbox.jar --port P --data DIR --config FILE [--host H] [--url PUBLIC_URL]}.
 */
public final class Sandbox implements Closeable {
    static {
        // Else every answer with a body waits 40 ms for the caller's acknowledgement of its head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        // Pictures are drawn without a screen.
        System.setProperty("java.awt.headless", "true");
    }

    private static final System.Logger LOG = System.getLogger(Sandbox.class.getName());

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final Journal journal;
    private final Courier courier;
    private final Shops shops;
    private final Control control;
    private final AdminApis apis;
    private final Pages pages;
    private final Witnesses witnesses;
    private final PayDesk pay;
    private final Checkout checkout;
    private final DrandRelay drand;
    private final Map<String, byte[]> styles;

    private Sandbox(HttpServer server, Path config, Path data, String publicUrl, Clock clock, @Nullable PayPost post)
            throws IOException {
        this.server = server;
        var read = SandboxConfig.read(config, publicUrl, data);
        this.journal = Journal.open(data);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(2))
                .executor(threads)
                .build();
        this.courier = new Courier(read.shops(), http, Clock.systemUTC(), read.retryScale());
        this.shops = new Shops(
                read, journal, courier, new DemoClock(read.clockUrl(), read.demoKey(), http, Clock.systemUTC()));
        this.control = new Control(read, shops, courier);
        this.apis = new AdminApis(shops);
        this.pages = new Pages(read, shops, courier);
        this.witnesses = Witnesses.open(read, data, http);
        this.pay = new PayDesk(
                read.pay(), data, publicUrl, post == null ? PayPost.by(http) : post, read.retryScale(), clock);
        this.drand = new DrandRelay(clock);
        this.checkout = new Checkout(pay, pages, read.server());
        this.styles = Map.of("tokens.css", resource("tokens.css"), "shop.css", resource("shop.css"));
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Starts on a port, 0 for a free one. {@code publicUrl} null is http://localhost and the port. */
    public static Sandbox start(String host, int port, Path config, Path data, @Nullable String publicUrl)
            throws IOException {
        return start(host, port, config, data, publicUrl, Clock.systemUTC(), null);
    }

    /**
     * The same, for a simulated world.
     *
     * @param clock by which people pay, orders end and rounds come
     * @param post how the payment hosts tell their merchant; null: over the network
     */
    public static Sandbox start(
            String host,
            int port,
            Path config,
            Path data,
            @Nullable String publicUrl,
            Clock clock,
            @Nullable PayPost post)
            throws IOException {
        Files.createDirectories(data);
        var server = HttpServer.create(new InetSocketAddress(host, port), 512);
        try {
            var url = publicUrl == null
                    ? "http://localhost:" + server.getAddress().getPort()
                    : publicUrl;
            return new Sandbox(server, config, data, url.replaceAll("/+$", ""), clock, post);
        } catch (IOException | RuntimeException refused) {
            server.stop(0);
            throw refused;
        }
    }

    public static void main(String[] args) throws IOException {
        var options = new HashMap<String, String>(Map.of("--host", "127.0.0.1", "--port", "8090"));
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length
                    || !java.util.Set.of("--host", "--port", "--data", "--config", "--url")
                            .contains(args[i])) {
                fail("usage: sandbox --port P --data DIR --config FILE [--host H] [--url PUBLIC_URL]");
            }
            options.put(args[i], args[i + 1]);
        }
        if (!options.containsKey("--data") || !options.containsKey("--config")) {
            fail("usage: sandbox --port P --data DIR --config FILE [--host H] [--url PUBLIC_URL]");
        }
        try {
            int port = Integer.parseInt(options.getOrDefault("--port", "8090"));
            var sandbox = start(
                    options.getOrDefault("--host", "127.0.0.1"),
                    port,
                    Path.of(options.getOrDefault("--config", "")),
                    Path.of(options.getOrDefault("--data", "")),
                    options.get("--url"));
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "close"));
            System.out.println("The demo shops are open at http://localhost:" + sandbox.port() + "/");
        } catch (Refused refused) {
            fail(refused.code() + ": " + refused.detail());
        } catch (NumberFormatException wrong) {
            fail("--port is a number");
        } catch (java.net.BindException taken) {
            fail("port " + options.get("--port") + " is taken");
        }
    }

    private static void fail(String why) {
        System.err.println(why);
        System.exit(64);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = answer(exchange);
            } catch (RuntimeException bug) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        exchange.getRequestMethod() + " "
                                + exchange.getRequestURI().getPath(),
                        bug);
                answer = Answer.problem(Refused.of(500, "sandbox.bug", "the sandbox failed; its log has more"));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                answer = Answer.problem(Refused.of(503, "sandbox.stopping", "the sandbox is stopping"));
            }
            write(exchange, answer);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException, InterruptedException {
        Call call;
        try {
            call = Call.of(exchange);
        } catch (Refused refused) {
            return Answer.problem(refused);
        }
        boolean machine = List.of("control", "witness").contains(call.segment(0));
        try {
            // A page elsewhere must not press our buttons in a visitor's browser.
            if (call.method().equals("POST") && "cross-site".equals(call.header("Sec-Fetch-Site"))) {
                throw Refused.of(403, "request.cross-site", "forms of other sites are not taken");
            }
            if (call.path().size() == 1 && styles.containsKey(call.segment(0))) {
                return new Answer(
                        200,
                        "text/css; charset=utf-8",
                        Map.of("Cache-Control", "public, max-age=300"),
                        Objects.requireNonNull(styles.get(call.segment(0))));
            }
            if (call.segment(0).equals("witness") && call.path().size() > 1) {
                return witnesses.answer(call);
            }
            if (call.segment(0).equals("drand")) {
                return drand.answer(call);
            }
            if (machine && call.segment(1).equals("drand")) {
                return drand.control(call);
            }
            if (machine && call.segment(1).equals("pay")) {
                return pay.control(call);
            }
            if (call.segment(0).equals("checkout")) {
                var answer = checkout.answer(call);
                if (answer != null) {
                    return answer;
                }
            }
            var host = pay.host(call);
            if (host != null) {
                return host;
            }
            if (machine && call.segment(1).equals("witnesses")) {
                return witnesses.control(call);
            }
            if (machine) {
                return control.answer(call);
            }
            if (call.segment(0).equals("shops") && call.path().size() > 2) {
                var api = apis.answer(shops.shop(call.segment(1)), call);
                if (api != null) {
                    return api;
                }
            }
            return pages.answer(call);
        } catch (Refused refused) {
            return !machine && call.wantsPage() ? pages.refusal(call, refused) : Answer.problem(refused);
        }
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.type());
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "same-origin");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
                        + "frame-ancestors 'none'");
        headers.set("Cache-Control", "no-store");
        answer.headers().forEach(headers::set);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(answer.status(), head || answer.body().length == 0 ? -1 : answer.body().length);
        if (!head && answer.body().length > 0) {
            try (var out = exchange.getResponseBody()) {
                out.write(answer.body());
            }
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (var in = Objects.requireNonNull(Sandbox.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        courier.close();
        http.close();
        threads.shutdownNow();
        try {
            witnesses.close();
            pay.close();
            journal.close();
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "a file did not close", failed);
        }
    }
}
