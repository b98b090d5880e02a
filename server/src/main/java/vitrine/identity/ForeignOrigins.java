package vitrine.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import vitrine.platform.web.Problems;

/**
 * Refuses what changes something and was sent by another site's page: it would come with our visitor's cookie. Browsers say
 * in {@code Sec-Fetch-Site} or {@code Origin} where a request was made; a program, which has no cookie of anybody's, says
 * neither. Unlike a token this works for pages that are the same for all and cached.
 */
final class ForeignOrigins extends OncePerRequestFilter {

    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final String ours;

    ForeignOrigins(URI baseUrl) {
        this.ours = origin(baseUrl);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (HARMLESS.contains(request.getMethod()) || !isForeign(request)) {
            chain.doFilter(request, response);
            return;
        }
        if (isForPrograms(request)) Problems.write(response, HttpStatus.FORBIDDEN, "request.foreign-origin", null);
        else response.sendError(HttpStatus.FORBIDDEN.value());
    }

    private boolean isForeign(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) return !site.equals("same-origin") && !site.equals("none");
        String origin = request.getHeader("Origin");
        if (origin == null) return false;
        // Behind a proxy the Host may be another one than the visitor's; the public address is always ours.
        return !origin.equals(ours) && !origin.equals(request.getScheme() + "://" + request.getHeader("Host"));
    }

    static boolean isForPrograms(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/api/");
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }
}
