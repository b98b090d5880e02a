package vitrine.drop;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.catalog.CollectibleId;
import vitrine.drop.ClaimWriter.Answer;
import vitrine.drop.LiveDrops.Count;
import vitrine.drop.LiveDrops.Live;
import vitrine.identity.CollectorId;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Deadlines;
import vitrine.platform.Ids;
import vitrine.platform.web.Throttle;
import vitrine.proof.Hash32;

/**
 * The gate of the drops, and the way behind it. What memory can refuse costs no SQL; what it lets in is decided by the stage's
 * {@link ClaimWriter} under the drop's lock. Before anybody is refused it is looked up whether this very claim was made already: a
 * winner whose answer was lost hears that she won, whatever has happened since.
 */
@Component
public class Claims implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(4);

    /** A claim that was let in before the end may be committed so much later, by a node whose clock is behind; see {@link ClaimWriter#LATE}. */
    static final Duration SETTLED = Duration.ofSeconds(8);

    /** So many claims of one stock in so short a time are a crowd. */
    private static final int RUSH = 100;

    /** The driver and the database have it prepared by the second; the rest is for the compiler. */
    private static final int PREPARED = 20;

    private static final int KEY_BYTES = 12;

    private static final Duration RUSHED = Duration.ofSeconds(2);

    /** What one collector may try of codes: a handful, then one in six seconds. */
    private static final double CODES_A_SECOND = 1.0 / 6;

    private static final double CODES_AT_A_BREATH = 10;

    /** How often one collector is looked up who is refused where memory cannot say it all: a person who presses, and no machine. */
    private static final double LOOK_UPS_A_SECOND = 1;

    private static final double LOOK_UPS_AT_A_BREATH = 10;

    private final JdbcClient db;
    private final JdbcClient pages;
    private final ClaimLookUps lookUps = new ClaimLookUps(this::lookUps);
    private final LiveDrops lives;
    private final ClaimPasses passes;
    private final ClaimConnections connections;
    private final HotTurns turns;
    private final Ids ids;
    private final BusinessClock business;
    private final Clock clock;
    private final ConcurrentHashMap<StageKey, ClaimWriter> writers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<StageKey, Winners> winners = new ConcurrentHashMap<>();
    private final ClockCheck clocks;
    private final Deadlines deadlines;
    private final Throttle guesses;
    private final Throttle askedAgain;
    private final ClaimWriter.Mode mode;
    private volatile boolean running;

    /** A drop that nobody can see; null while nothing is warmed up. */
    private volatile @Nullable Live nowhere;

    Claims(
            JdbcClient db,
            DataSource pages,
            LiveDrops lives,
            ClaimPasses passes,
            ClaimConnections connections,
            HotTurns turns,
            Ids ids,
            BusinessClock business,
            Clock clock,
            ClockCheck clocks,
            Deadlines deadlines,
            @Value("${vitrine.drop.by-hand:off}") String byHand) {
        this.mode = byHand.equals("on") ? ClaimWriter.Mode.BY_HAND : ClaimWriter.Mode.RUNNING;
        this.db = db;
        this.pages = JdbcClient.create(ClaimConnections.givenUpSoon(pages));
        this.lives = lives;
        this.passes = passes;
        this.connections = connections;
        this.turns = turns;
        this.ids = ids;
        this.business = business;
        this.clock = clock;
        this.clocks = clocks;
        this.deadlines = deadlines;
        this.askedAgain = new Throttle(clock, LOOK_UPS_A_SECOND, LOOK_UPS_AT_A_BREATH);
        this.guesses = new Throttle(clock, CODES_A_SECOND, CODES_AT_A_BREATH);
    }

    /**
     * @param nth which of this person's tries: 1 for the first; the same number again is the same claim
     */
    public Claiming claim(String passText, int nth) {
        return claim(passText, nth, null, null);
    }

    /**
     * @param code as somebody typed it, for a stage that wants one
     * @param unit which number, for a stage where that is chosen
     */
    public Claiming claim(String passText, int nth, @Nullable String code, @Nullable Integer unit) {
        try {
            return decide(passText, nth, code, unit);
        } catch (DataAccessException e) {
            // Nobody is refused who may have won: whether this claim was made already cannot be looked up now.
            log.debug("drop.not-looked-up ({})", e.getMessage());
            return busy();
        }
    }

    private Claiming decide(String passText, int nth, @Nullable String code, @Nullable Integer unit) {
        ClaimPass pass = passes.read(passText);
        if (pass == null || nth < 1) return new Claiming.NotAdmitted("unreadable");
        Live live = pretended(pass);
        // A pass of ours is proof that it was published.
        if (live == null) live = lives.ofPublished(pass.drop());
        Stage stage = live == null ? null : live.stage(pass.stage());
        if (live == null || stage == null) return lives.away() ? busy() : new Claiming.NotAdmitted("no-such-drop");
        if (!admits(stage, pass, nth)) return new Claiming.NotAdmitted("not-in-line");
        // By such a clock it may be closed for one and not open yet for another, who are both in time.
        if (clocks.off()) return busy();
        byte[] key = ClaimPasses.key(pass, nth);
        String who = pass.collector().value().toString();
        Claiming no = refusal(live, stage, pass);
        if (no != null) {
            if (isLookedUp(live) && !askedAgain.take(who)) return busy();
            Claim before = before(live, pass, key);
            return before == null ? no : new Claiming.Claimed(before, true);
        }
        Integer wanted = stage.chosen() ? unit : null;
        boolean coded = stage.entry() == Stage.Entry.CODE;
        // Eighty bits are not guessed; this keeps who tries it from the crowd's way.
        if ((coded || stage.chosen() && wanted == null) && !guesses.take(who)) return busy();
        if (stage.chosen() && wanted == null) return refusedUnlessBefore(new Claiming.UnitWanted(), pass, key);
        byte[] used = coded ? DropCodes.hash(code) : null;
        if (coded && used == null) return refusedUnlessBefore(new Claiming.CodeUnknown(), pass, key);
        CompletableFuture<Answer> answer = take(stage, pass, key, used, wanted);
        if (answer == null) return busy();
        Claiming ended = await(answer, stage, pass, key);
        if (wanted != null && (ended instanceof Claiming.Claimed || ended instanceof Claiming.UnitTaken))
            lives.gone(stage.collectible(), wanted);
        return ended;
    }

    /**
     * From now on this drop can be claimed by who has a pass of ours for it. Its claims go the whole way, under the locks of another drop's
     * stage, and are taken back before they are committed.
     *
     * @param pretended with one stage
     */
    void warmUp(Live pretended, DropId lockedDrop, Stage lockedStage) {
        writers.put(
                StageKey.of(pretended.drop().id(), pretended.drop().stages().getFirst()),
                new ClaimWriter(
                        lockedDrop,
                        lockedStage,
                        connections,
                        turns,
                        ids,
                        business,
                        clocks,
                        ClaimWriter.Mode.WARMING_UP));
        nowhere = pretended;
    }

    /**
     * Where somebody types a code or chooses a number, another statement writes the claim: it is prepared and planned on the writers'
     * connection, for nobody, and what it wrote is taken back.
     *
     * @return what would have become of it
     */
    List<ClaimSql.Outcome> prepare(DropId drop, Stage stage) throws SQLException {
        List<ClaimSql.Outcome> ended = new ArrayList<>();
        for (int unit = 1; unit <= PREPARED; unit++) {
            var nobody = new ClaimSql.Wish(
                    ids.next(),
                    ids.next(),
                    new byte[KEY_BYTES],
                    null,
                    1,
                    stage.entry() == Stage.Entry.CODE ? new byte[Hash32.LENGTH] : null,
                    stage.chosen() ? unit : null);
            try (HotTurns.Turn turn =
                            turns.take(List.of(drop.value(), stage.collectible().value()));
                    Connection connection = connections.open()) {
                try {
                    ClaimSql.Locked found = ClaimSql.lock(connection, drop, stage);
                    Instant now = business.now().truncatedTo(ChronoUnit.MICROS);
                    ClaimSql.claim(connection, drop, stage, found, List.of(nobody), now)
                            .values()
                            .forEach(written -> ended.add(written.outcome()));
                } finally {
                    connection.rollback();
                }
            }
        }
        return ended;
    }

    void endWarmUp() throws InterruptedException {
        Live pretended = nowhere;
        nowhere = null;
        if (pretended == null) return;
        ClaimWriter writer = writers.remove(
                StageKey.of(pretended.drop().id(), pretended.drop().stages().getFirst()));
        if (writer != null) writer.stop();
    }

    /** Whether this pass is for a warm-up: what becomes of it is counted nowhere. */
    boolean isWarmUp(String passText) {
        if (nowhere == null) return false;
        ClaimPass pass = passes.read(passText);
        return pass != null && pretended(pass) != null;
    }

    private @Nullable Live pretended(ClaimPass pass) {
        Live pretended = nowhere;
        return pretended != null && pretended.drop().id().equals(pass.drop()) ? pretended : null;
    }

    /** What memory has nothing against: decided by the stage's writer. Null: too many wait already. */
    @Nullable
    CompletableFuture<Answer> take(
            Stage stage, ClaimPass pass, byte[] key, byte @Nullable [] code, @Nullable Integer unit) {
        return writer(pass.drop(), stage).offer(pass.collector().value(), key, pass.person(), pass.limit(), code, unit);
    }

    /**
     * Whether this pass lets anybody in here. A ticket of ours says that its place was called, so nobody need be asked; it is for one
     * claim, the first, and that claim's key is used up in the writer's own transaction.
     */
    private static boolean admits(Stage stage, ClaimPass pass, int nth) {
        return switch (stage.mode()) {
            case RACE -> pass.ticket() == 0;
            case QUEUE -> pass.ticket() > 0 && nth == 1;
            case WINDOW -> false;
        };
    }

    /** What memory knows against it; null: nothing. */
    private @Nullable Claiming refusal(Live live, Stage stage, ClaimPass pass) {
        Drop drop = live.drop();
        Instant now = business.now();
        // By a clock that is off nobody is told that it is too early or too late.
        boolean off = clocks.off();
        // What was ended before it opened never opens, so nobody is given an hour to come back at.
        if (drop.state() == Drop.State.ENDED) return new Claiming.Closed(stage.closesAt());
        if (!off && now.isBefore(stage.opensAt())) return new Claiming.NotOpen(stage.opensAt());
        if (!off && !now.isBefore(stage.closesAt())) return new Claiming.Closed(stage.closesAt());
        if (drop.state() == Drop.State.PAUSED) return new Claiming.Paused();
        Count count = live.count(stage);
        // A stage without holds says under its lock that it has given its last; until then only a hold says more of it
        // here.
        if (count.soldOut() || count.room() <= 0 && (stage.hold() != null || count.firstEnds() != null))
            return noRoom(count);
        if (!off && pass.end().isBefore(clock.instant())) return new Claiming.NotAdmitted("ended");
        return null;
    }

    /** The writer found nothing. Whether the last was given or is only held is read anew; what was read before may not know of it. */
    private Claiming noRoom(DropId drop, Stage stage) {
        long change = lives.changed();
        Live now = lives.of(drop);
        if (now == null || !lives.knows(change)) return busy();
        Count count = now.count(stage);
        // A unit came back in the meantime.
        if (!count.soldOut() && count.room() > 0) return busy();
        return noRoom(count);
    }

    private static Claiming noRoom(Count count) {
        return count.soldOut() || count.firstEnds() == null
                ? new Claiming.SoldOut()
                : new Claiming.AllHeld(count.firstEnds());
    }

    /** Whether {@link #before} has to ask the database, since a stage may still give something. */
    private boolean isLookedUp(Live live) {
        for (Stage stage : live.drop().stages())
            if (!business.now().isBefore(stage.opensAt()) && !settled(live, stage)) return true;
        return false;
    }

    /** This very claim, if it was made: in whatever stage of the drop, since a try is the same in all of them. */
    private @Nullable Claim before(Live live, ClaimPass pass, byte[] key) {
        for (Stage stage : live.drop().stages()) {
            if (!clocks.off() && business.now().isBefore(stage.opensAt())) continue;
            if (!settled(live, stage)
                    || winners(pass.drop(), stage).mayHold(pass.collector().value(), key))
                return find(pass.drop(), pass.collector(), key).orElse(null);
        }
        return null;
    }

    /** Whether it gives nothing any more, and never will again. */
    private boolean settled(Live live, Stage stage) {
        return live.count(stage).soldOut()
                || live.drop().state() == Drop.State.ENDED
                || !clocks.off() && business.now().isAfter(stage.closesAt().plus(SETTLED));
    }

    /** Those of a stage that gives nothing any more and never will again, as sorted hashes: 8 bytes for each. */
    private record Winners(long[] hashes) {
        boolean mayHold(UUID collector, byte[] key) {
            return Arrays.binarySearch(hashes, hash(collector, key)) >= 0;
        }

        static long hash(UUID collector, byte[] key) {
            ByteBuffer bytes = ByteBuffer.wrap(key);
            long hash = bytes.getLong() * 0x9E3779B97F4A7C15L + bytes.getInt();
            hash = (hash ^ collector.getMostSignificantBits()) * 0xC2B2AE3D27D4EB4FL;
            return (hash ^ collector.getLeastSignificantBits()) * 0x165667B19E3779F9L;
        }
    }

    static final String WINNERS = """
            select collector_id, claim_key from claims where brand_id = :brand and drop_id = :drop and stage_id = :stage
            """;

    private Winners winners(DropId drop, Stage stage) {
        return winners.computeIfAbsent(StageKey.of(drop, stage), key -> {
            List<Long> hashes = lookUps()
                    .sql(WINNERS)
                    .param("brand", drop.brand().value())
                    .param("drop", drop.value())
                    .param("stage", key.stage())
                    .query((row, n) -> Winners.hash(row.getObject(1, UUID.class), row.getBytes(2)))
                    .list();
            // They are kept for good, so it was no wrong clock that said that the stage is over.
            if (clocks.off()) throw new DataAccessResourceFailureException("the clock is off");
            long[] sorted = hashes.stream().mapToLong(Long::longValue).sorted().toArray();
            return new Winners(sorted);
        });
    }

    /** While the database is away nobody waits for a connection to it. */
    private JdbcClient lookUps() {
        if (lives.away()) throw new DataAccessResourceFailureException("the database does not answer");
        return pages;
    }

    /** The claim that this collector made under this key, if it counts. */
    Optional<Claim> find(DropId drop, CollectorId collector, byte[] key) {
        return lookUps.find(drop, collector, key);
    }

    /** Whether a crowd is claiming at this node: what can wait some seconds then waits. */
    boolean rushed() {
        return writers.values().stream().anyMatch(ClaimWriter::rushed);
    }

    static final String CROWD = """
            select count(*) >= :rush from (
                (select claimed_at from claims
                where brand_id = :brand and collectible_id = :id and granted_at is null and serial is not null
                order by serial desc limit :rush)
                union all
                (select k.claimed_at from drop_stages s
                cross join lateral (
                    select claimed_at from claims c
                    where c.brand_id = s.brand_id and c.stage_id = s.stage_id and c.hold_until is not null
                    order by c.hold_until desc limit :rush) k
                where s.brand_id = :brand and s.collectible_id = :id and s.hold_seconds is not null)) newest
            where claimed_at > :since
            """;

    /**
     * Whether a crowd is claiming of this stock, here or on another node: so many of the newest numbers, or of the newest holds, are
     * younger than two seconds. Both are read from the end of an index.
     */
    boolean rushed(CollectibleId of) {
        return rushed()
                || db.sql(CROWD)
                        .param("rush", RUSH)
                        .param("brand", of.brand().value())
                        .param("id", of.value())
                        .param("since", Timestamp.from(business.now().minus(RUSHED)))
                        .query(Boolean.class)
                        .single();
    }

    /** How many claims wait on this node to be written. */
    int waiting() {
        return writers.values().stream().mapToInt(ClaimWriter::waiting).sum();
    }

    /** All that this collector has of the drop, the first one first. */
    public List<Claim> of(DropId drop, CollectorId collector) {
        return db.sql("""
                select claim_id, stage_id, nth, serial, claimed_at, hold_until, unit from claims
                where brand_id = :brand and drop_id = :drop and collector_id = :collector order by nth
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("collector", collector.value())
                .query(Claims::claim)
                .list();
    }

    /** Every claim that counts, the first first; inside a transaction they are read in portions, so that a million fit. */
    public void all(DropId drop, Consumer<Claim> each) {
        try (var rows = db
                .sql("""
                        select claim_id, stage_id, nth, serial, claimed_at, hold_until, unit from claims
                        where brand_id = :brand and drop_id = :drop order by claimed_at, claim_id
                        """)
                .withFetchSize(1_000)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .query(Claims::claim)
                .stream()) {
            rows.forEach(each);
        }
    }

    /** The number of this collector's next try: what he has, and what he had, each took one. */
    int nextTry(DropId drop, CollectorId collector) {
        return db.sql("""
                select (select count(*) from claims where brand_id = :brand and drop_id = :drop and collector_id = :collector)
                    + (select count(*) from claims_ended where brand_id = :brand and drop_id = :drop and collector_id = :collector)
                """)
                        .param("brand", drop.brand().value())
                        .param("drop", drop.value())
                        .param("collector", collector.value())
                        .query(Integer.class)
                        .single()
                + 1;
    }

    /** Whether a hold of this person's in this stage ended, under whichever of her accounts. */
    boolean ended(DropId drop, Stage stage, Collection<CollectorId> family) {
        return db.sql("""
                select exists (
                    select from claims_ended where brand_id = :brand and drop_id = :drop and collector_id = any(:family)
                        and stage_id = :stage)
                """)
                .param("brand", drop.brand().value())
                .param("drop", drop.value())
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .param("stage", stage.id())
                .query(Boolean.class)
                .single();
    }

    static Claim claim(java.sql.ResultSet row, int n) throws java.sql.SQLException {
        int serial = row.getInt("serial");
        boolean held = row.wasNull();
        Timestamp until = row.getTimestamp("hold_until");
        return new Claim(
                row.getObject("claim_id", UUID.class),
                row.getObject("stage_id", UUID.class),
                row.getInt("nth"),
                held ? null : serial,
                row.getTimestamp("claimed_at").toInstant(),
                until == null ? null : until.toInstant(),
                (Integer) row.getObject("unit"));
    }

    private Claiming await(CompletableFuture<Answer> coming, Stage stage, ClaimPass pass, byte[] key) {
        Answer answer;
        try {
            answer = deadlines.await(coming, ANSWER_WITHIN);
        } catch (TimeoutException e) {
            // What is not being written yet never will be; what is, its repeat is recognised.
            return busy();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            coming.cancel(false);
            return busy();
        }
        if (answer.found() == null) return busy();
        if (answer.written() == null)
            return answer.found().state() == Drop.State.PAUSED
                    ? refusedUnlessBefore(new Claiming.Paused(), pass, key)
                    : refusedUnlessBefore(new Claiming.Closed(stage.closesAt()), pass, key);
        return switch (answer.written().outcome()) {
            case TAKEN -> new Claiming.Claimed(made(answer), false);
            case AGAIN -> new Claiming.Claimed(made(answer), true);
            case LIMIT -> new Claiming.LimitReached(pass.limit());
            case EXPIRED -> pass.ticket() > 0 ? new Claiming.TurnUsed() : new Claiming.HoldExpired();
            case REFUSED -> new Claiming.Refused();
            case CODE_UNKNOWN -> new Claiming.CodeUnknown();
            case CODE_USED -> new Claiming.CodeUsed();
            // Where nothing is left no other number is free either.
            case UNIT_TAKEN -> answer.found().room() > 0 ? new Claiming.UnitTaken() : noRoom(pass.drop(), stage);
            case NO_ROOM -> noRoom(pass.drop(), stage);
        };
    }

    private Claiming refusedUnlessBefore(Claiming no, ClaimPass pass, byte[] key) {
        return find(pass.drop(), pass.collector(), key)
                .<Claiming>map(claim -> new Claiming.Claimed(claim, true))
                .orElse(no);
    }

    private static Claim made(Answer answer) {
        return requireNonNull(requireNonNull(answer.written()).claim());
    }

    private static Claiming busy() {
        return new Claiming.Busy(1 + ThreadLocalRandom.current().nextInt(3));
    }

    private ClaimWriter writer(DropId drop, Stage stage) {
        var key = StageKey.of(drop, stage);
        ClaimWriter there = writers.get(key);
        if (there != null && there.isThere()) return there;
        // One that went home by a clock that was ahead is followed by another.
        return writers.compute(
                key,
                (k, now) -> now != null && now.isThere()
                        ? now
                        : new ClaimWriter(drop, stage, connections, turns, ids, business, clocks, mode));
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        for (ClaimWriter writer : writers.values()) {
            try {
                writer.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        writers.clear();
        winners.clear();
    }

    Collection<ClaimWriter> writers() {
        return writers.values();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0; // after the pool was opened, before the web server takes requests; stops after it took the last one
    }
}
