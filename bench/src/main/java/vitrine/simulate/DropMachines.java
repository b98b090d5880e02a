package vitrine.simulate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import vitrine.platform.Job;

/** The nodes of a drop's world: their work by hand, the meeting of two in the midst of a transaction, and how they die. */
abstract class DropMachines {

    final Ground ground;
    final HandClock clock;
    final List<SimNode> nodes;
    final DropWorld.Story story;
    final DropWorld.Plan plan;
    final Random random;
    boolean calm;

    /** The workers that have a part in this world. */
    private final Set<String> part;

    DropMachines(Ground ground, DropWorld.Story story, Random random, Set<String> part) {
        this.ground = ground;
        this.clock = ground.clock;
        this.nodes = ground.nodes;
        this.story = story;
        this.plan = story.plan;
        this.random = random;
        this.part = part;
    }

    // ---- their work

    List<Job> jobsOf(SimNode node) {
        return node.jobs().stream().filter(job -> part.contains(job.name())).toList();
    }

    void jobs(SimNode node) {
        List<Job> jobs = new ArrayList<>(jobsOf(node));
        Collections.shuffle(jobs, random);
        for (Job job : jobs) attempt(node, job::run);
    }

    void drain() {
        boolean more = true;
        for (int rounds = 0; more; rounds++) {
            more = false;
            for (int i = 0; i < part.size(); i++)
                more |= jobsOf(anyNode()).get(i).run();
            if (rounds > 500) throw new IllegalStateException("the work does not come to an end");
        }
    }

    // ---- one in the other's way

    @Nullable
    Thread meanwhile;

    /** When the first is about to say this, the other begins, until it is done or waits for the first. */
    void meet(SimNode first, String fragment, Runnable other, List<Throwable> failed) {
        first.wire().meet(fragment, () -> {
            story.count("overlaps");
            Thread thread = Thread.ofPlatform().name("meanwhile").unstarted(other);
            thread.setUncaughtExceptionHandler((t, why) -> failed.add(why));
            meanwhile = thread;
            thread.start();
            while (thread.isAlive() && !somebodyWaits()) LockSupport.parkNanos(1_000_000);
        });
    }

    /** All at once, on real threads. */
    void together(List<Runnable> all) {
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (Runnable each : all) {
            Thread thread = Thread.ofPlatform().name("together").unstarted(each);
            thread.setUncaughtExceptionHandler((t, why) -> failed.add(why));
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            meanwhile = thread;
            join(failed);
        }
    }

    void join(List<Throwable> failed) {
        Thread thread = meanwhile;
        meanwhile = null;
        try {
            if (thread != null) thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (!failed.isEmpty()) throw new IllegalStateException("meanwhile", failed.getFirst());
    }

    boolean somebodyWaits() {
        return ground.books.sql("""
                select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                """).query(Integer.class).single() > 0;
    }

    // ---- what becomes of them

    final Set<SimNode> dead = new HashSet<>();

    void cut(SimNode node) {
        var own = new Random(plan.seed() * 17 + node.name().hashCode());
        node.wire().fates(what -> {
            if (calm || own.nextInt(10_000) >= plan.crashes()) return Wire.Fate.NOTHING;
            Wire.Fate fate = Wire.Fate.values()[1 + own.nextInt(4)];
            story.count(fate.name().startsWith("DIES") ? "crashes" : "broken_connections");
            return fate;
        });
    }

    SimNode anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    SimNode other(SimNode node) {
        return nodes.get(0) == node ? nodes.get(1) : nodes.get(0);
    }

    List<SimNode> inAnyOrder() {
        List<SimNode> some = new ArrayList<>(nodes);
        Collections.shuffle(some, random);
        return some;
    }

    boolean attempt(SimNode node, Runnable act) {
        try {
            act.run();
            // A worker that asks many at once leaves the dying to its threads.
            if (!node.wire().isDead()) return true;
            replace(node);
            return false;
        } catch (RuntimeException | Died e) {
            if (died(e)) replace(node);
            else if (!outside(e)) throw e;
            else story.count("tried_again");
            return false;
        }
    }

    /** Again and again until the node answers. */
    void insist(SimNode node, Runnable act) {
        while (!attempt(node, act)) story.count("insisted");
    }

    static boolean died(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) if (cause instanceof Died) return true;
        return false;
    }

    static boolean outside(Throwable e) {
        return e instanceof DataAccessException || e instanceof TransactionException;
    }

    synchronized void replace(SimNode node) {
        node.wire().revive();
        node.claims().forget();
        dead.add(node);
    }
}
