package vitrine.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * What becomes of messages on their way, decided from a seed and without a network: late, twice, overtaken, lost, under
 * a bad signature first. For a simulator, which delivers by itself on a clock that it moves by hand.
 */
public final class Mishaps {
    /** Chances in per cent; {@code latestBy} is how late a late message, and a repeated one, is at most. */
    public record Chances(int late, int twice, int lost, int badSignatureFirst, Duration latestBy) {
        public static final Chances NONE = new Chances(0, 0, 0, 0, Duration.ZERO);

        public Chances {
            for (int chance : new int[] {late, twice, lost, badSignatureFirst}) {
                if (chance < 0 || chance > 100) {
                    throw Refused.invalid("chance.invalid", "a chance is 0 to 100, not " + chance);
                }
            }
        }
    }

    /**
     * A message at the inbox at {@code at}. A spoilt one has a signature that does not verify, and is followed by the
     * good one, as a retry of the shop.
     */
    public record Arrival(Instant at, ShopConfig shop, Event event, boolean spoilt) {
        /** Signed as of {@code realNow}: the tolerance of a signature is real time's, not the business's. */
        public Message message(Instant realNow) {
            var message = Messages.of(shop, event, realNow);
            return spoilt ? message.withBadSignature() : message;
        }
    }

    /** What arrives, in order of time, and what never does; the shop's API still knows the latter. */
    public record Fate(List<Arrival> arrivals, List<Crowd.Moment> lost) {}

    private Mishaps() {}

    public static Fate of(long seed, List<Crowd.Moment> moments, Chances chances) {
        var random = new Random(seed);
        var arrivals = new ArrayList<Arrival>();
        var lost = new ArrayList<Crowd.Moment>();
        for (var moment : moments) {
            boolean said = false;
            var events = Messages.events(moment.shop(), moment.step());
            for (var event : events) {
                if (hits(random, chances.lost)) {
                    continue;
                }
                said = true;
                var at = hits(random, chances.late) ? later(random, moment.at(), chances) : moment.at();
                if (hits(random, chances.badSignatureFirst)) {
                    arrivals.add(new Arrival(at, moment.shop(), event, true));
                }
                arrivals.add(new Arrival(at, moment.shop(), event, false));
                if (hits(random, chances.twice)) {
                    arrivals.add(new Arrival(later(random, at, chances), moment.shop(), event, false));
                }
            }
            if (!said && !events.isEmpty()) {
                lost.add(moment);
            }
        }
        arrivals.sort(Comparator.comparing(Arrival::at));
        return new Fate(List.copyOf(arrivals), List.copyOf(lost));
    }

    private static boolean hits(Random random, int percent) {
        return random.nextInt(100) < percent;
    }

    private static Instant later(Random random, Instant at, Chances chances) {
        return at.plusSeconds(1 + random.nextLong(Math.max(1, chances.latestBy.toSeconds())));
    }
}
