package vitrine.showroom;

import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;
import vitrine.campaign.Erasures;
import vitrine.identity.CollectorId;
import vitrine.identity.Departures;
import vitrine.platform.Job;

/**
 * Erases an account, and those that were closed so long ago that nobody came back. First it is marked, so that she cannot come back
 * to an account of which half is gone; then her orders, while it is known under which keys she bought; then her secret. A crash in
 * between is repaired by doing it again. Campaigns and gifts between friends follow by themselves, each in its own transaction.
 */
@Component
class Leaving implements Job {

    private final Erasures orders;
    private final Rooms rooms;
    private final Departures departures;

    Leaving(Erasures orders, Rooms rooms, Departures departures) {
        this.orders = orders;
        this.rooms = rooms;
        this.departures = departures;
    }

    @Override
    public String name() {
        return "closed-accounts";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public boolean run() {
        List<CollectorId> due = departures.due();
        for (CollectorId person : due) if (departures.beginDue(person)) forget(person);
        return !due.isEmpty();
    }

    void erase(CollectorId person) {
        departures.begin(person);
        forget(person);
    }

    private void forget(CollectorId person) {
        orders.forgetOrders(person);
        rooms.forget(person);
        departures.erase(person);
    }
}
