package vitrine.platform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/**
 * Ends a request with a status and a stable code, where there is nothing left to show: not found, gone, not allowed. A
 * refusal that a page shows with its numbers is a value, not this.
 */
public class Refused extends ErrorResponseException {
    private static final long serialVersionUID = 1L;
    private static final String SENT = Refused.class.getName();

    private final String code;

    public Refused(HttpStatus status, String code, @Nullable String detail) {
        super(status, Problems.of(status, code, detail), null);
        this.code = code;
    }

    /** For filters, which no page's error handling catches: the error page says why. */
    public static void send(HttpServletRequest request, HttpServletResponse response, HttpStatus status, String code)
            throws IOException {
        request.setAttribute(SENT, code);
        response.sendError(status.value());
    }

    /** What {@link #send} was told. */
    static @Nullable String sent(HttpServletRequest request) {
        return (String) request.getAttribute(SENT);
    }

    public String code() {
        return code;
    }

    public static Refused notFound() {
        return new Refused(HttpStatus.NOT_FOUND, "request.not-found", null);
    }

    public static Refused gone(String code) {
        return new Refused(HttpStatus.GONE, code, null);
    }
}
