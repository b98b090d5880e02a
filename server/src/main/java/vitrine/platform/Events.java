package vitrine.platform;

import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The outbox of events. Written in the transaction that made them true, numbered afterwards by {@link EventSequencer}, read by
 * consumers with a cursor ({@link EventReader}).
 */
@Component
public class Events {

    private final JdbcTemplate db;

    Events(JdbcTemplate db) {
        this.db = db;
    }

    /** Only inside the transaction that changes the brand's rows. */
    public void publish(List<Event> events) {
        db.batchUpdate("""
                insert into events_outbox (brand_id, event_id, type, subject, body, happened_at)
                values (?, ?, ?, ?, ?::jsonb, ?)
                """, events, 500, (row, e) -> {
            row.setObject(1, e.brand().value());
            row.setObject(2, e.id());
            row.setString(3, e.type());
            row.setString(4, e.subject());
            row.setString(5, e.body());
            row.setTimestamp(6, Timestamp.from(e.happenedAt()));
        });
    }
}
