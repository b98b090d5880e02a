package vitrine.simulate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.books.LineHistory;
import vitrine.books.LineHistory.Joined;
import vitrine.books.Violation;
import vitrine.drop.Claiming;
import vitrine.drop.ClaimsByHand;
import vitrine.drop.Drop;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Entrances;
import vitrine.drop.LineByHand;
import vitrine.drop.Lots;
import vitrine.drop.Stage;
import vitrine.drop.WaitingRoom;
import vitrine.platform.BrandId;
import vitrine.sandbox.DrandNetwork;

/**
 * Pieces for which people stand in line: they come before the opening and after it, are placed by a lot that may be late, and are
 * called. Some try to claim before, with a place that they wrote themselves, with somebody else's ticket, with one of another drop,
 * twice, and from two devices at once.
 */
final class LineHours extends DropHours {

    private static final Set<String> PART = FreeHours.and("drop.lists", "drop.lots", "drop.calls");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A ticket that somebody was given. */
    private record Ticket(Person who, DropId drop, UUID stage, String pass) {}

    private final OutsideHosts hosts;
    private final List<Joined> joined = new ArrayList<>();
    private final List<Ticket> tickets = new ArrayList<>();

    LineHours(Ground ground, DropWorld.Story story) {
        super(ground, story, new Random(story.plan.seed() * 17 + 7), PART);
        hosts = ground.hosts();
    }

    /** Here a person is a collector; who is behind several is looked at in the other worlds. */
    @Override
    boolean checksHumans() {
        return false;
    }

    @Override
    DropDraft.StageDraft shaped(DropDraft.StageDraft stage) {
        return random.nextInt(6) == 0 ? stage : stage.by(Stage.Mode.QUEUE);
    }

    /** A line moves by the second. */
    @Override
    int hurry() {
        return 6;
    }

    @Override
    void act() {
        if (nothingOpens()) announce();
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> arrive();
            case 5, 6, 7, 8 -> callSome();
            case 9 -> relays();
            case 10 -> bringByHand();
            case 11, 12 -> jump();
            case 13 -> copied();
            case 14 -> arriveWhileItCloses();
            default -> everyday();
        }
    }

    @Override
    synchronized void replace(SimNode node) {
        super.replace(node);
        node.line().startAgain();
    }

    // ---- they come

    private @Nullable Drop someDrop(SimNode node) {
        if (drops.isEmpty()) return null;
        DropId id = drops.get(drops.size() - 1 - random.nextInt(Math.min(2, drops.size())));
        List<Drop> found = new ArrayList<>();
        attempt(node, () -> found.add(node.bean(DropPlans.class).find(id).orElseThrow()));
        return found.isEmpty() ? null : found.getFirst();
    }

    private void arrive() {
        for (Person who : some()) {
            tried++;
            SimNode node = anyNode();
            Drop drop = someDrop(node);
            if (drop != null) come(node, drop, who);
        }
    }

    private void come(SimNode node, Drop drop, Person who) {
        Stage stage = drop.stageAt(clock.instant());
        Entrances.Coming coming = node.line().come(drop, who.id, node.wire()::isDead);
        if (node.wire().isDead()) {
            replace(node);
            return;
        }
        if (coming == null || stage == null) return;
        story.count("came_" + coming.code().substring("drop.".length()).replace('-', '_'));
        if (coming instanceof Entrances.Coming.Came came && came.how() instanceof WaitingRoom.Joining.Joined)
            joined.add(new Joined(stage.id(), who.id.value(), !clock.instant().isBefore(stage.listCloses())));
    }

    /** One node closes the list while somebody comes in at the other. */
    private void arriveWhileItCloses() {
        SimNode first = anyNode();
        SimNode second = other(first);
        Drop drop = someDrop(second);
        if (drop == null) return;
        List<Person> crowd = some();
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        meet(first, "update queues set closed_at", () -> crowd.forEach(who -> come(second, drop, who)), failed);
        attempt(first, () -> first.job("drop.lists").run());
        join(failed);
        first.wire().stopMeeting();
    }

    // ---- they are called

    private void callSome() {
        for (int n = random.nextInt(3); n >= 0; n--) {
            SimNode node = anyNode();
            attempt(node, () -> node.job("drop.lists").run());
            attempt(node, () -> node.job("drop.lots").run());
            // Now and then it is late, and so may be the list.
            if (calm || random.nextInt(4) > 0) {
                attempt(node, () -> node.job("log-seal").run());
                attempt(node, () -> node.job("log-sign").run());
            }
            Map<UUID, Integer> before = called();
            attempt(node, () -> node.job("drop.calls").run());
            for (Map.Entry<UUID, Integer> each : called().entrySet()) {
                int more = each.getValue() - before.getOrDefault(each.getKey(), 0);
                if (more == 0) continue;
                story.count("calls");
                notBeyond(each.getKey());
            }
            if (n > 0) clock.move(Duration.ofMillis(500 + random.nextInt(2_000)));
        }
    }

    private Map<UUID, Integer> called() {
        Map<UUID, Integer> called = new LinkedHashMap<>();
        ground.books
                .sql("select stage_id, called from queues order by stage_id")
                .query(row -> {
                    called.put(row.getObject(1, UUID.class), row.getInt(2));
                });
        return called;
    }

    private record Room(int promised, int room) {}

    /** At a call there is a piece for each who was called in the last minute and has not claimed. */
    private void notBeyond(UUID stage) {
        Room now = ground.books
                .sql("""
                        select q.called - long_ago.up_to - came.n as promised,
                            least(coalesce(st.available, 1000000), coalesce(s.cap - s.taken, 1000000)) as room
                        from queues q join drop_stages s using (brand_id, drop_id, stage_id)
                        join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id,
                        lateral (select coalesce(max(c.up_to), 0) as up_to from queue_calls c
                            where c.stage_id = q.stage_id and c.called_at <= :long_ago) long_ago,
                        lateral (select count(*)::int as n from queue_arrivals a
                            where a.stage_id = q.stage_id and a.place > long_ago.up_to and a.place <= q.called and exists (
                                select from claims k where k.stage_id = a.stage_id and k.collector_id = a.collector_id)) came
                        where q.stage_id = :stage
                        """)
                .param("long_ago", java.sql.Timestamp.from(clock.instant().minus(PATIENCE)))
                .param("stage", stage)
                .query((row, n) -> new Room(row.getInt(1), row.getInt(2)))
                .single();
        if (now.promised > now.room)
            story.seen.add(new Violation(
                    "called_beyond", now.promised + " have their turn in " + stage + ", and there are " + now.room));
    }

    /** Who was called comes in, and nobody else does. */
    @Override
    void entered(SimNode node, Person who, Entrances.Entrance entrance) {
        if (!(entrance instanceof Entrances.Entrance.Admitted admitted)
                || admitted.stage().mode() != Stage.Mode.QUEUE) return;
        LineByHand.Ticket ticket = node.line().read(admitted.pass());
        Integer place = ground.books
                .sql("""
                        select a.place from queue_arrivals a join queues q using (brand_id, drop_id, stage_id)
                        where a.stage_id = :stage and a.collector_id = :who and a.place <= q.called
                        """)
                .param("stage", admitted.stage().id())
                .param("who", who.id.value())
                .query(Integer.class)
                .optional()
                .orElse(null);
        if (ticket == null || place == null || place != ticket.place()) {
            story.seen.add(new Violation("jumped", who.id + " was given " + ticket + " and has place " + place));
            return;
        }
        story.count("tickets");
        tickets.add(new Ticket(who, ticket.drop(), ticket.stage(), admitted.pass()));
    }

    @Override
    void beforeEntering(SimNode node) {
        node.line().lookAgain();
    }

    // ---- the random round

    private void relays() {
        hosts.relays(
                switch (random.nextInt(4)) {
                    case 0 -> "away";
                    case 1 -> "lies";
                    default -> "back";
                });
        callSome();
    }

    private record Awaited(DropId drop, UUID stage, long round) {}

    /** A colleague brings the round that no relay had, or another one. */
    private void bringByHand() {
        List<Awaited> all = ground.books
                .sql(
                        "select brand_id, drop_id, stage_id, round from queues where round is not null and drawn_at is null order by stage_id")
                .query((row, n) -> new Awaited(
                        new DropId(new BrandId(row.getObject(1, UUID.class)), row.getObject(2, UUID.class)),
                        row.getObject(3, UUID.class),
                        row.getLong(4)))
                .list();
        if (all.isEmpty()) return;
        Awaited one = all.get(random.nextInt(all.size()));
        Instant comes = DrandNetwork.CHAIN.timeOf(one.round);
        if (random.nextInt(3) == 0 && clock.instant().isBefore(comes.plusSeconds(301)))
            clock.moveTo(comes.plusSeconds(301));
        boolean wrong = random.nextInt(3) == 0;
        SimNode node = anyNode();
        attempt(node, () -> {
            Lots.Bringing answer = node.bean(Lots.class)
                    .bring(
                            one.drop,
                            one.stage,
                            HexFormat.of().formatHex(DrandNetwork.sign(wrong ? one.round + 1 : one.round)));
            story.count("brought_" + answer.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
            if (answer instanceof Lots.Bringing.Drawn
                    && (wrong || clock.instant().isBefore(comes)))
                story.seen.add(new Violation("order_not_lot", "drawn with what was not its round: " + one));
        });
    }

    // ---- those who will not wait

    /** Whatever somebody makes of a pass that she was not given for this gives her nothing. */
    private void jump() {
        SimNode node = anyNode();
        Drop drop = someDrop(node);
        Stage stage = drop == null ? null : drop.stageAt(clock.instant());
        if (drop == null || stage == null || stage.mode() != Stage.Mode.QUEUE) return;
        Person who = people.get(random.nextInt(people.size()));
        String plain = node.claims().passFor(drop.id(), stage.id(), who.id, null, stage.limit());
        Ticket ticket = tickets.isEmpty() ? null : tickets.get(random.nextInt(tickets.size()));
        String pass =
                switch (random.nextInt(ticket == null ? 2 : 6)) {
                    case 0 -> plain;
                    case 1 -> LineByHand.withPlace(plain, 1);
                    case 2 -> LineByHand.forDrop(Objects.requireNonNull(ticket).pass, drop.id(), stage.id());
                    case 3 -> LineByHand.forStage(Objects.requireNonNull(ticket).pass, stage.id());
                    case 4 -> LineByHand.forSomebody(Objects.requireNonNull(ticket).pass, who.id);
                    default -> smudged(ticket == null ? plain : ticket.pass);
                };
        if (ticket != null && pass.equals(ticket.pass)) return; // it was for this
        story.count("jumps");
        ClaimsByHand.Try mine = node.claims().begin(pass, 1, card(stage.id()), number(stage.id()));
        write(node);
        Claiming answer = dead.contains(node) ? mine.answerOrHangUp() : mine.answer();
        dead.clear();
        if (answer instanceof Claiming.Claimed claimed)
            story.seen.add(new Violation("jumped", who.id + " claimed " + claimed + " with a pass for something else"));
    }

    private String smudged(String pass) {
        byte[] bytes = Base64.getUrlDecoder().decode(pass);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Her session's cookie was copied: two devices show the same ticket, or one each, at both nodes. */
    private void copied() {
        if (tickets.isEmpty()) return;
        Ticket ticket = tickets.get(tickets.size() - 1 - random.nextInt(Math.min(5, tickets.size())));
        story.count("copied");
        List<Asking> asking = new ArrayList<>();
        for (SimNode node : inAnyOrder()) {
            String card = card(ticket.stage);
            Integer unit = number(ticket.stage);
            ask(node, ticket.who, new Try(ticket.drop, ticket.pass, 1, card, unit), asking);
            if (random.nextInt(3) == 0) ask(node, ticket.who, new Try(ticket.drop, ticket.pass, 2, card, unit), asking);
        }
        SimNode first = anyNode();
        SimNode second = other(first);
        List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
        meet(first, "insert into claims (", () -> write(second), failed);
        write(first);
        join(failed);
        first.wire().stopMeeting();
        if (second.claims().waiting() > 0) write(second);
        hear(asking);
    }

    // ---- the end

    /** First the lines go on to their ends: whoever waits is called as long as there is something for her. */
    @Override
    void end() {
        calm = true;
        for (SimNode node : nodes) if (node.wire().isDead()) replace(node);
        dead.clear();
        hosts.relays("back");
        Instant over = lastClose();
        for (int n = 0; n < 60 && clock.instant().isBefore(over); n++) {
            callSome();
            if (random.nextInt(3) == 0) arrive();
            if (random.nextInt(2) == 0) burst();
            jump();
            if (random.nextInt(4) == 0) copied();
            clock.move(Duration.ofMillis(1_000 + random.nextInt(45_000)));
            nobodyForgotten();
        }
        super.end();
    }

    private Instant lastClose() {
        return story.windows.stream()
                .map(window -> window.closes())
                .max(Instant::compareTo)
                .orElse(clock.instant());
    }

    /** Minutes after the lot somebody stands in line, there are pieces, and nobody was called for a minute. */
    private void nobodyForgotten() {
        ground.books
                .sql("""
                        select q.stage_id, q.called, q.arrivals from queues q join drop_stages s using (brand_id, drop_id, stage_id)
                        join drops d using (brand_id, drop_id)
                        join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
                        where d.state = 'published' and s.opens_at < :long_ago and s.closes_at > :now and s.sold_out_at is null
                            and q.drawn_at < :long_ago and q.called < q.arrivals and st.available > 0 and s.taken < coalesce(s.cap, s.taken + 1)
                            and not exists (select from queue_calls c where c.stage_id = q.stage_id and c.turn_from > :long_ago)
                            and exists (select from queue_arrivals a where a.stage_id = q.stage_id and a.place = q.called + 1
                                and a.arrived_at < :long_ago)
                        """)
                .param("now", java.sql.Timestamp.from(clock.instant()))
                .param("long_ago", java.sql.Timestamp.from(clock.instant().minusSeconds(150)))
                .query(row -> {
                    story.seen.add(new Violation(
                            "line_stuck",
                            "stage " + row.getString(1) + " called " + row.getInt(2) + " of " + row.getInt(3)));
                });
    }

    @Override
    void settle() {
        story.seen.addAll(new LineHistory(ground.books, joined, DrandNetwork.CHAIN, DrandNetwork::sign).audit());
    }
}
