package vitrine.catalog;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import vitrine.platform.web.Refused;
import vitrine.proof.Hash32;

/** Media by their hash: what an address shows never changes, so a browser keeps it for ever. */
@RestController
class MediaPages {

    private static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final MediaLibrary library;

    MediaPages(MediaLibrary library) {
        this.library = library;
    }

    @GetMapping("/media/{sha256}")
    ResponseEntity<Resource> original(@PathVariable String sha256, HttpServletRequest request) {
        return answer(sha256, "original", request);
    }

    @GetMapping("/media/{sha256}/w/{width}.webp")
    ResponseEntity<Resource> smaller(
            @PathVariable String sha256, @PathVariable String width, HttpServletRequest request) {
        return answer(sha256, "w" + width, request);
    }

    private ResponseEntity<Resource> answer(String sha256, String variant, HttpServletRequest request) {
        Hash32 hash = Hash32.hexOrNull(sha256);
        if (hash == null) throw Refused.notFound();
        boolean headers = request.getMethod().equals("HEAD");
        String range = request.getHeader("Range");
        MediaFile file = library.file(hash, variant, headers || range != null ? 0 : MediaFile.SLICE)
                .orElseThrow(Refused::notFound);
        var answer = ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(file.type()))
                .cacheControl(FOR_EVER)
                .eTag(file.etag())
                // Whatever somebody uploaded: it is looked at, never run.
                .header("Content-Security-Policy", "default-src 'none'; sandbox")
                .header("X-Content-Type-Options", "nosniff")
                .header("Access-Control-Allow-Origin", "*");
        if (headers) {
            return answer.contentLength(file.contentLength())
                    .header("Accept-Ranges", "bytes")
                    .build();
        }
        String ifRange = request.getHeader("If-Range");
        // Parts of something else are of no use to whoever asks so: the whole, which as a plain stream is not cut.
        if (range != null && ifRange != null && !ifRange.equals(file.etag()))
            return answer.contentLength(file.contentLength()).body(new InputStreamResource(file.getInputStream()));
        if (range != null && !isThere(range, file)) {
            // Spring alone would say so and send the whole film with it.
            return ResponseEntity.status(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                    .header("Content-Range", "bytes */" + file.contentLength())
                    .header("Accept-Ranges", "bytes")
                    .build();
        }
        // As a resource it is served in parts too: a phone asks a film for its pieces.
        return answer.body(file);
    }

    private static boolean isThere(String range, MediaFile file) {
        try {
            return !HttpRange.toResourceRegions(HttpRange.parseRanges(range), file)
                    .isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
