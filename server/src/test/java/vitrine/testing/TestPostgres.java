package vitrine.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.StartRefused;
import vitrine.platform.postgres.PostgresOptions;
import vitrine.platform.postgres.PostgresServer;

/**
 * The PostgreSQL of the tests, one a JVM, as durable as the real one. Its folder stays under {@code target}, so only the
 * first run makes it. {@code VITRINE_TEST_DB=debian15} (or {@code -Dvitrine.test.db=debian15}) runs the same tests on
 * the programs that Debian 12 installs.
 */
public final class TestPostgres {
    private static final Path DEBIAN_15 = Path.of("/usr/lib/postgresql/15/bin");
    private static final int FOLDERS_MAX = 8;

    private static final class Shared {
        static final PostgresServer SERVER = start();
    }

    /** The running one; it ends with the JVM. */
    public static PostgresServer server() {
        return Shared.SERVER;
    }

    /** The programs that this run of the suite is about. */
    public static PostgresOptions options() {
        return switch (kind()) {
            case "embedded" -> PostgresOptions.embedded();
            case "debian15" -> {
                if (!Files.isDirectory(DEBIAN_15)) {
                    throw new IllegalStateException("VITRINE_TEST_DB=debian15 needs Debian's package postgresql-15");
                }
                yield PostgresOptions.embedded().binariesIn(DEBIAN_15);
            }
            case String other ->
                throw new IllegalStateException("VITRINE_TEST_DB is embedded or debian15, not " + other);
        };
    }

    private static String kind() {
        return Optional.ofNullable(System.getProperty("vitrine.test.db"))
                .or(() -> Optional.ofNullable(System.getenv("VITRINE_TEST_DB")))
                .filter(kind -> !kind.isBlank())
                .orElse("embedded");
    }

    private static PostgresServer start() {
        var folder = firstFreeFolder();
        var server =
                PostgresServer.start(folder, new Keys(folder.resolve("keys"), Map.of(), new SecureRandom()), options());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            folder.close();
        }));
        dropLeftovers(server);
        return server;
    }

    /** Two runs at a time (an editor's and the command line's, say) each get their own. */
    private static DataFolder firstFreeFolder() {
        var taken = new IllegalStateException("all test databases are in use");
        for (var i = 1; i <= FOLDERS_MAX; i++) {
            try {
                return DataFolder.lock(Path.of("target", "test-postgres-" + kind() + "-" + i));
            } catch (StartRefused e) {
                if (e.exitCode() != StartRefused.TAKEN) throw e;
                taken.addSuppressed(e);
            }
        }
        throw taken;
    }

    private static void dropLeftovers(PostgresServer server) {
        try (var connection = server.connect("postgres");
                var list = connection.createStatement();
                var drop = connection.createStatement();
                var names = list.executeQuery("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")) {
            while (names.next()) drop.execute("DROP DATABASE IF EXISTS " + names.getString(1) + " WITH (FORCE)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An empty folder outside of the sources that is removed with the JVM; for tests that start servers of their own. */
    public static Path newFolder(String name) {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(Path.of("target").toAbsolutePath()), name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TestPostgres() {}
}
