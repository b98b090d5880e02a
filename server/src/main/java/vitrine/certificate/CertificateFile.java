package vitrine.certificate;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import vitrine.catalog.Catalog;
import vitrine.platform.web.Refused;

/** The certificate for a stranger's tools, without the holder's key (docs/record-format.md, "Certificates"). */
@RestController
class CertificateFile {

    private final Catalog catalog;
    private final Certificates certificates;

    CertificateFile(Catalog catalog, Certificates certificates) {
        this.catalog = catalog;
        this.certificates = certificates;
    }

    @GetMapping("/c/{piece}/certificate.json")
    ResponseEntity<byte[]> file(@PathVariable String piece) {
        var number = catalog.piece(piece).orElseThrow(Refused::notFound);
        return switch (certificates.of(number).orElseThrow(Refused::notFound)) {
            case Certificates.Certified.Proven proven ->
                ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .cacheControl(CacheControl.noCache())
                        .header("Access-Control-Allow-Origin", "*")
                        .header(HttpHeaders.CONTENT_DISPOSITION, "inline; filename=\"" + piece + ".certificate.json\"")
                        .body(proven.certificate().format());
            // The same address answers in a moment: nothing is wrong, and nothing can be proven yet.
            case Certificates.Certified.BeingRecorded recording ->
                ResponseEntity.accepted().header(HttpHeaders.RETRY_AFTER, "1").build();
        };
    }
}
