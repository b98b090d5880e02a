package vitrine.platform;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Runs every {@link Job} on a thread of its own until the server stops; {@code vitrine.jobs=manual} leaves that to the caller. */
@Component
public class Jobs implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);
    private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final List<Job> jobs;
    private final boolean manual;
    private final ConcurrentHashMap<String, Thread> threads = new ConcurrentHashMap<>();
    private volatile boolean running;

    Jobs(List<Job> jobs, @Value("${vitrine.jobs:running}") String mode) {
        this.jobs = List.copyOf(jobs);
        this.manual = mode.equals("manual");
    }

    /** Runs all jobs in turn until none has anything left: what tests and the simulator use instead of threads. */
    public void drain() {
        boolean more = true;
        while (more) {
            more = false;
            for (Job job : jobs) {
                more |= job.run();
            }
        }
    }

    public List<Job> all() {
        return jobs;
    }

    /** Somebody wrote work for this job: it need not sleep out its pause. */
    public void wake(String name) {
        Thread thread = threads.get(name);
        if (thread != null) LockSupport.unpark(thread);
    }

    @Override
    public void start() {
        running = true;
        if (manual) return;
        // Threads of the system: it shares the processors among them fairly. A virtual one that comes back from the
        // database would stand in line behind every request of a burst, once for each of its statements.
        for (Job job : jobs) {
            threads.put(
                    job.name(),
                    Thread.ofPlatform().daemon().name("job-" + job.name()).start(() -> work(job)));
        }
    }

    private void work(Job job) {
        while (running) {
            try {
                Duration rest = job.run() ? job.breath() : job.pause();
                if (running && rest.isPositive()) LockSupport.parkNanos(rest.toNanos());
            } catch (RuntimeException e) {
                // Nothing is lost: the batch's transaction was rolled back and the rows wait. Say it and try again.
                if (!running) return;
                log.warn("job.failed job={}", job.name(), e);
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            }
        }
    }

    @Override
    public void stop() {
        running = false;
        threads.values().forEach(LockSupport::unpark);
        for (Thread thread : threads.values()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0; // before the web server stops taking requests, after the pool was opened
    }
}
