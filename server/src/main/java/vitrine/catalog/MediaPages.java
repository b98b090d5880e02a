package vitrine.catalog;

import java.time.Duration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
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
    ResponseEntity<Resource> original(@PathVariable String sha256) {
        return answer(sha256, "original");
    }

    @GetMapping("/media/{sha256}/w/{width}.webp")
    ResponseEntity<Resource> smaller(@PathVariable String sha256, @PathVariable String width) {
        return answer(sha256, "w" + width);
    }

    private ResponseEntity<Resource> answer(String sha256, String variant) {
        Hash32 hash = Hash32.hexOrNull(sha256);
        if (hash == null) throw Refused.notFound();
        return library.content(hash, variant)
                .<ResponseEntity<Resource>>map(content -> ResponseEntity.ok()
                        .contentType(MediaType.parseMediaType(content.type()))
                        .cacheControl(FOR_EVER)
                        // Whatever somebody uploaded: it is looked at, never run.
                        .header("Content-Security-Policy", "default-src 'none'; sandbox")
                        .header("X-Content-Type-Options", "nosniff")
                        .header("Access-Control-Allow-Origin", "*")
                        // As a resource it is served in parts too: a phone asks a film for its pieces.
                        .body(new ByteArrayResource(content.bytes())))
                .orElseThrow(Refused::notFound);
    }
}
