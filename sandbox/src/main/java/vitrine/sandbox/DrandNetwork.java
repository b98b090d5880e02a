package vitrine.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import supranational.blst.P1;
import supranational.blst.P2;
import supranational.blst.SecretKey;
import vitrine.proof.BeaconChain;
import vitrine.proof.Hash32;

/**
 * A drand network of one, with a key that stands here for everybody to read: whoever rehearses gets rounds at any time, and whoever
 * trusts it for more knows no round that is not known before.
 */
public final class DrandNetwork {
    private static final SecretKey KEY = key();

    public static final BeaconChain CHAIN = new BeaconChain(
            BeaconChain.Encoded.of(new P2(KEY).compress()),
            Duration.ofSeconds(3),
            Instant.ofEpochSecond(1_700_000_000),
            Hash32.sha256("the sandbox alone".getBytes(StandardCharsets.US_ASCII)),
            "sandbox");

    private DrandNetwork() {}

    /** What a relay answers at {@code /info}, and what a server is told that is to trust it. */
    public static String info() {
        return Json.object()
                .put("public_key", CHAIN.publicKey().hex())
                .put("period", CHAIN.period().toSeconds())
                .put("genesis_time", CHAIN.genesis().getEpochSecond())
                .put("genesis_seed", CHAIN.seed().hex())
                .put("chain_hash", CHAIN.hash().hex())
                .put("scheme", BeaconChain.SCHEME)
                .put("beacon_id", CHAIN.beaconId())
                .toString();
    }

    /** A round's signature, whether its time has come or not. */
    public static byte[] sign(long round) {
        return new P1()
                .hash_to(BeaconChain.message(round), BeaconChain.DST)
                .sign_with(KEY)
                .compress();
    }

    private static SecretKey key() {
        var key = new SecretKey();
        key.keygen("the sandbox's drand key, which everybody knows".getBytes(StandardCharsets.US_ASCII));
        return key;
    }
}
