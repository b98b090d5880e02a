package vitrine.books;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.proof.Arrivals;
import vitrine.proof.BeaconChain;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;

/**
 * Holds the lines of people against what was committed: the order is the lot of the list in the log, whoever was not called has
 * nothing, and nobody has more than one. It asks no part of the server.
 */
public final class LineHistory {

    /** How long a claim may be on its way that was let in by a call. */
    private static final Duration WAY = Duration.ofMillis(1);

    /** Somebody was told that she is in line. @param closed whether the list was closed by then */
    public record Joined(UUID stage, UUID collector, boolean closed) {}

    private record Line(
            UUID stage,
            Instant opens,
            int arrivals,
            @Nullable Instant closedAt,
            @Nullable Integer listed,
            byte @Nullable [] root,
            byte @Nullable [] leaf,
            @Nullable UUID record,
            @Nullable Long round,
            byte @Nullable [] signature,
            int called,
            byte[] rules,
            String origin) {}

    private record Stood(
            UUID collector,
            Hash32 arrival,
            Hash32 salt,
            Instant at,
            @Nullable Integer place) {}

    private final JdbcClient db;
    private final List<Joined> joined;
    private final BeaconChain chain;
    private final LongFunction<byte[]> published;
    private final List<Violation> found = new ArrayList<>();

    /** @param published the network's signature of a round */
    public LineHistory(JdbcClient db, List<Joined> joined, BeaconChain chain, LongFunction<byte[]> published) {
        this.db = db;
        this.joined = joined;
        this.chain = chain;
        this.published = published;
    }

    public List<Violation> audit() {
        List<Line> lines = db.sql("""
                select q.stage_id, s.opens_at, q.arrivals, q.closed_at, q.listed, q.root, q.record_leaf, q.record_id, q.round,
                    q.signature, q.called, d.rules_leaf, l.origin
                from queues q join drop_stages s using (brand_id, drop_id, stage_id) join drops d using (brand_id, drop_id)
                join logs l on l.brand_id is null
                """)
                .query((row, n) -> new Line(
                        row.getObject(1, UUID.class),
                        row.getTimestamp(2).toInstant(),
                        row.getInt(3),
                        row.getTimestamp(4) == null ? null : row.getTimestamp(4).toInstant(),
                        (Integer) row.getObject(5),
                        row.getBytes(6),
                        row.getBytes(7),
                        row.getObject(8, UUID.class),
                        (Long) row.getObject(9),
                        row.getBytes(10),
                        row.getInt(11),
                        row.getBytes(12),
                        row.getString(13)))
                .list();
        for (Line line : lines) {
            List<Stood> stood = stood(line);
            heard(line, stood);
            committed(line, stood);
            order(line, stood);
        }
        claims();
        return found;
    }

    private List<Stood> stood(Line line) {
        return db.sql(
                        "select collector_id, arrival, salt, arrived_at, place from queue_arrivals where stage_id = :stage")
                .param("stage", line.stage)
                .query((row, n) -> new Stood(
                        row.getObject(1, UUID.class),
                        Hash32.of(row.getBytes(2)),
                        Hash32.of(row.getBytes(3)),
                        row.getTimestamp(4).toInstant(),
                        (Integer) row.getObject(5)))
                .list();
    }

    /** Whoever heard that she is in stands there, and whoever heard it before the list was closed is on it. */
    private void heard(Line line, List<Stood> stood) {
        Map<UUID, Stood> byCollector = new HashMap<>();
        for (Stood one : stood) byCollector.put(one.collector, one);
        for (Joined each : joined) {
            if (!each.stage.equals(line.stage)) continue;
            Stood one = byCollector.get(each.collector);
            if (one == null) breach("line_lost", each + " stands nowhere");
            else if (!each.closed && one.place != null && line.listed != null && one.place > line.listed)
                breach(
                        "line_lost",
                        each + " came before the opening and has place " + one.place + " of " + line.listed);
        }
        if (stood.size() != line.arrivals) breach("line_lost", stood.size() + " stand in " + line);
    }

    /** The list is what the log has of it, and was there before anybody could know its round. */
    private void committed(Line line, List<Stood> stood) {
        if (line.closedAt == null
                || line.listed == null
                || line.round == null
                || line.root == null
                || line.leaf == null) return;
        List<Hash32> list = new ArrayList<>();
        for (Stood one : stood) if (one.place == null || one.place <= line.listed) list.add(one.arrival);
        for (Stood one : stood)
            if (!Arrivals.arrival(line.stage, one.collector, one.salt).equals(one.arrival))
                breach("order_not_lot", one + " is not the arrival of " + one.collector);
        if (!Arrivals.root(list).equals(Hash32.of(line.root)))
            breach("order_not_lot", "the list of " + line.stage + " is not the one in the log: " + list.size());
        LogRecord record = new LogRecord.QueueArrivals(
                line.origin,
                Hash32.of(line.rules),
                line.stage.toString(),
                line.listed,
                Hash32.of(line.root),
                chain.hash(),
                line.round);
        if (!record.leafHash().equals(Hash32.of(line.leaf)))
            breach("order_not_lot", "the record of " + line.stage + " says something else");
        int sealed = db.sql("select count(*) from log_records where record_id = :record")
                .param("record", line.record)
                .query(Integer.class)
                .single();
        if (sealed != 1) breach("order_not_lot", "the record of " + line.stage + " is in the log " + sealed + " times");
        if (!chain.timeOf(line.round).isAfter(line.closedAt.plusSeconds(10)))
            breach("order_not_lot", "round " + line.round + " could be known when the list was closed");
        if (line.signature != null && !shownBefore(line.record, chain.timeOf(line.round)))
            breach("order_not_lot", "round " + line.round + " could be known before any checkpoint had the list");
    }

    private boolean shownBefore(@Nullable UUID record, Instant round) {
        return db.sql("""
                select coalesce(min(h.signed_at) < :round, false) from log_records r
                join log_heads h on h.log_id = r.log_id and h.size > r.leaf_index where r.record_id = :record
                """)
                .param("round", java.sql.Timestamp.from(round))
                .param("record", record)
                .query(Boolean.class)
                .single();
    }

    /** The places of the list are its lot, and behind it they are in order of arrival. */
    private void order(Line line, List<Stood> stood) {
        if (line.signature == null) {
            if (line.called > 0) breach("jumped", line.called + " were called before the lot");
            return;
        }
        if (line.leaf == null || line.round == null || line.listed == null) return;
        if (!Arrays.equals(line.signature, published.apply(line.round)))
            breach("order_not_lot", "round " + line.round + " was never signed so");
        int listed = line.listed;
        List<Stood> inOrder = new ArrayList<>(stood);
        for (Stood one : stood) if (one.place == null) breach("order_not_lot", one + " has no place");
        inOrder.removeIf(one -> one.place == null);
        inOrder.sort((a, b) -> Integer.compare(place(a), place(b)));
        TreeSet<Integer> places = new TreeSet<>();
        for (Stood one : inOrder) if (!places.add(place(one))) breach("order_not_lot", "two have place " + one.place);
        if (!places.isEmpty() && (places.first() != 1 || places.last() != places.size()))
            breach("order_not_lot", "places of " + line.stage + " have gaps: " + places);
        List<Hash32> drawn = inOrder.stream()
                .filter(one -> place(one) <= listed)
                .map(Stood::arrival)
                .toList();
        if (!Arrivals.inOrder(Arrivals.seed(Hash32.of(line.leaf), line.signature), drawn)
                .equals(drawn)) breach("order_not_lot", "the places of " + line.stage + " are not its lot");
        Instant before = Instant.MIN;
        for (Stood one : inOrder) {
            if (place(one) <= listed) continue;
            if (one.at.isBefore(before)) breach("order_not_lot", one + " came earlier than the one before her");
            before = one.at;
        }
    }

    private static int place(Stood one) {
        return one.place == null ? 0 : one.place;
    }

    /** Whoever claimed had been called by then, and one ticket was one claim. */
    private void claims() {
        db.sql("""
                with made as (
                    select brand_id, drop_id, stage_id, collector_id, claim_id, claimed_at from claims
                    union all select brand_id, drop_id, stage_id, collector_id, claim_id, claimed_at from claims_ended)
                select m.claim_id, m.claimed_at, a.place, called.since from made m
                join drop_stages s using (brand_id, drop_id, stage_id)
                left join queue_arrivals a using (brand_id, drop_id, stage_id, collector_id)
                left join lateral (
                    select min(c.called_at) as since from queue_calls c
                    where c.brand_id = m.brand_id and c.drop_id = m.drop_id and c.stage_id = m.stage_id and c.up_to >= a.place) called
                    on true
                where s.mode = 'queue'
                """).query((RowCallbackHandler) row -> {
            Instant called =
                    row.getTimestamp(4) == null ? null : row.getTimestamp(4).toInstant();
            if (called == null || row.getTimestamp(2).toInstant().isBefore(called.minus(WAY)))
                breach(
                        "jumped",
                        row.getString(1) + " claimed at " + row.getString(2) + " from place " + row.getString(3)
                                + ", called at " + called);
        });
        db.sql("""
                with made as (
                    select stage_id, collector_id from claims union all select stage_id, collector_id from claims_ended)
                select m.stage_id, m.collector_id, count(*) from made m join drop_stages s using (stage_id)
                where s.mode = 'queue' group by 1, 2 having count(*) > 1
                """).query((RowCallbackHandler) row -> breach(
                "ticket_twice",
                row.getString(2) + " has " + row.getInt(3) + " claims of one ticket for " + row.getString(1)));
        db.sql("""
                select c.stage_id, c.called_at, c.up_to, q.arrivals from queue_calls c join queues q using (brand_id, drop_id, stage_id)
                where c.up_to > q.called or c.called_at < q.drawn_at
                """).query((RowCallbackHandler) row -> breach(
                "jumped", "a call of " + row.getString(1) + " at " + row.getString(2) + " up to " + row.getInt(3)));
    }

    private void breach(String code, String what) {
        found.add(new Violation(code, what));
    }
}
