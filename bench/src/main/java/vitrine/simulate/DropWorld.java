package vitrine.simulate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import vitrine.books.ClaimHistory.Known;
import vitrine.books.ClaimHistory.Quiet;
import vitrine.books.ClaimHistory.Told;
import vitrine.books.ClaimHistory.Window;
import vitrine.books.Violation;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.catalog.CollectibleDraft;
import vitrine.catalog.CollectibleId;
import vitrine.catalog.PieceNumber;
import vitrine.drop.Claiming;
import vitrine.drop.ClaimsByHand;
import vitrine.drop.Drop;
import vitrine.drop.DropCodes;
import vitrine.drop.DropDraft;
import vitrine.drop.DropId;
import vitrine.drop.DropPlans;
import vitrine.drop.Drops;
import vitrine.drop.Entrances;
import vitrine.drop.Stage;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Follows;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.BuyerKey;
import vitrine.platform.Job;

/**
 * Worlds in which a crowd wants the same few pieces, one after the other on the same ground: two nodes whose gates are some seconds
 * old, people who try on both at once and again when they hear nothing, holds that end, staff who pause and end, nodes that die,
 * freeze and thaw. A world is a seed: the same one plays the same, save where two nodes really run at once.
 */
final class DropWorld implements AutoCloseable {

    private static final Instant BEGIN = Instant.parse("2026-05-20T12:00:00Z");
    private static final Bilingual DAWN = new Bilingual("破晓", "Dawn");

    /**
     * @param claims how many tries are made at least
     * @param crashes how often, in ten thousand commits, something happens to one
     * @param meetings how many of a hundred acts put one node in the other's way
     */
    record Plan(long seed, int claims, int crashes, int meetings) {
        static Plan small(long seed, int crashes) {
            return new Plan(seed, 80 + (int) Math.floorMod(seed, 80L), crashes, 30);
        }
    }

    /** Workers that have a part in how a claim becomes a piece. */
    private static final Set<String> PART = Set.of(
            "drop.holds",
            "drop.grants",
            "drop.reminders",
            "event-sequencer",
            "collector-pieces",
            "log-seal",
            "log-sign",
            "log-publish");

    private static List<Job> jobsOf(SimNode node) {
        return node.jobs().stream().filter(job -> PART.contains(job.name())).toList();
    }

    /** What the world did and saw. */
    static final class Story {
        final Plan plan;
        final Map<UUID, Integer> units = new LinkedHashMap<>();
        /** The highest number that there may be. Where numbers are chosen that is the whole supply's: which ones are withheld is open. */
        final Map<UUID, Integer> numbers = new HashMap<>();

        final Map<UUID, Integer> supplies = new HashMap<>();
        final List<Window> windows = new ArrayList<>();
        final List<Quiet> quiets = new ArrayList<>();
        final Map<UUID, String> humans = new HashMap<>();
        final List<Told> told = new ArrayList<>();
        final List<Violation> seen = new ArrayList<>();
        final TreeMap<String, Long> counts = new TreeMap<>();

        Story(Plan plan) {
            this.plan = plan;
        }

        Known known() {
            return new Known(units, numbers, windows, quiets, humans);
        }

        synchronized void count(String name) {
            counts.merge(name, 1L, Long::sum);
        }
    }

    private final Ground ground;
    private final HandClock clock;
    private final List<SimNode> nodes;

    DropWorld() {
        ground = new Ground(2, BEGIN.minus(Duration.ofDays(1)));
        clock = ground.clock;
        nodes = ground.nodes;
    }

    Ground ground() {
        return ground;
    }

    Story play(Plan plan) {
        ground.begin(plan.seed, BEGIN.minus(Duration.ofDays(1)));
        var hours = new Hours(new Story(plan));
        hours.run();
        return hours.story;
    }

    private static final class Person {
        final CollectorId id;
        final byte @Nullable [] human;
        /** What she tried, and might try again. */
        final List<Try> tries = new ArrayList<>();

        Person(CollectorId id, byte @Nullable [] human) {
            this.id = id;
            this.human = human;
        }
    }

    /** @param unit the number that she wants; null where nobody chooses, or she forgot to */
    private record Try(
            DropId drop,
            String pass,
            int nth,
            @Nullable String code,
            @Nullable Integer unit) {}

    /** One who waits for her answer, and what she had before she asked. */
    private record Asking(
            SimNode node,
            Person who,
            Try what,
            String key,
            @Nullable UUID had,
            ClaimsByHand.Try made) {}

    private final class Hours {
        final Story story;
        private final Plan plan;
        private final Random random;
        private final List<CollectibleId> designs = new ArrayList<>();
        private final List<Person> people = new ArrayList<>();
        private final List<DropId> drops = new ArrayList<>();
        private final Map<UUID, Instant> paused = new HashMap<>();
        /** By stage, as they are printed. */
        private final Map<UUID, List<String>> codes = new HashMap<>();
        /** Stages whose numbers are chosen, and how many numbers there are. */
        private final Map<UUID, Integer> chosen = new HashMap<>();

        private BrandId lumen = new BrandId(new UUID(0, 0));
        private boolean calm;
        private int tried;

        Hours(Story story) {
            this.story = story;
            this.plan = story.plan;
            this.random = new Random(plan.seed * 11 + 3);
        }

        void run() {
            clock.moveTo(BEGIN);
            calm = true;
            found();
            calm = false;
            if (plan.crashes > 0) for (SimNode node : nodes) cut(node);
            int seconds = Math.max(3, 1_200 / (1 + plan.claims / 3));
            while (tried < plan.claims) {
                clock.move(Duration.ofMillis(1 + random.nextInt(2_000 * seconds)));
                act();
                watchSoldOut();
            }
            end();
        }

        // ---- before the first claim

        private void found() {
            SimNode node = nodes.getFirst();
            for (SimNode each : nodes) each.acceptEmptyLog();
            lumen = node.bean(Catalog.class).addBrand(Brand.Kind.BRAND, "lumen", DAWN, DAWN, "plain");
            int count = 1 + random.nextInt(2);
            for (int i = 0; i < count; i++) designs.add(design(node, i));
            boolean checked = random.nextBoolean();
            int crowd = 4 + plan.claims / 4;
            List<BuyerKey> keys =
                    IntStream.range(0, crowd).mapToObj(Hours::buyer).toList();
            Map<BuyerKey, CollectorId> made = node.bean(Collectors.class).forBuyerKeys(keys);
            int human = 0;
            for (int n = 0; n < crowd; n++) {
                if (n == 0 || random.nextInt(4) != 0) human++;
                CollectorId id = Objects.requireNonNull(made.get(keys.get(n)));
                people.add(new Person(
                        id,
                        checked
                                ? ByteBuffer.allocate(16)
                                        .putInt(7)
                                        .putInt(human)
                                        .array()
                                : null));
                if (checked) story.humans.put(id.value(), "human " + human);
            }
            announce();
        }

        private static BuyerKey buyer(int n) {
            return new BuyerKey(BuyerKey.Kind.EMAIL, ("person " + n).getBytes(StandardCharsets.UTF_8));
        }

        private CollectibleId design(SimNode node, int n) {
            int supply = 3 + random.nextInt(Math.max(4, plan.claims / 3));
            int withheld = random.nextInt(2);
            CollectibleId id = node.bean(Catalog.class)
                    .draft(new CollectibleDraft(
                            lumen,
                            "dawn" + (char) ('a' + n),
                            null,
                            null,
                            "brand",
                            DAWN,
                            DAWN,
                            DAWN,
                            DAWN,
                            2026,
                            "plain",
                            DAWN,
                            supply,
                            withheld,
                            List.of(),
                            List.of()));
            node.bean(TransactionTemplate.class)
                    .executeWithoutResult(status -> node.bean(Drops.class).publish(id));
            story.units.put(id.value(), supply - withheld);
            story.numbers.put(id.value(), supply - withheld);
            story.supplies.put(id.value(), supply);
            return id;
        }

        /** A drop that opens in a moment; several share the stock. */
        private void announce() {
            SimNode node = anyNode();
            Instant opens = clock.instant().plusSeconds(20);
            int stages = 1 + random.nextInt(3);
            List<DropDraft.StageDraft> drafts = new ArrayList<>();
            for (int n = 0; n < stages; n++) {
                Instant closes = opens.plusSeconds(180 + random.nextInt(600));
                CollectibleId of = designs.get(random.nextInt(designs.size()));
                String entry =
                        switch (random.nextInt(9)) {
                            case 0 -> "list";
                            case 8 -> "code";
                            case 1 -> "followers";
                            case 2 -> n == 0 ? "everyone" : "holders";
                            default -> "everyone";
                        };
                drafts.add(new DropDraft.StageDraft(
                        null,
                        DAWN,
                        of.value(),
                        opens,
                        closes,
                        random.nextBoolean() ? null : Integer.valueOf(1 + random.nextInt(6)),
                        1 + random.nextInt(3),
                        entry,
                        switch (entry) {
                            case "holders" -> of.value();
                            case "followers" -> lumen.value();
                            default -> null;
                        },
                        random.nextBoolean() ? null : Integer.valueOf(1 + random.nextInt(4)),
                        "never",
                        random.nextInt(4) == 0,
                        false));
                opens = closes.plusSeconds(random.nextInt(60));
            }
            attempt(node, () -> publish(node, drafts));
        }

        private void publish(SimNode node, List<DropDraft.StageDraft> drafts) {
            var plans = node.bean(DropPlans.class);
            var drafted = plans.draft(lumen, "drop-" + drops.size() + "-" + tried, new DropDraft(DAWN, DAWN, drafts));
            if (!(drafted instanceof DropPlans.Drafting.Drafted made)) return;
            if (!(plans.publish(made.id()) instanceof DropPlans.Publishing.Published published)) {
                story.count("drops_that_could_not_be"); // the stock has too little left
                return;
            }
            know(published.drop());
        }

        private void know(Drop drop) {
            drops.add(drop.id());
            story.count("drops");
            for (Stage stage : drop.stages()) {
                if (stage.entry() == Stage.Entry.CODE) print(drop, stage);
                if (!stage.chosen()) continue;
                int most = Objects.requireNonNull(
                        story.supplies.get(stage.collectible().value()));
                chosen.put(stage.id(), most);
                story.numbers.put(stage.collectible().value(), most);
                story.count("stages_with_numbers");
            }
            for (Stage stage : drop.stages()) {
                Set<UUID> admitted = null;
                if (stage.entry() == Stage.Entry.LIST || stage.entry() == Stage.Entry.FOLLOWERS) {
                    admitted = new HashSet<>();
                    for (int n = 0; n < people.size(); n++) {
                        if (random.nextInt(3) == 0) continue;
                        admitted.add(people.get(n).id.value());
                        SimNode node = nodes.getFirst();
                        if (stage.entry() == Stage.Entry.LIST) {
                            int buyer = n;
                            insist(node, () -> node.bean(Entrances.class)
                                    .invite(drop.id(), stage.id(), List.of(buyer(buyer))));
                        } else {
                            CollectorId who = people.get(n).id;
                            insist(node, () -> node.bean(Follows.class).follow(who, Follows.Followed.brand(lumen)));
                        }
                    }
                    // Whoever follows, follows for all of the brand's stages.
                    if (stage.entry() == Stage.Entry.FOLLOWERS) admitted = null;
                }
                story.windows.add(new Window(
                        stage.id(),
                        drop.id().value(),
                        stage.opensAt(),
                        stage.closesAt(),
                        stage.cap(),
                        stage.limit(),
                        admitted));
            }
        }

        /** Cards for those who come to the store: some work once, some for a few. */
        private void print(Drop drop, Stage stage) {
            SimNode node = anyNode();
            int uses = 1 + random.nextInt(2) * 2;
            int count = 2 + random.nextInt(people.size());
            insist(node, () -> {
                var cards = node.bean(DropCodes.class);
                if (cards.of(drop.id()).stream().noneMatch(b -> b.stage().equals(stage.id())))
                    cards.make(drop, stage.id(), count, uses);
                codes.put(
                        stage.id(),
                        cards.of(drop.id()).stream()
                                .filter(b -> b.stage().equals(stage.id()))
                                .flatMap(cards::codes)
                                .toList());
            });
        }

        /** Whose card she has: hers, a friend's that may be used, or none that there ever was. */
        private @Nullable String card(UUID stage) {
            List<String> there = codes.get(stage);
            if (there == null) return null;
            return random.nextInt(8) == 0
                    ? "0000-0000-0000-0000"
                    : there.get(random.nextInt(there.size())).toLowerCase(java.util.Locale.ROOT);
        }

        /** Often a low one, which others want as well; sometimes one that there is not, or none. */
        private @Nullable Integer number(UUID stage) {
            Integer most = chosen.get(stage);
            if (most == null || random.nextInt(12) == 0) return null;
            return 1 + (random.nextBoolean() ? random.nextInt(2) : random.nextInt(most + 1));
        }

        // ---- one thing after the other

        private void act() {
            if (drops.isEmpty()) announce();
            if (random.nextInt(100) < plan.meetings) {
                switch (random.nextInt(4)) {
                    case 0 -> overlap();
                    case 1 -> freezeInTransaction();
                    case 2 -> freezeBefore();
                    default -> confirmWhileItEnds();
                }
                return;
            }
            switch (random.nextInt(21)) {
                case 0, 1 -> confirm();
                case 2 -> pauseOrResume();
                case 3, 20 -> takeBack();
                case 4 -> {
                    if (tried > plan.claims / 2 && random.nextInt(3) == 0) endOne();
                    else announce();
                }
                case 5, 6, 7 -> work();
                case 8, 9, 10 -> alone();
                default -> burst();
            }
        }

        /** People at both nodes at once, some of them at both. */
        private void burst() {
            List<Asking> asking = new ArrayList<>();
            for (SimNode node : nodes) asking.addAll(ask(node, some()));
            for (SimNode node : inAnyOrder()) write(node);
            hear(asking);
        }

        private List<Person> some() {
            int many = 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 5);
            // Few with many wishes, or many with few.
            int among = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : people.size();
            int first = random.nextInt(people.size());
            List<Person> some = new ArrayList<>();
            for (int n = 0; n < many; n++) some.add(people.get((first + random.nextInt(among)) % people.size()));
            return some;
        }

        /** Each makes a new try, or an old one again. */
        private List<Asking> ask(SimNode node, List<Person> crowd) {
            List<Asking> asking = new ArrayList<>();
            for (Person who : crowd) {
                Try what = !who.tries.isEmpty() && random.nextInt(4) == 0
                        ? who.tries.get(random.nextInt(who.tries.size()))
                        : fresh(node, who);
                tried++;
                if (what != null) ask(node, who, what, asking);
            }
            return asking;
        }

        private void ask(SimNode node, Person who, Try what, List<Asking> asking) {
            String key = node.claims().key(what.pass, what.nth);
            asking.add(new Asking(
                    node,
                    who,
                    what,
                    key,
                    numbered(what.drop, who, key),
                    node.claims().begin(what.pass, what.nth, what.code, what.unit)));
        }

        /** As the page does it: the entrance gives the pass and says which try is the next. */
        private @Nullable Try fresh(SimNode node, Person who) {
            DropId drop = drops.isEmpty() ? null : drops.get(random.nextInt(drops.size()));
            if (drop == null) return null;
            List<Try> made = new ArrayList<>();
            attempt(node, () -> {
                Drop now = node.bean(DropPlans.class).find(drop).orElseThrow();
                if (!(node.bean(Entrances.class).enter(now, who.id) instanceof Entrances.Entrance.Admitted admitted))
                    return;
                String pass = who.human == null
                        ? admitted.pass()
                        : node.claims()
                                .passFor(
                                        drop,
                                        admitted.stage().id(),
                                        who.id,
                                        who.human,
                                        admitted.stage().limit());
                // Some press again before they know what came of it, and some want several at once.
                made.add(new Try(
                        drop,
                        pass,
                        admitted.next() + (random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0),
                        card(admitted.stage().id()),
                        number(admitted.stage().id())));
            });
            if (made.isEmpty()) return null;
            who.tries.add(made.getFirst());
            return made.getFirst();
        }

        /** What she had under this key when she asked, numbered and so hers for good. */
        private @Nullable UUID numbered(DropId drop, Person who, String key) {
            return ground.books
                    .sql("""
                            select claim_id from claims where drop_id = :drop and collector_id = :who
                                and encode(claim_key, 'hex') = :key and serial is not null
                            """)
                    .param("drop", drop.value())
                    .param("who", who.id.value())
                    .param("key", key)
                    .query(UUID.class)
                    .optional()
                    .orElse(null);
        }

        /** True: it is through with what waited. A node that dies answers nobody any more. */
        private boolean write(SimNode node) {
            return attempt(node, () -> node.claims().write());
        }

        private List<Claiming> hear(List<Asking> asking) {
            List<Claiming> heard = new ArrayList<>();
            for (Asking each : asking) {
                Claiming answer = dead.contains(each.node) ? each.made.answerOrHangUp() : each.made.answer();
                if (each.made.failure() != null) fell(each);
                if (answer == null) {
                    story.count("answers_lost");
                    continue;
                }
                heard.add(answer);
                story.count("told_" + answer.code().substring("drop.".length()).replace('-', '_'));
                Claiming.Claimed claimed = answer instanceof Claiming.Claimed yes ? yes : null;
                if (claimed != null
                        && !claimed.again()
                        && each.what.unit != null
                        && !each.what.unit.equals(claimed.claim().unit()))
                    story.seen.add(new Violation(
                            "wrong_number", each.who.id + " chose " + each.what.unit + " and heard " + claimed));
                story.told.add(new Told(
                        each.what.drop.value(),
                        each.who.id.value(),
                        each.key,
                        answer.code(),
                        claimed == null ? null : claimed.claim().id(),
                        claimed == null ? null : claimed.claim().serial(),
                        each.had));
            }
            dead.clear();
            return heard;
        }

        private final Set<SimNode> dead = new HashSet<>();

        private void fell(Asking each) {
            Throwable why = Objects.requireNonNull(each.made.failure());
            if (died(why)) replace(each.node);
            else if (!outside(why)) story.seen.add(new Violation("claim.fell", String.valueOf(why)));
        }

        /** One alone, with nobody else about and the gates awake: what there is she gets. */
        private void alone() {
            clock.move(Duration.ofSeconds(4));
            Person who = people.get(random.nextInt(people.size()));
            SimNode node = anyNode();
            Try what = fresh(node, who);
            tried++;
            if (what == null) return;
            boolean free = free(what, who);
            List<Asking> asking = new ArrayList<>();
            ask(node, who, what, asking);
            if (!write(node)) free = false;
            List<Claiming> heard = hear(asking);
            if (!free || heard.isEmpty() || heard.getFirst() instanceof Claiming.Busy) return;
            story.count("alone");
            // Who once pressed ahead may come to a number that she has used up.
            if (!(heard.getFirst() instanceof Claiming.Claimed || heard.getFirst() instanceof Claiming.HoldExpired))
                story.seen.add(new Violation(
                        "units_unsold", who.id + " was told " + heard.getFirst() + " while there were units for her"));
        }

        /** Whether the rows say that she may have one now. */
        private boolean free(Try what, Person who) {
            if (what.code != null) return false; // whether a card is good is not hers to know
            Instant now = clock.instant();
            UUID stage = nodes.getFirst().claims().stageOf(what.pass);
            if (chosen.containsKey(stage)) return false; // nor whether her number is free
            Window window = story.windows.stream()
                    .filter(w -> w.id().equals(stage))
                    .findFirst()
                    .orElseThrow();
            if (now.isBefore(window.opens()) || !now.isBefore(window.closes())) return false;
            return ground.books
                    .sql("""
                            select d.state = 'published' and s.sold_out_at is null and coalesce(st.available, 1) > 0
                                and s.taken < coalesce(s.cap, s.taken + 1)
                                and (select count(*) from claims c where c.drop_id = d.drop_id and c.collector_id = any(:all)) < s.limit_each
                            from drops d join drop_stages s using (brand_id, drop_id)
                            join stock st on st.brand_id = s.brand_id and st.collectible_id = s.collectible_id
                            where s.stage_id = :stage
                            """)
                    .param("stage", stage)
                    .param("all", sameHuman(who))
                    .query(Boolean.class)
                    .single();
        }

        private UUID[] sameHuman(Person who) {
            return people.stream()
                    .filter(p -> p == who || who.human != null && java.util.Arrays.equals(p.human, who.human))
                    .map(p -> p.id.value())
                    .toArray(UUID[]::new);
        }

        // ---- one in the other's way

        /** One holds the rows and has read them; the other wants the same, and waits, or goes through. */
        private void overlap() {
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
        private void watchSoldOut() {
            ground.books
                    .sql("select stage_id, sold_out_at from drop_stages where sold_out_at is not null")
                    .query(row -> {
                        UUID stage = row.getObject(1, UUID.class);
                        Instant at = row.getTimestamp(2).toInstant();
                        if (!soldOut.computeIfAbsent(stage, s -> at).equals(at))
                            story.seen.add(
                                    new Violation("sold_out_reopened", "stage " + stage + " gave more at " + at));
                    });
        }

        private final Map<UUID, Instant> soldOut = new HashMap<>();

        private @Nullable Thread meanwhile;

        /** When the first is about to say this, the other begins, until it is done or waits for the first. */
        private void meet(SimNode first, String fragment, Runnable other, List<Throwable> failed) {
            first.wire().meet(fragment, () -> {
                story.count("overlaps");
                Thread thread = Thread.ofPlatform().name("meanwhile").unstarted(other);
                thread.setUncaughtExceptionHandler((t, why) -> failed.add(why));
                meanwhile = thread;
                thread.start();
                while (thread.isAlive() && !somebodyWaits()) LockSupport.parkNanos(1_000_000);
            });
        }

        private void join(List<Throwable> failed) {
            Thread thread = meanwhile;
            meanwhile = null;
            try {
                if (thread != null) thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (!failed.isEmpty()) throw new IllegalStateException("meanwhile", failed.getFirst());
        }

        private boolean somebodyWaits() {
            return ground.books.sql("""
                    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                    """).query(Integer.class).single() > 0;
        }

        /** A node stops in the midst of its transaction, the database puts it out, and it thaws when much has happened. */
        private void freezeInTransaction() {
            SimNode frozen = anyNode();
            List<Asking> asking = new ArrayList<>(ask(frozen, some()));
            frozen.wire().freeze("insert into claims (", () -> asleep(frozen, asking));
            write(frozen);
            frozen.wire().stopMeeting();
            hear(asking);
        }

        /** A node stops after its gate let people in and before it asked the database. */
        private void freezeBefore() {
            SimNode frozen = anyNode();
            List<Asking> asking = new ArrayList<>(ask(frozen, some()));
            frozen.wire().meet("for update of d, s, st", () -> asleep(frozen, asking));
            write(frozen);
            frozen.wire().stopMeeting();
            hear(asking);
        }

        private void asleep(SimNode frozen, List<Asking> asking) {
            story.count("frozen");
            SimNode other = other(frozen);
            // Those who waited at the frozen node come to the other.
            for (Asking each : List.copyOf(asking)) if (random.nextBoolean()) ask(other, each.who, each.what, asking);
            asking.addAll(ask(other, some()));
            write(other);
            if (random.nextInt(3) == 0) turn(other);
            clock.move(Duration.ofMillis(1 + random.nextInt(random.nextInt(3) == 0 ? 900_000 : 20_000)));
            jobs(other);
        }

        /** Her hold's time is over, and she confirms in that moment. */
        private void confirmWhileItEnds() {
            Held held = held();
            if (held == null) return;
            if (held.until.isAfter(clock.instant())) clock.moveTo(held.until);
            SimNode first = anyNode();
            SimNode second = other(first);
            List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
            meet(
                    first,
                    "delete from returned_serials",
                    () -> attempt(second, () -> second.job("drop.holds").run()),
                    failed);
            confirm(first, held);
            join(failed);
            first.wire().stopMeeting();
        }

        // ---- what else happens

        private record Held(DropId drop, CollectorId who, String key, UUID claim, Instant until) {}

        private @Nullable Held held() {
            List<Held> all = ground.books
                    .sql("""
                            select brand_id, drop_id, collector_id, encode(claim_key, 'hex'), claim_id, hold_until from claims
                            where hold_until is not null order by claim_id
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

        private void confirm() {
            for (int n = random.nextInt(4); n >= 0; n--) {
                Held held = held();
                if (held == null) return;
                confirm(anyNode(), held);
                if (random.nextInt(3) == 0) confirm(anyNode(), held);
            }
        }

        private void confirm(SimNode node, Held held) {
            attempt(node, () -> {
                Integer serial = node.claims().confirm(held.drop, held.who, held.claim);
                story.count(serial == null ? "confirmed_too_late" : "confirmed");
                if (serial == null) return;
                story.told.add(new Told(
                        held.drop.value(), held.who.value(), held.key, "drop.claimed", held.claim, serial, null));
            });
        }

        private void pauseOrResume() {
            turn(anyNode());
        }

        private void turn(SimNode node) {
            if (drops.isEmpty()) return;
            DropId drop = drops.get(random.nextInt(drops.size()));
            Instant since = paused.get(drop.value());
            if (since == null) {
                insist(node, () -> node.bean(DropPlans.class).pause(drop, DAWN));
                if (!state(drop).equals("paused")) return;
                paused.put(drop.value(), clock.instant());
                story.count("paused");
            } else {
                Instant until = clock.instant();
                insist(node, () -> node.bean(DropPlans.class).resume(drop));
                if (state(drop).equals("paused")) return;
                story.quiets.add(new Quiet(drop.value(), since, until));
                paused.remove(drop.value());
            }
            clock.move(Duration.ofMillis(1));
        }

        private void endOne() {
            if (drops.isEmpty()) return;
            SimNode node = anyNode();
            DropId drop = drops.get(random.nextInt(drops.size()));
            if (state(drop).equals("ended")) return;
            Instant since = paused.remove(drop.value());
            Instant now = clock.instant();
            insist(node, () -> node.bean(DropPlans.class).end(drop));
            story.quiets.add(new Quiet(drop.value(), since == null ? now : since, null));
            story.count("ended");
            clock.move(Duration.ofMillis(1));
        }

        private String state(DropId drop) {
            return ground.books
                    .sql("select state from drops where drop_id = :drop")
                    .param("drop", drop.value())
                    .query(String.class)
                    .single();
        }

        /** A piece comes back to the stock by hand. */
        private void takeBack() {
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

        private void work() {
            if (random.nextInt(4) != 0) {
                jobs(anyNode());
                return;
            }
            // Both do all of theirs at once, on real threads.
            story.count("rounds_together");
            List<Throwable> failed = Collections.synchronizedList(new ArrayList<>());
            List<Asking> asking = new ArrayList<>();
            for (SimNode node : nodes) asking.addAll(ask(node, some()));
            List<Thread> threads = new ArrayList<>();
            for (SimNode node : nodes) {
                Thread thread = Thread.ofPlatform().name(node.name()).unstarted(() -> {
                    write(node);
                    for (Job job : jobsOf(node)) attempt(node, job::run);
                });
                thread.setUncaughtExceptionHandler((t, why) -> failed.add(why));
                threads.add(thread);
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                meanwhile = thread;
                join(failed);
            }
            hear(asking);
        }

        private void jobs(SimNode node) {
            List<Job> jobs = new ArrayList<>(jobsOf(node));
            Collections.shuffle(jobs, random);
            for (Job job : jobs) attempt(node, job::run);
        }

        // ---- nodes

        private void cut(SimNode node) {
            var own = new Random(plan.seed * 17 + node.name().hashCode());
            node.wire().fates(what -> {
                if (calm || own.nextInt(10_000) >= plan.crashes) return Wire.Fate.NOTHING;
                Wire.Fate fate = Wire.Fate.values()[1 + own.nextInt(4)];
                story.count(fate.name().startsWith("DIES") ? "crashes" : "broken_connections");
                return fate;
            });
        }

        private SimNode anyNode() {
            return nodes.get(random.nextInt(nodes.size()));
        }

        private SimNode other(SimNode node) {
            return nodes.get(0) == node ? nodes.get(1) : nodes.get(0);
        }

        private List<SimNode> inAnyOrder() {
            List<SimNode> some = new ArrayList<>(nodes);
            Collections.shuffle(some, random);
            return some;
        }

        private boolean attempt(SimNode node, Runnable act) {
            try {
                act.run();
                return true;
            } catch (RuntimeException | Died e) {
                if (died(e)) replace(node);
                else if (!outside(e)) throw e;
                else story.count("tried_again");
                return false;
            }
        }

        /** Again and again until the node answers. */
        private void insist(SimNode node, Runnable act) {
            while (!attempt(node, act)) story.count("insisted");
        }

        private static boolean died(Throwable e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) if (cause instanceof Died) return true;
            return false;
        }

        private static boolean outside(Throwable e) {
            return e instanceof DataAccessException || e instanceof TransactionException;
        }

        private synchronized void replace(SimNode node) {
            node.wire().revive();
            node.claims().forget();
            dead.add(node);
        }

        // ---- the end of time

        private void end() {
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
            paused.forEach((drop, since) -> story.quiets.add(new Quiet(drop, since, null)));
        }

        /** Whoever tried comes once more, to any node: who won hears so. */
        private void everybodyAgain() {
            for (Person who : people) {
                for (Try what : who.tries) {
                    SimNode node = anyNode();
                    List<Asking> asking = new ArrayList<>();
                    ask(node, who, what, asking);
                    write(node);
                    hear(asking);
                }
            }
        }

        private void drain() {
            boolean more = true;
            for (int rounds = 0; more; rounds++) {
                more = false;
                for (int i = 0; i < PART.size(); i++)
                    more |= jobsOf(anyNode()).get(i).run();
                if (rounds > 500) throw new IllegalStateException("the work does not come to an end");
            }
        }
    }

    @Override
    public void close() {
        ground.close();
    }
}
