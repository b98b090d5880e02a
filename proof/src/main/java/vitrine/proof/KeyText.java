package vitrine.proof;

import java.util.Arrays;

/**
 * A named key as text: {@code name+<8 hexadecimal digits>+base64(type || key)} (C2SP signed-note, "Verifier keys"), and
 * the same with {@code PRIVATE+KEY+} before it for what Go's note package calls a signer.
 *
 * @param key the bytes after the type byte
 * @param idText the id as it is written, not yet compared with the key's
 */
record KeyText(String name, String idText, byte type, byte[] key) {
    /** Longer than the largest key of any assigned type (ML-DSA-44, 1,312 bytes) with a long name. */
    private static final int CHARACTERS_MAX = 4096;

    /** Reads one; {@code code} is the first part of the codes, {@code vkey} or {@code skey}. */
    static Parsed<KeyText> parse(String text, String code) {
        if (text.length() > CHARACTERS_MAX) {
            return Parsed.bad(code + ".too-large", "at most " + CHARACTERS_MAX + " characters, got " + text.length());
        }
        // The base64 may contain a plus, a name and an id never do.
        int first = text.indexOf('+');
        int second = first < 0 ? -1 : text.indexOf('+', first + 1);
        if (second < 0) return Parsed.bad(code + ".syntax", "a key is name+id+key");
        var name = text.substring(0, first);
        if (!VerifierKey.isName(name)) return Parsed.bad(code + ".name", "the name is empty or has spaces");
        var idText = text.substring(first + 1, second);
        var id = Encoding.hexOrNull(idText);
        if (id == null || id.length != 4) {
            return Parsed.bad(code + ".id", "the id is 8 lower-case hexadecimal digits");
        }
        var key = Encoding.base64OrNull(text.substring(second + 1));
        if (key == null || key.length == 0) return Parsed.bad(code + ".base64", "the key is not standard base64");
        return Parsed.ok(new KeyText(name, idText, key[0], Arrays.copyOfRange(key, 1, key.length)));
    }

    /** The 32 bytes of an Ed25519 key of the wanted type. */
    Parsed<byte[]> ed25519(byte wanted, String code, String what) {
        if (type != wanted || key.length != Ed25519.PUBLIC_KEY_BYTES) {
            return Parsed.bad(
                    code + ".type",
                    String.format("want %s (type 0x%02x and 32 bytes), got type 0x%02x", what, wanted, type));
        }
        return Parsed.ok(key);
    }

    static String format(String name, int id, byte type, byte[] key) {
        return name + "+" + idHex(id) + "+" + Encoding.base64(typed(type, key));
    }

    static String idHex(int id) {
        return String.format("%08x", id);
    }

    /** The first four bytes of SHA-256(name || "\n" || type || key), big-endian. */
    static int id(String name, byte type, byte[] key) {
        var hash = Hash32.sha256(Encoding.utf8(name + "\n"), typed(type, key));
        return (int) (hash.word0() >>> 32);
    }

    private static byte[] typed(byte type, byte[] key) {
        var typed = new byte[1 + key.length];
        typed[0] = type;
        System.arraycopy(key, 0, typed, 1, key.length);
        return typed;
    }
}
