package vitrine.testing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import vitrine.VitrineServer;
import vitrine.launch.Node;
import vitrine.platform.KeyName;
import vitrine.platform.Setting;
import vitrine.platform.Settings;

/** The whole server in this JVM, on free ports and a database of the test's own; two on one database are two nodes. */
public final class TestServer implements AutoCloseable {
    private final Node node;

    private TestServer(Node node) {
        this.node = node;
    }

    public static TestServer start(TestDatabase database) {
        return start(database, beans -> {});
    }

    /**
     * @param more beans that come before the application's own, as in
     *     {@code beans -> beans.registerBean(Clock.class, () -> clock)}
     */
    public static TestServer start(TestDatabase database, Consumer<GenericApplicationContext> more) {
        return new TestServer(Node.start(VitrineServer.class, settings(database), more));
    }

    /**
     * @param properties over {@code application.yaml}, as in {@code Map.of("vitrine.jobs", "manual")}
     * @param more beans that come before the application's own
     */
    public static TestServer start(
            TestDatabase database, Map<String, Object> properties, Consumer<GenericApplicationContext> more) {
        return start(settings(database), properties, more);
    }

    /** The same with settings of the test's own: {@code settings(database).with(Setting.ZONE, "Europe/Paris")}. */
    public static TestServer start(
            Settings settings, Map<String, Object> properties, Consumer<GenericApplicationContext> more) {
        return new TestServer(Node.start(VitrineServer.class, settings, beans -> {
            beans.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
            more.accept(beans);
        }));
    }

    /** What such a server is told; change it with {@link Settings#with}. */
    public static Settings settings(TestDatabase database) {
        Map<String, String> environment = new HashMap<>();
        environment.put(Setting.DB_URL.variable(), database.jdbcUrl());
        environment.put(Setting.DB_USER.variable(), database.user());
        environment.put(Setting.DB_PASSWORD.variable(), database.password());
        environment.put(Setting.DB_POOL.variable(), "8");
        environment.put(Setting.PORT.variable(), "0");
        environment.put(Setting.MANAGEMENT_PORT.variable(), "0");
        environment.put(Setting.DEMO.variable(), "off");
        environment.put(
                Setting.DATA.variable(), TestPostgres.newFolder("server").toString());
        environment.putAll(keys(database));
        return Settings.of(List.of(), environment);
    }

    /** Nodes of one database have the same keys, as those of one installation have. */
    private static Map<String, String> keys(TestDatabase database) {
        Map<String, String> keys = new HashMap<>();
        for (KeyName name : KeyName.values()) {
            keys.put(name.variable(), Base64.getEncoder().encodeToString(key(database.jdbcUrl() + " " + name.text())));
        }
        return keys;
    }

    private static byte[] key(String from) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(from.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI address() {
        return node.address();
    }

    public URI managementAddress() {
        return node.managementAddress();
    }

    public <T> T bean(Class<T> type) {
        return node.bean(type);
    }

    public Node node() {
        return node;
    }

    @Override
    public void close() {
        node.close();
    }
}
