package vitrine.showroom;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.campaign.Hotspots;
import vitrine.catalog.Catalog;
import vitrine.catalog.Collectible;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.UniquePieces;
import vitrine.identity.Access;
import vitrine.identity.Who;
import vitrine.market.Transfers;
import vitrine.ownership.GiftPolicy;
import vitrine.ownership.Pieces;
import vitrine.ownership.Promises;
import vitrine.ownership.web.Holders;
import vitrine.ownership.web.OwnedPiece;
import vitrine.ownership.web.OwnedPieces;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;

/** One piece on its plinth: what it is, whose, what happened to it, and whether its record stands in the log. */
@Controller
public class PiecePage {
    private final OwnedPieces owned;
    private final Catalog catalog;
    private final Pieces pieces;
    private final Promises promises;
    private final Transfers transfers;
    private final Holders holders;
    private final Access access;
    private final UniquePieces unique;
    private final Hotspots hotspots;

    PiecePage(
            OwnedPieces owned,
            Catalog catalog,
            Pieces pieces,
            Promises promises,
            Transfers transfers,
            Holders holders,
            Access access,
            UniquePieces unique,
            Hotspots hotspots) {
        this.owned = owned;
        this.catalog = catalog;
        this.pieces = pieces;
        this.promises = promises;
        this.transfers = transfers;
        this.holders = holders;
        this.access = access;
        this.unique = unique;
        this.hotspots = hotspots;
    }

    /**
     * @param traits of this number, where each piece is different
     * @param mine who looks holds it, signed in or by a gift link
     * @param signedIn whether she has an account, so that it is hers on every device
     * @param onItsWay it is with a friend who has not got it yet
     * @param brought what it brings besides itself; null: nothing
     * @param more what the page of its design has besides
     * @param passed the code of its address, where its holder passes it on without a share sheet; null: she does not
     */
    public record Shown(
            OwnedPiece piece,
            List<OwnedPieces.Step> life,
            List<Collectible.Trait> traits,
            GiftPolicy policy,
            boolean mine,
            boolean signedIn,
            boolean onItsWay,
            Promises.@Nullable Brought brought,
            More more,
            @Nullable QrCode passed) {

        /** Only the holder's own sharing counts, and only of what she has unwrapped. */
        public boolean countsShare() {
            return mine && !piece.wrapped();
        }

        /** Whether the page leads to redeeming it, or to how far that is. */
        public boolean redeemable() {
            return brought != null && mine && signedIn && !piece.wrapped();
        }

        /** Whether the page leads to giving it away, or to how far that is. */
        public boolean givable() {
            return mine && signedIn && !(policy instanceof GiftPolicy.Never);
        }
    }

    /** @param points of the model, which say something */
    public record More(boolean film, boolean sound, boolean points) {
        public boolean any() {
            return film || sound || points;
        }
    }

    @GetMapping("/p/{address}")
    ModelAndView piece(
            @PathVariable String address,
            @RequestParam(required = false) @Nullable String passed,
            HttpServletRequest request,
            Here here) {
        var piece = find(address);
        return new ModelAndView(
                "piece", "it", shown(piece, request, passed == null ? null : QrCode.of(here.baseUrl() + piece.href())));
    }

    /** Counted once, and then shown how: a browser with a share sheet has shared it already. */
    @PostMapping("/p/{address}/share")
    RedirectView share(@PathVariable String address, HttpServletRequest request) {
        var piece = find(address);
        if (!holders.isHolder(piece, request)) throw new Refused(HttpStatus.FORBIDDEN, "piece.not-yours", null);
        pieces.share(List.of(piece.number()));
        var how = new RedirectView(piece.href() + "?passed=yes#passed");
        how.setStatusCode(HttpStatus.SEE_OTHER);
        return how;
    }

    /** Only the line that says whether the record is sealed: the page asks for it again until it is. */
    @GetMapping("/p/{address}/record")
    ModelAndView recorded(@PathVariable String address) {
        return new ModelAndView("tag/recorded", "piece", find(address));
    }

    @PostMapping("/p/{address}/open")
    RedirectView open(@PathVariable String address, HttpServletRequest request) {
        var piece = find(address);
        if (!holders.isHolder(piece, request)) throw new Refused(HttpStatus.FORBIDDEN, "piece.not-yours", null);
        pieces.open(piece.number());
        var reveal = new RedirectView(piece.href() + "/reveal");
        reveal.setStatusCode(HttpStatus.SEE_OTHER);
        return reveal;
    }

    /** The one theatrical moment. A gift that is still wrapped is not shown by guessing the address. */
    @GetMapping("/p/{address}/reveal")
    ModelAndView reveal(@PathVariable String address, HttpServletRequest request) {
        var piece = find(address);
        if (piece.wrapped()) return new ModelAndView(new RedirectView(piece.href()));
        return new ModelAndView("reveal", "it", shown(piece, request, null));
    }

    private Shown shown(OwnedPiece piece, HttpServletRequest request, @Nullable QrCode passed) {
        var mine = holders.isHolder(piece, request);
        return new Shown(
                piece,
                owned.life(piece.number()),
                unique.of(piece.number()).map(UniquePieces.Unique::traits).orElse(List.of()),
                GiftPolicy.of(piece.giftPolicy()),
                mine,
                !(access.who() instanceof Who.Guest),
                mine && transfers.openOf(piece.number()).isPresent(),
                promises.of(piece.number()).orElse(null),
                more(piece),
                mine ? passed : null);
    }

    private More more(OwnedPiece piece) {
        CollectibleId design = piece.number().collectible();
        Collectible work = catalog.collectible(design);
        return new More(
                work.first("video") != null,
                work.first("sound") != null,
                piece.model() != null && !hotspots.of(design).isEmpty());
    }

    private OwnedPiece find(String address) {
        return catalog.piece(address).flatMap(owned::piece).orElseThrow(Refused::notFound);
    }
}
