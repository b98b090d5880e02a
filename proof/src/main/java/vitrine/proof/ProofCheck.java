package vitrine.proof;

/** What checking a proof gives. */
public sealed interface ProofCheck {
    /** The proof holds. */
    record Proven() implements ProofCheck {}

    /** The proof does not hold; got and want are numbers or hashes, as the reason says. */
    record Refuted(Reason reason, String got, String want) implements ProofCheck {}

    /** Why a proof does not hold. Its code never changes. */
    enum Reason {
        /** The index is not below the size; got index, want size. */
        INDEX_OUT_OF_RANGE("proof.index-out-of-range"),
        /** Sizes are negative, too large or in the wrong order; got and want are the sizes. */
        SIZES("proof.sizes"),
        /** The path has another length than the tree asks for; got and want are lengths. */
        PATH_LENGTH("proof.path-length"),
        /** The path leads to another root than the one given; got and want are hashes. */
        ROOT("proof.root"),
        /** The path leads to another root of the older tree than the one given; got and want are hashes. */
        OLD_ROOT("proof.old-root");

        private final String code;

        Reason(String code) {
            this.code = code;
        }

        /** Stable and dotted: {@code proof.root}, … */
        public String code() {
            return code;
        }
    }

    /** Whether it is {@link Proven}. */
    default boolean holds() {
        return this instanceof Proven;
    }

    static ProofCheck refuted(Reason reason, Object got, Object want) {
        return new Refuted(reason, got.toString(), want.toString());
    }
}
