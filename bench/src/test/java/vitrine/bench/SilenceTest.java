package vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import vitrine.books.CallHistory;
import vitrine.books.CallHistory.Call;

/** A drop that stands still is heard, however much is said of others meanwhile. */
class SilenceTest {

    private static final long MILLI = 1_000_000;
    private static final UUID DAWN = new UUID(0, 1);
    private static final UUID DUSK = new UUID(0, 2);

    private final List<Call> calls = new ArrayList<>();

    @Test
    void whereSomebodyIsGivenSomethingAllTheWhileNobodyIsStopped() {
        for (int at = 0; at < 10_000; at += 100) claims(DAWN, at, at + 40);
        assertThat(silence()).isLessThan(200);
    }

    @Test
    void aDropThatStandsStillForThreeSecondsIsStoppedWhateverElseIsAnswered() {
        for (int at = 0; at < 10_000; at += 100) {
            claims(DUSK, at, at + 40);
            if (at < 4_000 || at >= 7_000) claims(DAWN, at, at + 40);
            else claims(DAWN, at, 7_000);
        }
        String winner = "somebody who has hers and asks again";
        call(DAWN, winner, 100, 140, "drop.claimed");
        for (int at = 4_000; at < 7_000; at += 100) call(DAWN, winner, at, at + 5, "drop.claimed");
        assertThat(silence()).isBetween(2_900L, 3_100L);
    }

    @Test
    void whoIsSentAwayAndComesAgainIsStoppedAllTheWhile() {
        claims(DAWN, 0, 40);
        for (int at = 1_000; at < 4_000; at += 250) call(DAWN, "ada", at, at + 5, "drop.busy");
        call(DAWN, "ada", 4_000, 4_040, "drop.claimed");
        assertThat(silence()).isBetween(3_000L, 3_100L);
    }

    @Test
    void whatNobodyAsksForAndWhatIsGoneStopsNobody() {
        claims(DAWN, 0, 40);
        claims(DAWN, 5_000, 5_040);
        call(DAWN, "bo", 5_100, 5_140, CallHistory.SOLD_OUT);
        for (int at = 5_200; at < 9_000; at += 50) call(DAWN, "late " + at, at, at + 5, "drop.busy");
        assertThat(silence()).isLessThan(200);
    }

    private long silence() {
        return Silence.longest(calls, 0, 0, 10_000 * MILLI) / MILLI;
    }

    private void claims(UUID drop, long from, long until) {
        call(drop, drop + " " + from, from, until, "drop.claimed");
    }

    private void call(UUID drop, String who, long from, long until, String code) {
        calls.add(new Call(
                drop,
                UUID.nameUUIDFromBytes(who.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                0,
                from * MILLI,
                until * MILLI,
                code,
                null,
                null,
                null));
    }
}
