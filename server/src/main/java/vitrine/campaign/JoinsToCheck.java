package vitrine.campaign;

import static vitrine.campaign.Arrays.uuids;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.Ids;

/**
 * Under whose ids a batch wrote something for the first time. Whoever was joined into another before that batch committed, and whose
 * event was read before, has left rows behind: so each batch leaves word in its own commit, and {@link Joins} looks.
 */
@Component
class JoinsToCheck {

    private static final int MOST = 50;

    private final JdbcClient db;
    private final Ids ids;

    JoinsToCheck(JdbcClient db, Ids ids) {
        this.db = db;
        this.ids = ids;
    }

    record Word(BrandId audience, UUID batch, List<CollectorId> collectors) {}

    /** Only inside the transaction that writes the rows. */
    void add(BrandId audience, Collection<CollectorId> collectors) {
        if (collectors.isEmpty()) return;
        db.sql(
                        "insert into joins_to_check (brand_id, batch_id, collectors) values (:brand, :batch, :collectors::uuid[])")
                .param("brand", audience.value())
                .param("batch", ids.next())
                .param("collectors", uuids(collectors, CollectorId::value))
                .update();
    }

    /** Not locked: what two nodes look at at once they both find in order, or both put in order. */
    List<Word> some() {
        return db.sql(
                        "select brand_id, batch_id, collectors from joins_to_check order by brand_id, batch_id limit :most")
                .param("most", MOST)
                .query((row, n) -> new Word(
                        new BrandId(row.getObject(1, UUID.class)),
                        row.getObject(2, UUID.class),
                        Arrays.stream((UUID[]) row.getArray(3).getArray())
                                .map(CollectorId::new)
                                .toList()))
                .list();
    }

    void done(Word word) {
        db.sql("delete from joins_to_check where brand_id = :brand and batch_id = :batch")
                .param("brand", word.audience().value())
                .param("batch", word.batch())
                .update();
    }
}
