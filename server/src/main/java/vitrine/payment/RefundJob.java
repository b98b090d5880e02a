package vitrine.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        List<Refunds.Due> due = refunds.due(20);
        // By gateway, those that were not asked any more because it gave no answer.
        Map<String, List<Refund>> away = new HashMap<>();
        for (Refunds.Due one : due) {
            Refund refund = one.refund();
            List<Refund> spared = away.get(one.gateway());
            if (spared != null) {
                spared.add(refund);
                continue;
            }
            try {
                refunds.give(refund);
            } catch (Gateway.Away e) {
                away.put(one.gateway(), new ArrayList<>());
                log.info("refund.gateway-away refund={} what={}", refund.id(), e.getMessage());
            } catch (RuntimeException e) {
                log.warn("refund.not-given refund={}", refund.id(), e);
            }
        }
        away.forEach(refunds::putOff);
        return !due.isEmpty();
    }
}
