package vitrine.drop;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.NewRecord;
import vitrine.platform.BrandId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Ids;
import vitrine.platform.Job;
import vitrine.proof.Arrivals;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;

/**
 * Closes a list when its hour has come: its root goes into the log, with the round that will order it, which nobody knows yet. It is
 * done once, and nobody is added or left out afterwards. A list whose rules name another network than this server is set up for stays open: its
 * round would be nobody's promise.
 */
@Component
class ListClosing implements Job {

    private static final Logger log = LoggerFactory.getLogger(ListClosing.class);

    private final JdbcClient db;
    private final Queues queues;
    private final Beacons beacons;
    private final Ledger ledger;
    private final TransactionTemplate transactions;
    private final Ids ids;
    private final BusinessClock business;
    private final Clock clock;
    private final ClockCheck clocks;
    private final OneByOne<Due> lists = new OneByOne<>("drop.list-not-closed");

    ListClosing(
            JdbcClient db,
            Queues queues,
            Beacons beacons,
            Ledger ledger,
            TransactionTemplate transactions,
            Ids ids,
            BusinessClock business,
            Clock clock,
            ClockCheck clocks) {
        this.db = db;
        this.queues = queues;
        this.beacons = beacons;
        this.ledger = ledger;
        this.transactions = transactions;
        this.ids = ids;
        this.business = business;
        this.clock = clock;
        this.clocks = clocks;
    }

    @Override
    public String name() {
        return "drop.lists";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(300);
    }

    /** @param closes when nobody can be added any more */
    private record Due(DropId drop, UUID stage, Hash32 rules, Instant closes) {}

    @Override
    public boolean run() {
        // Closed too early, nobody could be added who is in time.
        if (clocks.offNow()) return false;
        Instant now = business.now();
        lists.each(due(now), now, due -> transactions.executeWithoutResult(status -> close(due)));
        return false;
    }

    private List<Due> due(Instant now) {
        return db.sql("""
                select q.brand_id, q.drop_id, q.stage_id, d.rules_leaf,
                    case when s.mode = 'window' then s.closes_at else s.opens_at end as closes
                from queues q
                join drop_stages s on s.brand_id = q.brand_id and s.drop_id = q.drop_id and s.stage_id = q.stage_id
                join drops d on d.brand_id = q.brand_id and d.drop_id = q.drop_id
                where q.closed_at is null and d.state <> 'ended' and q.chain = :chain
                    and case when s.mode = 'window' then s.closes_at else s.opens_at end <= :now
                """)
                .param("now", Timestamp.from(now))
                .param("chain", beacons.chain().hash().bytes())
                .query((row, n) -> new Due(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getObject(3, UUID.class),
                        Hash32.of(row.getBytes(4)),
                        row.getTimestamp(5).toInstant()))
                .list();
    }

    private void close(Due due) {
        Queues.Queue queue = queues.lock(due.drop, due.stage).orElseThrow();
        if (queue.closed()) return; // another node did
        // A new statement: whoever was let in before the lock is seen, and nobody is let in while it is held.
        List<Hash32> arrivals = db.sql("""
                select arrival from queue_arrivals where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("stage", due.stage)
                .query((row, n) -> Hash32.of(row.getBytes(1)))
                .list();
        Hash32 root = Arrivals.root(arrivals);
        long round = round(due.closes);
        NewRecord record = record(due.drop, due.stage, due.rules, arrivals.size(), root, round, null);
        db.sql("""
                update queues set closed_at = :now, listed = :listed, root = :root, record_id = :record, record_leaf = :leaf, round = :round
                where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("now", Timestamp.from(business.now()))
                .param("listed", arrivals.size())
                .param("root", root.bytes())
                .param("record", record.id())
                .param("leaf", record.leaf().bytes())
                .param("round", round)
                .param("brand", due.drop.brand().value())
                .param("drop", due.drop.value())
                .param("stage", due.stage)
                .update();
    }

    /** @param earlier the record of the same list whose round it was too late for; null: there is none */
    private NewRecord record(
            DropId drop, UUID stage, Hash32 rules, int listed, Hash32 root, long round, @Nullable UUID earlier) {
        LogId line = ledger.of(drop.brand());
        NewRecord record = NewRecord.of(
                ids.next(),
                earlier,
                new LogRecord.QueueArrivals(
                        ledger.originOf(line),
                        rules,
                        stage.toString(),
                        listed,
                        root,
                        beacons.chain().hash(),
                        round));
        ledger.append(line, List.of(record));
        return record;
    }

    /**
     * The same list under a later round, in the transaction of whoever holds its lock: its record was shown to nobody before its round
     * was there, so whoever runs this place could have known what it gives. Both records stay in the log, and the later one counts.
     */
    void postpone(DropId drop, UUID stage, Queues.Queue queue) {
        Hash32 rules = db.sql("select rules_leaf from drops where brand_id = :brand and drop_id = :drop")
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query((row, n) -> Hash32.of(row.getBytes(1)))
                .single();
        long round = beacons.chain().roundAt(clock.instant().plus(Queues.MARGIN));
        NewRecord record = record(
                drop,
                stage,
                rules,
                Objects.requireNonNull(queue.listed()),
                Objects.requireNonNull(queue.root()),
                round,
                queue.recordId());
        db.sql("""
                insert into queue_postponements (brand_id, drop_id, stage_id, record_id, round, postponed_at)
                select brand_id, drop_id, stage_id, record_id, round, :now from queues
                where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("now", Timestamp.from(business.now()))
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .update();
        db.sql("""
                update queues set record_id = :record, record_leaf = :leaf, round = :round
                where brand_id = :brand and drop_id = :drop and stage_id = :stage
                """)
                .param("record", record.id())
                .param("leaf", record.leaf().bytes())
                .param("round", round)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("stage", stage)
                .update();
        log.warn("drop.list-late stage={} round={} later={}", stage, queue.round(), round);
    }

    /** The first that comes a margin after the list's hour; and after this moment, however late it is. Rounds keep real time. */
    private long round(Instant closes) {
        Instant now = clock.instant();
        Duration late = Duration.between(closes, business.now());
        Duration left = Queues.MARGIN.minus(late);
        return beacons.chain().roundAt(now.plus(left.compareTo(Queues.MARGIN_LEAST) < 0 ? Queues.MARGIN_LEAST : left));
    }
}
