package vitrine.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.drop.Drops;
import vitrine.launch.Doctor.How;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Jobs;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.shop.Shops;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** Each of the doctor's lines when all is well, and when it is not. */
class DoctorTest {

    private final TestDatabase database = TestDatabase.fresh();
    private final TestServer server = TestServer.start(database, Map.of("vitrine.jobs", "manual"), beans -> {});
    private Settings settings;
    private Path data;

    @BeforeEach
    void ofTheRunningServer() {
        settings = server.bean(Settings.class);
        data = settings.data();
    }

    @AfterEach
    void close() {
        server.close();
        database.close();
    }

    private static Doctor.Finding line(List<Doctor.Finding> findings, String what) {
        return findings.stream()
                .filter(finding -> finding.what().equals(what))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line about " + what + " in " + findings));
    }

    private Doctor.Finding line(String what) {
        return line(Doctor.examine(settings, Clock.systemUTC()), what);
    }

    private void says(String what, How how, String words) {
        assertThat(line(what)).satisfies(finding -> {
            assertThat(finding.how()).as(finding.line()).isEqualTo(how);
            assertThat(finding.words()).contains(words);
        });
    }

    private int sql(String statement) {
        return database.jdbc().sql(statement).update();
    }

    @Test
    void aServerThatIsWellHasNothingWrongButItsMissingBackup() throws Exception {
        says("server", How.OK, "http://localhost:");
        says("durability", How.OK, "fsync");
        says("schema", How.OK, "PostgreSQL");
        says("keys", How.OK, "this database knows");
        says("shops", How.LOOK, "none yet");
        says("random rounds", How.LOOK, "by hand");
        Files.createDirectories(data.resolve("keys"));
        Files.write(data.resolve("keys/log.key"), new byte[32]); // the environment's comes before it
        assertThat(print()).as("nothing was ever backed up").isEqualTo(1);
        backedUp(Instant.now().plusSeconds(1));
        assertThat(print()).isZero();
    }

    private int print() {
        return Doctor.print(settings, Clock.systemUTC(), line -> {});
    }

    @Test
    void aServerThatDoesNotRunIsSaidSo() {
        server.close();
        says("server", How.FAIL, "does not run on");
        assertThat(print()).isEqualTo(1);
    }

    @Test
    void clocksThatAreApartAreSaidSo() {
        says("clock", How.OK, "ms from the database's");
        var ahead = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(3));
        var apart = line(Doctor.examine(settings, ahead), "clock");
        assertThat(apart.how()).isEqualTo(How.FAIL);
        assertThat(apart.words()).contains("more than 250", "NTP");
    }

    @Test
    void aForgetfulDatabaseIsSaidSo() {
        var name = database.jdbc()
                .sql("select current_database()")
                .query(String.class)
                .single();
        sql("alter database " + name + " set synchronous_commit = off");
        says("durability", How.FAIL, "synchronous_commit off");
    }

    @Test
    void aDatabaseThatIsAwayIsSaidSo() {
        settings = settings.with(Setting.DB_URL, "jdbc:postgresql://127.0.0.1:1/away");
        says("database", How.FAIL, "does not answer");
    }

    @Test
    void aMailServerThatIsAwayIsSaidSo() throws Exception {
        says("mail", How.LOOK, "no mail leaves this installation");
        int port;
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = listening.getLocalPort();
            settings = settings.with(Setting.SMTP_URL, "smtp://127.0.0.1:" + port);
            says("mail", How.OK, "takes connections");
        }
        says("mail", How.FAIL, "does not take a connection");
    }

    @Test
    void aPublicAddressThatLeadsElsewhereOrNowhereIsSaidSo() throws Exception {
        says("public address", How.LOOK, "is not set");
        var another = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        another.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            try (var out = exchange.getResponseBody()) {
                out.write("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }
        });
        another.start();
        try {
            settings = settings.with(
                    Setting.BASE_URL, "http://localhost:" + another.getAddress().getPort());
            assertThat(lines("public address"))
                    .anySatisfy(finding -> assertThat(finding.words()).contains("is not https"))
                    .anySatisfy(finding -> {
                        assertThat(finding.how()).isEqualTo(How.FAIL);
                        assertThat(finding.words()).contains("leads to something else");
                    });
        } finally {
            another.stop(0);
        }
        assertThat(lines("public address"))
                .anySatisfy(finding -> assertThat(finding.words()).contains("does not answer from here"));
        settings = settings.with(Setting.BASE_URL, server.address().toString());
        assertThat(lines("public address"))
                .anySatisfy(finding -> assertThat(finding.how()).isEqualTo(How.OK));
    }

    private List<Doctor.Finding> lines(String what) {
        return Doctor.examine(settings, Clock.systemUTC()).stream()
                .filter(finding -> finding.what().equals(what))
                .toList();
    }

    @Test
    void anOldOrMissingOrOvertakenKeyBackupIsSaidSo() throws Exception {
        says("key backup", How.LOOK, "of the environment");
        Files.createDirectories(data.resolve("keys"));
        var key = Files.write(data.resolve("keys/demo.key"), new byte[32]);
        says("key backup", How.FAIL, "there was never one");
        backedUp(Instant.now().plusSeconds(1));
        says("key backup", How.OK, "made at");
        Files.setLastModifiedTime(key, FileTime.from(Instant.now().plusSeconds(60)));
        says("key backup", How.FAIL, "a key is newer");
        Files.setLastModifiedTime(key, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
        backedUp(Instant.now().minus(Duration.ofDays(3)));
        says("key backup", How.LOOK, "3 days old");
        Files.writeString(data.resolve("last-backup.json"), "{");
        says("key backup", How.FAIL, "cannot be read");
    }

    private void backedUp(Instant at) throws Exception {
        Files.writeString(data.resolve("last-backup.json"), "{\"madeAt\": \"" + at + "\"}");
    }

    @Test
    void otherKeysThanTheDatabaseKnowsAreSaidSo() {
        sql("update key_fingerprints set fingerprint = '\\x00' where name = 'buyer'");
        says("keys", How.FAIL, "buyer is another one");
    }

    @Test
    void aShopThatIsSilentOrRefusedOrUnreadableIsSaidSo() {
        var lumen = new BrandId(UUID.randomUUID());
        var made = server.bean(Shops.class)
                .create(new Shops.NewShop(
                        lumen, "shopify", "lumen", "Lumen", Currency.getInstance("CNY"), 7, "secret", null, null));
        var shop = ((Shops.Creation.Created) made).shop().id().value();
        says("shops", How.LOOK, "shopify/lumen never");
        for (var received : List.of("now() - interval '5 days'", "now()")) {
            sql("""
                    insert into deliveries (brand_id, shop_id, delivery_id, batch_id, received_at, topic, state)
                    values ('%s', '%s', '%s', '%s', %s, 'orders/paid', 'ignored')
                    """.formatted(lumen.value(), shop, UUID.randomUUID(), UUID.randomUUID(), received));
            if (received.equals("now()")) says("shops", How.OK, "heard of within two days");
            else says("shops", How.LOOK, "shopify/lumen not for 5 days");
        }
        sql("""
                insert into refusals (brand_id, shop_id, hour, code, times, last_at)
                values ('%s', '%s', now(), 'shop.signature-wrong', 7, now())
                """.formatted(lumen.value(), shop));
        says("shops", How.LOOK, "7 deliveries refused");
        sql("update shops set secret_sealed = decode(repeat('00', 40), 'hex')");
        says("shops", How.FAIL, "its secret cannot be read");
    }

    @Test
    void aLogThatIsNotWhatWasSignedIsSaidSo() throws Exception {
        records();
        says("log", How.OK, "1 records, signed up to 1");
        var highWater = highWater();
        var size = Files.readString(highWater);

        Files.writeString(highWater, "5");
        says("log", How.FAIL, "1 records here, 5 were signed");
        Files.delete(highWater);
        says("log", How.FAIL, "no high-water file");
        Files.writeString(highWater, size);
        says("log", How.OK, "signed up to 1");

        sql(
                "update logs set signed_note = translate(signed_note, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'BCDEFGHIJKLMNOPQRSTUVWXYZA')");
        says("log", How.FAIL, "what was signed at size 1 is not what stands here");
        sql("update log_heads set root = decode(repeat('00', 32), 'hex')");
        says("log", How.FAIL, "is not that of its stored head");
    }

    private Path highWater() throws Exception {
        try (var files = Files.list(data.resolve("log"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private void records() {
        var words = new Bilingual("月升", "Moonrise");
        var lumen = server.bean(Catalog.class).addBrand(Brand.Kind.BRAND, "lumen", words, words, "night");
        var moonrise = server.bean(Catalog.class)
                .draft(new CollectibleDraft(
                        lumen,
                        "moonrise",
                        null,
                        null,
                        "brand",
                        words,
                        words,
                        words,
                        words,
                        2026,
                        "night",
                        words,
                        10,
                        0,
                        List.of(),
                        new ArrayList<>()));
        server.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> server.bean(Drops.class).publish(moonrise));
        server.bean(Jobs.class).drain();
    }

    @Test
    void aFolderWithoutAnInstallationIsRefused() {
        var nowhere = Settings.of(List.of("--data", data.resolve("nowhere").toString()), Map.of());
        org.assertj.core.api.Assertions.assertThatExceptionOfType(vitrine.platform.StartRefused.class)
                .isThrownBy(() -> Doctor.print(nowhere, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), line -> {}))
                .withMessageContaining("There is no installation in");
    }
}
