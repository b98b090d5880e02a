package vitrine.certificate.paper;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import vitrine.catalog.MediaLibrary;
import vitrine.platform.web.QrCode;
import vitrine.proof.Hash32;

/**
 * Prints one sheet at a time: the typeface is one and is no book for two readers, and a picture at a time is what a small heap
 * holds. What was printed lately is kept, so a busy page costs its drawing once.
 */
@Component
class Press {

    private static final int KEPT_MAX = 48;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    sealed interface Printing {

        record Printed(byte[] pdf, String etag) implements Printing {}

        /** Others were printed for all the time that one waits; nothing is wrong. */
        record Busy() implements Printing {}
    }

    private final MediaLibrary media;
    private final ReentrantLock printing = new ReentrantLock(true);
    private @Nullable PaperFont type;

    private final Map<Hash32, Printing.Printed> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash32, Printing.Printed> eldest) {
            return size() > KEPT_MAX;
        }
    };

    Press(MediaLibrary media) {
        this.media = media;
    }

    Printing print(Sheet sheet) {
        Hash32 name = sheet.fingerprint();
        Printing.Printed before = kept(name);
        if (before != null) return before;
        try {
            if (!printing.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) return new Printing.Busy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Printing.Busy();
        }
        try {
            // Whoever printed while we waited may have printed this one.
            Printing.Printed meanwhile = kept(name);
            if (meanwhile != null) return meanwhile;
            byte[] pdf = SheetPdf.print(sheet, picture(sheet), type());
            Printing.Printed printed =
                    new Printing.Printed(pdf, "\"" + Hash32.sha256(pdf).hex().substring(0, 32) + "\"");
            synchronized (kept) {
                kept.put(name, printed);
            }
            return printed;
        } finally {
            printing.unlock();
        }
    }

    /** One at a time, as with paper: a picture of two million points is memory, and many at once would be all of it. */
    byte[] poster(Poster.Size size, List<Poster.Niche> niches, Poster.Words words, QrCode code) {
        printing.lock();
        try {
            return Poster.draw(size, niches, words, code, type());
        } finally {
            printing.unlock();
        }
    }

    private Printing.@Nullable Printed kept(Hash32 name) {
        synchronized (kept) {
            return kept.get(name);
        }
    }

    private PaperFont type() {
        PaperFont read = type;
        if (read == null) type = read = PaperFont.read();
        return read;
    }

    /** The largest of the smaller pictures: of all sizes that were uploaded only the heap would notice more. */
    private byte @Nullable [] picture(Sheet sheet) {
        String picture = sheet.picture();
        return picture == null
                ? null
                : media.content(Hash32.ofHex(picture), "w1024")
                        .map(MediaLibrary.Content::bytes)
                        .orElse(null);
    }
}
