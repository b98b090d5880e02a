package vitrine.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import vitrine.books.ClaimHistory.Known;
import vitrine.books.ClaimHistory.Quiet;
import vitrine.books.ClaimHistory.Told;
import vitrine.books.ClaimHistory.Window;
import vitrine.books.Violation;

/**
 * Worlds in which a crowd wants the same few pieces, one after the other on the same ground: two nodes whose gates are some seconds
 * old, people who try on both at once and again when they hear nothing, holds that end, staff who pause and end, nodes that die,
 * freeze and thaw. A world is a seed: the same one plays the same, save where two nodes really run at once.
 */
final class DropWorld implements AutoCloseable {

    static final Instant BEGIN = Instant.parse("2026-05-20T12:00:00Z");

    /** What it is about. */
    enum Kind {
        /** Pieces that cost nothing. */
        FREE,
        /** Pieces that are paid for, at hosts that do not always answer. */
        PRICED,
        /** Pieces for which people stand in line. */
        LINE;

        String option() {
            return "--" + name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param claims how many tries are made at least
     * @param crashes how often, in ten thousand commits, something happens to one
     * @param meetings how many of a hundred acts put one node in the other's way
     */
    record Plan(long seed, Kind kind, int claims, int crashes, int meetings) {
        static Plan small(long seed, Kind kind, int crashes) {
            return new Plan(seed, kind, 80 + (int) Math.floorMod(seed, 80L), crashes, 30);
        }

        /** Of whatever kind that seed is. */
        static Plan small(long seed, int crashes) {
            return small(seed, kindOf(seed), crashes);
        }

        static Kind kindOf(long seed) {
            return Kind.values()[(int) Math.floorMod(seed, (long) Kind.values().length)];
        }
    }

    /** What the world did and saw. */
    static final class Story {
        final Plan plan;
        final Map<UUID, Integer> units = new LinkedHashMap<>();
        /** The highest number that there may be. Where numbers are chosen that is the whole supply's: which ones are withheld is open. */
        final Map<UUID, Integer> numbers = new HashMap<>();

        final Map<UUID, Integer> supplies = new HashMap<>();
        final List<Window> windows = new ArrayList<>();
        /** By stage: whom the world's own judge saw rightly let in. */
        final Map<UUID, Set<UUID>> admitted = new HashMap<>();

        final List<Quiet> quiets = new ArrayList<>();
        final Map<UUID, String> humans = new HashMap<>();
        final List<Told> told = new ArrayList<>();
        final List<Violation> seen = new ArrayList<>();
        final TreeMap<String, Long> counts = new TreeMap<>();

        Story(Plan plan) {
            this.plan = plan;
        }

        Known known() {
            return new Known(units, numbers, windows, quiets, humans);
        }

        synchronized void count(String name) {
            counts.merge(name, 1L, Long::sum);
        }
    }

    private final Ground ground;

    DropWorld() {
        ground = Ground.withHosts(2, BEGIN.minus(Duration.ofDays(1)));
    }

    Ground ground() {
        return ground;
    }

    Story play(Plan plan) {
        ground.begin(plan.seed, BEGIN.minus(Duration.ofDays(1)));
        var story = new Story(plan);
        DropHours hours =
                switch (plan.kind) {
                    case FREE -> new FreeHours(ground, story);
                    case PRICED -> new SaleHours(ground, story);
                    case LINE -> new LineHours(ground, story);
                };
        hours.run();
        return story;
    }

    @Override
    public void close() {
        ground.close();
    }
}
