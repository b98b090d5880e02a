package vitrine.drop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.proof.Arrivals;
import vitrine.proof.Hash32;
import vitrine.proof.Json;

/** The rows of the lists: made with the publication, and locked by whoever changes one. */
@Component
class Queues {

    /** How long after the list was closed the round comes that orders it: time to seal the record, and for witnesses to see it. */
    static final Duration MARGIN = Duration.ofSeconds(30);

    /** If it was closed late, at least so long after that. */
    static final Duration MARGIN_LEAST = Duration.ofSeconds(15);

    /** From then on a colleague may bring the round by hand. It is the same round, so nothing can be chosen by that. */
    static final Duration BY_HAND_AFTER = Duration.ofMinutes(5);

    /** So long before the opening the waiting room opens. */
    static final Duration ROOM = Duration.ofHours(1);

    private final JdbcClient db;
    private final Beacons beacons;

    Queues(JdbcClient db, Beacons beacons) {
        this.db = db;
        this.beacons = beacons;
    }

    /**
     * @param listed how many stand by lot; null: the list is still open
     * @param chain of the network whose round it is, as the rules have it
     * @param round that gives the places; null: as above
     * @param calledAt when somebody was called last; null: nobody was
     */
    record Queue(
            int arrivals,
            @Nullable Integer listed,
            @Nullable Hash32 root,
            @Nullable UUID recordId,
            @Nullable Hash32 record,
            Hash32 chain,
            @Nullable Long round,
            @Nullable Instant drawnAt,
            byte @Nullable [] signature,
            int called,
            double callRate,
            @Nullable Instant calledAt) {

        boolean closed() {
            return listed != null;
        }

        boolean drawn() {
            return drawnAt != null;
        }
    }

    /** With the publication, and by its rules: the network is frozen with them ({@link #lot}). */
    void open(DropId drop, UUID stage) {
        db.sql("""
                insert into queues (brand_id, drop_id, stage_id, arrivals, chain, called, taken_then, claim_rate, call_rate, slow_rate, carried)
                values (:brand, :drop, :stage, 0, :chain, 0, 0, 0, 0, 0, 0)
                """)
                .param("chain", beacons.chain().hash().bytes())
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .update();
    }

    /** The drop was paused until now: whoever had her turn while it was has as much of it left as she had then. */
    void goOn(DropId drop, Instant now) {
        db.sql("""
                update queue_calls c set turn_from = c.turn_from + (cast(:now as timestamptz) - d.paused_at)
                from drops d
                where d.brand_id = :brand and d.drop_id = :drop and d.paused_at is not null
                    and c.brand_id = d.brand_id and c.drop_id = d.drop_id
                    and c.turn_from > d.paused_at - cast(:patience as interval)
                """)
                .param("now", Timestamp.from(now))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("patience", CallPace.PATIENCE.toString())
                .update();
    }

    /** What the published rules say of the lot. */
    Json lot() {
        return Json.object(
                "places", Json.of(Arrivals.ALGORITHM),
                "chain", Json.of(beacons.chain().hash().hex()),
                "roundAfterSeconds", Json.of(MARGIN.toSeconds()),
                "atLeastSeconds", Json.of(MARGIN_LEAST.toSeconds()),
                "byHandAfterSeconds", Json.of(BY_HAND_AFTER.toSeconds()),
                "turnSeconds", Json.of(CallPace.PATIENCE.toSeconds()));
    }

    /** Whether this server is set up for the network of this list; by another one it is neither closed nor drawn. */
    boolean isOfOurNetwork(Queue queue) {
        return queue.chain.equals(beacons.chain().hash());
    }

    Optional<Queue> find(DropId drop, UUID stage) {
        return read(drop, stage, "");
    }

    /** Whoever has it adds, closes, draws or calls; it is taken before anything of this stage's list is read. */
    Optional<Queue> lock(DropId drop, UUID stage) {
        return read(drop, stage, " for update");
    }

    private Optional<Queue> read(DropId drop, UUID stage, String lock) {
        return db.sql("""
                select arrivals, listed, root, record_id, record_leaf, chain, round, drawn_at, signature, called, call_rate, (
                        select c.called_at from queue_calls c
                        where c.brand_id = queues.brand_id and c.drop_id = queues.drop_id and c.stage_id = queues.stage_id
                        order by c.up_to desc limit 1) as called_at
                from queues
                where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """ + lock)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .query(Queues::queue)
                .optional();
    }

    private static Queue queue(ResultSet row, int n) throws SQLException {
        Timestamp drawn = row.getTimestamp("drawn_at");
        Timestamp called = row.getTimestamp("called_at");
        return new Queue(
                row.getInt("arrivals"),
                (Integer) row.getObject("listed"),
                Hash32.orNull(row.getBytes("root")),
                row.getObject("record_id", UUID.class),
                Hash32.orNull(row.getBytes("record_leaf")),
                Hash32.of(row.getBytes("chain")),
                (Long) row.getObject("round"),
                drawn == null ? null : drawn.toInstant(),
                row.getBytes("signature"),
                row.getInt("called"),
                row.getDouble("call_rate"),
                called == null ? null : called.toInstant());
    }
}
