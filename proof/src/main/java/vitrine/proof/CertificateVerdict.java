package vitrine.proof;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What checking a certificate gives: one of four outcomes, and every check that was made. */
public sealed interface CertificateVerdict {
    List<Check> checks();

    /**
     * Signed by a pinned key of the log, cosigned as the policy asks, and every part of it holds.
     *
     * @param signedBy the pinned keys that signed, at least one
     * @param cosignedBy the policy's witnesses that cosigned, and when they say they did; empty without witnesses
     */
    record Valid(
            Ownership ownership, Set<VerifierKey> signedBy, Map<WitnessKey, Instant> cosignedBy, List<Check> checks)
            implements CertificateVerdict {}

    /** Something does not hold; {@link #failed()} is the first. */
    record Invalid(List<Check> checks) implements CertificateVerdict {
        public Check failed() {
            return checks.stream()
                    .filter(check -> check.status() == Status.FAILED)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** It agrees with itself, but no key was pinned: whoever made it may have made the log, too. Never "valid". */
    record NotPinned(Ownership ownership, List<Check> checks) implements CertificateVerdict {}

    /** What could be checked holds; a part could not be (the checks say which). No ownership: nothing was readable. */
    record PartlyChecked(@Nullable Ownership ownership, List<Check> checks) implements CertificateVerdict {}

    /** How a check ended. */
    enum Status {
        PASSED,
        FAILED,
        /** It should have been made and could not be. */
        NOT_CHECKED,
        /** Nobody asked for it. */
        SKIPPED
    }

    /**
     * One check.
     *
     * @param code stable and dotted: {@code checkpoint.signature}, {@code chain.prev}, …
     * @param where the part of the certificate: {@code records.2}, {@code checkpoint}, {@code media.0}
     * @param detail English, with got and want where it failed; empty where there is nothing to add
     */
    record Check(String code, Status status, String where, String detail) {}

    /**
     * Who owns which piece as of a checkpoint.
     *
     * @param size of the log at that checkpoint; what came later is not known here
     * @param owner the owner's hash, null when the piece is returned or retired
     * @param moves how often the piece got an owner, less one: the number in the owner's key derivation
     */
    record Ownership(
            String log,
            long size,
            Hash32 root,
            Hash32 collectible,
            Manifest manifest,
            long serial,
            PieceState state,
            @Nullable Hash32 owner,
            long moves) {}
}
