package vitrine.showroom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.certificate.Gallery;
import vitrine.drop.Airdrops;
import vitrine.identity.Browser;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Departures;
import vitrine.identity.HandMovedClock;
import vitrine.identity.Members;
import vitrine.identity.RecoveryCodes;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Pieces;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;

/** How a collector leaves: she closes her account and may come back, or she has it erased. */
class LeaveTest {

    private static final HandMovedClock CLOCK = new HandMovedClock();
    private static Gallery gallery;
    private static CollectibleId moonrise;

    @BeforeAll
    static void lumenHasADesign() {
        gallery = new Gallery(beans -> beans.registerBean(Clock.class, () -> CLOCK));
        moonrise = gallery.moonrise();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void erasingDeletesHerSecretHerNamesAndEveryWayIn() {
        var ada = named("ada");
        CollectorId id = gallery.collector("ada");
        var piece = gallery.give(moonrise, id, new GiftPolicy.Never());
        gallery.server.bean(Pieces.class).open(piece);
        gallery.seal();
        post(ada, "/me/room/open", Map.of("open", "true"));
        post(ada, "/me/account/recovery", Map.of());
        gallery.database
                .jdbc()
                .sql("""
                with d as (
                    insert into drops (brand_id, drop_id, slug, name_zh, name_en, about_zh, about_en, state, draft, created_at)
                    values (:brand, :drop, 'nights', '夜', 'Nights', '', '', 'draft', '{}', now()))
                insert into drop_waiting (brand_id, drop_id, stage_id, collector_id, about, asked_at)
                values (:brand, :drop, :drop, :id, 'opening', now())
                """)
                .param("brand", moonrise.brand().value())
                .param("drop", java.util.UUID.randomUUID())
                .param("id", id.value())
                .update();
        assertThat(guest().get("/@ada-lamps").statusCode()).isEqualTo(200);

        assertThat(ada.get("/me/account/leave?lang=en").body())
                .contains(
                        "Kept by law",
                        "three years",
                        "stay for the books",
                        "10 years after the payment",
                        "Erase for good",
                        "1 stays in the public log");
        assertThat(post(ada, "/me/account/erase", Map.of()).statusCode())
                .as("without the tick")
                .isEqualTo(422);
        assertThat(post(ada, "/me/account/erase", Map.of("sure", "yes"))
                        .headers()
                        .firstValue("Location"))
                .hasValue("/left?how=erased");
        gallery.seal();

        assertThat(ada.get("/me").headers().firstValue("Location").orElse("")).startsWith("/sign-in");
        assertThat(guest().get("/@ada-lamps").statusCode()).isEqualTo(404);
        assertThat(guest().get("/p/moonrise-" + piece.serial() + "?lang=en").body())
                .contains("Held by a collector")
                .doesNotContain("ada");
        assertThat(gallery.server.bean(Collectors.class).secrets(List.of(id))).isEmpty();
        assertThat(gallery.postbox.received.getLast().text()).contains("三年");
        for (String table : List.of(
                "handles", "recovery_codes", "follows", "room_places", "room_likes", "buyer_keys", "drop_waiting")) {
            assertThat(gallery.database
                            .jdbc()
                            .sql("select count(*) from " + table + " where collector_id = :id")
                            .param("id", id.value())
                            .query(Integer.class)
                            .single())
                    .as(table)
                    .isZero();
        }
        var again = gallery.signedIn("ada");
        assertThat(again.get("/me/account").body()).doesNotContain("ada-lamps");
        assertThat(gallery.collector("ada")).isNotEqualTo(id);
    }

    @Test
    void whoClosedHerAccountComesBackBySigningIn() {
        var bea = named("bea");
        CollectorId id = gallery.collector("bea");
        var piece = gallery.give(moonrise, id, new GiftPolicy.Never());
        gallery.server.bean(Pieces.class).open(piece);
        gallery.seal();
        post(bea, "/me/room/open", Map.of("open", "true"));
        for (String page : List.of("/p/moonrise-", "/c/moonrise-"))
            assertThat(guest().get(page + piece.serial()).body()).as(page).contains("bea-lamps");
        assertThat(post(bea, "/me/account/close", Map.of()).headers().firstValue("Location"))
                .hasValue("/left?how=closed");
        assertThat(guest().get("/@bea-lamps").statusCode()).isEqualTo(404);
        for (String page : List.of("/p/moonrise-", "/c/moonrise-"))
            assertThat(guest().get(page + piece.serial()).body()).as(page).doesNotContain("bea-lamps");
        assertThat(bea.get("/me").statusCode()).isEqualTo(302);

        CLOCK.push(Duration.ofDays(29));
        gallery.seal();
        var back = gallery.signedIn("bea");
        assertThat(gallery.collector("bea")).isEqualTo(id);
        assertThat(back.get("/me/account").body()).contains("bea-lamps");
        assertThat(guest().get("/@bea-lamps").statusCode()).isEqualTo(200);
        CLOCK.push(Duration.ofDays(40));
        gallery.seal();
        assertThat(gallery.server.bean(Collectors.class).secrets(List.of(id))).isNotEmpty();
    }

    @Test
    void anAccountThatNobodyCameBackToIsErasedAfterThirtyDays() {
        var cid = named("cid");
        CollectorId id = gallery.collector("cid");
        post(cid, "/me/account/close", Map.of());
        gallery.seal();
        CLOCK.push(Duration.ofDays(30));
        gallery.server.bean(Leaving.class).run();
        assertThat(gallery.server.bean(Collectors.class).secrets(List.of(id))).isEmpty();
        gallery.signedIn("cid");
        assertThat(gallery.collector("cid")).isNotEqualTo(id);
    }

    /** The worker has her on its list and waits for her row, while she signs in. */
    @Test
    void whoComesBackInTheLastMomentFindsEverything() throws Exception {
        var eva = named("eva");
        CollectorId id = gallery.collector("eva");
        var piece = gallery.give(moonrise, id, new GiftPolicy.Never());
        gallery.server.bean(Pieces.class).open(piece);
        gallery.seal();
        post(eva, "/me/room/piece", Map.of("piece", "moonrise-" + piece.serial(), "act", "hide"));
        post(eva, "/me/account/close", Map.of());
        gallery.seal();
        CLOCK.push(Duration.ofDays(30));
        var db = gallery.database.jdbc();
        Thread worker = Thread.ofVirtual().unstarted(gallery.server.bean(Leaving.class)::run);
        gallery.server.bean(TransactionTemplate.class).executeWithoutResult(status -> {
            gallery.server
                    .bean(JdbcClient.class)
                    .sql("update collectors set closed_at = null where collector_id = :id")
                    .param("id", id.value())
                    .update();
            worker.start();
            while (worker.isAlive() && !isWaiting(db)) Thread.onSpinWait();
        });
        worker.join();
        assertThat(gallery.signedIn("eva").get("/me").body()).contains("/p/moonrise-" + piece.serial());
        assertThat(gallery.collector("eva")).isEqualTo(id);
        assertThat(db.sql("select count(*) from room_places where collector_id = :id and hidden_at is not null")
                        .param("id", id.value())
                        .query(Integer.class)
                        .single())
                .as("what she kept for herself is still hers alone")
                .isOne();
    }

    private static boolean isWaiting(JdbcClient db) {
        return db.sql("""
                select exists (
                    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
                """).query(Boolean.class).single();
    }

    @Test
    void onceErasingHasBegunNobodySignsInAndItIsEndedByAWorkerWhateverStoppedIt() {
        var fay = named("fay");
        CollectorId id = gallery.collector("fay");
        String code = gallery.server
                .bean(RecoveryCodes.class)
                .make(id, "")
                .orElseThrow()
                .getFirst();
        post(fay, "/me/account/close", Map.of());
        gallery.seal();
        CLOCK.push(Duration.ofDays(30));
        assertThat(gallery.server.bean(Departures.class).beginDue(id)).isTrue();
        // Here the server stops, and she is there before it has gone on.
        var late = guest();
        var answer = late.post("/sign-in/recovery?lang=en", Map.of("code", code));
        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.body()).contains("This account is being erased");
        assertThat(late.get("/me").statusCode()).as("she is not signed in").isEqualTo(302);

        gallery.server.bean(Leaving.class).run();
        assertThat(gallery.server.bean(Collectors.class).secrets(List.of(id))).isEmpty();
        gallery.signedIn("fay");
        assertThat(gallery.collector("fay")).isNotEqualTo(id);
    }

    @Test
    void whatSheBeganHerselfIsEndedToo() {
        named("gil");
        CollectorId id = gallery.collector("gil");
        gallery.server.bean(Departures.class).begin(id);
        gallery.server.bean(Leaving.class).run();
        assertThat(gallery.server.bean(Collectors.class).secrets(List.of(id))).isEmpty();
    }

    /** Hal opened the gift that Ida passed on to him while he was signed in, so her address leads to him until she proves it. */
    @Test
    void whoeverPassedAGiftOnToHimIsNotForgottenWithHim() {
        var buyers = gallery.server.bean(BuyerKeys.class);
        BuyerKey ida = buyers.email("ida@example.com").orElseThrow();
        BuyerKey hal = buyers.email("hal@example.com").orElseThrow();
        var members = gallery.server.bean(Members.class);
        members.add(moonrise.brand(), List.of(ida, hal));
        var airdrops = gallery.server.bean(Airdrops.class);
        var gift = airdrop("ida@example.com");
        airdrops.begin(gift.brand(), gift.id());
        gallery.seal();
        List<Airdrops.Line> lines = new ArrayList<>();
        gallery.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(s -> airdrops.lines(gift.brand(), gift.id(), lines::add));
        var friend = named("hal");
        friend.post(URI.create(requireNonNull(lines.getFirst().link())).getPath(), Map.of());
        assertThat(gallery.collector("ida")).isEqualTo(gallery.collector("hal"));

        var next = airdrop("ida@example.com", "hal@example.com");
        var hers = guest();
        hers.post("/sign-in", Map.of("address", "ida@example.com"));
        gallery.seal();
        String code = gallery.postbox.code();
        post(friend, "/me/account/erase", Map.of("sure", "yes"));
        gallery.seal();

        assertThat(members.amongBuyers(moonrise.brand(), List.of(ida, hal))).containsExactly(ida);
        assertThat(airdrops.problems(next.brand(), next.id()))
                .as("of the two who were named he is known no more")
                .isEqualTo(Map.of("unknown", 1));
        hers.post("/sign-in/sent", Map.of("code", code));
        assertThat(hers.get("/me").statusCode()).as("her code was still good").isEqualTo(200);
    }

    private static Airdrops.Airdrop airdrop(String... addresses) {
        return ((Airdrops.Reading.Read) gallery.server
                        .bean(Airdrops.class)
                        .read(moonrise, new GiftPolicy.Free(), false, Stream.of(addresses)))
                .airdrop();
    }

    @Test
    void aPhoneThatLiesAboutIsNotEnough() {
        var dan = named("dan");
        CLOCK.push(Duration.ofMinutes(11));
        String page = dan.get("/me/account/leave?lang=en").body();
        assertThat(page).contains("First, is it you?", "d•••@example.com").doesNotContain("Erase for good");
        assertThat(post(dan, "/me/account/erase", Map.of("sure", "yes")).statusCode())
                .isEqualTo(422);
        assertThat(post(dan, "/me/account/close", Map.of()).statusCode()).isEqualTo(422);

        post(dan, "/me/account/leave/code", Map.of());
        gallery.seal();
        assertThat(dan.post("/sign-in/sent", Map.of("code", gallery.postbox.code()))
                        .headers()
                        .firstValue("Location"))
                .hasValue("/me/account/leave");
        assertThat(dan.get("/me/account/leave?lang=en").body()).contains("Erase for good");
    }

    private static Browser guest() {
        return new Browser(gallery.server.address());
    }

    private static Browser named(String name) {
        var browser = gallery.signedIn(name);
        post(browser, "/me/account", Map.of("name", "", "handle", name + "-lamps"));
        return browser;
    }

    private static HttpResponse<String> post(Browser browser, String path, Map<String, String> form) {
        var all = new HashMap<>(form);
        var token = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"")
                .matcher(browser.get("/me/account").body());
        assertThat(token.find()).isTrue();
        all.put("_csrf", token.group(1));
        return browser.post(path, all);
    }
}
