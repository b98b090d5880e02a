package vitrine.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import vitrine.identity.ApiKeys;
import vitrine.identity.Identities;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/**
 * Sends every request that the OpenAPI document describes with what nobody would send, and holds each answer to the document: a
 * status that is not in it, or one of 500 and above, fails.
 */
class ApiFuzzTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ROUNDS = 3;

    private static final List<String> ODD = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "201",
            "2147483648",
            "-9223372036854775809",
            "1e309",
            "NaN",
            "null",
            "true",
            "[]",
            "{}",
            "lumen",
            "LUMEN",
            "00000000-0000-0000-0000-000000000000",
            "0193a000-0000-7000-8000-00000000000z",
            "' or 1=1; drop table brands; --",
            "%' or '%'='",
            "../../etc/passwd",
            "<script>alert(1)</script>",
            "${7*7}",
            "\u0001\u0007",
            "\u0000",
            "霜降·流明",
            "\u202egnp.exe",
            "👩‍🚀\uD83D",
            "a".repeat(5_000),
            b64("x"),
            b64("\u0000"),
            b64("a\u001fb\u001fc"),
            b64("0193a000-0000-7000-8000-000000000002\u001f-5"),
            "2026-13-45T99:99:99Z",
            "+1000000000-12-31T23:59:59Z",
            "https://169.254.169.254/latest/meta-data",
            "http://localhost:1/",
            "javascript:alert(1)");

    private static TestDatabase database;
    private static TestServer server;
    private static JsonNode document;
    private static String own;
    private static String foreign;
    private static @Nullable String campaign;
    private static final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void open() throws Exception {
        database = TestDatabase.fresh();
        server = Identities.server(database);
        var keys = server.bean(ApiKeys.class);
        own = keys.make(new BrandId(Identities.LUMEN), "fuzz", EnumSet.allOf(Permission.class), new Who.Guest())
                .text();
        foreign = keys.make(new BrandId(Identities.OTHER), "fuzz", EnumSet.allOf(Permission.class), new Who.Guest())
                .text();
        document =
                JSON.readTree(send("GET", "/api/openapi.json", Map.of(), null).body());
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static String b64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyServedRouteIsDescribed() {
        Set<String> served = new TreeSet<>();
        for (var mapping : List.of(server.bean(RequestMappingHandlerMapping.class))) {
            mapping.getHandlerMethods().forEach((info, method) -> {
                for (var path : info.getPatternValues())
                    if (path.startsWith("/api"))
                        for (RequestMethod verb : info.getMethodsCondition().getMethods())
                            served.add(verb + " " + path);
            });
        }
        Set<String> described = new TreeSet<>();
        document.get("paths")
                .forEachEntry((path, verbs) -> verbs.forEachEntry(
                        (verb, o) -> described.add(verb.toUpperCase(java.util.Locale.ROOT) + " " + path)));
        assertThat(served).isNotEmpty().isEqualTo(described);
    }

    @Test
    void noOddRequestIsAnsweredInAWayThatIsNotDescribed() throws Exception {
        long seed = System.nanoTime();
        System.out.println("ApiFuzzTest seed=" + seed);
        var random = new Random(seed);
        List<String> wrong = new ArrayList<>();
        int sent = 0;
        for (var path : document.get("paths").properties()) {
            for (var verb : path.getValue().properties()) {
                for (var odd : ODD) {
                    for (int round = 0; round < ROUNDS; round++) {
                        sent++;
                        check(path.getKey(), verb.getKey(), verb.getValue(), odd, round, random, wrong);
                    }
                }
            }
        }
        System.out.println("ApiFuzzTest requests=" + sent);
        assertThat(wrong)
                .as("answers that the document does not promise (seed %d)", seed)
                .isEmpty();
    }

    /** Round 0: one odd value in the path. 1: in a query parameter or header. 2: in the body. The rest is as it should be. */
    private static void check(
            String path, String verb, JsonNode operation, String odd, int round, Random random, List<String> wrong)
            throws Exception {
        var url = new StringBuilder(path);
        var query = new ArrayList<String>();
        Map<String, String> headers = new LinkedHashMap<>();
        var pathParameters = new ArrayList<JsonNode>();
        var others = new ArrayList<JsonNode>();
        for (var p : operation.path("parameters")) {
            (p.path("in").asString("").equals("path") ? pathParameters : others).add(p);
        }
        int oddPath = round == 0 && !pathParameters.isEmpty() ? random.nextInt(pathParameters.size()) : -1;
        for (int n = 0; n < pathParameters.size(); n++) {
            var name = pathParameters.get(n).path("name").asString("");
            var value = n == oddPath
                    ? odd
                    : name.equals("brand")
                            ? "lumen"
                            : name.equals("campaign") && campaign != null && random.nextInt(4) > 0
                                    ? campaign
                                    : new UUID(random.nextLong(), random.nextLong()).toString();
            // Slashes, semicolons and double dots are other addresses; the firewall answers some of those itself.
            replace(url, "{" + name + "}", encode(value.isEmpty() ? "-" : value));
        }
        int oddOther = round == 1 && !others.isEmpty() ? random.nextInt(others.size()) : -1;
        if (oddOther >= 0) {
            var p = others.get(oddOther);
            var name = p.path("name").asString("");
            if (p.path("in").asString("").equals("query")) query.add(name + "=" + encode(odd));
            else headers.put(name, odd.replaceAll("[^\\x20-\\x7e]", "?"));
        }
        switch (random.nextInt(6)) {
            case 0 -> {}
            case 1 -> headers.put("Authorization", "Bearer " + foreign);
            case 2 -> headers.put("Authorization", odd.replaceAll("[^\\x20-\\x7e]", "?"));
            default -> headers.put("Authorization", "Bearer " + own);
        }
        if (random.nextInt(20) == 0) headers.put("Accept", "text/plain");
        @Nullable String body = null;
        if (operation.has("requestBody")) {
            headers.put("Content-Type", random.nextInt(20) == 0 ? "text/plain" : "application/json");
            body = body(operation.at("/requestBody/content/application~1json/schema"), round == 2 ? odd : null, random);
        }
        var target = url + (query.isEmpty() ? "" : "?" + String.join("&", query));
        var answer = send(verb.toUpperCase(java.util.Locale.ROOT), target, headers, body);
        var said = verb + " " + target.substring(0, Math.min(150, target.length())) + " " + short_(body) + " -> "
                + answer.statusCode() + " " + short_(answer.body());
        int status = answer.statusCode();
        // What the address means is settled before the method is found: an odd one may be no address of ours at all.
        boolean described = operation.path("responses").has(String.valueOf(status));
        if (status >= 500 || !described) wrong.add(said);
        else if (status >= 400) {
            var type = answer.headers().firstValue("content-type").orElse("");
            if (!type.startsWith("application/problem+json")
                    || JSON.readTree(answer.body()).path("code").asString("").isEmpty())
                wrong.add("no problem: " + said);
        }
    }

    private static String body(JsonNode schema, @Nullable String odd, Random random) {
        if (odd != null && random.nextInt(4) == 0) return odd; // no JSON at all, or JSON of another kind
        var name = schema.path("$ref").asString("");
        var shape = document.at("/components/schemas/" + name.substring(name.lastIndexOf('/') + 1));
        var object = JsonNodeFactory.instance.objectNode();
        for (var property : shape.path("properties").properties()) {
            if (random.nextInt(8) == 0) continue;
            if (odd != null && random.nextInt(2) == 0) {
                switch (random.nextInt(7)) {
                    case 0 -> object.put(property.getKey(), random.nextLong());
                    case 1 -> object.putNull(property.getKey());
                    case 2 ->
                        object.putArray(property.getKey()).add(odd).addNull().add(7);
                    case 3 -> object.putObject(property.getKey()).put(odd, odd);
                    case 4 -> object.put(property.getKey(), 1e300);
                    default -> object.put(property.getKey(), odd);
                }
            } else {
                switch (property.getKey()) {
                    case "scopes" -> object.putArray("scopes").add("see");
                    case "types" -> object.putArray("types").add("piece.granted");
                    case "slug" -> object.put("slug", "fuzz-" + random.nextInt(99));
                    case "draft" ->
                        object.putObject("draft")
                                .put("name", "Moonrise")
                                .putArray("offers")
                                .addObject()
                                .put("id", "x")
                                .putArray("tiers");
                    case "role" -> object.put("role", random.nextBoolean() ? "team" : "agency");
                    case "email" -> object.put("email", "fuzz" + random.nextInt(50) + "@shop.example");
                    case "until" ->
                        object.put(
                                "until",
                                java.time.Instant.now().plusSeconds(9_999).toString());
                    case "url" -> object.put("url", "https://shop.example/hook");
                    default -> object.put(property.getKey(), "Moonrise " + random.nextInt(9));
                }
            }
        }
        return object.toString();
    }

    private static HttpResponse<String> send(
            String verb, String target, Map<String, String> headers, @Nullable String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.address() + target))
                .method(
                        verb,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8)));
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void replace(StringBuilder text, String what, String by) {
        int at = text.indexOf(what);
        text.replace(at, at + what.length(), by);
    }

    private static String short_(@Nullable String text) {
        return text == null ? "" : text.substring(0, Math.min(200, text.length()));
    }
}
