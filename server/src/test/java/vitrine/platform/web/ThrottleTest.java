package vitrine.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    @Test
    void aLoopGoneWildIsToldToSlowDownAndOthersAreNotTouched() {
        var throttle = new Throttle(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), 200, 8_000);
        for (int i = 0; i < 8_000; i++) assertThat(throttle.take("192.0.2.1")).isTrue();
        assertThat(throttle.take("192.0.2.1")).isFalse();
        assertThat(throttle.take("192.0.2.2")).isTrue();
    }
}
