package vitrine.proof;

import java.util.List;

/** Shows that a tree of {@code size} entries begins with the tree of {@code oldSize} entries (RFC 9162 section 2.1.4). */
public record ConsistencyProof(long oldSize, long size, List<Hash32> path) {
    public ConsistencyProof {
        path = List.copyOf(path);
    }

    /**
     * Checks it against both roots (RFC 9162 section 2.1.4.2). Any input gets an answer. Every tree begins with the
     * empty one: for {@code oldSize} 0 the path must be empty and the old root {@link Merkle#EMPTY_ROOT}.
     */
    public ProofCheck verify(Hash32 oldRoot, Hash32 root) {
        if (oldSize < 0 || oldSize > size) return ProofCheck.refuted(ProofCheck.Reason.SIZES, oldSize, size);
        if (oldSize == 0 || oldSize == size) {
            if (!path.isEmpty()) return ProofCheck.refuted(ProofCheck.Reason.PATH_LENGTH, path.size(), 0);
            var want = oldSize == 0 ? Merkle.EMPTY_ROOT : root;
            if (!oldRoot.equals(want)) return ProofCheck.refuted(ProofCheck.Reason.OLD_ROOT, oldRoot, want);
            if (size == 0 && !root.equals(want)) return ProofCheck.refuted(ProofCheck.Reason.ROOT, root, want);
            return new ProofCheck.Proven();
        }
        long first = oldSize - 1;
        long last = size - 1;
        while ((first & 1) == 1) {
            first >>>= 1;
            last >>>= 1;
        }
        // A perfect old tree is itself the first node of the path and is not repeated in it.
        boolean perfect = Long.bitCount(oldSize) == 1;
        int want = length(first, last) + (perfect ? 0 : 1);
        if (path.size() != want) return ProofCheck.refuted(ProofCheck.Reason.PATH_LENGTH, path.size(), want);
        var oldHash = perfect ? oldRoot : path.getFirst();
        var hash = oldHash;
        for (var sibling : path.subList(perfect ? 0 : 1, path.size())) {
            if ((first & 1) == 1 || first == last) {
                oldHash = Merkle.nodeHash(sibling, oldHash);
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
        if (!oldHash.equals(oldRoot)) return ProofCheck.refuted(ProofCheck.Reason.OLD_ROOT, oldHash, oldRoot);
        if (!hash.equals(root)) return ProofCheck.refuted(ProofCheck.Reason.ROOT, hash, root);
        return new ProofCheck.Proven();
    }

    private static int length(long first, long last) {
        int inner = 64 - Long.numberOfLeadingZeros(first ^ last);
        return inner + (inner == 64 ? 0 : Long.bitCount(first >>> inner));
    }
}
