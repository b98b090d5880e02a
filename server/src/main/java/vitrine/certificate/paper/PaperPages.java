package vitrine.certificate.paper;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.ModelAndView;
import vitrine.catalog.Catalog;
import vitrine.certificate.Certificates;
import vitrine.certificate.web.CertificatePage;
import vitrine.platform.web.Here;
import vitrine.platform.web.Heres;
import vitrine.platform.web.Refused;
import vitrine.platform.web.Throttle;

/** The certificate to print and to frame. */
@Controller
class PaperPages {

    private static final double A_SECOND = 2;
    private static final double AT_A_BREATH = 60;

    private final Catalog catalog;
    private final Certificates certificates;
    private final CertificatePage onScreen;
    private final Press press;
    private final Heres heres;
    private final Throttle throttle;

    PaperPages(
            Catalog catalog,
            Certificates certificates,
            CertificatePage onScreen,
            Press press,
            Heres heres,
            Clock clock) {
        this.catalog = catalog;
        this.certificates = certificates;
        this.onScreen = onScreen;
        this.press = press;
        this.heres = heres;
        this.throttle = new Throttle(clock, A_SECOND, AT_A_BREATH);
    }

    @GetMapping("/c/{address}/certificate.pdf")
    @Nullable
    ModelAndView paper(
            @PathVariable String address, Here here, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (!throttle.take(request.getRemoteAddr())) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            throw new Refused(HttpStatus.TOO_MANY_REQUESTS, "certificate.too-fast", null);
        }
        var certificate = catalog.piece(address).flatMap(certificates::shown).orElseThrow(Refused::notFound);
        var proven = certificate.proven();
        if (proven == null || !proven.included()) {
            // The same address answers in a moment: nothing is wrong, and there is nothing to print yet.
            var page = onScreen.page(certificate, request, here);
            page.setStatus(HttpStatus.ACCEPTED);
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            return page;
        }
        if (!proven.signature()) throw new IllegalStateException("our own key does not fit our checkpoint: " + address);
        var sheet = Sheet.of(
                certificate, proven, here.t(), heres.texts(here.t().language().other()), here.baseUrl());
        switch (press.print(sheet)) {
            case Press.Printing.Busy busy -> {
                response.setHeader(HttpHeaders.RETRY_AFTER, "2");
                throw new Refused(HttpStatus.SERVICE_UNAVAILABLE, "certificate.busy", null);
            }
            case Press.Printing.Printed(byte[] pdf, String etag) -> {
                // The language may come from a cookie, so only the reader's own browser keeps it.
                response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
                if (new ServletWebRequest(request, response).checkNotModified(etag)) return null;
                // A reader inside the browser is a page of the browser's own, and ours would forbid it its styles.
                response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
                response.setContentType(MediaType.APPLICATION_PDF_VALUE);
                response.setContentLength(pdf.length);
                response.setHeader(
                        HttpHeaders.CONTENT_DISPOSITION, "inline; filename=\"" + address + ".certificate.pdf\"");
                response.getOutputStream().write(pdf);
                return null;
            }
        }
    }
}
