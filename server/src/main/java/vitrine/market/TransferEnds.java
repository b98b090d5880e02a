package vitrine.market;

import java.time.Duration;
import org.springframework.stereotype.Component;
import vitrine.platform.Job;

/** Moves what was accepted a day ago, and gives back what nobody accepted. */
@Component
class TransferEnds implements Job {

    private final Transfers transfers;

    TransferEnds(Transfers transfers) {
        this.transfers = transfers;
    }

    @Override
    public String name() {
        return "transfer-ends";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean run() {
        return transfers.endOne();
    }
}
