package vitrine.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.session.MapSession;
import org.springframework.session.SessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

class VisitsTest {

    private static final long BEFORE = 1_000_000_000_000L;
    private static final long LATER = BEFORE + Duration.ofHours(1).toMillis();

    private TestDatabase database;
    private TestServer server;
    private Visits visits;

    @BeforeEach
    void open() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of());
        visits = server.bean(Visits.class);
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    private void session(String name) {
        database.jdbc().sql("""
                        insert into spring_session (primary_id, session_id, creation_time, last_access_time, max_inactive_interval,
                            expiry_time) values (:id, :id, :at, :at, 3600, :at + 3600000)
                        """).param("id", id(name)).param("at", BEFORE).update();
    }

    /** As wide as an id is. */
    private static String id(String name) {
        return (name + "-".repeat(36)).substring(0, 36);
    }

    private Map<String, Long> lastSeen() {
        Map<String, Long> seen = new TreeMap<>();
        database.jdbc()
                .sql("select rtrim(session_id, '-') as name, last_access_time from spring_session")
                .query(row -> {
                    seen.put(row.getString(1), row.getLong(2));
                });
        return seen;
    }

    @Test
    void theNewestVisitOfEachSessionCountsAndAnOlderOneTakesNothingBack() {
        session("ada");
        session("bo");
        visits.add(id("ada"), Instant.ofEpochMilli(LATER));
        visits.add(id("gone"), Instant.ofEpochMilli(LATER));
        assertThat(visits.run()).isFalse();
        visits.add(id("ada"), Instant.ofEpochMilli(BEFORE + 1));
        visits.run();
        assertThat(lastSeen()).containsExactly(entry("ada", LATER), entry("bo", BEFORE));
        assertThat(database.jdbc()
                        .sql("select expiry_time from spring_session where session_id = :id")
                        .param("id", id("ada"))
                        .query(Long.class)
                        .single())
                .isEqualTo(LATER + 3_600_000);
    }

    @Test
    void moreThanOneBatchIsWrittenToTheEnd() {
        for (int n = 0; n <= Visits.BATCH; n++) {
            session("s" + n + "s");
            visits.add(id("s" + n + "s"), Instant.ofEpochMilli(LATER));
        }
        assertThat(visits.run()).isTrue();
        assertThat(visits.run()).isFalse();
        assertThat(lastSeen().values()).hasSize(Visits.BATCH + 1).containsOnly(LATER);
    }

    @Test
    void aRowThatSomebodyWritesKeepsNobodyElseWaiting() throws Exception {
        session("ada");
        session("bo");
        try (Connection other = database.dataSource().getConnection()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .execute("update spring_session set max_inactive_interval = 7200 where session_id = '" + id("ada")
                            + "'");
            visits.add(id("ada"), Instant.ofEpochMilli(LATER));
            visits.add(id("bo"), Instant.ofEpochMilli(LATER));
            visits.run();
            other.rollback();
        }
        assertThat(lastSeen()).containsExactly(entry("ada", BEFORE), entry("bo", LATER));
    }

    @Test
    void aServerThatStopsWritesTheLast() {
        session("ada");
        visits.add(id("ada"), Instant.ofEpochMilli(LATER));
        server.close();
        assertThat(lastSeen()).containsExactly(entry("ada", LATER));
    }

    @Test
    void oneRequestLooksForItsSessionOnce() throws Exception {
        var looked = new AtomicInteger();
        var sessions = new SeldomTouched(new Counting(looked), visits);
        SeldomTouched.once()
                .doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), (request, response) -> {
                    var first = sessions.findById("ada");
                    assertThat(sessions.findById("ada")).isNotNull().isSameAs(first);
                    assertThat(looked).hasValue(1);
                    sessions.deleteById("ada");
                    sessions.findById("ada");
                    assertThat(looked).as("what was ended is looked for").hasValue(2);
                });
        sessions.findById("ada");
        sessions.findById("ada");
        assertThat(looked).as("outside of a request").hasValue(4);
    }

    /** By a name it finds them: without it, it would make its own. */
    @Test
    void springSessionWorksInTheTransactionsThatLetALookUpGoWithout() {
        assertThat(server.bean(JdbcIndexedSessionRepository.class))
                .extracting("transactionOperations")
                .isNotNull()
                .isNotInstanceOf(TransactionTemplate.class);
    }

    private record Counting(AtomicInteger looked) implements SessionRepository<MapSession> {
        @Override
        public MapSession createSession() {
            return new MapSession();
        }

        @Override
        public void save(MapSession session) {}

        @Override
        public MapSession findById(String id) {
            looked.incrementAndGet();
            return new MapSession(id);
        }

        @Override
        public void deleteById(String id) {}
    }
}
