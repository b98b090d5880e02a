package vitrine.certificate.paper;

import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.identity.Access;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Here;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Supply;
import vitrine.platform.web.Texts;

/** A piece's posters in three sizes, for its holder to send on. A long press saves the picture where downloads are blocked. */
@Controller
public class PosterPages {

    private final Catalog catalog;
    private final OwnedPieces owned;
    private final Collectors collectors;
    private final Access access;
    private final Posters posters;

    PosterPages(Catalog catalog, OwnedPieces owned, Collectors collectors, Access access, Posters posters) {
        this.catalog = catalog;
        this.owned = owned;
        this.collectors = collectors;
        this.access = access;
        this.posters = posters;
    }

    /**
     * @param named what the poster shows, quoted
     * @param path below which its pictures lie
     * @param file how a saved one is called
     * @param how what to do with it
     * @param back where it came from
     * @param shows what the poster's code leads to, {@code share} where sharing that is counted
     */
    public record Shown(
            String named,
            String path,
            String file,
            String how,
            String back,
            String backText,
            String shows,
            String share,
            List<Posters.Size> sizes) {}

    @GetMapping("/me/pieces/{address}/poster")
    ModelAndView page(@PathVariable String address, Texts t) {
        OwnedPiece piece = mine(address);
        return new ModelAndView(
                "poster",
                "it",
                new Shown(
                        t.quoted(t.of(piece.name())),
                        "/me/pieces/" + piece.address() + "/poster",
                        piece.address(),
                        t.get("poster.how"),
                        piece.href(),
                        t.get("poster.back"),
                        piece.href(),
                        piece.href() + "/share",
                        Posters.sizes()));
    }

    @GetMapping("/me/pieces/{address}/poster/{size}.png")
    ResponseEntity<byte[]> picture(@PathVariable String address, @PathVariable String size, Here here) {
        OwnedPiece piece = mine(address);
        Texts t = here.t();
        return answer(posters.png(
                        size,
                        List.of(piece),
                        new Posters.Said(
                                t.of(piece.brand()),
                                t.of(piece.name()),
                                Supply.number(piece.serial(), piece.supply()),
                                t.get("poster.scan"),
                                here.baseUrl() + piece.href()),
                        t,
                        access.person())
                .orElseThrow(Refused::notFound));
    }

    /** Kept nowhere: what hangs in a room, who is signed in and the language are not in the address, and may change any minute. */
    public static ResponseEntity<byte[]> answer(byte[] png) {
        return ResponseEntity.ok()
                .contentType(MediaType.IMAGE_PNG)
                .cacheControl(CacheControl.noStore())
                .body(png);
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
