package vitrine.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.ClockCheck;
import vitrine.platform.Job;

/**
 * Asks the gateways about whatever stayed unknown: begun and never answered, open and never told of, to be closed. A lost callback
 * costs a minute, not a payment.
 */
@Component
class PaymentJanitor implements Job {

    private static final Logger log = LoggerFactory.getLogger(PaymentJanitor.class);
    private static final int BATCH = 64;
    /** Fewer than the pool has connections. */
    private static final int AT_ONCE = 6;

    private final PaymentRows rows;
    private final Payments payments;
    private final Gateways gateways;
    private final Settling settling;
    private final Clock clock;
    private final ClockCheck clocks;

    PaymentJanitor(
            PaymentRows rows, Payments payments, Gateways gateways, Settling settling, Clock clock, ClockCheck clocks) {
        this.rows = rows;
        this.payments = payments;
        this.gateways = gateways;
        this.settling = settling;
        this.clock = clock;
        this.clocks = clocks;
    }

    @Override
    public String name() {
        return "payment-janitor";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean run() {
        // By a clock that is ahead every payment under way would be past its end, and closed at its gateway.
        if (clocks.offNow()) return false;
        Instant now = clock.instant();
        List<Payment> due = rows.toAsk(BATCH, now);
        if (due.isEmpty()) return false;
        Set<String> away = ConcurrentHashMap.newKeySet();
        // A sold-out drop leaves thousands to ask about, and each answer takes as long as the gateway does.
        try (var askers =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            for (Payment payment : due) askers.execute(() -> lookAfter(payment, now, away));
        }
        return true;
    }

    private void lookAfter(Payment payment, Instant now, Set<String> away) {
        String gateway = payment.way().gateway();
        if (away.contains(gateway)) return; // its row comes again by itself
        try {
            lookAfter(payment, now);
        } catch (Gateway.Away e) {
            away.add(gateway);
            log.info("payment.gateway-away gateway={} what={}", gateway, e.getMessage());
        } catch (RuntimeException e) {
            log.warn("payment.not-looked-after payment={}", payment.id(), e);
        }
    }

    private void lookAfter(Payment payment, Instant now) throws Gateway.Away {
        if (payment.closeWanted() || now.isAfter(payment.deadline())) {
            payments.close(payment);
            return;
        }
        settling.settle(payment.id(), gateways.of(payment.way()).ask(payment));
    }
}
