package vitrine.ownership;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.Event;
import vitrine.platform.EventReader;
import vitrine.platform.Job;
import vitrine.proof.Json;

/**
 * What a collector has, across brands: a projection of the brands' events, in the collectors' own family of tables. A piece is
 * written under the id that owns it; a person's pieces are those of all ids that were joined into hers.
 */
@Component
public class CollectorPieces implements Job {

    private final JdbcClient db;
    private final EventReader events;
    private final Catalog catalog;

    CollectorPieces(JdbcClient db, EventReader events, Catalog catalog) {
        this.db = db;
        this.events = events;
        this.catalog = catalog;
    }

    /** The newest first. */
    public List<PieceNumber> of(Collection<CollectorId> ids) {
        return db.sql("""
                select brand_id, collectible_id, serial from collector_pieces where collector_id = any(:ids)
                order by got_at desc, collectible_id, serial
                """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid", ids.stream().map(CollectorId::value).toArray()))
                .query((row, n) -> new PieceNumber(
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getInt(3)))
                .list();
    }

    @Override
    public String name() {
        return "collector-pieces";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(300);
    }

    @Override
    public boolean run() {
        return events.read("collector-pieces", this::apply);
    }

    /** A line of the list: who has what. */
    private record Line(UUID collector, PieceNumber piece) {}

    /** Applying events twice changes nothing. Of a line that comes and goes within the batch only its end is written. */
    private void apply(List<Event> batch) {
        Map<String, CollectibleId> designs = new HashMap<>();
        Map<Line, Event> added = new LinkedHashMap<>();
        Set<Line> removed = new LinkedHashSet<>();
        for (Event event : batch) {
            switch (event.type()) {
                case "piece.granted" -> added.put(line(event, "collector", designs), event);
                case "piece.revoked" -> {
                    Line line = line(event, "collector", designs);
                    added.remove(line);
                    removed.add(line);
                }
                case "piece.moved" -> {
                    Line before = line(event, "from", designs);
                    added.remove(before);
                    removed.add(before);
                    added.put(line(event, "collector", designs), event);
                }
                default -> {
                    // Not about who has what.
                }
            }
        }
        remove(removed);
        add(added);
    }

    private Line line(Event event, String who, Map<String, CollectibleId> designs) {
        int dash = event.subject().lastIndexOf('-');
        CollectibleId design = designs.computeIfAbsent(
                event.subject().substring(0, dash),
                slug -> catalog.collectible(slug).orElseThrow().id());
        return new Line(
                collector(event, who),
                new PieceNumber(design, Integer.parseInt(event.subject().substring(dash + 1))));
    }

    private void add(Map<Line, Event> added) {
        if (added.isEmpty()) return;
        db.sql("""
                insert into collector_pieces (collector_id, brand_id, collectible_id, serial, got_at)
                select * from unnest(:collectors::uuid[], :brands::uuid[], :ids::uuid[], :serials::int[], :at::timestamptz[])
                on conflict do nothing
                """)
                .params(columns(added.keySet()))
                .param(
                        "at",
                        new SqlArrayValue(
                                "text",
                                added.values().stream()
                                        .map(event -> event.happenedAt().toString())
                                        .toArray()))
                .update();
    }

    private void remove(Set<Line> removed) {
        if (removed.isEmpty()) return;
        db.sql("""
                delete from collector_pieces where (collector_id, brand_id, collectible_id, serial) in (
                    select * from unnest(:collectors::uuid[], :brands::uuid[], :ids::uuid[], :serials::int[]))
                """).params(columns(removed)).update();
    }

    private static Map<String, Object> columns(Collection<Line> lines) {
        return Map.of(
                "collectors", column("uuid", lines, Line::collector),
                "brands",
                        column(
                                "uuid",
                                lines,
                                line -> line.piece().collectible().brand().value()),
                "ids", column("uuid", lines, line -> line.piece().collectible().value()),
                "serials", column("int4", lines, line -> line.piece().serial()));
    }

    private static SqlArrayValue column(String type, Collection<Line> lines, Function<Line, Object> each) {
        return new SqlArrayValue(type, lines.stream().map(each).toArray());
    }

    private static UUID collector(Event event, String who) {
        if (Json.parse(event.body()).orThrow() instanceof Json.Obj body && body.get(who) instanceof Json.Str id) {
            return UUID.fromString(id.value());
        }
        throw new IllegalStateException("an event of a piece names its collector: " + event.id());
    }
}
