package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShopTimesTest {

    @Test
    void aTimeMeansTheSameHoweverItIsRead() {
        var random = new Random(20261122);
        for (int i = 0; i < 20_000; i++) {
            Instant at = Instant.ofEpochSecond(random.nextLong(-2_000_000_000L, 9_000_000_000L));
            var offset = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1));
            String written =
                    DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx").format(at.atOffset(offset));
            assertThat(Json.time(written))
                    .as(written)
                    .isEqualTo(at.toEpochMilli())
                    .isEqualTo(OffsetDateTime.parse(written).toInstant().toEpochMilli());
            assertThat(Json.time(at.toString())).as(at.toString()).isEqualTo(at.toEpochMilli());
        }
    }

    @Test
    void fractionsAndWallTimesAreReadToo() {
        assertThat(Json.time("2026-02-28T23:59:59.125Z"))
                .isEqualTo(Instant.parse("2026-02-28T23:59:59.125Z").toEpochMilli());
        assertThat(Json.time("2026-02-28 23:59:59"))
                .isEqualTo(Instant.parse("2026-02-28T23:59:59Z").toEpochMilli());
        assertThat(Json.time("2026-02-28T23:59:59"))
                .isEqualTo(Instant.parse("2026-02-28T23:59:59Z").toEpochMilli());
    }

    @Test
    void whatIsNoTimeIsUnreadable() {
        for (String wrong : new String[] {
            "2026-02-30T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-00-10T10:00:00Z",
            "2026-02-00T10:00:00Z",
            "2026-02-10T25:00:00Z",
            "2026-02-10T10:60:00+08:00",
            "2026-02-10T10:00:00+19:00",
            "2026-02-10T10:00:00+08-00",
            "2o26-02-10T10:00:00Z",
            "yesterday",
            ""
        }) {
            assertThatThrownBy(() -> Json.time(wrong)).as(wrong).isInstanceOf(Json.Unreadable.class);
        }
    }
}
