package vitrine.proof;

import java.time.Instant;
import java.util.Arrays;

/**
 * A witness's public key: timestamped Ed25519 cosignatures of checkpoints (C2SP tlog-cosignature, signature type 0x04).
 * It is a type of its own because a cosignature is not a note's signature: it covers a time as well, and says that the
 * witness saw the log only grow. Its text form is a vkey of that type.
 */
public final class WitnessKey {
    static final byte TYPE = 0x04;
    static final int SIGNATURE_BYTES = 8 + Ed25519.SIGNATURE_BYTES;

    private final String name;
    private final byte[] publicKey;
    private final int id;

    /** What a note holds of one witness. */
    public sealed interface Finding {
        /** A good cosignature; of several the latest. {@code at} is the witness's own word, in whole seconds. */
        record Cosigned(Instant at) implements Finding {}

        /** A line claims to be this witness's and is not: the note should not be trusted at all. */
        record Wrong(String detail) implements Finding {}

        /** No line claims to be this witness's. */
        record Absent() implements Finding {}
    }

    /** @throws IllegalArgumentException when the name cannot be a key's name, or the key has not 32 bytes */
    public WitnessKey(String name, byte[] publicKey) {
        if (!VerifierKey.isName(name)) {
            throw new IllegalArgumentException("a key's name has no spaces and no plus: " + name);
        }
        if (publicKey.length != Ed25519.PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException("a public key has 32 bytes, got " + publicKey.length);
        }
        this.name = name;
        this.publicKey = publicKey.clone();
        this.id = KeyText.id(name, TYPE, publicKey);
    }

    /** Reads a vkey of type 0x04; a log's key (0x01) is refused with {@code vkey.type}. Codes: {@code vkey.*}. */
    public static Parsed<WitnessKey> parse(String vkey) {
        return KeyText.parse(vkey, "vkey")
                .then(text -> text.ed25519(TYPE, "vkey", "a witness's key").then(key -> {
                    var witness = new WitnessKey(text.name(), key);
                    if (witness.idHex().equals(text.idText())) return Parsed.ok(witness);
                    return Parsed.bad("vkey.id", "got id " + text.idText() + ", the key's is " + witness.idHex());
                }));
    }

    /** The name under which it signs. */
    public String name() {
        return name;
    }

    /** The first four bytes of SHA-256(name || "\n" || 0x04 || public key), big-endian. */
    public int id() {
        return id;
    }

    /** The id as 8 lower-case hexadecimal digits. */
    public String idHex() {
        return KeyText.idHex(id);
    }

    /** The 32 bytes of RFC 8032. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The text form that {@link #parse} reads. */
    public String vkey() {
        return KeyText.format(name, id, TYPE, publicKey);
    }

    /** Looks for this witness's cosignature under a checkpoint and checks every line that claims to be one. */
    public Finding find(SignedNote note) {
        Finding found = new Finding.Absent();
        for (var line : note.signatures()) {
            if (line.keyId() != id || !line.name().equals(name)) continue;
            switch (check(note.text(), line.signature())) {
                case Parsed.Bad<Instant> bad -> {
                    return new Finding.Wrong(bad.detail());
                }
                case Parsed.Ok<Instant> ok -> {
                    if (!(found instanceof Finding.Cosigned before)
                            || before.at().isBefore(ok.value())) {
                        found = new Finding.Cosigned(ok.value());
                    }
                }
            }
        }
        return found;
    }

    /**
     * Checks the bytes of one cosignature (after the key id): a big-endian uint64 of seconds since 1970, below 2^63,
     * and 64 bytes of Ed25519 over {@link #message}. Codes: {@code cosignature.*}.
     */
    public Parsed<Instant> check(String checkpointText, byte[] timestamped) {
        if (timestamped.length != SIGNATURE_BYTES) {
            return Parsed.bad("cosignature.length", "want 72 bytes, got " + timestamped.length);
        }
        long seconds = 0;
        for (int i = 0; i < 8; i++) seconds = seconds << 8 | timestamped[i] & 0xff;
        if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
            return Parsed.bad("cosignature.time", "no time: " + Long.toUnsignedString(seconds));
        }
        var signature = Arrays.copyOfRange(timestamped, 8, SIGNATURE_BYTES);
        if (!Ed25519.verify(publicKey, message(checkpointText, seconds), signature)) {
            return Parsed.bad("cosignature.wrong", "wrong cosignature of " + name + "+" + idHex());
        }
        return Parsed.ok(Instant.ofEpochSecond(seconds));
    }

    /** What a cosignature signs: a header line, a line with the time, and the checkpoint's text. */
    static byte[] message(String checkpointText, long seconds) {
        return Encoding.utf8("cosignature/v1\ntime " + seconds + "\n" + checkpointText);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WitnessKey key && name.equals(key.name) && Arrays.equals(publicKey, key.publicKey);
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return vkey();
    }
}
