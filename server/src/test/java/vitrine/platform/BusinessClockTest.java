package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import vitrine.identity.HandMovedClock;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** The demo's clock goes ahead of the clock by which the log signs. */
class BusinessClockTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void whatTheLogWroteIsToldInTheDemosTimeOfThatMoment() {
        try (TestDatabase database = TestDatabase.fresh()) {
            HandMovedClock real = new HandMovedClock();
            BusinessClock business = new BusinessClock(real, database.jdbc(), TestServer.settings(database), true);
            Instant signedFirst = real.instant();
            assertThat(business.at(signedFirst)).isEqualTo(signedFirst);
            real.push(MINUTE);
            business.advance(Duration.ofDays(7));
            real.push(MINUTE);
            Instant signedInBetween = real.instant();
            real.push(MINUTE);
            business.advance(Duration.ofDays(7));
            real.push(MINUTE);
            Instant signedLast = real.instant();

            assertThat(business.at(signedFirst)).isEqualTo(signedFirst);
            assertThat(business.at(signedInBetween)).isEqualTo(signedInBetween.plus(Duration.ofDays(7)));
            assertThat(business.at(signedLast)).isEqualTo(signedLast.plus(Duration.ofDays(14)));
            assertThat(business.now()).isBetween(business.at(signedLast), business.at(real.instant()));
        }
    }

    @Test
    void aSiteThatIsNoDemoTellsTheTimesOfTheLogAsTheyAre() {
        try (TestDatabase database = TestDatabase.fresh()) {
            HandMovedClock real = new HandMovedClock();
            BusinessClock business = new BusinessClock(real, database.jdbc(), TestServer.settings(database), false);
            assertThat(business.at(real.instant().minus(MINUTE))).isBefore(real.instant());
        }
    }
}
