package vitrine.drop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that a job has something to do for, each by itself: one that fails keeps no other waiting. It comes again at once, and whenever it fails
 * again after twice as long. Its failure is the job's when all had their turn.
 */
final class OneByOne<T> {

    private static final Logger log = LoggerFactory.getLogger(OneByOne.class);
    private static final Duration SECOND_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final String failed;
    private final Map<T, Aside> aside = new ConcurrentHashMap<>();

    private record Aside(Instant until, Duration next) {}

    /** @param failed what the log says when one fails */
    OneByOne(String failed) {
        this.failed = failed;
    }

    void each(List<T> due, Instant now, Consumer<T> deed) {
        aside.keySet().retainAll(due);
        @Nullable RuntimeException first = null;
        for (T one : due) {
            Aside before = aside.get(one);
            if (before != null && now.isBefore(before.until)) continue;
            try {
                deed.accept(one);
                aside.remove(one);
            } catch (RuntimeException e) {
                log.warn("{} {}", failed, one);
                aside.put(one, again(before, now));
                if (first == null) first = e;
            }
        }
        if (first != null) throw first;
    }

    private static Aside again(@Nullable Aside before, Instant now) {
        if (before == null) return new Aside(now, SECOND_WAIT);
        Duration twice = before.next.multipliedBy(2);
        return new Aside(now.plus(before.next), twice.compareTo(LONGEST) < 0 ? twice : LONGEST);
    }
}
