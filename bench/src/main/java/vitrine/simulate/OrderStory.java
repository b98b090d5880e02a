package vitrine.simulate;

import java.util.List;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import vitrine.books.Books;
import vitrine.books.Violation;
import vitrine.simulate.FaultTable.Step;

/** From a shop's message to a signed checkpoint: a small world of orders. */
final class OrderStory implements FaultTable.Story {

    static final List<Step> STEPS = List.of(
            new Step("deliver", "", "insert into deliveries"),
            new Step("fold", "orders-fold", "insert into orders"),
            new Step("get to know a buyer", "campaign-match", "insert into buyer_keys"),
            new Step("match", "campaign-match", "delete from order_changes"),
            new Step("award at once", "campaign-match", "insert into awards"),
            new Step("grant at once", "campaign-match", "insert into pieces"),
            new Step("judge again", "campaign-match", "delete from orders_to_judge"),
            new Step("ripen", "entitlements-ripen", "update entitlements"),
            new Step("award", "entitlements-award", "insert into awards"),
            new Step("grant", "entitlements-award", "insert into pieces"),
            new Step("award for the house", "house-gifts", "award_begun_at"),
            new Step("grant for the house", "house-gifts", "insert into pieces"),
            new Step("keep what the house gave", "house-gifts", "insert into announcements"),
            new Step("number events", "event-sequencer", "insert into events"),
            new Step("seal", "log-seal", "insert into log_records"),
            new Step("sign", "log-sign", "update logs set signed_size"),
            new Step("take a shop's turn", SimNode.RECONCILE, "reconcile_next <= ?"),
            new Step("keep what a shop's list tells", SimNode.RECONCILE, "insert into deliveries"),
            new Step("go on in a shop's list", SimNode.RECONCILE, "set reconcile_next = ?, reconcile_cursor"),
            new Step("read a shop's list", SimNode.RECONCILE, "set reconciled_until"),
            new Step("end a campaign", "campaign-ends", "update campaigns set ended_at"),
            new Step("look back at what was paid before", "campaign-look-back", "insert into order_changes"),
            new Step("want all judged again", "campaign-look-back", "insert into orders_to_judge"),
            new Step("keep how far it looked back", "campaign-look-back", "update campaigns set looked_back"),
            new Step("follow a join", "campaign-joins", "update verdicts set collector_id"),
            new Step("look again for a join", "campaign-joins", "delete from joins_to_check"));

    /** A world as small as may be in which each of them happens. */
    private static final long SEED = 33;

    private static final int ORDERS = 20;

    private final World world;

    OrderStory(World world) {
        this.world = world;
    }

    @Override
    public List<Step> steps() {
        return STEPS;
    }

    @Override
    public void play(Function<Act, Runnable> around) {
        world.play(new World.Plan(SEED, ORDERS, 1, Lives.Chances.NONE, 0, 0, 0), around);
    }

    @Override
    public SimNode node() {
        return world.nodes().getFirst();
    }

    /** There is one: it is started again. */
    @Override
    public void replace() {
        node().wire().revive();
    }

    @Override
    public List<Violation> violations() {
        return new Books(world.database().pool()).audit();
    }

    /** What the shops sent, and what came of it. How often an order was read from their lists hangs on when we looked. */
    @Override
    public List<String> end() {
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
                        select 'deliveries ' || count(*) from deliveries where delivery_id not like 'reconcile:%'
                        order by 1
                        """)
                .query(String.class)
                .list();
    }
}
