package vitrine.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever asks the simulator for something that it would not do hears so: a run of nothing is no success. */
@Tag("simulate")
class SimulateFlagsTest {

    @Test
    void whatWouldBePassedOverIsSaidAndNothingIsPlayed() {
        Map.of(
                        "drop --mutants --only claims-twice",
                        "there is no such mutant: claims-twice; there are limit-ignored",
                        "drop --mutants --line --only claims-twice",
                        "in worlds of --line",
                        "drop --only claim-after-end",
                        "--only is for --mutants",
                        "drop --seed eight",
                        "--seed needs a number",
                        "drop --minutes 0",
                        "--minutes needs at least one",
                        "drop --processes --mutants",
                        "with --processes there is no --mutants",
                        "drop --worlds 3 --claims 9",
                        "--claims is for one world",
                        "drop --claim 9",
                        "there is no option --claim")
                .forEach((words, said) -> assertThat(refusal(words, () -> new SimulateDrop(list(words)).run()))
                        .as(words)
                        .contains(said));
        Map.of(
                        "orders --mutants --only grant-twice-over",
                        "there is no such mutant: grant-twice-over; there are ",
                        "orders --only x",
                        "--only is for --mutants",
                        "orders --worlds 2 --keep 3",
                        "--keep is for one world",
                        "orders --nodes 3",
                        "one node or two",
                        "order",
                        "simulate what?")
                .forEach((words, said) -> assertThat(refusal(words, () -> new Simulate.Arguments(list(words)).run()))
                        .as(words)
                        .contains(said));
    }

    @Test
    void thePageNamesEveryMutantAndNoOther() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "simulator.md"));
        int drops = page.indexOf("\n## A drop\n");
        int table = page.indexOf("\n## The fault table\n");
        assertThat(named(page.substring(page.indexOf("\n## Mutants\n"), drops)))
                .containsExactlyInAnyOrderElementsOf(
                        Mutants.all().stream().map(Mutants.Mutant::name).toList());
        assertThat(named(page.substring(drops, table)))
                .containsExactlyInAnyOrderElementsOf(DropMutants.all().stream()
                        .map(mutant -> mutant.broken().name())
                        .toList());
    }

    /** What the first column of its tables has between backticks. */
    private static List<String> named(String part) {
        return Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                .matcher(part)
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    private static List<String> list(String words) {
        return List.of(words.split(" "));
    }

    private static String refusal(String words, IntSupplier run) {
        PrintStream before = System.err;
        var said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(run.getAsInt()).as(words).isEqualTo(64);
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}
