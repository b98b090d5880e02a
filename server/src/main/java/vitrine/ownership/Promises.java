package vitrine.ownership;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.PieceNumber;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;

/** What pieces bring besides themselves, and whether it was taken: whoever is to get a piece sees it before. */
@Component
public class Promises {

    private final JdbcClient db;
    private final JdbcTemplate rows;
    private final Ids ids;
    private final BusinessClock clock;

    Promises(JdbcClient db, JdbcTemplate rows, Ids ids, BusinessClock clock) {
        this.db = db;
        this.rows = rows;
        this.ids = ids;
        this.clock = clock;
    }

    /** @param redeemedAt null: nobody has taken it */
    public record Brought(Promise promise, @Nullable Instant redeemedAt) {

        /** As a page says it: {@code redeemed}, {@code over}, {@code open}. */
        public String state(Instant now) {
            if (redeemedAt != null) return "redeemed";
            return promise.isOver(now) ? "over" : "open";
        }
    }

    /** Writes down what will be promised, with the publication that promises it. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Promise publish(BrandId brand, Promise.Kind kind, Bilingual name, Bilingual text, @Nullable Instant until) {
        var promise = new Promise(ids.next(), kind, name, text, until);
        db.sql("""
                insert into promises (brand_id, promise_id, kind, name_zh, name_en, text_zh, text_en, until, made_at)
                values (:brand, :id, :kind, :zh, :en, :textZh, :textEn, :until, :now)
                """)
                .param("brand", brand.value())
                .param("id", promise.id())
                .param("kind", kind.code())
                .param("zh", name.zh())
                .param("en", name.en())
                .param("textZh", text.zh())
                .param("textEn", text.en())
                .param("until", until == null ? null : Timestamp.from(until), java.sql.Types.TIMESTAMP)
                .param("now", Timestamp.from(clock.now()))
                .update();
        return promise;
    }

    /** @param promise its id */
    public record Bringing(PieceNumber piece, UUID promise) {}

    /** From now on these pieces bring it: in the transaction that grants them. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void give(List<Bringing> given) {
        if (given.isEmpty()) return;
        rows.batchUpdate(
                "insert into piece_promises (brand_id, collectible_id, serial, promise_id) values (?, ?, ?, ?)",
                given,
                given.size(),
                (row, one) -> {
                    row.setObject(1, one.piece.collectible().brand().value());
                    row.setObject(2, one.piece.collectible().value());
                    row.setInt(3, one.piece.serial());
                    row.setObject(4, one.promise);
                });
    }

    /** Pieces that went back bring nothing any more. */
    @Transactional(propagation = Propagation.MANDATORY)
    void end(Collection<PieceNumber> pieces) {
        rows.batchUpdate(
                "delete from piece_promises where brand_id = ? and collectible_id = ? and serial = ?",
                pieces,
                500,
                (row, piece) -> {
                    row.setObject(1, piece.collectible().brand().value());
                    row.setObject(2, piece.collectible().value());
                    row.setInt(3, piece.serial());
                });
    }

    /** What this piece brings; empty: nothing besides itself. */
    public Optional<Brought> of(PieceNumber piece) {
        return db.sql("""
                select p.promise_id, p.kind as promise_kind, p.name_zh as promise_zh, p.name_en as promise_en,
                    p.text_zh as promise_text_zh, p.text_en as promise_text_en, p.until as promise_until, r.redeemed_at
                from piece_promises b
                join promises p on p.brand_id = b.brand_id and p.promise_id = b.promise_id
                left join redemptions r on r.brand_id = b.brand_id and r.collectible_id = b.collectible_id and r.serial = b.serial
                    and r.promise_id = b.promise_id
                where b.brand_id = :brand and b.collectible_id = :id and b.serial = :serial
                """)
                .param("brand", piece.collectible().brand().value())
                .param("id", piece.collectible().value())
                .param("serial", piece.serial())
                .query((row, n) -> {
                    Timestamp redeemed = row.getTimestamp("redeemed_at");
                    return new Brought(Promise.read(row, "promise_"), redeemed == null ? null : redeemed.toInstant());
                })
                .optional();
    }
}
