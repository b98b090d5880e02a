package vitrine.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.proof.VerifierKey;
import vitrine.proof.WitnessSigner;

/** Four shops of one brand, one of each kind, and the receiver that they send to. */
final class RunningSandbox implements AutoCloseable {
    static final String SECRET = "a shop's own secret";

    final Receiver receiver;
    final Sandbox sandbox;
    private final HttpClient http = HttpClient.newHttpClient();

    RunningSandbox(Path data) throws IOException {
        this(data, new Receiver());
    }

    RunningSandbox(Path data, Receiver receiver) throws IOException {
        this.receiver = receiver;
        var config = Files.write(
                Files.createDirectories(data).resolveSibling("sandbox.json"), Json.bytes(config(receiver.url())));
        this.sandbox = Sandbox.start("127.0.0.1", 0, config, data, null);
    }

    /** The same with a witness, {@code east}. */
    RunningSandbox(Path data, WitnessSigner east, VerifierKey log) throws IOException {
        this.receiver = new Receiver();
        var with = config(receiver.url());
        with.putArray("logs").add(log.vkey());
        with.putArray("witnesses").addObject().put("name", "east").put("signer", east.secretText());
        var config = Files.write(Files.createDirectories(data).resolveSibling("sandbox.json"), Json.bytes(with));
        this.sandbox = Sandbox.start("127.0.0.1", 0, config, data, null);
    }

    static ObjectNode config(String server) {
        var config = Json.object();
        config.put("server", server);
        config.put("clockUrl", server + "/clock");
        config.put("demoKey", "demo-key");
        config.put("retryScale", 0.0);
        config.put("personKey", "a key of two");
        var shops = config.putArray("shops");
        for (var source : Source.values()) {
            var shop = shops.addObject();
            shop.put("source", source.wire());
            shop.put("shop", source.wire());
            shop.putObject("name").put("zh", "流明").put("en", "Lumen <" + source.wire() + ">");
            shop.put("currency", "CNY");
            shop.put(
                    "secret",
                    switch (source) {
                        case SHOPIFY, WOOCOMMERCE -> SECRET;
                        case SALEOR -> Fixtures.RSA;
                        case STANDARD -> Fixtures.WHSEC + " " + Fixtures.WHSK;
                    });
            shop.put("apiToken", source == Source.WOOCOMMERCE ? "ck_1:cs_1" : "token");
            var products = shop.putArray("products");
            for (int i = 1; i <= 3; i++) {
                var product = products.addObject();
                product.put("id", "10" + i);
                product.put("sku", "CUP-" + i);
                product.putObject("name").put("zh", "杯 " + i).put("en", "Cup " + i);
                product.put("category", "tea");
                product.put("vendor", "Lumen");
                product.put("price", i == 1 ? "199.00" : "30.00");
            }
        }
        return config;
    }

    String url(String path) {
        return "http://127.0.0.1:" + sandbox.port() + path;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url(path)));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    HttpResponse<String> postRaw(String path, String json) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url(path))).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    JsonNode post(String path, String json) throws Exception {
        var answer = postRaw(path, json);
        if (answer.statusCode() >= 400) {
            throw new AssertionError(path + " answered " + answer.statusCode() + " " + answer.body());
        }
        return Json.read(answer.body());
    }

    HttpResponse<String> form(String path, String form, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url(path)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    String buy(String shop) throws Exception {
        return post("/control/shops/" + shop + "/orders", """
                        {"buyer": {"email": "ada@example.com"}, "lines": [{"product": "CUP-1", "quantity": 2}]}
                        """).path("number").asString();
    }

    JsonNode quiet() throws Exception {
        var counts = post("/control/wait", "{\"seconds\": 30}");
        if (!counts.path("quiet").asBoolean(false)) {
            throw new AssertionError("still busy: " + counts);
        }
        return counts;
    }

    @Override
    public void close() {
        sandbox.close();
        receiver.close();
        http.close();
    }
}
