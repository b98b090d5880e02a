package vitrine.drop;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;

/**
 * Units that a brand's staff gave to a campaign of the house. In the brand's stock they count as held from that act on, so the
 * house can promise them in transactions of its own; a piece is still awarded by the brand's stock.
 */
@Component
public class Allotments {

    private final JdbcClient db;
    private final Drops drops;
    private final TransactionTemplate transactions;

    Allotments(JdbcClient db, Drops drops, TransactionTemplate transactions) {
        this.db = db;
        this.drops = drops;
        this.transactions = transactions;
    }

    /** One staff act. Returns how many units there were to allot; the act is idempotent by its total, not by its increments. */
    public int allot(BrandId house, CollectibleId collectible, int unitsInAll) {
        // First the brand's side, with what it has allotted so far: a crash in between leaves units held and written
        // down, and the
        // next call carries them over. The other way round they would be promised twice.
        Integer allotted = transactions.execute(status -> {
            drops.lock(java.util.List.of(collectible));
            int now = allotted(collectible);
            int held = drops.holdUnpromised(collectible, Math.max(0, unitsInAll - now));
            db.sql("""
                    insert into allotted (brand_id, collectible_id, units) values (:brand, :id, :units)
                    on conflict (brand_id, collectible_id) do update set units = excluded.units
                    """)
                    .param("brand", collectible.brand().value())
                    .param("id", collectible.value())
                    .param("units", now + held)
                    .update();
            return now + held;
        });
        int total = allotted == null ? 0 : allotted;
        transactions.executeWithoutResult(status -> db.sql("""
                insert into allotments (brand_id, collectible_id, stock_brand_id, units, held, granted)
                values (:house, :id, :brand, :units, 0, 0)
                on conflict (brand_id, collectible_id) do update set units = greatest(allotments.units, excluded.units)
                """)
                .param("house", house.value())
                .param("id", collectible.value())
                .param("brand", collectible.brand().value())
                .param("units", total)
                .update());
        return total;
    }

    /** How many units a brand gave to the house in all. */
    public int inAll(BrandId house, CollectibleId collectible) {
        return db.sql("select units from allotments where brand_id = :house and collectible_id = :id")
                .param("house", house.value())
                .param("id", collectible.value())
                .query(Integer.class)
                .optional()
                .orElse(0);
    }

    /** How many units the house could still promise. Nothing is locked, so it is old by the time it is read. */
    public int free(BrandId house, CollectibleId collectible) {
        return db.sql("select units - held - granted from allotments where brand_id = :house and collectible_id = :id")
                .param("house", house.value())
                .param("id", collectible.value())
                .query(Integer.class)
                .optional()
                .orElse(0);
    }

    /** Inside the house's transaction. Returns how many of the units could be set aside. */
    public int hold(BrandId house, CollectibleId collectible, int units) {
        Integer free = db.sql("""
                select units - held - granted from allotments where brand_id = :house and collectible_id = :id for update
                """)
                .param("house", house.value())
                .param("id", collectible.value())
                .query(Integer.class)
                .optional()
                .orElse(0);
        int held = Math.min(units, free);
        if (held > 0) move(house, collectible, held, 0);
        return held;
    }

    /** Inside the house's transaction. */
    public void release(BrandId house, CollectibleId collectible, int units) {
        move(house, collectible, -units, 0);
    }

    /** Inside the house's transaction, after the brand's stock awarded them. */
    public void granted(BrandId house, CollectibleId collectible, int units) {
        move(house, collectible, -units, units);
    }

    private int allotted(CollectibleId collectible) {
        return db.sql("select units from allotted where brand_id = :brand and collectible_id = :id")
                .param("brand", collectible.brand().value())
                .param("id", collectible.value())
                .query(Integer.class)
                .optional()
                .orElse(0);
    }

    private void move(BrandId house, CollectibleId collectible, int held, int granted) {
        db.sql("""
                update allotments set held = held + :held, granted = granted + :granted
                where brand_id = :house and collectible_id = :id
                """)
                .param("held", held)
                .param("granted", granted)
                .param("house", house.value())
                .param("id", collectible.value())
                .update();
    }
}
