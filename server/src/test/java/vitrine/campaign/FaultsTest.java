package vitrine.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.campaign.Stage.plan;
import static vitrine.campaign.Stage.tier;
import static vitrine.campaign.Stage.with;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import vitrine.drop.Allotments;
import vitrine.platform.BrandId;
import vitrine.proof.Json;
import vitrine.testing.TestServer;

/**
 * The fault table of match, ripen, award and take back: the process dies before the n-th commit, or after it with the answer lost,
 * for every n; it starts again and ends in the same state.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsTest {

    private static final List<String> WORKERS = List.of(
            "campaign-match",
            "entitlements-ripen",
            "entitlements-award",
            "house-gifts",
            "waiting-list",
            "campaign-joins");

    /** Dies once, at the commit that it was told. */
    private static final class Mortal extends JdbcTransactionManager {
        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        private volatile boolean afterwards;
        private volatile boolean working;

        Mortal(DataSource source) {
            super(source);
        }

        void dieAt(int commit, boolean afterwards) {
            this.afterwards = afterwards;
            left.set(commit);
        }

        boolean died() {
            return left.get() <= 0;
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            boolean now = working && left.decrementAndGet() == 0;
            if (now && !afterwards) throw new Died();
            super.doCommit(status);
            if (now) throw new Died();
        }
    }

    private static final class Died extends TransactionSystemException {
        Died() {
            super("the process died at this commit");
        }
    }

    private TestServer server;
    private Mortal transactions;

    @BeforeAll
    void start() {
        server = Stage.start(beans -> beans.registerBean(
                "transactionManager",
                PlatformTransactionManager.class,
                () -> new Mortal(beans.getBean(DataSource.class))));
        transactions = (Mortal) server.bean(PlatformTransactionManager.class);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void aBrandsCampaignEndsInTheSameStateWhereverItDies() {
        everywhere(this::brandStory);
    }

    @Test
    void theHousesCampaignEndsInTheSameStateWhereverItDies() {
        everywhere(this::houseStory);
    }

    private void everywhere(java.util.function.BiFunction<Integer, Boolean, List<String>> story) {
        List<String> undisturbed = story.apply(Integer.MAX_VALUE, false);
        for (boolean afterwards : new boolean[] {false, true}) {
            int commit = 1;
            while (true) {
                List<String> end = story.apply(commit, afterwards);
                assertThat(end)
                        .as("died %s commit %d", afterwards ? "after" : "before", commit)
                        .isEqualTo(undisturbed);
                if (!transactions.died()) break;
                commit++;
            }
            assertThat(commit).isGreaterThan(5);
        }
    }

    /** Three lamps, one of two pieces each; Ada returns, opens, returns; Bo waits; Cy is received last. */
    private List<String> brandStory(int commit, boolean afterwards) {
        Stage stage = Stage.of(2).on(server);
        stage.anyLamp();
        transactions.dieAt(commit, afterwards);
        stage.tell(stage.lumen, stage.order(1, "ada").lamp(100).received().paid());
        work(stage);
        stage.tell(
                stage.lumen,
                stage.order(2, "bo").lamp(100).paid(),
                stage.order(3, "cy").lamp(100).received().paid());
        work(stage);
        stage.tell(
                stage.lumen,
                stage.again(1, "ada").lamp(100).received().cancelled().paid());
        work(stage);
        stage.open(1);
        stage.tell(
                stage.lumen,
                stage.again(3, "cy").lamp(100).received().cancelled().paid());
        work(stage);
        stage.tell(stage.lumen, stage.again(2, "bo").lamp(100).received().paid());
        work(stage);
        return end(stage, stage.lumen);
    }

    private List<String> houseStory(int commit, boolean afterwards) {
        Stage stage = Stage.of(5).on(server);
        BrandId house = stage.house();
        stage.server.bean(Allotments.class).allot(house, stage.moonrise, 2);
        var lumens = Json.object("brands", Json.of(List.of(Json.of(stage.lumen.toString()))));
        CampaignId id = stage.draft(
                house,
                "isle",
                plan(with(stage.offer("amount", "cumulative", tier(300, 1), tier(600, 2)), "when", lumens)));
        assertThat(stage.campaigns().publish(id)).isInstanceOf(Publication.Published.class);
        transactions.dieAt(commit, afterwards);
        stage.tell(house, stage.order(1, "ada").lamp(300).received().paid());
        work(stage);
        stage.tell(house, stage.order(2, "ada").lamp(300).received().paid());
        work(stage);
        stage.tell(house, stage.order(3, "bo").lamp(300).received().paid());
        work(stage);
        stage.tell(house, stage.again(2, "ada").lamp(300).received().cancelled().paid());
        work(stage);
        return end(stage, house);
    }

    /** Until nothing is left to do; who dies starts again. */
    private void work(Stage stage) {
        transactions.working = true;
        boolean more = true;
        while (more) {
            more = false;
            for (String worker : WORKERS) {
                try {
                    more |= stage.run(worker);
                } catch (Died e) {
                    more = true;
                }
            }
        }
        transactions.working = false;
    }

    private static List<String> end(Stage stage, BrandId audience) {
        List<String> end = new ArrayList<>();
        for (String buyer : List.of("ada", "bo", "cy")) {
            end.add(buyer + " " + stage.entitlements(buyer) + " " + stage.serials(buyer));
        }
        end.add(stage.stock().toString());
        end.addAll(stage.db()
                .sql("""
                        select code from verdicts v join offers o using (brand_id, offer_id)
                        where o.collectible_id = :moonrise order by order_id
                        """)
                .param("moonrise", stage.moonrise.value())
                .query(String.class)
                .list());
        end.addAll(stage.db()
                .sql("select 'taken ' || pieces_taken from offers where collectible_id = :moonrise")
                .param("moonrise", stage.moonrise.value())
                .query(String.class)
                .list());
        end.add("free " + stage.server.bean(Allotments.class).free(audience, stage.moonrise));
        return end;
    }
}
