package vitrine.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.MapPropertySource;
import vitrine.platform.DataFolder;
import vitrine.platform.FreePort;
import vitrine.platform.KeyFingerprints;
import vitrine.platform.Keys;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.platform.postgres.Database;
import vitrine.platform.postgres.PostgresOptions;
import vitrine.platform.postgres.PostgresServer;

/**
 * One running server: its folder's lock, its database when that is the embedded one, and the application. Closing it
 * goes back the same way: requests end, then the database, then the lock.
 */
public final class Node implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Node.class);
    private static final long FREE_BYTES_MIN = 1L << 30;

    private final DataFolder folder;
    private final ConfigurableApplicationContext application;
    private final Undoing undoing;

    private Node(DataFolder folder, ConfigurableApplicationContext application, Undoing undoing) {
        this.folder = folder;
        this.application = application;
        this.undoing = undoing;
    }

    public static Node start(Class<?> main, Settings settings) {
        return start(main, settings, context -> {});
    }

    public static Node start(Class<?> main, Settings settings, Consumer<GenericApplicationContext> more) {
        return start(main, settings, more, new Undoing());
    }

    /**
     * Starts a node, or refuses in one line.
     *
     * @param more beans that come before the application's own: a test's clock, say
     * @param undoing gets everything that has been started, as it starts
     */
    static Node start(Class<?> main, Settings wanted, Consumer<GenericApplicationContext> more, Undoing undoing) {
        refuseUnreadable(wanted);
        try {
            // The folder before the port: who starts the same twice hears that it runs, and where.
            var folder = undoing.add(DataFolder.lock(wanted.data()));
            warnOfFullDisk(folder);
            var settings = withPort(wanted);
            var keys = new Keys(folder.resolve("keys"), settings.environment(), new SecureRandom());
            Database database;
            if (settings.find(Setting.DB_URL).isPresent()) {
                database = Database.of(settings);
            } else {
                var postgres = undoing.add(postgres(folder, settings));
                database = new Database(postgres.jdbcUrl(), postgres.user(), postgres.password());
            }
            database.refuseUnfit();
            settleKeys(database, keys);
            var application = application(main, settings, folder, keys, database, beans -> {
                        undoing.add(beans); // from here on its end comes before the database's
                        more.accept(beans);
                    })
                    .run();
            var node = new Node(folder, application, undoing);
            folder.announce(node.address().toString());
            return node;
        } catch (UncheckedIOException | IOException e) {
            undoing.close();
            throw new StartRefused(
                    StartRefused.UNAVAILABLE,
                    "The data folder %s could not be written: %s."
                            .formatted(
                                    wanted.data(),
                                    NestedExceptionUtils.getMostSpecificCause(e).getMessage()),
                    e);
        } catch (RuntimeException | Error e) {
            undoing.close();
            throw e;
        }
    }

    /** Said at each start, while there is still time: a full disk stops the database in the middle of a day. */
    private static void warnOfFullDisk(DataFolder folder) throws IOException {
        var free = Files.getFileStore(folder.path()).getUsableSpace();
        if (free < FREE_BYTES_MIN) {
            log.warn("disk.nearly-full: {} MB are free where {} lies; a GB is the least", free >> 20, folder.path());
        }
    }

    /** What is wrong in words is said before anything runs. */
    private static void refuseUnreadable(Settings settings) {
        for (var number : List.of(Setting.PORT, Setting.MANAGEMENT_PORT, Setting.DB_POOL, Setting.PAYMENTS_KEPT))
            settings.number(number);
        settings.on(Setting.DEMO);
        settings.zone();
        settings.baseUrl();
        if (settings.find(Setting.DB_URL).isPresent()) Database.of(settings);
    }

    /** Missing keys are made only where this database has not been served with others. */
    private static void settleKeys(Database database, Keys keys) {
        try (var connection = database.connect()) {
            KeyFingerprints.refuseForeign(connection, keys);
        } catch (SQLException e) {
            throw new StartRefused(StartRefused.UNAVAILABLE, "The database does not let us in: " + e.getMessage(), e);
        }
        keys.makeMissing();
    }

    /** The embedded PostgreSQL of a folder, as the settings want it. */
    static PostgresServer postgres(DataFolder folder, Settings settings) {
        var options = PostgresOptions.embedded();
        var binaries = settings.find(Setting.POSTGRES_BIN);
        if (binaries.isPresent()) options = options.binariesIn(Path.of(binaries.get()));
        var user = settings.find(Setting.POSTGRES_USER);
        if (user.isPresent()) options = options.runAs(user.get());
        var keys = new Keys(folder.resolve("keys"), settings.environment(), new SecureRandom());
        return PostgresServer.start(folder, keys, options);
    }

    private static SpringApplication application(
            Class<?> main,
            Settings settings,
            DataFolder folder,
            Keys keys,
            Database database,
            Consumer<GenericApplicationContext> more) {
        var application = new SpringApplication(main);
        // Logging is set up before any initializer runs, so this one cannot come with the others.
        application.setDefaultProperties(Map.of(
                "logging.file.name", settings.data().resolve("logs/vitrine.log").toString()));
        // Ours is the only hook: the pool must be closed before the database under it.
        application.setRegisterShutdownHook(false);
        application.addInitializers(context -> {
            var beans = (GenericApplicationContext) context;
            // First, so that no variable of the surroundings (SERVER_PORT, say) speaks over what Settings decided.
            beans.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("settings", properties(settings, database)));
            beans.registerBean(Settings.class, () -> settings);
            beans.registerBean(DataFolder.class, () -> folder, definition -> definition.setDestroyMethodName(""));
            beans.registerBean(Keys.class, () -> keys);
            more.accept(beans);
        });
        return application;
    }

    private static Map<String, Object> properties(Settings settings, Database database) {
        var properties = new HashMap<String, Object>();
        for (var setting : Setting.values()) {
            settings.find(setting).ifPresent(value -> properties.put(setting.property(), value));
        }
        properties.put(Setting.DATA.property(), settings.data().toString());
        // Only a demo's day may be moved by hand.
        properties.put("vitrine.clock.movable", settings.on(Setting.DEMO));
        properties.put(Setting.BASE_URL.property(), settings.baseUrl().toString());
        properties.put("server.port", settings.get(Setting.PORT));
        properties.put("server.address", settings.get(Setting.BIND));
        properties.put("management.server.port", settings.get(Setting.MANAGEMENT_PORT));
        properties.put("spring.datasource.url", database.jdbcUrl());
        if (database.user() != null) properties.put("spring.datasource.username", database.user());
        if (database.password() != null) properties.put("spring.datasource.password", database.password());
        properties.put("spring.datasource.hikari.maximum-pool-size", settings.get(Setting.DB_POOL));
        return properties;
    }

    /** Settles the port before anything else runs: addresses are made from it. */
    private static Settings withPort(Settings settings) {
        var port = settings.number(Setting.PORT);
        var address = settings.get(Setting.BIND);
        try {
            if (port == 0) return settings.with(Setting.PORT, String.valueOf(FreePort.on(address)));
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.TAKEN, "No port is free on %s (%s).".formatted(address, e.getMessage()), e);
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return settings;
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.TAKEN,
                    "Port %d on %s is taken (%s): choose another with --port.".formatted(port, address, e.getMessage()),
                    e);
        }
    }

    /** Where visitors reach it on this machine. */
    public URI address() {
        return URI.create("http://localhost:" + application.getEnvironment().getProperty("local.server.port"));
    }

    /** Health and metrics. */
    public URI managementAddress() {
        return URI.create("http://127.0.0.1:" + application.getEnvironment().getProperty("local.management.port"));
    }

    public <T> T bean(Class<T> type) {
        return application.getBean(type);
    }

    public DataFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        undoing.close();
    }
}
