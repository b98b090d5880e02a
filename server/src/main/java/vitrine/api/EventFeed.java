package vitrine.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.BrandId;
import vitrine.platform.Event;
import vitrine.platform.EventReader;
import vitrine.platform.api.Cursor;
import vitrine.platform.api.Described;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;

/** Everything that happened to a brand's things, numbered without a gap: whoever keeps the last number misses nothing. */
@RestController
class EventFeed {

    record Happened(long seq, UUID id, String type, String subject, Instant at, JsonNode data) {}

    /** @param last the number to ask on from; the same as {@code after} when there was nothing new */
    record Happenings(List<Happened> items, long last) {}

    private final EventReader events;
    private final JsonMapper json;

    EventFeed(EventReader events, JsonMapper json) {
        this.events = events;
        this.json = json;
    }

    @GetMapping("/api/brands/{brand}/events")
    @Requires(Permission.SEE)
    @Described("The brand's events with a number above 'after', in order.")
    public Happenings events(
            @PathVariable BrandId brand,
            @RequestParam(defaultValue = "0") long after,
            @RequestParam(defaultValue = "100") int limit) {
        if (after < 0)
            throw new Refused(HttpStatus.BAD_REQUEST, "request.bad-cursor", "'after' is 0 or an event's seq");
        List<Event> found = events.after(brand, after, Cursor.limit(limit));
        List<Happened> items = new ArrayList<>(found.size());
        long seq = after;
        for (Event e : found)
            items.add(new Happened(++seq, e.id(), e.type(), e.subject(), e.happenedAt(), json.readTree(e.body())));
        return new Happenings(items, seq);
    }
}
