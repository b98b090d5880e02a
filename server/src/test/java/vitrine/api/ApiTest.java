package vitrine.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.identity.ApiKeys;
import vitrine.identity.Audit;
import vitrine.identity.Browser;
import vitrine.identity.HandMovedClock;
import vitrine.identity.Identities;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.Event;
import vitrine.platform.Events;
import vitrine.platform.Ids;
import vitrine.platform.Jobs;
import vitrine.platform.Keys;
import vitrine.platform.api.Described;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class ApiTest {

    /** Something that is done: how often, tells the number in its answer. */
    @RestController
    static class Deeds {
        static final AtomicInteger done = new AtomicInteger();
        static final CountDownLatch begun = new CountDownLatch(1);
        static final CountDownLatch mayEnd = new CountDownLatch(1);

        record Deed(String name) {}

        record Done(int nth, String name) {}

        static final List<String> accidents = new CopyOnWriteArrayList<>();
        private final Audit audit;
        private final JdbcClient db;

        Deeds(Audit audit, JdbcClient db) {
            this.audit = audit;
            this.db = db;
        }

        /** Leaves a line in the audit log, and meets with the accident that it is named after, the first time. */
        @PostMapping("/api/brands/{brand}/lines")
        @Requires(Permission.SEE)
        @ResponseStatus(HttpStatus.CREATED)
        @Described("For tests.")
        Done write(@PathVariable BrandId brand, @RequestBody Deed deed) {
            audit.write(new Who.Guest(), brand, "test.line", deed.name(), "{}");
            if (accidents.remove(deed.name())) {
                switch (deed.name()) {
                    case "connection-dies" ->
                        db.sql("select pg_terminate_backend(pg_backend_pid())")
                                .query()
                                .listOfRows();
                    case "is-refused" ->
                        throw new Refused(HttpStatus.UNPROCESSABLE_CONTENT, "test.refused", "after it wrote");
                    case "is-overtaken" ->
                        database.jdbc()
                                .sql(
                                        "update idempotency_keys set begun_at = begun_at + interval '3 minutes' where key = 'k-line'")
                                .update();
                    default -> throw new IllegalStateException(deed.name());
                }
            }
            return new Done(done.incrementAndGet(), deed.name());
        }

        @PostMapping("/api/brands/{brand}/deeds")
        @Requires(Permission.SEE)
        @ResponseStatus(HttpStatus.CREATED)
        @Described("For tests.")
        Done doIt(@PathVariable BrandId brand, @RequestBody Deed deed) throws InterruptedException {
            if (deed.name().equals("slow")) {
                begun.countDown();
                if (!mayEnd.await(20, TimeUnit.SECONDS)) throw new IllegalStateException("nobody let it end");
            }
            int nth = done.incrementAndGet();
            if (deed.name().equals("breaks") && nth % 2 == 1) throw new IllegalStateException("on our side");
            return new Done(nth, deed.name());
        }
    }

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final BrandId LUMEN = new BrandId(Identities.LUMEN);
    private static final HandMovedClock clock = new HandMovedClock();
    private static TestDatabase database;
    private static TestServer server;
    private static String key;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of("vitrine.clock.movable", "true"), beans -> {
            beans.registerBean(Deeds.class);
            beans.registerBean(Clock.class, () -> clock);
        });
        key = key(Identities.LUMEN);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static String key(UUID brand) {
        return "Bearer "
                + server.bean(ApiKeys.class)
                        .make(new BrandId(brand), "test", EnumSet.allOf(Permission.class), new Who.Guest())
                        .text();
    }

    private static Browser program() {
        return new Browser(server.address());
    }

    private static JsonNode get(String path) {
        var answer = program().get(path, "Authorization", key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static java.net.http.HttpResponse<String> deed(String idempotency, String name, String authorization) {
        return program()
                .json(
                        "POST",
                        "/api/brands/lumen/deeds",
                        "{\"name\":\"" + name + "\"}",
                        "Authorization",
                        authorization,
                        "Idempotency-Key",
                        idempotency);
    }

    @Test
    void theSameKeyAndRequestIsDoneOnceAndAnsweredAlike() {
        var first = deed("k-1", "first", key);
        var again = deed("k-1", "first", key);
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(first.headers().firstValue("Idempotency-Hit")).isEmpty();
        assertThat(again.headers().firstValue("Idempotency-Hit")).contains("true");
        assertThat(deed("k-2", "first", key).body()).isNotEqualTo(first.body());
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefused() {
        deed("k-other", "one", key);
        var other = deed("k-other", "two", key);
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("\"code\":\"idempotency.other-request\"");
    }

    @Test
    void whileTheFirstIsUnderWayTheSecondIsToldSo() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> deed("k-slow", "slow", key));
            assertThat(Deeds.begun.await(20, TimeUnit.SECONDS)).isTrue();
            var second = deed("k-slow", "slow", key);
            Deeds.mayEnd.countDown();
            assertThat(second.statusCode()).isEqualTo(409);
            assertThat(second.body()).contains("\"code\":\"idempotency.in-flight\"");
            assertThat(first.get().statusCode()).isEqualTo(201);
            assertThat(deed("k-slow", "slow", key).body()).isEqualTo(first.get().body());
        }
    }

    @Test
    void whatFailedOnOurSideMayBeTriedAgainWithTheSameKey() {
        if (Deeds.done.get() % 2 == 1) deed("k-even", "even", key);
        assertThat(deed("k-breaks", "breaks", key).statusCode()).isEqualTo(500);
        assertThat(deed("k-breaks", "breaks", key).statusCode()).isEqualTo(201);
    }

    private static java.net.http.HttpResponse<String> line(String accident) {
        return program()
                .json(
                        "POST",
                        "/api/brands/lumen/lines",
                        "{\"name\":\"" + accident + "\"}",
                        "Authorization",
                        key,
                        "Idempotency-Key",
                        "k-line");
    }

    private static int linesWritten(String accident) {
        return database.jdbc()
                .sql("select count(*) from audit_log where act = 'test.line' and subject = :subject")
                .param("subject", accident)
                .query(Integer.class)
                .single();
    }

    @Test
    void aDeedWhoseDatabaseConnectionDiedLeftNothingBehindAndIsDoneByTheRepeat() {
        database.jdbc().sql("delete from idempotency_keys where key = 'k-line'").update();
        Deeds.accidents.add("connection-dies");
        assertThat(line("connection-dies").statusCode()).isEqualTo(500);
        assertThat(linesWritten("connection-dies")).isZero();
        assertThat(line("connection-dies").statusCode()).isEqualTo(201);
        assertThat(line("connection-dies").headers().firstValue("Idempotency-Hit"))
                .contains("true");
        assertThat(linesWritten("connection-dies")).isEqualTo(1);
    }

    @Test
    void aDeedWhoseClaimWasTakenOverMeanwhileIsUndone() {
        database.jdbc().sql("delete from idempotency_keys where key = 'k-line'").update();
        Deeds.accidents.add("is-overtaken");
        var slow = line("is-overtaken");
        assertThat(slow.statusCode()).as(slow.body()).isEqualTo(409);
        assertThat(slow.body()).contains("\"code\":\"idempotency.in-flight\"");
        assertThat(linesWritten("is-overtaken")).isZero();
    }

    @Test
    void aRefusalUndoesWhatCameBeforeItAndIsAnsweredAlikeAgain() {
        database.jdbc().sql("delete from idempotency_keys where key = 'k-line'").update();
        Deeds.accidents.add("is-refused");
        var refused = line("is-refused");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(linesWritten("is-refused")).isZero();
        var again = line("is-refused");
        assertThat(again.body()).isEqualTo(refused.body());
        assertThat(again.headers().firstValue("Idempotency-Hit")).contains("true");
    }

    @Test
    void aKeptAnswerDoesNotShowTheSecretThatItHolds() {
        var made = program()
                .json(
                        "POST",
                        "/api/brands/lumen/api-keys",
                        "{\"name\":\"till\",\"scopes\":[\"see\"]}",
                        "Authorization",
                        key,
                        "Idempotency-Key",
                        "k-secret");
        assertThat(made.statusCode()).isEqualTo(201);
        var secret = JSON.readTree(made.body()).get("key").asString();
        byte[] kept = database.jdbc()
                .sql("select body from idempotency_keys where key = 'k-secret'")
                .query(byte[].class)
                .single();
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain(secret);
    }

    @Test
    void aKeyIsItsCallersOwn() {
        var mine = deed("k-mine", "mine", key);
        var another = key(Identities.LUMEN);
        assertThat(deed("k-mine", "mine", another).body()).isNotEqualTo(mine.body());
    }

    @Test
    void aKeyIsForgottenAfterADay() {
        var first = deed("k-day", "day", key);
        clock.push(Duration.ofHours(25));
        assertThat(deed("k-day", "day", key).body()).isNotEqualTo(first.body());
        server.bean(Jobs.class).drain();
        int left = database.jdbc()
                .sql("select count(*) from idempotency_keys where begun_at < :day")
                .param("day", java.sql.Timestamp.from(clock.instant().minus(Duration.ofDays(1))))
                .query(Integer.class)
                .single();
        assertThat(left).isZero();
    }

    @Test
    void aListIsReadPartByPartWithoutGapOrDouble() {
        var shop = UUID.randomUUID();
        for (int n = 0; n < 25; n++) {
            database.jdbc()
                    .sql("""
                    insert into deliveries (brand_id, shop_id, delivery_id, batch_id, received_at, topic, state)
                    values (:brand, :shop, :id, :batch, now(), 'orders/paid', 'ignored')
                    """)
                    .param("brand", Identities.LUMEN)
                    .param("shop", shop)
                    .param("id", "d" + n)
                    .param("batch", new UUID(7L << 12, n / 4))
                    .update();
        }
        List<String> seen = new ArrayList<>();
        var path = "/api/brands/lumen/deliveries?limit=7";
        while (path != null) {
            var answer = program().get(path, "Authorization", key);
            for (var item : JSON.readTree(answer.body()).get("items"))
                seen.add(item.get("id").asString());
            path = answer.headers()
                    .firstValue("link")
                    .map(link -> link.substring(1, link.indexOf('>')))
                    .orElse(null);
        }
        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
        assertThat(program()
                        .get("/api/brands/other/deliveries", "Authorization", key)
                        .statusCode())
                .isEqualTo(403);
        var others = program().get("/api/brands/other/deliveries", "Authorization", key(Identities.OTHER));
        assertThat(JSON.readTree(others.body()).get("items")).isEmpty();
    }

    @Test
    void eventsAreReadOnFromTheLastNumber() {
        var ids = server.bean(Ids.class);
        server.bean(TransactionTemplate.class).executeWithoutResult(status -> {
            var three = new ArrayList<Event>();
            for (int n = 1; n <= 3; n++)
                three.add(new Event(
                        LUMEN, ids.next(), "test.happened", "moonrise-" + n, "{\"n\":" + n + "}", Instant.now()));
            server.bean(Events.class).publish(three);
        });
        server.bean(Jobs.class).drain();
        var first = get("/api/brands/lumen/events?limit=2");
        assertThat(first.get("items")).hasSize(2);
        var rest = get("/api/brands/lumen/events?after=" + first.get("last").asLong());
        assertThat(rest.get("items")).hasSize(1);
        assertThat(rest.at("/items/0/subject").asString()).isEqualTo("moonrise-3");
        assertThat(rest.at("/items/0/data/n").asInt()).isEqualTo(3);
        var none = get("/api/brands/lumen/events?after=" + rest.get("last").asLong());
        assertThat(none.get("items")).isEmpty();
        assertThat(none.get("last")).isEqualTo(rest.get("last"));
    }

    @Test
    void aKeyIsMadeUsedAndRevokedOverTheInterface() {
        var made = program()
                .json(
                        "POST",
                        "/api/brands/lumen/api-keys",
                        "{\"name\":\"till\",\"scopes\":[\"see\"]}",
                        "Authorization",
                        key);
        assertThat(made.statusCode()).isEqualTo(201);
        var till = "Bearer " + JSON.readTree(made.body()).get("key").asString();
        assertThat(program()
                        .get("/api/brands/lumen/orders", "Authorization", till)
                        .statusCode())
                .isEqualTo(200);
        assertThat(program()
                        .get("/api/brands/lumen/api-keys", "Authorization", till)
                        .statusCode())
                .as("it may see, not manage")
                .isEqualTo(403);
        var path = "/api/brands/lumen/api-keys/"
                + JSON.readTree(made.body()).get("id").asString();
        assertThat(program().json("DELETE", path, "", "Authorization", key).statusCode())
                .isEqualTo(204);
        assertThat(program()
                        .get("/api/brands/lumen/orders", "Authorization", till)
                        .statusCode())
                .isEqualTo(401);
        assertThat(get("/api/brands/lumen/audit").get("items"))
                .anySatisfy(deed -> assertThat(deed.get("act").asString()).isEqualTo("api-key.revoked"));
    }

    @Test
    void aProgramLearnsWhoItIs() {
        var me = get("/api/me");
        assertThat(me.get("kind").asString()).isEqualTo("key");
        assertThat(get("/api/brands").get("items"))
                .singleElement()
                .satisfies(brand -> assertThat(brand.get("slug").asString()).isEqualTo("lumen"));
    }

    @Test
    void aProgramMovesTheDemosTimeWithItsKeyOnly() {
        var before = Instant.parse(
                JSON.readTree(program().get("/demo/clock").body()).get("now").asString());
        assertThat(program()
                        .json("POST", "/demo/clock", "{\"advance\":\"P1D\"}")
                        .statusCode())
                .isEqualTo(401);
        var demo = java.util.HexFormat.of()
                .formatHex(
                        server.bean(Keys.class).mac("demo", "clock".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                        0,
                        16);
        var moved = program().json("POST", "/demo/clock", "{\"advance\":\"P1D\"}", "X-Vitrine-Demo-Key", demo);
        assertThat(Instant.parse(JSON.readTree(moved.body()).get("now").asString()))
                .isAfterOrEqualTo(before.plus(Duration.ofDays(1)));
        for (var bad : List.of("P-1D", "tomorrow", "P999D", ""))
            assertThat(program()
                            .json("POST", "/demo/clock", "{\"advance\":\"" + bad + "\"}", "X-Vitrine-Demo-Key", demo)
                            .statusCode())
                    .isEqualTo(400);
        var strip = program().post("/demo/clock", Map.of("days", "7", "to", "/me/orders"));
        assertThat(strip.statusCode()).isEqualTo(303);
        assertThat(strip.headers().firstValue("location"))
                .hasValueSatisfying(l -> assertThat(l).endsWith("/me/orders"));
        assertThat(program()
                        .post("/demo/clock", Map.of("days", "7"), "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aDraftThatIsNotWholeIsRefusedLineByLine() {
        var path = "/api/brands/lumen/campaigns";
        var made = program().json("POST", path, "{\"slug\":\"spring\",\"draft\":{}}", "Authorization", key);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        var campaign = path + "/" + JSON.readTree(made.body()).get("id").asString();
        assertThat(get(campaign).get("state").asString()).isEqualTo("draft");
        var refused = program().json("POST", campaign + "/publish", "", "Authorization", key);
        assertThat(refused.statusCode()).isEqualTo(422);
        var problem = JSON.readTree(refused.body());
        assertThat(problem.get("code").asString()).isEqualTo("campaign.unfinished");
        assertThat(problem.get("problems")).isNotEmpty();
        assertThat(problem.at("/problems/0/code").asString()).isNotEmpty();
        var again = program().json("POST", path, "{\"slug\":\"spring\"}", "Authorization", key);
        assertThat(again.body()).contains("campaign.slug-taken");
        assertThat(program()
                        .json("POST", "/api/brands/other/campaigns", "{\"slug\":\"theirs\"}", "Authorization", key)
                        .statusCode())
                .isEqualTo(403);
    }
}
