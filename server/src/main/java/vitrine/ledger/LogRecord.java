package vitrine.ledger;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.proof.Hash32;
import vitrine.proof.Merkle;

/**
 * A line for the log. Its bytes are final here, in the transaction that makes it true; its place in the log is not yet known.
 *
 * @param previous the record that this one follows on; the two never share a seal
 * @param entry at most 65,535 bytes of canonical JSON (docs/record-format.md)
 * @param leaf the hash of the entry in the tree, which later records and certificates name
 */
public record LogRecord(UUID id, @Nullable UUID previous, byte[] entry, Hash32 leaf) {

    public static LogRecord of(UUID id, @Nullable UUID previous, byte[] entry) {
        return new LogRecord(id, previous, entry, Merkle.leafHash(entry));
    }
}
