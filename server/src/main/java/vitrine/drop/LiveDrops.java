package vitrine.drop;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.platform.ClockCheck;

/**
 * What a node knows of the drops that run, without asking: read again twice a second while somebody asks. It may be half a second
 * old; who is let in by it is judged again under the drop's lock, and who is turned away by it had a committed reason.
 */
@Component
public class LiveDrops {

    private static final Logger log = LoggerFactory.getLogger(LiveDrops.class);
    private static final Duration FRESH = Duration.ofMillis(500);
    private static final Duration OLD = Duration.ofSeconds(3);

    private static final int UNLIMITED = 1_000_000;

    /** So long one waits for somebody else's look; then what is known has to do. */
    private static final long LOOK_MILLIS = 1_000;

    /**
     * What was told to be over so long ago changes no more: its last hold has ended, or was paid for. It is read once and then kept.
     */
    private static final Duration LONG_OVER = Duration.ofDays(2);

    private final ClaimConnections connections;
    private final DropPlans plans;
    private final Clock clock;
    private final ClockCheck clocks;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock choosing = new ReentrantLock();
    private final ConcurrentHashMap<CollectibleId, Free> free = new ConcurrentHashMap<>();
    private volatile Map<DropId, Live> drops = Map.of();
    private final LongSupplier nanos;
    private volatile long readAt;
    private volatile boolean away;

    /** How often somebody said that something changed; and how often, when the last look began, and the last that succeeded. */
    private final AtomicLong changes = new AtomicLong();

    /** What goes while the numbers of a collectible are read: what is read may still have it. Null: nobody reads. */
    private volatile @Nullable Choosing chosenMeanwhile;

    private volatile long lookedAfter;
    private volatile long readAfter = -1;

    /** @param byHand {@code on} where the clock also says how old this knowledge is */
    LiveDrops(
            ClaimConnections connections,
            DropPlans plans,
            Clock clock,
            ClockCheck clocks,
            @Value("${vitrine.drop.by-hand:off}") String byHand) {
        this.connections = connections;
        this.nanos = byHand.equals("on") ? () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()) : System::nanoTime;
        this.readAt = nanos.getAsLong() - OLD.toNanos();
        this.plans = plans;
        this.clock = clock;
        this.clocks = clocks;
    }

    /**
     * @param room how many it may give just now; none once it has given its last, whatever came back to the stock since
     * @param soldOut it has given its last: for good
     * @param firstEnds when the first hold ends whose unit this stage could give then, its own or another stage's of the same stock, or the
     *     time in which a claim of its own that is doubted is decided; null: there is none
     */
    record Count(
            int taken, int room, boolean soldOut, @Nullable Instant firstEnds) {}

    record Live(Drop drop, Map<UUID, Count> counts) {
        @Nullable
        Stage stage(UUID id) {
            for (Stage stage : drop.stages()) if (stage.id().equals(id)) return stage;
            return null;
        }

        Count count(Stage stage) {
            return counts.getOrDefault(stage.id(), new Count(0, 0, false, null));
        }
    }

    /** A drop that was published, by its address; null: none that memory knows of. */
    public @Nullable Drop published(String slug) {
        freshen();
        for (Live live : drops.values()) if (live.drop().slug().equals(slug)) return live.drop();
        return null;
    }

    @Nullable
    Live of(DropId id) {
        freshen();
        return drops.get(id);
    }

    /** Of a drop that was published, as somebody knows for sure: what memory lacks was published a moment ago, on another node. */
    @Nullable
    Live ofPublished(DropId id) {
        Live live = of(id);
        if (live != null) return live;
        changed();
        return of(id);
    }

    /** Only of a draft memory knows nothing for a good reason. */
    private @Nullable Live ofRows(Drop drop) {
        return drop.state() == Drop.State.DRAFT ? null : ofPublished(drop.id());
    }

    private void freshen() {
        if (!stale()) return;
        boolean waits = told() || nanos.getAsLong() - readAt > OLD.toNanos();
        boolean mine = waits && !away ? mineSoon(reading) : reading.tryLock();
        if (!mine) return;
        try {
            if (stale()) read();
        } finally {
            reading.unlock();
        }
    }

    private boolean stale() {
        return told() || nanos.getAsLong() - readAt > FRESH.toNanos();
    }

    /** Whether something changed since the last look began: whatever that look found, it may not have seen it. */
    private boolean told() {
        return lookedAfter < changes.get();
    }

    /** Whoever looks may hang with the database: then nobody else waits for it until it has answered. */
    private boolean mineSoon(ReentrantLock lock) {
        try {
            if (lock.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) return true;
            away = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Whether the database did not answer when it was asked last: what is known may be old, and what is not known may be there. */
    boolean away() {
        return away;
    }

    /** Somebody changed something, on this node: it is read again at the next question. Returns which change it is, for {@link #knows}. */
    public long changed() {
        return changes.incrementAndGet();
    }

    /** Whether what is known was read after this change. */
    boolean knows(long change) {
        return readAfter >= change;
    }

    /** As a process that starts: nothing is known. */
    void forget() {
        drops = Map.of();
        free.clear();
        readAfter = -1;
        changed();
    }

    /**
     * @param serials never changed: whoever knows better puts another in its place
     * @param after how many changes had been told of when they were read
     */
    private record Free(BitSet serials, long readAt, long after) {}

    private record Choosing(CollectibleId id, Set<Integer> serials) {}

    /** The numbers of a collectible that can be chosen: half a second old at most, and as they were while the database does not answer. */
    public BitSet free(CollectibleId id) {
        if (stale(free.get(id))) freshen(id);
        Free known = free.get(id);
        return known == null ? new BitSet() : (BitSet) known.serials.clone();
    }

    private boolean stale(@Nullable Free known) {
        return known == null || known.after < changes.get() || nanos.getAsLong() - known.readAt >= FRESH.toNanos();
    }

    /** As all that is known: one asks the database, and nobody stands behind him while it does not answer. */
    private void freshen(CollectibleId id) {
        Free known = free.get(id);
        boolean waits = known == null || known.after < changes.get();
        boolean mine = waits && !away ? mineSoon(choosing) : choosing.tryLock();
        if (!mine) return;
        try {
            if (stale(free.get(id))) readFree(id);
        } finally {
            choosing.unlock();
        }
    }

    private void readFree(CollectibleId id) {
        long after = changes.get();
        var meanwhile = new Choosing(id, ConcurrentHashMap.newKeySet());
        chosenMeanwhile = meanwhile;
        BitSet read = null;
        try {
            read = freeNow(id);
        } catch (DataAccessException e) {
            away = true;
            log.info("drop.numbers-not-read ({})", e.getMessage());
        }
        BitSet there = read;
        free.compute(id, (key, before) -> {
            BitSet serials = there != null ? there : before != null ? before.serials : new BitSet();
            var known = (BitSet) serials.clone();
            meanwhile.serials.forEach(known::clear);
            return new Free(known, nanos.getAsLong(), after);
        });
        chosenMeanwhile = null;
    }

    private BitSet freeNow(CollectibleId id) {
        var serials = new BitSet();
        connections
                .reading()
                .sql("""
                select serial from returned_serials where brand_id = :brand and collectible_id = :id and held_by is null
                """)
                .param("brand", id.brand().value())
                .param("id", id.value())
                .query(Integer.class)
                .list()
                .forEach(serials::set);
        return serials;
    }

    /** This number went to somebody, as the database says: nobody is offered it again. */
    void gone(CollectibleId id, int serial) {
        if (serial < 0) return;
        // First for whoever reads now, then in what is known: between the two nothing is put in its place without it.
        Choosing reads = chosenMeanwhile;
        if (reads != null && reads.id.equals(id)) reads.serials.add(serial);
        free.computeIfPresent(id, (key, old) -> {
            if (!old.serials.get(serial)) return old;
            var serials = (BitSet) old.serials.clone();
            serials.clear(serial);
            return new Free(serials, old.readAt, old.after);
        });
    }

    /** What can be said of a drop to everybody. */
    public enum Phase {
        ANNOUNCED,
        OPEN,
        PAUSED,
        ALL_HELD,
        SOLD_OUT,
        CLOSED;

        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * How a stage stands.
     *
     * @param left how many pieces it still gives; null where its supply is open and it has no cap
     */
    public record Seen(
            Phase phase,
            Stage stage,
            @Nullable Integer left,
            int taken,
            @Nullable Instant firstEnds) {

        /** Whether something may still be had of it: one that is yet to open may find that an earlier one took all. */
        public boolean comes() {
            return switch (phase) {
                case ANNOUNCED -> left == null || left > 0 || firstEnds != null;
                case OPEN, PAUSED, ALL_HELD -> true;
                case SOLD_OUT, CLOSED -> false;
            };
        }
    }

    /** Of the stage that is open, else the next, else the last. Null: there is nothing to see, or not any more. */
    public @Nullable Seen look(Drop drop, Instant now) {
        Live live = ofRows(drop);
        Stage stage = live == null ? null : live.drop().stageAt(now);
        return live == null || stage == null ? null : seen(live, stage, now);
    }

    /** Of each stage, in their order; empty: there is nothing to see. */
    public List<Seen> stages(Drop drop, Instant now) {
        Live live = ofRows(drop);
        return live == null
                ? List.of()
                : live.drop().stages().stream()
                        .map(stage -> seen(live, stage, now))
                        .toList();
    }

    private static Seen seen(Live live, Stage stage, Instant now) {
        Count count = live.count(stage);
        Integer left = count.room() == UNLIMITED ? null : Integer.valueOf(Math.max(0, count.room()));
        return new Seen(phase(live.drop(), stage, count, now), stage, left, count.taken(), count.firstEnds());
    }

    private static Phase phase(Drop drop, Stage stage, Count count, Instant now) {
        if (drop.over(now) || !now.isBefore(stage.closesAt())) return count.soldOut() ? Phase.SOLD_OUT : Phase.CLOSED;
        boolean opened = !now.isBefore(stage.opensAt());
        // A pause ends, and nothing of what was taken comes back with it.
        if (opened && count.soldOut()) return Phase.SOLD_OUT;
        if (drop.state() == Drop.State.PAUSED) return Phase.PAUSED;
        if (!opened) return Phase.ANNOUNCED;
        if (count.room() > 0) return Phase.OPEN;
        return count.firstEnds() == null ? Phase.SOLD_OUT : Phase.ALL_HELD;
    }

    private record Row(
            UUID brand,
            UUID drop,
            UUID stage,
            int taken,
            int room,
            boolean soldOut,
            @Nullable Instant firstEnds) {}

    static final String COUNTS =
            """
            with held as materialized (
                select s.brand_id, s.collectible_id, s.stage_id, k.first_ends
                from drops d
                join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
                cross join lateral (
                    select min(k.hold_until) as first_ends from claims k
                    where k.brand_id = s.brand_id and k.hold_until is not null and k.stage_id = s.stage_id) k
                where d.state <> 'draft' and (d.told_end_at is null or d.told_end_at > :since)
                    and s.hold_seconds is not null and k.first_ends is not null)
            select s.brand_id, s.drop_id, s.stage_id, s.taken,
                least(coalesce(st.available, 1000000), coalesce(s.cap - s.taken, 1000000)) as room,
                s.sold_out_at is not null as sold_out,
                case when s.sold_out_at is null and (st.available = 0 or s.taken = s.cap)
                    then least(h.first_ends, (""" + ClaimSql.DOUBTED + " limit 1) + interval '" + Reviews.DECIDED_WITHIN.toHours() + """
             hours') else h.first_ends end as first_ends
            from drops d
            join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
            join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
            cross join lateral (
                select min(o.first_ends) as first_ends from held o
                where o.brand_id = s.brand_id and o.collectible_id = s.collectible_id
                    and (o.stage_id = s.stage_id or s.taken < coalesce(s.cap, s.taken + 1))) h
            where d.state <> 'draft' and (d.told_end_at is null or d.told_end_at > :since)
            """;

    private void read() {
        long after = changes.get();
        try {
            JdbcClient db = connections.reading();
            // Everything once, and then what can still change.
            Instant since = readAfter < 0 ? Instant.EPOCH : clock.instant().minus(LONG_OVER);
            Map<DropId, Map<UUID, Count>> counts = new HashMap<>();
            db.sql(COUNTS)
                    .param("since", Timestamp.from(since))
                    .query((row, n) -> {
                        Timestamp ends = row.getTimestamp("first_ends");
                        return new Row(
                                row.getObject("brand_id", UUID.class),
                                row.getObject("drop_id", UUID.class),
                                row.getObject("stage_id", UUID.class),
                                row.getInt("taken"),
                                row.getInt("room"),
                                row.getBoolean("sold_out"),
                                ends == null ? null : ends.toInstant());
                    })
                    .list()
                    .forEach(row -> counts.computeIfAbsent(
                                    new DropId(new vitrine.platform.BrandId(row.brand), row.drop),
                                    id -> new HashMap<>())
                            .put(
                                    row.stage,
                                    new Count(row.taken, row.soldOut ? 0 : row.room, row.soldOut, row.firstEnds)));
            Map<DropId, Live> now = new HashMap<>(drops);
            for (Drop drop : plans.published(db, since)) {
                now.put(drop.id(), new Live(drop, counts.getOrDefault(drop.id(), Map.of())));
            }
            clocks.look(db);
            drops = now;
            readAfter = after;
            away = false;
        } catch (DataAccessException e) {
            // What is known stays known; whoever is let in by it hears Busy from the writer.
            away = true;
            log.info("drop.not-read ({})", e.getMessage());
        } finally {
            lookedAfter = after;
            readAt = nanos.getAsLong();
        }
    }
}
