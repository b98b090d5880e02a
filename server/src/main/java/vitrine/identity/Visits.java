package vitrine.identity;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/**
 * The last visits of sessions, written together: where a crowd comes at once each would be a commit of its own, before the page that it came
 * for. Those of a node that is killed are lost: such a session ends as if nobody had come in its last second.
 */
@Component
class Visits implements Job {

    private static final Logger log = LoggerFactory.getLogger(Visits.class);
    static final int BATCH = 1_000;

    private final JdbcClient db;
    private final Map<String, Instant> came = new ConcurrentHashMap<>();

    Visits(JdbcClient db) {
        this.db = db;
    }

    void add(String session, Instant at) {
        came.put(session, at);
    }

    @Override
    public String name() {
        return "session-visits";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        List<Map.Entry<String, Instant>> some =
                came.entrySet().stream().limit(BATCH).map(Map.Entry::copyOf).toList();
        if (some.isEmpty()) return false;
        write(some);
        // What came meanwhile is for the next time.
        for (Map.Entry<String, Instant> each : some) came.remove(each.getKey(), each.getValue());
        return some.size() == BATCH;
    }

    /** Nobody asks for pages any more, and the database is still there. */
    @PreDestroy
    void writeTheLast() {
        try {
            while (run()) continue;
        } catch (DataAccessException e) {
            log.info("sessions.visits-lost sessions={} ({})", came.size(), e.getMessage());
        }
    }

    /** Whoever writes a session's row meanwhile writes its visit, too, or ends it. */
    private void write(List<Map.Entry<String, Instant>> some) {
        db.sql("""
                update spring_session s set last_access_time = v.at, expiry_time = v.at + s.max_inactive_interval * 1000::bigint
                from (
                    select there.primary_id, came.at
                    from unnest(:ids::text[], :at::bigint[]) as came (id, at)
                    join spring_session there on there.session_id = came.id::char(36) and there.last_access_time < came.at
                    for no key update of there skip locked) v
                where s.primary_id = v.primary_id
                """)
                .param("ids", some.stream().map(Map.Entry::getKey).toArray(String[]::new))
                .param(
                        "at",
                        some.stream()
                                .map(each -> each.getValue().toEpochMilli())
                                .toArray(Long[]::new))
                .update();
    }
}
