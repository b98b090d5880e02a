package vitrine.shop;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.ObservationPredicate;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.platform.BusinessClock;
import vitrine.platform.Deadlines;

/**
 * Where shops deliver: {@code POST /in/{source}/{shop}}. The signature is checked over the raw bytes before anything reads them;
 * 200 means that the delivery is on disk. A plain servlet, for it is the hottest path of the server.
 */
final class Inbox extends HttpServlet {

    static final int BODY_MAX = 1024 * 1024;
    private static final Duration ANSWER_WITHIN = Duration.ofMillis(900);
    private static final byte[] OK = "{}".getBytes(StandardCharsets.UTF_8);

    private final transient Shops shops;
    private final transient Readings readings;
    private final transient InboxWriter writer;
    private final transient Refusals refusals;
    private final transient Deadlines deadlines;
    private final transient Clock clock;
    private final transient BusinessClock businessClock;
    private final transient Timer answered;

    Inbox(
            Shops shops,
            Readings readings,
            InboxWriter writer,
            Refusals refusals,
            Deadlines deadlines,
            Clock clock,
            BusinessClock businessClock,
            MeterRegistry meters) {
        this.shops = shops;
        this.readings = readings;
        this.writer = writer;
        this.refusals = refusals;
        this.deadlines = deadlines;
        this.clock = clock;
        this.businessClock = businessClock;
        this.answered = Timer.builder("vitrine.inbox.answered")
                .publishPercentileHistogram()
                .register(meters);
    }

    /** Every ending of a delivery that is not 200. */
    private enum Refusal {
        UNKNOWN(HttpStatus.NOT_FOUND, "shop.unknown", "No shop has this address."),
        TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "shop.too-large", "A delivery is at most " + BODY_MAX + " bytes."),
        SIGNATURE_MISSING(HttpStatus.UNAUTHORIZED, "shop.signature-missing", "The delivery is not signed."),
        SIGNATURE_WRONG(
                HttpStatus.UNAUTHORIZED,
                "shop.signature-wrong",
                "The signature does not fit these bytes and this shop's secret."),
        OUT_OF_TIME(
                HttpStatus.UNAUTHORIZED,
                "shop.timestamp-out-of-range",
                "The delivery was signed too long ago, or ahead of time."),
        SECRET_UNREADABLE(
                HttpStatus.SERVICE_UNAVAILABLE,
                "shop.secret-unreadable",
                "This shop's secret has to be entered anew here. Please send it again later."),
        NOT_JSON(HttpStatus.BAD_REQUEST, "shop.not-json", "The body is not JSON."),
        BUSY(HttpStatus.SERVICE_UNAVAILABLE, "shop.busy", "Not kept. Please send it again.");

        final HttpStatus status;
        final String code;
        final String detail;

        Refusal(HttpStatus status, String code, String detail) {
            this.status = status;
            this.code = code;
            this.detail = detail;
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long start = System.nanoTime();
        String[] path = path(request);
        KnownShop shop = path == null ? null : shops.known(path[0], path[1]);
        if (shop == null) {
            refuse(response, null, Refusal.UNKNOWN, null);
            return;
        }
        if (!writer.hasRoom()) {
            // Before its bytes cost anything: under a burst most of the work would go into refusals.
            busy(response, shop, "queue-full");
            return;
        }
        if (!shop.readable()) {
            response.setHeader("Retry-After", "60");
            refuse(response, shop, Refusal.SECRET_UNREADABLE, null);
            return;
        }
        byte[] body = body(request);
        if (body == null) {
            response.setHeader("Connection", "close"); // the rest is not read
            refuse(response, shop, Refusal.TOO_LARGE, null);
            return;
        }
        // Only now, so that who sends slowly keeps nobody out.
        if (!writer.enter()) {
            busy(response, shop, "queue-full");
            return;
        }
        try {
            take(request, response, shop, body);
        } finally {
            writer.leave();
        }
        answered.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    }

    private void take(HttpServletRequest request, HttpServletResponse response, KnownShop shop, byte[] body)
            throws IOException {
        Source source = shops.source(shop.shop().source());
        switch (source.verify(shop, request::getHeader, body, clock.instant())) {
            case Source.SignatureCheck.Genuine genuine -> keep(response, shop, genuine, body);
            case Source.SignatureCheck.Greeting greeting -> ok(response);
            case Source.SignatureCheck.Missing missing ->
                refuse(response, shop, Refusal.SIGNATURE_MISSING, detail("header", missing.header()));
            case Source.SignatureCheck.Wrong wrong -> refuse(response, shop, Refusal.SIGNATURE_WRONG, null);
            case Source.SignatureCheck.OutOfTime out -> {
                ObjectNode detail = Json.MAPPER.createObjectNode();
                detail.put("secondsOff", out.secondsOff()).put("secondsMax", out.secondsMax());
                refuse(response, shop, Refusal.OUT_OF_TIME, detail);
            }
            case Source.SignatureCheck.KeysOutOfReach out ->
                refuse(response, shop, Refusal.BUSY, detail("reason", "keys-out-of-reach"));
        }
    }

    private void keep(HttpServletResponse response, KnownShop shop, Source.SignatureCheck.Genuine genuine, byte[] body)
            throws IOException {
        JsonNode json;
        try {
            json = Json.read(body, shops.source(shop.shop().source()).wanted(genuine.topic()));
        } catch (JacksonException e) {
            refuse(response, shop, Refusal.NOT_JSON, null);
            return;
        }
        if (json.isMissingNode()) {
            refuse(response, shop, Refusal.NOT_JSON, null);
            return;
        }
        Instant receivedAt = businessClock.now();
        CompletableFuture<Void> written =
                writer.offer(readings.read(shop, genuine.deliveryId(), genuine.topic(), json, body, receivedAt));
        if (written == null) {
            busy(response, shop, "queue-full");
            return;
        }
        try {
            deadlines.await(written, ANSWER_WITHIN);
            ok(response);
        } catch (TimeoutException e) {
            // It may still be written; then its repeat is recognised.
            busy(response, shop, "slow");
        } catch (ExecutionException e) {
            busy(response, shop, "not-written"); // the writer has logged why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            busy(response, shop, "stopping");
        }
    }

    /** Source and slug, or null when the address has another form. */
    private static String @Nullable [] path(HttpServletRequest request) {
        String path = request.getPathInfo();
        if (path == null || path.length() < 4) return null;
        int slash = path.indexOf('/', 1);
        boolean two = slash > 1 && slash < path.length() - 1 && path.indexOf('/', slash + 1) < 0;
        return two ? new String[] {path.substring(1, slash), path.substring(slash + 1)} : null;
    }

    /** The raw bytes, or null when there are more than we take. */
    private static byte @Nullable [] body(HttpServletRequest request) throws IOException {
        long announced = request.getContentLengthLong();
        if (announced > BODY_MAX) return null;
        try (InputStream in = request.getInputStream()) {
            if (announced >= 0) {
                byte[] body = new byte[(int) announced];
                int read = in.readNBytes(body, 0, body.length);
                return read == body.length ? body : Arrays.copyOf(body, read);
            }
            byte[] body = in.readNBytes(BODY_MAX + 1);
            return body.length > BODY_MAX ? null : body;
        }
    }

    private static void ok(HttpServletResponse response) throws IOException {
        response.setStatus(200);
        response.setContentType("application/json");
        response.setContentLength(OK.length);
        response.getOutputStream().write(OK);
    }

    private void busy(HttpServletResponse response, KnownShop shop, String reason) throws IOException {
        response.setHeader("Retry-After", "1");
        refuse(response, shop, Refusal.BUSY, detail("reason", reason));
    }

    private static ObjectNode detail(String name, String value) {
        return Json.MAPPER.createObjectNode().put(name, value);
    }

    /** RFC 9457. It says nothing about the secret, and nothing of the body. */
    private void refuse(
            HttpServletResponse response, @Nullable KnownShop shop, Refusal refusal, @Nullable ObjectNode detail)
            throws IOException {
        refusals.count(
                shop == null ? null : shop.shop(),
                shop == null ? "" : shop.shop().source(),
                refusal.code);
        ObjectNode problem = Json.MAPPER.createObjectNode();
        problem.put("type", "urn:vitrine:problem:" + refusal.code)
                .put("title", refusal.status.getReasonPhrase())
                .put("status", refusal.status.value())
                .put("detail", refusal.detail)
                .put("code", refusal.code);
        if (detail != null) problem.setAll(detail);
        byte[] bytes = Json.MAPPER.writeValueAsBytes(problem);
        response.setStatus(refusal.status.value());
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    @Configuration(proxyBeanMethods = false)
    static class Registration {
        @Bean
        Inbox inboxServlet(
                Shops shops,
                Readings readings,
                InboxWriter writer,
                Refusals refusals,
                Deadlines deadlines,
                Clock clock,
                BusinessClock businessClock,
                MeterRegistry meters) {
            return new Inbox(shops, readings, writer, refusals, deadlines, clock, businessClock, meters);
        }

        @Bean
        ServletRegistrationBean<Inbox> inbox(Inbox inbox) {
            var registration = new ServletRegistrationBean<>(inbox, "/in/*");
            registration.setName("inbox");
            registration.setLoadOnStartup(1);
            return registration;
        }

        /**
         * Deliveries pass by all filters: sessions, tokens, paths and page headers are for people, and were a quarter of the time
         * that a delivery took. What is not a POST goes the usual way and hears 405 there.
         */
        @Bean
        FilterRegistrationBean<Filter> inboxAtTheDoor(Inbox inbox) {
            var door = new FilterRegistrationBean<Filter>((request, response, chain) -> {
                if (request instanceof HttpServletRequest http
                        && http.getMethod().equals("POST")) {
                    inbox.doPost(http, (HttpServletResponse) response);
                } else {
                    chain.doFilter(request, response);
                }
            });
            door.setName("inboxAtTheDoor");
            door.addUrlPatterns("/in/*");
            door.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return door;
        }

        /** The inbox has meters of its own; an observation for each delivery would cost more than its check. */
        @Bean
        ObservationPredicate inboxIsNotObserved() {
            return (name, context) -> !(context instanceof ServerRequestObservationContext request
                    && request.getCarrier() != null
                    && request.getCarrier().getRequestURI().startsWith("/in/"));
        }
    }
}
