package vitrine.drop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1_Affine;
import supranational.blst.P2_Affine;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import vitrine.proof.BeaconChain;

/**
 * Public random values that nobody knew before: rounds of one drand network, whose key this installation was told. Whoever brings a
 * round is not trusted; its signature is.
 */
@Component
public class Beacons {

    private static final Logger log = LoggerFactory.getLogger(Beacons.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int ANSWER_MAX = 4_096;

    private final BeaconChain chain;
    private final List<String> relays;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /**
     * @param chain {@code quicknet}, or what a relay of another network answers at {@code /info}
     * @param relays addresses with commas between them; empty: somebody brings the rounds by hand
     */
    Beacons(
            @Value("${vitrine.beacon-chain:quicknet}") String chain,
            @Value("${vitrine.beacon-relays:}") String relays) {
        if (chain.equals("quicknet")) {
            this.chain = BeaconChain.QUICKNET;
        } else {
            BeaconChain read = BeaconChain.readOrNull(chain.getBytes(StandardCharsets.UTF_8));
            if (read == null)
                throw new IllegalStateException(
                        "VITRINE_BEACON_CHAIN is neither quicknet nor what a drand relay of scheme "
                                + BeaconChain.SCHEME + " answers at /info");
            this.chain = read;
        }
        this.relays = Arrays.stream(relays.split(","))
                .map(String::strip)
                .filter(relay -> !relay.isEmpty())
                .map(relay -> relay.endsWith("/") ? relay.substring(0, relay.length() - 1) : relay)
                .toList();
    }

    public BeaconChain chain() {
        return chain;
    }

    /** Whether rounds come by themselves; else somebody brings each by hand ({@link Lots#bring}). */
    public boolean isFetched() {
        return !relays.isEmpty();
    }

    /** Whether this is the network's signature of that round, and of no other. */
    public boolean verify(long round, byte[] signature) {
        if (signature.length != BeaconChain.SIGNATURE_BYTES) return false;
        try {
            var point = new P1_Affine(signature);
            if (!point.in_group() || point.is_inf()) return false;
            var key = new P2_Affine(chain.publicKey().bytes());
            return point.core_verify(key, true, BeaconChain.message(round), BeaconChain.DST) == BLST_ERROR.BLST_SUCCESS;
        } catch (RuntimeException notAPoint) {
            return false;
        }
    }

    /** Asks one relay after the other; null: none of them has it. What is given was verified. */
    byte @Nullable [] fetch(long round) {
        for (String relay : relays) {
            byte[] signature = ask(relay, round);
            if (signature == null) continue;
            if (verify(round, signature)) return signature;
            log.warn(
                    "drop.beacon-false: {} answers round {} with something that the network did not sign",
                    relay,
                    round);
        }
        return null;
    }

    private byte @Nullable [] ask(String relay, long round) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(relay + "/" + chain.hash().hex() + "/public/" + round))
                            .timeout(TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                if (answer.statusCode() != 200) return null;
                String signature = JsonMapper.shared()
                        .readTree(body.readNBytes(ANSWER_MAX))
                        .path("signature")
                        .asString("");
                return HexFormat.of().parseHex(signature);
            }
        } catch (IOException | IllegalArgumentException | JacksonException e) {
            log.info("drop.beacon-away: {} ({})", relay, e.getMessage());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
