package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Jobs;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.messages.Carrier;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class StaffTest {

    @RestController
    static class Desks {
        @GetMapping("/desk/{brand}/work")
        @Requires(Permission.CAMPAIGNS)
        String desk(@PathVariable BrandId brand, CsrfToken token) {
            return token.getParameterName() + "=" + token.getToken();
        }

        @PostMapping("/desk/{brand}/work")
        @Requires(Permission.CAMPAIGNS)
        String work(@PathVariable BrandId brand) {
            return "done";
        }

        @GetMapping("/desk/{brand}/folk")
        @Requires(Permission.MANAGE)
        String team(@PathVariable BrandId brand) {
            return "team";
        }
    }

    private static final BrandId LUMEN = new BrandId(Identities.LUMEN);
    private static final BrandId HOUSE = new BrandId(Identities.HOUSE);
    private static final HandMovedClock clock = new HandMovedClock();
    private static final Postbox postbox = new Postbox();
    private static TestDatabase database;
    private static TestServer server;
    private static Colleagues colleagues;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of(), beans -> {
            beans.registerBean(Desks.class);
            beans.registerBean(Clock.class, () -> clock);
            beans.registerBean(Carrier.class, () -> postbox);
        });
        colleagues = server.bean(Colleagues.class);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static Browser signedIn(String email) {
        var browser = new Browser(server.address());
        browser.post("/sign-in", Map.of("address", email));
        server.bean(Jobs.class).drain();
        browser.post("/sign-in/sent", Map.of("code", postbox.code()));
        return browser;
    }

    private static Colleagues.Membership hire(
            String name, BrandId brand, Colleagues.Role role, @Nullable Duration until) {
        var staff = colleagues.add(name, name.toLowerCase(java.util.Locale.ROOT) + "@work.example");
        var end = until == null ? null : clock.instant().plus(until);
        return colleagues.join(brand, staff, role, end, new Who.Guest());
    }

    @Test
    void aTeamWorksForItsBrandAndSeesNoOther() {
        hire("Wen", LUMEN, Colleagues.Role.TEAM, null);
        var wen = signedIn("wen@work.example");
        assertThat(wen.get("/desk/lumen/work").statusCode()).isEqualTo(200);
        assertThat(wen.get("/desk/lumen/folk").statusCode()).isEqualTo(200);
        assertThat(wen.get("/desk/other/work").statusCode()).isEqualTo(403);
        assertThat(wen.get("/desk/nobody/work").statusCode()).isEqualTo(404);
    }

    @Test
    void anOperatorWorksForEveryBrand() {
        hire("Ops", HOUSE, Colleagues.Role.OPERATOR, null);
        var ops = signedIn("ops@work.example");
        for (var brand : List.of("house", "lumen", "other"))
            assertThat(ops.get("/desk/" + brand + "/folk").statusCode()).isEqualTo(200);
    }

    @Test
    void anAgencyRunsCampaignsUntilItsTimeIsOver() {
        hire("Agent", LUMEN, Colleagues.Role.AGENCY, Duration.ofHours(2));
        var agent = signedIn("agent@work.example");
        assertThat(agent.get("/desk/lumen/work").statusCode()).isEqualTo(200);
        assertThat(agent.get("/desk/lumen/folk").statusCode()).isEqualTo(403);
        clock.push(Duration.ofHours(3));
        assertThat(agent.get("/desk/lumen/work").statusCode()).isEqualTo(403);
    }

    @Test
    void anAgencyThatIsSentAwayIsOutAtOnce() {
        var membership = hire("Sent", LUMEN, Colleagues.Role.AGENCY, Duration.ofDays(30));
        var agent = signedIn("sent@work.example");
        assertThat(agent.get("/desk/lumen/work").statusCode()).isEqualTo(200);
        assertThat(colleagues.end(LUMEN, membership.id(), new Who.Guest())).isTrue();
        assertThat(agent.get("/desk/lumen/work").statusCode()).isEqualTo(403);
        assertThat(server.bean(Audit.class).read(LUMEN, null, 100)).anySatisfy(entry -> {
            assertThat(entry.act()).isEqualTo("team.left");
            assertThat(entry.subject()).isEqualTo(membership.id().toString());
        });
    }

    @Test
    void ofTwoOperatorsWhoEndEachOtherOneStaysAndSheIsNotMadeSomethingElse() throws Exception {
        server.bean(JdbcClient.class)
                .sql("update memberships set ended_at = now() where role = 'operator' and ended_at is null")
                .update();
        hire("Passing", HOUSE, Colleagues.Role.OPERATOR, Duration.ofDays(30));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                var una = hire("Una", HOUSE, Colleagues.Role.OPERATOR, null);
                var vic = hire("Vic", HOUSE, Colleagues.Role.OPERATOR, null);
                var together = new CyclicBarrier(2);
                var ends = threads.invokeAll(List.of(ending(una, together), ending(vic, together)));
                assertThat(List.of(ends.get(0).get(), ends.get(1).get()))
                        .as("one ends; whose own days are counted keeps the place for nobody")
                        .containsExactlyInAnyOrder(true, false);
            }
        }
        var last =
                colleagues.of(HOUSE).stream().filter(m -> m.goodUntil() == null).toList();
        assertThat(last).hasSize(1);
        for (Colleagues.Role other : List.of(Colleagues.Role.TEAM, Colleagues.Role.OPERATOR)) {
            var until = clock.instant().plus(Duration.ofDays(30));
            assertThatThrownBy(() -> colleagues.join(HOUSE, last.getFirst().staff(), other, until, new Who.Guest()))
                    .isInstanceOf(LastOperator.class);
        }
        assertThat(colleagues.of(HOUSE)).contains(last.getFirst());
    }

    private static Callable<Boolean> ending(Colleagues.Membership one, CyclicBarrier together) {
        return () -> {
            together.await();
            try {
                return colleagues.end(HOUSE, one.id(), new Who.Guest());
            } catch (LastOperator e) {
                return false;
            }
        };
    }

    @Test
    void aBuyerIsNoColleague() {
        assertThat(signedIn("buyer@home.example").get("/desk/lumen/work").statusCode())
                .isEqualTo(403);
    }

    @Test
    void whoseTwelveHoursAreOverIsLedThroughTheSignInBackToTheDesk() {
        hire("Late", LUMEN, Colleagues.Role.TEAM, null);
        var late = signedIn("late@work.example");
        var token = late.get("/desk/lumen/work").body().split("=", 2);
        clock.push(Duration.ofHours(13));
        comesBack(late, "late@work.example", "/desk/lumen/work?page=2&sort=a");
        clock.push(Duration.ofHours(13));
        assertThat(late.get(
                                "/desk/lumen/work?page=3",
                                "HX-Request",
                                "true",
                                "HX-Current-URL",
                                page("/desk/lumen/work?page=2"))
                        .headers()
                        .firstValue("HX-Redirect"))
                .as("a part of a page leads the whole page there")
                .contains("/sign-in?to=%2Fdesk%2Flumen%2Fwork%3Fpage%3D3");
        var form = late.post("/desk/lumen/work", Map.of(token[0], token[1]), "Referer", page("/desk/lumen/work?a=1"));
        assertThat(form.statusCode()).isEqualTo(401);
        assertThat(form.body()).contains("/sign-in?to=%2Fdesk%2Flumen%2Fwork%3Fa%3D1");
    }

    @Test
    void whoWasInvitedWhileSheWasSignedInAsACollectorComesToTheDesk() {
        var iris = signedIn("iris@work.example");
        assertThat(iris.get("/desk/lumen/work").statusCode()).isEqualTo(403);
        hire("Iris", LUMEN, Colleagues.Role.TEAM, null);
        comesBack(iris, "iris@work.example", "/desk/lumen/work");
    }

    /** From the page of the desk to the form, and from the code in the mail back to that page. */
    private static void comesBack(Browser browser, String email, String page) {
        var led = browser.get(page);
        assertThat(led.statusCode()).isEqualTo(302);
        var form = browser.get(location(led) + "&lang=en");
        assertThat(form.statusCode()).isEqualTo(200);
        assertThat(form.body()).contains("the address at which you were invited");
        browser.post("/sign-in", Map.of("address", email, "to", page));
        server.bean(Jobs.class).drain();
        assertThat(location(browser.post("/sign-in/sent", Map.of("code", postbox.code()))))
                .isEqualTo(page);
        assertThat(browser.get(page).statusCode()).isEqualTo(200);
    }

    @Test
    void aCollectorAtTheDeskIsToldWhyNotAndIsNotSentInACircle() {
        var kit = signedIn("kit@home.example");
        var refused = kit.get("/desk/lumen/work?lang=en");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .contains("an address that belongs to no team", "href=\"/sign-in?to=%2Fdesk\"")
                .doesNotContain("href=\"/desk\"");
        assertThat(kit.get("/sign-in?to=/desk").statusCode())
                .as("she may have another address")
                .isEqualTo(200);
        kit.post("/sign-in", Map.of("address", "kit@home.example", "to", "/desk"));
        server.bean(Jobs.class).drain();
        assertThat(location(kit.post("/sign-in/sent", Map.of("code", postbox.code()))))
                .isEqualTo("/desk");
        assertThat(kit.get("/desk").statusCode()).isEqualTo(403);
        assertThat(location(kit.get("/sign-in?to=/me/orders")))
                .as("to her own rooms she need not sign in again")
                .isEqualTo("/me/orders");
    }

    @Test
    void aFormThatIsSentAfterTheSessionsEndLeadsThroughTheSignInBackToTheForm() {
        var zoe = signedIn("zoe@home.example");
        zoe.post("/sign-out", Map.of());
        var sent =
                zoe.post("/me/account?lang=en", Map.of("name", "Zoe"), "Referer", page("/me/account?passkey=too-many"));
        assertThat(sent.statusCode()).isEqualTo(401);
        assertThat(sent.body())
                .contains("nothing was changed", "/sign-in?to=%2Fme%2Faccount%3Fpasskey%3Dtoo-many")
                .doesNotContain("You are signed in, but");
        assertThat(zoe.post("/me/account/news", Map.of(), "Referer", "https://evil.example/me/orders")
                        .body())
                .as("the page of another site is no way back")
                .contains("/sign-in?to=%2Fme\"");
        assertThat(new Browser(server.address())
                        .post("/desk/lumen/work", Map.of(), "Referer", page("/desk/lumen/work"))
                        .body())
                .contains("/sign-in?to=%2Fdesk%2Flumen%2Fwork\"");
    }

    @Test
    void aFormFromBeforeTheSignInSaysSo() {
        var yan = signedIn("yan@home.example");
        var old = yan.post("/me/account?lang=en", Map.of("name", "Yan", "_csrf", "of-another-session"));
        assertThat(old.statusCode()).isEqualTo(403);
        assertThat(old.body()).contains("This form is from before").doesNotContain("may not see the page");
    }

    @Test
    void anAddressThatOnlyTakesFormsSaysThatItShowsNothing() {
        var answer = new Browser(server.address()).get("/sign-out?lang=en");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.body()).contains("This address only takes what a form sends");
    }

    private static String page(String path) {
        return server.address().resolve(path).toString();
    }

    private static String location(java.net.http.HttpResponse<?> answer) {
        return answer.headers().firstValue("location").orElse("").replaceFirst("^http://[^/]+", "");
    }

    @Test
    void aFormOfAPrivatePageCarriesTheTokenOfItsSession() {
        hire("Form", LUMEN, Colleagues.Role.TEAM, null);
        var wen = signedIn("form@work.example");
        var token = wen.get("/desk/lumen/work").body().split("=", 2);
        assertThat(wen.post("/desk/lumen/work", Map.of()).statusCode()).isEqualTo(403);
        assertThat(wen.post("/desk/lumen/work", Map.of(token[0], "made-up")).statusCode())
                .isEqualTo(403);
        assertThat(wen.post("/desk/lumen/work", Map.of(token[0], token[1])).body())
                .isEqualTo("done");
        assertThat(wen.post("/desk/lumen/work", Map.of(token[0], token[1]), "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        hire("Neighbour", LUMEN, Colleagues.Role.TEAM, null);
        assertThat(signedIn("neighbour@work.example")
                        .post("/desk/lumen/work", Map.of(token[0], token[1]))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aGiftLinkOpensItsGiftAndNothingElse() {
        var links = server.bean(GiftLinks.class);
        var key = server.bean(BuyerKeys.class).phone("13900000123").orElseThrow();
        var buyer = java.util.Objects.requireNonNull(
                server.bean(Collectors.class).forBuyerKeys(List.of(key)).get(key));
        var gift = new GiftLinks.Gift(LUMEN, UUID.randomUUID(), buyer);
        var token = links.make(gift);
        assertThat(links.make(gift)).as("the same gift has the same link").isEqualTo(token);
        assertThat(links.open(token)).contains(gift);
        assertThat(links.open(token.substring(1) + "A")).isEmpty();
        assertThat(database.jdbc()
                        .sql("select row_to_json(g)::text from gift_links g")
                        .query(String.class)
                        .list())
                .noneMatch(row -> row.contains(token));
    }

    @Test
    void anOrdersLastFourDigitsAreGuessedFiveTimesAnHour() {
        var pickups = server.bean(Pickups.class);
        for (int n = 0; n < 5; n++)
            assertThat(pickups.count("2026-1001", "203.0.113." + n)).isInstanceOf(Attempts.Counted.Allowed.class);
        assertThat(pickups.count(" 2026-1001", "203.0.113.9")).isInstanceOf(Attempts.Counted.TooMany.class);
        assertThat(pickups.count("2026-1002", "203.0.113.9")).isInstanceOf(Attempts.Counted.Allowed.class);
    }

    @Test
    void whoeverReadsTheConsoleMayBeTheFirstOperatorOnce() {
        try (var empty = TestDatabase.fresh();
                var fresh = TestServer.start(empty)) {
            var path = URI.create(fresh.bean(FirstOperator.class).link().orElseThrow())
                    .getPath();
            var browser = new Browser(fresh.address());
            assertThat(browser.get(path).body()).containsPattern(Pattern.compile("name=\"address\""));
            assertThat(browser.post(path, Map.of("name", "Wen", "address", "no address"))
                            .statusCode())
                    .isEqualTo(422);
            assertThat(browser.post(path, Map.of("name", "Wen", "address", "wen@house.example"))
                            .headers()
                            .firstValue("location"))
                    .hasValueSatisfying(to -> assertThat(to).endsWith("/desk"));
            assertThat(new Browser(fresh.address())
                            .post(path, Map.of("name", "Thief", "address", "thief@house.example"))
                            .statusCode())
                    .isEqualTo(410);
            assertThat(fresh.bean(FirstOperator.class).link()).isEmpty();
            assertThat(fresh.bean(Colleagues.class).isThereAnOperator()).isTrue();
        }
    }
}
