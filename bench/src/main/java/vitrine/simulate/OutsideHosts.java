package vitrine.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.books.SaleHistory.Trade;
import vitrine.payment.Started;
import vitrine.platform.Setting;
import vitrine.sandbox.DrandNetwork;
import vitrine.sandbox.PayContracts;
import vitrine.sandbox.PayPost;
import vitrine.sandbox.Sandbox;

/**
 * What a drop leans on outside: the three payment hosts and the relay of random rounds, as the sandbox plays them, by the world's
 * clock. What the payment hosts tell of comes into a bag, and the world brings each letter when it pleases.
 */
final class OutsideHosts implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /** A host's message, as it was signed. @param path where its merchant wanted it */
    record Letter(String path, Map<String, String> headers, byte[] body) {}

    private final Sandbox sandbox;
    private final Map<String, String> settings;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Letter> bag = new ArrayList<>();

    OutsideHosts(Clock clock, Path folder, String baseUrl) {
        try {
            Files.createDirectories(folder);
            PayContracts contracts = PayContracts.make();
            Path config = contracts.write(folder.resolve("sandbox.json"), baseUrl);
            sandbox = Sandbox.start("127.0.0.1", 0, config, folder.resolve("data"), null, clock, this::post);
            settings = settings(contracts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String address() {
        return "http://127.0.0.1:" + sandbox.port();
    }

    private Map<String, String> settings(PayContracts contracts) {
        Map<String, String> variables = contracts.variables(address());
        Map<String, String> properties = new HashMap<>();
        for (Setting setting : Setting.values()) {
            String value = variables.get(setting.variable());
            if (value != null) properties.put(setting.property(), value);
        }
        properties.put("vitrine.beacon-chain", DrandNetwork.info());
        properties.put("vitrine.beacon-relays", address() + "/drand");
        return Map.copyOf(properties);
    }

    /** What a node is told of them. */
    Map<String, String> settings() {
        return settings;
    }

    // ---- the post

    private synchronized PayPost.Reply post(String url, Map<String, String> headers, byte[] body) {
        String path = URI.create(url).getPath();
        bag.add(new Letter(path, Map.copyOf(headers), body));
        return new PayPost.Reply(200, "success");
    }

    /** What was told since this was asked. */
    synchronized List<Letter> letters() {
        List<Letter> letters = List.copyOf(bag);
        bag.clear();
        return letters;
    }

    // ---- the payers

    /** The page on which what she was shown is paid; null: there is none, or it is too late for one. */
    @Nullable
    String opened(Started started) {
        String path =
                switch (started) {
                    case Started.Card card ->
                        Objects.requireNonNull(card.payPage()).getPath();
                    case Started.ShowCode code -> URI.create(code.text()).getPath();
                    case Started.GoTo there -> location(there.url());
                    case Started.CallBridge bridge -> null;
                    case Started.Stale no -> null;
                    case Started.NotOffered no -> null;
                    case Started.GatewayAway no -> null;
                    case Started.TooOften no -> null;
                    case Started.AlreadyPaid no -> null;
                };
        return path == null || !path.startsWith("/checkout/") ? null : path.substring("/checkout/".length());
    }

    /** Alipay's address makes its order when it is opened; WeChat's for phones is the page itself. */
    private @Nullable String location(URI url) {
        if (url.getPath().startsWith("/checkout/")) return url.getPath();
        return send(HttpRequest.newBuilder(url))
                .headers()
                .firstValue("Location")
                .orElse(null);
    }

    /** @param act pay, late, decline or again. True: the host did it */
    boolean does(String page, String act) {
        boolean done = control("/pay/trades/" + page + "/" + act, "").statusCode() == 200;
        quiet();
        return done;
    }

    /** Until whatever was told is in the bag. */
    void quiet() {
        control("/pay/wait", "");
    }

    void goWrong(String switches) {
        if (control("/pay/switches", switches).statusCode() != 200) throw new IllegalStateException(switches);
    }

    /** @param how away, lies or back */
    void relays(String how) {
        if (control("/drand/" + how, "").statusCode() != 200) throw new IllegalStateException(how);
    }

    // ---- what they know

    /** Another world begins: what was paid in the last one is none of its business. */
    void beginWorld() {
        quiet();
        control("/pay/forget", "");
        beGood();
        letters();
    }

    /** Nothing goes wrong any more. */
    void beGood() {
        goWrong("""
                {"away": false, "unansweredNext": 0, "wrongAmountNext": 0, "badSignatureNext": 0, "signTestNext": 0,
                    "payerBusyNext": 0, "badAnswerNext": 0,
                    "refundsPend": false}""");
        relays("back");
    }

    /** Everything that this world's payers ever opened. */
    List<Trade> known() {
        List<Trade> known = new ArrayList<>();
        for (JsonNode one : trades()) {
            String host = one.path("host").asString();
            String number = host.equals("stripe")
                    ? one.path("words").path("vitrine_payment").asString().replace("-", "")
                    : one.path("number").asString();
            known.add(new Trade(
                    host,
                    uuid(number),
                    one.path("page").asString(),
                    one.path("amount").asLong(),
                    one.path("currency").asString(),
                    one.path("state").asString().equals("paid"),
                    one.path("refunded").asLong()));
        }
        return known;
    }

    private static UUID uuid(String plain) {
        return new UUID(Long.parseUnsignedLong(plain, 0, 16, 16), Long.parseUnsignedLong(plain, 16, 32, 16));
    }

    private JsonNode trades() {
        return JSON.readTree(send(HttpRequest.newBuilder(URI.create(address() + "/control/pay/trades?limit=10000")))
                        .body())
                .path("trades");
    }

    private HttpResponse<String> control(String path, String body) {
        return send(HttpRequest.newBuilder(URI.create(address() + "/control" + path))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        sandbox.close();
        http.close();
    }
}
