package vitrine.proof;

import java.util.List;

/**
 * Shows that the entry at {@code index} is in a tree of {@code size} entries: the sibling hashes from the leaf up
 * (RFC 9162 section 2.1.3).
 */
public record InclusionProof(long index, long size, List<Hash32> path) {
    public InclusionProof {
        path = List.copyOf(path);
    }

    /** Checks it for a leaf hash against a root (RFC 9162 section 2.1.3.2). Any input gets an answer. */
    public ProofCheck verify(Hash32 leafHash, Hash32 root) {
        if (index < 0 || index >= size) {
            return ProofCheck.refuted(ProofCheck.Reason.INDEX_OUT_OF_RANGE, index, size);
        }
        int want = length(index, size);
        if (path.size() != want) return ProofCheck.refuted(ProofCheck.Reason.PATH_LENGTH, path.size(), want);
        long first = index;
        long last = size - 1;
        var hash = leafHash;
        for (var sibling : path) {
            if ((first & 1) == 1 || first == last) {
                hash = Merkle.nodeHash(sibling, hash);
                while ((first & 1) == 0 && first != 0) {
                    first >>>= 1;
                    last >>>= 1;
                }
            } else {
                hash = Merkle.nodeHash(hash, sibling);
            }
            first >>>= 1;
            last >>>= 1;
        }
        if (!hash.equals(root)) return ProofCheck.refuted(ProofCheck.Reason.ROOT, hash, root);
        return new ProofCheck.Proven();
    }

    /** The siblings below where index and last entry part, and then one for each one-bit of the index above. */
    private static int length(long index, long size) {
        int inner = 64 - Long.numberOfLeadingZeros(index ^ (size - 1));
        return inner + (inner == 64 ? 0 : Long.bitCount(index >>> inner));
    }
}
