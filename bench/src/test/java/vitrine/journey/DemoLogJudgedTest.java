package vitrine.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import vitrine.bench.GoJudge;
import vitrine.proof.Checkpoint;
import vitrine.proof.SignedNote;
import vitrine.proof.TilePath;

/** Go's checksum database reads the log that the demo made, over the network and from a copy, and notices one flipped byte. */
@Tag("browser")
@ExtendWith(OneFestival.class)
class DemoLogJudgedTest {

    @TempDir
    Path folder;

    @Test
    void strangersCodeAgreesWithTheDemosLogAndNoticesOneFlippedByte(Festival festival) throws Exception {
        assumeThat(GoJudge.isThere()).as("Debian's Go is there").isTrue();
        try (var http = HttpClient.newHttpClient()) {
            String log = festival.url() + "/log";
            Path note = folder.resolve("checkpoint");
            Files.write(note, get(http, log + "/checkpoint"));
            String key = new String(get(http, log + "/key"), java.nio.charset.StandardCharsets.UTF_8).strip();
            long size = Checkpoint.parse(
                            SignedNote.parse(Files.readAllBytes(note)).orThrow().text())
                    .orThrow()
                    .size();
            assertThat(size).isGreaterThan(100);
            assertThat(GoJudge.judge(log, note, key)).startsWith("ok: " + size + " records");

            for (int level = 0; size >>> 8 * level > 0; level++) {
                long hashes = size >>> 8 * level;
                for (long tile = 0; tile << 8 < hashes; tile++) {
                    copy(http, log, new TilePath.Hashes(level, tile, (int) Math.min(256, hashes - (tile << 8))).text());
                }
            }
            Path bundle = folder;
            for (long tile = 0; tile << 8 < size; tile++) {
                bundle = copy(http, log, new TilePath.Entries(tile, (int) Math.min(256, size - (tile << 8))).text());
            }
            assertThat(GoJudge.judge(folder.toString(), note, key)).startsWith("ok: " + size + " records");
            byte[] entries = Files.readAllBytes(bundle);
            entries[entries.length / 2] ^= 1;
            Files.write(bundle, entries);
            assertThat(GoJudge.judge(folder.toString(), note, key)).startsWith("refused: ");
        }
    }

    private Path copy(HttpClient http, String log, String path) throws IOException, InterruptedException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, get(http, log + "/" + path));
    }

    private static byte[] get(HttpClient http, String address) throws IOException, InterruptedException {
        var answer =
                http.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(address).isEqualTo(200);
        return answer.body();
    }
}
