package vitrine.drop;

import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.identity.CollectorId;
import vitrine.identity.Departures;
import vitrine.platform.EventReader;
import vitrine.platform.Job;

/** Hears that somebody had her account erased: she waits for no drop any more. A hold of hers ends by its own clock. */
@Component("dropErasures")
class Erasures implements Job {

    private final EventReader events;
    private final Catalog catalog;
    private final JdbcClient db;

    Erasures(EventReader events, Catalog catalog, JdbcClient db) {
        this.events = events;
        this.catalog = catalog;
        this.db = db;
    }

    @Override
    public String name() {
        return "drop-erasures";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        return catalog.house()
                .map(house -> events.read("drop-erasures", house.id(), batch -> batch.stream()
                        .map(Departures::erased)
                        .filter(erased -> !erased.isEmpty())
                        .forEach(this::forget)))
                .orElse(false);
    }

    private void forget(List<CollectorId> erased) {
        // By brand, whose key the table has.
        db.sql("""
                delete from drop_waiting w using (select distinct brand_id from drops) b
                where w.brand_id = b.brand_id and w.collector_id = any(:ids)
                """)
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid", erased.stream().map(CollectorId::value).toArray()))
                .update();
    }
}
