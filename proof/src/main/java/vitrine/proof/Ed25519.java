package vitrine.proof;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 (RFC 8032) of the JDK over raw bytes: seeds and public keys of 32 bytes, signatures of 64. */
public final class Ed25519 {
    /** RFC 8032 calls it the private key. */
    public static final int SEED_BYTES = 32;
    /** A point of the curve, encoded. */
    public static final int PUBLIC_KEY_BYTES = 32;
    /** A point and a scalar. */
    public static final int SIGNATURE_BYTES = 64;

    // What stands before the raw key in the encodings of RFC 8410.
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private Ed25519() {}

    /** The public key of a private seed. @throws IllegalArgumentException unless the seed has 32 bytes */
    public static byte[] publicKey(byte[] seed) {
        requireSeed(seed);
        try {
            // The JDK has no call for this; its generator draws exactly the seed from its source of randomness.
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
            var encoded = generator.generateKeyPair().getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, encoded.length - PUBLIC_KEY_BYTES, encoded.length);
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every JDK since 15 has Ed25519", impossible);
        }
    }

    /** Signs the message. @throws IllegalArgumentException unless the seed has 32 bytes */
    public static byte[] sign(byte[] seed, byte[] message) {
        requireSeed(seed);
        try {
            var key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(join(PKCS8_PREFIX, seed)));
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every seed of 32 bytes signs", impossible);
        }
    }

    /** Whether the signature is this key's over the message. Keys and signatures of any length or form get an answer. */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != PUBLIC_KEY_BYTES || signature.length != SIGNATURE_BYTES) return false;
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519")
                    .generatePublic(new X509EncodedKeySpec(join(X509_PREFIX, publicKey)));
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (InvalidKeySpecException | InvalidKeyException | SignatureException notOne) {
            return false; // no point on the curve, or a scalar out of range: nobody's signature
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError("every JDK since 15 has Ed25519", impossible);
        }
    }

    private static void requireSeed(byte[] seed) {
        if (seed.length != SEED_BYTES) throw new IllegalArgumentException("a seed has 32 bytes, got " + seed.length);
    }

    private static byte[] join(byte[] prefix, byte[] key) {
        var joined = Arrays.copyOf(prefix, prefix.length + key.length);
        System.arraycopy(key, 0, joined, prefix.length, key.length);
        return joined;
    }

    private static final class Fixed extends SecureRandom {
        private final transient byte[] seed;

        Fixed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] target) {
            if (target.length != seed.length) throw new IllegalStateException("asked for " + target.length + " bytes");
            System.arraycopy(seed, 0, target, 0, target.length);
        }
    }
}
