package vitrine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.platform.postgres.PostgresServer;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestPostgres;

class BackupTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path dir;

    @Test
    void whatWasAcknowledgedBeforeABackupOfARunningServerIsThereAfterItsRestore() throws Exception {
        var home = dir.resolve("home");
        byte[] key;
        int acknowledged;
        Path backup;
        try (var folder = DataFolder.lock(home);
                var postgres = start(folder)) {
            key = keys(folder).key("collector");
            execute(postgres, "CREATE TABLE pieces (serial int PRIMARY KEY, story text)");
            var serial = new AtomicInteger();
            var goOn = new AtomicBoolean(true);
            var busy = new CountDownLatch(50);
            var writer = Thread.ofPlatform().start(() -> {
                try (var connection = postgres.connect("vitrine");
                        var insert =
                                connection.prepareStatement("INSERT INTO pieces VALUES (?, repeat('moonrise', 200))")) {
                    while (goOn.get()) {
                        insert.setInt(1, serial.get() + 1);
                        insert.executeUpdate();
                        serial.incrementAndGet();
                        busy.countDown();
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            busy.await();
            acknowledged = serial.get();
            backup = Backup.make(settings(home), dir.resolve("out"), NOON);
            goOn.set(false);
            writer.join();
            assertThat(serial.get()).as("sales went on").isGreaterThan(acknowledged);
        }
        assertThat(backup).hasFileName("vitrine-backup-20261121T120000Z.tar.gz");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");

        var elsewhere = dir.resolve("elsewhere");
        var manifest = Backup.restore(backup, settings(elsewhere));
        assertThat(manifest.kind()).isEqualTo("physical");
        assertThat(manifest.madeAt()).isEqualTo(NOON.instant());
        try (var folder = DataFolder.lock(elsewhere);
                var postgres = start(folder)) {
            assertThat(keys(folder).key("collector")).isEqualTo(key);
            assertThat(number(postgres, "SELECT count(*) FROM pieces")).isGreaterThanOrEqualTo(acknowledged);
            assertThat(number(postgres, "SELECT max(serial) - count(*) FROM pieces"))
                    .as("no gap")
                    .isZero();
            assertThat(number(postgres, "SELECT count(*) FROM pieces WHERE story <> repeat('moonrise', 200)"))
                    .isZero();
        }
    }

    @Test
    void aStoppedServerCanBeBackedUpAndItsFolderIsNotTouchedByARestore() throws Exception {
        var home = dir.resolve("home");
        try (var folder = DataFolder.lock(home);
                var postgres = start(folder)) {
            execute(postgres, "CREATE TABLE pieces AS SELECT 17 AS serial");
        }
        var backup = Backup.make(settings(home), dir.resolve("out"), NOON);
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> Backup.restore(backup, settings(home)))
                .withMessageContaining("is not empty");
        Backup.restore(backup, settings(dir.resolve("elsewhere")));
        for (var name : List.of("home", "elsewhere")) {
            try (var folder = DataFolder.lock(dir.resolve(name));
                    var postgres = start(folder)) {
                assertThat(number(postgres, "SELECT serial FROM pieces")).isEqualTo(17);
            }
        }
    }

    @Test
    void aDamagedBackupIsRefusedAndLeavesNothingBehind() throws Exception {
        var home = dir.resolve("home");
        try (var folder = DataFolder.lock(home);
                var postgres = start(folder)) {
            execute(postgres, "CREATE TABLE pieces AS SELECT 17 AS serial");
        }
        var backup = Backup.make(settings(home), dir.resolve("out"), NOON);
        var bytes = Files.readAllBytes(backup);
        Files.write(backup, Arrays.copyOf(bytes, bytes.length / 2));
        var elsewhere = dir.resolve("elsewhere");
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> Backup.restore(backup, settings(elsewhere)))
                .withMessageContaining("was not restored");
        try (var left = Files.list(elsewhere)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly("vitrine.lock");
        }
    }

    @Test
    void aDatabaseOfOnesOwnIsDumpedAndComesBackIntoAnEmptyOne() throws Exception {
        try (var own = TestDatabase.fresh();
                var empty = TestDatabase.empty()) {
            own.jdbc().sql("create table drill as select 17 as serial").update();
            var settings = settings(own, "home");
            byte[] key = new Keys(dir.resolve("home/keys"), Map.of(), new SecureRandom()).key("collector");
            var server = TestPostgres.server().version();
            if (programMajor("pg_dump") < Integer.parseInt(server.replaceAll("\\..*", ""))) {
                assertThatExceptionOfType(StartRefused.class)
                        .as("this machine's client programs are older than the database")
                        .isThrownBy(() -> Backup.make(settings, dir.resolve("out"), NOON))
                        .withMessageContaining("pg_dump")
                        .satisfies(refusal -> assertThat(refusal.line()).doesNotContain("\n"));
                try (var left = Files.list(dir.resolve("out"))) {
                    assertThat(left).as("half a backup is none").isEmpty();
                }
                return;
            }
            var backup = Backup.make(settings, dir.resolve("out"), NOON);
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> Backup.restore(backup, settings(own, "elsewhere")))
                    .withMessageContaining("a backup is restored into an empty one only");
            var manifest = Backup.restore(backup, settings(empty, "elsewhere"));
            assertThat(manifest.kind()).isEqualTo("logical");
            assertThat(empty.jdbc()
                            .sql("select serial from drill")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(17);
            assertThat(new Keys(dir.resolve("elsewhere/keys"), Map.of(), new SecureRandom()).key("collector"))
                    .isEqualTo(key);
        }
    }

    private Settings settings(TestDatabase database, String home) {
        return Settings.of(
                List.of("--data", dir.resolve(home).toString()),
                Map.of(
                        "VITRINE_DB_URL", database.jdbcUrl(),
                        "VITRINE_DB_USER", database.user(),
                        "VITRINE_DB_PASSWORD", database.password()));
    }

    /** 0: there is none. */
    private static int programMajor(String program) throws Exception {
        try {
            var process = new ProcessBuilder(program, "--version").start();
            var said = new String(process.getInputStream().readAllBytes());
            return Integer.parseInt(said.replaceAll("(?s)\\D*(\\d+).*", "$1"));
        } catch (java.io.IOException e) {
            return 0;
        }
    }

    private static Settings settings(Path data) {
        var environment = new HashMap<>(Map.of("VITRINE_DATA", data.toString()));
        var binaries = TestPostgres.options().binaries();
        if (binaries != null) environment.put("VITRINE_POSTGRES_BIN", binaries.toString());
        return Settings.of(List.of(), environment);
    }

    private static PostgresServer start(DataFolder folder) {
        return PostgresServer.start(folder, keys(folder), TestPostgres.options());
    }

    private static Keys keys(DataFolder folder) {
        return new Keys(folder.resolve("keys"), Map.of(), new SecureRandom());
    }

    private static void execute(PostgresServer postgres, String sql) throws SQLException {
        try (var connection = postgres.connect("vitrine");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int number(PostgresServer postgres, String sql) throws SQLException {
        try (var connection = postgres.connect("vitrine");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
