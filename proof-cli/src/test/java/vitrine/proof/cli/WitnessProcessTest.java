package vitrine.proof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitrine.proof.AddCheckpoint;
import vitrine.proof.Checkpoint;
import vitrine.proof.Hash32;
import vitrine.proof.SignedNote;
import vitrine.proof.SignerKey;
import vitrine.proof.TileDirectory;
import vitrine.proof.TreeAppender;
import vitrine.proof.TreeProofs;
import vitrine.proof.WitnessAnswer;
import vitrine.proof.WitnessKey;

/** A witness as it is run: a process of its own, killed without warning. */
class WitnessProcessTest {
    private static final String LOG = "lumen.example/log";
    private static final SignerKey KEY =
            new SignerKey(LOG, Hash32.sha256(new byte[] {7}).bytes());

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> started = new ArrayList<>();
    private final List<byte[]> entries = new ArrayList<>();
    private WitnessKey witness;

    @BeforeEach
    void aWitnessIsMade() throws IOException {
        var process = start("init", "witness.example/east");
        witness = WitnessKey.parse(process.inputReader().readLine()).orThrow();
        assertThat(witness.name()).isEqualTo("witness.example/east");
        for (int i = 0; i < 300; i++) entries.add(("entry " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        new TileDirectory(folder).write(TreeAppender.empty().append(entries));
    }

    @AfterEach
    void nothingIsLeftRunning() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void whatWasCosignedIsRememberedThroughEveryKill() throws IOException, InterruptedException {
        long cosigned = 0;
        for (int round = 0; round < 3; round++) {
            var process = start("run", "--key", KEY.verifier().vkey(), "--listen", "127.0.0.1:0");
            var prefix = prefix(process.inputReader());
            assertThat(new WitnessAnswer.Conflict(cosigned)).isEqualTo(post(prefix, cosigned + 1, cosigned + 2));
            for (int step = 0; step < 5; step++) {
                long size = cosigned + 7;
                var answer = post(prefix, cosigned, size);
                assertThat(answer).isInstanceOf(WitnessAnswer.Cosigned.class);
                var note = ((WitnessAnswer.Cosigned) answer).addTo(note(size), List.of(witness));
                assertThat(witness.find(note)).isInstanceOf(WitnessKey.Finding.Cosigned.class);
                cosigned = size;
            }
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        var process = start("run", "--key", KEY.verifier().vkey(), "--listen", "127.0.0.1:0");
        var prefix = prefix(process.inputReader());
        assertThat(cosigned).isEqualTo(105);
        var forked = new Checkpoint(LOG, 110, Hash32.sha256()).signedBy(KEY);
        var proof =
                new TreeProofs(new TileDirectory(folder), 110).consistency(105).path();
        assertThat(post(prefix, new AddCheckpoint(105, proof, forked)).status()).isEqualTo(422);
        assertThat(post(prefix, 105, 110)).isInstanceOf(WitnessAnswer.Cosigned.class);
    }

    @Test
    void aWitnessIsNeitherMadeTwiceNorRunTwiceNorWithoutItsState() throws IOException, InterruptedException {
        assertThat(start("init", "witness.example/east").waitFor()).isEqualTo(Main.NO_INPUT);
        var process = start("run", "--key", KEY.verifier().vkey(), "--listen", "127.0.0.1:0");
        prefix(process.inputReader());
        var second = start("run", "--key", KEY.verifier().vkey(), "--listen", "127.0.0.1:0");
        assertThat(second.waitFor()).isEqualTo(Main.NO_INPUT);
        assertThat(second.errorReader().readLine()).contains("in use");
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        Files.delete(folder.resolve("state"));
        var third = start("run", "--key", KEY.verifier().vkey(), "--listen", "127.0.0.1:0");
        assertThat(third.waitFor()).isEqualTo(Main.NO_INPUT);
    }

    private Process start(String... args) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "witness"));
        command.addAll(List.of(args));
        command.addAll(List.of(
                "--lang", "en",
                "--signer", folder.resolve("signer").toString(),
                "--state", folder.resolve("state").toString()));
        var process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    private static URI prefix(BufferedReader out) throws IOException {
        var line = out.readLine();
        assertThat(line).startsWith("Listening on http://127.0.0.1:").contains("/add-checkpoint as ");
        out.readLine();
        return URI.create(line.substring("Listening on ".length(), line.indexOf(" as ")));
    }

    private WitnessAnswer post(URI prefix, long oldSize, long size) throws IOException, InterruptedException {
        var proof = new TreeProofs(new TileDirectory(folder), size)
                .consistency(oldSize)
                .path();
        return post(prefix, new AddCheckpoint(oldSize, proof, note(size)));
    }

    private WitnessAnswer post(URI prefix, AddCheckpoint request) throws IOException, InterruptedException {
        var response = http.send(
                HttpRequest.newBuilder(prefix)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        var type = response.headers().firstValue("Content-Type").orElse(null);
        return WitnessAnswer.read(response.statusCode(), type, response.body()).orThrow();
    }

    private SignedNote note(long size) {
        return new Checkpoint(LOG, size, new TreeProofs(new TileDirectory(folder), size).root()).signedBy(KEY);
    }
}
