package vitrine.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.SignerKey;
import vitrine.proof.WitnessSigner;

/** The rehearsal's witnesses: they know the logs that they were given, and get to know those that the platform begins later. */
class WitnessesTest {

    private static final WitnessSigner EAST = new WitnessSigner("east.example", seed(1));
    private static final SignerKey HOUSE = new SignerKey("lumen.example/log", seed(2));

    @TempDir
    private Path dir;

    @Test
    void aLogThatThePlatformBeginsLaterIsAskedForItsKeyAndCosigned() throws Exception {
        try (var running = new RunningSandbox(dir.resolve("data"), EAST, HOUSE.verifier())) {
            String host = URI.create(running.receiver.url()).getAuthority();
            var heron = new SignerKey(host + "/logs/heron", seed(3));
            running.receiver.serves("/logs/heron/key", heron.verifier().vkey() + "\n");

            assertThat(asked(running, HOUSE).statusCode())
                    .as("one that it was given")
                    .isEqualTo(200);
            var answer = asked(running, heron);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).startsWith("\u2014 east.example ");
            assertThat(asked(running, new SignerKey(host + "/logs/heron", seed(4)))
                            .statusCode())
                    .as("another key of it is not believed")
                    .isEqualTo(403);
            assertThat(asked(running, new SignerKey(host + "/logs/nobody", seed(3)))
                            .statusCode())
                    .as("a log that is not there")
                    .isEqualTo(404);
            assertThat(asked(running, new SignerKey("elsewhere.example/log", seed(3)))
                            .statusCode())
                    .as("a log of somebody else")
                    .isEqualTo(404);
        }
    }

    private static HttpResponse<String> asked(RunningSandbox running, SignerKey log) throws Exception {
        var note = new Checkpoint(log.verifier().name(), 1, Hash32.sha256(new byte[] {1})).signedBy(log);
        return running.send(HttpRequest.newBuilder(URI.create(running.url("/witness/east/add-checkpoint")))
                .POST(HttpRequest.BodyPublishers.ofByteArray(new AddCheckpoint(0, List.of(), note).body())));
    }

    private static byte[] seed(int n) {
        byte[] seed = new byte[32];
        Arrays.fill(seed, (byte) n);
        return seed;
    }
}
