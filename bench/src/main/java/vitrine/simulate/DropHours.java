package vitrine.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.books.ClaimHistory.Quiet;
import vitrine.books.ClaimHistory.Told;
import vitrine.books.Violation;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Claiming;
import vitrine.drop.DropId;
import vitrine.drop.Drops;
import vitrine.identity.CollectorId;
import vitrine.platform.BrandId;
import vitrine.platform.Job;

/** The hours of a drop's world, one thing after the other, until everything is over. */
abstract class DropHours extends DropCrowd {

    private static final int ALONE_MOST = 8;

    DropHours(Ground ground, DropWorld.Story story, Random random, Set<String> part) {
        super(ground, story, random, part);
    }

    void run() {
        clock.moveTo(DropWorld.BEGIN);
        calm = true;
        found();
        calm = false;
        if (plan.crashes() > 0) for (SimNode node : nodes) cut(node);
        int seconds = Math.max(3, 1_200 / (1 + plan.claims() / 3));
        while (tried < plan.claims()) {
            clock.move(Duration.ofMillis(1 + random.nextInt(2_000 * seconds / hurry())));
            act();
            watchSoldOut();
        }
        end();
    }

    // ---- one thing after the other

    /** How much more than elsewhere happens in the same time. */
    int hurry() {
        return 1;
    }

    /** What happens next, in this kind of world. */
    abstract void act();

    /** What happens in all of them. */
    void everyday() {
        if (drops.isEmpty()) announce();
        if (random.nextInt(100) < plan.meetings()) {
            switch (random.nextInt(4)) {
                case 0 -> overlap();
                case 1 -> freezeInTransaction();
                case 2 -> freezeBefore();
                default -> confirmWhileItEnds();
            }
            return;
        }
        switch (random.nextInt(22)) {
            case 0, 1 -> confirm();
            case 2 -> pauseOrResume();
            case 3, 20 -> takeBack();
            case 4 -> {
                if (tried > plan.claims() / 2 && random.nextInt(3) == 0) endOne();
                else announce();
            }
            case 5, 6, 7 -> work();
            case 21 -> changeOfMind();
            case 8, 9, 10 -> alone();
            default -> burst();
        }
    }

    /** People at both nodes at once, some of them at both. */
    void burst() {
        List<Asking> asking = new ArrayList<>();
        for (SimNode node : nodes) asking.addAll(ask(node, some()));
        for (SimNode node : inAnyOrder()) write(node);
        hear(asking);
    }

    /** One alone, with nobody else about and the gates awake: what there is she gets. */
    void alone() {
        clock.move(Duration.ofSeconds(4));
        SimNode node = anyNode();
        Person who = people.get(random.nextInt(people.size()));
        Try what = fresh(node, who);
        // Most drops are over most of the time: somebody is looked for to whom one is still open.
        for (int n = 0; n < ALONE_MOST && (what == null || !free(what, who)); n++) {
            who = people.get(random.nextInt(people.size()));
            what = fresh(node, who);
        }
        tried++;
        if (what == null) return;
        boolean free = free(what, who);
        List<Asking> asking = new ArrayList<>();
        ask(node, who, what, asking);
        if (!write(node)) free = false;
        List<Claiming> heard = hear(asking);
        if (!free || heard.isEmpty() || heard.getFirst() instanceof Claiming.Busy) return;
        story.count("alone");
        // Who once pressed ahead may come to a number that she has used up, and in line there is but one.
        if (!(heard.getFirst() instanceof Claiming.Claimed
                || heard.getFirst() instanceof Claiming.HoldExpired
                || heard.getFirst() instanceof Claiming.TurnUsed))
            story.seen.add(new Violation(
                    "units_unsold", who.id + " was told " + heard.getFirst() + " while there were units for her"));
    }

    // ---- one in the other's way

    /** One holds the rows and has read them; the other wants the same, and waits, or goes through. */
    void overlap() {
        SimNode first = anyNode();
        SimNode second = other(first);
        List<Person> same = some();
        List<Asking> asking = new ArrayList<>(ask(first, same));
        asking.addAll(ask(second, random.nextBoolean() ? same : some()));
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        meet(first, "insert into claims (", () -> write(second), failed);
        write(first);
        join(failed);
        first.wire().stopMeeting();
        if (second.claims().waiting() > 0) write(second);
        hear(asking);
    }

    /** What sold out stays so: its hour never moves. */
    void watchSoldOut() {
        ground.books
                .sql("select stage_id, sold_out_at from drop_stages where sold_out_at is not null")
                .query(row -> {
                    UUID stage = row.getObject(1, UUID.class);
                    Instant at = row.getTimestamp(2).toInstant();
                    if (!soldOut.computeIfAbsent(stage, s -> at).equals(at))
                        story.seen.add(new Violation("sold_out_reopened", "stage " + stage + " gave more at " + at));
                });
    }

    final Map<UUID, Instant> soldOut = new HashMap<>();

    /** A node stops in the midst of its transaction, the database puts it out, and it thaws when much has happened. */
    void freezeInTransaction() {
        SimNode frozen = anyNode();
        List<Asking> asking = new ArrayList<>(ask(frozen, some()));
        frozen.wire().freeze("insert into claims (", () -> asleep(frozen, asking));
        write(frozen);
        frozen.wire().stopMeeting();
        hear(asking);
    }

    /** A node stops after its gate let people in and before it asked the database. */
    void freezeBefore() {
        SimNode frozen = anyNode();
        List<Asking> asking = new ArrayList<>(ask(frozen, some()));
        frozen.wire().meet("for update of d, s, st", () -> asleep(frozen, asking));
        write(frozen);
        frozen.wire().stopMeeting();
        hear(asking);
    }

    void asleep(SimNode frozen, List<Asking> asking) {
        story.count("frozen");
        SimNode other = other(frozen);
        // Those who waited at the frozen node come to the other.
        for (Asking each : List.copyOf(asking)) if (random.nextBoolean()) ask(other, each.who(), each.what(), asking);
        asking.addAll(ask(other, some()));
        write(other);
        if (random.nextInt(3) == 0) turn(other);
        clock.move(Duration.ofMillis(1 + random.nextInt(random.nextInt(3) == 0 ? 900_000 : 20_000)));
        jobs(other);
    }

    /** Her hold's time is over, and she confirms in that moment. */
    void confirmWhileItEnds() {
        Held held = held();
        if (held == null) return;
        if (held.until.isAfter(clock.instant())) clock.moveTo(held.until);
        SimNode first = anyNode();
        SimNode second = other(first);
        // A node had begun to end it, and died before it did.
        ground.books
                .sql("update claims set close_at = hold_until where claim_id = :claim and hold_until is not null")
                .param("claim", held.claim)
                .update();
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        meet(
                first,
                "delete from returned_serials",
                () -> attempt(second, () -> second.job("drop.sale-ends").run()),
                failed);
        confirm(first, held);
        join(failed);
        first.wire().stopMeeting();
    }

    // ---- what else happens

    record Held(DropId drop, CollectorId who, String key, UUID claim, Instant until) {}

    @Nullable
    Held held() {
        List<Held> all = ground.books
                .sql("""
                        select brand_id, drop_id, collector_id, encode(claim_key, 'hex'), claim_id, hold_until from claims k
                        join drop_stages s using (brand_id, drop_id, stage_id)
                        where k.hold_until is not null and s.price is null order by claim_id
                        """)
                .query((row, n) -> new Held(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        new CollectorId(row.getObject(3, UUID.class)),
                        row.getString(4),
                        row.getObject(5, UUID.class),
                        row.getTimestamp(6).toInstant()))
                .list();
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    void confirm() {
        for (int n = random.nextInt(4); n >= 0; n--) {
            Held held = held();
            if (held == null) return;
            confirm(anyNode(), held);
            if (random.nextInt(3) == 0) confirm(anyNode(), held);
        }
    }

    void confirm(SimNode node, Held held) {
        attempt(node, () -> {
            Integer serial = node.claims().confirm(held.drop, held.who, held.claim);
            story.count(serial == null ? "confirmed_too_late" : "confirmed");
            if (serial == null) return;
            story.told.add(
                    new Told(held.drop.value(), held.who.value(), held.key, "drop.claimed", held.claim, serial, null));
        });
    }

    /** A piece comes back to the stock by hand. */
    void takeBack() {
        List<PieceNumber> owned = ground.books
                .sql("select brand_id, collectible_id, serial from pieces where state = 'owned' order by 2, 3")
                .query((row, n) -> new PieceNumber(
                        new CollectibleId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getInt(3)))
                .list();
        if (owned.isEmpty()) {
            jobs(anyNode());
            return;
        }
        SimNode node = anyNode();
        PieceNumber one = owned.get(random.nextInt(owned.size()));
        if (attempt(node, () -> node.bean(TransactionTemplate.class)
                .executeWithoutResult(s -> node.bean(Drops.class).takeBack(List.of(one), "returned"))))
            story.count("taken_back");
        burst();
    }

    void work() {
        if (random.nextInt(4) != 0) {
            jobs(anyNode());
            return;
        }
        // Both do all of theirs at once, on real threads.
        story.count("rounds_together");
        List<Asking> asking = new ArrayList<>();
        for (SimNode node : nodes) asking.addAll(ask(node, some()));
        List<Runnable> all = new ArrayList<>();
        for (SimNode node : nodes)
            all.add(() -> {
                write(node);
                for (Job job : jobsOf(node)) attempt(node, job::run);
            });
        together(all);
        hear(asking);
    }

    // ---- the end of time

    void end() {
        calm = true;
        for (SimNode node : nodes) if (node.wire().isDead()) replace(node);
        dead.clear();
        clock.move(Duration.ofSeconds(5));
        everybodyAgain();
        drain();
        clock.move(Duration.ofHours(30)); // all is over, each hold and each pass
        everybodyAgain();
        drain();
        clock.move(Duration.ofDays(1));
        drain();
        settle();
        paused.forEach((drop, since) -> story.quiets.add(new Quiet(drop, since, null)));
    }

    /** What else comes to its end when all is over. */
    void settle() {}
}
