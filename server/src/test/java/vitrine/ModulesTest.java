package vitrine;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModuleDependency;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.core.DependencyDepth;
import org.springframework.modulith.core.DependencyType;

class ModulesTest {

    /** A module calls those above it in this table and none beside or below it. */
    private static final List<List<String>> LEVELS = List.of(
            List.of("platform"),
            List.of("identity", "shop", "payment", "ledger"),
            List.of("catalog", "rulebook"),
            List.of("ownership", "licensing"),
            List.of("drop", "certificate"),
            List.of("draw", "market", "fulfilment"),
            List.of("campaign"),
            List.of("showroom"),
            List.of("reach", "outgoing", "archive"),
            List.of("quest", "insight"),
            List.of("api", "demo", "launch"));

    /** The proof library and the sandbox are no modules of the server; compiled templates are pictures of what modules show. */
    private static final ApplicationModules MODULES = ApplicationModules.of(
            VitrineServer.class,
            JavaClass.Predicates.resideInAnyPackage("vitrine.proof..", "vitrine.pages..", "vitrine.sandbox.."));

    @Test
    void modulesUseWhatTheySayAndOnlyTheFaceOfIt() {
        MODULES.verify();
    }

    @Test
    void callsGoDownTheLevels() {
        Map<String, Integer> level = new HashMap<>();
        for (int n = 0; n < LEVELS.size(); n++) for (var module : LEVELS.get(n)) level.put(module, n);
        for (var module : MODULES) {
            var name = module.getIdentifier().toString();
            assertThat(level).as("the level of module " + name).containsKey(name);
            for (var used : uses(module.getIdentifier().toString())) {
                assertThat(level.get(used))
                        .as(name + " uses " + used)
                        .isLessThanOrEqualTo(level.getOrDefault(name, -1))
                        .isNotEqualTo(level.get(name));
            }
        }
    }

    /** Where we write code it is drawn anew, to be committed with the code; elsewhere a stale drawing fails. */
    @Test
    void theDrawnModulesAreThoseOfTheCode() throws IOException {
        var file = Path.of("../docs/modules.md");
        var drawn = drawing();
        if (System.getenv("CI") == null
                && !(Files.exists(file) && Files.readString(file).equals(drawn))) Files.writeString(file, drawn);
        assertThat(Files.readString(file)).isEqualTo(drawn);
    }

    private static List<String> uses(String name) {
        var module = MODULES.getModuleByName(name).orElseThrow();
        return module
                .getDependencies(
                        MODULES, DependencyDepth.IMMEDIATE, DependencyType.DEFAULT, DependencyType.USES_COMPONENT)
                .stream()
                .map(ApplicationModuleDependency::getTargetModule)
                .map(target -> target.getIdentifier().toString())
                .distinct()
                .filter(target -> !target.equals(name))
                .sorted()
                .toList();
    }

    private static String drawing() {
        var page = new StringBuilder("""
                # Modules

                Drawn from the code by a test; an arrow is a call. `platform`, which all may use, is left out of the picture.

                ```mermaid
                flowchart BT
                """);
        var names = MODULES.stream()
                .map(m -> m.getIdentifier().toString())
                .filter(n -> !n.equals("platform"))
                .sorted()
                .toList();
        for (var name : names) page.append("    ").append(name).append('\n');
        for (var name : names) {
            for (var used : uses(name)) {
                if (!used.equals("platform"))
                    page.append("    ")
                            .append(name)
                            .append(" --> ")
                            .append(used)
                            .append('\n');
            }
        }
        page.append("```\n\n| module | its one job | uses |\n| --- | --- | --- |\n");
        MODULES.stream()
                .sorted(Comparator.comparing(m -> m.getIdentifier().toString()))
                .forEach(m -> page.append("| `")
                        .append(m.getIdentifier())
                        .append("` | ")
                        .append(job(m.getIdentifier().toString()))
                        .append(" | ")
                        .append(uses(m.getIdentifier().toString()).stream().collect(Collectors.joining(", ")))
                        .append(" |\n"));
        return page.toString();
    }

    /** The first sentence of the package's own description. */
    private static String job(String module) {
        try {
            var text = Files.readString(Path.of("src/main/java/vitrine/" + module + "/package-info.java"));
            var from = text.indexOf("/**") + 3;
            return text.substring(from, text.indexOf("*/"))
                    .replaceAll("\\s*\\*\\s*", " ")
                    .replaceAll("\\s+", " ")
                    .strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
