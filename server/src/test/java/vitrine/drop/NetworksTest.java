package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.Keys;

/** Who has many addresses has them side by side, so a whole network has one limit, and an account another. */
class NetworksTest {

    private static final class ByHand extends Clock {
        private Instant now = Instant.parse("2026-11-11T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @TempDir
    Path folder;

    private final ByHand clock = new ByHand();
    private Networks networks;

    @BeforeEach
    void open() {
        networks = new Networks(new Keys(folder, Map.of(), new SecureRandom()), clock);
    }

    private boolean mayAsk(String address) {
        return networks.mayAsk(new CollectorId(UUID.randomUUID()), address);
    }

    @Test
    void anIpv4NetworkIsItsFirstTwentyFourBitsAndAnIpv6NetworkItsFirstFortyEight() {
        DropId drop = new DropId(new BrandId(UUID.randomUUID()), UUID.randomUUID());
        byte[] four = networks.hash(drop, "203.0.113.7");
        assertThat(networks.hash(drop, "203.0.113.250")).isEqualTo(four);
        assertThat(networks.hash(drop, "203.0.112.7")).isNotEqualTo(four);
        byte[] six = networks.hash(drop, "2001:db8:7::1");
        assertThat(networks.hash(drop, "2001:db8:7:ffff:1:2:3:4")).isEqualTo(six);
        assertThat(networks.hash(drop, "2001:db8:8::1")).isNotEqualTo(six);
        assertThat(networks.hash(new DropId(drop.brand(), UUID.randomUUID()), "203.0.113.7"))
                .as("of another drop nobody can tell that it is the same")
                .isNotEqualTo(four);
    }

    @Test
    void aThousandAccountsOfOneNetworkAskAtABreathAndThenFiftyASecond() {
        assertThat(IntStream.range(0, 1_000).filter(n -> mayAsk("203.0.113." + n % 250)))
                .hasSize(1_000);
        assertThat(mayAsk("203.0.113.251")).isFalse();
        assertThat(mayAsk("203.0.114.251")).as("its neighbours").isTrue();
        assertThat(IntStream.range(0, 1_000).filter(n -> mayAsk("2001:db8:7:" + n + "::1")))
                .hasSize(1_000);
        assertThat(mayAsk("2001:db8:7::1")).isFalse();
        assertThat(mayAsk("2001:db8:8::1")).isTrue();
        clock.now = clock.now.plus(Duration.ofSeconds(1));
        for (int n = 0; n < 50; n++) assertThat(mayAsk("203.0.113.7")).isTrue();
        assertThat(mayAsk("203.0.113.7")).isFalse();
    }

    @Test
    void anAccountAsksTwentyTimesAtABreathWhereverItComesFrom() {
        CollectorId ada = new CollectorId(UUID.randomUUID());
        for (int n = 0; n < 20; n++)
            assertThat(networks.mayAsk(ada, "203.0." + n + ".7")).isTrue();
        assertThat(networks.mayAsk(ada, "203.0.113.7")).isFalse();
        assertThat(networks.mayPay(ada)).as("paying is asking, too").isFalse();
        clock.now = clock.now.plus(Duration.ofSeconds(2));
        assertThat(networks.mayPay(ada)).isTrue();
    }

    @Test
    void thirtyOfANetworkComeWithoutABrowsersWork() {
        for (int n = 0; n < 30; n++)
            assertThat(networks.mayComeIdle("203.0.113." + n)).isTrue();
        assertThat(networks.mayComeIdle("203.0.113.31")).isFalse();
        assertThat(networks.mayComeIdle("203.0.114.31")).isTrue();
    }

    /** As from behind a proxy that writes what it likes: it is a network of its own, and no error. */
    @Test
    void whatIsNoAddressIsANetworkOfItsOwn() {
        assertThat(IntStream.range(0, 1_000).filter(n -> mayAsk("unknown"))).hasSize(1_000);
        assertThat(mayAsk("unknown")).isFalse();
        assertThat(mayAsk("")).isTrue();
        assertThat(mayAsk("203.0.113")).isTrue();
    }
}
