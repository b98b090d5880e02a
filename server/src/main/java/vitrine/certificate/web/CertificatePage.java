package vitrine.certificate.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import vitrine.catalog.Catalog;
import vitrine.certificate.Certificates;
import vitrine.certificate.PieceCertificate;
import vitrine.certificate.Rosette;
import vitrine.ownership.Pieces;
import vitrine.ownership.web.Holders;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;

/** The certificate for people, and how to check it without us. */
@Controller
public class CertificatePage {
    private final Catalog catalog;
    private final Certificates certificates;
    private final Pieces pieces;
    private final Holders holders;

    CertificatePage(Catalog catalog, Certificates certificates, Pieces pieces, Holders holders) {
        this.catalog = catalog;
        this.certificates = certificates;
        this.pieces = pieces;
        this.holders = holders;
    }

    /** @param countsShare only the holder's own sharing counts, and only of what she has unwrapped */
    public record Shown(PieceCertificate certificate, Rosette seal, QrCode qr, boolean countsShare) {}

    @GetMapping("/c/{address}")
    ModelAndView certificate(@PathVariable String address, HttpServletRequest request, Here here) {
        return page(find(address), request, here);
    }

    /** Counted once, and then shown how: a browser with a share sheet has shared it already. */
    @PostMapping("/c/{address}/share")
    RedirectView share(@PathVariable String address, HttpServletRequest request) {
        var piece = find(address).piece();
        if (!holders.isHolder(piece, request)) throw new Refused(HttpStatus.FORBIDDEN, "piece.not-yours", null);
        pieces.share(List.of(piece.number()));
        var how = new RedirectView("/c/" + piece.address() + "#passed");
        how.setStatusCode(HttpStatus.SEE_OTHER);
        return how;
    }

    public ModelAndView page(PieceCertificate certificate, HttpServletRequest request, Here here) {
        var piece = certificate.piece();
        return new ModelAndView(
                "certificate",
                "it",
                new Shown(
                        certificate,
                        Rosette.of(certificate.leaf()),
                        QrCode.of(here.baseUrl() + "/c/" + piece.address()),
                        !piece.wrapped() && holders.isHolder(piece, request)));
    }

    private PieceCertificate find(String address) {
        return catalog.piece(address).flatMap(certificates::shown).orElseThrow(Refused::notFound);
    }
}
