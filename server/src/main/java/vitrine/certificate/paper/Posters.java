package vitrine.certificate.paper;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import vitrine.catalog.MediaLibrary;
import vitrine.identity.Attempts;
import vitrine.identity.CollectorId;
import vitrine.ownership.web.OwnedPiece;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Hash32;

/** Pictures to send on, of one piece or of a room, in three sizes. Some sixty an hour a person: each is memory and time. */
@Component
public class Posters {

    private static final int POSTERS_MAX = 60;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final MediaLibrary media;
    private final Attempts attempts;
    private final Press press;

    Posters(MediaLibrary media, Attempts attempts, Press press) {
        this.media = media;
        this.attempts = attempts;
        this.press = press;
    }

    public record Size(String name, int width, int height) {}

    /** @param over small, over the name; {@code under}: below it */
    public record Said(String over, String name, String under, String scan, String url) {}

    public static List<Size> sizes() {
        return Arrays.stream(Poster.Size.values())
                .map(size -> new Size(size.text(), size.width, size.height))
                .toList();
    }

    /** How many of so many pieces a poster shows. */
    public static int shown(int pieces) {
        return Poster.fitting(pieces);
    }

    /** Empty: there is no such size. */
    public Optional<byte[]> png(String size, List<OwnedPiece> pieces, Said said, Texts t, CollectorId person) {
        Poster.Size wanted = Arrays.stream(Poster.Size.values())
                .filter(each -> each.text().equals(size))
                .findFirst()
                .orElse(null);
        if (wanted == null) return Optional.empty();
        if (attempts.count("certificate.poster", person.toString(), POSTERS_MAX, WINDOW)
                instanceof Attempts.Counted.TooMany)
            throw new Refused(HttpStatus.TOO_MANY_REQUESTS, "certificate.too-fast", null);
        return Optional.of(press.poster(
                wanted,
                pieces.stream().map(piece -> niche(piece, t)).toList(),
                new Poster.Words(said.over(), said.name(), said.under(), said.scan()),
                QrCode.of(said.url())));
    }

    private Poster.Niche niche(OwnedPiece piece, Texts t) {
        var picture = piece.picture(t);
        return new Poster.Niche(piece.wall(), object(piece), picture != null && picture.cutout());
    }

    private @Nullable BufferedImage object(OwnedPiece piece) {
        String image = piece.image();
        if (image == null) return null;
        var content = media.content(Hash32.ofHex(image), "w1024").orElse(null);
        try {
            return content == null ? null : ImageIO.read(new ByteArrayInputStream(content.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
