package vitrine.drop;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.CollectibleId;
import vitrine.platform.BrandId;

/**
 * The rows that every claim locks, for everybody else who changes them: the drop, its stage, the stock, in this order. While one of
 * them is held nobody claims, so a transaction that holds one is a short turn. A node that freezes in it is put out by the database
 * after a second and a half, and what it did is undone; who comes to hold one waits a second for any other row and then gives way.
 * For these rows themselves it waits as long as it takes, since each that has them goes soon: nothing fails because a crowd is there. Of
 * one node only one waits for a row ({@link HotTurns}).
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class HotLocks {

    private final JdbcClient db;
    private final HotTurns turns;

    HotLocks(JdbcClient db, HotTurns turns) {
        this.db = db;
        this.turns = turns;
    }

    /** Returns its state, as it is under the lock. */
    Drop.State drop(DropId id) {
        turns.takeForTransaction(List.of(id.value()));
        beforeLock();
        Drop.State state = lockDrop(id);
        afterLock();
        return state;
    }

    /** As every claim does: the drop, its stage, then the stock. */
    void all(DropId id, UUID stage, CollectibleId collectible) {
        turns.takeForTransaction(List.of(id.value()));
        turns.takeForTransaction(List.of(collectible.value()));
        beforeLock();
        lockDrop(id);
        lockStage(id, stage);
        lockStock(id.brand(), List.of(collectible));
        afterLock();
    }

    /** Whoever has locked no drop before locks it now: a stage is nobody's alone. */
    void stage(DropId id, UUID stage) {
        turns.takeForTransaction(List.of(id.value()));
        beforeLock();
        lockStage(id, stage);
        afterLock();
    }

    /** In order of id. */
    void stock(BrandId brand, Collection<CollectibleId> collectibles) {
        turns.takeForTransaction(collectibles.stream()
                .map(CollectibleId::value)
                .distinct()
                .sorted(HotLocks::asTheDatabaseSorts)
                .toList());
        beforeLock();
        lockStock(brand, collectibles);
        afterLock();
    }

    /** By its bytes, and not as signed numbers. */
    private static int asTheDatabaseSorts(UUID one, UUID other) {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    private Drop.State lockDrop(DropId id) {
        return Drop.State.of(db.sql("select state from drops where brand_id = :brand and drop_id = :drop for update")
                .param("brand", id.brand().value())
                .param("drop", id.value())
                .query(String.class)
                .single());
    }

    private void lockStage(DropId id, UUID stage) {
        db.sql("select 1 from drop_stages where brand_id = :brand and drop_id = :drop and stage_id = :stage for update")
                .param("brand", id.brand().value())
                .param("drop", id.value())
                .param("stage", stage)
                .query()
                .listOfRows();
    }

    private void lockStock(BrandId brand, Collection<CollectibleId> collectibles) {
        db.sql("""
                select collectible_id from stock where brand_id = :brand and collectible_id = any(:ids)
                order by collectible_id for update
                """)
                .param("brand", brand.value())
                .param(
                        "ids",
                        new SqlArrayValue(
                                "uuid",
                                collectibles.stream()
                                        .map(CollectibleId::value)
                                        .distinct()
                                        .toArray()))
                .query()
                .listOfRows();
    }

    /** Before the first row is held: from then on it may be too late to say it. */
    private void beforeLock() {
        tell(
                "select set_config('idle_in_transaction_session_timeout', '1500', true), set_config('lock_timeout', '0', true)");
    }

    private void afterLock() {
        tell("select set_config('lock_timeout', '1000', true)");
    }

    /** For this transaction alone. */
    private void tell(String settings) {
        List<?> told = db.sql(settings).query().listOfRows();
        if (told.size() != 1) throw new IllegalStateException(settings);
    }
}
