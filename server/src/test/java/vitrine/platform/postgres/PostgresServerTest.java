package vitrine.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
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
