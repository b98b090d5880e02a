package vitrine.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeadlinesTest {

    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration LATE = Duration.ofMinutes(10);

    private final Deadlines deadlines = new Deadlines();

    @BeforeEach
    void start() {
        deadlines.start();
    }

    @AfterEach
    void stop() {
        deadlines.stop();
    }

    /** Somebody who waits, as a request does. */
    private record Waiter(CompletableFuture<String> coming, CompletableFuture<String> heard) {}

    private Waiter wait(Duration patience) {
        var waiter = new Waiter(new CompletableFuture<>(), new CompletableFuture<>());
        Thread.startVirtualThread(() -> {
            try {
                waiter.heard.complete(deadlines.await(waiter.coming, patience));
            } catch (TimeoutException e) {
                waiter.heard.complete("too late");
            } catch (ExecutionException | InterruptedException e) {
                waiter.heard.completeExceptionally(e);
            }
        });
        return waiter;
    }

    @Test
    void whoeverIsAnsweredInTimeHearsTheAnswer() {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 100; i++) waiters.add(wait(LATE));
        for (int i = 0; i < 100; i++) waiters.get(i).coming.complete("number " + i);
        for (int i = 0; i < 100; i++) assertThat(waiters.get(i).heard.join()).isEqualTo("number " + i);
        // Whoever was answered is not kept.
        while (deadlines.watched() > 0) LockSupport.parkNanos(1_000_000);
    }

    @Test
    void whoeverIsNotHearsSoAfterHerTimeAndNotBefore() {
        long begun = System.nanoTime();
        Waiter waiter = wait(SOON);
        assertThat(waiter.heard.join()).isEqualTo("too late");
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(SOON.toNanos());
        // So a writer that comes to it now sees that nobody waits.
        assertThat(waiter.coming).isCancelled();
    }

    @Test
    void whoeverMayWaitLongHoldsNobodyBack() {
        Waiter patient = wait(LATE);
        Waiter hurried = wait(SOON);
        assertThat(hurried.heard.join()).isEqualTo("too late");
        assertThat(patient.heard).isNotDone();
        patient.coming.complete("at last");
        assertThat(patient.heard.join()).isEqualTo("at last");
    }

    /** The thread that looks sleeps while nobody waits. */
    @Test
    void whoeverComesAfterAPauseIsLookedAtToo() {
        for (int round = 0; round < 3; round++) {
            assertThat(wait(SOON).heard.join()).isEqualTo("too late");
            while (deadlines.watched() > 0) LockSupport.parkNanos(1_000_000);
            LockSupport.parkNanos(120_000_000);
        }
    }

    @Test
    void anAnswerThatFailedSaysWhy() {
        var failed = new CompletableFuture<String>();
        failed.completeExceptionally(new IllegalStateException("the writer fell"));
        assertThatThrownBy(() -> deadlines.await(failed, LATE))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("the writer fell");
    }

    @Test
    void whoeverIsAnsweredBehindSomebodyWhoWaitsIsLetGoWithHer() {
        Waiter first = wait(LATE);
        while (deadlines.watched() == 0) LockSupport.parkNanos(1_000_000);
        Waiter second = wait(LATE);
        second.coming.complete("soon");
        assertThat(second.heard.join()).isEqualTo("soon");
        first.coming.complete("later");
        assertThat(first.heard.join()).isEqualTo("later");
        while (deadlines.watched() > 0) LockSupport.parkNanos(1_000_000);
    }

    @Test
    void whatWasStoppedCanBeStartedAgain() {
        deadlines.stop();
        deadlines.start();
        Waiter waiter = wait(LATE);
        while (deadlines.watched() == 0) LockSupport.parkNanos(1_000_000);
        waiter.coming.complete("there");
        assertThat(waiter.heard.join()).isEqualTo("there");
        assertThat(wait(SOON).heard.join()).isEqualTo("too late");
    }

    @Test
    void nobodyIsLeftWaitingByAServerThatStops() throws Exception {
        Waiter waiter = wait(LATE);
        while (deadlines.watched() == 0) LockSupport.parkNanos(1_000_000);
        deadlines.stop();
        assertThat(waiter.heard.join()).isEqualTo("too late");
        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> deadlines.await(new CompletableFuture<String>(), LATE));
        assertThat(deadlines.await(CompletableFuture.completedFuture("there"), LATE))
                .isEqualTo("there");
    }
}
