package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;

/** What a terminal shows at night when the workers cannot work. */
class JobsTest {

    private final Logger log = (Logger) LoggerFactory.getLogger(Jobs.class);
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> listening = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) warnings.add(event.getFormattedMessage());
        }
    };

    @BeforeEach
    void listen() {
        listening.start();
        log.addAppender(listening);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(listening);
    }

    /** Fails each time that it runs, so many times at the least. */
    private static final class Failing implements Job {
        private final String name;
        private final Supplier<RuntimeException> why;
        final CountDownLatch failed;

        Failing(String name, int times, Supplier<RuntimeException> why) {
            this.name = name;
            this.why = why;
            this.failed = new CountDownLatch(times);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Duration pause() {
            return Duration.ofSeconds(1);
        }

        @Override
        public boolean run() {
            failed.countDown();
            throw why.get();
        }
    }

    private static void await(Jobs jobs, Failing... all) throws InterruptedException {
        for (Failing job : all) {
            for (int tries = 0; !job.failed.await(20, TimeUnit.MILLISECONDS); tries++) {
                assertThat(tries).as(job.name + " runs").isLessThan(1_000);
                jobs.wake(job.name); // it need not sleep out its pause
            }
        }
    }

    @Test
    void aDatabaseThatIsAwayIsSaidOnceForAllWorkers() throws Exception {
        Supplier<RuntimeException> away = () -> new DataAccessResourceFailureException(
                "no connection", new SQLException("terminating connection", "57P01"));
        var fold = new Failing("orders-fold", 2, away);
        var match = new Failing("campaign-match", 2, away);
        var seal = new Failing("log-seal", 2, away);
        var jobs = new Jobs(List.of(fold, match, seal), "running");
        jobs.start();
        await(jobs, fold, match, seal);
        jobs.stop();
        assertThat(warnings)
                .containsExactly("database.away: work waits until it answers again (terminating connection)");
    }

    @Test
    void aWorkerThatKeepsFailingForOneReasonIsSaidOnceAMinuteAndForAnotherAtOnce() throws Exception {
        var reasons = new CopyOnWriteArrayList<>(List.of("the first", "the first", "the first", "another"));
        var stuck = new Failing(
                "log-seal",
                5,
                () -> new IllegalStateException(reasons.size() > 1 ? reasons.removeFirst() : reasons.getFirst()));
        var jobs = new Jobs(List.of(stuck), "running");
        jobs.start();
        await(jobs, stuck);
        jobs.stop();
        assertThat(warnings).containsExactly("job.failed job=log-seal", "job.failed job=log-seal");
    }
}
