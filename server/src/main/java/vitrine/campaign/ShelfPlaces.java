package vitrine.campaign;

import java.sql.Timestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Mark;

/** How staff arranged what is shown: the order, and what stays behind the curtain. */
@Component
public class ShelfPlaces {

    public enum Shelf {
        /** Of the house: which brands stand where. */
        BRANDS,
        /** Of the house: which creators stand where. */
        CREATORS,
        /** Of the house: works that were picked; what was not picked is not in it. */
        MUSEUM,
        /** Of a brand: its own works. */
        WORKS;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param owner the brand that lists it; a brand's own id for itself
     * @param hidden it is not shown on this shelf
     */
    public record Place(UUID owner, UUID subject, boolean hidden) {}

    private final JdbcClient db;
    private final JdbcTemplate batch;
    private final BusinessClock clock;

    ShelfPlaces(JdbcClient db, JdbcTemplate batch, BusinessClock clock) {
        this.db = db;
        this.batch = batch;
        this.clock = clock;
    }

    /** In their order. */
    public List<Place> of(BrandId whose, Shelf shelf) {
        return db.sql("""
                select * from shelf_places where brand_id = :brand and shelf = :shelf order by position, subject_id
                """)
                .param("brand", whose.value())
                .param("shelf", shelf.code())
                .query((row, n) -> new Place(
                        row.getObject("subject_brand_id", UUID.class),
                        row.getObject("subject_id", UUID.class),
                        row.getTimestamp("hidden_at") != null))
                .list();
    }

    /** Locks a brand's shelves and says how this one stands. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Mark lockedMark(BrandId whose, Shelf shelf) {
        // A shelf that nobody has arranged yet has no row of its own.
        db.sql("select brand_id from brands where brand_id = :brand for no key update")
                .param("brand", whose.value())
                .query(UUID.class)
                .single();
        return mark(whose, shelf);
    }

    public Mark mark(BrandId whose, Shelf shelf) {
        return Mark.of(of(whose, shelf));
    }

    /** The whole shelf anew; what is named twice stands where it was named first. */
    @Transactional
    public void arrange(BrandId whose, Shelf shelf, List<Place> places) {
        db.sql("delete from shelf_places where brand_id = :brand and shelf = :shelf")
                .param("brand", whose.value())
                .param("shelf", shelf.code())
                .update();
        Set<UUID> seen = new HashSet<>();
        List<Place> once = places.stream().filter(p -> seen.add(p.subject())).toList();
        Timestamp now = Timestamp.from(clock.now());
        int[] position = {0};
        batch.batchUpdate("""
                insert into shelf_places (brand_id, shelf, subject_id, subject_brand_id, position, hidden_at, arranged_at)
                values (?, ?, ?, ?, ?, ?, ?)
                """, once, 200, (row, place) -> {
            row.setObject(1, whose.value());
            row.setString(2, shelf.code());
            row.setObject(3, place.subject());
            row.setObject(4, place.owner());
            row.setInt(5, position[0]++);
            row.setTimestamp(6, place.hidden() ? now : null);
            row.setTimestamp(7, now);
        });
    }
}
