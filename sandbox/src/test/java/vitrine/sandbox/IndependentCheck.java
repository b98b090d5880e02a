package vitrine.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;

/**
 * A second implementation of the four signatures, from their definitions, for the tests alone. It is held against
 * published vectors in {@link SignatureTest}.
 */
final class IndependentCheck {
    private IndependentCheck() {}

    interface Headers {
        String get(String name);
    }

    /** Whether every signature of the message verifies. {@code jwks} is only read for Saleor. */
    static boolean verifies(Source source, String secret, JsonNode jwks, Headers headers, byte[] body)
            throws Exception {
        return switch (source) {
            case SHOPIFY -> headers.get("X-Shopify-Hmac-SHA256").equals(hmac(secret.getBytes(UTF_8), body));
            case WOOCOMMERCE -> headers.get("X-WC-Webhook-Signature").equals(hmac(secret.getBytes(UTF_8), body));
            case SALEOR -> saleor(jwks, headers.get("Saleor-Signature"), body);
            case STANDARD -> standard(secret, headers, body);
        };
    }

    private static boolean saleor(JsonNode jwks, String signature, byte[] body) throws Exception {
        var jws = signature.split("\\.", -1);
        var header = Json.read(Base64.getUrlDecoder().decode(jws[0]));
        var jwk = jwks.path("keys").path(0);
        if (jws.length != 3
                || !jws[1].isEmpty()
                || !header.path("alg").asString("").equals("RS256")
                || header.path("b64").asBoolean(true)
                || !header.path("kid").asString("").equals(jwk.path("kid").asString(""))) {
            return false;
        }
        var key = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        new BigInteger(
                                1, Base64.getUrlDecoder().decode(jwk.path("n").asString())),
                        new BigInteger(
                                1, Base64.getUrlDecoder().decode(jwk.path("e").asString()))));
        return verifies(
                "SHA256withRSA",
                key,
                join((jws[0] + ".").getBytes(UTF_8), body),
                Base64.getUrlDecoder().decode(jws[2]));
    }

    private static boolean standard(String secrets, Headers headers, byte[] body) throws Exception {
        var prefix = (headers.get("webhook-id") + "." + headers.get("webhook-timestamp") + ".").getBytes(UTF_8);
        boolean all = true;
        var signatures = headers.get("webhook-signature").split(" ");
        var keys = secrets.split(" ");
        for (int i = 0; i < keys.length; i++) {
            var value = signatures[i].substring(signatures[i].indexOf(',') + 1);
            all &= keys[i].startsWith("whsec_")
                    ? signatures[i].startsWith("v1,")
                            && value.equals(hmac(
                                    Base64.getDecoder().decode(keys[i].substring("whsec_".length())),
                                    join(prefix, body)))
                    : signatures[i].startsWith("v1a,")
                            && verifies(
                                    "Ed25519",
                                    rfc8032Public(),
                                    join(prefix, body),
                                    Base64.getDecoder().decode(value));
        }
        return all && signatures.length == keys.length;
    }

    /** HMAC-SHA-256 from its definition: H(K xor opad, H(K xor ipad, text)). */
    static String hmac(byte[] key, byte[] text) throws Exception {
        var block = Arrays.copyOf(key.length > 64 ? sha256(key) : key, 64);
        var inner = block.clone();
        var outer = block.clone();
        for (int i = 0; i < 64; i++) {
            inner[i] ^= 0x36;
            outer[i] ^= 0x5c;
        }
        return Base64.getEncoder().encodeToString(sha256(join(outer, sha256(join(inner, text)))));
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] join(byte[] a, byte[] b) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    private static PublicKey rfc8032Public() throws Exception {
        var der = HexFormat.of().parseHex("302a300506032b6570032100" + Fixtures.RFC8032_PUBLIC);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }

    private static boolean verifies(String algorithm, PublicKey key, byte[] signed, byte[] signature) throws Exception {
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(key);
        verifier.update(signed);
        return verifier.verify(signature);
    }
}
