package vitrine.proof;

import java.util.ArrayList;
import java.util.List;

/**
 * What a log sends to a witness (C2SP tlog-witness, "add-checkpoint"): {@code POST <prefix>/add-checkpoint} with a line
 * {@code old <size>}, the consistency proof as one line of base64 a hash, an empty line, and the signed checkpoint.
 *
 * @param oldSize the size that the witness cosigned last, 0 when never (or when the log does not know: the answer says)
 * @param proof from that size to the checkpoint's (RFC 6962 section 2.1.2), at most 63 hashes; empty when oldSize is 0
 * @param note the checkpoint with the log's signature; others may be there
 */
public record AddCheckpoint(long oldSize, List<Hash32> proof, SignedNote note) {
    /** The specification's bound on the lines of a proof. */
    public static final int PROOF_MAX = 63;

    /** A checkpoint with a hundred signatures and a proof is smaller. */
    public static final int BODY_BYTES_MAX = 1 << 16;

    /** @throws IllegalArgumentException when a size is negative or a proof too long */
    public AddCheckpoint {
        proof = List.copyOf(proof);
        if (oldSize < 0) throw new IllegalArgumentException("a size is 0 or more, got " + oldSize);
        if (proof.size() > PROOF_MAX) {
            throw new IllegalArgumentException("a proof has at most 63 hashes, got " + proof.size());
        }
    }

    /** Reads a request's body in its one spelling. Codes: {@code add-checkpoint.*} and {@code note.*}. */
    public static Parsed<AddCheckpoint> parse(byte[] body) {
        if (body.length > BODY_BYTES_MAX) {
            return Parsed.bad("add-checkpoint.too-large", "at most 65536 bytes, got " + body.length);
        }
        var text = Encoding.utf8OrNull(body);
        if (text == null) return Parsed.bad("add-checkpoint.not-utf8", "the bytes are not well-formed UTF-8");
        int blank = text.indexOf("\n\n");
        if (blank < 0) return Parsed.bad("add-checkpoint.lines", "no empty line before the checkpoint");
        var lines = text.substring(0, blank).split("\n", -1);
        long oldSize = lines[0].startsWith("old ") ? Encoding.decimalOrMinusOne(lines[0].substring(4)) : -1;
        if (oldSize < 0) return Parsed.bad("add-checkpoint.old-size", "the first line is: old, a space, a size");
        if (lines.length - 1 > PROOF_MAX) {
            return Parsed.bad("add-checkpoint.proof", "at most 63 hashes, got " + (lines.length - 1));
        }
        var proof = new ArrayList<Hash32>();
        for (int i = 1; i < lines.length; i++) {
            var hash = Hash32.orNull(Encoding.base64OrNull(lines[i]));
            if (hash == null) return Parsed.bad("add-checkpoint.proof", "line " + i + " is not base64 of 32 bytes");
            proof.add(hash);
        }
        return SignedNote.parse(text.substring(blank + 2))
                .then(note -> Parsed.ok(new AddCheckpoint(oldSize, proof, note)));
    }

    /** The body to be sent. */
    public byte[] body() {
        var body = new StringBuilder("old ").append(oldSize).append('\n');
        for (var hash : proof) body.append(hash.base64()).append('\n');
        return Encoding.utf8(body.append('\n').append(note.format()).toString());
    }
}
