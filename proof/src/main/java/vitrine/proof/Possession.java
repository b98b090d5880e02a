package vitrine.proof;

/**
 * A holder's answer to somebody's challenge (docs/record-format.md, "Possession"), to be checked together with the
 * certificate of the piece.
 *
 * @param challenge what the asker said; it should name the asker, the purpose and the day
 * @param answer 192 lower-case hexadecimal digits: public key and signature ({@link OwnerKeys#provePossession})
 */
public record Possession(String challenge, String answer) {
    /** What the owner of a piece answers, from the seed in the holder's own file (32 bytes). */
    public static Possession prove(byte[] seed, String challenge) {
        var answer = OwnerKeys.provePossession(seed, Encoding.utf8(challenge));
        return new Possession(challenge, Encoding.hex(answer));
    }

    /** Whether the owner with this hash gave the answer to this challenge. Any text gets an answer. */
    public boolean isOf(Hash32 owner) {
        var bytes = Encoding.hexOrNull(answer);
        return bytes != null && OwnerKeys.possesses(owner, Encoding.utf8(challenge), bytes);
    }
}
