package vitrine.launch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import vitrine.platform.DataFolder;
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
    private final DataFolder folder;
    private final @Nullable PostgresServer postgres;
    private final ConfigurableApplicationContext application;
    private boolean closed;

    private Node(DataFolder folder, @Nullable PostgresServer postgres, ConfigurableApplicationContext application) {
        this.folder = folder;
        this.postgres = postgres;
        this.application = application;
    }

    public static Node start(Class<?> main, Settings settings) {
        return start(main, settings, context -> {});
    }

    /**
     * Starts a node, or refuses in one line.
     *
     * @param more beans that come before the application's own: a test's clock, say
     */
    public static Node start(Class<?> main, Settings wanted, Consumer<GenericApplicationContext> more) {
        var settings = withPort(wanted);
        settings.baseUrl(); // what is wrong in words is said before anything runs
        var undo = new ArrayList<AutoCloseable>();
        try {
            var folder = DataFolder.lock(settings.data());
            undo.addFirst(folder);
            var keys = new Keys(folder.resolve("keys"), settings.environment(), new SecureRandom());
            @Nullable PostgresServer postgres = null;
            Database database;
            if (settings.find(Setting.DB_URL).isPresent()) {
                database = Database.of(settings);
            } else {
                postgres = PostgresServer.start(folder, keys, postgresOptions(settings));
                undo.addFirst(postgres);
                database = new Database(postgres.jdbcUrl(), postgres.user(), postgres.password());
            }
            database.refuseUnfit();
            var application =
                    application(main, settings, folder, keys, database, more).run();
            var node = new Node(folder, postgres, application);
            folder.announce(node.address().toString());
            return node;
        } catch (RuntimeException | Error e) {
            for (var started : undo) close(started, e);
            throw e;
        }
    }

    private static PostgresOptions postgresOptions(Settings settings) {
        var options = PostgresOptions.embedded();
        var binaries = settings.find(Setting.POSTGRES_BIN);
        if (binaries.isPresent()) options = options.binariesIn(Path.of(binaries.get()));
        var user = settings.find(Setting.POSTGRES_USER);
        if (user.isPresent()) options = options.runAs(user.get());
        return options;
    }

    private static SpringApplication application(
            Class<?> main,
            Settings settings,
            DataFolder folder,
            Keys keys,
            Database database,
            Consumer<GenericApplicationContext> more) {
        var application = new SpringApplication(main);
        application.setDefaultProperties(properties(settings, database));
        // Ours is the only hook: the pool must be closed before the database under it.
        application.setRegisterShutdownHook(false);
        application.addInitializers(context -> {
            var beans = (GenericApplicationContext) context;
            beans.registerBean(Settings.class, () -> settings);
            beans.registerBean(DataFolder.class, () -> folder, definition -> definition.setDestroyMethodName(""));
            beans.registerBean(Keys.class, () -> keys);
            more.accept(beans);
        });
        return application;
    }

    private static Map<String, Object> properties(Settings settings, Database database) {
        var properties = new HashMap<String, Object>();
        properties.put("server.port", settings.get(Setting.PORT));
        properties.put("server.address", settings.get(Setting.BIND));
        properties.put("management.server.port", settings.get(Setting.MANAGEMENT_PORT));
        properties.put("spring.datasource.url", database.jdbcUrl());
        if (database.user() != null) properties.put("spring.datasource.username", database.user());
        if (database.password() != null) properties.put("spring.datasource.password", database.password());
        properties.put("spring.datasource.hikari.maximum-pool-size", settings.get(Setting.DB_POOL));
        properties.put(
                "logging.file.name", settings.data().resolve("logs/vitrine.log").toString());
        return properties;
    }

    /** Settles the port before anything else runs: addresses are made from it. */
    private static Settings withPort(Settings settings) {
        var port = settings.number(Setting.PORT);
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.get(Setting.BIND), port));
            return settings.with(Setting.PORT, String.valueOf(socket.getLocalPort()));
        } catch (IOException e) {
            throw new StartRefused(
                    StartRefused.TAKEN,
                    "Port %d on %s is taken (%s): choose another with --port."
                            .formatted(port, settings.get(Setting.BIND), e.getMessage()),
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
    public synchronized void close() {
        if (closed) return;
        closed = true;
        application.close();
        if (postgres != null) postgres.close();
        folder.close();
    }

    private static void close(AutoCloseable started, Throwable because) {
        try {
            started.close();
        } catch (Exception e) {
            because.addSuppressed(e);
        }
    }
}
