package vitrine.proof;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The keys by which a piece has an owner without a name. Every piece that a person ever held has its own Ed25519 key,
 * derived from one secret of that person; two of them cannot be linked without the secret, and deleting the secret
 * leaves nothing personal behind (docs/record-format.md, "Owners").
 */
public final class OwnerKeys {
    /** The length of a collector's secret. */
    public static final int SECRET_BYTES = 32;

    private static final byte[] OWNER_TAG = Encoding.utf8("vitrine/owner/v1\n");
    private static final byte[] SEED_TAG = Encoding.utf8("vitrine/piece-key/v1\n");
    private static final byte[] POSSESSION_TAG = Encoding.utf8("vitrine/possession/v1\n");

    private OwnerKeys() {}

    /**
     * The private Ed25519 seed (32 bytes) of one holding of one piece: HKDF-SHA-256 (RFC 5869) with no salt, the secret
     * as input, and the tag, the collectible's hash, serial and moves (both big-endian uint64) as info.
     *
     * @param secret the collector's 32 random bytes
     * @param collectible leaf hash of the collectible's publication
     * @param serial of the piece, 1 or more
     * @param moves how many records before this one gave the piece an owner ({@code piece.granted} and
     *     {@code piece.moved}): 0 for the first grant
     */
    public static byte[] seed(byte[] secret, Hash32 collectible, long serial, long moves) {
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("a secret has 32 bytes, got " + secret.length);
        }
        if (serial < 1 || moves < 0) throw new IllegalArgumentException("serial " + serial + ", moves " + moves);
        var info = ByteBuffer.allocate(SEED_TAG.length + Hash32.LENGTH + 16)
                .put(SEED_TAG)
                .put(collectible.bytes())
                .putLong(serial)
                .putLong(moves)
                .array();
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand(info, Ed25519.SEED_BYTES));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every JDK since 25 has HKDF-SHA256", impossible);
        }
    }

    /** The public key of a seed, by the JDK; any other Ed25519 gives the same 32 bytes. */
    public static byte[] publicKey(byte[] seed) {
        return Ed25519.publicKey(seed);
    }

    /** What a record says as owner: SHA-256(tag || public key). */
    public static Hash32 ownerHash(byte[] publicKey) {
        if (publicKey.length != Ed25519.PUBLIC_KEY_BYTES) {
            throw new IllegalArgumentException("a public key has 32 bytes, got " + publicKey.length);
        }
        return Hash32.sha256(OWNER_TAG, publicKey);
    }

    /** A holder's answer to somebody's challenge: public key and signature, 96 bytes. */
    public static byte[] provePossession(byte[] seed, byte[] challenge) {
        var answer = Arrays.copyOf(publicKey(seed), Ed25519.PUBLIC_KEY_BYTES + Ed25519.SIGNATURE_BYTES);
        var signature = Ed25519.sign(seed, challenged(challenge));
        System.arraycopy(signature, 0, answer, Ed25519.PUBLIC_KEY_BYTES, signature.length);
        return answer;
    }

    /** Whether the answer was made for this challenge by who holds the key of this owner. */
    public static boolean possesses(Hash32 owner, byte[] challenge, byte[] answer) {
        if (answer.length != Ed25519.PUBLIC_KEY_BYTES + Ed25519.SIGNATURE_BYTES) return false;
        var publicKey = Arrays.copyOf(answer, Ed25519.PUBLIC_KEY_BYTES);
        var signature = Arrays.copyOfRange(answer, Ed25519.PUBLIC_KEY_BYTES, answer.length);
        return ownerHash(publicKey).equals(owner) && Ed25519.verify(publicKey, challenged(challenge), signature);
    }

    private static byte[] challenged(byte[] challenge) {
        var message = Arrays.copyOf(POSSESSION_TAG, POSSESSION_TAG.length + challenge.length);
        System.arraycopy(challenge, 0, message, POSSESSION_TAG.length, challenge.length);
        return message;
    }
}
