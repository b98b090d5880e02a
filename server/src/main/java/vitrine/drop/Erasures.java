package vitrine.drop;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.identity.CollectorId;
import vitrine.identity.Departures;
import vitrine.platform.BusinessClock;
import vitrine.platform.EventReader;
import vitrine.platform.Job;

/**
 * Hears that somebody had her account erased: she waits for no drop any more, and the line of an airdrop that gave her a piece keeps no hash
 * of her address. A hold of hers ends by its own clock. Who stood on the list of a drop, from which network somebody came to it and who wanted
 * to be told of it is forgotten, of everybody, a while after it closed, or after she asked for what comes back; an airdrop that nobody began, a while after its file was read.
 */
@Component("dropErasures")
class Erasures implements Job {

    /** As long as somebody may ask why he was not let in. */
    static final Duration LISTS_LAST = Duration.ofDays(30);

    /** A plan that nobody has published for so long is none. */
    static final Duration DRAFTS_LAST = Duration.ofDays(180);

    private static final Duration SWEEP_EVERY = Duration.ofHours(1);

    private final EventReader events;
    private final Catalog catalog;
    private final Airdrops airdrops;
    private final JdbcClient db;
    private final BusinessClock clock;
    private Instant sweptAt = Instant.MIN;

    Erasures(EventReader events, Catalog catalog, Airdrops airdrops, JdbcClient db, BusinessClock clock) {
        this.events = events;
        this.catalog = catalog;
        this.airdrops = airdrops;
        this.db = db;
        this.clock = clock;
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
        Instant now = clock.now();
        if (sweptAt.plus(SWEEP_EVERY).isBefore(now)) {
            forgetLists(now);
            sweptAt = now;
        }
        return catalog.house()
                .map(house -> events.read("drop-erasures", house.id(), batch -> batch.stream()
                        .map(Departures::erased)
                        .filter(erased -> !erased.isEmpty())
                        .forEach(this::forget)))
                .orElse(false);
    }

    private void forgetLists(Instant now) {
        Timestamp before = Timestamp.from(now.minus(LISTS_LAST));
        db.sql("""
                delete from drop_guests g using drop_stages s
                where s.brand_id = g.brand_id and s.drop_id = g.drop_id and s.stage_id = g.stage_id and s.closes_at < :before
                """).param("before", before).update();
        forgetFiles(before, Timestamp.from(now.minus(DRAFTS_LAST)));
        airdrops.discardOld();
        // Nothing that one could be told of comes any more; what comes back is given by hand also later.
        db.sql("""
                delete from drop_waiting w using (
                    select brand_id, drop_id from drop_stages group by brand_id, drop_id having max(closes_at) < :before) d
                where d.brand_id = w.brand_id and d.drop_id = w.drop_id and (w.about <> 'returned' or w.asked_at < :before)
                """).param("before", before).update();
        db.sql("""
                update queue_arrivals a set network = null from drop_stages s
                where s.brand_id = a.brand_id and s.drop_id = a.drop_id and s.stage_id = a.stage_id and s.closes_at < :before
                    and a.network is not null
                """).param("before", before).update();
    }

    /** Those of a stage that has closed, those that nobody brought to a list, and the lists of drafts that were never published. */
    private void forgetFiles(Timestamp before, Timestamp draftsBefore) {
        List<Map<String, Object>> over = db.sql("""
                select f.brand_id, f.file_id, f.drop_id, f.stage_id, s.stage_id is null and f.begun_at is not null as of_a_draft
                from guest_files f
                left join drop_stages s on s.brand_id = f.brand_id and s.drop_id = f.drop_id and s.stage_id = f.stage_id
                where s.closes_at < :before or f.begun_at is null and f.read_at < :before
                    or s.stage_id is null and f.done_at is not null and not exists (
                        select from guest_files n where n.brand_id = f.brand_id and n.drop_id = f.drop_id and n.stage_id = f.stage_id
                            and n.read_at >= :draftsBefore)
                """)
                .param("before", before)
                .param("draftsBefore", draftsBefore)
                .query()
                .listOfRows();
        for (Map<String, Object> file : over) {
            if (Boolean.TRUE.equals(file.get("of_a_draft"))) {
                db.sql(
                                "delete from drop_guests where brand_id = :brand_id and drop_id = :drop_id and stage_id = :stage_id")
                        .params(file)
                        .update();
            }
            for (String table : List.of("guest_lines", "guest_files")) {
                db.sql("delete from " + table + " where brand_id = :brand_id and file_id = :file_id")
                        .params(file)
                        .update();
            }
        }
    }

    private void forget(List<CollectorId> erased) {
        var ids = new SqlArrayValue(
                "uuid", erased.stream().map(CollectorId::value).toArray());
        // By brand, whose key the table has.
        db.sql("""
                delete from drop_waiting w using (select distinct brand_id from drops) b
                where w.brand_id = b.brand_id and w.collector_id = any(:ids)
                """).param("ids", ids).update();
        // The list stays as its root in the log says; whose line it was nobody can tell without the salt.
        db.sql("""
                update queue_arrivals a set salt = null, network = null, person_key = null from (select distinct brand_id from drops) b
                where a.brand_id = b.brand_id and a.collector_id = any(:ids)
                """).param("ids", ids).update();
        db.sql("""
                update claim_reviews r set appeal = null from (select distinct brand_id from drops) b
                where r.brand_id = b.brand_id and r.collector_id = any(:ids)
                """).param("ids", ids).update();
        db.sql("""
                update airdrop_lines l set buyer_kind = null, buyer_hash = null from airdrops a
                where l.brand_id = a.brand_id and l.airdrop_id = a.airdrop_id and l.serial is not null and l.collector_id = any(:ids)
                """).param("ids", ids).update();
    }
}
