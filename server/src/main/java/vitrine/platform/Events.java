package vitrine.platform;

import java.util.List;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;
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
        if (events.isEmpty()) return;
        db.update(
                """
                insert into events_outbox (brand_id, event_id, type, subject, body, happened_at)
                select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::jsonb[], ?::timestamptz[])
                """,
                column("uuid", events, e -> e.brand().value()),
                column("uuid", events, Event::id),
                texts(events, Event::type),
                texts(events, Event::subject),
                texts(events, Event::body),
                texts(events, e -> e.happenedAt().toString()));
    }

    /** As an array of strings and not of objects: that goes to the database as bytes, and nothing in it is quoted. */
    private static SqlArrayValue texts(List<Event> events, Function<Event, String> each) {
        return new SqlArrayValue("text", (Object[]) events.stream().map(each).toArray(String[]::new));
    }

    private static SqlArrayValue column(String type, List<Event> events, Function<Event, Object> each) {
        return new SqlArrayValue(type, events.stream().map(each).toArray());
    }
}
