package vitrine.drop;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /api/drops/claims}: the pass, which of one's tries it is, a code where one is wanted, a number where one is chosen, and nothing else: no session,
 * no cookie, no SQL before the writer. It stands in front of all filters, as they would cost more than the claim; what a claim needs of them the pass has.
 */
final class ClaimDoor {

    static final String PATH = "/api/drops/claims";

    private static final int BODY_MAX = 1024;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Claims claims;
    private final Timer answered;
    private final MeterRegistry meters;
    private final byte[] soldOut;
    private final Map<String, io.micrometer.core.instrument.Counter> counted = new ConcurrentHashMap<>();

    ClaimDoor(Claims claims, MeterRegistry meters) {
        this.claims = claims;
        this.meters = meters;
        this.answered = Timer.builder("vitrine.drop.answered")
                .publishPercentileHistogram()
                .register(meters);
        this.soldOut = problem(HttpStatus.CONFLICT, new Claiming.SoldOut().code(), null);
    }

    void claim(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long start = System.nanoTime();
        String pass = null;
        int nth = 0;
        String code = null;
        Integer unit = null;
        byte[] body = body(request);
        if (body != null) {
            try {
                JsonNode json = JSON.readTree(body);
                pass = json.path("pass").isString() ? json.path("pass").stringValue() : null;
                nth = json.path("n").isInt() ? json.path("n").intValue() : 0;
                code = json.path("code").isString() ? json.path("code").stringValue() : null;
                unit = json.path("unit").isInt() ? json.path("unit").intValue() : null;
            } catch (JacksonException e) {
                pass = null;
            }
        }
        if (pass == null || nth < 1) {
            write(
                    response,
                    HttpStatus.BAD_REQUEST,
                    problem(
                            HttpStatus.BAD_REQUEST,
                            "drop.claim-malformed",
                            JSON.createObjectNode().put("detail", "{\"pass\": text, \"n\": 1} is expected.")));
            return;
        }
        boolean real = !claims.isWarmUp(pass);
        Claiming ended = claims.claim(pass, nth, code, unit);
        if (real)
            counted.computeIfAbsent(ended.code(), said -> meters.counter("vitrine.drop.claims", "code", said))
                    .increment();
        answer(response, ended);
        if (real) answered.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    private void answer(HttpServletResponse response, Claiming ended) throws IOException {
        switch (ended) {
            case Claiming.Claimed claimed -> {
                Claim claim = claimed.claim();
                ObjectNode said = JSON.createObjectNode()
                        .put("code", ended.code())
                        .put("claim", claim.id().toString())
                        .put("nth", claim.nth());
                if (claim.serial() != null) said.put("serial", claim.serial());
                if (claim.unit() != null) said.put("unit", claim.unit());
                if (claim.holdUntil() != null)
                    said.put("holdUntil", claim.holdUntil().toString());
                if (claimed.again()) said.put("again", true);
                write(response, HttpStatus.OK, JSON.writeValueAsBytes(said));
            }
            case Claiming.SoldOut s -> write(response, HttpStatus.CONFLICT, soldOut);
            case Claiming.Busy busy -> {
                response.setHeader("Retry-After", String.valueOf(busy.retryAfterSeconds()));
                refuse(response, HttpStatus.SERVICE_UNAVAILABLE, ended, null);
            }
            case Claiming.NotOpen not ->
                refuse(
                        response,
                        HttpStatus.CONFLICT,
                        ended,
                        said("opensAt", not.opensAt().toString()));
            case Claiming.Closed closed ->
                refuse(
                        response,
                        HttpStatus.CONFLICT,
                        ended,
                        said("closedAt", closed.closedAt().toString()));
            case Claiming.Paused p -> refuse(response, HttpStatus.CONFLICT, ended, null);
            case Claiming.NotAdmitted not -> refuse(response, HttpStatus.FORBIDDEN, ended, said("reason", not.why()));
            case Claiming.Refused refused -> refuse(response, HttpStatus.FORBIDDEN, ended, null);
            case Claiming.LimitReached limit ->
                refuse(
                        response,
                        HttpStatus.CONFLICT,
                        ended,
                        JSON.createObjectNode().put("limit", limit.limit()));
            case Claiming.AllHeld held ->
                refuse(
                        response,
                        HttpStatus.CONFLICT,
                        ended,
                        held.firstEnds() == null
                                ? null
                                : said("firstEnds", held.firstEnds().toString()));
            case Claiming.HoldExpired h -> refuse(response, HttpStatus.CONFLICT, ended, null);
            case Claiming.TurnUsed t -> refuse(response, HttpStatus.CONFLICT, ended, null);
            case Claiming.CodeUnknown c -> refuse(response, HttpStatus.CONFLICT, ended, null);
            case Claiming.CodeUsed c -> refuse(response, HttpStatus.CONFLICT, ended, null);
            case Claiming.UnitWanted u -> refuse(response, HttpStatus.CONFLICT, ended, null);
            case Claiming.UnitTaken u -> refuse(response, HttpStatus.CONFLICT, ended, null);
        }
    }

    private static ObjectNode said(String name, String value) {
        return JSON.createObjectNode().put(name, value);
    }

    private static void refuse(
            HttpServletResponse response, HttpStatus status, Claiming ended, @Nullable ObjectNode more)
            throws IOException {
        write(response, status, problem(status, ended.code(), more));
    }

    /** RFC 9457. */
    private static byte[] problem(HttpStatus status, String code, @Nullable ObjectNode more) {
        ObjectNode problem = JSON.createObjectNode()
                .put("type", "urn:vitrine:problem:" + code)
                .put("title", status.getReasonPhrase())
                .put("status", status.value())
                .put("code", code);
        if (more != null) problem.setAll(more);
        return JSON.writeValueAsBytes(problem);
    }

    private static void write(HttpServletResponse response, HttpStatus status, byte[] bytes) throws IOException {
        response.setStatus(status.value());
        response.setHeader("Cache-Control", "no-store");
        response.setContentType(status == HttpStatus.OK ? "application/json" : "application/problem+json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private static byte @Nullable [] body(HttpServletRequest request) throws IOException {
        int announced = request.getContentLength();
        if (announced < 0 || announced > BODY_MAX) return null;
        byte[] body = new byte[announced];
        try (InputStream in = request.getInputStream()) {
            return in.readNBytes(body, 0, announced) == announced ? body : null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Registration {
        @Bean
        FilterRegistrationBean<Filter> claimDoor(Claims claims, MeterRegistry meters) {
            var claimDoor = new ClaimDoor(claims, meters);
            var door = new FilterRegistrationBean<Filter>((request, response, chain) -> {
                if (request instanceof HttpServletRequest http
                        && http.getMethod().equals("POST")) {
                    claimDoor.claim(http, (HttpServletResponse) response);
                } else {
                    chain.doFilter(request, response);
                }
            });
            door.setName("claimDoor");
            door.addUrlPatterns(PATH);
            door.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return door;
        }
    }
}
