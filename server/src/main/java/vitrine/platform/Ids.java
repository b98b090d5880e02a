package vitrine.platform;

import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * UUIDv7 made in Java (RFC 9562 §5.7): 48 bits of milliseconds, then a 12-bit counter (§6.2 method 1) so that ids of one node
 * rise even within a millisecond or when its clock steps back, then 62 random bits.
 */
public final class Ids {

    private final Clock clock;
    private final RandomGenerator random;
    private long lastMillis;
    private int counter;

    public Ids(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /**
     * An id that is greater than this one, whichever node made it: what follows it in the world follows it in every list that is
     * sorted by id, also where that node's clock is ahead of ours.
     */
    public synchronized UUID nextAfter(UUID earlier) {
        long millis = earlier.getMostSignificantBits() >>> 16;
        if (millis >= lastMillis) {
            lastMillis = millis;
            // The next millisecond's first: whatever the other node's counter was.
            counter = (1 << 12) - 1;
        }
        return next();
    }

    /** No id of this time or later sorts before it: what does is older. */
    public static UUID smallestOf(Instant at) {
        return new UUID(at.toEpochMilli() << 16 | 0x7000, 0x8000_0000_0000_0000L);
    }

    public synchronized UUID next() {
        long millis = clock.millis();
        if (millis > lastMillis) {
            lastMillis = millis;
            counter =
                    random.nextInt(1 << 11); // the upper half of the counter stays free for the rest of the millisecond
        } else if (++counter == 1 << 12) {
            lastMillis++;
            counter = 0;
        }
        long high = lastMillis << 16 | 0x7000 | counter;
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
