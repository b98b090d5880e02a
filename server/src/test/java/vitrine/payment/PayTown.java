package vitrine.payment;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.identity.Postbox;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.FreePort;
import vitrine.platform.Jobs;
import vitrine.platform.Money;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.messages.Carrier;
import vitrine.sandbox.PayContracts;
import vitrine.sandbox.Sandbox;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestPostgres;
import vitrine.testing.TestServer;

/** A server whose jobs wait for the test, and the three payment hosts that the sandbox plays. */
public final class PayTown implements AutoCloseable {

    static final JsonMapper JSON = new JsonMapper();
    private static final PayContracts CONTRACTS = PayContracts.make();

    public final TestDatabase database = TestDatabase.fresh();
    public final Postbox postbox = new Postbox();
    public final MovableClock clock;
    final BrandId lumen = new BrandId(UUID.randomUUID());
    final UUID ada = UUID.randomUUID();
    final Map<String, String> contract;
    public final TestServer server;
    final Path sandboxConfig;
    private final String address;
    private final Sandbox sandbox;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public PayTown() {
        this(null);
    }

    /** One in which the hosts' days pass with ours. */
    static PayTown ofOneClock() {
        return new PayTown(new MovableClock());
    }

    private PayTown(@Nullable MovableClock everybodys) {
        this.clock = everybodys == null ? new MovableClock() : everybodys;
        try {
            int port = FreePort.on("127.0.0.1");
            this.address = "http://localhost:" + port;
            Path data = TestPostgres.newFolder("pay");
            this.sandboxConfig = CONTRACTS.write(data.resolve("sandbox.json"), address);
            this.sandbox = Sandbox.start(
                    "127.0.0.1",
                    0,
                    sandboxConfig,
                    data.resolve("data"),
                    null,
                    everybodys == null ? Clock.systemUTC() : everybodys,
                    null);
            this.contract = CONTRACTS.variables("http://127.0.0.1:" + sandbox.port());
            this.server = node(port, address, true);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private TestServer node(int port, String at, boolean hosts) {
        Settings settings = TestServer.settings(database)
                .with(Setting.PORT, String.valueOf(port))
                .with(Setting.BASE_URL, at);
        for (Setting setting : Setting.values()) {
            String value = contract.get(setting.variable());
            if (value != null && (hosts || !setting.variable().endsWith("_URL")))
                settings = settings.with(setting, value);
        }
        return TestServer.start(
                settings,
                // Its clock goes ahead of the database's.
                Map.of("vitrine.jobs", "manual", "vitrine.clock.check", "off", "vitrine.drop.grants-wait-seconds", "0"),
                beans -> {
                    beans.registerBean(Clock.class, () -> clock);
                    beans.registerBean(Carrier.class, () -> postbox);
                });
    }

    /** The same town as it is with real accounts: no address of a service is given. A test must not let it ask them. */
    public TestServer withRealAccounts() throws IOException {
        int port = FreePort.on("127.0.0.1");
        return node(port, "http://localhost:" + port, false);
    }

    public Payments payments() {
        return server.bean(Payments.class);
    }

    List<PaymentId> waiting() {
        return payments().waiting(lumen, 1_000, Set.of());
    }

    public MoneyJournal journal() {
        return server.bean(MoneyJournal.class);
    }

    public JdbcClient db() {
        return database.jdbc();
    }

    Wanted wanted(UUID purpose, Way way, long minor) {
        return wanted(purpose, way, minor, Duration.ofMinutes(10));
    }

    Wanted wanted(UUID purpose, Way way, long minor, Duration within) {
        String currency = way == Way.STRIPE_CARD ? "EUR" : "CNY";
        return new Wanted(
                lumen,
                purpose,
                ada,
                new Money(minor, Currency.getInstance(currency)),
                new Bilingual("Moonrise", "Moonrise"),
                null,
                way,
                clock.instant().plus(within),
                server.address() + "/back",
                "203.0.113.7",
                way == Way.WECHAT_JSAPI ? "o-ada" : null,
                Locale.ENGLISH);
    }

    /** The payer opens what she was shown; the page of the trade comes back. */
    public String opened(Started started) throws Exception {
        return switch (started) {
            case Started.Card card ->
                java.util.Objects.requireNonNull(card.payPage()).getPath();
            case Started.ShowCode code -> URI.create(code.text()).getPath();
            case Started.GoTo there -> {
                // As a browser does that comes from a page of ours.
                var answer = http.send(
                        HttpRequest.newBuilder(there.url())
                                .header("Referer", address + "/")
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
                if (answer.statusCode() >= 400) throw new AssertionError(there.url() + ": " + answer.statusCode());
                yield answer.headers().firstValue("Location").orElse(there.url().getPath());
            }
            case Started.CallBridge bridge ->
                "/checkout/"
                        + String.valueOf(bridge.parameters().get("package")).substring("prepay_id=wx".length());
            case Started.Stale no -> throw new AssertionError(no);
            case Started.NotOffered no -> throw new AssertionError(no);
            case Started.GatewayAway no -> throw new AssertionError(no);
            case Started.TooOften no -> throw new AssertionError(no);
            case Started.AlreadyPaid no -> throw new AssertionError(no);
        };
    }

    public void pays(Started started) throws Exception {
        does(started, "pay");
    }

    public void does(Started started, String act) throws Exception {
        var page = opened(started).replaceAll("\\?.*", "");
        control("/trades/" + page.substring("/checkout/".length()) + "/" + act, "");
        quiet();
    }

    public void quiet() throws Exception {
        control("/wait", "");
    }

    JsonNode control(String path, String json) throws Exception {
        var answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sandbox.port() + "/control/pay" + path))
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 400) throw new AssertionError(path + ": " + answer.body());
        return JSON.readTree(answer.body());
    }

    public void goesWrong(String switches) throws Exception {
        control("/switches", switches);
    }

    /** How often a switch that counts down will go wrong still. */
    public int left(String counter) throws Exception {
        return control("/switches", "{}").path(counter).asInt(-1);
    }

    HttpResponse<String> post(String path, byte[] body, Map<String, String> headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    PaymentState only(UUID purpose) {
        var tries = payments().of(lumen, purpose);
        if (tries.size() != 1) throw new AssertionError(tries);
        return tries.getFirst();
    }

    public void drain() {
        server.bean(Jobs.class).drain();
    }

    public void later(Duration by) {
        clock.advance(by);
        drain();
    }

    TransactionTemplate transactions() {
        return server.bean(TransactionTemplate.class);
    }

    Map<String, Long> balances() {
        return balances(lumen);
    }

    /** All balances of a brand, by account. */
    public Map<String, Long> balances(BrandId brand) {
        Map<String, Long> balances = new HashMap<>();
        for (var one : journal().statement(brand, null, null, java.time.ZoneId.of("UTC"))) {
            balances.merge(one.account(), one.balance().minor(), Long::sum);
        }
        return balances;
    }

    @Nullable
    String outcomeOf(PaymentId payment) {
        return db().sql("select outcome from payment_notices where payment_id = :id order by received_at desc limit 1")
                .param("id", payment.value())
                .query(String.class)
                .optional()
                .orElse(null);
    }

    @Override
    public void close() {
        server.close();
        sandbox.close();
        database.close();
        http.close();
    }

    /** Real time, and what a test adds to it. */
    public static final class MovableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        public void advance(Duration by) {
            ahead = ahead.plus(by);
        }

        public void backToReal() {
            ahead = Duration.ZERO;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public java.time.ZoneId getZone() {
            return java.time.ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
