package vitrine.proof;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A drand network that signs round numbers alone (scheme {@code bls-unchained-g1-rfc9380}): each round has one signature, which
 * nobody knows before its time and anybody can check afterwards. Its hash names its key, its pace and its beginning, so whoever
 * knows the hash trusts no channel.
 *
 * @param publicKey 96 bytes: a compressed point of BLS12-381's second group
 * @param period a round every so often
 * @param genesis when round 1 came
 * @param seed hash of the group that began it
 * @param beaconId empty for drand's default network, else its name, as in {@code quicknet}
 */
public record BeaconChain(Encoded publicKey, Duration period, Instant genesis, Hash32 seed, String beaconId) {

    /** The scheme's name, as drand writes it. */
    public static final String SCHEME = "bls-unchained-g1-rfc9380";

    /** What a signature's message is hashed to the curve under. */
    public static final String DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

    /** A compressed point of the second group. */
    public static final int KEY_BYTES = 96;

    /** A compressed point of the first group. */
    public static final int SIGNATURE_BYTES = 48;

    /** drand's network that the League of Entropy runs: a round every three seconds. */
    public static final BeaconChain QUICKNET = new BeaconChain(
            Encoded.hex(
                    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
                            + "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"),
            Duration.ofSeconds(3),
            Instant.ofEpochSecond(1_692_803_367),
            Hash32.ofHex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
            "quicknet");

    public BeaconChain {
        if (publicKey.length() != KEY_BYTES) throw new IllegalArgumentException("a key has 96 bytes");
        if (period.toSeconds() < 1) throw new IllegalArgumentException("no period: " + period);
    }

    /** Bytes that are compared by what they are. */
    public record Encoded(String hex) {
        public static Encoded hex(String hex) {
            if (Encoding.hexOrNull(hex) == null)
                throw new IllegalArgumentException("not lower-case hexadecimal: " + hex);
            return new Encoded(hex);
        }

        public static Encoded of(byte[] bytes) {
            return new Encoded(Encoding.hex(bytes));
        }

        public byte[] bytes() {
            return java.util.Objects.requireNonNull(Encoding.hexOrNull(hex));
        }

        public int length() {
            return hex.length() / 2;
        }
    }

    /** By which records name it: SHA-256 over period, genesis, key, seed and name, as drand computes it. */
    public Hash32 hash() {
        var numbers = ByteBuffer.allocate(12)
                .order(ByteOrder.BIG_ENDIAN)
                .putInt((int) period.toSeconds())
                .putLong(genesis.getEpochSecond());
        return Hash32.sha256(numbers.array(), publicKey.bytes(), seed.bytes(), Encoding.utf8(beaconId));
    }

    /** When a round comes; 1 is the first. */
    public Instant timeOf(long round) {
        return genesis.plus(period.multipliedBy(round - 1));
    }

    /** The first round that comes at this time or later. */
    public long roundAt(Instant time) {
        if (!time.isAfter(genesis)) return 1;
        long seconds = Duration.between(genesis, time).plusNanos(999_999_999).toSeconds();
        return 1 + Math.ceilDiv(seconds, period.toSeconds());
    }

    /** What a round's signature signs: SHA-256 of the number, in eight bytes. */
    public static byte[] message(long round) {
        return Hash32.sha256(ByteBuffer.allocate(8).putLong(round).array()).bytes();
    }

    /** The public random value of a round's signature. */
    public static Hash32 randomness(byte[] signature) {
        return Hash32.sha256(signature);
    }

    /**
     * Reads what a relay answers at {@code /info}, in either form; the hash that stands in it is only compared.
     *
     * @return null where it is not a network of this scheme, or is not what its hash says
     */
    public static @Nullable BeaconChain readOrNull(byte[] info) {
        if (!(Json.parse(info, new Json.Limits(16_384, 4)) instanceof Parsed.Ok<Json> ok)
                || !(ok.value() instanceof Json.Obj object)) return null;
        var fields = new FieldReader(object, "");
        try {
            boolean newer = fields.optional("chain_hash") != null;
            var scheme = fields.string(newer ? "scheme" : "schemeID");
            var name = newer
                    ? fields.string("beacon_id")
                    : fields.object("metadata").string("beaconID");
            var key = Encoding.hexOrNull(fields.string("public_key"));
            if (!scheme.equals(SCHEME) || key == null || key.length != KEY_BYTES) return null;
            var chain = new BeaconChain(
                    Encoded.of(key),
                    Duration.ofSeconds(fields.whole("period", 1, 86_400)),
                    Instant.ofEpochSecond(fields.whole("genesis_time", 0, 1L << 40)),
                    fields.hash(newer ? "genesis_seed" : "groupHash"),
                    name.equals("default") ? "" : name);
            return chain.hash().equals(fields.hash(newer ? "chain_hash" : "hash")) ? chain : null;
        } catch (FieldReader.Wrong wrong) {
            return null;
        }
    }
}
