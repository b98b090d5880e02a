package vitrine.proof;

/** What can sign a note: a key in memory ({@link SignerKey}), or one that never leaves the device that holds it. */
public interface NoteSigner {
    /** The public half. */
    VerifierKey verifier();

    /** Signs the text of a note, which must be what {@link SignedNote} takes as text. */
    NoteSignature sign(String text);
}
