package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Crowds;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Stage;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Money;

/** A drop's page in the hands of a crowd: it changes where it is, and who is told to wait still claims. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class DropPageCrowdTest {

    private static final Bilingual NAME = new Bilingual("破晓", "Dawn");

    private static Festival festival;
    private static Walk walk;

    @BeforeAll
    static void theFestivalIsOpen(Festival open) {
        festival = open;
        walk = new Walk(festival);
    }

    @Test
    void whileAllAreHeldThePageWaitsWhereItIsAndWhoeverIsAskedToWaitForAPassClaimsWithTheOneSheHas() throws Exception {
        String session = walk.session("patient@example.com");
        var sale = Crowds.sale(
                festival.node(), house(), "held-once", 1, ahead(), new Money(5_900, Currency.getInstance("CNY")), 1);
        try (BrowserContext phone = phone(session)) {
            Page page = opened(phone, "held-once");
            assertThat(claim(sale.passes().getFirst())).contains("drop.held");
            chip(page, "All on hold");
            assertThat(page.locator("form[data-claim] button").isVisible()).isFalse();
            assertThat(page.locator("[data-in=all-held] form button").isVisible())
                    .as("she may ask to be told")
                    .isTrue();
            // The other's ten minutes are over.
            Timestamp over = Timestamp.from(festival.bean(BusinessClock.class).now());
            festival.bean(JdbcClient.class)
                    .sql(
                            "update claims set hold_until = :over, close_at = :over where brand_id = :brand and drop_id = :drop")
                    .param("over", over)
                    .param("brand", sale.drop().brand().value())
                    .param("drop", sale.drop().value())
                    .update();
            chip(page, "Open now");
            page.locator("form[data-claim] button")
                    .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
            assertThat(isThere(page)).as("the page was never read again").isTrue();
            assertThat(askedTooOften(page)).isEqualTo(429);
            page.locator("form[data-claim] button").click();
            page.waitForURL(Pattern.compile(".*/pay/[0-9a-f-]+$"));
        }
    }

    @Test
    void whoeverIsThereWhenTheLastGoesHearsSoAtOnceAndSeesWhatElseThereIsALittleLater() throws Exception {
        String session = walk.session("late-by-one@example.com");
        var crowd = Crowds.crowd(festival.node(), house(), "gone-once", 1, 1, ahead(), null, 1);
        try (BrowserContext phone = phone(session)) {
            Page page = opened(phone, "gone-once");
            assertThat(claim(crowd.passes().getFirst())).contains("drop.claimed");
            chip(page, "All taken");
            if (isThere(page)) {
                assertThat(page.locator("form[data-claim] button").isVisible()).isFalse();
                assertThat(page.locator("[data-in=sold-out]").innerText())
                        .contains("All are taken. Nothing was charged.");
            }
            page.locator("#next").waitFor();
        }
    }

    @Test
    void whoSeesTheLastOfOneStageGoAsksToBeToldOfTheNext() {
        String quick = walk.session("quick-in-turn@example.com");
        String slow = walk.session("slow-in-turn@example.com");
        CollectibleId work = Crowds.crowd(festival.node(), house(), "in-turn-work", 5, 1, ahead(), null, 0)
                .stage()
                .collectible();
        Instant opens = festival.bean(BusinessClock.class).now().plusSeconds(5);
        Instant later = opens.plus(Duration.ofDays(1));
        published("in-turn", stage(work, opens, later, 1), stage(work, later, later.plus(Duration.ofDays(1))));
        try (BrowserContext his = phone(quick);
                BrowserContext hers = phone(slow)) {
            Page page = opened(hers, "in-turn");
            Page winner = opened(his, "in-turn");
            winner.locator("form[data-claim] button").click();
            winner.waitForURL(Pattern.compile(".*#mine"));
            chip(page, "All taken");
            page.locator("#stages li:first-child .chip", new Page.LocatorOptions().setHasText("All taken"))
                    .waitFor();
            page.locator("#stages li:last-child form button").click();
            page.locator("#stages li:last-child", new Page.LocatorOptions().setHasText("You will get a mail"))
                    .waitFor();
            assertThat(page.locator("#stages").innerText()).contains("Opens soon", "Every collector");
        }
    }

    @Test
    void howeverFarTheDemonstrationIsAheadAPassIsNotAskedForAgainAndAgain() {
        festival.bean(BusinessClock.class).advance(Duration.ofHours(1));
        String session = walk.session("far-ahead@example.com");
        Crowds.crowd(festival.node(), house(), "far-ahead", 1, 1, ahead(), null, 0);
        try (BrowserContext phone = phone(session)) {
            Page page = opened(phone, "far-ahead");
            List<String> asked = new CopyOnWriteArrayList<>();
            page.onRequest(request -> {
                if (request.url().endsWith("/pass")) asked.add(request.url());
            });
            for (int look = 0; look < 3; look++)
                page.waitForResponse(Pattern.compile(".*/d/far-ahead/state\\.json$"), () -> {});
            assertThat(asked).as("the one that came with the page lasts").isEmpty();
        }
    }

    @Test
    void aGatewaysPageInPlaceOfAnAnswerIsWaitedForAndTheSameClaimIsMadeAgain() {
        String session = walk.session("behind-a-gateway@example.com");
        Crowds.crowd(festival.node(), house(), "behind-a-gateway", 1, 1, ahead(), null, 1);
        try (BrowserContext phone = phone(session)) {
            Page page = opened(phone, "behind-a-gateway");
            List<String> asked = new CopyOnWriteArrayList<>();
            page.route("**/api/drops/claims", route -> {
                asked.add(route.request().postData());
                var other =
                        new Route.FulfillOptions().setContentType("text/html").setBody("<h1>Bad gateway</h1>");
                // A server that is away, and a network that wants to be signed in to; the third is heard.
                if (asked.size() < 3) route.fulfill(other.setStatus(asked.size() == 1 ? 502 : 200));
                else route.resume();
            });
            page.locator("form[data-claim] button").click();
            page.locator("[data-busy]:visible").waitFor();
            page.waitForURL(Pattern.compile(".*#mine"));
            assertThat(page.locator("#mine .serial").innerText()).contains("1");
            assertThat(asked).hasSize(3);
            assertThat(Set.copyOf(asked))
                    .as("one claim, however often it was made")
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Stage.Mode.class,
            names = {"QUEUE", "RACE"})
    void whoWaitsInALineThatEndsStandsBeforeTheNextStage(Stage.Mode next) {
        String slug = "then-a-" + next.name().toLowerCase(Locale.ROOT);
        String session = walk.session(slug + "@example.com");
        CollectibleId work = Crowds.crowd(festival.node(), house(), slug + "-work", 5, 1, ahead(), null, 0)
                .stage()
                .collectible();
        Instant opens = festival.bean(BusinessClock.class).now().plusSeconds(15);
        Instant later = opens.plus(Duration.ofDays(1));
        Drop drop = published(
                slug,
                stage(work, opens, opens.plusSeconds(10)).by(Stage.Mode.QUEUE),
                stage(work, later, later.plus(Duration.ofDays(1))).by(next));
        try (BrowserContext phone = phone(session)) {
            Page page = phone.newPage();
            page.setDefaultTimeout(120_000);
            looksUpOften(page);
            page.navigate(festival.url() + "/d/" + slug);
            page.locator("form[action$='/join'] button").click();
            page.locator("[data-line=true]").waitFor();
            assertThat(page.locator("[data-drop]").getAttribute("data-stage"))
                    .isEqualTo(drop.stages().getFirst().id().toString());
            page.locator("[data-stage='" + drop.stages().getLast().id() + "']").waitFor();
            assertThat(page.locator("[data-countdown]").isVisible()).isTrue();
            assertThat(page.locator("main").innerText()).doesNotContain("Before you");
        }
    }

    @Test
    void whoLooksAtALineThatIsSoldOutAndOverIsNotSentRoundInCircles() {
        String session = walk.session("round-and-round@example.com");
        var line = Crowds.sale(
                festival.node(),
                house(),
                "round",
                1,
                ahead().plusMinutes(10),
                new Money(5_900, Currency.getInstance("CNY")),
                0,
                stage -> stage.by(Stage.Mode.QUEUE));
        try (BrowserContext phone = phone(session)) {
            Page page = phone.newPage();
            page.setDefaultTimeout(60_000);
            looksUpOften(page);
            page.navigate(festival.url() + "/d/round");
            page.locator("form[action$='/join'] button").click();
            page.locator("[data-line=true]").waitFor();
            Timestamp now = Timestamp.from(festival.bean(BusinessClock.class).now());
            festival.bean(JdbcClient.class)
                    .sql("""
                            update drop_stages set opens_at = opens_at - interval '1 hour', closes_at = :now, sold_out_at = :now
                            where brand_id = :brand and drop_id = :drop
                            """)
                    .param("now", now)
                    .param("brand", line.drop().brand().value())
                    .param("drop", line.drop().value())
                    .update();
            page.locator("[data-state=over]").waitFor();
            assertThat(page.locator("[data-when=sold-out]").isVisible()).isTrue();
            page.clock().install();
            page.reload();
            page.evaluate("document.body.dataset.here = 'yes'");
            for (int n = 0; n < 2; n++)
                page.waitForResponse(Pattern.compile(".*/d/round/state\\.json$"), () -> page.clock()
                        .fastForward(45_000));
            assertThat(isThere(page)).as("it asks now and then, and stays").isTrue();
        }
    }

    @Test
    void whoWaitsInLineHearsThatTheRoundIsLateThatItIsPausedAndThatNobodyKnowsHowLong() throws Exception {
        String session = walk.session("all-ears@example.com");
        var line = Crowds.sale(
                festival.node(),
                house(),
                "all-ears",
                1,
                ahead(),
                new Money(5_900, Currency.getInstance("CNY")),
                0,
                stage -> stage.by(Stage.Mode.QUEUE));
        DropPlans plans = festival.bean(DropPlans.class);
        try (BrowserContext phone = phone(session);
                Connection one = connection();
                Connection other = connection()) {
            Page page = phone.newPage();
            page.setDefaultTimeout(60_000);
            looksUpOften(page);
            page.navigate(festival.url() + "/d/all-ears");
            page.locator("form[action$='/join'] button").click();
            page.locator("[data-line=true]").waitFor();
            untilTheListIsClosed(line.drop());
            // Its round comes in years.
            set("round = round + 100000000", line.drop());
            page.locator("[data-when=drawing]:visible").waitFor();
            assertThat(page.locator("[data-late]:visible").count()).isZero();

            run(
                    one,
                    "update queues set round = 1 where drop_id = '"
                            + line.drop().value() + "'");
            // As soon as that is there for everybody nobody else may draw by it.
            var locked = CompletableFuture.runAsync(() -> lock(other, line.drop()));
            one.commit();
            locked.join();
            page.locator("[data-late]:visible", hasText("The random value is late"))
                    .waitFor();
            run(
                    other,
                    "update queues set round = 100000000 where drop_id = '"
                            + line.drop().value() + "'");
            other.commit();

            plans.pause(line.drop(), new Bilingual("稍等", "Back at noon"));
            chip(page, "Paused");
            page.getByText("Back at noon").waitFor();

            JdbcClient db = festival.bean(JdbcClient.class);
            db.sql("update queue_arrivals set place = 1 where drop_id = :drop")
                    .param("drop", line.drop().value())
                    .update();
            db.sql("""
                            insert into queue_calls (brand_id, drop_id, stage_id, called_at, turn_from, up_to, taken)
                            select brand_id, drop_id, stage_id, cast(:now as timestamptz) + interval '1 hour', :now, 0, 0 from queues
                            where drop_id = :drop
                            """)
                    .param(
                            "now",
                            Timestamp.from(festival.bean(BusinessClock.class).now()))
                    .param("drop", line.drop().value())
                    .update();
            set("drawn_at = closed_at, signature = '\\x00', call_rate = 0.5", line.drop());
            page.locator("[data-when=calling]:visible [data-wait]", hasText("Nobody can say yet"))
                    .waitFor();
            // Nobody is called while somebody else has the row.
            lock(other, line.drop());
            plans.resume(line.drop());
            page.locator("[data-wait]", hasText("in less than a minute")).waitFor();
            chip(page, "Open now");
            plans.pause(line.drop(), new Bilingual("稍等", "Back at one"));
            page.locator("[data-wait]", hasText("Nobody can say yet")).waitFor();
            other.rollback();
        }
    }

    /** Somebody who unlocks her screen every five seconds: whoever only waits asks as seldom as it changes. */
    private static void looksUpOften(Page page) {
        page.addInitScript("setInterval(() => window.dispatchEvent(new Event('online')), 5000)");
    }

    private static Page.LocatorOptions hasText(String words) {
        return new Page.LocatorOptions().setHasText(words);
    }

    private static void untilTheListIsClosed(DropId drop) {
        Festival.waitFor("the list to be closed", () -> festival.bean(JdbcClient.class)
                .sql("select closed_at is not null from queues where drop_id = :drop")
                .param("drop", drop.value())
                .query(Boolean.class)
                .single());
    }

    private static Connection connection() throws SQLException {
        Connection connection = festival.bean(DataSource.class).getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void lock(Connection connection, DropId drop) {
        run(connection, "select 1 from queues where drop_id = '" + drop.value() + "' for update");
    }

    private static void run(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(String what, DropId drop) {
        festival.bean(JdbcClient.class)
                .sql("update queues set " + what + " where drop_id = :drop")
                .param("drop", drop.value())
                .update();
    }

    private static DropDraft.StageDraft stage(CollectibleId work, Instant opens, Instant closes) {
        return stage(work, opens, closes, null);
    }

    private static DropDraft.StageDraft stage(
            CollectibleId work, Instant opens, Instant closes, @Nullable Integer cap) {
        return new DropDraft.StageDraft(
                null, NAME, work.value(), opens, closes, cap, 1, "everyone", null, null, "never", false, false);
    }

    private static Drop published(String slug, DropDraft.StageDraft... stages) {
        DropPlans plans = festival.bean(DropPlans.class);
        var drafted =
                (DropPlans.Drafting.Drafted) plans.draft(house(), slug, new DropDraft(NAME, NAME, List.of(stages)));
        return ((DropPlans.Publishing.Published) plans.publish(drafted.id())).drop();
    }

    /** With its button there, and a mark that a page which is read again has lost. */
    private static Page opened(BrowserContext phone, String slug) {
        Page page = phone.newPage();
        page.setDefaultTimeout(60_000);
        page.navigate(festival.url() + "/d/" + slug);
        page.locator("form[data-claim] button")
                .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
        page.evaluate("document.body.dataset.here = 'yes'");
        return page;
    }

    private static boolean isThere(Page page) {
        return page.locator("body[data-here]").count() == 1;
    }

    private static void chip(Page page, String words) {
        page.locator("[data-drop] p[data-chip] .chip", new Page.LocatorOptions().setHasText(words))
                .waitFor();
    }

    /** As behind a gateway of which too many come: no new pass for now. Returns the last answer's status. */
    private static int askedTooOften(Page page) {
        return (int) page.evaluate("""
                async () => {
                    let status = 200;
                    for (let n = 0; n < 60 && status !== 429; n++)
                        status = (await fetch(location.pathname + '/pass', { method: 'POST' })).status;
                    return status;
                }
                """);
    }

    private static String claim(String pass) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(festival.url() + "/api/drops/claims"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"pass\":\"" + pass + "\",\"n\":1}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** In an hour of the business, which the demo may have moved. */
    private static Duration ahead() {
        return Duration.between(
                        Instant.now(), festival.bean(BusinessClock.class).now())
                .plusSeconds(8);
    }

    private static BrandId house() {
        return new BrandId(festival.bean(JdbcClient.class)
                .sql("select brand_id from brands where slug = 'lumen'")
                .query(UUID.class)
                .single());
    }

    private static BrowserContext phone(String session) {
        return festival.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setUserAgent(Walk.PHONE)
                        .setLocale("en-GB")
                        .setStorageState(session));
    }
}
