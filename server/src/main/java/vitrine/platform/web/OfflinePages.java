package vitrine.platform.web;

import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * What a browser keeps for the time without a network: a page that says so, the verifier, and the certificates that were looked at
 * ({@code web/src/sw.ts}).
 */
@Controller
class OfflinePages {
    private final Resource worker = new ClassPathResource("static/assets/sw.js");

    @GetMapping("/offline")
    ModelAndView offline() {
        return new ModelAndView("offline");
    }

    /** At the root, for a worker rules what lies below its own address; asked for anew each time, so that a newer one comes through. */
    @GetMapping("/sw.js")
    ResponseEntity<Resource> worker() {
        if (!worker.exists()) throw Refused.notFound();
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/javascript"))
                .cacheControl(CacheControl.noCache())
                .body(worker);
    }
}
