package vitrine.drop;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.platform.KeyName;
import vitrine.platform.Keys;
import vitrine.platform.web.Throttle;

/**
 * Where a crowd comes from: whole networks, since one who has many addresses has them side by side. What is kept is a keyed hash that is
 * another for each drop.
 */
@Component
public class Networks {

    private static final int HASH = 16;

    /** A family, or a person in a hurry. */
    private static final double PERSON_A_SECOND = 0.5;

    private static final double PERSON_AT_A_BREATH = 20;

    /** A school or a carrier's gateway has as many. */
    private static final double NETWORK_A_SECOND = 50;

    private static final double NETWORK_AT_A_BREATH = 1_000;

    /** Without a browser's work: a household, and not a hall of machines. */
    private static final double IDLE_A_SECOND = 0.2;

    private static final double IDLE_AT_A_BREATH = 30;

    private final Keys keys;
    private final Throttle people;
    private final Throttle networks;
    private final Throttle idle;

    Networks(Keys keys, Clock clock) {
        this.keys = keys;
        this.people = new Throttle(clock, PERSON_A_SECOND, PERSON_AT_A_BREATH);
        this.networks = new Throttle(clock, NETWORK_A_SECOND, NETWORK_AT_A_BREATH);
        this.idle = new Throttle(clock, IDLE_A_SECOND, IDLE_AT_A_BREATH);
    }

    /** Whether this account, and its network, may ask for a pass or a place once more. */
    public boolean mayAsk(CollectorId who, String remoteAddress) {
        return people.take(who.value().toString()) && networks.take(prefix(remoteAddress));
    }

    /** Whether this account may begin to pay once more. Whoever holds a unit came through the gate, so her network is not asked again. */
    public boolean mayPay(CollectorId who) {
        return people.take(who.value().toString());
    }

    /** Whether somebody of this network may come in without having worked for it, as from a browser without a script. */
    public boolean mayComeIdle(String remoteAddress) {
        return idle.take(prefix(remoteAddress));
    }

    public byte[] hash(DropId drop, String remoteAddress) {
        String text = "drop network\n" + drop.value() + "\n" + prefix(remoteAddress);
        return Arrays.copyOf(keys.mac(KeyName.ATTEMPTS.text(), text.getBytes(StandardCharsets.UTF_8)), HASH);
    }

    /** The first 24 bits of an IPv4 address; of IPv6 the first 48, which is what one customer is given. */
    static String prefix(String remoteAddress) {
        try {
            InetAddress address = InetAddress.ofLiteral(remoteAddress);
            return HexFormat.of().formatHex(address.getAddress(), 0, address instanceof Inet6Address ? 6 : 3);
        } catch (IllegalArgumentException e) {
            return remoteAddress;
        }
    }
}
