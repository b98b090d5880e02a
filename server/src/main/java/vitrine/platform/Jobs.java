package vitrine.platform;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionSystemException;

/** Runs every {@link Job} on a thread of its own until the server stops; {@code vitrine.jobs=manual} leaves that to the caller. */
@Component
public class Jobs implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Jobs.class);
    private static final long SAME_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long BACK_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final List<Job> jobs;
    private final boolean manual;
    private final ConcurrentHashMap<String, Thread> threads = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Failure> failures = new ConcurrentHashMap<>();
    private volatile boolean running;
    private volatile long awaySince;
    private volatile long awayAt;

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
                if (awaySince != 0) itIsBack();
                if (running && rest.isPositive()) LockSupport.parkNanos(rest.toNanos());
            } catch (RuntimeException | Error e) {
                // Nothing is lost: the batch's transaction was rolled back and the rows wait. Say it and try again:
                // also after an
                // Error, for a job whose thread has ended is missed by nobody until its work is.
                if (!running) return;
                if (isOutage(e)) itIsAway(job, e);
                else if (isNews(job, e)) log.warn("job.failed job={}", job.name(), e);
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            }
        }
    }

    /** What stands in a job's way may stand there all night: the same words once a minute are enough. */
    private boolean isNews(Job job, Throwable e) {
        long now = System.nanoTime();
        String words = e.toString();
        Failure last = failures.get(job.name());
        if (last != null && last.words.equals(words) && now - last.saidAt < SAME_AGAIN_NANOS) return false;
        failures.put(job.name(), new Failure(words, now));
        return true;
    }

    private record Failure(String words, long saidAt) {}

    /** When the database is away every job finds out; one line is enough, and one when it is back. */
    private static boolean isOutage(Throwable thrown) {
        for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransactionSystemException ended && ended.getOriginalException() != null) {
                // The rollback failed too, for the same reason; why it was rolled back says more.
                if (isOutage(ended.getOriginalException())) return true;
            }
            if (!(cause instanceof SQLException sql) || sql.getSQLState() == null) continue;
            // 08: no connection; 57P01 to 57P03: it is being shut down, has crashed, or is starting
            if (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P0")) return true;
        }
        return false;
    }

    private synchronized void itIsAway(Job job, Throwable e) {
        if (awaySince == 0) {
            awaySince = System.nanoTime();
            log.warn(
                    "database.away: work waits until it answers again ({})",
                    NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
        awayAt = System.nanoTime();
        log.info("job.failed job={}", job.name(), e);
    }

    /** While it starts it lets some in and others not: back is who has kept still for some seconds. */
    private synchronized void itIsBack() {
        if (awaySince == 0 || System.nanoTime() - awayAt < BACK_AFTER_NANOS) return;
        log.warn("database.back; it was away for {} s", TimeUnit.NANOSECONDS.toSeconds(awayAt - awaySince));
        awaySince = 0;
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
