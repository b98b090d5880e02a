package vitrine.bench;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * So many a second, each at its time, whatever became of the others. One thread of the system looks at the clock for everybody, twice a
 * millisecond: a thousand virtual threads that wait with a time each would cost the driver more than what they measure.
 */
final class Timetable {

    private static final long LOOK_NANOS = 500_000;

    private final long begin;
    private final int perSecond;
    private final int count;
    private final Semaphore due = new Semaphore(0);
    private final AtomicInteger next = new AtomicInteger();

    /**
     * @param begin when the first is due, by {@link System#nanoTime}
     * @param count how many there are
     */
    Timetable(long begin, int perSecond, int count) {
        this.begin = begin;
        this.perSecond = perSecond;
        this.count = count;
        Thread.ofPlatform().daemon().name("timetable").start(this::call);
    }

    private void call() {
        int called = 0;
        while (called < count) {
            int now = called;
            while (now < count && due(now) <= System.nanoTime()) now++;
            due.release(now - called);
            called = now;
            LockSupport.parkNanos(LOOK_NANOS);
        }
        due.release(); // for whoever comes after the last, who hands it on
    }

    /** Waits until one more is due: which one, from 0 on. Below 0: that was all. */
    int next() {
        due.acquireUninterruptibly();
        int mine = next.getAndIncrement();
        if (mine < count) return mine;
        due.release();
        return -1;
    }

    /** When this one was due, by {@link System#nanoTime}. */
    long due(int which) {
        return begin + which * 1_000_000_000L / perSecond;
    }
}
