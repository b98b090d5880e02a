package vitrine.drop;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;

/**
 * Units that are set aside for somebody until an hour. A hold that is confirmed becomes a piece and gets its number then; one that
 * ends goes back into the stock, and its place in the person's limit is free again. No number was given, so none is missing.
 * What ends them is {@link SaleEnds}.
 */
@Component
class Holds {

    private final JdbcClient db;
    private final HotLocks locks;
    private final Drops drops;

    Holds(JdbcClient db, HotLocks locks, Drops drops) {
        this.db = db;
        this.locks = locks;
        this.drops = drops;
    }

    record Stages(DropId drop, UUID stage, CollectibleId collectible) {}

    /** @param unit the number that was chosen; 0 where nobody chooses */
    record Held(UUID claim, UUID collector, int unit) {}

    /** Where each of these is held; without an entry: it is not. */
    Map<UUID, Stages> of(BrandId brand, List<UUID> claims) {
        Map<UUID, Stages> stages = new HashMap<>();
        db.sql("""
                select claim_id, drop_id, stage_id, collectible_id from claims
                where brand_id = :brand and hold_until is not null and claim_id = any(:claims)
                """)
                .param("brand", brand.value())
                .param("claims", claims.toArray(UUID[]::new))
                .query(row -> {
                    stages.put(
                            row.getObject(1, UUID.class),
                            new Stages(
                                    new DropId(brand, row.getObject(2, UUID.class)),
                                    row.getObject(3, UUID.class),
                                    new CollectibleId(brand, row.getObject(4, UUID.class))));
                });
        return stages;
    }

    /** Those that are held, under the stage's lock: what one saw before it need not be so any more. */
    Map<UUID, Held> held(Stages of, List<UUID> claims) {
        Map<UUID, Held> held = new HashMap<>();
        db.sql("""
                select claim_id, collector_id, coalesce(unit, 0) from claims
                where brand_id = :brand and hold_until is not null and claim_id = any(:claims) and stage_id = :stage for update
                """)
                .param("brand", of.drop.brand().value())
                .param("claims", claims.toArray(UUID[]::new))
                .param("stage", of.stage)
                .query(row -> {
                    UUID claim = row.getObject(1, UUID.class);
                    held.put(claim, new Held(claim, row.getObject(2, UUID.class), row.getInt(3)));
                });
        return held;
    }

    /** Holds become pieces: each gets its number, in this order, and will not end any more. Under the stage's lock. */
    List<Integer> number(Stages of, List<Held> those) {
        int alike = (int) those.stream().filter(one -> one.unit == 0).count();
        Iterator<Integer> numbers = alike == 0
                ? Collections.emptyIterator()
                : drops.takeHeldSerials(of.collectible, alike).iterator();
        List<Integer> serials = new ArrayList<>();
        for (Held one : those) {
            if (one.unit > 0) drops.takeHeldSerial(of.collectible, one.unit, one.claim);
            serials.add(one.unit > 0 ? Integer.valueOf(one.unit) : numbers.next());
        }
        db.sql("""
                update claims k set serial = n.serial, hold_until = null, close_at = null
                from unnest(:claims::uuid[], :serials::int[]) as n (claim_id, serial)
                where k.brand_id = :brand and k.claim_id = n.claim_id and k.hold_until is not null
                """)
                .param("claims", those.stream().map(Held::claim).toArray(UUID[]::new))
                .param("serials", serials.toArray(Integer[]::new))
                .param("brand", of.drop.brand().value())
                .update();
        return serials;
    }

    static final String RELEASE = """
            with due as (
                delete from claims
                where brand_id = :brand and hold_until <= :now and drop_id = :drop and stage_id = :stage and claim_id = any(:claims)
                returning *),
            freed as (
                update drop_codes k set used = k.used - f.n
                from (select code_hash, count(*) as n from due where code_hash is not null group by code_hash) f
                where k.brand_id = :brand and k.drop_id = :drop and k.stage_id = :stage and k.code_hash = f.code_hash),
            put_back as (
                update returned_serials r set held_by = null from due
                where r.brand_id = :brand and r.collectible_id = due.collectible_id and r.serial = due.unit
                    and r.held_by = due.claim_id)
            insert into claims_ended (brand_id, drop_id, collector_id, claim_key, claim_id, stage_id, claimed_at, ended_at)
            select brand_id, drop_id, collector_id, claim_key, claim_id, stage_id, claimed_at, :now from due
            """;

    /**
     * Into the stock again, in the caller's transaction: with the place in its person's limit, its code and its chosen number.
     *
     * @param claims those whose time is over and whose payments are closed
     */
    int release(Stages of, UUID[] claims, Instant now) {
        lock(of);
        int ended = db.sql(RELEASE)
                .param("brand", of.drop.brand().value())
                .param("now", Timestamp.from(now))
                .param("drop", of.drop.value())
                .param("stage", of.stage)
                .param("claims", claims)
                .update();
        if (ended == 0) return 0;
        db.sql("""
                update drop_stages set taken = taken - :n where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("n", ended)
                .param("brand", of.drop.brand().value())
                .param("drop", of.drop.value())
                .param("stage", of.stage)
                .update();
        drops.release(of.collectible, ended);
        return ended;
    }

    /** As every claim does, and in the same order: the drop, its stage, the stock. */
    void lock(Stages of) {
        locks.all(of.drop, of.stage, of.collectible);
    }
}
