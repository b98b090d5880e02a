package vitrine.drop;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import vitrine.identity.CollectorId;
import vitrine.ledger.Ledger;
import vitrine.platform.BusinessClock;
import vitrine.platform.ClockCheck;
import vitrine.platform.Deadlines;
import vitrine.proof.Arrivals;
import vitrine.proof.Hash32;

/**
 * Where one stands in line. A place is a row of the collector's, so it is the same on every device, in every network and after a
 * locked screen; what changes while one waits is the same for all, and is read from memory.
 */
@Component
public class WaitingRoom {

    private static final Duration FRESH = Duration.ofMillis(500);

    /** Where nobody was called for so long the calling stands still, whatever the pace was: how long it takes is not known. */
    private static final Duration OF_LATE = Duration.ofSeconds(10);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(4);

    private final JdbcClient db;
    private final Queues queues;
    private final JoinWriter writer;
    private final Ledger ledger;
    private final Beacons beacons;
    private final BusinessClock business;
    private final Clock clock;
    private final ClockCheck clocks;
    private final Deadlines deadlines;
    private final SecureRandom random;
    private final ConcurrentHashMap<StageKey, Read> read = new ConcurrentHashMap<>();

    WaitingRoom(
            JdbcClient db,
            Queues queues,
            JoinWriter writer,
            Ledger ledger,
            Beacons beacons,
            BusinessClock business,
            Clock clock,
            ClockCheck clocks,
            Deadlines deadlines,
            SecureRandom random) {
        this.db = db;
        this.queues = queues;
        this.writer = writer;
        this.ledger = ledger;
        this.beacons = beacons;
        this.business = business;
        this.clock = clock;
        this.clocks = clocks;
        this.deadlines = deadlines;
        this.random = random;
    }

    /** How far a list is. */
    public enum State {
        /** Its door is not open yet. */
        AHEAD,
        /** Whoever comes now is on the list. */
        GATHERING,
        /** The list is closed, and its round is awaited. */
        DRAWING,
        /** The places are drawn, and called one after the other. */
        CALLING,
        /** Nobody comes in any more. */
        OVER;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What everybody may know.
     *
     * @param from when one may come in
     * @param called places up to this one have their turn
     * @param rate places called in a second, of late; 0: nobody was
     * @param round that gives the places; null: the list is still open
     * @param roundAt when it comes, by the real clock
     * @param late whether it should have been here some time ago; of a window never, which gives no places by it
     * @param otherNetwork that the rules name, where this server is set up for another: then the list is neither closed nor drawn; else null
     * @param root of the list in that record; null as there
     * @param record of the list in the log; null: the list is still open
     * @param seed from which the places follow; null: they are not drawn yet
     */
    public record Seen(
            State state,
            Instant from,
            int arrivals,
            @Nullable Integer listed,
            int called,
            double rate,
            @Nullable Long round,
            @Nullable Instant roundAt,
            boolean late,
            @Nullable Hash32 otherNetwork,
            @Nullable Hash32 root,
            @Nullable Hash32 record,
            @Nullable Hash32 seed) {

        /** How long until this place is called, at the least and at the most; null: nobody can say yet. */
        public @Nullable Range until(int place) {
            if (state != State.CALLING || rate < 0.01) return null;
            double seconds = Math.max(0, place - called) / rate;
            return new Range(
                    Duration.ofSeconds((long) (seconds * 0.7)), Duration.ofSeconds((long) (seconds * 1.6) + 5));
        }
    }

    public record Range(Duration least, Duration most) {}

    /** Where one person stands. */
    public sealed interface Standing {
        record NotIn() implements Standing {}

        /** On the list whose places are not drawn yet. */
        record Listed() implements Standing {}

        record InLine(int place) implements Standing {}

        record Called(int place) implements Standing {}
    }

    public sealed interface Joining {
        String code();

        record Joined() implements Joining {
            @Override
            public String code() {
                return "drop.joined";
            }
        }

        record NotOpen(Instant from) implements Joining {
            @Override
            public String code() {
                return "drop.not-open";
            }
        }

        record Over() implements Joining {
            @Override
            public String code() {
                return "drop.closed";
            }
        }

        /** The same human stands in line with another account. */
        record PersonIn() implements Joining {
            @Override
            public String code() {
                return "drop.person-in-line";
            }
        }

        record Busy(int retryAfterSeconds) implements Joining {
            @Override
            public String code() {
                return "drop.busy";
            }
        }
    }

    private record Read(Queues.Queue queue, long nanos) {}

    /** Half a second old at most. */
    public Seen look(Drop drop, Stage stage) {
        return seen(drop, stage, queue(drop.id(), stage));
    }

    /** As it is stored at this moment, for the few who act on it. */
    public Seen lookAgain(Drop drop, Stage stage) {
        return seen(drop, stage, queues.find(drop.id(), stage.id()).orElseThrow());
    }

    private Queues.Queue queue(DropId drop, Stage stage) {
        long now = System.nanoTime();
        var key = StageKey.of(drop, stage);
        Read known = read.get(key);
        if (known != null && now - known.nanos < FRESH.toNanos()) return known.queue;
        return read.compute(
                        key,
                        (k, old) -> old != null && System.nanoTime() - old.nanos < FRESH.toNanos()
                                ? old
                                : new Read(queues.find(drop, k.stage()).orElseThrow(), System.nanoTime()))
                .queue;
    }

    /** What is known is read anew at the next question: somebody changed it, on this node. */
    void changed() {
        read.clear();
    }

    private Seen seen(Drop drop, Stage stage, Queues.Queue queue) {
        Instant now = business.now();
        Instant from = stage.mode() == Stage.Mode.WINDOW
                ? stage.opensAt()
                : stage.opensAt().minus(Queues.ROOM);
        boolean ours = queues.isOfOurNetwork(queue);
        Instant roundAt =
                queue.round() == null || !ours ? null : beacons.chain().timeOf(queue.round());
        return new Seen(
                state(drop, stage, queue, from, now),
                from,
                queue.arrivals(),
                queue.listed(),
                queue.called(),
                queue.calledAt() == null || queue.calledAt().isBefore(now.minus(OF_LATE)) ? 0 : queue.callRate(),
                queue.round(),
                roundAt,
                stage.mode() == Stage.Mode.QUEUE
                        && roundAt != null
                        && !queue.drawn()
                        && clock.instant().isAfter(roundAt.plusSeconds(30)),
                ours || queue.drawn() || queue.closed() && stage.mode() == Stage.Mode.WINDOW ? null : queue.chain(),
                queue.root(),
                queue.record(),
                queue.record() == null || queue.signature() == null
                        ? null
                        : Arrivals.seed(queue.record(), queue.signature()));
    }

    private static State state(Drop drop, Stage stage, Queues.Queue queue, Instant from, Instant now) {
        if (drop.state() == Drop.State.ENDED || !now.isBefore(stage.closesAt())) return State.OVER;
        if (queue.drawn()) return State.CALLING;
        if (queue.closed() || !now.isBefore(stage.listCloses())) return State.DRAWING;
        return now.isBefore(from) ? State.AHEAD : State.GATHERING;
    }

    /** Of the person's own account, whatever device she asks from. */
    Standing standing(Drop drop, Stage stage, List<CollectorId> family) {
        record Line(@Nullable Integer place) {}
        // Accounts that became one each had a place: the best of them counts.
        Line line = db.sql("""
                select place from queue_arrivals
                where brand_id = :brand and drop_id = :drop and stage_id = :stage and collector_id = any(:family)
                order by place nulls last limit 1
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("stage", stage.id())
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query((row, n) -> new Line((Integer) row.getObject(1)))
                .optional()
                .orElse(null);
        if (line == null) return new Standing.NotIn();
        if (line.place == null) return new Standing.Listed();
        // A place that is behind the list has no turn before the list was drawn.
        return line.place <= queue(drop.id(), stage).called()
                ? new Standing.Called(line.place)
                : new Standing.InLine(line.place);
    }

    /**
     * Comes in, a second time without effect. Whether she may enter the stage was looked at before.
     *
     * @param network keyed hash of where she came from; null: not known
     */
    Joining join(Drop drop, Stage stage, CollectorId person, byte @Nullable [] human, byte @Nullable [] network) {
        // By such a clock the list may be closed for her who is in time.
        if (clocks.offNow()) return busy();
        Seen seen = look(drop, stage);
        if (seen.state == State.OVER) return new Joining.Over();
        if (seen.state == State.AHEAD) return new Joining.NotOpen(seen.from);
        if (seen.state == State.DRAWING && stage.mode() == Stage.Mode.WINDOW) return new Joining.Over();
        byte[] salt = new byte[Hash32.LENGTH];
        random.nextBytes(salt);
        CompletableFuture<JoinWriter.Outcome> coming = writer.add(new JoinWriter.Arrival(
                drop.id(),
                stage,
                person.value(),
                human,
                Hash32.of(salt),
                Arrivals.arrival(stage.id(), person.value(), Hash32.of(salt)),
                network));
        if (coming == null) return busy();
        try {
            return switch (deadlines.await(coming, ANSWER_WITHIN)) {
                case IN -> new Joining.Joined();
                case PERSON_IN -> new Joining.PersonIn();
                case CLOSING -> stage.mode() == Stage.Mode.WINDOW ? new Joining.Over() : busy();
                case FAILED -> busy();
            };
        } catch (TimeoutException | ExecutionException e) {
            return busy(); // it may still be written; then its repeat finds it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return busy();
        }
    }

    private static Joining busy() {
        return new Joining.Busy(1 + ThreadLocalRandom.current().nextInt(3));
    }

    /**
     * Her line of the list, to check it with: what was in the list before the round was known, and how it became her place.
     *
     * @param salt with which, with her id and the stage's, anybody computes the arrival
     * @param sealed where the list's record stands; null: not yet
     * @param signature of the round; null: it has not come yet
     */
    public record Line(
            UUID collector,
            Hash32 salt,
            Hash32 arrival,
            @Nullable Integer place,
            @Nullable Hash32 record,
            Ledger.@Nullable Place sealed,
            @Nullable Long round,
            byte @Nullable [] signature) {}

    Optional<Line> line(Drop drop, Stage stage, List<CollectorId> family) {
        return db.sql("""
                select a.collector_id, a.salt, a.arrival, a.place, q.record_id, q.record_leaf, q.round, q.signature, q.listed from queue_arrivals a
                join queues q on q.brand_id = a.brand_id and q.drop_id = a.drop_id and q.stage_id = a.stage_id
                where a.brand_id = :brand and a.drop_id = :drop and a.stage_id = :stage and a.collector_id = any(:family)
                    and a.salt is not null
                order by a.place nulls last limit 1
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("stage", stage.id())
                .param("family", family.stream().map(CollectorId::value).toArray(UUID[]::new))
                .query((row, n) -> new Line(
                        row.getObject("collector_id", UUID.class),
                        Hash32.of(row.getBytes("salt")),
                        Hash32.of(row.getBytes("arrival")),
                        (Integer) row.getObject("place"),
                        Hash32.orNull(row.getBytes("record_leaf")),
                        sealed(row.getObject("record_id", UUID.class)),
                        (Long) row.getObject("round"),
                        row.getBytes("signature")))
                .optional();
    }

    private Ledger.@Nullable Place sealed(@Nullable UUID record) {
        return record == null ? null : ledger.places(List.of(record)).get(record);
    }

    /** The list as it was closed, for anybody; empty: it is still open. */
    public Optional<byte[]> list(Drop drop, Stage stage) {
        Queues.Queue queue = queues.find(drop.id(), stage.id()).orElse(null);
        if (queue == null || queue.listed() == null) return Optional.empty();
        List<Hash32> arrivals = db.sql("""
                select arrival from queue_arrivals
                where brand_id = :brand and drop_id = :drop and stage_id = :stage and (place is null or place <= :listed)
                """)
                .param("brand", drop.id().brand().value())
                .param("drop", drop.id().value())
                .param("stage", stage.id())
                .param("listed", queue.listed())
                .query((row, n) -> Hash32.of(row.getBytes(1)))
                .list();
        return Optional.of(Arrivals.file(arrivals));
    }
}
