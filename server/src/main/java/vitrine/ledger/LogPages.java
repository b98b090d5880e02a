package vitrine.ledger;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import vitrine.platform.web.Refused;
import vitrine.proof.EntryBundle;
import vitrine.proof.Hash32;
import vitrine.proof.TilePath;

/** The log as C2SP tlog-tiles serves it: a checkpoint that changes, tiles and bundles of entries that never do. */
@RestController
class LogPages {

    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final Ledger ledger;
    private final LogKeys keys;
    private final JdbcClient db;

    LogPages(Ledger ledger, LogKeys keys, JdbcClient db) {
        this.ledger = ledger;
        this.keys = keys;
        this.db = db;
    }

    /** Asked for anew each second at most; one that did not change costs a header. */
    @GetMapping({"/log/checkpoint", "/logs/{name}/checkpoint"})
    ResponseEntity<byte[]> checkpoint(@PathVariable(required = false) @Nullable String name, WebRequest request) {
        Ledger.Head head = ledger.head(at(name));
        String note = head.note();
        if (note == null) throw Refused.notFound();
        byte[] bytes = note.getBytes(StandardCharsets.UTF_8);
        String tag = "\"" + Hash32.sha256(bytes).hex().substring(0, 32) + "\"";
        if (request.checkNotModified(tag))
            return ResponseEntity.status(304).eTag(tag).build();
        return ResponseEntity.ok()
                .header("Access-Control-Allow-Origin", "*")
                .contentType(new MediaType("text", "plain", StandardCharsets.UTF_8))
                .cacheControl(CacheControl.maxAge(Duration.ofSeconds(1)).mustRevalidate())
                .eTag(tag)
                .body(bytes);
    }

    /** An origin says where its log is served: the first at {@code /log}, each later one under its name. */
    private LogId at(@Nullable String name) {
        return ledger.at(name == null ? "log" : "logs/" + name).orElseThrow(Refused::notFound);
    }

    /** The public key, for a first look. Whoever wants to rely on it takes it from somewhere else. */
    @GetMapping({"/log/key", "/logs/{name}/key"})
    ResponseEntity<String> key(@PathVariable(required = false) @Nullable String name) {
        return ResponseEntity.ok()
                .header("Access-Control-Allow-Origin", "*")
                .contentType(MediaType.TEXT_PLAIN)
                .body(keys.verifier(at(name)).vkey() + "\n");
    }

    @GetMapping({"/log/tile/**", "/logs/{name}/tile/**"})
    ResponseEntity<byte[]> tile(
            @PathVariable(required = false) @Nullable String name,
            HttpServletRequest request,
            @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, defaultValue = "") String codings) {
        String uri = request.getRequestURI();
        TilePath path = TilePath.parse(uri.substring(uri.indexOf("/tile/") + 1));
        LogId log = at(name);
        if (path == null || path.width() > widthSigned(path, ledger.signedSize(log))) {
            throw Refused.notFound();
        }
        byte[] bytes = bytes(path, new LogTiles(db, log));
        if (bytes == null) throw Refused.notFound();
        var answer = ResponseEntity.ok()
                .header("Access-Control-Allow-Origin", "*")
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .cacheControl(FOR_EVER);
        // Entries are text and shrink to a third; hashes are noise and do not.
        if (path instanceof TilePath.Entries) {
            answer.header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
            if (takesGzip(codings)) {
                return answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").body(gzipped(bytes));
            }
        }
        return answer.body(bytes);
    }

    private static boolean takesGzip(String codings) {
        return Arrays.stream(codings.split(","))
                .map(String::strip)
                .anyMatch(coding -> coding.equals("gzip")
                        || coding.startsWith("gzip;")
                                && !coding.replace(" ", "").matches("gzip;q=0(\\.0*)?"));
    }

    private static byte[] gzipped(byte[] bytes) {
        var out = new ByteArrayOutputStream(bytes.length / 2);
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Only what a signed checkpoint covers is shown: what is not signed yet could still be taken back by a crash. */
    private static int widthSigned(TilePath path, long signedSize) {
        return switch (path) {
            case TilePath.Hashes(int level, long index, int _) -> TilePath.widthIn(signedSize, level, index);
            case TilePath.Entries(long index, int _) -> TilePath.widthIn(signedSize, 0, index);
        };
    }

    private static byte @Nullable [] bytes(TilePath path, LogTiles tiles) {
        return switch (path) {
            case TilePath.Hashes(int level, long index, int width) -> {
                byte[] hashes = tiles.tile(level, index, width);
                yield hashes == null ? null : Arrays.copyOf(hashes, width * Hash32.LENGTH);
            }
            case TilePath.Entries(long index, int width) -> {
                byte[] entries = tiles.entries(index, width);
                var asked = entries == null ? null : EntryBundle.entriesOrNull(entries, width);
                yield asked == null ? null : EntryBundle.of(index, asked).bytes();
            }
        };
    }
}
