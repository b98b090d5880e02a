package vitrine.certificate.web;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogKeys;
import vitrine.platform.web.Refused;

/** How anybody checks a piece: here, and without us; and the key to compare with the one from elsewhere. */
@Controller
class VerifyPage {
    private static final Resource VERIFIER = new ClassPathResource("static/assets/vitrine-verify.html");

    private final Ledger ledger;
    private final LogKeys keys;

    VerifyPage(Ledger ledger, LogKeys keys) {
        this.ledger = ledger;
        this.keys = keys;
    }

    @GetMapping("/verify")
    ModelAndView verify() {
        return new ModelAndView("verify", "it", keys.verifier(ledger.main()).vkey());
    }

    /** Always a download: opened here it would run under this site's name, and be the page above once more. */
    @GetMapping("/verify/vitrine-verify.html")
    ResponseEntity<Resource> verifier() {
        if (!VERIFIER.exists()) throw Refused.notFound();
        return ResponseEntity.ok()
                .contentType(MediaType.TEXT_HTML)
                .cacheControl(CacheControl.noCache())
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("vitrine-verify.html")
                                .build()
                                .toString())
                .body(VERIFIER);
    }
}
