package vitrine.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/**
 * Reconciles yesterday by itself, as soon as the gateways have written their bills, and whichever of the days before was missed because
 * we or the gateway were away; and once more where a bill had what we did not know yet.
 */
@Component
class BillsJob implements Job {

    private static final Logger log = LoggerFactory.getLogger(BillsJob.class);
    /** How far it looks back. */
    private static final int DAYS = 7;

    private final Gateways gateways;
    private final Reconciliation reconciliation;
    private final Clock clock;

    BillsJob(Gateways gateways, Reconciliation reconciliation, Clock clock) {
        this.gateways = gateways;
        this.reconciliation = reconciliation;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "payment-bills";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public boolean run() {
        for (Gateway gateway : gateways.all()) {
            if (gateway.isSetUp()) check(gateway);
        }
        return false;
    }

    /** The newest day first: it is the one that people look for. */
    private void check(Gateway gateway) {
        LocalDate today = clock.instant().atZone(gateway.zone()).toLocalDate();
        for (int ago = 1; ago <= DAYS; ago++) {
            LocalDate day = today.minusDays(ago);
            if (clock.instant().isBefore(Reconciliation.written(gateway, day))) continue;
            if (reconciliation.isDone(gateway, day)) continue;
            // Asked for a day that is missing alone: it looks through all payments.
            if (ago > 1 && !begunBy(gateway, day)) return;
            try {
                reconciliation.check(gateway, day);
            } catch (Gateway.Away e) {
                log.warn("payment.bill-not-read gateway={} day={} what={}", gateway.name(), day, e.what());
                // Another day's bill may be there, and readable; who does not answer is asked again later.
                if (!e.what().equals(Reconciliation.UNREADABLE) && !e.what().equals(Reconciliation.NOT_THERE)) return;
            }
        }
    }

    private boolean begunBy(Gateway gateway, LocalDate day) {
        LocalDate first = reconciliation.firstDay(gateway);
        return first != null && !day.isBefore(first);
    }
}
