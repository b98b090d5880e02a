package vitrine.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.catalog.MediaLibrary;
import vitrine.platform.Downloads;
import vitrine.platform.Job;
import vitrine.proof.Hash32;
import vitrine.shop.GoodsPictures;

/**
 * Fetches the pictures of goods that pages show into the media library, one after the other: a page never waits for a shop. A shop that
 * says by which mark it knows a picture again is asked with it, and sends only one that changed.
 */
@Component
class GoodsPictureFetch implements Job {

    private static final long BYTES_MAX = 5L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final GoodsPictures pictures;
    private final Downloads downloads;
    private final MediaLibrary library;

    GoodsPictureFetch(GoodsPictures pictures, Downloads downloads, MediaLibrary library) {
        this.pictures = pictures;
        this.downloads = downloads;
        this.library = library;
    }

    @Override
    public String name() {
        return "goods-pictures";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        Optional<GoodsPictures.Due> next = pictures.next();
        next.ifPresent(this::fetch);
        return next.isPresent();
    }

    private void fetch(GoodsPictures.Due one) {
        try {
            switch (downloads.fetch(new Downloads.Wanted(one.url(), BYTES_MAX, PATIENCE, one.etag(), one.modified()))) {
                case Downloads.Answer.Failed(String reason) -> pictures.refused(one, reason);
                case Downloads.Answer.Unchanged() -> {
                    if (one.ours() != null) pictures.isUnchanged(one);
                    else pictures.refused(one, "status-304"); // nobody asked for that
                }
                case Downloads.Answer.Fetched(var file, var etag, var modified) -> {
                    byte[] bytes;
                    try {
                        bytes = Files.readAllBytes(file);
                    } finally {
                        file.toFile().delete();
                    }
                    keep(one, bytes, etag, modified);
                }
            }
        } catch (IOException e) {
            pictures.refused(one, "out-of-reach");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // its lease ends, and the next page asks again
        }
    }

    private void keep(GoodsPictures.Due one, byte[] bytes, @Nullable String etag, @Nullable String modified) {
        Hash32 sha256 = Hash32.sha256(bytes);
        if (sha256.equals(one.ours())) {
            pictures.fetched(one, sha256, etag, modified); // the same again: nothing to unpack
            return;
        }
        if (!MediaLibrary.isPicture(bytes)) {
            pictures.refused(one, "media.type-unknown");
            return;
        }
        switch (library.add(bytes)) {
            case MediaLibrary.Adding.Added added -> pictures.fetched(one, added.sha256(), etag, modified);
            case MediaLibrary.Adding.Refused refused -> pictures.refused(one, refused.code());
        }
    }
}
