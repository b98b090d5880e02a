package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    /** What tests, the simulator and the bench turn, and nobody who runs the platform. */
    private static final Set<String> INTERNAL = Set.of(
            "vitrine.jobs",
            "vitrine.clock.movable",
            "vitrine.templates",
            "vitrine.inbox.queue",
            "vitrine.inbox.writers",
            "vitrine.fold.batch",
            "vitrine.drop.by-hand",
            "vitrine.clock.check",
            "vitrine.drop.grants-wait-seconds");

    /** Writes the page anew when it is stale, and fails once, so that the new page gets committed. */
    @Test
    void thePageOfSettingsSaysWhatTheCodeKnows() throws IOException {
        var wanted = page();
        var found = Files.exists(PAGE) ? Files.readString(PAGE) : "";
        if (!found.equals(wanted) && System.getenv("CI") == null) Files.writeString(PAGE, wanted);
        assertThat(found)
                .as("docs/configuration.md was stale and has been written anew")
                .isEqualTo(wanted);
    }

    @Test
    void aSettingThatIsNotInTheListDoesNotExist() throws IOException {
        Set<String> listed =
                Arrays.stream(Setting.values()).map(Setting::property).collect(Collectors.toSet());
        var read = new TreeSet<String>();
        var property = Pattern.compile("\\$\\{(vitrine\\.[a-z.-]+)");
        try (var sources = Files.walk(Path.of("src/main/java"))) {
            for (var source : sources.filter(Files::isRegularFile).toList()) {
                var found = property.matcher(Files.readString(source));
                while (found.find()) read.add(found.group(1));
            }
        }
        read.removeAll(listed);
        read.removeAll(INTERNAL);
        assertThat(read).isEmpty();
    }

    private static String page() {
        var keys = Arrays.stream(KeyName.values())
                .map(key -> "| `%s` | %s | %s |".formatted(key.text(), key.use(), key.loss()))
                .collect(Collectors.joining("\n"));
        var rows = Arrays.stream(Setting.values())
                .map(setting -> "| `%s` | %s | %s |".formatted(setting.variable(), code(setting), setting.meaning()))
                .collect(Collectors.joining("\n"));
        return """
                # Settings
                Vitrine is told what it needs by variables of its environment; what the command line says (`--port`, `--data`,
                `--host`, `--base-url`, `--db`, `--no-demo`) comes over them. Nothing must be set to try it out. This page is made
                from the code: `Setting.java` is the list, and a test keeps the two the same.

                | variable | without it | meaning |
                | --- | --- | --- |
                %s
                | `VITRINE_KEY_<NAME>` | the file `DIR/keys/NAME.key` | A secret key, 32 bytes in base64, for machines whose disk \
                must not hold keys: `VITRINE_KEY_CONTACT_MAC` for `contact-mac`. |

                Settings of PostgreSQL itself go into `DIR/postgres.conf`, which is read after ours. The server does not start on a
                database whose `fsync`, `synchronous_commit` or `full_page_writes` is off.

                The script reads two more: `VITRINE_AOT=off` starts without the cache of prepared classes, `VITRINE_BROWSER=off`
                opens no browser.

                ## Keys
                All of them are made at the first start. The database keeps a fingerprint of each; a node whose
                keys are missing or others does not start, and says which.
                Later keys of the log lie beside the first as `log-*.key` ([log.md](log.md)). Whatever lies in `DIR/keys` is in every backup; what comes by
                `VITRINE_KEY_…` is never written there and is in none, nor is what a device keeps: keep those in a safe place of their own.

                | key | what it does | without it |
                | --- | --- | --- |
                %s
                """.formatted(rows, keys);
    }

    private static String code(Setting setting) {
        var words = setting.initialInWords();
        return words.equals(setting.initial()) ? "`" + words + "`" : words;
    }
}
