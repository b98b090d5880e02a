package vitrine.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The signatures of the four kinds of shop, straight from the JDK. */
final class Keys {
    private static final Map<String, PrivateKey> PARSED = new ConcurrentHashMap<>();

    private Keys() {}

    static String hmacBase64(byte[] key, byte[]... parts) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (var part : parts) {
                mac.update(part);
            }
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (NoSuchAlgorithmException | InvalidKeyException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    static byte[] sign(String algorithm, PrivateKey key, byte[]... parts) {
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            for (var part : parts) {
                signature.update(part);
            }
            return signature.sign();
        } catch (GeneralSecurityException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    /** {@code whsk_} and base64 of 32 bytes of seed, with or without the 32 bytes of public key behind them. */
    static PrivateKey ed25519(String whsk) {
        return PARSED.computeIfAbsent(whsk, text -> {
            var bytes = base64("whsk_", text);
            if (bytes.length != 32 && bytes.length != 64) {
                throw Refused.invalid("secret.invalid", "a whsk_ key has 32 or 64 bytes, not " + bytes.length);
            }
            try {
                return KeyFactory.getInstance("Ed25519")
                        .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, Arrays.copyOf(bytes, 32)));
            } catch (NoSuchAlgorithmException | InvalidKeySpecException wrong) {
                throw new IllegalStateException(wrong);
            }
        });
    }

    static PrivateKey rsa(String pkcs8) {
        return PARSED.computeIfAbsent(pkcs8, text -> {
            var plain = text.replaceAll("-----[A-Z ]+-----|\\s", "");
            try {
                return KeyFactory.getInstance("RSA")
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(plain)));
            } catch (IllegalArgumentException | InvalidKeySpecException wrong) {
                throw Refused.invalid("secret.invalid", "a Saleor secret is an RSA key, PKCS#8 in base64");
            } catch (NoSuchAlgorithmException never) {
                throw new IllegalStateException(never);
            }
        });
    }

    static RSAPrivateCrtKey rsaWithPublicPart(String pkcs8) {
        if (rsa(pkcs8) instanceof RSAPrivateCrtKey crt) {
            return crt;
        }
        throw Refused.invalid("secret.invalid", "the RSA key does not hold its public exponent");
    }

    static String newRsa() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return Base64.getEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }

    static byte[] base64(String prefix, String text) {
        var bare = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        try {
            return Base64.getDecoder().decode(bare);
        } catch (IllegalArgumentException wrong) {
            throw Refused.invalid("secret.invalid", "behind " + prefix + " stands base64");
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
