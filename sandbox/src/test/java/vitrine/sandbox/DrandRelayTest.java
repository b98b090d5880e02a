package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1_Affine;
import supranational.blst.P2_Affine;
import tools.jackson.databind.json.JsonMapper;
import vitrine.proof.BeaconChain;

/** Rounds come when their time has come, and are signed by the network that the relay names. */
class DrandRelayTest {
    private static final String HASH = DrandNetwork.CHAIN.hash().hex();

    private final DrandRelay relay =
            new DrandRelay(Clock.fixed(DrandNetwork.CHAIN.timeOf(500).plusSeconds(1), ZoneOffset.UTC));

    private Answer get(String... path) {
        return relay.answer(call("GET", path));
    }

    private static Call call(String method, String... path) {
        return new Call(
                method,
                "/" + String.join("/", path),
                List.of(path),
                Map.of(),
                Map.of(),
                new com.sun.net.httpserver.Headers(),
                new byte[0]);
    }

    @Test
    void theNetworkIsReadFromItsOwnWords() {
        assertThat(BeaconChain.readOrNull(get("drand", HASH, "info").body())).isEqualTo(DrandNetwork.CHAIN);
    }

    @Test
    void aRoundThatHasComeIsSignedAndOneThatHasNotIsNotThere() {
        var json =
                JsonMapper.shared().readTree(get("drand", HASH, "public", "500").body());
        var signature = HexFormat.of().parseHex(json.path("signature").stringValue());
        assertThat(signature).hasSize(BeaconChain.SIGNATURE_BYTES);
        var key = new P2_Affine(DrandNetwork.CHAIN.publicKey().bytes());
        assertThat(new P1_Affine(signature).core_verify(key, true, BeaconChain.message(500), BeaconChain.DST))
                .isEqualTo(BLST_ERROR.BLST_SUCCESS);
        assertThat(new P1_Affine(signature).core_verify(key, true, BeaconChain.message(501), BeaconChain.DST))
                .isNotEqualTo(BLST_ERROR.BLST_SUCCESS);
        assertThat(JsonMapper.shared()
                        .readTree(get("drand", HASH, "public", "latest").body())
                        .path("round")
                        .intValue())
                .isEqualTo(500);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> get("drand", HASH, "public", "501"))
                .isInstanceOf(Refused.class);
    }

    @Test
    void itCanBeAwayAndItCanLie() {
        relay.control(call("POST", "control", "drand", "lies"));
        assertThat(new String(get("drand", HASH, "public", "499").body(), StandardCharsets.UTF_8))
                .contains(HexFormat.of().formatHex(DrandNetwork.sign(500)));
        relay.control(call("POST", "control", "drand", "away"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> get("drand", HASH, "public", "499"))
                .isInstanceOf(Refused.class);
        relay.control(call("POST", "control", "drand", "back"));
        assertThat(get("drand", "chains").status()).isEqualTo(200);
    }

    @Test
    void theScriptTellsTheDemosServerOfThisNetwork() throws Exception {
        assertThat(Files.readString(Path.of("..", "vitrine"))).contains(DrandNetwork.info());
    }
}
