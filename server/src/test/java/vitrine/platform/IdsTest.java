package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdsTest {

    private static final Instant NOON = Instant.parse("2026-06-01T04:00:00Z");

    private final Ids punctual = at(NOON, 1);
    private final Ids ahead = at(NOON.plus(Duration.ofSeconds(3)), 2);

    @Test
    void idsOfOneNodeRiseWithinAMillisecond() {
        UUID before = punctual.next();
        for (int i = 0; i < 10_000; i++) {
            UUID next = punctual.next();
            assertThat(text(next)).isGreaterThan(text(before));
            before = next;
        }
    }

    @Test
    void whatFollowsHasTheGreaterIdThoughItsNodesClockIsBehind() {
        UUID first = ahead.next();
        UUID second = punctual.nextAfter(first);
        assertThat(text(second)).isGreaterThan(text(first));
        assertThat(text(punctual.next())).isGreaterThan(text(second));
    }

    @Test
    void whatFollowsWithinTheSameMillisecondHasTheGreaterIdWhateverTheOtherNodesCounter() {
        Ids other = at(NOON, 3);
        for (int i = 0; i < 1_000; i++) {
            UUID first = i % 2 == 0 ? other.next() : punctual.next();
            UUID second = i % 2 == 0 ? punctual.nextAfter(first) : other.nextAfter(first);
            assertThat(text(second)).isGreaterThan(text(first));
        }
    }

    /** As PostgreSQL compares them: by their bytes. */
    private static String text(UUID id) {
        return id.toString();
    }

    private static Ids at(Instant now, long seed) {
        return new Ids(Clock.fixed(now, ZoneOffset.UTC), new Random(seed));
    }
}
