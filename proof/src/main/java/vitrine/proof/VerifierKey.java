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
        this.id = id(name, publicKey);
    }

    /** Reads a vkey. Keys of other types than Ed25519 are refused with {@code vkey.type}. */
    public static Parsed<VerifierKey> parse(String vkey) {
        // The base64 may contain a plus, a name and an id never do.
        int first = vkey.indexOf('+');
        int second = first < 0 ? -1 : vkey.indexOf('+', first + 1);
        if (second < 0) return Parsed.bad("vkey.syntax", "a vkey is name+id+key");
        var name = vkey.substring(0, first);
        if (!isName(name)) return Parsed.bad("vkey.name", "the name is empty or has spaces");
        var id = Encoding.hexOrNull(vkey.substring(first + 1, second));
        if (id == null || id.length != 4) return Parsed.bad("vkey.id", "the id is 8 lower-case hexadecimal digits");
        var key = Encoding.base64OrNull(vkey.substring(second + 1));
        if (key == null || key.length == 0) return Parsed.bad("vkey.base64", "the key is not standard base64");
        if (key[0] != TYPE_ED25519 || key.length != 1 + Ed25519.PUBLIC_KEY_BYTES) {
            return Parsed.bad("vkey.type", "not an Ed25519 key (type 0x01 and 32 bytes)");
        }
        var verifier = new VerifierKey(name, Arrays.copyOfRange(key, 1, key.length));
        if (!verifier.idHex().equals(Encoding.hex(id))) {
            return Parsed.bad("vkey.id", "got id " + Encoding.hex(id) + ", the key's is " + verifier.idHex());
        }
        return Parsed.ok(verifier);
    }

    public String name() {
        return name;
    }

    /** The first four bytes of SHA-256(name || "\n" || 0x01 || public key), big-endian. */
    public int id() {
        return id;
    }

    public String idHex() {
        return String.format("%08x", id);
    }

    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The text form that {@link #parse} reads. */
    public String vkey() {
        return name + "+" + idHex() + "+" + Encoding.base64(typed(publicKey));
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

    static boolean isName(String name) {
        return !name.isEmpty()
                && name.codePoints().noneMatch(c -> c == '+' || c < 0x21 || c == 0x7f || isSpace(c))
                && Json.wellFormed(name);
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    static byte[] typed(byte[] key) {
        var typed = new byte[1 + key.length];
        typed[0] = TYPE_ED25519;
        System.arraycopy(key, 0, typed, 1, key.length);
        return typed;
    }

    static int id(String name, byte[] publicKey) {
        var hash = Hash32.sha256(Encoding.utf8(name + "\n"), typed(publicKey));
        return (int) (hash.word0() >>> 32);
    }
}
