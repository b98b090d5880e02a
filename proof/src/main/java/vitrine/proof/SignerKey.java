package vitrine.proof;

/**
 * A private Ed25519 key with a name. Its text form is that of Go's note package:
 * {@code PRIVATE+KEY+name+<8 hexadecimal digits>+base64(0x01 || seed)}. It never prints itself.
 */
public final class SignerKey implements NoteSigner {
    static final String MARK = "PRIVATE+KEY+";

    private final byte[] seed;
    private final VerifierKey verifier;

    /** @throws IllegalArgumentException when the name cannot be a key's name, or the seed has not 32 bytes */
    public SignerKey(String name, byte[] seed) {
        this.seed = seed.clone();
        this.verifier = new VerifierKey(name, Ed25519.publicKey(seed));
    }

    /** Reads the text form. What is wrong is said without repeating the text. Codes: {@code skey.*}. */
    public static Parsed<SignerKey> parse(String text) {
        if (!text.startsWith(MARK)) return Parsed.bad("skey.syntax", "a private key begins with " + MARK);
        return KeyText.parse(text.substring(MARK.length()), "skey")
                .then(read -> read.ed25519(VerifierKey.TYPE_ED25519, "skey", "an Ed25519 key")
                        .then(seed -> {
                            var signer = new SignerKey(read.name(), seed);
                            if (signer.verifier.idHex().equals(read.idText())) return Parsed.ok(signer);
                            return Parsed.bad("skey.id", "the id is not this key's");
                        }));
    }

    @Override
    public VerifierKey verifier() {
        return verifier;
    }

    /** The text form that {@link #parse} reads: a secret. */
    public String secretText() {
        return MARK + KeyText.format(verifier.name(), verifier.id(), VerifierKey.TYPE_ED25519, seed);
    }

    @Override
    public NoteSignature sign(String text) {
        return new NoteSignature(verifier.name(), verifier.id(), Ed25519.sign(seed, Encoding.utf8(text)));
    }

    @Override
    public String toString() {
        return "SignerKey[" + verifier.vkey() + "]";
    }
}
