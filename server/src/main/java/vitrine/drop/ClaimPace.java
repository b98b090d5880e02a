package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How fast a drop's pieces went, for who watches: claims in steps of a second up to a day, so that all of them fit on one plot. */
@Component
public class ClaimPace {

    private static final int STEPS_MAX = 90;
    private static final long[] SECONDS = {1, 10, 60, 600, 3_600, 86_400};

    private final JdbcClient db;

    ClaimPace(JdbcClient db) {
        this.db = db;
    }

    public record Step(Instant from, int claims) {}

    /** @param steps without a gap from the first claim to the last; empty: nobody has claimed */
    public record Pace(Duration step, List<Step> steps) {}

    private record Span(@Nullable Timestamp first, @Nullable Timestamp last) {}

    /** Into how many seconds so many are divided, to be shown on one plot. */
    static long step(long seconds) {
        return LongStream.of(SECONDS)
                .filter(s -> seconds / s < STEPS_MAX)
                .findFirst()
                .orElse(SECONDS[SECONDS.length - 1]);
    }

    /** Of the claims that count: a hold that ended is none. */
    public Pace of(DropId drop) {
        Span span = db.sql("""
                select min(claimed_at) as first, max(claimed_at) as last from claims where brand_id = :brand and drop_id = :drop
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query((row, n) -> new Span(row.getTimestamp(1), row.getTimestamp(2)))
                .single();
        if (span.first == null || span.last == null) return new Pace(Duration.ofSeconds(SECONDS[0]), List.of());
        long first = span.first.toInstant().getEpochSecond();
        long last = span.last.toInstant().getEpochSecond();
        long step = step(last - first);
        Map<Long, Integer> counted = new HashMap<>();
        db.sql("""
                select floor(extract(epoch from claimed_at) / :step)::bigint as step, count(*)::int as claims from claims
                where brand_id = :brand and drop_id = :drop group by 1
                """)
                .param("step", step)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query(row -> {
                    counted.put(row.getLong("step"), row.getInt("claims"));
                });
        List<Step> steps = new ArrayList<>();
        for (long n = Math.max(first / step, last / step - STEPS_MAX); n <= last / step; n++)
            steps.add(new Step(Instant.ofEpochSecond(n * step), counted.getOrDefault(n, 0)));
        return new Pace(Duration.ofSeconds(step), steps);
    }
}
