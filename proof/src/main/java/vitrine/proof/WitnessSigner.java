package vitrine.proof;

import java.time.Instant;

/**
 * A witness's private key (C2SP tlog-cosignature, type 0x04). Its text form is that of Go's note package with that
 * type: {@code PRIVATE+KEY+name+<8 hexadecimal digits>+base64(0x04 || seed)}. It never prints itself. The signed message
 * does not hold the name, so one key must serve one witness only, and never a log.
 */
public final class WitnessSigner {
    private final byte[] seed;
    private final WitnessKey key;

    /** @throws IllegalArgumentException when the name cannot be a key's name, or the seed has not 32 bytes */
    public WitnessSigner(String name, byte[] seed) {
        this.seed = seed.clone();
        this.key = new WitnessKey(name, Ed25519.publicKey(seed));
    }

    /** Reads the text form. What is wrong is said without repeating the text. Codes: {@code skey.*}. */
    public static Parsed<WitnessSigner> parse(String text) {
        if (!text.startsWith(SignerKey.MARK)) {
            return Parsed.bad("skey.syntax", "a private key begins with " + SignerKey.MARK);
        }
        return KeyText.parse(text.substring(SignerKey.MARK.length()), "skey")
                .then(read -> read.ed25519(WitnessKey.TYPE, "skey", "a witness's key")
                        .then(seed -> {
                            var signer = new WitnessSigner(read.name(), seed);
                            if (signer.key.idHex().equals(read.idText())) return Parsed.ok(signer);
                            return Parsed.bad("skey.id", "the id is not this key's");
                        }));
    }

    /** The public half. */
    public WitnessKey key() {
        return key;
    }

    /** The text form that {@link #parse} reads: a secret. */
    public String secretText() {
        return SignerKey.MARK + KeyText.format(key.name(), key.id(), WitnessKey.TYPE, seed);
    }

    /**
     * Cosigns a checkpoint's text. Only {@link Witness} should call it: a cosignature says that no larger tree of this
     * log was seen, and that this one continues what was cosigned before.
     *
     * @param at when; its whole seconds are signed
     */
    NoteSignature cosign(String checkpointText, Instant at) {
        long seconds = at.getEpochSecond();
        if (seconds < 0) throw new IllegalArgumentException("a cosignature's time is 1970 or later, got " + at);
        var signature = Ed25519.sign(seed, WitnessKey.message(checkpointText, seconds));
        var timestamped = new byte[WitnessKey.SIGNATURE_BYTES];
        for (int i = 0; i < 8; i++) timestamped[i] = (byte) (seconds >>> (56 - 8 * i));
        System.arraycopy(signature, 0, timestamped, 8, signature.length);
        return new NoteSignature(key.name(), key.id(), timestamped);
    }

    @Override
    public String toString() {
        return "WitnessSigner[" + key.vkey() + "]";
    }
}
