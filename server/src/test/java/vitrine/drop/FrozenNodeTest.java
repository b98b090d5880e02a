package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.drop.Works.MOONRISE;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** A node that stands still while several of its transactions want the same row keeps the other one out once, and not once for each. */
class FrozenNodeTest {

    private static final int WANT_IT = 4;

    private static final CountDownLatch thaw = new CountDownLatch(1);

    private static TestDatabase database;
    private static TestServer frozen;
    private static TestServer living;
    private static CollectibleId moonrise;
    private static Drop drop;

    @BeforeAll
    static void open() throws InterruptedException {
        database = TestDatabase.fresh();
        frozen = node();
        living = node();
        BrandId lumen = Works.lumen(living);
        moonrise = Works.published(living, lumen, "moonrise", 10, 0);
        Instant opens = Instant.now().plus(Duration.ofSeconds(1));
        var stage = new DropDraft.StageDraft(
                null,
                MOONRISE,
                moonrise.value(),
                opens,
                opens.plus(Duration.ofHours(1)),
                null,
                1,
                "everyone",
                null,
                null,
                "never",
                false,
                false);
        DropPlans plans = living.bean(DropPlans.class);
        var made = (DropPlans.Drafting.Drafted)
                plans.draft(lumen, "moonrise", new DropDraft(MOONRISE, MOONRISE, List.of(stage)));
        drop = ((DropPlans.Publishing.Published) plans.publish(made.id())).drop();
        while (!Instant.now().isAfter(opens)) Thread.sleep(20);
    }

    private static TestServer node() {
        return TestServer.start(database, Map.of("vitrine.jobs", "manual"), beans -> {});
    }

    @AfterAll
    static void close() {
        thaw.countDown();
        frozen.close();
        living.close();
        database.close();
    }

    @Test
    void oneOfItsTransactionsStandsAtTheRowAndTheOthersWaitAtTheNode() throws Exception {
        assertThat(claim(frozen, "ada")).isInstanceOf(Claiming.Claimed.class);
        assertThat(claim(living, "bo")).isInstanceOf(Claiming.Claimed.class);
        List<Thread> wanting = new ArrayList<>();
        try (Connection other = database.dataSource().getConnection();
                Statement holds = other.createStatement()) {
            other.setAutoCommit(false);
            holds.execute("select 1 from stock for update");
            for (int n = 0; n < WANT_IT; n++)
                wanting.add(Thread.ofPlatform().daemon().start(FrozenNodeTest::takesTheStockAndStandsStill));
            assertThat(waitingAtTheDatabase())
                    .as("while the rest wait at their node")
                    .isOne();
            other.commit();
        }
        assertThat(claim(living, "cy"))
                .as("the database puts out the one that stands still, and no other has the row then")
                .isInstanceOf(Claiming.Claimed.class);
        thaw.countDown();
        for (Thread thread : wanting) thread.join();
        assertThat(claim(frozen, "di")).as("thawed").isInstanceOf(Claiming.Claimed.class);
    }

    private static Claiming claim(TestServer node, String name) {
        CollectorId who = node.bean(Collectors.class)
                .signedIn(
                        node.bean(BuyerKeys.class).email(name + "@home.example").orElseThrow(), "en");
        var in = (Entrances.Entrance.Admitted) node.bean(Entrances.class).enter(drop, who);
        return node.bean(Claims.class).claim(in.pass(), 1);
    }

    private static void takesTheStockAndStandsStill() {
        try {
            frozen.bean(TransactionTemplate.class).executeWithoutResult(s -> {
                frozen.bean(Drops.class).lock(List.of(moonrise));
                try {
                    thaw.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        } catch (RuntimeException e) {
            // The database put it out, as it should.
        }
    }

    /** How many of them wait at the database, once each waits somewhere. */
    private static int waitingAtTheDatabase() throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < until) {
            long here = Thread.getAllStackTraces().values().stream()
                    .filter(stack -> Arrays.stream(stack)
                            .anyMatch(frame -> frame.getClassName().equals(HotTurns.class.getName())))
                    .count();
            int there = database.jdbc().sql("""
                            select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                            """).query(Integer.class).single();
            if (here + there == WANT_IT) return there;
            Thread.sleep(2);
        }
        throw new AssertionError("they do not come to wait");
    }
}
