package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path data;

    @Test
    void theLastStateOfEveryOrderComesBackAndOldLinesAreLeftBehind() throws Exception {
        var shop = Fixtures.shop(Source.STANDARD, "CNY");
        var moments = Crowd.play(1, List.of(shop), 400, Fixtures.NOON, 30, name -> 1001);
        var last = new HashMap<Long, SandboxOrder>();
        try (var journal = Journal.open(data)) {
            moments.forEach(moment -> {
                journal.append(moment.step().order());
                last.put(moment.step().order().number(), moment.step().order());
            });
        }
        long before = Files.size(data.resolve("orders.jsonl"));
        for (int start = 0; start < 2; start++) {
            try (var journal = Journal.open(data)) {
                assertThat(journal.orders()).containsExactlyInAnyOrderElementsOf(last.values());
            }
        }
        assertThat(Files.size(data.resolve("orders.jsonl"))).isLessThan(before);
        assertThat(data.resolve("orders.jsonl.new")).doesNotExist();
    }

    @Test
    void aLineDamagedInTheMiddleIsNotGuessedAt() throws Exception {
        Files.writeString(data.resolve("orders.jsonl"), "{\"shop\":1,\n", StandardOpenOption.CREATE);
        assertThatThrownBy(() -> Journal.open(data))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("byte 0");
    }
}
