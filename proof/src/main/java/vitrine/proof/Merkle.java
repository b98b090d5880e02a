package vitrine.proof;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes of a Merkle tree as RFC 6962 section 2.1 and RFC 9162 section 2.1.1 define them, with SHA-256. */
public final class Merkle {
    /** The root of the tree without leaves: SHA-256 of nothing. */
    public static final Hash32 EMPTY_ROOT =
            Hash32.ofHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    private static final MessageDigest PROTOTYPE = prototype();

    private Merkle() {}

    /** SHA-256(0x00 || entry): the name of an entry, whatever its place in the tree. */
    public static Hash32 leafHash(byte[] entry) {
        var sha = sha256();
        sha.update((byte) 0);
        return Hash32.at(sha.digest(entry), 0);
    }

    /** SHA-256(0x01 || left || right). */
    public static Hash32 nodeHash(Hash32 left, Hash32 right) {
        var pair = new byte[1 + 2 * Hash32.LENGTH];
        pair[0] = 1;
        left.writeTo(pair, 1);
        right.writeTo(pair, 1 + Hash32.LENGTH);
        return Hash32.at(sha256().digest(pair), 0);
    }

    /** A fresh digest; a clone is several times cheaper than asking the providers again. */
    static MessageDigest sha256() {
        try {
            return (MessageDigest) PROTOTYPE.clone();
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError("the JDK's SHA-256 can be cloned", impossible);
        }
    }

    private static MessageDigest prototype() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
    }
}
