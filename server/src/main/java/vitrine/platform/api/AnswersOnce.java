package vitrine.platform.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import vitrine.platform.web.Problems;

/**
 * {@code Idempotency-Key} on a POST: the same key with the same request is answered with the same bytes, and done once; with
 * another request it is refused; while the first is under way it is refused as well. Keys are the caller's own and are
 * kept for a day. Whoever is nobody has no keys.
 */
public final class AnswersOnce extends OncePerRequestFilter {

    private static final int KEY_MAX = 255;
    /** A body of this interface is a form's worth; deliveries of shops come in elsewhere. */
    private static final int BODY_MAX = 256 * 1024;

    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final GivenAnswers answers;
    private final Supplier<@Nullable String> caller;

    /** @param caller who asks, as a stable name; null: nobody */
    public AnswersOnce(GivenAnswers answers, Supplier<@Nullable String> caller) {
        this.answers = answers;
        this.caller = caller;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!WITH_BODY.contains(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        byte[] body = request.getInputStream().readNBytes(BODY_MAX + 1);
        if (body.length > BODY_MAX) {
            Problems.write(response, HttpStatus.CONTENT_TOO_LARGE, "request.too-large", "A body has 256 kB at most.");
            return;
        }
        HttpServletRequest whole = new WithBody(request, body);
        String key = request.getHeader("Idempotency-Key");
        String who = key == null || !request.getMethod().equals("POST") ? null : caller.get();
        if (key == null || who == null) {
            chain.doFilter(whole, response);
            return;
        }
        if (key.isEmpty() || key.length() > KEY_MAX || key.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            Problems.write(
                    response,
                    HttpStatus.BAD_REQUEST,
                    "idempotency.bad-key",
                    "A key is 1 to 255 printable ASCII signs.");
            return;
        }
        switch (answers.begin(who, key, hash(request, body))) {
            case GivenAnswers.Begun.Go go -> answer(whole, response, chain, who, key, go);
            case GivenAnswers.Begun.Answered given -> {
                response.setStatus(given.status());
                if (given.contentType() != null) response.setContentType(given.contentType());
                response.setHeader("Idempotency-Hit", "true");
                response.setContentLength(given.body().length);
                response.getOutputStream().write(given.body());
            }
            case GivenAnswers.Begun.OtherRequest other ->
                Problems.write(
                        response,
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "idempotency.other-request",
                        "This key was sent with another request.");
            case GivenAnswers.Begun.InFlight flying ->
                Problems.write(
                        response,
                        HttpStatus.CONFLICT,
                        "idempotency.in-flight",
                        "The first request with this key is still under way.");
        }
    }

    private void answer(
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain,
            String who,
            String key,
            GivenAnswers.Begun.Go claim)
            throws ServletException, IOException {
        var kept = new ContentCachingResponseWrapper(response);
        var answer = answers.once(who, key, claim, () -> {
            chain.doFilter(request, kept);
            return new GivenAnswers.Answer(kept.getStatus(), kept.getContentType(), kept.getContentAsByteArray());
        });
        // Only now: an answer that is on its way belongs to a deed that stands.
        if (answer != null) {
            kept.copyBodyToResponse();
            return;
        }
        kept.reset();
        Problems.write(
                response,
                HttpStatus.CONFLICT,
                "idempotency.in-flight",
                "It took too long, and the same request is under way elsewhere.");
    }

    private static byte[] hash(HttpServletRequest request, byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            String query = request.getQueryString();
            digest.update(
                    (request.getMethod() + "\n" + request.getRequestURI() + "\n" + (query == null ? "" : query) + "\n")
                            .getBytes(StandardCharsets.UTF_8));
            return digest.digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class WithBody extends HttpServletRequestWrapper {
        private final byte[] body;

        WithBody(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            var in = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return in.read();
                }

                @Override
                public int read(byte[] into, int from, int length) {
                    return in.read(into, from, length);
                }

                @Override
                public boolean isFinished() {
                    return in.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException("this interface reads in its own thread");
                }
            };
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }
}
