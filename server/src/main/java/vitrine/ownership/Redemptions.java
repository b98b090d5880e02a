package vitrine.ownership;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import vitrine.catalog.PieceNumber;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Ids;

/**
 * A holder takes what her piece is good for: once, however many press at once on however many nodes. The piece's row is locked, the
 * redemption is written and the log hears of it in one transaction.
 */
@Component
public class Redemptions {

    private final JdbcClient db;
    private final Pieces pieces;
    private final Promises promises;
    private final Collectors collectors;
    private final Ids ids;
    private final BusinessClock clock;

    Redemptions(JdbcClient db, Pieces pieces, Promises promises, Collectors collectors, Ids ids, BusinessClock clock) {
        this.db = db;
        this.pieces = pieces;
        this.promises = promises;
        this.collectors = collectors;
        this.ids = ids;
        this.clock = clock;
    }

    /** How redeeming ended. */
    public sealed interface Redeeming {
        record Redeemed(Redemption redemption) implements Redeeming {}

        /** {@code redeem.before}: it was taken; by her, or by whoever held the piece before. */
        record Before(Redemption redemption) implements Redeeming {}

        /** {@code piece.not-yours}. */
        record NotHolder() implements Redeeming {}

        /** {@code redeem.nothing}: the piece brings nothing besides itself. */
        record Nothing() implements Redeeming {}

        /** {@code redeem.over}. */
        record Over(Instant at) implements Redeeming {}
    }

    /** @param by who held the piece then */
    public record Redemption(UUID id, PieceNumber piece, UUID promise, CollectorId by, Instant at) {

        /** What its holder shows at a counter, and the staff look up. */
        public String receipt() {
            String hex = id.toString().replace("-", "").toUpperCase(java.util.Locale.ROOT);
            return hex.substring(20, 24) + "-" + hex.substring(24, 28) + "-" + hex.substring(28);
        }
    }

    /**
     * @param holder any id of the person
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Redeeming redeem(PieceNumber piece, CollectorId holder) {
        // Under the piece's lock, in new statements: of two who press at once, the second sees what the first wrote.
        if (pieces.lockKeeping(piece, holder) instanceof Pieces.Keeping.NotHolder) return new Redeeming.NotHolder();
        Promises.Brought brought = promises.of(piece).orElse(null);
        if (brought == null) return new Redeeming.Nothing();
        if (brought.redeemedAt() != null)
            return new Redeeming.Before(of(piece, brought.promise().id()).orElseThrow());
        Instant now = clock.now();
        if (brought.promise().until() != null && brought.promise().isOver(now))
            return new Redeeming.Over(brought.promise().until());
        var redemption = new Redemption(ids.next(), piece, brought.promise().id(), collectors.root(holder), now);
        // redemptions_once repeats the sentence above.
        db.sql("""
                insert into redemptions (brand_id, collectible_id, serial, promise_id, redemption_id, collector_id, redeemed_at)
                values (:brand, :collectible, :serial, :promise, :id, :by, :now)
                """)
                .param("brand", piece.collectible().brand().value())
                .param("collectible", piece.collectible().value())
                .param("serial", piece.serial())
                .param("promise", redemption.promise())
                .param("id", redemption.id())
                .param("by", redemption.by().value())
                .param("now", Timestamp.from(now))
                .update();
        pieces.redeem(piece);
        return new Redeeming.Redeemed(redemption);
    }

    /** The redemption of what this piece brings; empty: nobody has taken it. */
    public Optional<Redemption> of(PieceNumber piece) {
        return promises.of(piece).flatMap(brought -> of(piece, brought.promise().id()));
    }

    private Optional<Redemption> of(PieceNumber piece, UUID promise) {
        BrandId brand = piece.collectible().brand();
        return db.sql("""
                select redemption_id, collector_id, redeemed_at from redemptions
                where brand_id = :brand and collectible_id = :collectible and serial = :serial and promise_id = :promise
                """)
                .param("brand", brand.value())
                .param("collectible", piece.collectible().value())
                .param("serial", piece.serial())
                .param("promise", promise)
                .query((row, n) -> new Redemption(
                        row.getObject(1, UUID.class),
                        piece,
                        promise,
                        new CollectorId(row.getObject(2, UUID.class)),
                        row.getTimestamp(3).toInstant()))
                .optional();
    }
}
