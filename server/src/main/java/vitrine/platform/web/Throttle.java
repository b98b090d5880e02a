package vitrine.platform.web;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much one address may ask: so many at a breath, then so many a second. Kept in memory, by node: it protects the server from
 * a loop gone wild, and nothing depends on its number.
 */
public final class Throttle {

    private static final int ADDRESSES_MAX = 10_000;

    private final Clock clock;
    private final double aSecond;
    private final double atABreath;

    /** What each address may still ask; who was not seen for longest is forgotten, and starts full again. */
    private final Map<String, Left> left = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Left> eldest) {
            return size() > ADDRESSES_MAX;
        }
    };

    private record Left(double requests, long atMillis) {}

    public Throttle(Clock clock, double aSecond, double atABreath) {
        this.clock = clock;
        this.aSecond = aSecond;
        this.atABreath = atABreath;
    }

    /** Whether it may ask once more, which it then has. */
    public boolean take(String address) {
        long now = clock.millis();
        synchronized (left) {
            Left before = left.getOrDefault(address, new Left(atABreath, now));
            double filled =
                    Math.min(atABreath, before.requests() + Math.max(0, now - before.atMillis()) * aSecond / 1_000);
            left.put(address, new Left(filled < 1 ? filled : filled - 1, now));
            return filled >= 1;
        }
    }
}
