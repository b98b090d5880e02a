package vitrine.certificate.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.certificate.Certificates;
import vitrine.certificate.PieceCertificate;
import vitrine.certificate.Rosette;
import vitrine.platform.web.Here;
import vitrine.platform.web.QrCode;
import vitrine.platform.web.Refused;

/** The certificate for people, and how to check it without us. */
@Controller
public class CertificatePage {
    private final Catalog catalog;
    private final Certificates certificates;

    CertificatePage(Catalog catalog, Certificates certificates) {
        this.catalog = catalog;
        this.certificates = certificates;
    }

    public record Shown(PieceCertificate certificate, Rosette seal, QrCode qr) {}

    @GetMapping("/c/{address}")
    ModelAndView certificate(@PathVariable String address, Here here) {
        return page(catalog.piece(address).flatMap(certificates::shown).orElseThrow(Refused::notFound), here);
    }

    public static ModelAndView page(PieceCertificate certificate, Here here) {
        return new ModelAndView(
                "certificate",
                "it",
                new Shown(
                        certificate,
                        Rosette.of(certificate.leaf()),
                        QrCode.of(here.baseUrl() + "/c/" + certificate.piece().address())));
    }
}
