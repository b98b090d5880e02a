package vitrine.platform.web;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * What a public page shows, read at most once a second however many look. While people look it is made anew beside them, so nobody
 * waits; after three seconds without a visitor it is gone, and the next one reads for herself. So it is never more than three seconds old,
 * and after an act of staff on this node it is read anew ({@link Freshness}). It is for reading alone.
 */
public final class Fresh<K, V> {
    private static final Duration ANEW_AFTER = Duration.ofSeconds(1);
    private static final Duration GONE_AFTER = Duration.ofSeconds(3);
    private static final Executor BESIDE = Thread.ofVirtual().name("fresh-", 0)::start;

    private final LoadingCache<K, V> kept;

    /** @param most how many are kept; beyond that those go that were not asked for lately */
    Fresh(int most, Function<K, V> read) {
        this.kept = Caffeine.newBuilder()
                .maximumSize(most)
                .refreshAfterWrite(ANEW_AFTER)
                .expireAfterWrite(GONE_AFTER)
                .executor(BESIDE)
                .build(read::apply);
    }

    /** What was thrown while reading is thrown here, and not kept. */
    public V get(K key) {
        return kept.get(key);
    }

    void drop() {
        kept.invalidateAll();
    }
}
