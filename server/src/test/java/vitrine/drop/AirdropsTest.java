package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Departures;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BusinessClock;
import vitrine.platform.BuyerKeys;
import vitrine.platform.Jobs;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** A file gives each person it names one piece, whatever dies on the way. */
class AirdropsTest {

    private static final int GUESTS = 4_000;
    private static final int SUPPLY = 4_300;

    private TestDatabase database;
    private TestServer one;
    private CollectibleId moonrise;

    @BeforeEach
    void open() {
        database = TestDatabase.fresh();
        one = node();
        moonrise = Works.published(one, Works.lumen(one), "moonrise", SUPPLY, 0);
    }

    private TestServer node() {
        return TestServer.start(
                database, Map.of("vitrine.jobs", "manual", "vitrine.clock.movable", "true"), beans -> {});
    }

    @AfterEach
    void close() {
        one.close();
        database.close();
    }

    @Test
    void eachPersonGetsOneHoweverOftenTheFileNamesHer() {
        Collectors collectors = one.bean(Collectors.class);
        CollectorId ada = collectors.signedIn(
                one.bean(BuyerKeys.class).email("ada@home.example").orElseThrow(), "en");
        collectors.name(ada, "ada");
        var airdrop = read(
                true, "ada@home.example", "Bo@Home.example", "not an address", " bo@home.example ", "@ada", "@nobody");
        assertThat(airdrop.lines()).isEqualTo(6);
        assertThat(airdrop.people()).isEqualTo(3);
        assertThat(pieces()).as("nothing before it begins").isZero();
        assertThat(begin(airdrop)).isInstanceOf(Airdrops.Beginning.Begun.class);
        assertThat(begin(airdrop)).as("a second time").isInstanceOf(Airdrops.Beginning.NotNow.class);
        one.bean(Jobs.class).drain();
        assertThat(pieces()).isEqualTo(2);
        assertThat(problems(airdrop)).isEqualTo(Map.of("unreadable", 1, "twice", 2, "unknown", 1));
        assertThat(stock()).isEqualTo(new Stock(SUPPLY, SUPPLY - 2, 0, 2, 0, 0, 2));
        assertThat(found(airdrop).doneAt()).isNotNull();
        List<Airdrops.Line> lines = lines(airdrop);
        assertThat(lines).extracting(Airdrops.Line::serial).containsExactly(1, 2, null, null, null, null);
        assertThat(lines.getFirst().link()).contains("/g/");
        assertThat(database.jdbc()
                        .sql("select count(*) from airdrop_lines where address_sealed is not null")
                        .query(Integer.class)
                        .single())
                .as("addresses kept")
                .isZero();
        assertThat(one.bean(vitrine.platform.messages.Messages.class).newest(10))
                .as("one mail each")
                .hasSize(2);
    }

    /** What counts is that a batch of five hundred is torn while it is written; a million lines and a server that is killed has the bench. */
    @Test
    void anAirdropWhoseConnectionsAreCutAtHalfGoesOnAtAnotherNode() throws InterruptedException {
        var airdrop = read(
                false,
                IntStream.range(0, GUESTS)
                        .mapToObj(n -> "guest" + n + "@home.example")
                        .toArray(String[]::new));
        begin(airdrop);
        TestServer dying = one;
        Thread worker = Thread.startVirtualThread(() -> {
            try {
                while (dying.bean(Airdrops.class).run()) {
                    // the next five hundred
                }
            } catch (RuntimeException e) {
                // its connections were cut, which is what this is about
            }
        });
        while (pieces() < GUESTS / 2 && worker.isAlive()) Thread.sleep(5);
        assertThat(cutInTheMiddle()).as("transactions that were torn").isTrue();
        one.close();
        worker.join();
        int half = pieces();
        assertThat(half).isBetween(GUESTS / 2, GUESTS - 1);
        one = node();
        assertThat(found(airdrop).given())
                .as("what stands in the count was given")
                .isEqualTo(half);
        one.bean(Jobs.class).drain();
        assertThat(pieces()).isEqualTo(GUESTS);
        assertThat(database.jdbc()
                        .sql("select count(distinct owner_id) from pieces")
                        .query(Integer.class)
                        .single())
                .as("one each")
                .isEqualTo(GUESTS);
        assertThat(stock()).isEqualTo(new Stock(SUPPLY, SUPPLY - GUESTS, 0, GUESTS, 0, 0, GUESTS));
        assertThat(found(airdrop).given()).isEqualTo(GUESTS);
    }

    /** Ends every connection that is in the middle of a transaction that has written. */
    private boolean cutInTheMiddle() throws InterruptedException {
        long until = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < until) {
            int cut = database.jdbc().sql("""
                            select count(pg_terminate_backend(pid)) from pg_stat_activity
                            where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null
                            """).query(Integer.class).single();
            if (cut > 0) return true;
            Thread.sleep(1);
        }
        return false;
    }

    @Test
    void whereThereIsNotOneForEachNobodyGetsOne() {
        var airdrop = read(
                false,
                IntStream.rangeClosed(0, SUPPLY)
                        .mapToObj(n -> "guest" + n + "@home.example")
                        .toArray(String[]::new));
        assertThat(begin(airdrop)).isEqualTo(new Airdrops.Beginning.TooFew(SUPPLY, SUPPLY + 1));
        one.bean(Jobs.class).drain();
        assertThat(pieces()).isZero();
        assertThat(stock().available()).isEqualTo(SUPPLY);
        assertThat(one.bean(Airdrops.class).read(moonrise, GiftPolicy.of("never"), false, Stream.of("nobody", "")))
                .isInstanceOf(Airdrops.Reading.Nobody.class);
        assertThat(one.bean(Airdrops.class).of(moonrise.brand())).hasSize(1);
    }

    @Test
    void oneThatFailsHoldsUpNobodyElses() {
        var first = read(false, "ada@home.example");
        var second = read(false, "bo@home.example");
        begin(first);
        begin(second);
        database.jdbc()
                .sql("update airdrop_lines set buyer_kind = 'TORN' where airdrop_id = :id")
                .param("id", first.id())
                .update();
        Airdrops airdrops = one.bean(Airdrops.class);
        for (int n = 0; n < 3 && found(second).doneAt() == null; n++) airdrops.run();
        assertThat(found(second).doneAt()).isNotNull();
        database.jdbc()
                .sql("update airdrop_lines set buyer_kind = 'EMAIL' where airdrop_id = :id")
                .param("id", first.id())
                .update();
        one.bean(Jobs.class).drain();
        assertThat(found(first).doneAt()).as("and comes again itself").isNotNull();
    }

    @Test
    void whatNobodyBeganIsForgottenAMonthAfterItWasRead() {
        var left = read(true, "ada@home.example", "not an address");
        var begun = read(false, "bo@home.example");
        begin(begun);
        one.bean(Jobs.class).drain();
        one.bean(BusinessClock.class).advance(Duration.ofDays(29));
        one.bean(Jobs.class).drain();
        assertThat(lines(left)).hasSize(2);
        one.bean(BusinessClock.class).advance(Duration.ofDays(2));
        one.bean(Jobs.class).drain();
        assertThat(one.bean(Airdrops.class).find(left.brand(), left.id())).isEmpty();
        assertThat(database.jdbc()
                        .sql("select count(*) from airdrop_lines where airdrop_id = :id")
                        .param("id", left.id())
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(found(begun).given()).isOne();
        assertThat(one.bean(Airdrops.class).discard(begun.brand(), begun.id()))
                .as("what was begun is not discarded")
                .isFalse();
    }

    @Test
    void whoHadHerAccountErasedIsInNoLineThatIsStillToBeGivenAndHerUnitIsFree() {
        one.bean(Catalog.class)
                .addBrand(Brand.Kind.HOUSE, "isle", new Bilingual("灯屿", "Isle"), new Bilingual("", ""), "plain");
        Collectors collectors = one.bean(Collectors.class);
        CollectorId ada = collectors.signedIn(
                one.bean(BuyerKeys.class).email("ada@home.example").orElseThrow(), "en");
        collectors.name(ada, "ada");
        var waits = read(true, "bo@home.example", "ada@home.example");
        var byName = read(true, "@ada");
        var begun = read(true, "ada@home.example", "bo@home.example");
        begin(begun);
        assertThat(stock().held()).isEqualTo(2);

        one.bean(vitrine.campaign.Erasures.class).forgetOrders(ada);
        one.bean(Departures.class).erase(ada);
        for (var each : List.of(waits, byName, begun))
            assertThat(problems(each)).as("of a line that named her").isEqualTo(Map.of("unknown", 1));
        assertThat(found(waits).people()).isOne();
        assertThat(found(byName).people()).isZero();
        assertThat(database.jdbc()
                        .sql(
                                "select count(*) from airdrop_lines where problem is not null and num_nonnulls(buyer_kind, buyer_hash, address_sealed, collector_id) > 0")
                        .query(Integer.class)
                        .single())
                .as("lines that know her")
                .isZero();
        assertThat(stock().held()).isOne();
        one.bean(Jobs.class).drain();
        assertThat(found(begun).doneAt()).isNotNull();
        assertThat(pieces()).as("of those who are there").isOne();
        assertThat(stock()).isEqualTo(new Stock(SUPPLY, SUPPLY - 1, 0, 1, 0, 0, 1));
    }

    private Airdrops.Airdrop read(boolean mails, String... lines) {
        return ((Airdrops.Reading.Read)
                        one.bean(Airdrops.class).read(moonrise, GiftPolicy.of("never"), mails, Stream.of(lines)))
                .airdrop();
    }

    private Airdrops.Beginning begin(Airdrops.Airdrop airdrop) {
        return one.bean(Airdrops.class).begin(airdrop.brand(), airdrop.id());
    }

    private Airdrops.Airdrop found(Airdrops.Airdrop airdrop) {
        return one.bean(Airdrops.class).find(airdrop.brand(), airdrop.id()).orElseThrow();
    }

    private Map<String, Integer> problems(Airdrops.Airdrop airdrop) {
        return one.bean(Airdrops.class).problems(airdrop.brand(), airdrop.id());
    }

    private List<Airdrops.Line> lines(Airdrops.Airdrop airdrop) {
        List<Airdrops.Line> lines = new ArrayList<>();
        one.bean(TransactionTemplate.class)
                .executeWithoutResult(s -> one.bean(Airdrops.class).lines(airdrop.brand(), airdrop.id(), lines::add));
        return lines;
    }

    private int pieces() {
        return database.jdbc()
                .sql("select count(*) from pieces")
                .query(Integer.class)
                .single();
    }

    private Stock stock() {
        return one.bean(TransactionTemplate.class)
                .execute(s -> one.bean(Drops.class).stock(moonrise));
    }
}
