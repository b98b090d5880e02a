package vitrine.simulate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.Settings;
import vitrine.platform.postgres.Database;
import vitrine.platform.postgres.PostgresOptions;
import vitrine.platform.postgres.PostgresServer;

/**
 * A world's own database: the embedded PostgreSQL with the settings that the server itself demands, or a new database on the one
 * that VITRINE_DB_URL names. It is made for the run and thrown away with it.
 */
final class SimDatabase implements AutoCloseable {

    private static final int EMPTY_TRIES = 5;
    private static final String DEADLOCK = "40P01";

    private final List<AutoCloseable> undo = new ArrayList<>();
    private final Path folder;
    private final HikariDataSource pool;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** On all wires that lead to it. */
    final Meetings meetings = new Meetings();

    private SimDatabase() {
        Path made = null;
        try {
            made = Files.createTempDirectory("vitrine-simulate-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        folder = made;
        Database where = database();
        where.refuseUnfit();
        var config = new HikariConfig();
        config.setJdbcUrl(where.jdbcUrl());
        config.setUsername(where.user());
        config.setPassword(where.password());
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(2);
        config.setPoolName("simulate");
        pool = new HikariDataSource(config);
        undo.add(pool);
        // Whoever ends a simulation early leaves no PostgreSQL behind.
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        Flyway.configure()
                .dataSource(pool)
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }

    static SimDatabase start() {
        return new SimDatabase();
    }

    private Database database() {
        Settings settings = Settings.of(List.of(), System.getenv());
        if (settings.find(vitrine.platform.Setting.DB_URL).isPresent()) return beside(Database.of(settings));
        DataFolder held = DataFolder.lock(folder.resolve("postgres"));
        undo.add(held);
        var keys = new Keys(held.resolve("keys"), Map.of(), new SecureRandom());
        PostgresServer server = PostgresServer.start(held, keys, PostgresOptions.embedded());
        undo.add(server);
        return new Database(server.jdbcUrl(), server.user(), server.password());
    }

    /** A database of our own on that server: a simulation never touches what is there. */
    private Database beside(Database given) {
        String name = "simulate_" + Long.toUnsignedString(System.nanoTime(), 36);
        run(given, "create database " + name);
        undo.add(() -> run(given, "drop database if exists " + name + " with (force)"));
        String url = given.jdbcUrl().replaceFirst("(//[^/]+/)[^?]*", "$1" + name);
        return new Database(url, given.user(), given.password());
    }

    private static void run(Database where, String sql) {
        try (Connection connection =
                        java.sql.DriverManager.getConnection(where.jdbcUrl(), where.user(), where.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    DataSource pool() {
        return pool;
    }

    Path folder() {
        return folder;
    }

    /** Every row gone but the house's and the log's own, which a running node may remember; the log is as on its first day. */
    void empty() {
        for (int tries = 1; !emptied(tries == EMPTY_TRIES); tries++) {}
    }

    /** @return false: somebody of a world that was given up was still in the midst of something, and comes to its end now */
    private boolean emptied(boolean last) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (var names = statement.executeQuery("""
                    select tablename from pg_tables where schemaname = 'public'
                        and tablename not in ('flyway_schema_history', 'brands', 'logs', 'log_keys') order by tablename
                    """)) {
                while (names.next()) tables.add(names.getString(1));
            }
            // Emptying costs files for each table, and most have nothing in them.
            List<String> full = new ArrayList<>();
            try (var names = statement.executeQuery(tables.stream()
                    .map(table -> "select '" + table + "' where exists (select from " + table + ")")
                    .collect(Collectors.joining(" union all ")))) {
                while (names.next()) full.add(names.getString(1));
            }
            if (!full.isEmpty()) statement.execute("truncate " + String.join(", ", full) + " cascade");
            statement.execute("delete from brands where kind <> 'house'");
            statement.execute(
                    "delete from log_keys k using logs l where l.log_id = k.log_id and l.brand_id is not null");
            statement.execute("delete from logs where brand_id is not null");
            try (var log = connection.prepareStatement("""
                    update logs set size = 0, root = ?, edge = ?, signed_size = 0, signed_note = null, signed_at = null,
                        published_size = 0, published_note = null, published_at = null
                    """)) {
                log.setBytes(1, vitrine.proof.Merkle.EMPTY_ROOT.bytes());
                log.setBytes(2, vitrine.proof.TreeEdge.EMPTY.bytes());
                log.executeUpdate();
            }
            return true;
        } catch (SQLException e) {
            if (DEADLOCK.equals(e.getSQLState()) && !last) return false;
            throw new IllegalStateException(e);
        }
    }

    /** Like a database that goes down and comes up again: whatever anybody was in the midst of is rolled back. */
    void breakConnections() {
        execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        @Nullable RuntimeException failed = null;
        for (int i = undo.size() - 1; i >= 0; i--) {
            try {
                undo.get(i).close();
            } catch (Exception e) {
                if (failed == null) failed = new IllegalStateException("the world's database did not end well", e);
            }
        }
        delete(folder);
        if (failed != null) throw failed;
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder stays: " + folder, e);
        }
    }
}
