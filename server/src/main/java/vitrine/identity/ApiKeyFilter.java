package vitrine.identity;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.web.filter.OncePerRequestFilter;
import vitrine.platform.web.Problems;

/** {@code Authorization: Bearer vk_…}: this request, and only this one, is the key's. */
final class ApiKeyFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private final ApiKeys keys;

    ApiKeyFilter(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader("Authorization");
        if (header == null) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Who.Machine> machine = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? keys.whose(header.substring(SCHEME.length()).strip())
                : Optional.empty();
        if (machine.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer");
            Problems.write(
                    response, HttpStatus.UNAUTHORIZED, "access.key-unknown", "No such API key, or it was revoked.");
            return;
        }
        SecurityContextHolder.setContext(new SecurityContextImpl(new SignedIn(machine.get())));
        chain.doFilter(request, response);
    }
}
