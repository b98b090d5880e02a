package vitrine.drop;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.ledger.Ledger;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.Job;
import vitrine.proof.Arrivals;
import vitrine.proof.Hash32;

/**
 * Draws the places of a closed list when its round has come. The order follows from the list, its record and the round's signature
 * alone; who brings the signature has no part in it. Until it is there, nobody is called. A list that no signed checkpoint had before its
 * round gets a later one.
 */
@Component
public class Lots implements Job {

    private final JdbcClient db;
    private final Queues queues;
    private final Beacons beacons;
    private final ListClosing closing;
    private final Ledger ledger;
    private final TransactionTemplate transactions;
    private final BusinessClock business;
    private final Clock clock;
    private final OneByOne<Due> lots = new OneByOne<>("drop.lot-not-drawn");

    Lots(
            JdbcClient db,
            Queues queues,
            Beacons beacons,
            ListClosing closing,
            Ledger ledger,
            TransactionTemplate transactions,
            BusinessClock business,
            Clock clock) {
        this.db = db;
        this.queues = queues;
        this.beacons = beacons;
        this.closing = closing;
        this.ledger = ledger;
        this.transactions = transactions;
        this.business = business;
        this.clock = clock;
    }

    public sealed interface Bringing {
        /** @param places how many were drawn */
        record Drawn(int places) implements Bringing {}

        /** Somebody else brought it first; the places are the same. */
        record DrawnBefore() implements Bringing {}

        /** The network did not sign that round with this. */
        record NotTheRound(long round) implements Bringing {}

        /** This server is set up for another network than the rules name, so it can tell neither the round's hour nor its signature. */
        record OtherNetwork(Hash32 chain) implements Bringing {}

        /** The list is still open, or there is none, or it is a window's, or no checkpoint has it yet, or the relays still have time. */
        record NotNow() implements Bringing {}
    }

    @Override
    public String name() {
        return "drop.lots";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    private record Due(DropId drop, UUID stage, long round) {}

    @Override
    public boolean run() {
        lots.each(due(), clock.instant(), this::fetchAndDraw);
        return false;
    }

    private void fetchAndDraw(Due due) {
        if (clock.instant().isBefore(beacons.chain().timeOf(due.round))) return;
        byte[] signature = beacons.fetch(due.round);
        if (signature != null) draw(due.drop, due.stage, signature);
    }

    private List<Due> due() {
        return db.sql("""
                select q.brand_id, q.drop_id, q.stage_id, q.round from queues q
                join drop_stages s on s.brand_id = q.brand_id and s.drop_id = q.drop_id and s.stage_id = q.stage_id
                join drops d on d.brand_id = q.brand_id and d.drop_id = q.drop_id
                where q.closed_at is not null and q.drawn_at is null and s.mode = 'queue' and d.state <> 'ended' and q.chain = :chain
                """)
                .param("chain", beacons.chain().hash().bytes())
                .query((row, n) -> new Due(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getObject(3, UUID.class),
                        row.getLong(4)))
                .list();
    }

    /**
     * A colleague brings the round that no relay had.
     *
     * @param typed the signature as a relay shows it, in hexadecimal
     */
    public Bringing bring(DropId drop, UUID stage, String typed) {
        Queues.Queue queue = queues.find(drop, stage).orElse(null);
        if (queue == null || queue.round() == null) return new Bringing.NotNow();
        if (queue.drawn()) return new Bringing.DrawnBefore();
        if (!queues.isOfOurNetwork(queue)) return new Bringing.OtherNetwork(queue.chain());
        if (clock.instant().isBefore(beacons.chain().timeOf(queue.round()).plus(Queues.BY_HAND_AFTER)))
            return new Bringing.NotNow();
        byte[] signature;
        try {
            signature = HexFormat.of().parseHex(typed.strip());
        } catch (IllegalArgumentException e) {
            return new Bringing.NotTheRound(queue.round());
        }
        return draw(drop, stage, signature);
    }

    Bringing draw(DropId drop, UUID stage, byte[] signature) {
        return Objects.requireNonNull(transactions.execute(status -> {
            Queues.Queue queue = queues.lock(drop, stage).orElse(null);
            if (queue == null || queue.round() == null || queue.record() == null || !isQueue(drop, stage))
                return new Bringing.NotNow();
            if (queue.drawn()) return new Bringing.DrawnBefore();
            if (!queues.isOfOurNetwork(queue)) return new Bringing.OtherNetwork(queue.chain());
            if (!beacons.verify(queue.round(), signature)) return new Bringing.NotTheRound(queue.round());
            Instant shown =
                    ledger.signedAt(Objects.requireNonNull(queue.recordId())).orElse(null);
            if (shown == null) return new Bringing.NotNow();
            if (!shown.isBefore(beacons.chain().timeOf(queue.round()))) {
                closing.postpone(drop, stage, queue);
                return new Bringing.NotNow();
            }
            int places = place(drop, stage, Arrivals.seed(queue.record(), signature));
            db.sql("""
                    update queues set drawn_at = :now, signature = :signature
                    where brand_id = :brand and drop_id = :drop and stage_id = :stage
                    """)
                    .param("now", Timestamp.from(business.now()))
                    .param("signature", signature)
                    .param("brand", drop.brand().value())
                    .param("drop", drop.value())
                    .param("stage", stage)
                    .update();
            return new Bringing.Drawn(places);
        }));
    }

    /** A window's list is closed under a round, too, and nobody has a place in it. */
    private boolean isQueue(DropId drop, UUID stage) {
        return db.sql("""
                select mode = 'queue' from drop_stages where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .query(Boolean.class)
                .single();
    }

    /** Those who came after the list was closed have their places already, behind it. */
    private int place(DropId drop, UUID stage, Hash32 seed) {
        Map<Hash32, UUID> whose = new HashMap<>();
        db.sql("""
                select arrival, collector_id from queue_arrivals
                where brand_id = :brand and drop_id = :drop and stage_id = :stage and place is null
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .query(row -> {
                    whose.put(Hash32.of(row.getBytes(1)), row.getObject(2, UUID.class));
                });
        List<UUID> inOrder = new ArrayList<>(whose.size());
        for (Hash32 arrival : Arrivals.inOrder(seed, whose.keySet()))
            inOrder.add(Objects.requireNonNull(whose.get(arrival)));
        return db.sql("""
                update queue_arrivals a set place = p.place from unnest(:people::uuid[], :places::int[]) as p (collector_id, place)
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage and a.collector_id = p.collector_id
                """)
                .param("people", new SqlArrayValue("uuid", inOrder.toArray()))
                .param("places", new SqlArrayValue("int4", (Object[])
                        IntStream.rangeClosed(1, inOrder.size()).boxed().toArray(Integer[]::new)))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .update();
    }
}
