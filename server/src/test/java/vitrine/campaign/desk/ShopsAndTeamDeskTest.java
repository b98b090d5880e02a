package vitrine.campaign.desk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.identity.ApiKeys;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.Identities;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;

class ShopsAndTeamDeskTest {

    private static final Pattern KEY = Pattern.compile("vk_[\\w-]+");
    private static final Pattern SECRET = Pattern.compile("whsec_[\\w+/=]+");

    private static Workplace lumen;
    private static Browser wen;

    @BeforeAll
    static void open() {
        lumen = new Workplace();
        wen = lumen.team("Wen", Workplace.LUMEN);
        wen.get("/desk/lumen?lang=en");
    }

    @AfterAll
    static void close() {
        lumen.close();
    }

    @Test
    void reconcileNowReadsTheShopsOwnListAndBringsBackWhatWasLost() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        var list = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        list.createContext("/", exchange -> {
            asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = """
                    {"orders": [{"id": "ord_lost", "number": "9001", "currency": "CNY", "created_at": "%1$s",
                        "updated_at": "%1$s", "paid_at": "%1$s", "test": false, "buyer": {"id": "cus_lost"},
                        "lines": [{"id": "l1", "sku": "LUM-1", "product_id": "8100", "title": "Lamp", "category": "lamp",
                            "vendor": "Lumen", "quantity": 1, "total": "120.00"}]}]}
                    """.formatted(Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        list.start();
        try {
            String page = "/desk/lumen/shops/standard/lumen";
            assertThat(wen.get(page).body()).doesNotContain(page + "/reconcile");
            var saved = Workplace.send(
                    wen,
                    page,
                    page,
                    Map.of(
                            "name",
                            "Lumen on the pier",
                            "receiptDays",
                            "0",
                            "api",
                            "http://localhost:" + list.getAddress().getPort(),
                            "token",
                            "word"));
            assertThat(wen.get(Workplace.location(saved)).body()).contains(page + "/reconcile");
            lumen.drain();
            int before = asked.size();
            assertThat(wen.get("/desk/lumen/orders?number=9001").body()).contains("9001");
            var pressed = Workplace.send(wen, page, page + "/reconcile", Map.of());
            assertThat(wen.get(Workplace.location(pressed)).body()).contains("list of orders is being read");
            lumen.drain();
            assertThat(asked).hasSizeGreaterThan(before).containsOnly("Bearer word");
            assertThat(wen.get("/desk/lumen/orders?number=9001").body())
                    .contains("Lumen on the pier")
                    .contains("¥120.00");
            thenTheTokenGoesToNoOtherHost(
                    page, "http://localhost:" + list.getAddress().getPort());
        } finally {
            list.stop(0);
        }
    }

    private static void thenTheTokenGoesToNoOtherHost(String page, String api) {
        var elsewhere = settings(page, "https://localhost.example", "");
        assertThat(elsewhere.statusCode()).isEqualTo(422);
        assertThat(elsewhere.body()).contains("given for another address", "value=\"https://localhost.example\"");
        assertThat(wen.get(page).body()).contains("value=\"" + api + "\"");
        assertThat(settings(page, api + "/shop", "").statusCode()).isEqualTo(303);
        assertThat(settings(page, "", "another").body()).contains("enter the API address too");
        assertThat(settings(page, "", "").statusCode()).isEqualTo(303);
        assertThat(wen.get(page).body())
                .as("an address that is taken out goes, and its token with it")
                .doesNotContain("value=\"" + api, page + "/reconcile");
        assertThat(settings(page, "https://localhost.example", "").statusCode()).isEqualTo(303);
        assertThat(wen.get(page).body()).doesNotContain(page + "/reconcile");
        assertThat(settings(page, "", "").statusCode()).isEqualTo(303);
    }

    private static HttpResponse<String> settings(String page, String api, String token) {
        return Workplace.send(
                wen, page, page, Map.of("name", "Lumen on the pier", "receiptDays", "0", "api", api, "token", token));
    }

    @Test
    void aShopIsConnectedAndItsSecretShownOnce() {
        var connected = Workplace.send(
                wen,
                "/desk/lumen/shops",
                "/desk/lumen/shops",
                Map.of(
                        "source",
                        "standard",
                        "name",
                        "Pier two",
                        "slug",
                        "pier-two",
                        "currency",
                        "CNY",
                        "receiptDays",
                        "7",
                        "secret",
                        ""));
        assertThat(connected.statusCode()).isEqualTo(200);
        assertThat(connected.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(SECRET.matcher(connected.body()).find()).isTrue();
        assertThat(connected.body()).contains("/in/standard/pier-two").contains("Post to http");
        assertThat(SECRET.matcher(wen.get("/desk/lumen/shops/standard/pier-two").body())
                        .find())
                .isFalse();
        var again = Workplace.send(
                wen,
                "/desk/lumen/shops",
                "/desk/lumen/shops",
                Map.of(
                        "source",
                        "standard",
                        "name",
                        "Pier",
                        "slug",
                        "pier-two",
                        "currency",
                        "CNY",
                        "receiptDays",
                        "7"));
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(again.body()).contains("is taken");
        var odd = Workplace.send(
                wen,
                "/desk/lumen/shops",
                "/desk/lumen/shops",
                Map.of("source", "shopify", "name", "Pier", "slug", "pier", "currency", "CNY", "receiptDays", "7"));
        assertThat(odd.body()).contains("Without the secret no message can be checked.");
    }

    @Test
    void aNewSecretIsGoodAtOnceAndTheOldOneStaysGood() {
        var page = "/desk/lumen/shops/standard/lumen";
        var changed = Workplace.send(wen, page, page + "/secret", Map.of("secret", "", "overlap", "24"));
        assertThat(changed.body()).contains("It is shown this once");
        assertThat(lumen.deliver("old-secret", "{\"type\": \"order.paid\", \"data\": {}}"))
                .isEqualTo(200);
    }

    @Test
    void aTestMessageGoesThroughOurOwnDoorOrSaysWhyNot() {
        var page = "/desk/lumen/shops/standard/lumen";
        var tested = Workplace.send(wen, page, page + "/test", Map.of());
        assertThat(tested.statusCode()).isEqualTo(200);
        assertThat(tested.body()).contains("id=\"tested\"").contains("The test arrived.");
    }

    @Test
    void anInvitedColleagueSignsInByThatAddress() {
        var invited = Workplace.send(
                wen,
                "/desk/lumen/team",
                "/desk/lumen/team",
                Map.of(
                        "name",
                        "Tang",
                        "email",
                        "tang@agency.example",
                        "role",
                        "agency",
                        "until",
                        LocalDate.now().plusDays(30).toString()));
        assertThat(invited.statusCode()).isEqualTo(303);
        lumen.drain();
        assertThat(lumen.postbox.received.getLast().text()).contains("/desk/lumen");
        var tang = lumen.signedIn("tang@agency.example");
        assertThat(tang.get("/desk/lumen/campaigns").statusCode()).isEqualTo(200);
        var endless = Workplace.send(
                wen,
                "/desk/lumen/team",
                "/desk/lumen/team",
                Map.of("name", "Sun", "email", "sun@agency.example", "role", "agency", "until", ""));
        assertThat(endless.statusCode()).isEqualTo(422);
        var unchosen = Workplace.send(
                wen,
                "/desk/lumen/team",
                "/desk/lumen/team",
                Map.of(
                        "name",
                        "Sun",
                        "email",
                        "sun@agency.example",
                        "role",
                        "team",
                        "until",
                        LocalDate.now().plusDays(30).toString()));
        assertThat(unchosen.statusCode()).as("a team has no last day").isEqualTo(422);
        assertThat(unchosen.body()).contains("A last day is for an agency", "value=\"sun@agency.example\"");

        var member = Pattern.compile("/desk/lumen/team/[0-9a-f-]{36}/end")
                .matcher(wen.get("/desk/lumen/team").body().replaceFirst("(?s).*?<b>Tang</b>", ""));
        assertThat(member.find()).isTrue();
        assertThat(wen.get("/desk/lumen/team").body())
                .as("nobody's work ends by one press")
                .containsPattern(member.group() + "\">\\s*<input[^>]*>\\s*<details[^>]*><summary>End<")
                .contains("End the work of Tang");
        assertThat(Workplace.send(wen, "/desk/lumen/team", member.group(), Map.of())
                        .statusCode())
                .isEqualTo(303);
        assertThat(tang.get("/desk/lumen/campaigns").statusCode()).isEqualTo(403);
    }

    @Test
    void theLastOperatorIsNotEndedByOneClickNorByAProgram() {
        var house = new BrandId(Identities.HOUSE);
        var olga = lumen.hired("Olga", house, Colleagues.Role.OPERATOR);
        String page = "/desk/house/team";
        olga.get(page + "?lang=en");
        String own = end(olga, "Olga");
        assertThat(olga.get(page).body())
                .as("her own row asks first")
                .containsSubsequence("action=\"" + own + "\"", "<details", "This is you.", "End my own work");
        var refused = Workplace.send(olga, page, own, Map.of());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("role=\"alert\"", "The last operator stays");
        olga.get(page + "?lang=zh");
        assertThat(Workplace.send(olga, page, own, Map.of()).body()).contains("最后一位主办方运营必须留下");
        olga.get(page + "?lang=en");
        var key = lumen.server
                .bean(ApiKeys.class)
                .make(house, "test", java.util.EnumSet.allOf(Permission.class), new Who.Guest());
        var byProgram = new Browser(lumen.server.address())
                .json(
                        "DELETE",
                        "/api/brands/house/members" + own.replaceFirst(".*(/[^/]+)/end", "$1"),
                        "",
                        "Authorization",
                        "Bearer " + key.text());
        assertThat(byProgram.statusCode()).isEqualTo(409);
        assertThat(byProgram.body()).contains("\"code\":\"member.last-operator\"");
        var asTeam = new Browser(lumen.server.address())
                .json(
                        "POST",
                        "/api/brands/house/members",
                        "{\"name\":\"Olga\",\"email\":\"olga@work.example\",\"role\":\"team\"}",
                        "Authorization",
                        "Bearer " + key.text());
        assertThat(asTeam.statusCode()).as(asTeam.body()).isEqualTo(409);
        assertThat(olga.get(page).statusCode()).isEqualTo(200);

        lumen.hired("Petra", house, Colleagues.Role.OPERATOR);
        assertThat(olga.get(page).body())
                .as("a colleague's row asks as well")
                .containsPattern("action=\"" + end(olga, "Petra") + "\"(?s:.){0,400}?<details class=\"more\">"
                        + "(?s:.){0,400}?End the work of Petra");
        var ended = Workplace.send(olga, page, own, Map.of());
        assertThat(Workplace.location(ended)).as("she has no desk any more").isEqualTo("/");
        assertThat(olga.get(page).statusCode()).isEqualTo(403);
    }

    /** Where the button of this colleague's row leads. */
    private static String end(Browser who, String name) {
        var form = Pattern.compile("/desk/house/team/[0-9a-f-]{36}/end")
                .matcher(who.get("/desk/house/team")
                        .body()
                        .replaceFirst("(?s).*?<b>" + Pattern.quote(name) + "</b>", ""));
        assertThat(form.find()).isTrue();
        return form.group();
    }

    @Test
    void whatIsRefusedComesBackAsItWasTyped() {
        String shop = "/desk/lumen/shops/standard/lumen";
        var late = Workplace.send(
                wen,
                shop,
                shop,
                Map.of("name", "Lumen by the sea", "receiptDays", "365", "api", "https://sea.example/api"));
        assertThat(late.statusCode()).isEqualTo(422);
        assertThat(late.body())
                .contains("value=\"Lumen by the sea\"", "value=\"365\"", "value=\"https://sea.example/api\"");

        var key = Workplace.send(wen, "/desk/lumen/keys", "/desk/lumen/keys", Map.of("name", "", "scope", "shops"));
        assertThat(key.statusCode()).isEqualTo(422);
        assertThat(key.body())
                .contains("name=\"scope\" value=\"shops\" checked")
                .doesNotContain("name=\"scope\" value=\"see\" checked");
        var unscoped =
                Workplace.send(wen, "/desk/lumen/keys", "/desk/lumen/keys", Map.of("name", "the till by the door"));
        assertThat(unscoped.statusCode()).isEqualTo(422);
        assertThat(unscoped.body()).contains("value=\"the till by the door\"");

        lumen.hired("Ouyang", Workplace.LUMEN, vitrine.identity.Colleagues.Role.AGENCY);
        var may = Pattern.compile("/desk/lumen/team/[0-9a-f-]{36}/may")
                .matcher(wen.get("/desk/lumen/team").body().replaceFirst("(?s).*?<b>Ouyang</b>", ""));
        assertThat(may.find()).isTrue();
        var rights =
                Workplace.send(wen, "/desk/lumen/team", may.group(), Map.of("may", "messages", "until", "2020-02-02"));
        assertThat(rights.statusCode()).isEqualTo(422);
        assertThat(rights.body().replaceFirst("(?s).*?<b>Ouyang</b>", "").replaceFirst("(?s)</tr>.*", ""))
                .as("Ouyang's form is open, says why, and holds what was typed")
                .contains("<details class=\"more\" open>", "role=\"alert\"", "value=\"2020-02-02\"")
                .contains("value=\"messages\" checked")
                .doesNotContain("value=\"campaigns\" checked");
    }

    @Test
    void aKeyIsShownOnceAndRevoked() {
        var made = Workplace.send(wen, "/desk/lumen/keys", "/desk/lumen/keys", Map.of("name", "till", "scope", "see"));
        var key = KEY.matcher(made.body());
        assertThat(key.find()).isTrue();
        ApiKeys keys = lumen.server.bean(ApiKeys.class);
        assertThat(keys.whose(key.group())).isPresent();
        var list = wen.get("/desk/lumen/keys").body();
        assertThat(list)
                .contains("till")
                .doesNotContain(key.group())
                .as("a key is not revoked by one press")
                .containsPattern("/revoke\">\\s*<input[^>]*>\\s*<details[^>]*><summary>Revoke<");
        var revoke = Pattern.compile("/desk/lumen/keys/[0-9a-f-]{36}/revoke")
                .matcher(list.replaceFirst("(?s).*?<b>till</b>", ""));
        assertThat(revoke.find()).isTrue();
        Workplace.send(wen, "/desk/lumen/keys", revoke.group(), Map.of());
        assertThat(keys.whose(key.group())).isEmpty();
        assertThat(wen.get("/desk/lumen/audit").body())
                .contains("made an API key")
                .contains("Wen")
                .containsPattern("<a href=\"/desk/lumen/audit\\?to=[0-9a-f-]{36}\">till</a>");
        assertThat(lumen.server.bean(Audit.class).read(Workplace.LUMEN, null, 50))
                .extracting(Audit.Entry::act)
                .contains("api-key.made", "api-key.revoked");
    }

    @Test
    void whoMayDoWhatIsOnePageAndAnAgencyWhoseTimeIsOverMayNothing() {
        lumen.hired("Ximen", Workplace.LUMEN, vitrine.identity.Colleagues.Role.AGENCY);
        assertThat(ticks("Ximen")).isEqualTo("yes yes no no no");
        assertThat(ticks("Wen")).isEqualTo("yes yes yes yes yes");
        lumen.server
                .bean(org.springframework.jdbc.core.simple.JdbcClient.class)
                .sql(
                        "update memberships set given_at = now() - interval '2 day', good_until = now() - interval '1 day' "
                                + "where role = 'agency' and staff_id = (select staff_id from staff where name = 'Ximen')")
                .update();
        assertThat(ticks("Ximen")).isEqualTo("no no no no no");
    }

    @Test
    void whatIsTakenFromAnAgencyIsTakenFromItsKeysAndDoesNotComeBackWithIt() {
        invite("Murong", "see", "campaigns", "shops", "manage");
        var murong = lumen.signedIn("murong@agency.example");
        murong.get("/desk/lumen?lang=en");
        String key = made(murong, "agency till", "see", "shops", "manage");
        String byKey = KEY.matcher(new Browser(lumen.server.address())
                        .json(
                                "POST",
                                "/api/brands/lumen/api-keys",
                                "{\"name\":\"till of till\",\"scopes\":[\"see\",\"shops\"]}",
                                "Authorization",
                                "Bearer " + key)
                        .body())
                .results()
                .findFirst()
                .orElseThrow()
                .group();
        assertThat(ticks("agency till")).isEqualTo("yes no yes yes no");

        allow("Murong", "see", "campaigns", "manage");
        assertThat(may(key)).containsExactlyInAnyOrder(Permission.SEE, Permission.MANAGE);
        assertThat(may(byKey)).containsExactly(Permission.SEE);
        assertThat(ticks("agency till")).isEqualTo("yes no no yes no");

        invite("Murong", "see", "campaigns", "shops", "manage");
        assertThat(may(key)).as("let in anew, she makes new keys").isEmpty();
        assertThat(may(byKey)).isEmpty();
        assertThat(ticks("agency till")).isEqualTo("no no no no no");
        String fresh = made(murong, "agency till two", "see", "shops");
        assertThat(may(fresh)).containsExactlyInAnyOrder(Permission.SEE, Permission.SHOPS);
    }

    @Test
    void whoWasAnAgencyHereAndIsAnOperatorNowMakesKeysThatWorkAsLongAsSheIsOne() {
        invite("Duanmu", "see", "manage");
        var duanmu = lumen.signedIn("duanmu@agency.example");
        duanmu.get("/desk/lumen?lang=en");
        String asAgency = made(duanmu, "agency lamp", "see");
        sentAway("Duanmu");
        Colleagues colleagues = lumen.server.bean(Colleagues.class);
        colleagues.join(
                new BrandId(Identities.HOUSE),
                colleagues.add("Duanmu", "duanmu@agency.example"),
                Colleagues.Role.OPERATOR,
                Instant.now().plusSeconds(3_600),
                new Who.Guest());
        assertThat(may(asAgency)).as("what she made as an agency stays over").isEmpty();

        String asOperator = made(duanmu, "operator lamp", "see", "manage");
        assertThat(may(asOperator)).containsExactlyInAnyOrder(Permission.SEE, Permission.MANAGE);
        assertThat(ticks("operator lamp")).isEqualTo("yes no no yes no");
        assertThat(new Browser(lumen.server.address())
                        .json(
                                "POST",
                                "/api/brands/lumen/members",
                                "{\"name\":\"Gongsun\",\"email\":\"gongsun@work.example\",\"role\":\"agency\",\"may\":[\"see\"],\"until\":\""
                                        + Instant.now().plusSeconds(3_600) + "\"}",
                                "Authorization",
                                "Bearer " + asOperator)
                        .statusCode())
                .as("it is no agency's, which lets nobody in")
                .isEqualTo(201);

        lumen.server
                .bean(org.springframework.jdbc.core.simple.JdbcClient.class)
                .sql("update memberships set good_until = now() - interval '1 second' "
                        + "where role = 'operator' and staff_id = (select staff_id from staff where name = 'Duanmu')")
                .update();
        assertThat(may(asOperator)).isEmpty();
    }

    @Test
    void theInterfaceSaysThatAKeyIsOverWithTheAgencyThatMadeIt() {
        invite("Zhangsun", "see", "manage");
        var zhangsun = lumen.signedIn("zhangsun@agency.example");
        zhangsun.get("/desk/lumen?lang=en");
        made(zhangsun, "agency bell", "see");
        String teams = made(wen, "team bell", "manage");
        var lives = listed("agency bell", teams);
        assertThat(lives.get("over").asBoolean()).isFalse();
        assertThat(Instant.parse(lives.get("goodUntil").asString())).isAfter(Instant.now());

        sentAway("Zhangsun");
        var over = listed("agency bell", teams);
        assertThat(over.get("over").asBoolean()).isTrue();
        assertThat(over.get("scopes")).isEmpty();
        assertThat(over.get("revokedAt").isNull()).as("nobody revoked it").isTrue();
        var hers = listed("team bell", teams);
        assertThat(hers.get("over").asBoolean()).isFalse();
        assertThat(hers.get("goodUntil").isNull()).as("until it is revoked").isTrue();
    }

    private static JsonNode listed(String name, String key) {
        var answer =
                new Browser(lumen.server.address()).get("/api/brands/lumen/api-keys", "Authorization", "Bearer " + key);
        for (JsonNode one : JsonMapper.shared().readTree(answer.body()).get("items"))
            if (one.get("name").asString().equals(name)) return one;
        throw new AssertionError("not in the list: " + name);
    }

    private static void sentAway(String name) {
        Colleagues colleagues = lumen.server.bean(Colleagues.class);
        colleagues.of(Workplace.LUMEN).stream()
                .filter(one -> one.name().equals(name))
                .forEach(one -> colleagues.end(Workplace.LUMEN, one.id(), new Who.Guest()));
    }

    @Test
    void anAgencyRevokesItsOwnKeysAndNotTheTeams() {
        invite("Shangguan", "see", "manage");
        var agency = lumen.signedIn("shangguan@agency.example");
        agency.get("/desk/lumen?lang=en");
        String teams = made(wen, "the door", "see");
        String own = made(agency, "agency door", "see");
        String teamsRevoke = revoke(wen, "the door");
        assertThat(agency.get("/desk/lumen/keys").body()).doesNotContain(teamsRevoke);
        assertThat(Workplace.send(agency, "/desk/lumen/keys", teamsRevoke, Map.of())
                        .statusCode())
                .isEqualTo(403);
        String byProgram = made(agency, "agency program", "see", "manage");
        var deleted = new Browser(lumen.server.address())
                .json(
                        "DELETE",
                        teamsRevoke
                                .replace("/desk/lumen/keys/", "/api/brands/lumen/api-keys/")
                                .replace("/revoke", ""),
                        "",
                        "Authorization",
                        "Bearer " + byProgram);
        assertThat(deleted.statusCode()).isEqualTo(403);
        assertThat(may(teams)).containsExactly(Permission.SEE);
        Workplace.send(agency, "/desk/lumen/keys", revoke(agency, "agency door"), Map.of());
        assertThat(may(own)).isEmpty();
    }

    private static void invite(String name, String... may) {
        var form = Map.of(
                "name",
                name,
                "email",
                name.toLowerCase(java.util.Locale.ROOT) + "@agency.example",
                "role",
                "agency",
                "until",
                LocalDate.now().plusDays(30).toString(),
                "may",
                String.join(",", may));
        assertThat(Workplace.send(wen, "/desk/lumen/team", "/desk/lumen/team", form)
                        .statusCode())
                .isEqualTo(303);
    }

    private static void allow(String name, String... may) {
        var form = Pattern.compile("/desk/lumen/team/[0-9a-f-]{36}/may")
                .matcher(wen.get("/desk/lumen/team")
                        .body()
                        .replaceFirst("(?s).*?<b>" + Pattern.quote(name) + "</b>", ""));
        assertThat(form.find()).isTrue();
        var allowed = Workplace.send(
                wen,
                "/desk/lumen/team",
                form.group(),
                Map.of(
                        "may",
                        String.join(",", may),
                        "until",
                        LocalDate.now().plusDays(30).toString()));
        assertThat(allowed.statusCode()).isEqualTo(303);
    }

    private static String made(Browser who, String name, String... scopes) {
        var made = Workplace.send(
                who, "/desk/lumen/keys", "/desk/lumen/keys", Map.of("name", name, "scope", String.join(",", scopes)));
        var key = KEY.matcher(made.body());
        assertThat(key.find()).isTrue();
        return key.group();
    }

    private static java.util.Set<Permission> may(String key) {
        return lumen.server
                .bean(ApiKeys.class)
                .whose(key)
                .map(Who.Machine::scopes)
                .orElse(java.util.Set.of());
    }

    private static String revoke(Browser who, String name) {
        var form = Pattern.compile("/desk/lumen/keys/[0-9a-f-]{36}/revoke")
                .matcher(who.get("/desk/lumen/keys")
                        .body()
                        .replaceFirst("(?s).*?<b>" + Pattern.quote(name) + "</b>", ""));
        assertThat(form.find()).isTrue();
        return form.group();
    }

    /** What stands in this person's row under see, campaigns, shops, team and messages. */
    private static String ticks(String name) {
        String row = wen.get("/desk/lumen/team")
                .body()
                .replaceFirst("(?s).*id=\"may\"", "")
                .replaceFirst("(?s).*?<b>" + name + "</b>", "")
                .replaceFirst("(?s)</tr>.*", "");
        return Pattern.compile(">(may|may not)</span>")
                .matcher(row)
                .results()
                .map(m -> m.group(1).equals("may") ? "yes" : "no")
                .collect(java.util.stream.Collectors.joining(" "));
    }

    @Test
    void theAuditLogIsFilteredByAddress() {
        Workplace.send(wen, "/desk/lumen/keys", "/desk/lumen/keys", Map.of("name", "for the log", "scope", "see"));
        String keysOnly = deeds("/desk/lumen/audit?what=api-key");
        assertThat(keysOnly).contains("made an API key").doesNotContain("let somebody in");
        assertThat(deeds("/desk/lumen/audit?what=team"))
                .contains("let somebody in")
                .doesNotContain("an API key");
        assertThat(deeds("/desk/lumen/audit?who=installation"))
                .contains("let somebody in")
                .doesNotContain("<b>Wen</b>");
        assertThat(deeds("/desk/lumen/audit?until=" + LocalDate.now().minusDays(2)))
                .contains("Nothing of the kind was done.");
        assertThat(deeds("/desk/lumen/audit?from=" + LocalDate.now().minusDays(2)))
                .contains("made an API key");
        assertThat(deeds("/desk/lumen/audit?to=nobody-ever")).contains("Nothing of the kind was done.");
    }

    private static String deeds(String page) {
        return wen.get(page).body().replaceFirst("(?s).*</form>\\s*<section class=\"board\">", "");
    }

    /** Whatever is written down is found by what it was done to. */
    @Test
    void eachActOfTheAuditLogIsOfAKindThatTheListCanBeFilteredBy() {
        var acts = new vitrine.platform.web.Phrases()
                .keys(vitrine.platform.web.Language.EN).stream()
                        .filter(key -> key.startsWith("desk.act."))
                        .map(key -> key.substring("desk.act.".length()))
                        .toList();
        assertThat(acts).hasSizeGreaterThan(80).allSatisfy(act -> assertThat(TeamDesk.KINDS)
                .contains(act.substring(0, act.indexOf('.'))));
    }

    @Test
    void thePiecesArePagedAndTheirNumbersAddUp() {
        assertThat(wen.get("/desk/lumen/pieces").body()).contains("Moonrise").contains("No piece has been given yet.");
        assertThat(wen.get("/desk/lumen/pieces?after=nonsense").statusCode()).isEqualTo(400);
    }
}
