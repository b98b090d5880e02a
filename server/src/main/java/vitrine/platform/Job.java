package vitrine.platform;

import java.time.Duration;

/**
 * A worker that pulls from a table. It can run twice and on two nodes at once; what it takes it locks with SKIP LOCKED,
 * or under the row that orders it. {@link Jobs} runs it; tests and the simulator call {@link #run()} by hand.
 */
public interface Job {

    String name();

    /** How long to rest when there was nothing to do. */
    Duration pause();

    /** How long to rest after a batch: for work that is cheaper in larger batches. */
    default Duration breath() {
        return Duration.ZERO;
    }

    /** Takes one batch. True: it took something, so there may be more, of this work or of the next in line. */
    boolean run();
}
