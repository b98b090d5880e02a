package vitrine.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/** Reconciles yesterday by itself, as soon as the gateways have written their bills. */
@Component
class BillsJob implements Job {

    private static final Logger log = LoggerFactory.getLogger(BillsJob.class);
    /** WeChat's bills are there from ten in the morning on, Alipay's from nine. */
    private static final LocalTime WRITTEN_AT = LocalTime.of(10, 30);

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
            if (!gateway.isSetUp()) continue;
            ZonedDateTime there = clock.instant().atZone(gateway.zone());
            LocalDate yesterday = there.toLocalDate().minusDays(1);
            if (there.toLocalTime().isBefore(WRITTEN_AT) || reconciliation.isDone(gateway.name(), yesterday)) continue;
            try {
                reconciliation.check(gateway, yesterday);
            } catch (Gateway.Away e) {
                log.warn("payment.bill-not-read gateway={} day={} what={}", gateway.name(), yesterday, e.getMessage());
            }
        }
        return false;
    }
}
