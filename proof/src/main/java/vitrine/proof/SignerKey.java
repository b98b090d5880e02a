package vitrine.proof;

import java.util.Arrays;

/**
 * A private Ed25519 key with a name. Its text form is that of Go's note package:
 * {@code PRIVATE+KEY+name+<8 hexadecimal digits>+base64(0x01 || seed)}. It never prints itself.
 */
public final class SignerKey {
    private static final String MARK = "PRIVATE+KEY+";

    private final byte[] seed;
    private final VerifierKey verifier;

    /** @throws IllegalArgumentException when the name cannot be a key's name, or the seed has not 32 bytes */
    public SignerKey(String name, byte[] seed) {
        this.seed = seed.clone();
        this.verifier = new VerifierKey(name, Ed25519.publicKey(seed));
    }

    /** Reads the text form. What is wrong is said without repeating the text. */
    public static Parsed<SignerKey> parse(String text) {
        if (!text.startsWith(MARK)) return Parsed.bad("skey.syntax", "a private key begins with " + MARK);
        int first = text.indexOf('+', MARK.length());
        int second = first < 0 ? -1 : text.indexOf('+', first + 1);
        if (second < 0) return Parsed.bad("skey.syntax", "a private key is " + MARK + "name+id+key");
        var name = text.substring(MARK.length(), first);
        if (!VerifierKey.isName(name)) return Parsed.bad("skey.name", "the name is empty or has spaces");
        var key = Encoding.base64OrNull(text.substring(second + 1));
        if (key == null) return Parsed.bad("skey.base64", "the key is not standard base64");
        if (key.length != 1 + Ed25519.SEED_BYTES || key[0] != VerifierKey.TYPE_ED25519) {
            return Parsed.bad("skey.type", "not an Ed25519 key (type 0x01 and 32 bytes)");
        }
        var signer = new SignerKey(name, Arrays.copyOfRange(key, 1, key.length));
        if (!signer.verifier.idHex().equals(text.substring(first + 1, second))) {
            return Parsed.bad("skey.id", "the id is not this key's");
        }
        return Parsed.ok(signer);
    }

    public VerifierKey verifier() {
        return verifier;
    }

    /** The text form that {@link #parse} reads: a secret. */
    public String secretText() {
        return MARK + verifier.name() + "+" + verifier.idHex() + "+" + Encoding.base64(VerifierKey.typed(seed));
    }

    /** Signs the text of a note, which must be what {@link SignedNote} takes as text. */
    public NoteSignature sign(String text) {
        return new NoteSignature(verifier.name(), verifier.id(), Ed25519.sign(seed, Encoding.utf8(text)));
    }

    @Override
    public String toString() {
        return "SignerKey[" + verifier.vkey() + "]";
    }
}
