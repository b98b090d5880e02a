package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A goal is one of a machine with two cores. */
class GoalsTest {

    @Test
    void whatWasMissedIsNamedOnTwoCoresAndNotJudgedOnOthers() {
        assertThat(said(2)).endsWith("goals_missed: 1", "goal_missed: p99_ms");
        assertThat(said(16)).endsWith("p99_ms: 51.0", "goals_missed: not judged, they are of 2 cores and there are 16");
    }

    private static List<String> said(int cores) {
        List<String> said = new ArrayList<>();
        Goals goals = new Goals(said::add, 700, cores);
        goals.accept("claims_per_second: 15000");
        goals.accept("p99_ms: 51.0");
        goals.say();
        return said;
    }
}
