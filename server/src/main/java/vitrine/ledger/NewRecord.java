package vitrine.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Hash32;
import vitrine.proof.LogRecord;
import vitrine.proof.Merkle;

/**
 * A record for the log. Its bytes are final here, in the transaction that makes it true; its place in the log is not yet known.
 *
 * @param previous the record that this one follows on; the two never share a seal
 * @param named whether other records name it (a collectible, rules): then it is sealed before them
 * @param entry its canonical JSON (docs/record-format.md)
 * @param leaf the hash of the entry in the tree, by which later records and certificates name it
 */
public record NewRecord(UUID id, @Nullable UUID previous, boolean named, byte[] entry, Hash32 leaf) {

    public static NewRecord of(UUID id, @Nullable UUID previous, LogRecord record) {
        byte[] entry = record.bytes();
        // A list of arrivals names its rules, and nothing names it.
        boolean named = !(record instanceof LogRecord.OfPiece || record instanceof LogRecord.QueueArrivals);
        return new NewRecord(id, previous, named, entry, Merkle.leafHash(entry));
    }
}
