package vitrine.platform.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import tools.jackson.databind.json.JsonMapper;
import vitrine.platform.web.Problems;
import vitrine.platform.web.Refused;

/** Whatever ends a request below {@code /api} ends it as problem+json with one stable code. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ApiProblems implements HandlerExceptionResolver {

    private static final Logger log = LoggerFactory.getLogger(ApiProblems.class);

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception ended) {
        if (!request.getRequestURI().startsWith("/api/")) return null;
        try {
            switch (ended) {
                case Refused refused -> {
                    HttpStatus status =
                            HttpStatus.valueOf(refused.getStatusCode().value());
                    if (status == HttpStatus.UNAUTHORIZED) response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
                    write(response, status, refused);
                }
                case HttpMessageNotReadableException unreadable ->
                    Problems.write(
                            response,
                            HttpStatus.BAD_REQUEST,
                            "request.unreadable",
                            "The body is not the JSON that this request takes.");
                case TypeMismatchException mismatch ->
                    Problems.write(
                            response,
                            HttpStatus.BAD_REQUEST,
                            "request.bad-parameter",
                            "'" + mismatch.getPropertyName() + "' is not of its type.");
                case RequestRejectedException rejected ->
                    Problems.write(
                            response,
                            HttpStatus.BAD_REQUEST,
                            "request.bad-parameter",
                            "A parameter holds what no text may hold.");
                case ErrorResponse known -> {
                    HttpStatus status = HttpStatus.valueOf(known.getStatusCode().value());
                    known.getHeaders().forEach((name, values) -> values.forEach(v -> response.addHeader(name, v)));
                    Problems.write(response, status, Problems.code(status), null);
                }
                default -> {
                    log.warn("api.failed path={}", request.getRequestURI(), ended);
                    Problems.write(
                            response,
                            HttpStatus.INTERNAL_SERVER_ERROR,
                            Problems.code(HttpStatus.INTERNAL_SERVER_ERROR),
                            null);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ModelAndView();
    }

    /** With what the refusal says besides its code: the lines of a list that is not whole, say. */
    private static void write(HttpServletResponse response, HttpStatus status, Refused refused) throws IOException {
        var properties = refused.getBody().getProperties();
        if (properties == null || properties.size() < 2) {
            Problems.write(response, status, refused.code(), refused.getBody().getDetail());
            return;
        }
        var body = new LinkedHashMap<String, @Nullable Object>();
        body.put("type", String.valueOf(refused.getBody().getType()));
        body.put("title", refused.getBody().getTitle());
        body.put("status", status.value());
        body.put("detail", refused.getBody().getDetail());
        body.putAll(properties);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.getOutputStream().write(JsonMapper.shared().writeValueAsBytes(body));
    }
}
