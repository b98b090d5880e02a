package vitrine.proof;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A witness (C2SP tlog-witness): it remembers the newest checkpoint of each log that it knows, and cosigns another one
 * only when a proof shows that it continues that one. It never cosigns two checkpoints of a log of which one does not
 * continue the other, nor a smaller one after a larger.
 */
public final class Witness {
    /** The newest cosigned state of a log. */
    public record Head(String origin, long size, Hash32 root) {}

    /**
     * Where a witness remembers. {@link #keep} returns only when the head will be there after a power cut; when it
     * throws, nothing is cosigned.
     */
    public interface Memory {
        /** The newest cosigned state of a log, or null when none was. */
        @Nullable
        Head latest(String origin);

        /** Remembers a state instead of the one before, for good. */
        void keep(Head head);
    }

    private final WitnessSigner signer;
    private final Map<String, List<VerifierKey>> logs = new HashMap<>();
    private final Memory memory;
    private final Clock clock;

    /** @param logs the keys of the logs to be witnessed; a key's name is its log's origin, and a log may have several */
    public Witness(WitnessSigner signer, Collection<VerifierKey> logs, Memory memory, Clock clock) {
        this.signer = signer;
        this.memory = memory;
        this.clock = clock;
        for (var key : logs) know(key);
    }

    /** Witnesses the log of this key from now on as well; a log that is known already may have one key more. */
    public synchronized void know(VerifierKey key) {
        var keys = logs.computeIfAbsent(key.name(), none -> new ArrayList<>());
        if (!keys.contains(key)) keys.add(key);
    }

    /** Whether it has a key of the log with this origin. */
    public synchronized boolean knows(String origin) {
        return logs.containsKey(origin);
    }

    /** By which its cosignatures are checked. */
    public WitnessKey key() {
        return signer.key();
    }

    /** Answers the body of a request, whatever it is. */
    public WitnessAnswer add(byte[] body) {
        return switch (AddCheckpoint.parse(body)) {
            case Parsed.Ok<AddCheckpoint> request -> add(request.value());
            case Parsed.Bad<AddCheckpoint> bad -> new WitnessAnswer.Refused(400, bad.code(), bad.detail());
        };
    }

    /** One at a time: looking at the newest head and keeping the next must not be two steps of two requests. */
    public synchronized WitnessAnswer add(AddCheckpoint request) {
        var parsed = Checkpoint.parse(request.note().text());
        if (parsed instanceof Parsed.Bad<Checkpoint> bad) {
            return new WitnessAnswer.Refused(400, bad.code(), bad.detail());
        }
        var checkpoint = parsed.orThrow();
        var keys = logs.get(checkpoint.origin());
        if (keys == null)
            return new WitnessAnswer.Refused(404, "witness.unknown-log", "this log is not witnessed here");
        if (!(request.note().verify(keys) instanceof SignedNote.Check.Verified)) {
            return new WitnessAnswer.Refused(403, "witness.signature", "no good signature of a key of this log");
        }
        if (request.oldSize() > checkpoint.size()) {
            return new WitnessAnswer.Refused(
                    400, "witness.old-size", "old size " + request.oldSize() + " is above " + checkpoint.size());
        }
        var latest = memory.latest(checkpoint.origin());
        long known = latest == null ? 0 : latest.size();
        if (request.oldSize() != known) return new WitnessAnswer.Conflict(known);
        var knownRoot = latest == null ? Merkle.EMPTY_ROOT : latest.root();
        if (checkpoint.size() == known && latest != null && !checkpoint.root().equals(knownRoot)) {
            return new WitnessAnswer.Conflict(known); // a fork: two roots of one size
        }
        var proof = new ConsistencyProof(known, checkpoint.size(), request.proof());
        if (proof.verify(knownRoot, checkpoint.root()) instanceof ProofCheck.Refuted refuted) {
            return new WitnessAnswer.Refused(
                    422, refuted.reason().code(), "got " + refuted.got() + ", want " + refuted.want());
        }
        var head = new Head(checkpoint.origin(), checkpoint.size(), checkpoint.root());
        if (!head.equals(latest)) memory.keep(head);
        // From here a crash is safe: what is about to be cosigned is remembered.
        return new WitnessAnswer.Cosigned(List.of(signer.cosign(request.note().text(), clock.instant())));
    }
}
