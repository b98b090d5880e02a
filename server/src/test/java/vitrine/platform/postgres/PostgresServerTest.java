package vitrine.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.StartRefused;
import vitrine.testing.OtherProcess;
import vitrine.testing.PostgresHolder;
import vitrine.testing.TestPostgres;

class PostgresServerTest {
    @TempDir
    Path dir;

    @BeforeEach
    void nobodyElseMayEnter() throws Exception {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void rowsOfTheFirstStartAreThereAtTheSecond() throws Exception {
        int port;
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            port = postgres.port();
            execute(postgres, "CREATE TABLE pieces (serial int)");
            execute(postgres, "INSERT INTO pieces VALUES (17)");
        }
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            assertThat(number(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
            assertThat(postgres.port()).as("the port is remembered").isEqualTo(port);
        }
    }

    @Test
    void aKilledDatabaseComesBackWithItsRowsWhileTheServerGoesOn() throws Exception {
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            execute(postgres, "CREATE TABLE pieces (serial int)");
            execute(postgres, "INSERT INTO pieces VALUES (17)");
            var killed = ProcessHandle.of(postgres.pid()).orElseThrow();
            killed.destroyForcibly();
            killed.onExit().join();
            assertThat(eventually(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
            assertThat(postgres.pid()).isNotEqualTo(killed.pid());
        }
    }

    @Test
    void everyDurableSettingIsOnAndOnlyThisMachineMayAsk() throws Exception {
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder);
                var connection = postgres.connect("vitrine")) {
            assertThat(Database.forgetful(connection)).isEmpty();
            assertThat(text(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(text(postgres, "SHOW unix_socket_directories")).isEmpty();
            assertThat(text(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(text(postgres, "SHOW data_checksums")).isEqualTo("on");
            assertThat(text(postgres, "SELECT 'Z' < 'a'"))
                    .as("order by code point")
                    .isEqualTo("t");
            var rules = text(postgres, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules");
            assertThat(rules).isEqualTo("scram-sha-256");
            assertThat(permissions("pgdata")).isEqualTo("rwx------");
            assertThat(permissions("keys")).isEqualTo("rwx------");
            assertThat(permissions("keys/postgres.key")).isEqualTo("rw-------");
        }
    }

    @Test
    void aServerThatWasKilledLeavesItsRowsToTheNextOne() throws Exception {
        var killed =
                OtherProcess.start(PostgresHolder.class, dir.toString(), "CREATE TABLE pieces AS SELECT 17 AS serial");
        killed.kill();
        var orphan = postmasterPid();
        assertThat(ProcessHandle.of(orphan))
                .as("the killed server's database lives on")
                .isPresent();
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            assertThat(number(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
            assertThat(postgres.pid()).as("and is replaced").isNotEqualTo(orphan);
        }
    }

    @Test
    void whenServerAndDatabaseAreBothKilledNothingIsLost() throws Exception {
        var killed =
                OtherProcess.start(PostgresHolder.class, dir.toString(), "CREATE TABLE pieces AS SELECT 17 AS serial");
        killed.kill();
        ProcessHandle.of(postmasterPid()).orElseThrow().destroyForcibly();
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            assertThat(number(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
        }
    }

    @Test
    void aSecondStartOnTheSameFolderIsRefusedInOneLineThatNamesTheFirst() {
        try (var first = OtherProcess.start(PostgresHolder.class, dir.toString(), "SELECT 1")) {
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> DataFolder.lock(dir))
                    .satisfies(refusal -> {
                        assertThat(refusal.line())
                                .contains(dir.toString(), "process " + first.pid())
                                .doesNotContain("\n");
                        assertThat(refusal.exitCode()).isEqualTo(StartRefused.TAKEN);
                    });
        }
        try (var folder = DataFolder.lock(dir)) {
            assertThat(start(folder)).satisfies(PostgresServer::close);
        }
    }

    @Test
    void afterARebootAnotherProgramMayHaveTheOldNumber() throws Exception {
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            execute(postgres, "CREATE TABLE pieces AS SELECT 17 AS serial");
        }
        Files.writeString(
                dir.resolve("pgdata/postmaster.pid"), ProcessHandle.current().pid() + "\n");
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            assertThat(number(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
        }
    }

    @Test
    void dataOfAnotherMajorVersionIsLeftAlone() throws Exception {
        Files.createDirectories(dir.resolve("pgdata"));
        Files.writeString(dir.resolve("pgdata/PG_VERSION"), "14\n");
        try (var folder = DataFolder.lock(dir)) {
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> start(folder))
                    .withMessageContaining("written by PostgreSQL 14");
        }
    }

    /** As root we become nobody for it; as anybody else PostgreSQL is ours. Never is it root's with root's rights. */
    @Test
    void whoeverStartsItPostgresIsNotRoot() throws Exception {
        var root = System.getProperty("user.name").equals("root");
        try (var folder = DataFolder.lock(dir);
                var postgres = PostgresServer.start(
                        folder,
                        new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()),
                        root ? TestPostgres.options().runAs("nobody") : TestPostgres.options())) {
            execute(postgres, "CREATE TABLE pieces AS SELECT 17 AS serial");
            assertThat(Files.getOwner(postgres.data()).getName())
                    .isEqualTo(root ? "nobody" : System.getProperty("user.name"));
            assertThat(permissions("keys")).isEqualTo("rwx------");
        }
        // The folder keeps its owner, also when nobody asks for one any more.
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            assertThat(number(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
        }
    }

    @Test
    void aDatabaseThatMayForgetIsRefused() throws Exception {
        for (var setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            try (var folder = DataFolder.lock(dir);
                    var postgres = PostgresServer.start(
                            folder,
                            new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()),
                            TestPostgres.options().with(setting, "off"))) {
                var database = new Database(postgres.jdbcUrl(), postgres.user(), postgres.password());
                assertThatExceptionOfType(StartRefused.class)
                        .isThrownBy(database::refuseUnfit)
                        .withMessage("The database has " + setting
                                + " off and could lose what it acknowledged: turn it on and start again.");
            }
        }
    }

    @Test
    void theOperatorsOwnFileComesAfterOurs() throws Exception {
        Files.writeString(dir.resolve("postgres.conf"), "work_mem = '7MB'\n");
        try (var folder = DataFolder.lock(dir);
                var postgres = start(folder)) {
            assertThat(text(postgres, "SHOW work_mem")).isEqualTo("7MB");
        }
    }

    private long postmasterPid() throws Exception {
        return Long.parseLong(
                Files.readAllLines(dir.resolve("pgdata/postmaster.pid")).getFirst());
    }

    private static PostgresServer start(DataFolder folder) {
        return PostgresServer.start(
                folder, new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()), TestPostgres.options());
    }

    private String permissions(String name) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name)));
    }

    private static void execute(PostgresServer postgres, String sql) throws Exception {
        try (var connection = postgres.connect("vitrine");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(PostgresServer postgres, String sql) throws Exception {
        return Integer.parseInt(text(postgres, sql));
    }

    private static String text(PostgresServer postgres, String sql) throws Exception {
        try (var connection = postgres.connect("vitrine");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static int eventually(PostgresServer postgres, String sql) throws Exception {
        var deadline = System.nanoTime() + 30_000_000_000L;
        while (true) {
            try {
                return number(postgres, sql);
            } catch (java.sql.SQLException e) {
                if (System.nanoTime() > deadline) throw e;
                Thread.onSpinWait();
            }
        }
    }
}
