package vitrine.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/**
 * Asks the gateways about whatever stayed unknown: begun and never answered, open and never told of, to be closed. A lost callback
 * costs a minute, not a payment.
 */
@Component
class PaymentJanitor implements Job {

    private static final Logger log = LoggerFactory.getLogger(PaymentJanitor.class);

    private final PaymentRows rows;
    private final Payments payments;
    private final Gateways gateways;
    private final Settling settling;
    private final Clock clock;

    PaymentJanitor(PaymentRows rows, Payments payments, Gateways gateways, Settling settling, Clock clock) {
        this.rows = rows;
        this.payments = payments;
        this.gateways = gateways;
        this.settling = settling;
        this.clock = clock;
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
        Instant now = clock.instant();
        List<Payment> due = rows.toAsk(20, now);
        Set<String> away = new HashSet<>();
        for (Payment payment : due) {
            String gateway = payment.way().gateway();
            if (away.contains(gateway)) continue;
            try {
                lookAfter(payment, now);
            } catch (Gateway.Away e) {
                away.add(gateway);
                log.info("payment.gateway-away gateway={} what={}", gateway, e.getMessage());
            }
        }
        return !due.isEmpty();
    }

    private void lookAfter(Payment payment, Instant now) throws Gateway.Away {
        if (payment.closeWanted() || now.isAfter(payment.deadline())) {
            payments.close(payment);
            return;
        }
        settling.settle(payment.id(), gateways.of(payment.way()).ask(payment));
    }
}
