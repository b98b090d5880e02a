package vitrine.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.postgres.PostgresServer;

/**
 * A database of one's own, migrated and empty, copied in some milliseconds from a template that is migrated once for
 * each state of {@code db/migration}.
 */
public final class TestDatabase implements AutoCloseable {
    private static @Nullable String migratedTemplate;

    private final PostgresServer server;
    private final String name;
    private @Nullable HikariDataSource pool;

    private TestDatabase(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /** With every table and no row. */
    public static TestDatabase fresh() {
        return copyOf(template());
    }

    /** Without a table, for tests of migrations themselves. */
    public static TestDatabase empty() {
        return copyOf("template0");
    }

    private static TestDatabase copyOf(String template) {
        var server = TestPostgres.server();
        var name = "test_" + UUID.randomUUID().toString().replace("-", "");
        execute(server, "CREATE DATABASE %s TEMPLATE %s".formatted(name, template));
        return new TestDatabase(server, name);
    }

    private static synchronized String template() {
        var found = migratedTemplate;
        if (found != null) return found;
        var server = TestPostgres.server();
        var template = "template_" + stateOfMigrations();
        if (!exists(server, template)) {
            // Migrated under another name and renamed at the end: a template of this name is whole.
            var making = "test_template_" + UUID.randomUUID().toString().replace("-", "");
            execute(server, "CREATE DATABASE " + making);
            Flyway.configure()
                    .dataSource(server.jdbcUrl(making), server.user(), server.password())
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
            execute(server, "ALTER DATABASE %s RENAME TO %s".formatted(making, template));
        }
        migratedTemplate = template;
        return template;
    }

    private static String stateOfMigrations() {
        try (var files = Files.walk(Path.of("src/main/resources/db"))) {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(file.getFileName().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean exists(PostgresServer server, String database) {
        try (var connection = server.connect("postgres");
                var statement = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            statement.setString(1, database);
            return statement.executeQuery().next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(PostgresServer server, String sql) {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    public String user() {
        return server.user();
    }

    public String password() {
        return server.password();
    }

    /** A pool on it, the same one each time; closed with the database. */
    public synchronized DataSource dataSource() {
        if (pool == null) {
            var config = new HikariConfig();
            config.setJdbcUrl(jdbcUrl());
            config.setUsername(user());
            config.setPassword(password());
            config.setMaximumPoolSize(8);
            config.setMinimumIdle(0);
            pool = new HikariDataSource(config);
        }
        return pool;
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(dataSource());
    }

    public TransactionTemplate transactions() {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource()));
    }

    /** As if its server were stopped: whoever is connected is thrown out, and nobody comes in. */
    public void goesAway() {
        execute(server, "ALTER DATABASE %s WITH ALLOW_CONNECTIONS false".formatted(name));
        execute(
                server,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'".formatted(name));
    }

    public void comesBack() {
        execute(server, "ALTER DATABASE %s WITH ALLOW_CONNECTIONS true".formatted(name));
    }

    /** Throws the database away. Not calling it does no harm: the next run clears up. */
    @Override
    public synchronized void close() {
        if (pool != null) pool.close();
        execute(server, "DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
    }
}
