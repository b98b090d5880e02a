package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.testing.TestDatabase;

class KeysTest {

    @TempDir
    Path dir;

    private Keys keys() {
        return new Keys(dir.resolve("keys"), Map.of(), new SecureRandom());
    }

    @Test
    void aKeyIsMadeOnceAndOnlyItsOwnerMayReadIt() throws Exception {
        byte[] made = keys().key("collector");
        assertThat(keys().key("collector")).isEqualTo(made).hasSize(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("keys/collector.key"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(dir.resolve("keys"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void ofManyProcessesThatMakeTheSameKeyAllHaveTheFirst() throws Exception {
        List<Callable<String>> all = new ArrayList<>();
        for (int n = 0; n < 16; n++) {
            Keys one = keys();
            all.add(() -> Base64.getEncoder().encodeToString(one.key("log")));
        }
        try (var threads = Executors.newFixedThreadPool(16)) {
            var seen = new ArrayList<String>();
            for (var each : threads.invokeAll(all)) seen.add(each.get());
            assertThat(seen).containsOnly(seen.getFirst());
        }
    }

    @Test
    void allKeysAreThereBeforeTheFirstBackup() throws Exception {
        keys().makeMissing();
        try (var files = Files.list(dir.resolve("keys"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(KeyName.values())
                            .map(name -> name.text() + ".key")
                            .toList());
        }
    }

    @Test
    void aKeyThatIsTooShortIsRefusedAndNotReplaced() throws Exception {
        Files.createDirectories(dir.resolve("keys"));
        Files.write(dir.resolve("keys/log.key"), new byte[5]);
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> keys().key("log"))
                .withMessageContaining("has 5 bytes and a key has 32");
        assertThat(Files.size(dir.resolve("keys/log.key"))).isEqualTo(5);
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(
                        () -> new Keys(dir, Map.of("VITRINE_KEY_LOG", "not base64!"), new SecureRandom()).key("log"))
                .withMessage("VITRINE_KEY_LOG is not base64 of 32 bytes.");
    }

    @Test
    void aFingerprintTellsKeysApartAndShowsNothingOfThem() {
        Keys one = keys();
        Keys other = new Keys(dir.resolve("other"), Map.of(), new SecureRandom());
        assertThat(one.fingerprint("log"))
                .hasSize(16)
                .isEqualTo(keys().fingerprint("log"))
                .isNotEqualTo(one.fingerprint("buyer"))
                .isNotEqualTo(other.fingerprint("log"));
        assertThat(new String(one.key("log"), StandardCharsets.ISO_8859_1))
                .doesNotContain(new String(one.fingerprint("log"), StandardCharsets.ISO_8859_1));
    }

    @Test
    void aDatabaseKnowsItsKeysAndRefusesANodeWithoutThemOrWithOthers() throws Exception {
        try (var database = TestDatabase.fresh();
                var connection = java.sql.DriverManager.getConnection(
                        database.jdbcUrl(), database.user(), database.password())) {
            Keys first = keys();
            first.makeMissing();
            KeyFingerprints.register(connection, first);
            KeyFingerprints.register(connection, keys());
            assertThat(KeyFingerprints.compare(connection, keys()).isEmpty()).isTrue();

            Files.delete(dir.resolve("keys/collector.key"));
            Files.write(dir.resolve("keys/buyer.key"), new byte[32]);
            Keys damaged = keys();
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> KeyFingerprints.refuseForeign(connection, damaged))
                    .withMessageContaining("collector is missing; buyer is another one")
                    .satisfies(refusal -> assertThat(refusal.line()).doesNotContain("\n"));
            assertThat(dir.resolve("keys/collector.key"))
                    .as("looking makes no new key")
                    .doesNotExist();

            Keys stranger = new Keys(dir.resolve("stranger"), Map.of(), new SecureRandom());
            stranger.makeMissing();
            assertThatExceptionOfType(StartRefused.class)
                    .isThrownBy(() -> KeyFingerprints.register(connection, stranger))
                    .withMessageContaining("all of them are other ones");
        }
    }
}
