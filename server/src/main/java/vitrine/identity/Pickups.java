package vitrine.identity;

import java.time.Duration;
import java.util.Locale;
import org.springframework.stereotype.Component;

/**
 * Who comes with an order's number and the last four digits of a phone has ten thousand guesses to choose from: so few of them
 * are heard. The page that looks the order up asks here first, and afterwards proves the collector to {@link Sessions}.
 */
@Component
public class Pickups {

    static final int PER_ORDER = 5;
    static final int PER_NETWORK = 120;

    private final Attempts attempts;

    Pickups(Attempts attempts) {
        this.attempts = attempts;
    }

    /** Counts a try for this order and from this network: five an hour for an order, whoever asks. */
    public Attempts.Counted count(String orderNumber, String remoteAddress) {
        Duration window = Duration.ofHours(1);
        if (attempts.count("pickup.network", Attempts.network(remoteAddress), PER_NETWORK, window)
                instanceof Attempts.Counted.TooMany many) return many;
        return attempts.count("pickup.order", orderNumber.strip().toLowerCase(Locale.ROOT), PER_ORDER, window);
    }
}
