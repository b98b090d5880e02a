package vitrine.payment;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/** Gives back what is owed. */
@Component
class RefundJob implements Job {

    private static final Logger log = LoggerFactory.getLogger(RefundJob.class);

    private final Refunds refunds;

    RefundJob(Refunds refunds) {
        this.refunds = refunds;
    }

    @Override
    public String name() {
        return "refunds";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        List<Refund> due = refunds.due(20);
        Set<String> away = new HashSet<>();
        for (Refund refund : due) {
            String brand = refund.payment().brand().toString();
            if (away.contains(brand)) continue;
            try {
                refunds.give(refund);
            } catch (Gateway.Away e) {
                // One silence is enough for this batch; its rows come again by themselves.
                away.add(brand);
                log.info("refund.gateway-away refund={} what={}", refund.id(), e.getMessage());
            }
        }
        return !due.isEmpty();
    }
}
