package vitrine.proof.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import vitrine.proof.TilePath;
import vitrine.proof.TileSource;

/**
 * A log behind a web prefix. A replay asks in order, so what comes next is fetched while the last answer is being
 * checked. An answer larger than its kind can be is refused.
 */
final class HttpTiles implements TileSource, AutoCloseable {
    private static final int CHECKPOINT_BYTES_MAX = 1 << 20;
    private static final int TILE_BYTES_MAX = 8_192;
    private static final int BUNDLE_BYTES_MAX = 256 * (2 + 65_535);
    private static final int AHEAD = 8;
    private static final int TRIES = 3;

    private final String prefix;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .executor(threads)
            .build();
    private final Map<TilePath, CompletableFuture<byte @Nullable []>> ahead = new ConcurrentHashMap<>();
    private long size;

    HttpTiles(String prefix) {
        this.prefix = prefix.endsWith("/") ? prefix : prefix + "/";
    }

    /** The newest checkpoint; from then on tiles are fetched ahead up to the size that {@link #upTo} says. */
    byte[] checkpoint() {
        var bytes = get("checkpoint", CHECKPOINT_BYTES_MAX);
        if (bytes == null) throw new UncheckedIOException(new IOException(prefix + "checkpoint: 404"));
        return bytes;
    }

    void upTo(long treeSize) {
        size = treeSize;
    }

    @Override
    public byte @Nullable [] tile(int level, long index, int width) {
        for (long next = index + 1; next <= index + AHEAD; next++) {
            int wide = TilePath.widthIn(size, level, next);
            if (wide == TilePath.FULL_WIDTH) fetch(new TilePath.Hashes(level, next, wide), TILE_BYTES_MAX);
        }
        return take(
                new TilePath.Hashes(level, index, width),
                new TilePath.Hashes(level, index, TilePath.FULL_WIDTH),
                TILE_BYTES_MAX);
    }

    @Override
    public byte @Nullable [] entries(long index, int width) {
        for (long next = index + 1; next <= index + AHEAD; next++) {
            int wide = TilePath.widthIn(size, 0, next);
            if (wide == TilePath.FULL_WIDTH) fetch(new TilePath.Entries(next, wide), BUNDLE_BYTES_MAX);
        }
        return take(
                new TilePath.Entries(index, width), new TilePath.Entries(index, TilePath.FULL_WIDTH), BUNDLE_BYTES_MAX);
    }

    @Override
    public void close() {
        http.shutdownNow();
        threads.shutdownNow();
    }

    /** A partial tile may be gone once the full one is there (C2SP tlog-tiles, "Partial Tiles"). */
    private byte @Nullable [] take(TilePath path, TilePath full, int max) {
        var bytes = join(fetch(path, max));
        ahead.remove(path);
        return bytes != null || path.equals(full) ? bytes : get(full.text(), max);
    }

    private CompletableFuture<byte @Nullable []> fetch(TilePath path, int max) {
        return ahead.computeIfAbsent(
                path, wanted -> CompletableFuture.supplyAsync(() -> get(wanted.text(), max), threads));
    }

    private static byte @Nullable [] join(CompletableFuture<byte @Nullable []> answer) {
        try {
            return answer.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof UncheckedIOException outside) throw outside;
            throw failed;
        }
    }

    private byte @Nullable [] get(String path, int max) {
        var request = HttpRequest.newBuilder(URI.create(prefix + path))
                .timeout(Duration.ofSeconds(30))
                .header("Accept-Encoding", "gzip, identity")
                .build();
        IOException last = new IOException(prefix + path);
        for (int i = 0; i < TRIES; i++) {
            // The request's own timeout ends with the headers; who sends a body drop by drop is given up on, too.
            var asked = http.sendAsync(
                    request, HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), max));
            try {
                var response = asked.get(60, TimeUnit.SECONDS);
                if (response.statusCode() == 404) return null;
                if (response.statusCode() == 200) return read(response, path, max);
                last = new IOException(prefix + path + ": HTTP " + response.statusCode());
            } catch (ExecutionException | TimeoutException failed) {
                asked.cancel(true);
                last = new IOException(prefix + path + ": " + failed, failed);
            } catch (IOException failed) {
                last = new IOException(prefix + path + ": " + failed, failed);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new IOException(prefix + path + ": interrupted", stopped));
            }
        }
        throw new UncheckedIOException(last);
    }

    private static byte[] read(HttpResponse<byte[]> response, String path, int max) throws IOException {
        boolean zipped =
                response.headers().firstValue("Content-Encoding").orElse("").equalsIgnoreCase("gzip");
        if (!zipped) return response.body();
        try (var in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            var bytes = in.readNBytes(max + 1);
            if (bytes.length > max) throw new IOException(path + " is larger than " + max + " bytes");
            return bytes;
        }
    }
}
