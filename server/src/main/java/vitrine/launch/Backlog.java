package vitrine.launch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How much waits in each queue, counted when somebody asks for the metrics. Rows of a queue come and go, so a number that only
 * rises is the first sign that a worker does not get on.
 */
@Component
final class Backlog implements MeterBinder {

    private static final Logger log = LoggerFactory.getLogger(Backlog.class);

    private static final Map<String, String> QUEUES = Map.of(
            "deliveries", "deliveries_waiting",
            "orders", "order_changes",
            "records", "log_pending",
            "events", "events_outbox",
            "messages", "messages where carried_at is null and given_up_at is null",
            "messages-given-up", "messages where given_up_at is not null");

    private final JdbcClient db;

    Backlog(JdbcClient db) {
        this.db = db;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        QUEUES.forEach((queue, rows) -> Gauge.builder("vitrine.backlog.rows", () -> count(rows))
                .description("Rows that wait to be worked on")
                .tag("queue", queue)
                .register(registry));
    }

    private double count(String rows) {
        try {
            return db.sql("select count(*) from " + rows).query(Long.class).single();
        } catch (DataAccessException e) {
            log.debug("backlog.not-counted rows={}", rows, e);
            return Double.NaN; // the database is away: no number is better than a wrong one
        }
    }
}
