package vitrine.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class PagesTest {
    private static final HttpClient BROWSER = HttpClient.newHttpClient();
    private static TestDatabase database;
    private static TestServer server;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = TestServer.start(database);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(server.address() + path));
        if (headers.length > 0) request.headers(headers);
        return BROWSER.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String form) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        return BROWSER.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/brands", "/campaigns", "/sign-in", "/pickup", "/verify"})
    void anEmptyInstallationHasEveryPublicPageInBothLanguages(String path) throws Exception {
        for (var language : Language.values()) {
            var page = get(path, "Accept-Language", language.tag());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body().stripLeading())
                    .startsWith("<!doctype html>")
                    .contains("<html lang=\"" + language.tag() + "\"");
            assertThat(page.headers().firstValue("Content-Language")).contains(language.tag());
        }
    }

    @Test
    void aReaderWhoSaysNothingReadsChinese() throws Exception {
        assertThat(get("/").body()).contains("lang=\"zh-CN\"");
    }

    @Test
    void aLanguageOnceChosenIsRemembered() throws Exception {
        var chosen = get("/?lang=en", "Accept-Language", "zh-CN");
        assertThat(chosen.body()).contains("<html lang=\"en\"");
        assertThat(chosen.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("lang=en").contains("SameSite=Lax", "HttpOnly"));
        assertThat(chosen.headers().firstValue("Content-Language"))
                .as("by which a worker knows the language that was chosen")
                .hasValue("en");
        assertThat(get("/", "Accept-Language", "zh-CN", "Cookie", "lang=en").body())
                .contains("<html lang=\"en\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/sign-in", "/pickup", "/nowhere"})
    void noPageCarriesInlineScriptOrStyleOrNamesAnotherHost(String path) throws Exception {
        var page = get(path);
        assertThat(page.headers().firstValue("Content-Security-Policy")).hasValueSatisfying(policy -> assertThat(policy)
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe-inline", "'unsafe-eval'", "http:", "https:"));
        assertThat(page.body()).doesNotContain(" style=", "<style", " onclick", "javascript:");
        assertThat(Pattern.compile("<script(?![^>]*\\bsrc=)")
                        .matcher(page.body())
                        .find())
                .isFalse();
        var elsewhere = Pattern.compile("(?:src|href|action)=\"(?:https?:)?//(?!localhost)[^\"]*\"")
                .matcher(page.body());
        assertThat(elsewhere.find()).isFalse();
    }

    @Test
    void whatIsNotThereIsSaidInWordsToPeople() throws Exception {
        var page = get("/o/nothing", "Accept", "text/html", "Accept-Language", "en");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
        assertThat(page.body()).contains("This box is empty");
    }

    @ParameterizedTest
    @CsvSource({"/log/tile/nothing,404", "/api/nothing,404"})
    void whatIsNotThereIsAProblemWithACodeToPrograms(String path, int status) throws Exception {
        var answer = get(path, "Accept", "application/json");
        assertThat(answer.statusCode()).isIn(status, 401, 403);
        if (!answer.body().isEmpty()) {
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body()).contains("\"code\":\"", "\"status\":" + answer.statusCode());
        }
    }

    @Test
    void aGiftLinkThatOpensNothingSaysSoWithoutAFault() throws Exception {
        var page = get("/g/no-such-gift", "Accept", "text/html", "Accept-Language", "en");
        assertThat(page.body()).contains("Gift links work once");
        assertThat(get("/first-operator/over", "Accept", "text/html", "Accept-Language", "en")
                        .body())
                .as("the code's own words")
                .contains("This link has done its work")
                .doesNotContain("Gift links");
        assertThat(page.statusCode()).isEqualTo(410);
        assertThat(page.body()).contains("Nothing is lost");
    }

    @Test
    void aWrongPairAtThePickUpKeepsTheNumberAndSaysWhatToDo() throws Exception {
        var page = post(
                "/pickup?lang=en", "number=" + URLEncoder.encode("#1001", StandardCharsets.UTF_8) + "&digits=0000");
        assertThat(page.statusCode()).isEqualTo(422);
        assertThat(page.body()).contains("value=\"#1001\"", "No order fits both");
    }

    @Test
    void thePickUpIsNotAPlaceToGuessAt() throws Exception {
        HttpResponse<String> page = post("/pickup?lang=en", "number=77&digits=0000");
        for (int i = 0; i < 6; i++) page = post("/pickup?lang=en", "number=77&digits=000" + i);
        assertThat(page.statusCode()).isEqualTo(429);
        assertThat(page.body()).contains("tries an hour at most");
    }

    @Test
    void theOwnRoomAsksWhoIsThereAndComesBack() throws Exception {
        var page = get("/me/orders", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location"))
                .hasValueSatisfying(
                        to -> assertThat(to).startsWith("/sign-in?to=").contains("me"));
    }

    @Test
    void onlyADemoHasAClockThatMoves() throws Exception {
        assertThat(get("/demo/clock").statusCode()).isEqualTo(404);
        assertThat(post("/demo/clock", "days=1").statusCode()).isEqualTo(404);
        assertThat(get("/").body()).doesNotContain("/demo/clock");
    }
}
