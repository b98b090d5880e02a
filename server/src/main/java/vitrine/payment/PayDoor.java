package vitrine.payment;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationPredicate;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessException;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.transaction.TransactionException;

/**
 * Where gateways tell of payments. The signature is checked over the raw bytes before anything reads them; a yes means that the
 * notice is settled and on disk. Each hears it in its own words, and anything else makes it come again.
 */
final class PayDoor {

    private static final Logger log = LoggerFactory.getLogger(PayDoor.class);
    private static final int BODY_MAX = 256 * 1024;

    private static final Map<String, String> GATEWAYS = Map.of(
            "/pay/wechat/notify", "wechat",
            "/pay/alipay/notify", "alipay",
            "/pay/stripe/webhook", "stripe");

    private final Gateways gateways;
    private final Settling settling;
    private final Refunds refunds;
    private final Disputes disputes;
    private final MeterRegistry meters;
    private final Clock clock;

    PayDoor(
            Gateways gateways,
            Settling settling,
            Refunds refunds,
            Disputes disputes,
            MeterRegistry meters,
            Clock clock) {
        this.gateways = gateways;
        this.settling = settling;
        this.refunds = refunds;
        this.disputes = disputes;
        this.meters = meters;
        this.clock = clock;
    }

    private void take(String name, HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = body(request);
        if (body == null) {
            response.setHeader("Connection", "close"); // the rest is not read
            answer(name, response, 413, "too-large");
            return;
        }
        Heard heard = hear(name, request::getHeader, body);
        if (heard.status == 503) response.setHeader("Retry-After", "5");
        answer(name, response, heard.status, heard.what);
    }

    /**
     * @param status as HTTP has it
     * @param what became of the notice, in a word
     */
    record Heard(int status, String what) {}

    Heard hear(String name, Gateway.Headers headers, byte[] body) {
        return switch (gateways.of(name).read(headers, body, clock.instant())) {
            case Gateway.Notice.Of notice -> settle(name, notice);
            case Gateway.Notice.RefundFailed notice -> failed(name, notice);
            case Gateway.Notice.Disputed notice -> disputed(name, notice);
            case Gateway.Notice.Other other -> new Heard(200, "other");
            // Stripe's account may be shared with others, whose events come here, too; the rest is a mistake that
            // somebody should see.
            case Gateway.Notice.NotOurs notOurs -> new Heard(name.equals("stripe") ? 200 : 404, "not-ours");
            case Gateway.Notice.Forged forged -> new Heard(401, "signature-wrong");
            case Gateway.Notice.OutOfTime out -> new Heard(401, "timestamp-out-of-range");
            case Gateway.Notice.Unreadable unreadable -> new Heard(400, "unreadable");
            case Gateway.Notice.NotSetUp notSetUp -> new Heard(404, "not-set-up");
        };
    }

    private Heard failed(String name, Gateway.Notice.RefundFailed notice) {
        try {
            return switch (refunds.failed(name, notice.brand(), notice.refund(), notice.number(), notice.code())) {
                case NOW -> new Heard(200, "refund-failed");
                case AGAIN -> new Heard(200, "again");
                case UNKNOWN -> new Heard(200, "not-ours");
            };
        } catch (DataAccessException | TransactionException e) {
            log.warn("payment.notice-not-kept gateway={}", name, e);
            return new Heard(503, "not-kept");
        }
    }

    private Heard disputed(String name, Gateway.Notice.Disputed notice) {
        try {
            return new Heard(200, disputes.heard(name, notice.dispute()).isPresent() ? "disputed" : "not-ours");
        } catch (DataAccessException | TransactionException e) {
            log.warn("payment.notice-not-kept gateway={}", name, e);
            return new Heard(503, "not-kept");
        }
    }

    private Heard settle(String name, Gateway.Notice.Of notice) {
        try {
            Settling.Outcome outcome = settling.settle(name, notice);
            int status =
                    switch (outcome) {
                        case PAID, PAID_LATE, CLOSED, AGAIN, NOTHING -> 200;
                        case UNKNOWN_PAYMENT -> 404;
                        case WRONG_AMOUNT, WRONG_CURRENCY -> 409;
                    };
            return new Heard(status, outcome.text());
        } catch (DataAccessException | TransactionException e) {
            log.warn("payment.notice-not-kept gateway={}", name, e);
            return new Heard(503, "not-kept");
        }
    }

    private void answer(String name, HttpServletResponse response, int status, String what) throws IOException {
        meters.counter("vitrine.payment.notices", "gateway", name, "outcome", what)
                .increment();
        boolean taken = status == 200;
        String type = "application/json";
        String words =
                switch (name) {
                    case "alipay" -> {
                        type = "text/plain";
                        yield taken ? "success" : "failure";
                    }
                    case "wechat" ->
                        taken
                                ? "{\"code\":\"SUCCESS\",\"message\":\"\"}"
                                : "{\"code\":\"FAIL\",\"message\":\"" + what + "\"}";
                    default -> taken ? "{\"received\":true}" : "{\"error\":\"" + what + "\"}";
                };
        byte[] bytes = words.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    /** The raw bytes, or null when there are more than we take. */
    private static byte @Nullable [] body(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() > BODY_MAX) return null;
        try (InputStream in = request.getInputStream()) {
            byte[] body = in.readNBytes(BODY_MAX + 1);
            return body.length > BODY_MAX ? null : body;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Registration {

        /**
         * Before all other filters: some read a form to its end, and then nobody can check what was signed. What is not a POST goes the
         * usual way and hears 404 there.
         */
        @Bean
        FilterRegistrationBean<Filter> payDoor(
                Gateways gateways,
                Settling settling,
                Refunds refunds,
                Disputes disputes,
                MeterRegistry meters,
                Clock clock) {
            var door = new PayDoor(gateways, settling, refunds, disputes, meters, clock);
            var filter = new FilterRegistrationBean<Filter>((request, response, chain) -> {
                if (request instanceof HttpServletRequest http
                        && http.getMethod().equals("POST")) {
                    String name = GATEWAYS.get(http.getRequestURI());
                    if (name != null) {
                        door.take(name, http, (HttpServletResponse) response);
                        return;
                    }
                }
                chain.doFilter(request, response);
            });
            filter.setName("payDoor");
            GATEWAYS.keySet().forEach(filter::addUrlPatterns);
            filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return filter;
        }

        /** It counts by itself; an observation for each notice would cost more than its check. */
        @Bean
        ObservationPredicate payDoorIsNotObserved() {
            return (name, context) -> !(context instanceof ServerRequestObservationContext request
                    && request.getCarrier() != null
                    && GATEWAYS.containsKey(request.getCarrier().getRequestURI()));
        }
    }
}
