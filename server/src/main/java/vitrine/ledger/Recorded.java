package vitrine.ledger;

import vitrine.proof.InclusionProof;

/** Where a record stands. */
public sealed interface Recorded {

    /** Written, not yet in a signed checkpoint: usually for less than a second. */
    record Pending(byte[] entry) implements Recorded {}

    /**
     * In the log.
     *
     * @param checkpoint the signed note whose tree the proof leads to
     */
    record Sealed(byte[] entry, long index, InclusionProof proof, String checkpoint) implements Recorded {}

    byte[] entry();
}
