package vitrine.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vitrine.proof.BeaconChain;
import vitrine.sandbox.DrandNetwork;

/** A round counts when the network signed it, whoever brings it. */
class BeaconsTest {

    /** Published rounds of drand's quicknet; where from stands beside the fixtures of {@code proof}. */
    private static final Map<Long, String> QUICKNET = Map.of(
            123L,
            "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92",
            1_000L,
            "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
            20_791_007L,
            "8d2c8bbc37170dbacc5e280a21d4e195cff5f32a19fd6a58633fa4e4670478b5fb39bc13dd8f8c4372c5a76191198ac5",
            20_905_307L,
            "8a60486975062d9f06633c284cf1a7b46fb343f56f329f180530ca40a9e86320244f4fbfc37ae866cf25ef499665a31f");

    @Test
    void everyPublishedRoundOfQuicknetIsVerifiedAndNoOther() {
        var beacons = new Beacons("quicknet", "");
        QUICKNET.forEach((round, signature) -> {
            byte[] bytes = HexFormat.of().parseHex(signature);
            assertThat(beacons.verify(round, bytes)).as("round %s", round).isTrue();
            assertThat(beacons.verify(round + 1, bytes)).isFalse();
            byte[] changed = bytes.clone();
            changed[47] ^= 1;
            assertThat(beacons.verify(round, changed)).isFalse();
            assertThat(beacons.verify(round, DrandNetwork.sign(round)))
                    .as("another network's")
                    .isFalse();
        });
        assertThat(beacons.verify(1_000, new byte[BeaconChain.SIGNATURE_BYTES])).isFalse();
        byte[] infinity = new byte[BeaconChain.SIGNATURE_BYTES];
        infinity[0] = (byte) 0xc0;
        assertThat(beacons.verify(1_000, infinity))
                .as("the point that fits every message")
                .isFalse();
        assertThat(beacons.verify(1_000, new byte[3])).isFalse();
    }

    @Test
    void aRelayThatIsAwayOrLiesIsPassedOver() throws IOException {
        HttpServer lies = relay(round -> DrandNetwork.sign(round + 1));
        HttpServer right = relay(DrandNetwork::sign);
        try {
            String away = "http://127.0.0.1:1";
            String both = away + ", " + at(lies) + "," + at(right) + "/";
            assertThat(new Beacons(DrandNetwork.info(), both).fetch(7)).isEqualTo(DrandNetwork.sign(7));
            assertThat(new Beacons(DrandNetwork.info(), away + "," + at(lies)).fetch(7))
                    .isNull();
            assertThat(new Beacons(DrandNetwork.info(), "").fetch(7)).isNull();
        } finally {
            lies.stop(0);
            right.stop(0);
        }
    }

    @Test
    void aNetworkWhoseHashIsAnothersIsNoNetwork() {
        assertThatThrownBy(() -> new Beacons(DrandNetwork.info().replace("\"period\":3", "\"period\":2"), ""))
                .hasMessageContaining("VITRINE_BEACON_CHAIN");
        assertThatThrownBy(() -> new Beacons("fastnet", "")).hasMessageContaining("VITRINE_BEACON_CHAIN");
    }

    private interface Signer {
        byte[] sign(long round);
    }

    private static String at(HttpServer relay) {
        return "http://127.0.0.1:" + relay.getAddress().getPort();
    }

    private static HttpServer relay(Signer signer) throws IOException {
        HttpServer relay = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 4);
        relay.createContext("/" + DrandNetwork.CHAIN.hash().hex() + "/public/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            long round = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
            byte[] answer = ("{\"signature\":\"" + HexFormat.of().formatHex(signer.sign(round)) + "\"}")
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        relay.start();
        return relay;
    }
}
