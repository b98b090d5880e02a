package vitrine.simulate;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionException;
import vitrine.books.Violation;

/**
 * Every step of a story, failing in every way that it can fail: before it wrote anything, after it wrote and before it committed, and
 * after its commit when the answer is lost; once as a broken connection that the node lives through, once as the node's death. The step
 * is done again, as its worker would, and the end must be the same as without.
 */
final class FaultTable {

    /** What is played from its first act to its end, each time the same. */
    interface Story {

        /** Of each of its transactions one. */
        List<Step> steps();

        /** Transactions that belong together, by the statement before which they are cut in two to see whether anybody notices. */
        default List<Step> cuts() {
            return List.of();
        }

        /** @param around gets each act of a node, and does it */
        void play(Function<Act, Runnable> around);

        /** The node that acts now. */
        SimNode node();

        /** That node is dead, and another goes on. */
        void replace();

        /** All that somebody could see of the end, without the ids that differ from run to run. */
        List<String> end();

        List<Violation> violations();
    }

    /**
     * A transaction.
     *
     * @param act in which it is
     * @param firstWrite words of the statement that is its first to write
     */
    record Step(String name, String act, String firstWrite) {
        @Override
        public String toString() {
            return name;
        }
    }

    enum Fault {
        BREAKS_BEFORE_WRITING("loses its connection before it writes"),
        BREAKS_BEFORE_COMMIT("loses its connection before the commit"),
        BREAKS_AFTER_COMMIT("loses the answer to its commit"),
        DIES_BEFORE_WRITING("dies before it writes"),
        DIES_BEFORE_COMMIT("dies before the commit"),
        DIES_AFTER_COMMIT("dies after the commit");

        private final String words;

        Fault(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * What was committed at once.
     *
     * @param what the statements of it that changed something
     */
    record Transaction(String act, String what) {}

    record Undisturbed(List<String> end, List<Violation> violations, Set<Transaction> transactions) {}

    /** @param struck whether the fault happened at all: a table whose faults never strike shows nothing */
    record Row(Step step, Fault fault, boolean struck, List<String> end, List<Violation> violations) {}

    /** Somebody asked a node for something, and it answered that it could not do it. */
    static final class NotDone extends RuntimeException {

        private static final long serialVersionUID = 1;

        NotDone(String what) {
            super(what);
        }
    }

    private final Story story;
    private final Undisturbed undisturbed;
    /** The how-manieth time that its statement comes is the first that it changes something. */
    private final Map<Step, Integer> firsts = new HashMap<>();

    FaultTable(Story story) {
        this.story = story;
        var seen = new Seen();
        story.play(act -> () -> seen.during(act));
        undisturbed = new Undisturbed(story.end(), story.violations(), seen.transactions);
    }

    /** Whether one of these steps is what was committed here. */
    static boolean isIn(List<Step> steps, Transaction one) {
        return steps.stream().anyMatch(step -> step.act.equals(one.act) && one.what.contains(step.firstWrite));
    }

    List<Step> steps() {
        return story.steps();
    }

    List<Step> cuts() {
        return story.cuts();
    }

    @Override
    public String toString() {
        return story.toString();
    }

    /** The end without any fault. */
    Undisturbed undisturbed() {
        return undisturbed;
    }

    Row row(Step step, Fault fault) {
        return row(new Strike(step, fault, Wire.Mischief.NONE));
    }

    /** The same with a server that commits by itself what came before this statement, and dies then. */
    Row cut(Step before) {
        var strike = new Strike(before, Fault.DIES_BEFORE_COMMIT, new Wire.Mischief() {
            @Override
            public boolean cutsBefore(String sql) {
                return sql.contains(before.firstWrite);
            }
        });
        try {
            return row(strike);
        } catch (RuntimeException e) {
            // Whoever does it again finds what cannot be, and says so.
            return new Row(before, strike.fault, strike.struck, List.of(e.toString()), List.of());
        }
    }

    private Row row(Strike strike) {
        story.play(act -> () -> strike.around(act));
        return new Row(strike.step, strike.fault, strike.struck, story.end(), story.violations());
    }

    /** Looks on while nothing fails. */
    private final class Seen {
        private final Map<Step, Integer> came = new HashMap<>();
        private final Set<Transaction> transactions = new LinkedHashSet<>();

        void during(Act act) {
            List<Step> its = Stream.concat(story.steps().stream(), story.cuts().stream())
                    .filter(step -> step.act.equals(act.name()))
                    .toList();
            Wire wire = story.node().wire();
            wire.watch(new Wire.Watch() {
                // Counted as the wire's meetings do: what only reads may have the same words.
                @Override
                public synchronized void says(String sql) {
                    for (Step step : its) if (sql.contains(step.firstWrite)) came.merge(step, 1, Integer::sum);
                }

                @Override
                public synchronized void wrote(String sql, boolean changed) {
                    for (Step step : its)
                        if (changed && sql.contains(step.firstWrite))
                            firsts.putIfAbsent(step, came.getOrDefault(step, 1));
                }

                @Override
                public synchronized void committed(String what) {
                    transactions.add(new Transaction(act.name(), what));
                }
            });
            try {
                act.run();
            } finally {
                wire.watch(Wire.Watch.NONE);
            }
        }
    }

    /** One fault, at the first time that the step does something. */
    private final class Strike {
        private final Step step;
        private final Fault fault;
        private final Wire.Mischief mischief;
        private final @Nullable Integer first;
        private int came;
        private volatile boolean struck;

        Strike(Step step, Fault fault, Wire.Mischief mischief) {
            this.step = step;
            this.fault = fault;
            this.mischief = mischief;
            this.first = firsts.get(step);
        }

        void around(Act act) {
            if (struck || first == null || !act.name().equals(step.act)) {
                act.run();
                return;
            }
            Wire wire = story.node().wire();
            await(wire);
            wire.fates(this::fate);
            wire.mischief(mischief);
            boolean failed = false;
            try {
                act.run();
            } catch (DataAccessException | TransactionException | NotDone | Died e) {
                if (!struck) throw e;
                failed = true;
            } finally {
                wire.fates(null);
                wire.mischief(Wire.Mischief.NONE);
                wire.stopMeeting();
            }
            boolean dead = wire.isDead();
            if (dead) story.replace();
            if (dead || failed) act.run(); // its worker comes again, or who asked asks again
        }

        private void await(Wire wire) {
            wire.meet(step.firstWrite, () -> {
                if (++came < java.util.Objects.requireNonNull(first)) {
                    await(wire);
                    return;
                }
                switch (fault) {
                    case BREAKS_BEFORE_WRITING -> {
                        struck = true;
                        throw new DataAccessResourceFailureException("broke");
                    }
                    case DIES_BEFORE_WRITING -> {
                        struck = true;
                        throw wire.dies("before it wrote");
                    }
                    default -> {}
                }
            });
        }

        private Wire.Fate fate(String what) {
            if (struck || came < java.util.Objects.requireNonNull(first) || !what.contains(step.firstWrite))
                return Wire.Fate.NOTHING;
            struck = true;
            return switch (fault) {
                case BREAKS_BEFORE_WRITING, DIES_BEFORE_WRITING -> Wire.Fate.NOTHING;
                case BREAKS_BEFORE_COMMIT -> Wire.Fate.BREAKS_BEFORE;
                case BREAKS_AFTER_COMMIT -> Wire.Fate.BREAKS_AFTER;
                case DIES_BEFORE_COMMIT -> Wire.Fate.DIES_BEFORE;
                case DIES_AFTER_COMMIT -> Wire.Fate.DIES_AFTER;
            };
        }
    }
}
