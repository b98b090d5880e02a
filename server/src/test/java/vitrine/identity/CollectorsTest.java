package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.platform.BuyerKey;
import vitrine.platform.BuyerKeys;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class CollectorsTest {

    private static TestDatabase database;
    private static TestServer server;
    private static Collectors collectors;
    private static BuyerKeys buyers;
    private static JdbcClient db;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database);
        collectors = server.bean(Collectors.class);
        buyers = server.bean(BuyerKeys.class);
        db = server.bean(JdbcClient.class);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static BuyerKey email(String address) {
        return buyers.email(address).orElseThrow();
    }

    private static CollectorId of(BuyerKey key) {
        return collectors.forBuyerKeys(List.of(key)).values().iterator().next();
    }

    @Test
    void aBuyerIsTheSameCollectorWithEveryOrder() {
        var ada = email("ada@shop.example");
        var bo = buyers.phone("13900000001").orElseThrow();
        Map<BuyerKey, CollectorId> first = collectors.forBuyerKeys(List.of(ada, bo, ada));
        Map<BuyerKey, CollectorId> again = collectors.forBuyerKeys(List.of(bo, email(" Ada@Shop.example")));
        assertThat(first).hasSize(2).isEqualTo(again);
        assertThat(first.get(ada)).isNotEqualTo(first.get(bo));
        assertThat(collectors.find(of(ada)).orElseThrow().isClaimed()).isFalse();
    }

    @Test
    void twoNodesThatMeetTheSameNewBuyersAgreeOnThem() throws Exception {
        var keys = new ArrayList<BuyerKey>();
        for (int n = 0; n < 400; n++) keys.add(email("crowd" + n + "@shop.example"));
        var backwards = keys.reversed();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Map<BuyerKey, CollectorId>>> both =
                    List.of(() -> collectors.forBuyerKeys(keys), () -> collectors.forBuyerKeys(backwards));
            var answers = threads.invokeAll(both);
            assertThat(answers.get(0).get())
                    .hasSize(400)
                    .isEqualTo(answers.get(1).get());
        }
        int without = db.sql("""
                select count(*) from buyer_keys k where not exists
                (select from collectors c where c.collector_id = k.collector_id)
                """).query(Integer.class).single();
        assertThat(without).isZero();
        int unreached = db.sql("""
                select count(*) from collectors c where not exists
                (select from buyer_keys k where k.collector_id = c.collector_id) and joined_into is null
                """).query(Integer.class).single();
        assertThat(unreached).isZero();
    }

    @Test
    void everyCollectorHasASecretOfHerOwnThatTheDatabaseAloneDoesNotShow() {
        var ids = List.of(of(email("s1@shop.example")), of(email("s2@shop.example")));
        var secrets = collectors.secrets(ids);
        assertThat(secrets).hasSize(2);
        assertThat(secrets.values()).allSatisfy(secret -> assertThat(secret).hasSize(32));
        assertThat(secrets.get(ids.get(0))).isNotEqualTo(secrets.get(ids.get(1)));
        String stored = db.sql("select encode(secret_sealed, 'hex') from collectors where collector_id = :id")
                .param("id", ids.get(0).value())
                .query(String.class)
                .single();
        assertThat(stored).doesNotContain(HexFormat.of().formatHex(secrets.get(ids.get(0))));
    }

    @Test
    void theFirstSignInClaimsWhatWasBoughtBefore() {
        var key = email("claims@shop.example");
        var bought = of(key);
        var person = collectors.signedIn(key, "en");
        assertThat(person).isEqualTo(bought);
        var known = collectors.find(person).orElseThrow();
        assertThat(known.isClaimed()).isTrue();
        assertThat(known.language()).isEqualTo("en");
        var since = known.claimedAt();
        collectors.signedIn(key, "zh");
        known = collectors.find(person).orElseThrow();
        assertThat(known.claimedAt()).isEqualTo(since);
        assertThat(known.language()).as("as she signed in last").isEqualTo("zh");
    }

    @Test
    void aGiftToAnUnclaimedBuyerJoinsThePersonWhoProvedItWasHers() {
        var phone = buyers.phone("13900000009").orElseThrow();
        var unclaimed = of(phone);
        var secret = collectors.secrets(List.of(unclaimed)).get(unclaimed);
        var person = collectors.signedIn(email("joins@shop.example"), "zh");

        assertThat(collectors.join(unclaimed, person)).isEqualTo(new Collectors.Joining.Joined(unclaimed, person));

        assertThat(of(phone)).isEqualTo(person);
        assertThat(collectors.root(unclaimed)).isEqualTo(person);
        assertThat(collectors.family(person)).containsExactlyInAnyOrder(person, unclaimed);
        // Its pieces were recorded under its own secret, which therefore stays.
        assertThat(collectors.secrets(List.of(unclaimed)).get(unclaimed)).isEqualTo(secret);
        assertThat(Identities.events(server, "collectors.joined"))
                .anySatisfy(
                        body -> assertThat(body).contains(unclaimed.toString()).contains(person.toString()));
        assertThat(collectors.join(unclaimed, person)).isEqualTo(new Collectors.Joining.AlreadyOne(person));
    }

    @Test
    void anAddressThatCameAlongWithAGiftIsNoWayIntoAnothersAccount() {
        var sender = email("sender@shop.example");
        var gift = of(sender);
        var own = email("opener@shop.example");
        var opener = collectors.signedIn(own, "en");
        collectors.join(gift, opener);
        assertThat(collectors.provenKeys(opener))
                .as("by which she may be staff")
                .containsExactly(own);
        assertThat(collectors.buyerKeys(opener)).containsExactlyInAnyOrder(own, sender);

        var person = collectors.signedIn(sender, "en");
        assertThat(person).isNotEqualTo(opener);
        assertThat(of(sender)).as("who buys with it from now on").isEqualTo(person);
        assertThat(collectors.root(gift)).as("what was opened stays").isEqualTo(opener);
        assertThat(collectors.secrets(List.of(person))).hasSize(1);
        assertThat(collectors.signedIn(sender, "en")).as("the next time").isEqualTo(person);
        assertThat(collectors.signedIn(own, "en")).isEqualTo(opener);
    }

    @Test
    void whoeverSignsInWhileAnotherOpensHerGiftIsNeverTheOther() throws Exception {
        for (int round = 0; round < 20; round++) {
            var address = email("raced" + round + "@home.example");
            var gift = of(address);
            var opener = collectors.signedIn(email("opens" + round + "@home.example"), "zh");
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var entering = threads.submit(() -> collectors.signedIn(address, "zh"));
                var joining = threads.submit(() -> collectors.join(gift, opener));
                joining.get();
                assertThat(entering.get()).isNotEqualTo(opener).isEqualTo(of(address));
            }
        }
    }

    @Test
    void somebodyWhoSignedInHerselfIsNeverJoinedToAnother() {
        var bo = collectors.signedIn(email("bo@shop.example"), "zh");
        var thief = collectors.signedIn(email("thief@shop.example"), "zh");
        assertThat(collectors.join(bo, thief)).isEqualTo(new Collectors.Joining.SomebodyElses(bo));
        assertThat(collectors.root(bo)).isEqualTo(bo);
    }

    @Test
    void ofTwoWhoJoinTheSameGiftAtOnceOneHasIt() throws Exception {
        for (int round = 0; round < 10; round++) {
            var gift = of(email("gift" + round + "@shop.example"));
            var ada = collectors.signedIn(email("ada" + round + "@home.example"), "zh");
            var bo = collectors.signedIn(email("bo" + round + "@home.example"), "zh");
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<Collectors.Joining>> both =
                        List.of(() -> collectors.join(gift, ada), () -> collectors.join(gift, bo));
                var endings =
                        threads.invokeAll(both).stream().map(f -> f.resultNow()).toList();
                assertThat(endings.stream().filter(e -> e instanceof Collectors.Joining.Joined))
                        .hasSize(1);
            }
        }
    }

    @Test
    void aHandleBelongsToOneCollector() {
        var ada = collectors.signedIn(email("h1@shop.example"), "zh");
        var bo = collectors.signedIn(email("h2@shop.example"), "zh");
        assertThat(collectors.name(ada, "moon-river")).isEqualTo(new Collectors.Naming.Named("moon-river"));
        assertThat(collectors.name(bo, "moon-river")).isEqualTo(new Collectors.Naming.Taken("moon-river"));
        assertThat(collectors.byHandle("moon-river")).contains(ada);
        for (var bad : List.of("ab", "-moon", "Moon", "moon_river", "vitrine", "<script>", "x".repeat(31))) {
            assertThat(collectors.name(bo, bad)).isEqualTo(new Collectors.Naming.NotAName(bad));
        }
    }
}
