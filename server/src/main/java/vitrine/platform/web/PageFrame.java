package vitrine.platform.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What every answer carries: the content policy (nothing inline, nothing from elsewhere) and its companions; and the
 * cookies that remember how a reader wants the pages.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class PageFrame extends OncePerRequestFilter {
    private static final int A_YEAR = (int) Duration.ofDays(365).toSeconds();

    private final String policy;
    private final boolean https;

    PageFrame(Assets assets, Heres heres) {
        this.https = heres.baseUrl().startsWith("https:");
        var viewerStyle = assets.viewerStyle().isEmpty() ? "" : " '" + assets.viewerStyle() + "'";
        this.policy = String.join(
                "; ",
                "default-src 'none'",
                // The viewer's mesh decoder is WebAssembly; no text is ever evaluated as script.
                "script-src 'self' 'wasm-unsafe-eval'",
                "style-src 'self'" + viewerStyle,
                "img-src 'self' data: blob:",
                "media-src 'self'",
                "connect-src 'self' blob: data:",
                "worker-src 'self' blob:",
                "font-src 'none'",
                // The desk shows a shop's badge as it will look; it is the only page of ours that lets itself be
                // framed.
                "frame-src 'self'",
                "manifest-src 'self'",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader(
                "Permissions-Policy",
                "camera=(), microphone=(), geolocation=(), payment=(), xr-spatial-tracking=(self)");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        if (https) response.setHeader("Strict-Transport-Security", "max-age=31536000");
        if ("GET".equals(request.getMethod())
                && request.getQueryString() != null
                && !isTheSameForAll(request.getRequestURI())) remember(request, response);
        chain.doFilter(request, response);
    }

    /** Deliveries of shops are no pages, and theirs is the hottest path. */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/in/");
    }

    private void remember(HttpServletRequest request, HttpServletResponse response) {
        var preferences = Preferences.of(request);
        if (Language.named(request.getParameter(Preferences.LANGUAGE)) != null) {
            remember(response, Preferences.LANGUAGE, preferences.language().code());
        }
        if (request.getParameter(Preferences.THEME) != null) {
            remember(response, Preferences.THEME, preferences.theme());
        }
    }

    private void remember(HttpServletResponse response, String name, String value) {
        var cookie = new Cookie(name, value);
        cookie.setPath("/");
        cookie.setMaxAge(value.isEmpty() ? 0 : A_YEAR);
        cookie.setHttpOnly(true);
        cookie.setSecure(https);
        cookie.setAttribute("SameSite", "Lax");
        response.addCookie(cookie);
    }

    /** What others embed or fetch leaves nothing behind in the browser of whoever looks at their page. */
    private static boolean isTheSameForAll(String path) {
        return List.of("/badge", "/ics/", "/media/", "/assets/").stream().anyMatch(path::startsWith);
    }

    /** Paths whose readers are programs: their errors are problem+json (RFC 9457), never a page. */
    static boolean isForPrograms(String path) {
        return List.of("/api/", "/in/", "/log/", "/logs/").stream().anyMatch(path::startsWith);
    }
}
