package vitrine.campaign.desk;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Files come in at these places only, from somebody with a session, and so many bytes at once. It stands before everything that reads a
 * form, for a form with files is written to the disk as soon as its first field is looked at.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
class Uploads extends OncePerRequestFilter {

    static final long BYTES_MAX = 80L << 20;
    static final String TOO_LARGE = "too-large";
    /** Whoever sends more than that is not answered in words. */
    private static final long READ_MAX = 512L << 20;

    private static final Pattern PLACE = Pattern.compile("/desk/[^/]+/("
            + String.join(
                    "|",
                    "airdrops",
                    "catalogue/[^/]+/media(/[0-9a-f]{64}/words)?",
                    "catalogue/[^/]+/pieces",
                    "drops/[^/]+/guests/[^/]+",
                    "gallery/points/[^/]+",
                    "members",
                    "redemptions/table",
                    "shops/[^/]+/[^/]+/feed/file")
            + ")");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String type = request.getContentType();
        if (type == null || !type.startsWith("multipart/")) {
            chain.doFilter(request, response);
            return;
        }
        var place = PLACE.matcher(request.getRequestURI());
        long bytes = request.getContentLengthLong();
        if (!place.matches() || bytes < 0) response.sendError(HttpStatus.UNSUPPORTED_MEDIA_TYPE.value());
        else if (request.getCookies() == null) response.sendError(HttpStatus.UNAUTHORIZED.value());
        else if (bytes > READ_MAX) response.sendError(HttpStatus.CONTENT_TOO_LARGE.value());
        else if (bytes > BYTES_MAX) {
            // A browser shows no answer before all was sent.
            request.getInputStream().transferTo(OutputStream.nullOutputStream());
            response.setStatus(HttpStatus.SEE_OTHER.value());
            response.setHeader("Location", formOf(place.group()));
        } else chain.doFilter(request, response);
    }

    /** The page that the form stands on, which says why. */
    private static String formOf(String place) {
        if (place.endsWith("/members")) return place + "?said=" + TOO_LARGE;
        if (place.endsWith("/table")) return place.replaceFirst("/table$", "?refused=" + TOO_LARGE);
        if (place.endsWith("/feed/file")) return place.replaceFirst("/file$", "?refused=" + TOO_LARGE);
        return place.replaceFirst("/media(/.*)?$", "") + "?refused=" + TOO_LARGE + "#media";
    }
}
