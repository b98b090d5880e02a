package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class DoorsTest {

    @RestController
    static class Rooms {
        @GetMapping("/api/brands/{brand}/secrets")
        @Requires(Permission.SEE)
        String see(@PathVariable BrandId brand) {
            return brand.toString();
        }

        @PostMapping("/api/brands/{brand}/secrets")
        @Requires(Permission.MANAGE)
        String change(@PathVariable BrandId brand) {
            return "changed";
        }

        @GetMapping("/api/forgotten")
        String forgotten() {
            return "nobody said who may see this";
        }

        @PostMapping("/public-form")
        String form() {
            return "taken";
        }
    }

    private static TestDatabase database;
    private static TestServer server;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of(), beans -> beans.registerBean(Rooms.class));
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static String key(java.util.UUID brand, Permission... scopes) {
        var made = server.bean(ApiKeys.class)
                .make(new BrandId(brand), "test", EnumSet.copyOf(java.util.List.of(scopes)), new Who.Guest());
        return "Bearer " + made.text();
    }

    private static Browser guest() {
        return new Browser(server.address());
    }

    @Test
    void aProgramSeesItsBrandAndNoOther() {
        var lumen = key(Identities.LUMEN, Permission.SEE);
        assertThat(guest().get("/api/brands/lumen/secrets", "Authorization", lumen)
                        .body())
                .isEqualTo(Identities.LUMEN.toString());
        assertThat(guest().get("/api/brands/" + Identities.LUMEN + "/secrets", "Authorization", lumen)
                        .statusCode())
                .isEqualTo(200);
        var foreign = guest().get("/api/brands/other/secrets", "Authorization", lumen);
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.headers().firstValue("content-type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("application/problem+json"));
        assertThat(foreign.body()).contains("\"code\":\"access.denied\"");
    }

    @Test
    void aKeyDoesWhatItWasMadeForAndNoMore() {
        var seeing = key(Identities.LUMEN, Permission.SEE);
        assertThat(guest().json("POST", "/api/brands/lumen/secrets", "{}", "Authorization", seeing)
                        .statusCode())
                .isEqualTo(403);
        var managing = key(Identities.LUMEN, Permission.SEE, Permission.MANAGE);
        assertThat(guest().json("POST", "/api/brands/lumen/secrets", "{}", "Authorization", managing)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aRevokedKeyOpensNothing() {
        var made = server.bean(ApiKeys.class)
                .make(new BrandId(Identities.LUMEN), "gone", EnumSet.of(Permission.SEE), new Who.Guest());
        var bearer = "Bearer " + made.text();
        assertThat(guest().get("/api/brands/lumen/secrets", "Authorization", bearer)
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.bean(ApiKeys.class)
                        .revoke(made.key().brand(), made.key().id(), new Who.Guest()))
                .isTrue();
        var refused = guest().get("/api/brands/lumen/secrets", "Authorization", bearer);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("\"code\":\"access.key-unknown\"");
    }

    @Test
    void aKeyIsKeptAsItsHashOnly() {
        var text = server.bean(ApiKeys.class)
                .make(new BrandId(Identities.LUMEN), "hashed", EnumSet.of(Permission.SEE), new Who.Guest())
                .text();
        int kept = database.jdbc()
                .sql(
                        "select count(*) from api_key_hashes where key_hash = :text or encode(key_hash, 'escape') = :asText")
                .param("text", text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .param("asText", text)
                .query(Integer.class)
                .single();
        assertThat(kept).isZero();
    }

    /** No text of the database can hold one, so it would be a slip of ours wherever it came to. */
    @Test
    void aZeroSignInAParameterIsRefusedWhereverItIsRead() {
        for (String address : List.of("/search?q=a%00b&lang=en", "/?lang=%00", "/apply?x=1&lang=en%00")) {
            var page = guest().get(address, "Accept", "text/html", "Accept-Language", "en");
            assertThat(page.statusCode()).as(address).isEqualTo(400);
            assertThat(page.body()).as(address).contains("This request cannot be read", "</html>");
        }
        assertThat(guest().post("/sign-in", Map.of("address", "a\0b@shop.example"))
                        .statusCode())
                .isEqualTo(400);
        var reader = guest();
        reader.get("/?lang=en");
        assertThat(reader.upload("/desk/lumen/members", Map.of("_csrf", "\0"), "file", Map.of())
                        .statusCode())
                .as("in a form with files")
                .isEqualTo(400);
        assertThat(guest().post("/me/account", Map.of("_csrf", "\0")).statusCode())
                .as("read before any page")
                .isEqualTo(400);
        var api = guest().get(
                        "/api/brands/lumen/orders?after=%00", "Authorization", key(Identities.LUMEN, Permission.SEE));
        assertThat(api.statusCode()).isEqualTo(400);
        assertThat(api.body()).contains("\"code\":\"request.bad-parameter\"");
    }

    @Test
    void whoIsNobodyIsAskedWhoHeIs() {
        var api = guest().get("/api/brands/lumen/secrets");
        assertThat(api.statusCode()).isEqualTo(401);
        assertThat(api.body()).contains("\"code\":\"access.sign-in\"");
        var page = guest().get("/me/orders?page=2");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("location")).contains("/sign-in?to=%2Fme%2Forders%3Fpage%3D2");
        assertThat(guest().get("/desk").statusCode()).isEqualTo(302);
    }

    /** A script would follow a redirect, and the sign-in page would stand inside the page. */
    @Test
    void whoIsNobodyInThePartOfAPageIsLedToTheSignInAsAWholePage() {
        String ours = "http://" + server.address().getAuthority();
        var part = part("/desk/lumen/drops/dusk/watch", ours + "/desk/lumen/drops/dusk?said=published#x");
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.body()).isEmpty();
        assertThat(part.headers().firstValue("location")).isEmpty();
        assertThat(part.headers().firstValue("HX-Redirect"))
                .contains("/sign-in?to=%2Fdesk%2Flumen%2Fdrops%2Fdusk%3Fsaid%3Dpublished");
        for (String elsewhere : List.of("https://evil.example/me", ours + "//evil.example/me", "no page"))
            assertThat(part("/me/orders", elsewhere).headers().firstValue("HX-Redirect"))
                    .as(elsewhere)
                    .contains("/sign-in");
    }

    private static HttpResponse<String> part(String path, String page) {
        return guest().get(path, "HX-Request", "true", "HX-Current-URL", page);
    }

    @Test
    void aRoomOfWhichNobodySaidWhoMayEnterIsClosed() {
        var key = key(Identities.HOUSE, Permission.values());
        assertThat(guest().get("/api/forgotten", "Authorization", key).statusCode())
                .isEqualTo(403);
    }

    @Test
    void aFormSentFromAForeignPageIsRefused() {
        assertThat(guest().post("/public-form", Map.of()).statusCode()).isEqualTo(200);
        assertThat(guest().post("/public-form", Map.of(), "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(guest().post("/public-form", Map.of(), "Sec-Fetch-Site", "same-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(guest().post("/public-form", Map.of(), "Origin", "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(guest().post("/public-form", Map.of(), "Origin", "null").statusCode())
                .isEqualTo(403);
        var own = server.address();
        assertThat(guest().post("/public-form", Map.of(), "Origin", own.getScheme() + "://" + own.getAuthority())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void everyAnswerForbidsWhatIsInlineAndWhatIsForeign() {
        var headers = guest().get("/nothing-here").headers();
        assertThat(headers.allValues("content-security-policy")).singleElement().satisfies(policy -> assertThat(policy)
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .contains("form-action 'self'")
                .doesNotContain("unsafe-inline")
                .doesNotContain("'unsafe-eval'"));
        assertThat(headers.allValues("x-content-type-options")).containsExactly("nosniff");
        assertThat(headers.allValues("referrer-policy")).hasSize(1);
        assertThat(headers.allValues("permissions-policy")).hasSize(1);
        assertThat(headers.allValues("cross-origin-opener-policy")).containsExactly("same-origin");
        assertThat(headers.firstValue("set-cookie")).isEmpty();
    }

    @Test
    void aGuestWhoOnlyLooksGetsNoSession() {
        guest().get("/nothing-here");
        guest().get("/sign-in");
        assertThat(database.jdbc()
                        .sql("select count(*) from spring_session")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void healthAndMetricsAreOnTheirOwnPortOnly() {
        assertThat(guest().get("/actuator/health").statusCode()).isEqualTo(404);
        assertThat(guest().get("/actuator/prometheus").statusCode()).isEqualTo(404);
        var inside = new Browser(server.managementAddress());
        assertThat(inside.get("/actuator/health").statusCode()).isEqualTo(200);
        assertThat(inside.get("/actuator/prometheus").body()).contains("jvm_memory_used_bytes");
        assertThat(inside.get("/actuator/env").statusCode()).isEqualTo(404);
    }
}
