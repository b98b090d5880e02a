package vitrine.simulate;

import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;
import vitrine.books.Books;
import vitrine.books.Violation;

/**
 * Every step from a shop's message to a signed checkpoint, failing in every way that it can fail: before it wrote anything, after it
 * wrote and before it committed, and after its commit when the answer is lost; once as a broken connection that the node lives
 * through, once as the node's death. The step is done again, as its worker would, and the end must be the same as without.
 */
final class FaultTable {

    /** A step is a worker, or the inbox, and the statement that is its first to write. */
    enum Step {
        DELIVER("", "insert into deliveries"),
        FOLD("orders-fold", "insert into orders"),
        MATCH("campaign-match", "insert into verdicts"),
        AWARD_AT_ONCE("campaign-match", "insert into awards"),
        GRANT_AT_ONCE("campaign-match", "insert into pieces"),
        RIPEN("entitlements-ripen", "update entitlements"),
        AWARD("entitlements-award", "insert into awards"),
        GRANT("entitlements-award", "insert into pieces"),
        AWARD_FOR_THE_HOUSE("house-gifts", "award_begun_at"),
        GRANT_FOR_THE_HOUSE("house-gifts", "insert into pieces"),
        NUMBER_EVENTS("event-sequencer", "insert into events"),
        SEAL("log-seal", "insert into log_records"),
        SIGN("log-sign", "update logs set signed_size"),
        RECONCILE(SimNode.RECONCILE, "set reconciled_until"),
        FOLLOW_A_JOIN("campaign-joins", "update verdicts set collector_id"),
        LOOK_AGAIN_FOR_A_JOIN("campaign-joins", "delete from joins_to_check");

        final String worker;
        final String firstWrite;

        Step(String worker, String firstWrite) {
            this.worker = worker;
            this.firstWrite = firstWrite;
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
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

    /** @param struck whether the fault happened at all: a table whose faults never strike shows nothing */
    record Row(Step step, Fault fault, boolean struck, List<String> end, List<Violation> violations) {}

    private static final long SEED = 13;
    private static final int ORDERS = 48;

    private final World world;

    FaultTable(World world) {
        this.world = world;
    }

    /** The end without any fault. */
    List<String> undisturbed() {
        play(null);
        return end();
    }

    Row row(Step step, Fault fault) {
        Strike strike = new Strike(step, fault);
        play(strike);
        return new Row(
                step, fault, strike.struck, end(), new Books(world.database().pool()).audit());
    }

    private void play(@org.jspecify.annotations.Nullable Strike strike) {
        var plan = new World.Plan(SEED, ORDERS, 1, Lives.Chances.NONE, 0, 0, 0);
        world.play(plan, strike == null ? act -> act : act -> () -> strike.around(act));
    }

    /** One fault, at the first time that the step does something. */
    private final class Strike {
        private final Step step;
        private final Fault fault;
        private boolean struck;

        Strike(Step step, Fault fault) {
            this.step = step;
            this.fault = fault;
        }

        void around(World.Act act) {
            if (struck || !act.worker().equals(step.worker)) {
                act.run();
                return;
            }
            Wire wire = world.nodes().getFirst().wire();
            boolean[] writing = new boolean[1];
            wire.meet(step.firstWrite, () -> {
                writing[0] = true;
                if (fault == Fault.BREAKS_BEFORE_WRITING)
                    throw new org.springframework.dao.DataAccessResourceFailureException("broke");
                if (fault == Fault.DIES_BEFORE_WRITING) throw new Died("before it wrote");
            });
            wire.fates(what -> {
                if (!writing[0] && !what.contains(step.firstWrite)) return Wire.Fate.NOTHING;
                writing[0] = false;
                wire.fates(null);
                return switch (fault) {
                    case BREAKS_BEFORE_WRITING, DIES_BEFORE_WRITING -> Wire.Fate.NOTHING;
                    case BREAKS_BEFORE_COMMIT -> Wire.Fate.BREAKS_BEFORE;
                    case BREAKS_AFTER_COMMIT -> Wire.Fate.BREAKS_AFTER;
                    case DIES_BEFORE_COMMIT -> Wire.Fate.DIES_BEFORE;
                    case DIES_AFTER_COMMIT -> Wire.Fate.DIES_AFTER;
                };
            });
            try {
                act.run();
            } catch (DataAccessException | TransactionException | Died e) {
                struck = true;
                wire.revive();
                wire.fates(null);
                wire.stopMeeting();
                act.run(); // its worker comes again
            } finally {
                wire.fates(null);
                wire.stopMeeting();
            }
        }
    }

    /** All that somebody could see of the end, without the ids that differ from run to run. */
    private List<String> end() {
        return JdbcClient.create(world.database().pool())
                .sql("""
                        select 'order ' || o.number || ' ' || o.is_test || ' ' || coalesce(o.paid_at::text, '-')
                            || ' ' || coalesce(o.receipt_at::text, '-') || ' ' || o.lines::text from orders o
                        union all
                        select 'verdict ' || f.pieces_taken || ' ' || v.code || ' ' || v.counted || ' ' || o.number
                            from verdicts v join offers f using (offer_id) join orders o on o.order_id = v.order_id
                        union all
                        select 'right ' || o.number || ' ' || e.state || ' ' || coalesce(e.due_at::text, '-') || ' ' || c.slug
                            from entitlements e join orders o on o.order_id = e.order_id
                            join collectibles c on c.collectible_id = e.collectible_id
                        union all
                        select 'stock ' || c.slug || ' ' || coalesce(s.available::text, '-') || ' ' || s.held || ' ' || s.granted
                            || ' ' || s.last_serial from stock s join collectibles c using (collectible_id)
                        union all
                        select 'piece ' || c.slug || ' ' || p.serial || ' ' || p.state from pieces p join collectibles c using (collectible_id)
                        union all
                        select 'records ' || kind || ' ' || count(*) from piece_records group by kind
                        union all
                        select 'events ' || type || ' ' || count(*) from events where type <> 'collectors.joined' group by type
                        union all
                        select 'log ' || size || ' ' || signed_size from logs
                        union all
                        select 'deliveries ' || count(*) from deliveries
                        order by 1
                        """)
                .query(String.class)
                .list();
    }
}
