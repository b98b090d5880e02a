package vitrine.certificate.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogKeys;

/** How anybody checks a piece without us, and the key to compare with the one from elsewhere. */
@Controller
class VerifyPage {
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
}
