package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Jobs;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Carrier;
import vitrine.platform.messages.Messages;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class SignInTest {

    @RestController
    static class Mirror {
        private final Access access;
        private final Sessions sessions;
        private final Collectors collectors;
        private final BuyerKeys buyerKeys;

        private final Follows follows;

        Mirror(Access access, Sessions sessions, Collectors collectors, BuyerKeys buyerKeys, Follows follows) {
            this.access = access;
            this.sessions = sessions;
            this.collectors = collectors;
            this.buyerKeys = buyerKeys;
            this.follows = follows;
        }

        @GetMapping("/who")
        String who() {
            return access.who().actor();
        }

        @GetMapping("/me/mirror")
        String mine() {
            return access.person().toString();
        }

        @GetMapping("/prove")
        String prove(jakarta.servlet.http.HttpServletRequest request, String phone) {
            var key = buyerKeys.phone(phone).orElseThrow();
            var id = collectors.forBuyerKeys(List.of(key)).get(key);
            sessions.prove(request, java.util.Objects.requireNonNull(id));
            return id.toString();
        }

        /** As a brand's page does when a guest presses its button. */
        @GetMapping("/mean")
        String mean(jakarta.servlet.http.HttpServletRequest request) {
            follows.mean(request, Follows.Followed.brand(new BrandId(Identities.LUMEN)));
            return "meant";
        }
    }

    private static final HandMovedClock clock = new HandMovedClock();
    private static final Postbox postbox = new Postbox();
    private static TestDatabase database;
    private static TestServer server;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of(), beans -> {
            beans.registerBean(Mirror.class);
            beans.registerBean(Clock.class, () -> clock);
            beans.registerBean(Carrier.class, () -> postbox);
        });
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static Browser guest() {
        return new Browser(server.address());
    }

    private static HttpResponse<String> ask(Browser browser, String address) {
        var answer = browser.post("/sign-in", Map.of("address", address, "to", "/me/orders"));
        server.bean(Jobs.class).drain();
        return answer;
    }

    private static HttpResponse<String> enter(Browser browser, String code) {
        return browser.post("/sign-in/sent", Map.of("code", code));
    }

    private static String wrong(String code) {
        return code.equals("000000") ? "000001" : "000000";
    }

    private static String location(HttpResponse<?> answer) {
        return answer.headers().firstValue("location").orElse("").replaceFirst("^http://[^/]+", "");
    }

    @Test
    void aLastVisitIsWrittenOnceAMinuteAndASessionThatWasNotSeenForItsDaysIsOver() {
        var ada = guest();
        ask(ada, "visits@shop.example");
        enter(ada, postbox.code());
        String who = ada.get("/who").body().substring("collector:".length());
        long before = seen(who, Duration.ofSeconds(40));
        assertThat(ada.get("/who").body()).endsWith(who);
        server.bean(Jobs.class).drain();
        assertThat(lastSeen(who)).as("within the minute").isEqualTo(before);
        before = seen(who, Duration.ofSeconds(70));
        ada.get("/who");
        server.bean(Jobs.class).drain();
        assertThat(lastSeen(who)).as("after it").isGreaterThan(before);
        assertThat(ends(who)).isEqualTo(lastSeen(who) + Sessions.COLLECTORS.toMillis());
        seen(who, Sessions.COLLECTORS.plusSeconds(1));
        assertThat(ada.get("/who").body()).doesNotContain(who);
    }

    @Test
    void aSessionThatEndsElsewhereIsOverWithTheNextRequest() {
        var ada = guest();
        ask(ada, "elsewhere@shop.example");
        enter(ada, postbox.code());
        String who = ada.get("/who").body().substring("collector:".length());
        database.jdbc()
                .sql("delete from spring_session where principal_name = :who")
                .param("who", who)
                .update();
        assertThat(ada.get("/who").body()).isEqualTo("guest");
    }

    /** As if her last visit had been so long ago. */
    private static long seen(String who, Duration ago) {
        long at = System.currentTimeMillis() - ago.toMillis();
        database.jdbc()
                .sql("update spring_session set last_access_time = :at where principal_name = :who")
                .param("at", at)
                .param("who", who)
                .update();
        return at;
    }

    private static long lastSeen(String who) {
        return database.jdbc()
                .sql("select last_access_time from spring_session where principal_name = :who")
                .param("who", who)
                .query(Long.class)
                .single();
    }

    private static long ends(String who) {
        return database.jdbc()
                .sql("select expiry_time from spring_session where principal_name = :who")
                .param("who", who)
                .query(Long.class)
                .single();
    }

    @Test
    void aCodeGoesBeforeAllMailsThatWait() {
        var messages = server.bean(Messages.class);
        for (int n = 0; n < 60; n++)
            messages.write(
                    Address.email("reminded-" + n + "@shop.example"), "Soon", "It opens in a quarter of an hour.");
        guest().post("/sign-in", Map.of("address", "hurried@shop.example", "to", "/me/orders"));
        int before = postbox.received.size();
        messages.run();
        assertThat(postbox.received.stream().skip(before))
                .hasSize(20)
                .anySatisfy(mail -> assertThat(mail.to().value()).isEqualTo("hurried@shop.example"));
        server.bean(Jobs.class).drain();
    }

    @Test
    void aCodeSignsInAndLeadsBackToWhereSheWasGoing() {
        var ada = guest();
        assertThat(location(ask(ada, "ada@shop.example"))).isEqualTo("/sign-in/sent");
        assertThat(ada.get("/sign-in/sent").body())
                .contains("a•••@shop.example")
                .as("asked for again, it leads to the same place")
                .contains("href=\"/sign-in?to=%2Fme%2Forders\"")
                .doesNotContain("ada@shop.example");
        assertThat(ada.get("/sign-in?to=/me/orders").body()).contains("/sign-in/recovery?to=%2Fme%2Forders");
        assertThat(ada.get("/sign-in/recovery?to=/me/orders").body()).contains("name=\"to\" value=\"/me/orders\"");
        var in = enter(ada, postbox.code());
        assertThat(in.statusCode()).isEqualTo(303);
        assertThat(location(in)).isEqualTo("/me/orders");
        assertThat(ada.get("/who").body()).startsWith("collector:");
        assertThat(ada.post("/sign-out", Map.of()).statusCode()).isEqualTo(303);
        assertThat(ada.get("/who").body()).isEqualTo("guest");
    }

    @Test
    void followingTheLinkSignsNobodyInUntilTheButtonIsPressed() {
        ask(guest(), "linked@shop.example");
        var link = postbox.link();
        var scanner = guest();
        for (int n = 0; n < 3; n++) {
            assertThat(scanner.get(link).statusCode()).isEqualTo(200);
            assertThat(scanner.get("/who").body()).isEqualTo("guest");
        }
        var elsewhere = guest();
        assertThat(elsewhere.get(link).body()).contains("l•••@shop.example");
        assertThat(elsewhere.post(link, Map.of()).statusCode()).isEqualTo(303);
        assertThat(elsewhere.get("/who").body()).startsWith("collector:");
    }

    @Test
    void aLinkAndItsCodeAreGoodOnceTogether() {
        var bo = guest();
        ask(bo, "once@shop.example");
        var code = postbox.code();
        var link = postbox.link();
        assertThat(enter(bo, code).statusCode()).isEqualTo(303);
        assertThat(guest().post(link, Map.of()).statusCode()).isEqualTo(410);
        assertThat(guest().get(link).statusCode()).isEqualTo(410);

        var again = guest();
        ask(again, "once@shop.example");
        var second = postbox.code();
        guest().post(postbox.link(), Map.of());
        assertThat(enter(again, second).statusCode()).isEqualTo(422);
        assertThat(again.get("/who").body()).isEqualTo("guest");
    }

    @Test
    void afterFiveWrongCodesTheRightOneIsRefusedToo() {
        var thief = guest();
        ask(thief, "guessed@shop.example");
        var code = postbox.code();
        for (int n = 1; n <= 4; n++) {
            var answer = enter(thief, wrong(code));
            assertThat(answer.statusCode()).isEqualTo(422);
        }
        assertThat(enter(thief, wrong(code)).statusCode()).isEqualTo(422);
        assertThat(enter(thief, code).statusCode()).isNotEqualTo(303);
        assertThat(thief.get("/who").body()).isEqualTo("guest");
    }

    @Test
    void aCodeIsOverAfterAQuarterOfAnHour() {
        var late = guest();
        ask(late, "late@shop.example");
        var code = postbox.code();
        var link = postbox.link();
        clock.push(Duration.ofMinutes(16));
        assertThat(enter(late, code).statusCode()).isEqualTo(422);
        assertThat(guest().post(link, Map.of()).statusCode()).isEqualTo(410);
        assertThat(late.get("/who").body()).isEqualTo("guest");
    }

    @Test
    void whatAGuestPressedIsDoneWhenSheSignsInAndForgottenAfterHalfAnHour() {
        assertThat(followsAfter(Duration.ofMinutes(29), "soon@shop.example"))
                .containsExactly(Follows.Followed.brand(new BrandId(Identities.LUMEN)));
        assertThat(followsAfter(Duration.ofMinutes(31), "late-follower@shop.example"))
                .isEmpty();
    }

    private static List<Follows.Followed> followsAfter(Duration passed, String address) {
        var visitor = guest();
        assertThat(visitor.get("/mean").body()).isEqualTo("meant");
        clock.push(passed);
        ask(visitor, address);
        enter(visitor, postbox.code());
        String who = visitor.get("/who").body().substring("collector:".length());
        return server.bean(Follows.class).of(new CollectorId(UUID.fromString(who)));
    }

    @Test
    void aCodeOpensOnlyTheBrowserThatAskedForIt() {
        var ada = guest();
        ask(ada, "own@shop.example");
        var code = postbox.code();
        var thief = guest();
        ask(thief, "thief@shop.example");
        assertThat(enter(thief, code).statusCode()).isEqualTo(422);
        assertThat(thief.get("/who").body()).isEqualTo("guest");
        assertThat(location(enter(guest(), code))).startsWith("/sign-in?");
    }

    @Test
    void theAnswerIsTheSameWhetherTheAddressIsKnown() {
        var known = guest();
        ask(known, "known@shop.example");
        enter(known, postbox.code());
        var first = guest();
        var second = guest();
        var one = ask(first, "known@shop.example");
        var other = ask(second, "never-seen@shop.example");
        assertThat(one.statusCode()).isEqualTo(other.statusCode());
        assertThat(location(one)).isEqualTo(location(other));
        assertThat(first.get("/sign-in/sent").body().replace("k•••", "…"))
                .isEqualTo(second.get("/sign-in/sent").body().replace("n•••", "…"));
    }

    @Test
    void anAddressIsWrittenToSixTimesAnHour() {
        for (int n = 0; n < SignIns.ASKED_PER_ADDRESS; n++)
            assertThat(ask(guest(), "flooded@shop.example").statusCode()).isEqualTo(303);
        assertThat(ask(guest(), "Flooded@Shop.example ").statusCode()).isEqualTo(429);
        clock.push(Duration.ofHours(1));
        assertThat(ask(guest(), "flooded@shop.example").statusCode()).isEqualTo(303);
    }

    @Test
    void whatIsNoAddressIsSaidSo() {
        for (var bad : List.of("", "ada", "@", "138****0000", "x".repeat(300) + "@shop.example")) {
            assertThat(ask(guest(), bad).statusCode()).isEqualTo(422);
        }
    }

    @Test
    void aPhoneGetsACodeByTextMessage() {
        var bo = guest();
        ask(bo, "139 0000 0042");
        assertThat(postbox.received.getLast().to().value()).isEqualTo("+8613900000042");
        assertThat(enter(bo, postbox.code()).statusCode()).isEqualTo(303);
    }

    @Test
    void theSessionThatWasThereBeforeIsNotTheOneThatIsSignedIn() {
        var ada = guest();
        ask(ada, "fixed@shop.example");
        var before = ada.session();
        assertThat(before).isNotEmpty();
        enter(ada, postbox.code());
        assertThat(ada.session()).isNotEmpty().isNotEqualTo(before);
        var planted = guest();
        assertThat(planted.get("/who", "Cookie", "vitrine=" + before).body()).isEqualTo("guest");
    }

    @Test
    void theCookieIsOutOfReachOfScriptsAndForeignForms() {
        var cookie = ask(guest(), "cookie@shop.example")
                .headers()
                .firstValue("set-cookie")
                .orElseThrow();
        assertThat(cookie).contains("HttpOnly").contains("SameSite=Lax").contains("Path=/");
    }

    @Test
    void signingInLeadsNowhereForeign() {
        for (var to :
                List.of("//evil.example", "https://evil.example", "/\\evil.example", "/\tevil", "evil", "/sign-in/x"))
            assertThat(SignInPages.safe(to)).isEqualTo("/me");
        assertThat(SignInPages.safe("/c/moonrise-17?x=1")).isEqualTo("/c/moonrise-17?x=1");
    }

    @Test
    void aGiftOpenedBeforeSigningInIsHersAfterwardsInWhateverBrowser() {
        var ada = guest();
        var gift = ada.get("/prove?phone=13900000077").body();
        ask(ada, "gift-opener@shop.example");
        var phone = guest();
        assertThat(phone.post(postbox.link(), Map.of()).statusCode()).isEqualTo(303);
        var person = phone.get("/me/mirror").body();
        assertThat(person).isNotEqualTo(gift);
        var root = server.bean(Collectors.class).root(new CollectorId(java.util.UUID.fromString(gift)));
        assertThat(root.toString()).isEqualTo(person);
    }

    @Test
    void staffSignInLikeEverybodyAndAreStaffForTwelveHours() {
        var colleagues = server.bean(Colleagues.class);
        var wen = colleagues.add("Wen", "wen@lumen.example");
        colleagues.join(new BrandId(Identities.LUMEN), wen, Colleagues.Role.TEAM, null, new Who.Guest());
        var browser = guest();
        ask(browser, "WEN@lumen.example");
        enter(browser, postbox.code());
        assertThat(browser.get("/who").body()).isEqualTo("staff:" + wen);
        clock.push(Duration.ofHours(13));
        assertThat(browser.get("/who").body()).doesNotContain("staff");
    }

    @Test
    void noCodeNorTokenNorAddressStandsInTheDatabase() {
        ask(guest(), "secret-address@shop.example");
        var code = postbox.code();
        var token = postbox.link().substring("/sign-in/link/".length());
        var rows = database.jdbc()
                .sql(
                        "select row_to_json(s)::text || coalesce((select string_agg(row_to_json(m)::text, '') from messages m), '') from sign_ins s order by made_at desc limit 1")
                .query(String.class)
                .single();
        assertThat(rows).doesNotContain(code).doesNotContain(token).doesNotContain("secret-address");
    }
}
