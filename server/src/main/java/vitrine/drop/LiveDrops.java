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
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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

    /** A node whose clock is further off does not decide whether a drop is open. */
    static final Duration CLOCK_OFF = Duration.ofMillis(250);

    private final ClaimConnections connections;
    private final DropPlans plans;
    private final Clock clock;
    private final boolean clockCheck;
    private final ReentrantLock reading = new ReentrantLock();
    private final ConcurrentHashMap<CollectibleId, Free> free = new ConcurrentHashMap<>();
    private volatile Map<DropId, Live> drops = Map.of();
    private final LongSupplier nanos;
    private volatile long readAt;
    private volatile @Nullable Looked looked;
    private volatile boolean away;

    /**
     * @param clockCheck {@code off} only where the clock is moved on purpose
     * @param byHand {@code on} where that clock also says how old this knowledge is
     */
    LiveDrops(
            ClaimConnections connections,
            DropPlans plans,
            Clock clock,
            @Value("${vitrine.drop.clock-check:on}") String clockCheck,
            @Value("${vitrine.drop.by-hand:off}") String byHand) {
        this.connections = connections;
        this.nanos = byHand.equals("on") ? () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()) : System::nanoTime;
        this.readAt = nanos.getAsLong() - OLD.toNanos();
        this.plans = plans;
        this.clock = clock;
        this.clockCheck = clockCheck.equals("on");
    }

    /**
     * @param soldOut a stage without holds that has given its last: for good
     * @param firstEnds when the first of the holds ends; null: none is held
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

    private void freshen() {
        long age = nanos.getAsLong() - readAt;
        if (age <= FRESH.toNanos()) return;
        boolean mine = age > OLD.toNanos() && !away ? mineSoon() : reading.tryLock();
        if (!mine) return;
        try {
            if (nanos.getAsLong() - readAt > FRESH.toNanos()) read();
        } finally {
            reading.unlock();
        }
    }

    /** Whoever looks may hang with the database: then nobody else waits for it until it has answered. */
    private boolean mineSoon() {
        try {
            if (reading.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) return true;
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

    /** Somebody changed something, on this node: it is read again at the next question. */
    public void changed() {
        readAt = nanos.getAsLong() - OLD.toNanos() - 1;
        free.clear();
    }

    /** @param serials never changed: whoever knows better puts another in its place */
    private record Free(BitSet serials, long readAt) {}

    /** The numbers of a collectible that can be chosen; half a second old at most. */
    public BitSet free(CollectibleId id) {
        Free read = free.compute(
                id,
                (key, old) -> old != null && nanos.getAsLong() - old.readAt < FRESH.toNanos() ? old : readFree(key));
        return (BitSet) read.serials.clone();
    }

    private Free readFree(CollectibleId id) {
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
        return new Free(serials, nanos.getAsLong());
    }

    /** This number went to somebody, as the database says: nobody is offered it again. */
    void gone(CollectibleId id, int serial) {
        free.computeIfPresent(id, (key, old) -> {
            var serials = (BitSet) old.serials.clone();
            if (serial >= 0) serials.clear(serial);
            return new Free(serials, old.readAt);
        });
    }

    /**
     * What the database's clock said when it was asked last.
     *
     * @param theirs milliseconds
     * @param within milliseconds that it may have been earlier or later, for the time that an answer took
     * @param nanos of a clock that nobody sets, when it said so
     */
    private record Looked(long theirs, long within, long nanos) {}

    /**
     * Whether this node's clock is off the database's, at this very moment: how far the database's has come since it was asked tells a clock
     * that nobody sets, so a step is seen by the first claim after it.
     */
    boolean clockOff() {
        if (!clockCheck) return false;
        // What that clock drifts in hours without a question is no step: then it is asked before anything is said.
        if (isOff(looked)) freshen();
        return isOff(looked);
    }

    private boolean isOff(@Nullable Looked last) {
        if (last == null) return false;
        long theirs = last.theirs + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - last.nanos);
        return Math.abs(clock.millis() - theirs) > CLOCK_OFF.toMillis() + last.within;
    }

    /** The same for work that nobody asked for: then nobody may have looked at the clock yet. */
    boolean clockOffAtWork() {
        if (clockCheck && looked == null) freshen();
        return clockOff();
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
     * @param stage the one that is open, else the next, else the last
     * @param left how many pieces the stage still gives; null where its supply is open and it has no cap
     */
    public record Seen(
            Phase phase,
            Stage stage,
            @Nullable Integer left,
            int taken,
            @Nullable Instant firstEnds) {}

    /** Null: there is nothing to see, or not any more. */
    public @Nullable Seen look(Drop drop, Instant now) {
        Live live = of(drop.id());
        Stage stage = live == null ? null : live.drop().stageAt(now);
        if (live == null || stage == null) return null;
        Count count = live.count(stage);
        Integer left = count.room() == UNLIMITED ? null : Integer.valueOf(Math.max(0, count.room()));
        return new Seen(phase(live.drop(), stage, count, now), stage, left, count.taken(), count.firstEnds());
    }

    /** What a published drop's stages have given, for who watches. */
    public record StageCount(
            Stage stage, int taken, @Nullable Integer left, boolean soldOut) {}

    public List<StageCount> counts(Drop drop) {
        Live live = of(drop.id());
        if (live == null) return List.of();
        return live.drop().stages().stream()
                .map(stage -> {
                    Count count = live.count(stage);
                    return new StageCount(
                            stage,
                            count.taken(),
                            count.room() == UNLIMITED ? null : Integer.valueOf(Math.max(0, count.room())),
                            count.soldOut());
                })
                .toList();
    }

    private static Phase phase(Drop drop, Stage stage, Count count, Instant now) {
        if (drop.over(now)) return count.soldOut() ? Phase.SOLD_OUT : Phase.CLOSED;
        if (drop.state() == Drop.State.PAUSED) return Phase.PAUSED;
        if (now.isBefore(stage.opensAt())) return Phase.ANNOUNCED;
        if (count.soldOut()) return Phase.SOLD_OUT;
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

    private void read() {
        try {
            JdbcClient db = connections.reading();
            Map<DropId, Map<UUID, Count>> counts = new HashMap<>();
            db.sql("""
                    select s.brand_id, s.drop_id, s.stage_id, s.taken,
                        least(coalesce(st.available, 1000000), coalesce(s.cap - s.taken, 1000000)) as room,
                        s.sold_out_at is not null as sold_out, h.first_ends
                    from drops d
                    join drop_stages s on s.brand_id = d.brand_id and s.drop_id = d.drop_id
                    join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
                    cross join lateral (
                        select min(k.hold_until) as first_ends from claims k
                        where k.brand_id = s.brand_id and k.hold_until is not null and k.stage_id = s.stage_id) h
                    where d.state <> 'draft'
                    """)
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
                            .put(row.stage, new Count(row.taken, row.room, row.soldOut, row.firstEnds)));
            Map<DropId, Live> now = new HashMap<>();
            for (Drop drop : plans.published(db)) {
                now.put(drop.id(), new Live(drop, counts.getOrDefault(drop.id(), Map.of())));
            }
            if (clockCheck) lookAtClock(db);
            drops = now;
            away = false;
        } catch (DataAccessException e) {
            // What is known stays known; whoever is let in by it hears Busy from the writer.
            away = true;
            log.info("drop.not-read ({})", e.getMessage());
        } finally {
            readAt = nanos.getAsLong();
        }
    }

    private void lookAtClock(JdbcClient db) {
        boolean before = isOff(looked);
        long asked = System.nanoTime();
        Instant theirs = db.sql("select clock_timestamp()")
                .query(Timestamp.class)
                .single()
                .toInstant();
        long answered = System.nanoTime();
        // It said so at some moment in between.
        long half = TimeUnit.NANOSECONDS.toMillis((answered - asked) / 2);
        looked = new Looked(theirs.toEpochMilli() + half, half + 1, answered);
        if (isOff(looked) && !before) {
            log.warn(
                    "drop.clock-off: this node opens no drop until its clock is right again; it says {}, the database {}",
                    clock.instant(),
                    theirs.plusMillis(half));
        }
    }
}
