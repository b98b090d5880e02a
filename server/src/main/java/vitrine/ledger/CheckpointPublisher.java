package vitrine.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.platform.Job;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Policy;
import vitrine.proof.SignedNote;
import vitrine.proof.TreeProofs;
import vitrine.proof.WitnessAnswer;

/**
 * Shows the newest signed head of each log to everybody, once as many witnesses as the policy wants have cosigned it. While they are
 * away a head waits {@link WitnessPolicies#patience} and is then shown without them; from then on none waits until they are back.
 * A cosignature that comes later is added under the head it belongs to.
 */
@Component
class CheckpointPublisher implements Job {

    private static final Logger log = LoggerFactory.getLogger(CheckpointPublisher.class);

    /** A round does not wait longer than this for witnesses that have not answered; they are listened to all the same. */
    private static final Duration ROUND = Duration.ofMillis(1_500);

    private static final Duration BACKOFF_MIN = Duration.ofSeconds(1);
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(1);

    private final JdbcClient db;
    private final TransactionTemplate transactions;
    private final WitnessPolicies policies;
    private final WitnessCalls calls;
    private final WitnessStates states;
    private final LogKeys keys;
    private final HighWater highWater;
    private final Clock clock;
    private final Set<Asked> inFlight = ConcurrentHashMap.newKeySet();
    private final Map<Asked, Rest> resting = new ConcurrentHashMap<>();
    private final Set<UUID> withoutWitnesses = ConcurrentHashMap.newKeySet();

    CheckpointPublisher(
            JdbcClient db,
            TransactionTemplate transactions,
            WitnessPolicies policies,
            WitnessCalls calls,
            WitnessStates states,
            LogKeys keys,
            HighWater highWater,
            Clock clock) {
        this.db = db;
        this.transactions = transactions;
        this.policies = policies;
        this.calls = calls;
        this.states = states;
        this.keys = keys;
        this.highWater = highWater;
        this.clock = clock;
    }

    private record Asked(UUID log, String vkey) {}

    private record Rest(Instant until, Duration length) {}

    record Head(
            UUID logId,
            String origin,
            long signedSize,
            String signedNote,
            Instant signedAt,
            long publishedSize,
            @Nullable String publishedNote) {}

    @Override
    public String name() {
        return "log-publish";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(100);
    }

    @Override
    public boolean run() {
        var policy = policies.policy();
        boolean more = false;
        for (Head head : heads()) {
            more |= policy.witnesses().isEmpty() ? publish(head, head.signedNote()) : gather(head, policy);
        }
        return more;
    }

    private List<Head> heads() {
        return db.sql("""
                select log_id, origin, signed_size, signed_note, signed_at, published_size, published_note
                from logs where signed_note is not null and orphaned_at is null
                """)
                .query((row, n) -> new Head(
                        row.getObject("log_id", UUID.class),
                        row.getString("origin"),
                        row.getLong("signed_size"),
                        row.getString("signed_note"),
                        row.getTimestamp("signed_at").toInstant(),
                        row.getLong("published_size"),
                        row.getString("published_note")))
                .list();
    }

    private boolean gather(Head head, Policy policy) {
        if (highWater.of(new LogId(head.logId())).isEmpty()) askForHighWater(head, policy);
        boolean shown = publishIfDue(head, policy);
        var lines = states.lines(head.logId(), head.signedSize());
        var due = policy.witnesses().stream()
                .filter(witness -> !lines.containsKey(witness.key().vkey()) && isDue(head, witness))
                .toList();
        if (due.isEmpty()) return shown;
        ask(head, policy, due);
        return publishIfDue(head, policy) || shown;
    }

    private boolean publishIfDue(Head head, Policy policy) {
        var note = withLines(head, policy, states.lines(head.logId(), head.signedSize()));
        if (isEnough(note, head, policy)) {
            if (withoutWitnesses.remove(head.logId())) log.info("log.witnesses-back log={}", head.logId());
            return publish(head, note.format());
        }
        return isOverdue(head) && publish(head, note.format());
    }

    private boolean isDue(Head head, Policy.Witness witness) {
        var asked = new Asked(head.logId(), witness.key().vkey());
        var rest = resting.get(asked);
        return !inFlight.contains(asked) && (rest == null || !clock.instant().isBefore(rest.until()));
    }

    /** All at once, and not longer than a round or until enough have answered: a witness that sleeps keeps nobody waiting. */
    private void ask(Head head, Policy policy, List<Policy.Witness> due) {
        var answered = new CountDownLatch(due.size());
        var enough = new CountDownLatch(1);
        for (var witness : due) {
            var asked = new Asked(head.logId(), witness.key().vkey());
            if (!inFlight.add(asked)) {
                answered.countDown();
                continue;
            }
            Thread.ofVirtual().name("witness-" + witness.name()).start(() -> {
                try {
                    heard(asked, witness, head, cosign(head, witness));
                } catch (RuntimeException e) {
                    log.warn("log.witness-failed log={} witness={}", head.logId(), witness.name(), e);
                } finally {
                    inFlight.remove(asked);
                    answered.countDown();
                    if (answered.getCount() == 0
                            || isEnough(
                                    withLines(head, policy, states.lines(head.logId(), head.signedSize())),
                                    head,
                                    policy)) {
                        enough.countDown();
                    }
                }
            });
        }
        try {
            enough.await(ROUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From the size that it cosigned last as far as we know; where it knows better, from the one that it names. */
    private WitnessAnswer cosign(Head head, Policy.Witness witness) {
        long from = Math.min(states.cosigned(head.logId(), witness.key().vkey()), head.signedSize());
        var answer = ask(head, witness, from);
        if (answer instanceof WitnessAnswer.Conflict(long size) && size <= head.signedSize() && size != from) {
            return ask(head, witness, size);
        }
        return answer;
    }

    private WitnessAnswer ask(Head head, Policy.Witness witness, long from) {
        var proof = new TreeProofs(new LogTiles(db, new LogId(head.logId())), head.signedSize()).consistency(from);
        var url = witness.url();
        if (url == null) throw new IllegalStateException("a witness without an address: " + witness.name());
        return calls.ask(
                url,
                new AddCheckpoint(
                        from, proof.path(), SignedNote.parse(head.signedNote()).orThrow()));
    }

    private void heard(Asked asked, Policy.Witness witness, Head head, WitnessAnswer answer) {
        var note = SignedNote.parse(head.signedNote()).orThrow();
        switch (answer) {
            case WitnessAnswer.Cosigned cosigned -> {
                var line = cosigned.addTo(note, List.of(witness.key())).signatures().stream()
                        .skip(note.signatures().size())
                        .findFirst();
                if (line.isEmpty()) {
                    failed(asked, witness, "witness.signature", "its answer holds no good cosignature of its key");
                } else {
                    resting.remove(asked);
                    states.cosigned(
                            head.logId(),
                            asked.vkey(),
                            head.signedSize(),
                            line.get().line(),
                            clock.instant());
                }
            }
            // It saw more of this log than we have: a backup was restored, or somebody else signs with our key.
            case WitnessAnswer.Conflict(long size)
            when size > head.signedSize() ->
                failed(asked, witness, "witness.ahead", "it cosigned size " + size + ", ours is " + head.signedSize());
            case WitnessAnswer.Conflict(long size) ->
                failed(asked, witness, "witness.conflict", "it cosigned another head of size " + size);
            case WitnessAnswer.Refused(int status, String code, String detail) ->
                failed(asked, witness, code, (status == 0 ? "" : status + " ") + detail);
        }
    }

    private void failed(Asked asked, Policy.Witness witness, String code, String detail) {
        var before = resting.get(asked);
        var length = before == null ? BACKOFF_MIN : min(before.length().multipliedBy(2), BACKOFF_MAX);
        resting.put(asked, new Rest(clock.instant().plus(length), length));
        if (states.failed(asked.log(), asked.vkey(), code, detail, clock.instant())) {
            log.warn(
                    "log.witness-refused log={} witness={} code={} detail={}",
                    asked.log(),
                    witness.name(),
                    code,
                    detail);
        }
    }

    private static SignedNote withLines(Head head, Policy policy, Map<String, String> lines) {
        var note = SignedNote.parse(head.signedNote()).orThrow();
        for (var witness : policy.witnesses()) {
            var line = lines.get(witness.key().vkey());
            if (line != null && kept(line) instanceof WitnessAnswer.Cosigned cosigned) {
                note = cosigned.addTo(note, List.of(witness.key()));
            }
        }
        return note;
    }

    /** A kept line is read as it was heard, and so checked again: one that rotted in the table is left out. */
    private static @Nullable WitnessAnswer kept(String line) {
        return WitnessAnswer.read(200, null, line.getBytes(StandardCharsets.UTF_8))
                .orNull();
    }

    /** The key is our own; only the witnesses are in question. */
    private boolean isEnough(SignedNote note, Head head, Policy policy) {
        return policy.andLogs(keys.verifiers(new LogId(head.logId()))).judge(note, head.origin())
                instanceof Policy.Verdict.Trusted;
    }

    private boolean isOverdue(Head head) {
        var patience = policies.patience();
        if (patience == null) return false;
        if (withoutWitnesses.contains(head.logId())) return true;
        if (head.publishedSize() == head.signedSize()
                || clock.instant().isBefore(waitingSince(head).plus(patience))) return false;
        withoutWitnesses.add(head.logId());
        log.warn("log.witnesses-away log={} size={} published=without-them", head.logId(), head.signedSize());
        return true;
    }

    /** Since the first head after the one that is shown was signed: a log that grows all the time does not start anew. */
    private Instant waitingSince(Head head) {
        return db.sql("""
                select min(signed_at) from log_heads where log_id = :log and size > :published and signed_at is not null
                """)
                .param("log", head.logId())
                .param("published", head.publishedSize())
                .query((row, n) -> row.getTimestamp(1) == null
                        ? head.signedAt()
                        : row.getTimestamp(1).toInstant())
                .single();
    }

    /**
     * A node without a high-water file does not know whether more was once signed than is stored. Witnesses do: as many as the policy
     * wants must say now that they cosigned exactly this head, and none may know a larger one.
     */
    private void askForHighWater(Head head, Policy policy) {
        var note = SignedNote.parse(head.signedNote()).orThrow();
        var heard = note;
        for (var witness : policy.witnesses()) {
            var asked = new Asked(head.logId(), witness.key().vkey());
            if (!isDue(head, witness)) return;
            switch (ask(head, witness, head.signedSize())) {
                case WitnessAnswer.Cosigned cosigned -> heard = cosigned.addTo(heard, List.of(witness.key()));
                case WitnessAnswer.Conflict(long size)
                when size > head.signedSize() -> {
                    failed(
                            asked,
                            witness,
                            "witness.ahead",
                            "it cosigned size " + size + ", ours is " + head.signedSize());
                    return;
                }
                case WitnessAnswer.Conflict(long size) ->
                    failed(
                            asked,
                            witness,
                            "witness.behind",
                            "it cosigned size " + size + ", ours is " + head.signedSize());
                case WitnessAnswer.Refused(int status, String code, String detail) ->
                    failed(asked, witness, code, (status == 0 ? "" : status + " ") + detail);
            }
        }
        if (!heard.equals(note) && isEnough(heard, head, policy)) {
            highWater.raise(new LogId(head.logId()), head.signedSize());
            log.warn("log.high-water-from-witnesses log={} size={}", head.logId(), head.signedSize());
        }
    }

    private boolean publish(Head head, String note) {
        if (head.publishedSize() == head.signedSize() && note.equals(head.publishedNote())) return false;
        Boolean shown = transactions.execute(status -> {
            int published = db.sql("""
                    update logs set published_size = :size, published_note = :note, published_at = :now
                    where log_id = :log and published_size <= :size and signed_size >= :size
                    """)
                    .param("size", head.signedSize())
                    .param("note", note)
                    .param("now", Timestamp.from(clock.instant()))
                    .param("log", head.logId())
                    .update();
            if (published == 0) return false; // another node is ahead of us
            db.sql("update log_heads set note = :note where log_id = :log and size = :size")
                    .param("note", note)
                    .param("log", head.logId())
                    .param("size", head.signedSize())
                    .update();
            db.sql("delete from log_cosignatures where log_id = :log and size < :size")
                    .param("log", head.logId())
                    .param("size", head.signedSize())
                    .update();
            return true;
        });
        return Boolean.TRUE.equals(shown);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
