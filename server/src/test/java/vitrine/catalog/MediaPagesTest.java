package vitrine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitrine.identity.Identities;
import vitrine.testing.TestDatabase;
import vitrine.testing.TestServer;

/** A phone asks a large film for its pieces, the way its player does. */
class MediaPagesTest {

    private static final int BYTES = (24 << 20) + 17;
    private static final HttpClient phone = HttpClient.newHttpClient();

    private static TestDatabase database;
    private static TestServer server;
    private static byte[] film;
    private static String path;

    @BeforeAll
    static void aFilmIsUploaded() {
        database = TestDatabase.fresh();
        server = Identities.server(database, Map.of(), beans -> {});
        film = new byte[BYTES];
        new Random(7).nextBytes(film);
        System.arraycopy(new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'm', 'p', '4', '2'}, 0, film, 0, 12);
        var added = (MediaLibrary.Adding.Added) server.bean(MediaLibrary.class).add(film);
        path = "/media/" + added.sha256().hex();
    }

    @AfterAll
    static void close() {
        server.close();
        database.close();
    }

    @Test
    void theWholeFilmIsWhatWasUploaded() throws Exception {
        var whole = get();
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(header(whole, "content-type")).isEqualTo("video/mp4");
        assertThat(header(whole, "accept-ranges")).isEqualTo("bytes");
        assertThat(header(whole, "content-length")).isEqualTo(String.valueOf(BYTES));
        assertThat(header(whole, "cache-control")).contains("immutable");
        assertThat(whole.body()).isEqualTo(film);
    }

    @Test
    void aPieceIsExactlyThatPieceWhereverItLies() throws Exception {
        int slice = MediaFile.SLICE;
        for (int[] piece : new int[][] {
            {0, 0}, {0, 1}, {5, 4_000}, {slice - 1, slice}, {3 * slice - 7, 5 * slice + 7}, {BYTES - 1, BYTES - 1}
        }) {
            var part = get("Range", "bytes=" + piece[0] + "-" + piece[1]);
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(header(part, "content-range")).isEqualTo("bytes " + piece[0] + "-" + piece[1] + "/" + BYTES);
            assertThat(header(part, "content-length")).isEqualTo(String.valueOf(piece[1] - piece[0] + 1));
            assertThat(header(part, "content-type")).isEqualTo("video/mp4");
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(film, piece[0], piece[1] + 1));
        }
    }

    @Test
    void aPieceMayBeOpenAtItsEndOrCountedFromTheFilmsEnd() throws Exception {
        var open = get("Range", "bytes=" + (BYTES - 1_000) + "-");
        assertThat(open.statusCode()).isEqualTo(206);
        assertThat(open.body()).isEqualTo(Arrays.copyOfRange(film, BYTES - 1_000, BYTES));
        var last = get("Range", "bytes=-500");
        assertThat(last.statusCode()).isEqualTo(206);
        assertThat(header(last, "content-range")).isEqualTo("bytes " + (BYTES - 500) + "-" + (BYTES - 1) + "/" + BYTES);
        assertThat(last.body()).isEqualTo(Arrays.copyOfRange(film, BYTES - 500, BYTES));
        var beyond = get("Range", "bytes=" + (BYTES - 10) + "-" + (BYTES + 10_000));
        assertThat(beyond.statusCode()).isEqualTo(206);
        assertThat(beyond.body()).isEqualTo(Arrays.copyOfRange(film, BYTES - 10, BYTES));
        var two = get("Range", "bytes=0-3,8-11");
        assertThat(two.statusCode()).isEqualTo(206);
        assertThat(header(two, "content-type")).startsWith("multipart/byteranges");
    }

    @Test
    void aPieceThatIsNotThereIsRefusedWithTheFilmsLength() throws Exception {
        for (String none : new String[] {"bytes=" + BYTES + "-", "bytes=9-4", "bytes=x-y", "bytes=-0"}) {
            var refused = get("Range", none);
            assertThat(refused.statusCode()).as(none).isEqualTo(416);
            assertThat(refused.body().length).as(none).isZero();
        }
        assertThat(header(get("Range", "bytes=" + BYTES + "-"), "content-range"))
                .isEqualTo("bytes */" + BYTES);
    }

    @Test
    void whoHasItAlreadyIsNotSentItAgain() throws Exception {
        String etag = header(get("Range", "bytes=0-0"), "etag");
        assertThat(etag).startsWith("\"");
        var known = get("If-None-Match", etag);
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(get("Range", "bytes=4-7", "If-Range", etag).body()).isEqualTo(Arrays.copyOfRange(film, 4, 8));
        var other = get("Range", "bytes=4-7", "If-Range", "\"another\"");
        assertThat(other.statusCode())
                .as("of another film she has the beginning")
                .isEqualTo(200);
        assertThat(other.body()).isEqualTo(film);
    }

    @Test
    void whoAsksForTheHeadersAloneGetsThemAlone() throws Exception {
        var head = phone.send(
                request().method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "content-length")).isEqualTo(String.valueOf(BYTES));
        assertThat(header(head, "accept-ranges")).isEqualTo("bytes");
        assertThat(header(head, "etag")).isNotEmpty();
        assertThat(head.body()).isEmpty();
    }

    /** Forty pieces of a film of 24 MB are a gigabyte of memory where each request reads the whole. */
    @Test
    void aPieceCostsNoMoreMemoryThanASlice() throws Exception {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        get("Range", "bytes=0-99");
        long before = threads.getTotalThreadAllocatedBytes();
        for (int n = 0; n < 40; n++) {
            int from = n * 600_000;
            assertThat(get("Range", "bytes=" + from + "-" + (from + 999)).body())
                    .isEqualTo(Arrays.copyOfRange(film, from, from + 1_000));
        }
        assertThat(threads.getTotalThreadAllocatedBytes() - before).isLessThan(10L * BYTES);
    }

    private static HttpResponse<byte[]> get(String... headers) throws IOException, InterruptedException {
        var request = request();
        if (headers.length > 0) request.headers(headers);
        return phone.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request() {
        return HttpRequest.newBuilder(server.address().resolve(path));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
