package vitrine.platform;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Numbers a brand's events 1, 2, 3 … A number is given under the lock of the brand's head row, to events that were committed
 * before: a reader that has seen number n has seen everything below it.
 */
@Component
class EventSequencer implements Job {

    private static final int BATCH = 5_000;

    private final JdbcClient db;
    private final TransactionTemplate transactions;

    EventSequencer(JdbcClient db, TransactionTemplate transactions) {
        this.db = db;
        this.transactions = transactions;
    }

    @Override
    public String name() {
        return "event-sequencer";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(200);
    }

    @Override
    public Duration breath() {
        return Duration.ofMillis(100);
    }

    @Override
    public boolean run() {
        // From brand to brand along the key: what was taken and not yet vacuumed is not walked through each time.
        List<UUID> brands = db.sql("""
                with recursive brand as (
                    (select brand_id from events_outbox order by brand_id limit 1)
                    union all
                    select (select o.brand_id from events_outbox o where o.brand_id > b.brand_id order by o.brand_id limit 1)
                    from brand b where b.brand_id is not null)
                select brand_id from brand where brand_id is not null
                """).query(UUID.class).list();
        boolean more = false;
        for (UUID brand : brands) more |= number(brand) > 0;
        return more;
    }

    private int number(UUID brand) {
        db.sql("insert into event_heads (brand_id, last_seq) values (:brand, 0) on conflict do nothing")
                .param("brand", brand)
                .update();
        Integer numbered = transactions.execute(status -> {
            long last = db.sql("select last_seq from event_heads where brand_id = :brand for update")
                    .param("brand", brand)
                    .query(Long.class)
                    .single();
            // A new statement, so a new snapshot: it sees what the node that held the lock before us has taken. By
            // place
            // and not by key: a planner that last saw this table empty would compare each row with each.
            int taken = db.sql("""
                    with oldest as materialized (
                        select ctid as place from events_outbox where brand_id = :brand order by event_id limit :most),
                    taken as (
                        delete from events_outbox where ctid = any (array(select place from oldest))
                        returning *)
                    insert into events (brand_id, seq, event_id, type, subject, body, happened_at)
                    select brand_id, :last + row_number() over (order by event_id), event_id, type, subject, body, happened_at
                    from taken
                    """)
                    .param("brand", brand)
                    .param("last", last)
                    .param("most", BATCH)
                    .update();
            db.sql("update event_heads set last_seq = last_seq + :taken where brand_id = :brand")
                    .param("taken", taken)
                    .param("brand", brand)
                    .update();
            return taken;
        });
        return numbered == null ? 0 : numbered;
    }
}
