package vitrine.certificate.paper;

import jakarta.servlet.http.HttpServletResponse;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.catalog.MediaLibrary;
import vitrine.identity.Access;
import vitrine.identity.Attempts;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Texts;
import vitrine.proof.Hash32;

/** A piece's posters in three sizes, for its holder to send on. A long press saves the picture where downloads are blocked. */
@Controller
public class PosterPages {

    private static final int POSTERS_MAX = 60;
    private static final Duration WINDOW = Duration.ofHours(1);

    private final Catalog catalog;
    private final OwnedPieces owned;
    private final MediaLibrary media;
    private final Collectors collectors;
    private final Access access;
    private final Attempts attempts;
    private final Press press;

    PosterPages(
            Catalog catalog,
            OwnedPieces owned,
            MediaLibrary media,
            Collectors collectors,
            Access access,
            Attempts attempts,
            Press press) {
        this.catalog = catalog;
        this.owned = owned;
        this.media = media;
        this.collectors = collectors;
        this.access = access;
        this.attempts = attempts;
        this.press = press;
    }

    public record Picture(String size, int width, int height) {}

    public record Shown(OwnedPiece piece, List<Picture> pictures) {}

    @GetMapping("/me/pieces/{address}/poster")
    ModelAndView page(@PathVariable String address) {
        return new ModelAndView(
                "poster",
                "it",
                new Shown(
                        mine(address),
                        Arrays.stream(Poster.Size.values())
                                .map(size -> new Picture(size.text(), size.width, size.height))
                                .toList()));
    }

    @GetMapping("/me/pieces/{address}/poster/{size}.png")
    void picture(@PathVariable String address, @PathVariable String size, Here here, HttpServletResponse response)
            throws IOException {
        OwnedPiece piece = mine(address);
        Poster.Size wanted = Arrays.stream(Poster.Size.values())
                .filter(each -> each.text().equals(size))
                .findFirst()
                .orElseThrow(Refused::notFound);
        if (attempts.count("certificate.poster", access.person().toString(), POSTERS_MAX, WINDOW)
                instanceof Attempts.Counted.TooMany many) {
            response.setHeader(
                    HttpHeaders.RETRY_AFTER,
                    String.valueOf(Math.max(1, many.retryAfter().toSeconds())));
            throw new Refused(HttpStatus.TOO_MANY_REQUESTS, "certificate.too-fast", null);
        }
        Texts t = here.t();
        byte[] png = press.poster(
                wanted,
                piece.wall(),
                object(piece),
                cutout(piece, t),
                new Poster.Words(
                        t.of(piece.brand()),
                        t.of(piece.name()),
                        "№ " + piece.serial() + (piece.supply() == null ? "" : "/" + piece.supply()),
                        t.get("poster.scan")),
                QrCode.of(here.baseUrl() + piece.href()));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=3600");
        response.setContentType(MediaType.IMAGE_PNG_VALUE);
        response.setContentLength(png.length);
        response.getOutputStream().write(png);
    }

    private @Nullable BufferedImage object(OwnedPiece piece) throws IOException {
        String image = piece.image();
        if (image == null) return null;
        var content = media.content(Hash32.ofHex(image), "w1024").orElse(null);
        return content == null ? null : ImageIO.read(new ByteArrayInputStream(content.bytes()));
    }

    private static boolean cutout(OwnedPiece piece, Texts t) {
        var picture = piece.picture(t);
        return picture != null && picture.cutout();
    }

    /** Her own, and unwrapped: a poster would tell what is in it. */
    private OwnedPiece mine(String address) {
        OwnedPiece piece = catalog.piece(address).flatMap(owned::piece).orElseThrow(Refused::notFound);
        CollectorId person = access.person();
        if (piece.owner() == null
                || piece.wrapped()
                || !collectors.root(new CollectorId(piece.owner())).equals(person)) throw Refused.notFound();
        return piece;
    }
}
