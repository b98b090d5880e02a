package vitrine.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.platform.Keys;

class DeliveryBodiesTest {

    @TempDir
    Path folder;

    Keys keys;

    @BeforeEach
    void findKeys() {
        keys = new Keys(folder.resolve("keys"), Map.of(), new SecureRandom());
    }

    @Test
    void aBodyComesBackByteForByteAndIsKeptSmaller() {
        var bodies = new DeliveryBodies(keys);
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        byte[] kept = bodies.seal(body);
        assertThat(bodies.open(kept)).isEqualTo(body);
        assertThat(kept.length).isLessThan(body.length / 3);
    }

    @Test
    void whatDoesNotGetSmallerIsKeptAsItIs() {
        var bodies = new DeliveryBodies(keys);
        byte[] noise = new byte[20_000];
        new SecureRandom().nextBytes(noise);
        for (byte[] body : new byte[][] {noise, {}, "{}".getBytes(StandardCharsets.UTF_8)}) {
            assertThat(bodies.open(bodies.seal(body))).isEqualTo(body);
        }
    }

    @Test
    void whatAMachineWithoutZstandardKeptIsReadableOnOneThatHasIt() {
        byte[] body = Messages.read("01-shopify/doc-orders-paid-1073459962.json");
        byte[] kept = DeliveryBodies.deflating(keys).seal(body);
        assertThat(kept.length).isLessThan(body.length / 3);
        assertThat(new DeliveryBodies(keys).open(kept)).isEqualTo(body);
    }

    @Test
    void nobodyReadsItWithoutTheKey() {
        byte[] kept = new DeliveryBodies(keys).seal("{\"email\":\"ada@example.com\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain("ada@", "email");
    }
}
