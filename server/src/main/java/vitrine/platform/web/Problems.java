package vitrine.platform.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/** Answers to programs as RFC 9457 says, each with one stable {@code code}, which is also its type. */
public final class Problems {
    private static final String TYPE = "urn:vitrine:problem:";

    private Problems() {}

    public static ProblemDetail of(HttpStatus status, String code, @Nullable String detail) {
        var problem = ProblemDetail.forStatus(status);
        problem.setType(URI.create(TYPE + code));
        problem.setTitle(status.getReasonPhrase());
        if (detail != null) problem.setDetail(detail);
        problem.setProperty("code", code);
        return problem;
    }

    public static ResponseEntity<ProblemDetail> answer(HttpStatus status, String code, @Nullable String detail) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(of(status, code, detail));
    }

    /** For servlets and filters, where no converter runs. */
    public static void write(HttpServletResponse response, HttpStatus status, String code, @Nullable String detail)
            throws IOException {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", TYPE + code);
        body.put("title", status.getReasonPhrase());
        body.put("status", status.value());
        if (detail != null) body.put("detail", detail);
        body.put("code", code);
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(JsonMapper.shared().writeValueAsBytes(body));
    }

    /** The code of a plain status: {@code request.not-found}. */
    public static String code(HttpStatus status) {
        return "request." + status.getReasonPhrase().toLowerCase(Locale.ROOT).replace(' ', '-');
    }
}
