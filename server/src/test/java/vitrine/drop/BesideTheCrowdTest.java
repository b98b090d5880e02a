package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.drop.DropDraft.StageDraft;
import vitrine.identity.CollectorId;
import vitrine.ownership.GiftPolicy;
import vitrine.payment.PayTown;
import vitrine.payment.Way;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;

/** What happens around a drop while nobody races: who waits, what was announced, what is over, and who may come in. */
class BesideTheCrowdTest {

    private static final Way ALIPAY = Way.ALIPAY_PAGE;

    private static PayTown town;

    @BeforeAll
    static void open() {
        town = new PayTown();
    }

    @AfterAll
    static void close() {
        town.close();
    }

    @Test
    void whoWaitsForADropIsAnsweredWhileTheDatabaseCannotSayWhereItIs() throws Exception {
        Saleroom room = new Saleroom(town, "watched", 3);
        room.announces(ALIPAY, Duration.ofHours(1));
        town.server.bean(LiveDrops.class).changed();
        String state = "/d/" + room.open().slug() + "/state.json";
        assertThat(get(state).body()).contains("\"phase\":\"announced\"");
        // Whoever had to look up the address would stand here until this ends.
        try (Connection elsewhere =
                DriverManager.getConnection(town.database.jdbcUrl(), town.database.user(), town.database.password())) {
            elsewhere.setAutoCommit(false);
            elsewhere.createStatement().execute("lock table addresses in access exclusive mode");
            HttpResponse<String> answer = get(state);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"phase\":\"announced\"", "\"left\":3");
            elsewhere.rollback();
        }
    }

    @Test
    void whatAPublishedDropAnnouncedIsNotGivenAwayByAnAirdrop() {
        Saleroom room = new Saleroom(town, "promised", 5);
        room.opens(ALIPAY, stage -> capped(stage, 3));
        var airdrop = airdrop(room, 3);
        Airdrops airdrops = town.server.bean(Airdrops.class);
        assertThat(airdrops.begin(room.lumen, airdrop.id()))
                .as("three of the five are announced, so two are free")
                .isEqualTo(new Airdrops.Beginning.Promised(room.open().slug(), 2, 3));
        assertThat(room.stock()).isEqualTo(new Stock(5, 5, 0, 0, 0, 0, 0));
        room.claims(room.somebody("promised"), 1);
        assertThat(airdrops.begin(room.lumen, airdrop.id()))
                .as("what one took of the three is announced no more, and gone from the stock")
                .isEqualTo(new Airdrops.Beginning.Promised(room.open().slug(), 2, 3));
        assertThat(airdrops.begin(room.lumen, airdrop(room, 2).id())).isInstanceOf(Airdrops.Beginning.Begun.class);
        town.server.bean(DropPlans.class).end(room.open().id());
        town.drain();
        assertThat(airdrops.begin(room.lumen, airdrop(room, 2).id()))
                .as("a drop that staff ended announces nothing")
                .isInstanceOf(Airdrops.Beginning.Begun.class);
    }

    @Test
    void twoDropsThatArePublishedAtOnceDoNotPromiseTheSameUnits() throws Exception {
        Saleroom room = new Saleroom(town, "twice", 5);
        DropPlans plans = town.server.bean(DropPlans.class);
        List<DropId> drafts = Stream.of("twice-one", "twice-other")
                .map(slug -> ((DropPlans.Drafting.Drafted) plans.draft(
                                room.lumen,
                                slug,
                                new DropDraft(
                                        Works.MOONRISE,
                                        Works.MOONRISE,
                                        List.of(capped(room.stage(Saleroom.price(ALIPAY)), 3)))))
                        .id())
                .toList();
        List<DropPlans.Publishing> published;
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            published = both
                    .invokeAll(drafts.stream()
                            .map(id -> (Callable<DropPlans.Publishing>) () -> plans.publish(id))
                            .toList())
                    .stream()
                    .map(Future::resultNow)
                    .toList();
        }
        assertThat(published)
                .filteredOn(DropPlans.Publishing.Published.class::isInstance)
                .hasSize(1);
        assertThat(published)
                .filteredOn(DropPlans.Publishing.Unfinished.class::isInstance)
                .singleElement()
                .isEqualTo(new DropPlans.Publishing.Unfinished(
                        List.of(new DropPlans.Problem("drop.cap", "stages[0].cap", "2"))));
    }

    @Test
    void besideADropThatPromisedANumberASecondOneNeedsANumberToo() {
        Saleroom room = new Saleroom(town, "beside", 5);
        DropPlans plans = town.server.bean(DropPlans.class);
        StageDraft stage = room.stage(Saleroom.price(ALIPAY));
        var numbered = new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(capped(stage, 3)));
        var first = ((DropPlans.Drafting.Drafted) plans.draft(room.lumen, "beside-first", numbered)).id();
        var open = new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(stage));
        assertThat(plans.check(room.lumen, open)).isEmpty();
        assertThat(plans.publish(first)).isInstanceOf(DropPlans.Publishing.Published.class);
        assertThat(plans.check(room.lumen, open))
                .containsExactly(new DropPlans.Problem("drop.cap-wanted", "stages[0].cap", "2"));
        assertThat(plans.check(room.lumen, new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(capped(stage, 2)))))
                .isEmpty();
        plans.end(first);
        assertThat(plans.check(room.lumen, open))
                .as("nobody is promised anything")
                .isEmpty();
    }

    @Test
    void aStageWithoutACapAnnouncedAllThereIs() {
        Saleroom room = new Saleroom(town, "all-of-it", 4);
        room.opens(ALIPAY);
        assertThat(town.server
                        .bean(Airdrops.class)
                        .begin(room.lumen, airdrop(room, 1).id()))
                .isEqualTo(new Airdrops.Beginning.Promised(room.open().slug(), 0, 1));
    }

    @Test
    void aDropThatWasEndedBeforeItOpenedGivesNoPassAndNoHourToComeBackAt() {
        Saleroom room = new Saleroom(town, "called-off", 2);
        CollectorId ada = room.somebody("called-off");
        room.announces(ALIPAY, Duration.ofHours(1));
        Drop announced = room.open();
        var in = (Entrances.Entrance.Admitted) town.server.bean(Entrances.class).enter(announced, ada);
        town.server.bean(DropPlans.class).end(announced.id());
        town.server.bean(LiveDrops.class).changed();
        assertThat(town.server.bean(Claims.class).claim(in.pass(), 1).code()).isEqualTo("drop.closed");
        Drop ended = town.server.bean(DropPlans.class).find(announced.id()).orElseThrow();
        assertThat(town.server.bean(Entrances.class).enter(ended, ada))
                .isEqualTo(new Entrances.Entrance.Over(null, List.of()));
    }

    @Test
    void whatSomebodyHasOfADropThatWasEndedIsStillHers() {
        Saleroom room = new Saleroom(town, "cut-short", 2);
        CollectorId ada = room.somebody("cut-short");
        room.opens(ALIPAY);
        Claim held = room.claims(ada, 1);
        town.server.bean(DropPlans.class).end(room.open().id());
        Drop ended = town.server.bean(DropPlans.class).find(room.open().id()).orElseThrow();
        assertThat(town.server.bean(Entrances.class).enter(ended, ada))
                .isInstanceOfSatisfying(
                        Entrances.Entrance.Over.class,
                        over -> assertThat(over.has()).extracting(Claim::id).containsExactly(held.id()));
    }

    @Test
    void nobodyKeepsWatchAtAStageThatIsLongOver() throws InterruptedException {
        Saleroom room = new Saleroom(town, "long-over", 1);
        room.opens(ALIPAY);
        room.claims(room.somebody("long-over"), 1);
        assertThat(writers()).isPositive();
        town.later(Duration.ofDays(3));
        for (int n = 0; n < 300 && writers() > 0; n++) Thread.sleep(100);
        assertThat(writers()).as("threads that wait for claims").isZero();
    }

    @Test
    void aCodeThatStaffRefusedTwoClaimsOfIsGoodForTwoAgain() throws Exception {
        Saleroom room = new Saleroom(town, "two-by-code", 2);
        CollectorId ada = room.somebody("two-by-code");
        room.opens(ALIPAY, BesideTheCrowdTest::twoByCode);
        DropCodes codes = town.server.bean(DropCodes.class);
        codes.make(room.open(), room.open().stages().getFirst().id(), 1, 3);
        var batch = codes.of(room.open().id()).getFirst();
        String code = codes.codes(batch).findFirst().orElseThrow();
        Entrances entrances = town.server.bean(Entrances.class);
        for (int nth = 1; nth <= 2; nth++) {
            town.server.bean(LiveDrops.class).changed();
            var in = (Entrances.Entrance.Admitted) entrances.enter(room.open(), ada);
            var held = (Claiming.Claimed) town.server.bean(Claims.class).claim(in.pass(), nth, code, null);
            if (nth == 1)
                town.db()
                        .sql("""
                        insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at)
                        values (:brand, :drop, :who, 'young-account', :now)
                        """)
                        .param("brand", room.lumen.value())
                        .param("drop", room.open().id().value())
                        .param("who", ada.value())
                        .param("now", Timestamp.from(town.clock.instant()))
                        .update();
            town.pays(room.begins(ada, held.claim(), ALIPAY));
            town.drain();
        }
        assertThat(codes.of(room.open().id()).getFirst().used()).isEqualTo(2);
        assertThat(room.refuses(ada)).isEqualTo(new Reviews.Refusing.Refused());
        town.later(Duration.ofSeconds(30));
        assertThat(room.stock().available()).as("both are free again").isEqualTo(2);
        assertThat(codes.of(room.open().id()).getFirst().used())
                .as("and so is the code")
                .isZero();
    }

    @Test
    void aSeriesLetsInWhoeverHoldsAnyPieceOfIt() throws Exception {
        Catalog catalog = town.server.bean(Catalog.class);
        Saleroom room = new Saleroom(town, "for-holders", 2);
        var nights = catalog.addSeries(room.lumen, "nights", new Bilingual("夜色", "Nights"));
        CollectibleId dusk = inSeries(room, nights.id());
        CollectorId ada = room.somebody("holds-one");
        CollectorId bo = room.somebody("holds-none");
        town.server.bean(TransactionTemplate.class).executeWithoutResult(s -> {
            Drops drops = town.server.bean(Drops.class);
            drops.hold(dusk, 1);
            drops.award(List.of(new Award(
                    new OfferId(room.lumen, UUID.randomUUID()), "a gift", dusk, ada, null, GiftPolicy.of("free"))));
        });
        assertThat(town.server
                        .bean(DropPlans.class)
                        .check(
                                room.lumen,
                                new DropDraft(
                                        Works.MOONRISE,
                                        Works.MOONRISE,
                                        List.of(holders(room.stage(Saleroom.price(ALIPAY)), UUID.randomUUID())))))
                .extracting(DropPlans.Problem::code)
                .as("a series of nobody")
                .containsExactly("drop.entry-of-whom");
        room.opens(ALIPAY, stage -> holders(stage, nights.id()));
        Entrances entrances = town.server.bean(Entrances.class);
        assertThat(entrances.enter(room.open(), ada)).isInstanceOf(Entrances.Entrance.Admitted.class);
        assertThat(entrances.enter(room.open(), bo)).isInstanceOf(Entrances.Entrance.NotEligible.class);
        assertThat(get("/d/" + room.open().slug() + "?lang=en").body())
                .contains("Holders of any piece of the series Nights");
    }

    @Test
    void aServerThatIsStartedBetweenTwoStagesWarmsUpForTheSecondAndOnceOnly() {
        Saleroom room = new Saleroom(town, "two-stages", 6);
        DropPlans plans = town.server.bean(DropPlans.class);
        Instant now = town.clock.instant();
        StageDraft presale = free(room.stage(Saleroom.price(ALIPAY)), now.plusSeconds(90), now.plusSeconds(600));
        StageDraft open = free(presale, now.plusSeconds(3_600), now.plusSeconds(7_200));
        var draft = new DropDraft(Works.MOONRISE, Works.MOONRISE, List.of(presale, open));
        DropId id = ((DropPlans.Drafting.Drafted) plans.draft(room.lumen, "two-stages-drop", draft)).id();
        assertThat(plans.publish(id)).isInstanceOf(DropPlans.Publishing.Published.class);
        endEverythingElse(id);
        Map<String, Object> door = new HashMap<>();
        door.put("local.server.port", String.valueOf(town.server.address().getPort()));
        WarmUp warmUp = warmUp(door);
        town.clock.advance(Duration.ofMinutes(1));
        warmUp.run();
        assertThat(warmUp.warmedUp())
                .as("half a minute before the presale, though the next one is far away")
                .isNull();
        town.clock.advance(Duration.ofMinutes(4));
        door.put("local.server.port", "9");
        warmUp.run();
        assertThat(warmUp.warmedUp())
                .as("while the presale is open, its people come first")
                .isNull();
        town.clock.advance(Duration.ofMinutes(20));
        town.server.bean(LiveDrops.class).changed();
        warmUp.run();
        assertThat(warmUp.warmedUp()).as("at a door where nobody answers").isNull();
        door.put("local.server.port", String.valueOf(town.server.address().getPort()));
        warmUp.run();
        assertThat(warmUp.warmedUp())
                .isEqualTo(open(plans, id).stages().getLast().id());
        assertThat(room.stock()).as("of which nothing is left").isEqualTo(new Stock(6, 6, 0, 0, 0, 0, 0));
    }

    private static Drop open(DropPlans plans, DropId id) {
        return plans.find(id).orElseThrow();
    }

    private static WarmUp warmUp(Map<String, Object> door) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("door", door));
        return new WarmUp(
                town.server.bean(DropPlans.class),
                town.server.bean(LiveDrops.class),
                town.server.bean(Claims.class),
                town.server.bean(ClaimPasses.class),
                town.server.bean(BusinessClock.class),
                environment,
                true,
                0,
                50);
    }

    /** The other tests' drops, of which some may open within the hour. */
    private static void endEverythingElse(DropId but) {
        DropPlans plans = town.server.bean(DropPlans.class);
        plans.published().stream().filter(drop -> !drop.id().equals(but)).forEach(drop -> plans.end(drop.id()));
    }

    private static Airdrops.Airdrop airdrop(Saleroom room, int people) {
        String once = UUID.randomUUID().toString();
        var read = town.server
                .bean(Airdrops.class)
                .read(
                        room.collectible(),
                        GiftPolicy.of("never"),
                        false,
                        Stream.iterate(0, n -> n + 1).limit(people).map(n -> once + n + "@home.example"));
        return ((Airdrops.Reading.Read) read).airdrop();
    }

    private static CollectibleId inSeries(Saleroom room, UUID series) {
        CollectibleId dusk = town.server
                .bean(Catalog.class)
                .draft(new CollectibleDraft(
                        room.lumen,
                        "dusk",
                        series,
                        null,
                        "brand",
                        Works.MOONRISE,
                        Works.MOONRISE,
                        Works.MOONRISE,
                        Works.MOONRISE,
                        2026,
                        "night",
                        Works.MOONRISE,
                        3,
                        0,
                        List.of(),
                        List.of()));
        town.server
                .bean(TransactionTemplate.class)
                .executeWithoutResult(s -> town.server.bean(Drops.class).publish(dusk));
        return dusk;
    }

    private static long writers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("claim-writer"))
                .count();
    }

    private static StageDraft capped(StageDraft stage, int cap) {
        return but(stage, cap, 1, "everyone", null);
    }

    private static StageDraft twoByCode(StageDraft stage) {
        return but(stage, null, 2, "code", null);
    }

    private static StageDraft holders(StageDraft stage, UUID of) {
        return but(stage, null, 1, "holders", of);
    }

    private static StageDraft free(StageDraft stage, Instant opens, Instant closes) {
        return new StageDraft(
                null,
                stage.name(),
                stage.collectible(),
                opens,
                closes,
                null,
                1,
                "everyone",
                null,
                null,
                stage.giftPolicy(),
                false,
                false);
    }

    private static StageDraft but(StageDraft stage, @Nullable Integer cap, int limit, String entry, @Nullable UUID of) {
        return new StageDraft(
                        null,
                        stage.name(),
                        stage.collectible(),
                        stage.opensAt(),
                        stage.closesAt(),
                        cap,
                        limit,
                        entry,
                        of,
                        stage.holdMinutes(),
                        stage.giftPolicy(),
                        false,
                        false)
                .at(Objects.requireNonNull(stage.price()));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(town.server.address() + path))
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
