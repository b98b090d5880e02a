package vitrine.identity;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.platform.Jobs;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** The stage of these tests: a server whose workers are run by hand, with a house and two brands. */
public final class Identities {

    public static final UUID HOUSE = UUID.fromString("0193a000-0000-7000-8000-000000000001");
    public static final UUID LUMEN = UUID.fromString("0193a000-0000-7000-8000-000000000002");
    public static final UUID OTHER = UUID.fromString("0193a000-0000-7000-8000-000000000003");

    public static TestServer server(TestDatabase database) {
        return server(database, Map.of());
    }

    public static TestServer server(TestDatabase database, Map<String, Object> settings) {
        return server(database, settings, beans -> {});
    }

    public static TestServer server(
            TestDatabase database, Map<String, Object> settings, Consumer<GenericApplicationContext> more) {
        database.jdbc()
                .sql("""
                insert into brands (brand_id, kind, slug, name_zh, name_en, created_at) values
                (:house, 'house', 'house', '主办方', 'House', now()),
                (:lumen, 'brand', 'lumen', '流明', 'Lumen', now()),
                (:other, 'brand', 'other', '别家', 'Other', now())
                """)
                .param("house", HOUSE)
                .param("lumen", LUMEN)
                .param("other", OTHER)
                .update();
        return TestServer.start(database, beans -> {
            var sources = beans.getEnvironment().getPropertySources();
            sources.addFirst(new MapPropertySource("test", settings));
            sources.addFirst(new MapPropertySource("workers", Map.of("vitrine.jobs", "manual")));
            more.accept(beans);
        });
    }

    public static List<String> events(TestServer server, String type) {
        server.bean(Jobs.class).drain();
        return server.bean(JdbcClient.class)
                .sql("select body::text from events where brand_id = :house and type = :type")
                .param("house", HOUSE)
                .param("type", type)
                .query(String.class)
                .list();
    }

    private Identities() {}
}
