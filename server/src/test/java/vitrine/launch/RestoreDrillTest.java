package vitrine.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.VitrineServer;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.drop.Drops;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Jobs;
import vitrine.platform.Settings;
import vitrine.platform.StartRefused;
import vitrine.proof.Hash32;
import vitrine.testing.TestPostgres;

/** The whole way of the worst night: a running server is backed up, lost, and goes on elsewhere with the same public log. */
class RestoreDrillTest {

    private static final Bilingual MOONRISE = new Bilingual("月升", "Moonrise");

    @TempDir
    Path dir;

    @Test
    void theLogGoesOnFromABackupOnceItsSizeIsAcceptedAndNotBefore() throws Exception {
        Path backup;
        Hash32 published;
        BrandId lumen;
        try (Node first = start("first")) {
            lumen = first.bean(Catalog.class).addBrand(Brand.Kind.BRAND, "lumen", MOONRISE, MOONRISE, "night");
            publish(first, lumen, "moonrise");
            assertThat(number(first, "select signed_size from logs")).isEqualTo(1);
            published = root(first, 1);
            backup = Backup.make(settings("first"), dir.resolve("out"), Clock.systemUTC());
            publish(first, lumen, "lost-with-the-disk");
            assertThat(number(first, "select signed_size from logs")).isEqualTo(2);
        }

        assertThat(Backup.restore(backup, settings("second")).logs())
                .singleElement()
                .satisfies(log -> assertThat(log.signedSize()).isEqualTo(1));
        try (Node second = start("second")) {
            assertThatExceptionOfType(RuntimeException.class)
                    .as("nobody has said how far the world has seen it")
                    .isThrownBy(() -> publish(second, lumen, "too-early"))
                    .withMessageContaining("log.no-high-water");
            assertThat(number(second, "select size from logs")).isEqualTo(1);
        }
        assertThatExceptionOfType(StartRefused.class)
                .as("the world has seen two records, and this backup has one")
                .isThrownBy(() -> AcceptedLog.accept(settings("second"), null, 2))
                .withMessageContaining("has 1 records here and 2 were published");
        assertThatExceptionOfType(StartRefused.class)
                .as("there is no log of that name")
                .isThrownBy(() -> AcceptedLog.accept(settings("second"), "logs/lumen", 1))
                .withMessageContaining("LOG=SIZE: log.");
        assertThat(AcceptedLog.accept(settings("second"), "log", 1)).endsWith("/log at 1");
        try (Node second = start("second")) {
            second.bean(Jobs.class).drain();
            assertThat(number(second, "select signed_size from logs"))
                    .as("what waited is sealed and signed")
                    .isEqualTo(2);
            assertThat(root(second, 1)).as("the same history").isEqualTo(published);
        }
    }

    @Test
    void aLostOrExchangedKeysFolderStopsTheStartAndNothingIsMadeInItsPlace() throws Exception {
        start("home").close();
        var keys = dir.resolve("home/keys");
        var aside = dir.resolve("keys-aside");
        java.nio.file.Files.move(keys, aside);
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> start("home"))
                .withMessageContaining("postgres.key is missing: bring the keys folder back");
        assertThat(keys).doesNotExist();

        java.nio.file.Files.move(aside, keys);
        var collector = java.nio.file.Files.readAllBytes(keys.resolve("collector.key"));
        java.nio.file.Files.delete(keys.resolve("collector.key"));
        java.nio.file.Files.write(keys.resolve("buyer.key"), new byte[32]);
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> start("home"))
                .withMessageContaining("collector is missing; buyer is another one");
        assertThat(keys.resolve("collector.key")).doesNotExist();
        assertThat(collector).hasSize(32);
    }

    private Node start(String name) {
        return Node.start(VitrineServer.class, settings(name), beans -> beans.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("vitrine.jobs", "manual"))));
    }

    private Settings settings(String name) {
        var environment = new HashMap<>(Map.of(
                "VITRINE_DATA", dir.resolve(name).toString(),
                "VITRINE_PORT", "0",
                "VITRINE_DEMO", "off",
                "VITRINE_BASE_URL", "https://lumen.example"));
        var binaries = TestPostgres.options().binaries();
        if (binaries != null) environment.put("VITRINE_POSTGRES_BIN", binaries.toString());
        return Settings.of(List.of(), environment);
    }

    private static void publish(Node node, BrandId lumen, String slug) {
        var drafted = node.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen, slug, null, null, "brand", MOONRISE, MOONRISE, MOONRISE, MOONRISE, 2026, "night",
                        MOONRISE, 10, 0, List.of(), List.of()));
        node.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> node.bean(Drops.class).publish(drafted));
        node.bean(Jobs.class).drain();
    }

    private static Hash32 root(Node node, long size) {
        return Hash32.of(node.bean(JdbcClient.class)
                .sql("select root from log_heads where size = :size")
                .param("size", size)
                .query(byte[].class)
                .single());
    }

    private static long number(Node node, String sql) {
        return node.bean(JdbcClient.class).sql(sql).query(Long.class).single();
    }
}
