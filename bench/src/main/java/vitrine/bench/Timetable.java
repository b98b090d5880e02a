package vitrine.bench;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * So many a second, each at its time, whatever became of the others. One thread of the system looks at the clock for everybody, at most
 * twice a millisecond, and wakes whoever is due: a thousand virtual threads that wait with a time each would cost the driver more than what they
 * measure, and those who stand in line at a semaphore wake each other one behind the other.
 */
final class Timetable {

    private static final long LOOK_NANOS = 500_000;

    private final long begin;
    private final int perSecond;
    private final int count;
    private final AtomicReferenceArray<Thread> waiting;
    private final AtomicInteger next = new AtomicInteger();
    private volatile int called;

    /**
     * @param begin when the first is due, by {@link System#nanoTime}
     * @param count how many there are
     */
    Timetable(long begin, int perSecond, int count) {
        this.begin = begin;
        this.perSecond = perSecond;
        this.count = count;
        this.waiting = new AtomicReferenceArray<>(count);
        Thread.ofPlatform().daemon().name("timetable").start(this::call);
    }

    private void call() {
        for (int which = 0; which < count; which++) {
            for (long wait = due(which) - System.nanoTime(); wait > 0; wait = due(which) - System.nanoTime())
                LockSupport.parkNanos(Math.max(LOOK_NANOS, wait));
            called = which + 1;
            Thread waits = waiting.get(which);
            if (waits != null) LockSupport.unpark(waits);
        }
    }

    /** Waits until one more is due: which one, from 0 on. Below 0: that was all. */
    int next() {
        int mine = next.getAndIncrement();
        if (mine >= count) return -1;
        if (called <= mine) {
            waiting.set(mine, Thread.currentThread());
            while (called <= mine) LockSupport.park(this);
            waiting.set(mine, null);
        }
        return mine;
    }

    /** When this one was due, by {@link System#nanoTime}. */
    long due(int which) {
        return begin + which * 1_000_000_000L / perSecond;
    }
}
