package vitrine.platform;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Feeds one consumer with a brand's events in order. What it writes and its cursor are one transaction: each event counts once. */
@Component
public class EventReader {

    private static final int BATCH = 1_000;

    private final JdbcClient db;
    private final TransactionTemplate transactions;

    EventReader(JdbcClient db, TransactionTemplate transactions) {
        this.db = db;
        this.transactions = transactions;
    }

    /** Takes one batch of every brand that is ahead of this consumer's cursor. True: there was something. */
    public boolean read(String consumer, Consumer<List<Event>> take) {
        List<UUID> behind =
                db.sql("""
                select h.brand_id from event_heads h
                left join event_cursors c on c.brand_id = h.brand_id and c.consumer = :consumer
                where h.last_seq > coalesce(c.seq, 0)
                """).param("consumer", consumer).query(UUID.class).list();
        boolean more = false;
        for (UUID brand : behind) more |= read(consumer, new BrandId(brand), take);
        return more;
    }

    /** Takes one batch of one brand's events, for a consumer that listens to nobody else. True: there was something. */
    public boolean read(String consumer, BrandId of, Consumer<List<Event>> take) {
        UUID brand = of.value();
        db.sql(
                        "insert into event_cursors (brand_id, consumer, seq) values (:brand, :consumer, 0) on conflict do nothing")
                .param("brand", brand)
                .param("consumer", consumer)
                .update();
        Integer read = transactions.execute(status -> {
            long seq = db.sql(
                            "select seq from event_cursors where brand_id = :brand and consumer = :consumer for update")
                    .param("brand", brand)
                    .param("consumer", consumer)
                    .query(Long.class)
                    .single();
            List<Event> events = after(new BrandId(brand), seq, BATCH);
            if (events.isEmpty()) return 0;
            take.accept(events);
            db.sql("update event_cursors set seq = :seq where brand_id = :brand and consumer = :consumer")
                    .param("seq", seq + events.size())
                    .param("brand", brand)
                    .param("consumer", consumer)
                    .update();
            return events.size();
        });
        return read != null && read > 0;
    }

    /** The brand's events with a number above {@code seq}, in order; the n-th of the answer has the number seq + n. */
    public List<Event> after(BrandId brand, long seq, int most) {
        return db.sql("""
                select * from events where brand_id = :brand and seq > :seq order by seq limit :most
                """)
                .param("brand", brand.value())
                .param("seq", seq)
                .param("most", most)
                .query(EventReader::event)
                .list();
    }

    private static Event event(ResultSet row, int n) throws SQLException {
        return new Event(
                new BrandId(row.getObject("brand_id", UUID.class)),
                row.getObject("event_id", UUID.class),
                row.getString("type"),
                row.getString("subject"),
                row.getString("body"),
                row.getTimestamp("happened_at").toInstant());
    }
}
