package vitrine.certificate.web;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import vitrine.catalog.Catalog;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogId;
import vitrine.ledger.LogKeys;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Refused;

/** How anybody checks a piece: here, and without us; and the key to compare with the one from elsewhere. */
@Controller
public class VerifyPage {
    private static final Resource VERIFIER = new ClassPathResource("static/assets/vitrine-verify.html");

    private final Ledger ledger;
    private final LogKeys keys;
    private final Catalog catalog;

    VerifyPage(Ledger ledger, LogKeys keys, Catalog catalog) {
        this.ledger = ledger;
        this.keys = keys;
        this.catalog = catalog;
    }

    /**
     * A log that takes records.
     *
     * @param path where it is served
     * @param records what the address of its records ends in
     * @param own whose it is, alone; null: the house's
     */
    public record Key(
            String vkey,
            String path,
            String records,
            @Nullable Bilingual own) {}

    /** The house's first. */
    public record Keys(List<Key> all) {
        public String own() {
            return all.stream().map(Key::vkey).collect(Collectors.joining(" "));
        }
    }

    @GetMapping("/verify")
    ModelAndView verify() {
        LogId main = ledger.main();
        List<Key> all = ledger.volumes().stream()
                .filter(volume -> volume.closedSize() == null)
                .map(volume -> new Key(
                        keys.verifier(volume.log()).vkey(),
                        volume.path(),
                        volume.log().equals(main) ? "" : "?log=" + volume.path(),
                        volume.brand() == null
                                ? null
                                : catalog.brand(volume.brand()).name()))
                .toList();
        return new ModelAndView("verify", "it", new Keys(all));
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
