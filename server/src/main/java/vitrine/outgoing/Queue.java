package vitrine.outgoing;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.BrandId;
import vitrine.platform.Event;
import vitrine.platform.EventReader;
import vitrine.platform.Job;

/**
 * Puts a brand's events into the queue of each who wants to hear them. The cursor and the queue are one transaction: an event
 * is queued once for everybody who was there.
 */
@Component
class Queue implements Job {

    private final JdbcTemplate db;
    private final EventReader events;
    private final Clock clock;

    Queue(JdbcTemplate db, EventReader events, Clock clock) {
        this.db = db;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "outgoing-queue";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        return events.read("outgoing", this::queue);
    }

    private void queue(List<Event> batch) {
        List<Event> heard =
                batch.stream().filter(e -> Webhooks.TYPES.contains(e.type())).toList();
        // Most brands have nobody who listens: then there is nothing to write a message for.
        if (heard.isEmpty() || !anybodyListens(heard.getFirst().brand())) return;
        Timestamp now = Timestamp.from(clock.instant());
        db.batchUpdate("""
                insert into webhook_messages (brand_id, webhook_id, message_id, type, body, made_at, next_try_at)
                select brand_id, webhook_id, ?, ?, ?, ?, ? from webhooks
                where brand_id = ? and ? = any(types) and removed_at is null and disabled_at is null
                on conflict (brand_id, webhook_id, message_id) do nothing
                """, heard, 200, (row, event) -> {
            row.setObject(1, event.id());
            row.setString(2, event.type());
            row.setString(3, body(event));
            row.setTimestamp(4, now);
            row.setTimestamp(5, now);
            row.setObject(6, event.brand().value());
            row.setString(7, event.type());
        });
    }

    private boolean anybodyListens(BrandId brand) {
        return Boolean.TRUE.equals(db.queryForObject(
                "select exists (select from webhooks where brand_id = ? and removed_at is null and disabled_at is null)",
                Boolean.class,
                brand.value()));
    }

    /** As Standard Webhooks has it: what, when, and the facts. */
    static String body(Event event) {
        var json = JsonMapper.shared();
        var body = json.createObjectNode();
        body.put("type", event.type());
        body.put("timestamp", event.happenedAt().toString());
        var data = body.putObject("data");
        data.put("id", event.id().toString());
        data.put("brand", event.brand().toString());
        data.put("subject", event.subject());
        data.set("facts", json.readTree(event.body()));
        return json.writeValueAsString(body);
    }
}
