package vitrine.drop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.drop.Works.MOONRISE;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Entrances.Entrance;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Jobs;
import vitrine.testing.PersonDesk;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Two nodes on one database, a collectible of which ten can be claimed, and how a collector asks for one. */
abstract class TwoNodes {

    final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    TestDatabase database;
    TestServer one;
    TestServer two;
    BrandId lumen;
    CollectibleId moonrise;

    @BeforeEach
    void twoNodes() {
        database = TestDatabase.fresh();
        one = node();
        two = node();
        lumen = Works.lumen(one);
        moonrise = collectible("moonrise");
    }

    /** Of which twelve are made, and ten can be claimed. */
    CollectibleId collectible(String slug) {
        return Works.published(one, lumen, slug, 12, 2);
    }

    /** Both nodes' clocks, and the business, go ahead together; the database's does not: whose clock is off, {@link ClaimFaultsTest} checks. */
    TestServer node() {
        return node(ahead, "off", "off");
    }

    TestServer node(AtomicReference<Duration> ahead, String clockCheck, String byHand) {
        InstantSource source = () -> Instant.now().plus(ahead.get());
        return TestServer.start(
                database,
                Map.of(
                        "vitrine.jobs",
                        "manual",
                        "vitrine.clock.check",
                        clockCheck,
                        "vitrine.drop.by-hand",
                        byHand,
                        "vitrine.drop.grants-wait-seconds",
                        "0",
                        "vitrine.person-check-url",
                        PersonDesk.URL,
                        "vitrine.person-check-key",
                        PersonDesk.KEY),
                beans -> beans.registerBean(Clock.class, () -> source.withZone(ZoneOffset.UTC)));
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        database.close();
    }

    /** All that was said of drops, in the order in which a listener reads it. */
    List<String> heard() {
        return database.jdbc()
                .sql("select type from events where type like 'drop.%' order by seq")
                .query(String.class)
                .list();
    }

    DropDraft.StageDraft chosen(@Nullable Duration hold) {
        return chosen(hold, "everyone");
    }

    DropDraft.StageDraft chosen(@Nullable Duration hold, String entry) {
        DropDraft.StageDraft s = stage(Duration.ZERO, 1, null, hold, entry);
        return new DropDraft.StageDraft(
                s.id(),
                s.name(),
                s.collectible(),
                s.opensAt(),
                s.closesAt(),
                s.cap(),
                s.limit(),
                s.entry(),
                s.entryId(),
                s.holdMinutes(),
                s.giftPolicy(),
                true,
                false);
    }

    Claiming choose(TestServer node, Drop drop, CollectorId who, int unit) {
        return choose(node, drop, who, unit, null);
    }

    Claiming choose(TestServer node, Drop drop, CollectorId who, int unit, @Nullable String code) {
        return node.bean(Claims.class).claim(pass(node, drop, who), 1, code, unit);
    }

    String code(Drop drop, int uses) {
        DropCodes codes = one.bean(DropCodes.class);
        codes.make(drop, drop.stages().getFirst().id(), 2, uses);
        return codes.codes(codes.of(drop.id()).getFirst()).findFirst().orElseThrow();
    }

    void untilSomebodyWaits() {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < until) {
            if (database.jdbc()
                            .sql("select count(*) from pg_locks where not granted")
                            .query(Integer.class)
                            .single()
                    > 0) return;
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        throw new AssertionError("nobody waits");
    }

    static @Nullable CompletableFuture<ClaimWriter.Answer> take(TestServer node, Drop drop, CollectorId who, int nth) {
        return take(node, drop, who, nth, null);
    }

    /** What the gate does with what memory has nothing against. */
    static @Nullable CompletableFuture<ClaimWriter.Answer> take(
            TestServer node, Drop drop, CollectorId who, int nth, @Nullable String code) {
        Stage stage = drop.stages().getFirst();
        ClaimPasses passes = node.bean(ClaimPasses.class);
        ClaimPass pass = passes.of(drop.id(), stage.id(), who, null, stage.limit());
        return node.bean(Claims.class)
                .take(stage, pass, ClaimPasses.key(pass, nth), code == null ? null : DropCodes.hash(code), null);
    }

    static List<ClaimSql.Outcome> outcomes(List<CompletableFuture<ClaimWriter.Answer>> ended) {
        return ended.stream()
                .map(each -> requireNonNull(requireNonNull(each.getNow(null)).written())
                        .outcome())
                .toList();
    }

    static void assertSays(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        if (status == 200) return;
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body())
                .contains("\"type\":\"urn:vitrine:problem:" + code + "\"")
                .contains("\"status\":" + status);
    }

    static HttpResponse<String> post(TestServer node, String body) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(node.address().resolve("/api/drops/claims"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Claiming claim(TestServer node, Drop drop, CollectorId who, int nth) {
        return node.bean(Claims.class).claim(pass(node, drop, who), nth);
    }

    Claiming claim(TestServer node, Drop drop, CollectorId who, int nth, String code) {
        return node.bean(Claims.class).claim(pass(node, drop, who), nth, code, null);
    }

    static String pass(TestServer node, Drop drop, CollectorId who) {
        Drop now = node.bean(DropPlans.class).find(drop.id()).orElseThrow();
        return ((Entrance.Admitted) node.bean(Entrances.class).enter(now, who)).pass();
    }

    Drop published(int limit, @Nullable Integer cap, @Nullable Duration hold) {
        return published("drop", Duration.ZERO, limit, cap, hold);
    }

    Drop published(String slug, Duration in, int limit, @Nullable Integer cap, @Nullable Duration hold) {
        return publish(slug, stage(in, limit, cap, hold, "everyone"));
    }

    /** @param stages one after the other; those that hold do so without a price */
    Drop publish(String slug, DropDraft.StageDraft... stages) {
        DropPlans plans = one.bean(DropPlans.class);
        var draft = new DropDraft(
                MOONRISE,
                MOONRISE,
                Stream.of(stages).map(stage -> stage.held(null)).toList());
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(lumen, slug, draft)).id();
        assertThat(plans.publish(id)).isInstanceOf(DropPlans.Publishing.Published.class);
        // What is held without a price cannot be published; here nobody pays, and holds are what it is about.
        for (int nth = 0; nth < stages.length; nth++)
            if (stages[nth].holdMinutes() != null)
                database.jdbc()
                        .sql("update drop_stages set hold_seconds = :seconds where drop_id = :drop and nth = :nth")
                        .param("seconds", 60 * stages[nth].holdMinutes())
                        .param("drop", id.value())
                        .param("nth", nth)
                        .update();
        Drop drop = plans.find(id).orElseThrow();
        if (drop.stages().getFirst().opensAt().isBefore(now().plusSeconds(5)))
            ahead.updateAndGet(by -> by.plusSeconds(2));
        return drop;
    }

    Instant now() {
        return Instant.now().plus(ahead.get());
    }

    DropDraft.StageDraft stage(Duration in, int limit, @Nullable Integer cap, @Nullable Duration hold, String entry) {
        return stage(moonrise, in, limit, cap, hold, entry);
    }

    DropDraft.StageDraft stage(
            CollectibleId of, Duration in, int limit, @Nullable Integer cap, @Nullable Duration hold, String entry) {
        Instant opens = now().plus(in).plusSeconds(1);
        return new DropDraft.StageDraft(
                null,
                MOONRISE,
                of.value(),
                opens,
                opens.plus(Duration.ofDays(1)),
                cap,
                limit,
                entry,
                null,
                hold == null ? null : (int) hold.toMinutes(),
                "never",
                false,
                false);
    }

    List<CollectorId> collectors(int count) {
        List<BuyerKey> keys = IntStream.range(0, count).mapToObj(this::buyer).toList();
        Map<BuyerKey, CollectorId> people = one.bean(Collectors.class).forBuyerKeys(keys);
        return keys.stream().map(key -> requireNonNull(people.get(key))).toList();
    }

    BuyerKey buyer(int n) {
        return one.bean(BuyerKeys.class).email("buyer" + n + "@home.example").orElseThrow();
    }

    Stock stock() {
        return one.bean(TransactionTemplate.class)
                .execute(s -> one.bean(Drops.class).stock(moonrise));
    }

    void drain() {
        one.bean(Jobs.class).drain();
    }

    static List<Integer> serials(List<Claiming> ended) {
        List<Integer> serials = new ArrayList<>();
        for (Claiming each : ended) {
            if (each instanceof Claiming.Claimed claimed && claimed.claim().serial() != null)
                serials.add(claimed.claim().serial());
        }
        Collections.sort(serials);
        return serials;
    }

    static long codes(List<Claiming> ended, String code) {
        return ended.stream().filter(e -> e.code().equals(code)).count();
    }

    static <T> List<T> together(List<Callable<T>> acts) {
        try (var crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> ended = new ArrayList<>();
            for (Future<T> each : crowd.invokeAll(acts)) ended.add(each.get());
            return ended;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
