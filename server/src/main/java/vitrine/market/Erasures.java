package vitrine.market;

import java.time.Duration;
import org.springframework.stereotype.Component;
import vitrine.catalog.Catalog;
import vitrine.identity.Departures;
import vitrine.platform.EventReader;
import vitrine.platform.Job;

/** Hears that somebody had her account erased, and ends the ways on which she was giver or friend. */
@Component("marketErasures")
class Erasures implements Job {

    private final EventReader events;
    private final Catalog catalog;
    private final Transfers transfers;

    Erasures(EventReader events, Catalog catalog, Transfers transfers) {
        this.events = events;
        this.catalog = catalog;
        this.transfers = transfers;
    }

    @Override
    public String name() {
        return "market-erasures";
    }

    @Override
    public Duration pause() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean run() {
        return catalog.house()
                .map(house -> events.read("market-erasures", house.id(), batch -> batch.stream()
                        .map(Departures::erased)
                        .filter(erased -> !erased.isEmpty())
                        .forEach(transfers::forget)))
                .orElse(false);
    }
}
