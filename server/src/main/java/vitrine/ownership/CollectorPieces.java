package vitrine.ownership;

import java.sql.Timestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
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
        return events.read("collector-pieces", batch -> batch.forEach(this::apply));
    }

    /** Applying an event twice changes nothing. */
    private void apply(Event event) {
        switch (event.type()) {
            case "piece.granted" -> add(event);
            case "piece.revoked" -> remove(event);
            default -> {
                // Not about who has what.
            }
        }
    }

    private void add(Event event) {
        PieceNumber piece = catalog.piece(event.subject()).orElseThrow();
        db.sql("""
                insert into collector_pieces (collector_id, brand_id, collectible_id, serial, got_at)
                values (:collector, :brand, :id, :serial, :at) on conflict do nothing
                """)
                .param("collector", collector(event))
                .param("brand", piece.collectible().brand().value())
                .param("id", piece.collectible().value())
                .param("serial", piece.serial())
                .param("at", Timestamp.from(event.happenedAt()))
                .update();
    }

    private void remove(Event event) {
        PieceNumber piece = catalog.piece(event.subject()).orElseThrow();
        db.sql("""
                delete from collector_pieces
                where collector_id = :collector and brand_id = :brand and collectible_id = :id and serial = :serial
                """)
                .param("collector", collector(event))
                .param("brand", piece.collectible().brand().value())
                .param("id", piece.collectible().value())
                .param("serial", piece.serial())
                .update();
    }

    private static UUID collector(Event event) {
        if (Json.parse(event.body()).orThrow() instanceof Json.Obj body
                && body.get("collector") instanceof Json.Str id) {
            return UUID.fromString(id.value());
        }
        throw new IllegalStateException("an event of a piece names its collector: " + event.id());
    }
}
