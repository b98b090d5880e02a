package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static vitrine.drop.Works.MOONRISE;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.drop.Entrances.Entrance;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKeys;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** A file brings people to a stage's list, and whoever is on it may enter. */
class GuestsTest {

    private static final int MANY = 50_000;

    private static TestDatabase database;
    private static TestServer one;
    private static BrandId lumen;
    private static CollectibleId moonrise;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh();
        one = node();
        lumen = Works.lumen(one);
        moonrise = Works.published(one, lumen, "moonrise", 100, 0);
    }

    private static TestServer node() {
        return TestServer.start(database, Map.of("vitrine.jobs", "manual"), beans -> {});
    }

    @AfterAll
    static void close() {
        one.close();
        database.close();
    }

    @Test
    void whoeverIsNamedByAddressPhoneOrPublicNameMayEnterAndEachLineSaysWhatBecameOfIt() {
        CollectorId ada = signedIn("ada@home.example");
        CollectorId bo = signedIn("bo@home.example");
        CollectorId cy = signedIn("cy@home.example");
        one.bean(Collectors.class).name(ada, "ada");
        Drop drop = draft("by-three-ways");
        UUID stage = list(drop);
        Guests.File file = read(
                drop,
                stage,
                "address,note",
                "@ada,a friend",
                "\"Bo@Home.example\";x",
                "+86 138 0013 8000",
                "bo@home.example",
                "ada@home.example",
                "@nobody");
        assertThat(file.lines()).isEqualTo(7);
        assertThat(file.people()).isEqualTo(3);
        assertThat(guests().count(drop.id(), stage))
                .as("nobody is let in before somebody says so")
                .isZero();
        assertThat(outcomes(file))
                .containsExactly("unreadable", "waiting", "waiting", "waiting", "twice", "twice", "unknown");
        assertThat(guests().begin(file, false)).isInstanceOf(Guests.Beginning.Begun.class);
        assertThat(one.bean(DropPlans.class).publish(drop.id()))
                .as("half a list is not published")
                .isEqualTo(new DropPlans.Publishing.Unfinished(
                        List.of(new DropPlans.Problem("drop.list-on-the-way", "stages[0].entry", ""))));
        work();
        assertThat(outcomes(found(file)))
                .containsExactly("unreadable", "added", "added", "added", "twice", "twice", "unknown");
        assertThat(guests().begin(file, false)).as("a second time").isInstanceOf(Guests.Beginning.NotNow.class);

        Drop open = ((DropPlans.Publishing.Published) one.bean(DropPlans.class).publish(drop.id())).drop();
        assertThat(entrance(open, ada)).isInstanceOf(Entrance.Admitted.class);
        assertThat(entrance(open, bo)).isInstanceOf(Entrance.Admitted.class);
        assertThat(entrance(open, cy)).isInstanceOf(Entrance.NotEligible.class);
        assertThat(database.jdbc()
                        .sql(
                                "select count(*) from guest_lines l where strpos(l::text, 'home.example') + strpos(l::text, '13800138000') > 0")
                        .query(Integer.class)
                        .single())
                .as("addresses kept in clear")
                .isZero();

        Guests.File later = read(open, stage, "cy@home.example", "bo@home.example");
        assertThat(guests().begin(later, true))
                .as("whoever was promised to be let in stays")
                .isInstanceOf(Guests.Beginning.Frozen.class);
        assertThat(guests().begin(later, false)).isInstanceOf(Guests.Beginning.Begun.class);
        work();
        assertThat(outcomes(found(later))).containsExactly("added", "there");
        assertThat(entrance(open, cy)).isInstanceOf(Entrance.Admitted.class);
        assertThat(entrance(open, bo)).isInstanceOf(Entrance.Admitted.class);
    }

    @Test
    void aDraftsListIsReplacedByAFileThatIsKilledAtHalfAndGoesOn() throws InterruptedException {
        Drop drop = draft("replaced");
        UUID stage = list(drop);
        Guests.File before = read(drop, stage, "gone@home.example", "guest7@home.example");
        guests().begin(before, false);
        work();
        Guests.File file = read(
                drop,
                stage,
                IntStream.range(0, MANY)
                        .mapToObj(n -> "guest" + n + "@home.example")
                        .toArray(String[]::new));
        assertThat(guests().begin(file, true)).isInstanceOf(Guests.Beginning.Begun.class);
        assertThat(guests().begin(read(drop, stage, "late@home.example"), false))
                .as("while another is on its way")
                .isInstanceOf(Guests.Beginning.OneAtATime.class);

        TestServer dying = one;
        Thread worker = Thread.startVirtualThread(() -> {
            try {
                while (dying.bean(Guests.class).run()) {
                    // the next thousands
                }
            } catch (RuntimeException e) {
                // its connection was cut, which is what this is about
            }
        });
        while (found(file).upto() < MANY / 4) Thread.sleep(2);
        assertThat(cutInTheMiddle()).as("a transaction that was torn").isTrue();
        one.close();
        worker.join();
        one = node();
        Guests.File half = found(file);
        assertThat(half.doneAt()).isNull();
        assertThat(half.upto()).isBetween(MANY / 4, MANY - 1);
        assertThat(guests().count(drop.id(), stage))
                .as("what stands in the count is on the list, and nobody has left it yet")
                .isEqualTo(half.upto() + 1);
        work();
        Guests.File done = found(file);
        assertThat(done.upto()).isEqualTo(MANY);
        assertThat(done.there()).isEqualTo(1);
        assertThat(done.removed()).isEqualTo(1);
        assertThat(outcomes(found(before))).containsExactly("gone", "added");
        assertThat(outcomes(done).get(7)).isEqualTo("there");
        assertThat(guests().count(drop.id(), stage)).isEqualTo(MANY);
    }

    @Test
    void whatNamesNobodyOrTooManyIsNotKept() {
        Drop drop = draft("nobody");
        assertThat(guests().read(drop, list(drop), Stream.of("nobody", ""))).isInstanceOf(Guests.Reading.Nobody.class);
        assertThat(guests().read(drop, UUID.randomUUID(), Stream.of("ada@home.example")))
                .isInstanceOf(Guests.Reading.NoList.class);
        assertThat(guests().of(drop.id(), list(drop))).isEmpty();
    }

    /** Ends every connection that is in the middle of a transaction that has written. */
    private static boolean cutInTheMiddle() throws InterruptedException {
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

    private static Guests guests() {
        return one.bean(Guests.class);
    }

    private static void work() {
        while (guests().run()) {
            // the next thousands
        }
    }

    private static CollectorId signedIn(String address) {
        return one.bean(Collectors.class)
                .signedIn(one.bean(BuyerKeys.class).email(address).orElseThrow(), "en");
    }

    private static Drop draft(String slug) {
        Instant opens = Instant.now().plus(Duration.ofHours(1));
        var stage = new DropDraft.StageDraft(
                null,
                MOONRISE,
                moonrise.value(),
                opens,
                opens.plus(Duration.ofHours(1)),
                null,
                1,
                "list",
                null,
                null,
                "never",
                false,
                false);
        DropPlans plans = one.bean(DropPlans.class);
        DropPlans.Drafting.Drafted made = (DropPlans.Drafting.Drafted)
                plans.draft(lumen, slug, new DropDraft(MOONRISE, MOONRISE, List.of(stage)));
        return plans.find(made.id()).orElseThrow();
    }

    private static UUID list(Drop drop) {
        return guests().lists(drop).keySet().iterator().next();
    }

    private static Guests.File read(Drop drop, UUID stage, String... lines) {
        return ((Guests.Reading.Read) guests().read(drop, stage, Stream.of(lines))).file();
    }

    private static Guests.File found(Guests.File file) {
        return guests().find(lumen, file.id()).orElseThrow();
    }

    private static List<String> outcomes(Guests.File file) {
        List<String> outcomes = new ArrayList<>();
        one.bean(TransactionTemplate.class)
                .executeWithoutResult(s -> guests().lines(file, line -> outcomes.add(line.outcome())));
        return outcomes;
    }

    private static Entrance entrance(Drop drop, CollectorId who) {
        return one.bean(Entrances.class).enter(drop, who);
    }
}
