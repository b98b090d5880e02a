package vitrine.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.Ids;
import vitrine.platform.Jobs;
import vitrine.proof.Checkpoint;
import vitrine.proof.ConsistencyProof;
import vitrine.proof.Hash32;
import vitrine.proof.InclusionProof;
import vitrine.proof.LogRecord;
import vitrine.proof.Merkle;
import vitrine.proof.SignedNote;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** What a stranger's tools read of the log: tiles, or proofs ready made, which say the same. */
class LogFaceTest {

    private static final int RECORDS = 300;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static TestDatabase database;
    private static TestServer server;

    @BeforeAll
    static void threeHundredRecordsInTwoSeals() {
        database = TestDatabase.fresh();
        server = TestServer.start(database, Map.of("vitrine.jobs", "manual"), beans -> {});
        append(0, 100);
        append(100, RECORDS);
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    private static void append(int from, int to) {
        var ledger = server.bean(Ledger.class);
        var log = ledger.main();
        var ids = server.bean(Ids.class);
        server.bean(TransactionTemplate.class)
                .executeWithoutResult(status -> ledger.append(
                        log,
                        IntStream.range(from, to)
                                .mapToObj(n -> NewRecord.of(
                                        ids.next(),
                                        null,
                                        new LogRecord.RulesPublished(
                                                ledger.originOf(log), "campaign-" + n, 1, Hash32.sha256(new byte[] {
                                                    (byte) n, (byte) (n >> 8)
                                                }))))
                                .toList()));
        server.bean(Jobs.class).drain();
    }

    @Test
    void everyEntrysProofLeadsToTheCheckpointThatComesWithIt() {
        for (int index : List.of(0, 99, 100, 255, 256, 299)) {
            var answer = json("/log/proof?index=" + index);
            var checkpoint = Checkpoint.parse(
                            SignedNote.parse(answer.path("checkpoint").asString())
                                    .orThrow()
                                    .text())
                    .orThrow();
            assertThat(checkpoint.size()).isEqualTo(RECORDS);
            var leaf = Merkle.leafHash(answer.path("entry").asString().getBytes(StandardCharsets.UTF_8));
            assertThat(answer.path("leaf").asString()).isEqualTo(leaf.hex());
            assertThat(new InclusionProof(index, RECORDS, hashes(answer))
                            .verify(leaf, checkpoint.root())
                            .holds())
                    .isTrue();
        }
    }

    @Test
    void aProofUnderAnOlderCheckpointStaysAsItWas() {
        var answer = json("/log/proof?index=42&size=100");
        var checkpoint = Checkpoint.parse(
                        SignedNote.parse(answer.path("checkpoint").asString())
                                .orThrow()
                                .text())
                .orThrow();
        assertThat(checkpoint.size()).isEqualTo(100);
        assertThat(new InclusionProof(42, 100, hashes(answer))
                        .verify(Hash32.ofHex(answer.path("leaf").asString()), checkpoint.root())
                        .holds())
                .isTrue();
        assertThat(json("/log/proof?index=42&size=101").path("checkpoint").isNull())
                .as("nothing of this size was ever signed")
                .isTrue();
    }

    @Test
    void theLaterCheckpointContinuesTheEarlier() {
        var shown = json("/log/checkpoints").path("checkpoints");
        assertThat(shown.size()).isEqualTo(2);
        var proof = new ConsistencyProof(100, RECORDS, hashes(json("/log/consistency?from=100&to=" + RECORDS)));
        assertThat(proof.verify(
                                Hash32.ofHex(shown.path(1).path("root").asString()),
                                Hash32.ofHex(shown.path(0).path("root").asString()))
                        .holds())
                .isTrue();
        assertThat(json("/log/checkpoints?before=300").path("checkpoints").size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/log/proof?index=300, 404, log.no-such-entry",
        "/log/proof?index=3&size=301, 404, log.no-such-entry",
        "/log/proof?index=-1, 400, log.no-number",
        "/log/proof?index=99999999999999999999, 400, log.no-number",
        "/log/proof?piece=nothing-1, 404, request.not-found",
        "/log/consistency?from=5&to=4, 404, log.no-such-size",
        "/log/consistency?from=x&to=4, 400, log.no-number",
        "/log/checkpoints?before=x, 400, log.no-number",
        "/log/tile/0/999, 404, request.not-found",
        "/log/tile/nonsense, 404, request.not-found",
    })
    void whatIsNotThereIsSaidWithACode(String path, int status, String code) {
        var answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(JsonMapper.shared().readTree(answer.body()).path("code").asString())
                .isEqualTo(code);
    }

    @Test
    void entriesComeCompressedToWhoAsksAndEverythingToEveryOrigin() throws IOException {
        var plain = get("/log/tile/entries/000");
        var zipped = get("/log/tile/entries/000", "Accept-Encoding", "br, gzip");
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(zipped.body().length).isLessThan(plain.body().length * 2 / 3);
        try (var in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
            assertThat(in.readAllBytes()).isEqualTo(plain.body());
        }
        assertThat(get("/log/tile/entries/000", "Accept-Encoding", "gzip;q=0")
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();
        for (String path :
                List.of("/log/checkpoint", "/log/tile/0/000", "/log/tile/entries/001.p/44", "/log/checkpoints")) {
            var answer = get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
        }
        assertThat(plain.headers().firstValue("Cache-Control"))
                .hasValueSatisfying(cache -> assertThat(cache).contains("immutable", "max-age=31536000"));
    }

    @Test
    void aCheckpointThatDidNotChangeIsNotSentAgain() {
        var first = get("/log/checkpoint");
        var tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/log/checkpoint", "If-None-Match", tag).statusCode()).isEqualTo(304);
    }

    private static List<Hash32> hashes(JsonNode answer) {
        var hashes = new ArrayList<Hash32>();
        answer.path("path").forEach(hash -> hashes.add(Hash32.ofHex(hash.asString())));
        return hashes;
    }

    private static JsonNode json(String path) {
        var answer = get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static HttpResponse<byte[]> get(String path, String... headers) {
        try {
            var request = HttpRequest.newBuilder(URI.create(server.address() + path));
            if (headers.length > 0) request.headers(headers);
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
