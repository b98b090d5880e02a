package vitrine.proof;

import java.util.Arrays;

/**
 * A public Ed25519 key with a name, as C2SP signed-note knows it (signature type 0x01). Its text form, the vkey, is
 * {@code name+<8 hexadecimal digits>+base64(0x01 || public key)}.
 */
public final class VerifierKey {
    static final byte TYPE_ED25519 = 0x01;

    private final String name;
    private final byte[] publicKey;
    private final int id;

    /** @throws IllegalArgumentException when the name cannot be a key's name, or the key has not 32 bytes */
    public VerifierKey(String name, byte[] publicKey) {
        if (!isName(name)) throw new IllegalArgumentException("a key's name has no spaces and no plus: " + name);
        if (publicKey.length != Ed25519.PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException("a public key has 32 bytes, got " + publicKey.length);
        }
        this.name = name;
        this.publicKey = publicKey.clone();
        this.id = KeyText.id(name, TYPE_ED25519, publicKey);
    }

    /** Reads a vkey. Keys of other types than Ed25519 are refused with {@code vkey.type}. Codes: {@code vkey.*}. */
    public static Parsed<VerifierKey> parse(String vkey) {
        return KeyText.parse(vkey, "vkey").then(text -> text.ed25519(TYPE_ED25519, "vkey", "an Ed25519 key")
                .then(key -> {
                    var verifier = new VerifierKey(text.name(), key);
                    if (verifier.idHex().equals(text.idText())) return Parsed.ok(verifier);
                    return Parsed.bad("vkey.id", "got id " + text.idText() + ", the key's is " + verifier.idHex());
                }));
    }

    /** The name under which it signs; of a log's key the log's origin. */
    public String name() {
        return name;
    }

    /** The first four bytes of SHA-256(name || "\n" || 0x01 || public key), big-endian. */
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
        return KeyText.format(name, id, TYPE_ED25519, publicKey);
    }

    /** Whether the 64 bytes are this key's signature over the text of a note. */
    public boolean verifies(String text, byte[] signature) {
        return Ed25519.verify(publicKey, Encoding.utf8(text), signature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey key && name.equals(key.name) && Arrays.equals(publicKey, key.publicKey);
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return vkey();
    }

    /** Not empty, no Unicode space, no plus, no ASCII control character (signed-note, "Format"). */
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.codePoints().noneMatch(c -> c == '+' || c < 0x21 || isSpace(c))
                && Json.wellFormed(name);
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }
}
