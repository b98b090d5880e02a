package vitrine.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Fetches a file that somebody else named: from where {@link Targets} lets us go and no further, never more bytes than were asked
 * for, never longer than was said, whatever the other side sends. It lands on the disk, so a large one does not fill the memory.
 */
@Component
public final class Downloads {

    /** Each is asked of {@link Targets} anew: an answer could lead us where the first address may not. */
    private static final int REDIRECTS_MAX = 3;

    /** What a redirect's own page left there goes. */
    private static final OpenOption[] INTO = {
        StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING
    };

    private final Targets targets;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    Downloads(Targets targets) {
        this.targets = targets;
    }

    /**
     * What is asked for.
     *
     * @param most bytes as they come over the wire
     * @param etag as it was told the last time; null: it was not
     * @param modified the same of {@code Last-Modified}
     */
    public record Wanted(
            String url,
            long most,
            Duration patience,
            @Nullable String etag,
            @Nullable String modified) {}

    public sealed interface Answer {

        /** A file of ours, to be deleted by whoever asked for it. */
        record Fetched(
                Path file, @Nullable String etag, @Nullable String modified) implements Answer {}

        record Unchanged() implements Answer {}

        /** @param reason a stable word: {@code status-404}, {@code not-public}, {@code too-large}, {@code out-of-reach} … */
        record Failed(String reason) implements Answer {}
    }

    public Answer fetch(Wanted wanted) throws InterruptedException {
        long until = System.nanoTime() + wanted.patience.toNanos();
        Path file = null;
        boolean kept = false;
        try {
            file = Files.createTempFile("vitrine-", ".download");
            String url = wanted.url;
            for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
                Optional<String> refused = targets.refuses(url);
                if (refused.isPresent()) return new Answer.Failed(refused.get());
                HttpResponse<Path> response = send(request(url, wanted), wanted.most, file, until);
                int status = response.statusCode();
                if (status == 304) return new Answer.Unchanged();
                if (status == 200) {
                    kept = true;
                    return new Answer.Fetched(file, header(response, "ETag"), header(response, "Last-Modified"));
                }
                String next = header(response, "Location");
                if (status < 300 || status > 399 || next == null) return new Answer.Failed("status-" + status);
                url = URI.create(url).resolve(next.strip()).toString();
            }
            return new Answer.Failed("too-many-redirects");
        } catch (TooLarge e) {
            return new Answer.Failed("too-large");
        } catch (TimeoutException e) {
            return new Answer.Failed("too-slow");
        } catch (IOException e) {
            return new Answer.Failed("out-of-reach");
        } catch (IllegalArgumentException e) { // where a redirect leads
            return new Answer.Failed("not-an-address");
        } finally {
            if (file != null && !kept) file.toFile().delete();
        }
    }

    private static HttpRequest request(String url, Wanted wanted) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("User-Agent", "Vitrine")
                .header("Accept", "*/*");
        if (wanted.etag != null) request.header("If-None-Match", wanted.etag);
        if (wanted.modified != null) request.header("If-Modified-Since", wanted.modified);
        return request.GET().build();
    }

    private static final class TooLarge extends IOException {}

    /** The client's own time-out ends with the head; a body that drips has to be let go by us. */
    private HttpResponse<Path> send(HttpRequest request, long most, Path file, long until)
            throws IOException, TimeoutException, InterruptedException {
        CompletableFuture<HttpResponse<Path>> answer = http.sendAsync(
                request,
                head -> head.headers().firstValueAsLong("Content-Length").orElse(0) > most
                        ? new Refusing()
                        : HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofFile(file, INTO), most)
                                .apply(head));
        try {
            return answer.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof TooLarge) throw new TooLarge();
                // How a body that goes on past its limit ends, in the words of the JDK's limiting subscriber.
                if (cause instanceof IOException
                        && String.valueOf(cause.getMessage()).contains("capacity")) throw new TooLarge();
            }
            throw new IOException(e.getCause());
        }
    }

    /** Of a body that is too large already by its own word, nothing is read. */
    private static final class Refusing implements HttpResponse.BodySubscriber<Path> {
        private final CompletableFuture<Path> never = new CompletableFuture<>();

        @Override
        public CompletableFuture<Path> getBody() {
            return never;
        }

        @Override
        public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
            subscription.cancel();
            never.completeExceptionally(new TooLarge());
        }

        @Override
        public void onNext(java.util.List<java.nio.ByteBuffer> item) {}

        @Override
        public void onError(Throwable throwable) {}

        @Override
        public void onComplete() {}
    }

    private static @Nullable String header(HttpResponse<?> response, String name) {
        return response.headers()
                .firstValue(name)
                .filter(value -> value.length() <= 500)
                .orElse(null);
    }
}
